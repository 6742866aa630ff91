"""The port to a forge (GitHub): the few things Tenon asks and the few *ensure* verbs by which it writes.

Every write is idempotent: the same tag or name updates what is there, so a step that runs twice leaves one branch, one
pull request, one check run, one comment. A `Forge` object belongs to one repository and one installation; reader and
writer use separate tokens. All methods raise `bot.errors.ForgeError` or one of its kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as an installation sees it."""

    installation_id: int
    full_name: str  # "owner/name"
    repository_id: int
    default_branch: str
    clone_url: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a pull request, as far as `bot.origin` needs it."""

    sha: str
    message: str
    author_name: str
    author_email: str
    author_login: str | None


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request at the moment it was asked for. Its title, body and branch names are hostile text."""

    number: int
    title: str
    body: str
    state: str  # open | closed
    merged: bool
    draft: bool
    author_login: str
    author_id: int
    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    from_fork: bool
    url: str  # for people


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to be made: paths to new bytes (None deletes), on top of the one before it."""

    message: str
    files: Mapping[str, bytes | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishedPull:
    """A pull request that Tenon opened or found open."""

    number: int
    url: str
    head_sha: str


class AnnotationLevel(StrEnum):
    """How loud an annotation is (GitHub's words)."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One line of a check run's annotations; lines count from 1."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    title: str
    message: str


class Conclusion(StrEnum):
    """What a completed check run says."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class CheckAction:
    """A button of a check run: label <= 20, description <= 40, identifier <= 20 characters."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """The one check run of a head commit. `conclusion` None means in progress."""

    name: str
    head_sha: str
    external_id: str
    title: str
    summary: str
    conclusion: Conclusion | None = None
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[CheckAction, ...] = ()
    details_url: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A review comment with a replacement for the lines start..end of the head commit."""

    path: str
    start_line: int
    end_line: int
    body: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this installation may do here; asked once for a job."""

    may_push: bool = True
    may_open_pulls: bool = True
    may_check: bool = True
    may_comment: bool = True


class Permission(StrEnum):
    """A person's permission on the repository, asked of the API and never inferred."""

    ADMIN = "admin"
    WRITE = "write"
    READ = "read"
    NONE = "none"


class Forge(Protocol):
    """What a job may ask of the forge and do there."""

    def repository(self) -> Repository:
        """The repository this forge object is bound to."""

    def capabilities(self) -> Capabilities:
        """What the installation's permissions allow."""

    def pull(self, number: int) -> PullRequest:
        """The pull request as it is now; raises NotFound."""

    def pull_commits(self, number: int) -> tuple[Commit, ...]:
        """The commits of a pull request, oldest first, at most 250 (GitHub's limit)."""

    def branch_sha(self, branch: str) -> str | None:
        """The commit a branch points to, or None."""

    def commit_message(self, sha: str) -> str:
        """The message of a commit; raises NotFound."""

    def fetch_credentials(self) -> str | None:
        """An Authorization header value for `git fetch`, from a token that can only read; None where none is needed."""

    def ensure_branch(self, branch: str, base_sha: str, commits: tuple[NewCommit, ...]) -> str:
        """Let `branch` be `base_sha` plus `commits`; returns its head. Same trees and messages: no new commit."""

    def ensure_pull(self, *, head: str, base: str, title: str, body: str) -> PublishedPull:
        """The one open pull request from `head`: opened, or its title, body and base updated."""

    def find_pull(self, head: str) -> PublishedPull | None:
        """The open pull request from `head` of this repository, or None."""

    def retarget_pull(self, number: int, base: str) -> None:
        """Let a pull request go to another base branch."""

    def close_pull(self, number: int) -> None:
        """Close a pull request; closing a closed one does nothing."""

    def ensure_check(self, check: CheckRun) -> int:
        """The one check run of that name on that head by this App: created or updated; annotations by fifties."""

    def ensure_comment(self, number: int, tag: str, body: str) -> int:
        """The one comment by this App that carries the hidden `tag`: created or edited in place."""

    def ensure_review(
        self, number: int, head_sha: str, tag: str, body: str, suggestions: tuple[Suggestion, ...]
    ) -> int:
        """One review with suggestions for that head and tag; a second call finds it and adds nothing."""

    def react(self, comment_id: int, content: str) -> None:
        """Add a reaction to an issue comment (twice is once)."""

    def permission(self, login: str) -> Permission:
        """A person's permission on the repository; any failure but a rate limit is NONE."""

    def upload_sarif(self, head_sha: str, ref: str, sarif: str) -> str:
        """Hand a SARIF document to code scanning; returns its id."""
