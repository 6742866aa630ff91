"""The files of a folder on disk as sources, with the same limits as a snapshot of a pull request.

What is left out is a value, not a silence: each file, link or vendored folder comes back with its reason.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bot.errors import TenonError
from bot.snapshot import VENDORED
from bot.tracked import Standing, standing
from transforms.setting_moves import is_committed_env
from transforms.source import MAX_BYTES, Skipped, SkipReason, SourceFile

# What tools leave behind is no part of an app and not worth a word.
LEFTOVERS = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".cache", ".next"}
)


class NotRead(StrEnum):
    """Why a file or folder was not even opened."""

    VENDORED = "vendored"
    SYMLINK = "symlink"
    NOT_A_FILE = "not_a_file"
    NOT_READABLE = "not_readable"
    BAD_NAME = "bad_name"  # not UTF-8, or holds control characters
    IGNORED = "git_ignored"  # settings of this machine, which git keeps out


@dataclass(frozen=True, slots=True)
class Tree:
    """What was read and what was passed over; a vendored folder is one path that ends in a slash."""

    sources: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]
    paths: tuple[str, ...]  # of every file that was seen, wanted or not


def every_file(_path: str) -> bool:
    """The default choice."""
    return True


def read_tree(root: Path, wanted: Callable[[str], bool] = every_file) -> Tree:
    """Every `wanted` file below `root`, or that one file; raises TenonError when there is nothing there."""
    if not root.exists():
        raise TenonError(f"There is no folder or file {root}.")
    found = [_read(root.resolve(), root.name)] if root.is_file() else list(_walk(root, wanted))
    found = list(_as_git_has_them(root.parent if root.is_file() else root, found))
    return Tree(
        tuple(each for each in found if isinstance(each, SourceFile)),
        tuple(each for each in found if isinstance(each, Skipped)),
        tuple(each if isinstance(each, str) else each.path for each in found),
    )


def _walk(root: Path, wanted: Callable[[str], bool]) -> Iterator[SourceFile | Skipped | str]:
    """The wanted files, or why they are not read; of the others the path alone."""
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        inside = []
        for name in sorted(set(folders) - LEFTOVERS):
            reason = _closed(Path(folder, name))
            if reason is None:
                inside.append(name)
            else:
                yield _folder(Path(folder, name), root, reason)
        folders[:] = inside
        for name in sorted(names):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            yield _read(path, relative) if wanted(relative) else _shown(relative)
    for error in closed:
        yield _folder(Path(error.filename), root, NotRead.NOT_READABLE)


def _as_git_has_them(root: Path, found: Sequence[SourceFile | Skipped | str]) -> Iterator[SourceFile | Skipped | str]:
    """The same, where files for one machine alone count as committed only if git has them."""
    own = [each.path for each in found if isinstance(each, SourceFile) and is_committed_env(each.path)]
    git = standing(root, own) if own else Standing(frozenset(), frozenset())
    for each in found:
        if not isinstance(each, SourceFile) or each.path not in git.uncommitted:
            yield each
        elif each.path in git.ignored:
            yield Skipped(each.path, NotRead.IGNORED)
        else:
            yield replace(each, committed=False)


def _folder(path: Path, root: Path, reason: str) -> Skipped:
    return Skipped(f"{_shown(path.relative_to(root).as_posix())}/", reason)


def _closed(folder: Path) -> NotRead | None:
    """Why a folder that somebody may miss is not entered."""
    if folder.is_symlink():
        return NotRead.SYMLINK
    return NotRead.VENDORED if folder.name in VENDORED or (folder / "pyvenv.cfg").exists() else None


def _shown(relative: str) -> str:
    """A path that every surface can show: control characters and bytes that are not UTF-8 are written out."""
    return relative if relative.isprintable() else ascii(relative)[1:-1]


def _read(path: Path, name: str) -> SourceFile | Skipped:
    try:
        if not name.isprintable():
            return Skipped(_shown(name), NotRead.BAD_NAME)
        if path.is_symlink():
            return Skipped(name, NotRead.SYMLINK)
        if not path.is_file():
            return Skipped(name, NotRead.NOT_A_FILE)
        if path.stat().st_size > MAX_BYTES:
            return Skipped(name, SkipReason.TOO_LARGE)
        return SourceFile(name, path.read_bytes())
    except OSError:
        return Skipped(name, NotRead.NOT_READABLE)
