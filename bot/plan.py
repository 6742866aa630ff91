"""What is to be published, as data: made with a token that reads, checked again before one that writes is used.

A plan is kept by its digest between the two (`bot.plans`). The writer takes it at its word in nothing: the forge
applies an allow-list of its own (`bot.forges.allow_list`) before any request is made.
"""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.errors import TenonError
from bot.forge import Annotation, AnnotationLevel, CheckRun, Conclusion, NewCommit
from transforms.policy import Mode


class PlanRefused(TenonError):
    """A stored plan is not what was stored."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one job publishes. Without commits there is no follow-up pull request."""

    parent: int
    head_sha: str  # of the parent pull request
    head_ref: str
    branch: str
    title: str
    body: str
    commits: tuple[NewCommit, ...]
    check: CheckRun
    diff: str  # of all commits, for those who may not be pushed to; empty where it would show a secret's value
    findings: int
    mode: Mode
    from_fork: bool
    todo: tuple[str, ...] = ()

    @property
    def wants_follow_up(self) -> bool:
        """Whether mode and parent let its commits become a pull request."""
        return self.mode in (Mode.PATCH, Mode.ENFORCE) and not self.from_fork

    def dump(self) -> bytes:
        """As JSON; file contents in base64."""
        data = asdict(self)
        data["commits"] = [
            {"message": commit.message, "files": {path: _encode(content) for path, content in commit.files.items()}}
            for commit in self.commits
        ]
        return json.dumps(data, sort_keys=True).encode()


def load(data: bytes, digest: str) -> Plan:
    """The plan that `dump` wrote and that has this digest; raises PlanRefused for anything else."""
    if digest_of(data) != digest:
        raise PlanRefused("The stored plan was changed after it was made.")
    try:
        raw = json.loads(data)
        commits = tuple(_commit(each) for each in raw.pop("commits"))
        check = _check(raw.pop("check"))
        return Plan(**{**raw, "todo": tuple(raw["todo"]), "mode": Mode(raw["mode"])}, commits=commits, check=check)
    except (ValueError, TypeError, KeyError) as error:
        raise PlanRefused("The stored plan cannot be read.") from error


def digest_of(data: bytes) -> str:
    """The name a plan is stored by."""
    return hashlib.sha256(data).hexdigest()


def _encode(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _commit(raw: dict[str, Any]) -> NewCommit:
    files = {path: None if text is None else base64.b64decode(text) for path, text in raw["files"].items()}
    return NewCommit(raw["message"], files)


def _check(raw: dict[str, Any]) -> CheckRun:
    annotations = tuple(Annotation(**{**each, "level": AnnotationLevel(each["level"])}) for each in raw["annotations"])
    conclusion = Conclusion(raw["conclusion"]) if raw["conclusion"] else None
    return CheckRun(**{**raw, "annotations": annotations, "conclusion": conclusion, "actions": ()})
