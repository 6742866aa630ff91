"""Which files of a folder git has: a `.env` that it ignores is where a secret belongs, and no leak."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import TenonError
from bot.git_process import GitFailure, GitProcess

_SECONDS = 30.0
# nothing that a repository's own configuration says is ever run
_CONFIG = {"core.fsmonitor": "false", "core.untrackedCache": "false"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How git stands to some files of a folder."""

    uncommitted: frozenset[str]  # it does not have them, or nobody can say
    ignored: frozenset[str]  # it was told to keep them out, and does


def git_directory(path: Path) -> Path:
    """Where git keeps the repository at or around a path, bare or with a work tree; raises TenonError."""
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
            return folder
        marker = folder / ".git"
        if marker.is_dir():
            return marker
        if marker.is_file() and (pointed := marker.read_text().partition("gitdir: ")[2].strip()):
            return (folder / pointed).resolve()
    raise TenonError(f"{path} is in no git repository.")


def standing(root: Path, paths: Collection[str]) -> Standing:
    """How git stands to these paths below a folder; outside of git, all are uncommitted and none is ignored."""
    try:
        marker = _work_tree(root)
        git = GitProcess(git_directory(marker), _CONFIG, {"GIT_ALLOW_PROTOCOL": "none"})
        within = root.resolve().relative_to(marker)
        names = {(within / path).as_posix(): path for path in paths}
        tracked = _listed(git, marker, names, "--cached")
        ignored = _listed(git, marker, names, "--others", "--ignored", "--exclude-standard")
    except (TenonError, GitFailure):
        return Standing(frozenset(paths), frozenset())
    return Standing(
        frozenset(path for name, path in names.items() if name not in tracked),
        frozenset(names[name] for name in ignored if name in names and name not in tracked),
    )


def _work_tree(root: Path) -> Path:
    """The top folder of the checkout around a folder; raises TenonError where there is none."""
    folders = (root.resolve(), *root.resolve().parents)
    found = next((folder for folder in folders if (folder / ".git").exists()), None)
    if found is None:
        raise TenonError(f"{root} is in no git checkout.")
    return found


def _listed(git: GitProcess, work_tree: Path, names: Iterable[str], *options: str) -> frozenset[str]:
    """Which of these files git lists."""
    wanted = [f":(top,literal){name}" for name in names]
    listed = git.run(
        (f"--work-tree={work_tree}", "ls-files", "-z", "--full-name", *options, "--", *wanted), seconds=_SECONDS
    )
    return frozenset(each.decode(errors="replace") for each in listed.split(b"\0") if each)
