"""What the writer may write, whoever asks: its own branches, and files that steer neither git nor CI.

The last gate before the network, independent of the gates every patch passes. It judges names alone and asks nobody.
"""

import re
from collections.abc import Iterable

from bot.errors import NotAllowed
from bot.forge import NewCommit

BRANCH_PREFIX = "tenon/"
_BRANCH = re.compile(r"tenon/[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_LONGEST_BRANCH = 200
_GIT_FOLDERS = re.compile(r"\.git|git~[0-9]+", re.I)  # git~1 is what Windows may call .git
# Characters that macOS ignores in names: ".g\u200cit" is .git there.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def check_branch(branch: str) -> None:
    """Raises NotAllowed unless the branch is one of Tenon's own."""
    if (
        not _BRANCH.fullmatch(branch)
        or len(branch) > _LONGEST_BRANCH
        or ".." in branch
        or any(part.endswith((".lock", ".")) for part in branch.split("/"))
    ):
        raise NotAllowed(f"Tenon writes only to branches under {BRANCH_PREFIX}, not to {branch[:80]!r}.")


def check_commits(commits: Iterable[NewCommit]) -> None:
    """Raises NotAllowed when a commit touches a path that is not Tenon's to touch, or has no message."""
    for commit in commits:
        if not commit.message.strip():
            raise NotAllowed("Tenon makes no commit without a message.")
        for path in commit.files:
            check_path(path)


def check_path(path: str) -> None:
    """Raises NotAllowed for a path outside the tree, inside git's own folder, or of a workflow."""
    if reason := _objection(path):
        raise NotAllowed(f"Tenon does not write {path[:80]!r}: {reason}.")


def _objection(path: str) -> str | None:
    if not path or not path.isprintable() or "\\" in path:
        return "it is no plain path"
    parts = [_IGNORED.sub("", part).rstrip(" .").lower() or part for part in path.split("/")]
    if any(part in {"", ".", ".."} for part in parts) or (len(path) > 1 and path[1] == ":"):
        return "it is not inside the repository"
    if any(_GIT_FOLDERS.fullmatch(part) for part in parts):
        return "it belongs to git"
    if parts[:2] == [".github", "workflows"]:
        return "workflows are not Tenon's to change"
    return None
