"""The files of a folder on disk as sources, with the same limits as a snapshot of a pull request."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import TenonError
from transforms.source import MAX_BYTES, Skipped, SkipReason, SourceFile

VENDORED = frozenset(
    {
        ".venv",
        "venv",
        "env",
        "site-packages",
        "dist-packages",
        "node_modules",
        "bower_components",
        "vendor",
        "third_party",
        "__pycache__",
        ".git",
        ".hg",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".next",
        ".cache",
    }
)


@dataclass(frozen=True, slots=True)
class Tree:
    """What was read and what was passed over."""

    sources: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]


def read_tree(root: Path) -> Tree:
    """Every regular file below `root` (or that one file); raises TenonError when there is nothing there."""
    if root.is_file():
        return Tree((SourceFile(root.name, root.read_bytes()),), ())
    if not root.is_dir():
        raise TenonError(f"There is no folder or file {root}.")
    sources: list[SourceFile] = []
    skipped: list[Skipped] = []
    for path, name in _walk(root):
        outcome = _read(path, name)
        (skipped if isinstance(outcome, Skipped) else sources).append(outcome)  # type: ignore[arg-type]
    return Tree(tuple(sources), tuple(skipped))


def _walk(root: Path) -> Iterator[tuple[Path, str]]:
    for folder, folders, names in os.walk(root):
        kept = [name for name in sorted(folders) if name not in VENDORED and not _is_environment(Path(folder, name))]
        folders[:] = kept
        for name in sorted(names):
            path = Path(folder, name)
            yield path, path.relative_to(root).as_posix()


def _is_environment(folder: Path) -> bool:
    """A virtual environment by whatever name."""
    return (folder / "pyvenv.cfg").exists()


def _read(path: Path, name: str) -> SourceFile | Skipped:
    if path.is_symlink():
        return Skipped(name, "symlink")
    if not path.is_file():
        return Skipped(name, "not_a_file")
    if path.stat().st_size > MAX_BYTES:
        return Skipped(name, SkipReason.TOO_LARGE)
    try:
        return SourceFile(name, path.read_bytes())
    except OSError:
        return Skipped(name, "not_readable")
