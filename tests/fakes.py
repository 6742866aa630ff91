"""Complete in-memory fakes of Tenon's ports: state a test sets up, state it looks at, and no network in between."""

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.errors import ForgeError, NotAllowed, NotFound
from bot.forge import (
    Capabilities,
    CheckRun,
    Commit,
    NewCommit,
    Permission,
    PublishedPull,
    PullRequest,
    Repository,
    Suggestion,
)
from bot.forges.allow_list import check_branch, check_commits

Files = Mapping[str, bytes]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FakeComment:
    """A comment as the fake keeps it; `tag` is empty for a person's."""

    number: int
    tag: str
    body: str


@dataclass(frozen=True, slots=True)
class FakeReview:
    """A review as the fake keeps it."""

    number: int
    head_sha: str
    tag: str
    body: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class FakeCommit:
    """A commit as the fake keeps it: the whole tree, so that a test can look at a branch."""

    message: str
    parent: str | None
    files: Files


@dataclass
class FakeForge:
    """`bot.forge.Forge` in memory. Its ensure verbs are as idempotent, and its writer as strict, as the real ones."""

    full_name: str = "acme/shop"
    allowed: Capabilities = field(default_factory=Capabilities)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    commits_of_pulls: dict[int, tuple[Commit, ...]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, FakeCommit] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    comments: dict[int, FakeComment] = field(default_factory=dict)
    reviews: dict[int, FakeReview] = field(default_factory=dict)
    reactions: set[tuple[int, str]] = field(default_factory=set)
    sarifs: list[tuple[str, str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # names of the methods called, in order
    _faults: dict[str, list[ForgeError]] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1001))

    def push(self, branch: str, files: Files, message: str = "A commit", parent: str | None = None) -> str:
        """What a person does: point a branch at a new commit that holds exactly these files; returns its sha."""
        self.branches[branch] = self._add(FakeCommit(message, parent, dict(files)))
        return self.branches[branch]

    def open_pull(self, *, head: str, base: str = "main", title: str = "A change", from_fork: bool = False) -> int:
        """What a person does: open a pull request between two branches; returns its number."""
        number = len(self.pulls) + 1
        self.pulls[number] = self._pull(number, head, base, title, "", "octocat")
        if from_fork:
            self.pulls[number] = replace(self.pulls[number], from_fork=True)
        return number

    def files(self, branch: str) -> Files:
        """The files at the head of a branch."""
        return self.commits[self.branches[branch]].files

    def fail(self, method: str, error: ForgeError, times: int = 1) -> None:
        """Let the next calls of a method raise."""
        self._faults.setdefault(method, []).extend([error] * times)

    def repository(self) -> Repository:
        self._enter("repository")
        return Repository(100, self.full_name, 7, "main", f"https://github.com/{self.full_name}.git")

    def capabilities(self) -> Capabilities:
        self._enter("capabilities")
        return self.allowed

    def pull(self, number: int) -> PullRequest:
        self._enter("pull")
        return self._found(number)

    def pull_commits(self, number: int) -> tuple[Commit, ...]:
        self._enter("pull_commits")
        return self.commits_of_pulls.get(number, ())

    def branch_sha(self, branch: str) -> str | None:
        self._enter("branch_sha")
        return self.branches.get(branch)

    def commit_message(self, sha: str) -> str:
        self._enter("commit_message")
        if sha not in self.commits:
            raise NotFound(f"There is no commit {sha}.")
        return self.commits[sha].message

    def fetch_credentials(self) -> str | None:
        self._enter("fetch_credentials")
        return None

    def ensure_branch(self, branch: str, base_sha: str, commits: tuple[NewCommit, ...]) -> str:
        check_branch(branch)
        check_commits(commits)
        self._enter("ensure_branch")
        self._require(self.allowed.may_push, "push")
        if base_sha not in self.commits:
            raise NotFound(f"There is no commit {base_sha}.")
        head = base_sha
        for commit in commits:
            files = {**self.commits[head].files, **commit.files}
            kept = {path: content for path, content in files.items() if content is not None}
            head = self._add(FakeCommit(commit.message, head, kept))
        self.branches[branch] = head
        return head

    def ensure_pull(self, *, head: str, base: str, title: str, body: str) -> PublishedPull:
        self._enter("ensure_pull")
        self._require(self.allowed.may_open_pulls, "open a pull request")
        if head not in self.branches:
            raise NotFound(f"There is no branch {head}.")
        open_ones = (pull for pull in self.pulls.values() if pull.state == "open" and pull.head_ref == head)
        found = next(open_ones, None)
        number = found.number if found else len(self.pulls) + 1
        self.pulls[number] = self._pull(number, head, base, title, body, "tenon[bot]")
        return PublishedPull(number, self.pulls[number].url, self.branches[head])

    def find_pull(self, head: str) -> PublishedPull | None:
        self._enter("find_pull")
        open_ones = (pull for pull in self.pulls.values() if pull.state == "open" and pull.head_ref == head)
        found = next(open_ones, None)
        return PublishedPull(found.number, found.url, self.branches[head]) if found else None

    def retarget_pull(self, number: int, base: str) -> None:
        self._enter("retarget_pull")
        self.pulls[number] = replace(self._found(number), base_ref=base)

    def close_pull(self, number: int) -> None:
        self._enter("close_pull")
        self.pulls[number] = replace(self._found(number), state="closed")

    def ensure_check(self, check: CheckRun) -> int:
        self._enter("ensure_check")
        self._require(self.allowed.may_check, "write checks")
        same = (key for key, one in self.checks.items() if (one.name, one.head_sha) == (check.name, check.head_sha))
        return self._keep(self.checks, next(same, None), check)

    def ensure_comment(self, number: int, tag: str, body: str) -> int:
        self._enter("ensure_comment")
        self._require(self.allowed.may_comment, "comment")
        same = (key for key, one in self.comments.items() if (one.number, one.tag) == (number, tag))
        return self._keep(self.comments, next(same, None), FakeComment(number, tag, body))

    def ensure_review(
        self, number: int, head_sha: str, tag: str, body: str, suggestions: tuple[Suggestion, ...]
    ) -> int:
        self._enter("ensure_review")
        self._require(self.allowed.may_comment, "review")
        for key, review in self.reviews.items():
            if (review.number, review.head_sha, review.tag) == (number, head_sha, tag):
                return key
        return self._keep(self.reviews, None, FakeReview(number, head_sha, tag, body, suggestions))

    def react(self, comment_id: int, content: str) -> None:
        self._enter("react")
        self.reactions.add((comment_id, content))

    def permission(self, login: str) -> Permission:
        self._enter("permission")
        return self.permissions.get(login, Permission.NONE)

    def upload_sarif(self, head_sha: str, ref: str, sarif: str) -> str:
        self._enter("upload_sarif")
        self.sarifs.append((head_sha, ref, sarif))
        return f"sarif-{len(self.sarifs)}"

    def _found(self, number: int) -> PullRequest:
        if number not in self.pulls:
            raise NotFound(f"There is no pull request {number}.")
        found = self.pulls[number]
        return replace(found, head_sha=self.branches.get(found.head_ref, found.head_sha))

    def _enter(self, method: str) -> None:
        self.calls.append(method)
        if waiting := self._faults.get(method):
            raise waiting.pop(0)

    def _require(self, allowed: bool, what: str) -> None:
        if not allowed:
            raise NotAllowed(f"The installation may not {what} in {self.full_name}.")

    def _keep(self, kept: dict[int, T], key: int | None, value: T) -> int:
        key = next(self._ids) if key is None else key
        kept[key] = value
        return key

    def _add(self, commit: FakeCommit) -> str:
        """Content-addressed as in git: the same commit made twice is one."""
        text = repr((commit.message, commit.parent, sorted(commit.files.items())))
        sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = commit
        return sha

    def _pull(self, number: int, head: str, base: str, title: str, body: str, author: str) -> PullRequest:
        return PullRequest(
            number=number,
            title=title,
            body=body,
            state="open",
            merged=False,
            draft=False,
            author_login=author,
            author_id=1,
            base_ref=base,
            base_sha=self.branches.get(base, "0" * 40),
            head_ref=head,
            head_sha=self.branches[head],
            from_fork=False,
            url=f"https://github.com/{self.full_name}/pull/{number}",
        )
