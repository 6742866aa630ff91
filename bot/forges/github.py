"""The real forge: one GitHub repository through one installation of the App (PyGithub behind the port `bot.forge`).

Reader and writer are two links with two tokens: what only asks never holds a token that could write, and no write token
is made before the first write. Every writing verb looks before it creates, so a step that runs twice, or whose reply
was lost, leaves one branch, one pull request, one check run, one comment.
"""

import base64
import gzip
import re
from dataclasses import dataclass

from github.PullRequest import PullRequest as FoundPull
from github.Repository import Repository as FoundRepository

from bot.errors import ForgeError, RateLimited
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
from bot.forges import github_checks, github_conversation
from bot.forges.allow_list import check_branch, check_commits
from bot.forges.github_app import GitHubApp, Scope, TokenMode
from bot.forges.github_branches import Branches, commit_message
from bot.forges.github_link import Link
from bot.forges.sizes import clipped

_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}")
_FULL_NAME = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class GitHubForge:
    """`bot.forge.Forge` on GitHub. Nothing is asked before the first method is called."""

    app: GitHubApp
    installation_id: int
    full_name: str
    repository_id: int
    _reader: Link
    _writer: Link

    @classmethod
    def of(cls, app: GitHubApp, installation_id: int, full_name: str, repository_id: int) -> "GitHubForge":
        """The forge for one repository ("owner/name") as webhooks name it; raises ForgeError for a hostile name."""
        if not _FULL_NAME.fullmatch(full_name) or ".." in full_name.split("/"):
            raise ForgeError(f"{full_name[:100]!r} is no name of a repository.")
        scopes = (Scope(installation_id, repository_id, mode) for mode in (TokenMode.READ, TokenMode.WRITE))
        reader, writer = (Link(app, scope, full_name) for scope in scopes)
        return cls(app, installation_id, full_name, repository_id, reader, writer)

    @classmethod
    def find(cls, app: GitHubApp, full_name: str) -> "GitHubForge":
        """The forge for a repository of which only the name is known; raises NotFound."""
        if not _FULL_NAME.fullmatch(full_name) or ".." in full_name.split("/"):
            raise ForgeError(f"{full_name[:100]!r} is no name of a repository.")
        installation_id = app.installation_of(full_name)
        return cls.of(app, installation_id, full_name, app.repository_id(installation_id, full_name))

    def repository(self) -> Repository:
        """The repository this forge object is bound to."""

        def ask(found: FoundRepository) -> Repository:
            return Repository(self.installation_id, found.full_name, found.id, found.default_branch, found.clone_url)

        return self._reader.call(f"read {self.full_name}", ask)

    def capabilities(self) -> Capabilities:
        """What the installation's permissions allow; an archived repository takes no write at all."""
        granted = self.app.permissions(self.installation_id)
        if self._reader.call(f"read {self.full_name}", lambda found: found.archived):
            return Capabilities(may_push=False, may_open_pulls=False, may_check=False, may_comment=False)
        may = {name for name, level in granted.items() if level in {"write", "admin"}}
        return Capabilities(
            may_push="contents" in may,
            may_open_pulls="pull_requests" in may,
            may_check="checks" in may,
            may_comment="pull_requests" in may,
        )

    def pull(self, number: int) -> PullRequest:
        """The pull request as it is now; raises NotFound."""
        return self._reader.call(f"read pull request {number}", lambda found: _pull(found.get_pull(number)))

    def pull_commits(self, number: int) -> tuple[Commit, ...]:
        """The commits of a pull request, oldest first, at most 250 (GitHub's limit)."""

        def ask(found: FoundRepository) -> tuple[Commit, ...]:
            return tuple(
                Commit(
                    sha=one.sha,
                    message=one.commit.message,
                    author_name=one.commit.author.name if one.commit.author else "",
                    author_email=one.commit.author.email if one.commit.author else "",
                    author_login=one.author.login if one.author else None,
                )
                for one in found.get_pull(number).get_commits()
            )

        return self._reader.call(f"read the commits of pull request {number}", ask)

    def branch_sha(self, branch: str) -> str | None:
        """The commit a branch points to, or None."""
        return self._branches().sha(branch)

    def commit_message(self, sha: str) -> str:
        """The message of a commit; raises NotFound."""
        return commit_message(self._reader, sha)

    def fetch_credentials(self) -> str | None:
        """The Authorization header for `git fetch`: the reader's token, which can push nothing."""
        token = self.app.token(Scope(self.installation_id, self.repository_id, TokenMode.READ)).value
        return "Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()

    def ensure_branch(self, branch: str, base_sha: str, commits: tuple[NewCommit, ...]) -> str:
        """Let `branch` be `base_sha` plus `commits`; raises NotAllowed, before any request, for what is not ours."""
        check_branch(branch)
        check_commits(commits)
        return self._branches().ensure(branch, base_sha, commits)

    def ensure_pull(self, *, head: str, base: str, title: str, body: str) -> PublishedPull:
        """The one open pull request from `head`: opened, or its title, body and base updated."""
        check_branch(head)
        text = clipped(body)

        def put(found: FoundRepository) -> PublishedPull:
            ours = self._open(found, head)
            if ours is None:
                ours = found.create_pull(base=base, head=head, title=title, body=text)
            elif _differs(ours, base, title, text):
                ours.edit(title=title, body=text, base=base)
            return PublishedPull(ours.number, ours.html_url, ours.head.sha)

        return self._writer.call(f"open a pull request from {head}", put)

    def find_pull(self, head: str) -> PublishedPull | None:
        """The open pull request from `head` of this repository, or None."""

        def ask(found: FoundRepository) -> PublishedPull | None:
            ours = self._open(found, head)
            return PublishedPull(ours.number, ours.html_url, ours.head.sha) if ours else None

        return self._reader.call(f"look for a pull request from {head}", ask)

    def _open(self, found: FoundRepository, head: str) -> FoundPull | None:
        owner = self.full_name.partition("/")[0]
        return next(iter(found.get_pulls(state="open", head=f"{owner}:{head}")), None)

    def retarget_pull(self, number: int, base: str) -> None:
        """Let a pull request go to another base branch."""
        doing = f"retarget pull request {number} to {base}"
        self._writer.call(doing, lambda found: found.get_pull(number).edit(base=base))

    def close_pull(self, number: int) -> None:
        """Close a pull request; closing a closed one does nothing."""

        def close(found: FoundRepository) -> None:
            pull = found.get_pull(number)
            if pull.state != "closed":
                pull.edit(state="closed")

        self._writer.call(f"close pull request {number}", close)

    def ensure_check(self, check: CheckRun) -> int:
        """The one check run of that name on that head by this App: created or updated."""
        return github_checks.ensure_check(self._reader, self._writer, self.app.app_id, check)

    def ensure_comment(self, number: int, tag: str, body: str) -> int:
        """The one comment by this App that carries the hidden `tag`: created or edited in place."""
        return github_conversation.ensure_comment(self._writer, self.app.bot_login(), number, tag, body)

    def ensure_review(
        self, number: int, head_sha: str, tag: str, body: str, suggestions: tuple[Suggestion, ...]
    ) -> int:
        """One review with suggestions for that head and tag; a second call finds it and adds nothing."""
        bot_login = self.app.bot_login()
        return github_conversation.ensure_review(self._writer, bot_login, number, head_sha, tag, body, suggestions)

    def react(self, comment_id: int, content: str) -> None:
        """Add a reaction to an issue comment (twice is once)."""
        github_conversation.react(self._writer, comment_id, content)

    def permission(self, login: str) -> Permission:
        """A person's permission on the repository; any failure but a rate limit is NONE."""
        if not _LOGIN.fullmatch(login):
            return Permission.NONE
        try:
            level = self._reader.call(
                "ask for a person's permission", lambda found: found.get_collaborator_permission(login)
            )
            return Permission(level)
        except RateLimited:
            raise
        except (ForgeError, ValueError):
            return Permission.NONE

    def upload_sarif(self, head_sha: str, ref: str, sarif: str) -> str:
        """Hand a SARIF document to code scanning; returns its id. Raises NotAllowed where that is not granted."""
        link = Link(self.app, Scope(self.installation_id, self.repository_id, TokenMode.SARIF), self.full_name)
        packed = base64.b64encode(gzip.compress(sarif.encode(), mtime=0)).decode()
        body = {"commit_sha": head_sha, "ref": ref, "sarif": packed}

        def put(found: FoundRepository) -> str:
            path = f"{found.url}/code-scanning/sarifs"
            return str(found.requester.requestJsonAndCheck("POST", path, input=body)[1]["id"])

        return link.call("upload the SARIF document", put)

    def _branches(self) -> Branches:
        return Branches(self._reader, self._writer)


def _pull(found: FoundPull) -> PullRequest:
    head_repository = found.head.repo  # None when the fork was deleted
    return PullRequest(
        number=found.number,
        title=found.title,
        body=found.body or "",
        state=found.state,
        merged=bool(found.merged),
        draft=bool(found.draft),
        author_login=found.user.login if found.user else "ghost",
        author_id=found.user.id if found.user else 0,
        base_ref=found.base.ref,
        base_sha=found.base.sha,
        head_ref=found.head.ref,
        head_sha=found.head.sha,
        from_fork=head_repository is None or head_repository.id != found.base.repo.id,
        url=found.html_url,
    )


def _differs(pull: FoundPull, base: str, title: str, body: str) -> bool:
    words = (pull.body or "").rstrip().splitlines()
    return (pull.base.ref, pull.title, words) != (base, title, body.rstrip().splitlines())
