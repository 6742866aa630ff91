"""What Tenon reads of GitHub's webhooks: the few fields it uses, and what each delivery asks for.

The models ignore everything else and are lenient where old payloads differ: GitHub adds, drops and renames fields.
Text of people (titles, bodies, branch names) is hostile: it is looked at here only to decide, and never stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.jobs import Reason
from bot.store.arrivals import Arrival
from bot.store.installations import InstallationChange, InstallationState

OWN_BRANCHES = "tenon/"
COMMAND = "/tenon"


class Event(StrEnum):
    """The events that are let in; any other is refused."""

    PING = "ping"
    PULL_REQUEST = "pull_request"
    PUSH = "push"
    INSTALLATION = "installation"
    INSTALLATION_REPOSITORIES = "installation_repositories"
    ISSUE_COMMENT = "issue_comment"
    CHECK_RUN = "check_run"
    CHECK_SUITE = "check_suite"


class Ignored(StrEnum):
    """Why a well-formed delivery asks for no job."""

    OWN_ACT = "own_act"
    OWN_BRANCH = "own_branch"
    NO_ACTION = "no_action"  # an action that changes nothing for Tenon: labels, assignments ...
    NOT_A_PULL = "not_a_pull"
    NO_COMMAND = "no_command"
    INSTALLATION = "installation"  # noted, needs no job


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Account(_Payload):
    """A person, bot or organisation."""

    login: str = ""


class InstallationField(_Payload):
    """The installation a delivery belongs to."""

    id: int
    account: Account | None = None


class RepositoryField(_Payload):
    """The repository a delivery is about."""

    id: int
    full_name: str


class HeadRepository(_Payload):
    """Where a head branch lives; a deleted fork has none."""

    id: int


class Head(_Payload):
    """The head of a pull request. The branch name is somebody's free text."""

    sha: str
    ref: str = ""
    repo: HeadRepository | None = None


class PullField(_Payload):
    """A pull request, as pull_request events carry it."""

    number: int
    head: Head
    updated_at: datetime | None = None


class BaseChange(_Payload):
    """What an `edited` action changed, as far as it matters: the base branch."""

    base: dict[str, object] | None = None


class PullReference(_Payload):
    """A pull request, as check events refer to it."""

    number: int


class CheckField(_Payload):
    """A check run or check suite."""

    head_sha: str = ""
    head_branch: str | None = None
    pull_requests: tuple[PullReference, ...] = ()


class Button(_Payload):
    """The button of a check run that somebody pressed."""

    identifier: str = Field(default="", max_length=100)


class IssueField(_Payload):
    """The issue or pull request a comment is on."""

    number: int
    pull_request: dict[str, object] | None = None


class CommentField(_Payload):
    """A comment. Its body is read only to see whether it is a command."""

    id: int
    body: str | None = None


class Payload(_Payload):
    """Any delivery, reduced to what Tenon uses."""

    action: str = ""
    installation: InstallationField | None = None
    repository: RepositoryField | None = None
    sender: Account | None = None
    pull_request: PullField | None = None
    changes: BaseChange | None = None
    check_run: CheckField | None = None
    check_suite: CheckField | None = None
    requested_action: Button | None = None
    issue: IssueField | None = None
    comment: CommentField | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """What a delivery asks for, before repository and installation are added."""

    reason: Reason
    pull_number: int
    head_sha: str = ""
    detail: str = ""
    happened_at: float = 0.0


def read(event: Event, guid: str, payload: Payload, bot_login: str) -> Arrival:
    """Reduce a delivery to an arrival. It asks for a job or says (in `cause`) why it does not."""
    arrival = Arrival(
        guid=guid,
        event=event.value,
        action=payload.action[:50],
        installation_id=payload.installation.id if payload.installation else 0,
        repository=payload.repository.full_name if payload.repository else "",
        repository_id=payload.repository.id if payload.repository else 0,
        change=_change(event, payload),
    )
    asked = _own(payload, bot_login) or _READERS.get(event, _nothing)(payload)
    if isinstance(asked, Ignored):
        return replace(arrival, cause=asked.value)
    return replace(
        arrival,
        reason=asked.reason,
        pull_number=asked.pull_number,
        head_sha=asked.head_sha,
        detail=asked.detail,
        happened_at=asked.happened_at,
    )


