"""What is to be published, as data: made by the process that reads hostile text, checked again by the one that writes.

A plan is stored by its digest between the two. The writer takes it at its word in nothing: `check` applies an
allow-list of its own before any request is made.
"""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from transforms.gates import path_is_allowed

from bot.errors import TenonError
from bot.forge import Annotation, AnnotationLevel, CheckRun, Conclusion, NewCommit
from bot.surfaces.follow_up import BRANCH_PREFIX

MAX_FILES = 200
MAX_BYTES = 2_000_000


class PlanRefused(TenonError):
    """A plan asks for something that the writer never does."""


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
    comment: str | None  # None: edit an older comment only
    diff: str  # of all commits, for those who may not be pushed to
    findings: int
    todo: tuple[str, ...] = ()

    def dump(self) -> bytes:
        """As JSON; file contents in base64."""
        data = asdict(self)
        data["commits"] = [
            {"message": commit.message, "files": {path: _encode(content) for path, content in commit.files.items()}}
            for commit in self.commits
        ]
        return json.dumps(data, sort_keys=True).encode()


def load(data: bytes) -> Plan:
    """The plan that `dump` wrote; raises PlanRefused for anything else."""
    try:
        raw = json.loads(data)
        commits = tuple(_commit(each) for each in raw.pop("commits"))
        check = _check(raw.pop("check"))
        return Plan(**{**raw, "todo": tuple(raw["todo"])}, commits=commits, check=check)
    except (ValueError, TypeError, KeyError) as error:
        raise PlanRefused("The stored plan cannot be read.") from error


def digest(data: bytes) -> str:
    """The name a plan is stored by."""
    return hashlib.sha256(data).hexdigest()


def check(plan: Plan) -> Plan:
    """`plan` itself; raises PlanRefused when it leaves the narrow path of what Tenon may write."""
    if not plan.branch.startswith(BRANCH_PREFIX) or ".." in plan.branch:
        raise PlanRefused("A plan may write to branches of Tenon's own only.")
    paths = [path for commit in plan.commits for path in commit.files]
    refused = next((path for path in paths if not path_is_allowed(path)), None)
    if refused is not None:
        raise PlanRefused("A plan touches a file that Tenon never touches (workflow, CI, lock file or outside).")
    size = sum(len(content or b"") for commit in plan.commits for content in commit.files.values())
    if len(set(paths)) > MAX_FILES or size > MAX_BYTES:
        raise PlanRefused("A plan is larger than any that a person would review.")
    return plan


def _encode(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _commit(raw: dict[str, Any]) -> NewCommit:
    files = {path: None if text is None else base64.b64decode(text) for path, text in raw["files"].items()}
    return NewCommit(raw["message"], files)


def _check(raw: dict[str, Any]) -> CheckRun:
    annotations = tuple(Annotation(**{**each, "level": AnnotationLevel(each["level"])}) for each in raw["annotations"])
    conclusion = Conclusion(raw["conclusion"]) if raw["conclusion"] else None
    return CheckRun(**{**raw, "annotations": annotations, "conclusion": conclusion, "actions": ()})