def _own(payload: Payload, bot_login: str) -> Ignored | None:
    """Tenon's own acts and branches never set Tenon to work: a bot that answers itself does not stop."""
    if payload.sender and payload.sender.login == bot_login:
        return Ignored.OWN_ACT
    if payload.pull_request and payload.repository and _is_ours(payload.pull_request, payload.repository):
        return Ignored.OWN_BRANCH
    check = payload.check_run or payload.check_suite
    if check and (check.head_branch or "").startswith(OWN_BRANCHES):
        return Ignored.OWN_BRANCH
    return None


def _is_ours(pull: PullField, repository: RepositoryField) -> bool:
    """Only in the repository itself: a fork may name its branch as it likes, and is not let off for it."""
    here = pull.head.repo is None or pull.head.repo.id == repository.id
    return here and pull.head.ref.startswith(OWN_BRANCHES)


_PULL_ACTIONS = {
    reason.value: reason
    for reason in (Reason.OPENED, Reason.REOPENED, Reason.PUSHED, Reason.READY, Reason.RETARGETED, Reason.CLOSED)
}


def _pull_request(payload: Payload) -> _Job | Ignored:
    reason = _PULL_ACTIONS.get(payload.action)
    if reason is None or payload.pull_request is None:
        return Ignored.NO_ACTION
    if reason is Reason.RETARGETED and not (payload.changes and payload.changes.base):
        return Ignored.NO_ACTION
    pull = payload.pull_request
    moment = pull.updated_at.timestamp() if pull.updated_at else 0.0
    return _Job(reason=reason, pull_number=pull.number, head_sha=pull.head.sha, happened_at=moment)


def _issue_comment(payload: Payload) -> _Job | Ignored:
    if payload.action != "created" or payload.issue is None or payload.comment is None:
        return Ignored.NO_ACTION
    if payload.issue.pull_request is None:
        return Ignored.NOT_A_PULL
    words = (payload.comment.body or "").split(maxsplit=1)
    if not words or words[0] != COMMAND:
        return Ignored.NO_COMMAND
    return _Job(reason=Reason.COMMAND, pull_number=payload.issue.number, detail=str(payload.comment.id))


def _check(payload: Payload) -> _Job | Ignored:
    check = payload.check_run or payload.check_suite
    wanted = {"rerequested": Reason.RERUN, "requested_action": Reason.BUTTON}.get(payload.action)
    if check is None or wanted is None:
        return Ignored.NO_ACTION
    if not check.pull_requests:
        return Ignored.NOT_A_PULL
    detail = payload.requested_action.identifier if payload.requested_action else ""
    number = check.pull_requests[0].number  # a commit at the head of several pull requests has one check run
    return _Job(reason=wanted, pull_number=number, head_sha=check.head_sha, detail=detail)


def _nothing(_payload: Payload) -> _Job | Ignored:
    return Ignored.NO_ACTION


def _installation(_payload: Payload) -> _Job | Ignored:
    return Ignored.INSTALLATION


_READERS: dict[Event, Callable[[Payload], _Job | Ignored]] = {
    Event.PULL_REQUEST: _pull_request,
    Event.ISSUE_COMMENT: _issue_comment,
    Event.CHECK_RUN: _check,
    Event.CHECK_SUITE: _check,
    Event.INSTALLATION: _installation,
    Event.INSTALLATION_REPOSITORIES: _installation,
}

_STATES = {"deleted": InstallationState.DELETED, "suspend": InstallationState.SUSPENDED}


def _change(event: Event, payload: Payload) -> InstallationChange | None:
    """What an installation event says about the installation; any other event says nothing."""
    if event not in (Event.INSTALLATION, Event.INSTALLATION_REPOSITORIES) or payload.installation is None:
        return None
    account = payload.installation.account.login if payload.installation.account else ""
    state = _STATES.get(payload.action, InstallationState.ACTIVE)
    return InstallationChange(payload.installation.id, account, state)
