"""What a job is, and how it goes: begin, analyse, publish, each a durable stage, with a defined end for every failure.

This module knows neither the pipeline (it is handed a `Runner`) nor the durable engine (it is handed a `Journal`), so
the whole course of a job is tested with neither. A stage's result is recorded; after a crash the job resumes behind the
last recorded stage. Effects are at-least-once: a stage that was cut off runs again, so a Runner only ever *ensures*.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from bot.errors import RateLimited, TenonError

log = logging.getLogger(__name__)

Json = dict[str, Any]  # JSON-safe, small: file bodies and diffs stay out of it

SUPERSEDED = "A newer push to this pull request superseded this analysis; see the check on the newest commit."
LONGEST_WAIT = 3600.0  # seconds; GitHub's primary rate limit resets within an hour
RUN_ONCE_MORE = 100  # tries of the stages that must not be given up: telling the failure, noting the end


class Reason(StrEnum):
    """Why a job exists."""

    OPENED = "opened"
    REOPENED = "reopened"
    PUSHED = "synchronize"
    READY = "ready_for_review"
    RETARGETED = "edited"  # the pull request got another base branch
    CLOSED = "closed"
    COMMAND = "command"  # a comment `/tenon ...`; `detail` holds the comment's id
    BUTTON = "requested_action"  # a button of the check run; `detail` holds its identifier
    RERUN = "rerequested"  # somebody asked GitHub to run the check again


class JobState(StrEnum):
    """How a job ended."""

    DONE = "done"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One piece of queued work for one pull request. `head_sha` is empty where the delivery does not say it."""

    delivery: str  # the GUID GitHub gave the delivery
    installation_id: int
    repository: str  # "owner/name"
    repository_id: int
    pull_number: int
    head_sha: str
    reason: Reason
    attempt: int = 1  # of this delivery: a redelivery after a failure is attempt 2
    detail: str = ""

    @property
    def job_id(self) -> str:
        """The same for the same delivery and attempt, whoever asks and however often."""
        return f"{self.delivery}.{self.attempt}"

    def to_json(self) -> Json:
        """As the durable engine keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Json) -> "JobRequest":
        """Back from `to_json`; fields of a newer version are ignored."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        return cls(**{**known, "reason": Reason(data["reason"])})


@dataclass(frozen=True, slots=True)
class JobResult:
    """How a job ended, and the sentence that says so; it never holds a secret value."""

    state: JobState
    sentence: str


class Runner(Protocol):
    """The work itself. Every method may run again after a crash, so every effect is an *ensure*.

    Expected failures are `TenonError`s; those with `retry` are tried again. Anything else raised is a defect.
    """

    def begin(self, request: JobRequest) -> None:
        """Show that work started: the check run is in progress."""

    def analyse(self, request: JobRequest) -> Json:
        """Find and patch; returns a small JSON-safe digest that `publish` gets (ids and counts, no file bodies)."""

    def publish(self, request: JobRequest, digest: Json) -> JobResult:
        """Ensure pull request, check run and comment."""

    def fail(self, request: JobRequest, sentence: str) -> None:
        """Conclude the check run as neutral, with the sentence and the delivery id: a crash is never green."""


RunnerFactory = Callable[[], Runner]
"""Called once in each worker process, before its first job."""


class Journal(Protocol):
    """The durable engine, as far as a job sees it."""

    def step(self, name: str, work: Callable[[], Json]) -> Json:
        """Run `work` and record what it returns; on a later run of the same job return the record instead."""

    def sleep(self, seconds: float) -> None:
        """Wait durably: a restart waits only what is left."""


class Desk(Protocol):
    """Where a job's state is kept for people and for the dispatcher; every call may come twice."""

    def started(self, request: JobRequest) -> None:
        """The job runs."""

    def is_stale(self, request: JobRequest) -> bool:
        """A newer push to the same pull request is known."""

    def finished(self, request: JobRequest, result: JobResult) -> None:
        """The job ended."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a stage is tried, and how long to wait in between (seconds, doubling)."""

    attempts: int = 6
    first_wait: float = 2.0
    longest_wait: float = 300.0
    transient: tuple[type[Exception], ...] = (ConnectionError, TimeoutError)

    def wait(self, tries: int, error: Exception) -> float | None:
        """Seconds until the next try after `tries` failed ones, or None to give up."""
        if tries >= self.attempts:
            return None
        if isinstance(error, RateLimited):
            return min(max(error.wait_seconds, 0.0), LONGEST_WAIT)
        if isinstance(error, self.transient) or (isinstance(error, TenonError) and error.retry):
            return min(self.first_wait * 2.0 ** (tries - 1), self.longest_wait)
        return None


@dataclass(frozen=True, slots=True)
class Course:
    """Runs one job after the other through its stages; holds no state between jobs."""

    runner: Runner
    desk: Desk
    policy: RetryPolicy

    def run(self, request: JobRequest, journal: Journal) -> JobResult:
        """Take a job to its end, whatever happens on the way, and note that end at the desk."""
        result = self._stages(request, journal)
        self._insist("finish", journal, lambda: self._finish(request, result))
        return result

    def abandon(self, request: JobRequest, journal: Journal, sentence: str) -> JobResult:
        """End a job that the engine gave up (it took its process down again and again): failed, and said so."""
        result = self._give_up(request, journal, JobResult(JobState.FAILED, sentence))
        self._insist("finish", journal, lambda: self._finish(request, result))
        return result

    def _stages(self, request: JobRequest, journal: Journal) -> JobResult:
        begun = self._try("begin", request, journal, lambda: self._begin(request))
        if begun["state"] == JobState.SUPERSEDED:
            return JobResult(JobState.SUPERSEDED, SUPERSEDED)  # nothing was shown yet, so nothing is taken back
        if begun["state"] == JobState.FAILED:
            return self._give_up(request, journal, JobResult(JobState.FAILED, begun["sentence"]))
        analysed = self._try("analyse", request, journal, lambda: self.runner.analyse(request))
        if analysed["state"] != JobState.DONE:
            return self._give_up(request, journal, _ending(analysed))
        published = self._try("publish", request, journal, lambda: self._publish(request, analysed["value"]))
        if published["state"] != JobState.DONE:
            return self._give_up(request, journal, _ending(published))
        return JobResult(JobState(published["value"]["state"]), published["value"]["sentence"])

    def _begin(self, request: JobRequest) -> Json:
        self.desk.started(request)
        self.runner.begin(request)
        return {}

    def _publish(self, request: JobRequest, digest: Json) -> Json:
        result = self.runner.publish(request, digest)
        return {"state": result.state.value, "sentence": result.sentence}

    def _finish(self, request: JobRequest, result: JobResult) -> Json:
        self.desk.finished(request, result)
        return {}

    def _give_up(self, request: JobRequest, journal: Journal, result: JobResult) -> JobResult:
        self._insist("fail", journal, lambda: self._tell(request, result.sentence))
        return result

    def _tell(self, request: JobRequest, sentence: str) -> Json:
        self.runner.fail(request, sentence)
        return {}

    def _try(self, name: str, request: JobRequest, journal: Journal, work: Callable[[], Json]) -> Json:
        """One stage, tried again while that can help; a newer push stops it at each of its boundaries."""

        def once() -> Json:
            return {"state": JobState.SUPERSEDED.value} if self.desk.is_stale(request) else {"value": work()}

        return _repeat(name, journal, once, self.policy)

    def _insist(self, name: str, journal: Journal, work: Callable[[], Json]) -> None:
        patient = RetryPolicy(RUN_ONCE_MORE, self.policy.first_wait, 60.0, self.policy.transient)
        _repeat(name, journal, lambda: {"value": work()}, patient)


def _ending(outcome: Json) -> JobResult:
    if outcome["state"] == JobState.SUPERSEDED:
        return JobResult(JobState.SUPERSEDED, SUPERSEDED)
    return JobResult(JobState.FAILED, outcome["sentence"])


def _repeat(name: str, journal: Journal, work: Callable[[], Json], policy: RetryPolicy) -> Json:
    """Record tries of `work` until one ends it; the waits are recorded too, so a replay takes the same way."""
    tries = 1
    while True:
        outcome = journal.step(name, lambda tries=tries: _outcome(name, work, policy, tries))  # type: ignore[misc]
        if outcome["state"] != "wait":
            return outcome
        journal.sleep(outcome["seconds"])
        tries += 1


def _outcome(name: str, work: Callable[[], Json], policy: RetryPolicy, tries: int) -> Json:
    """What one try came to, as plain JSON. This is the worker's outer edge: no error leaves it."""
    try:
        result = {"state": JobState.DONE.value, **work()}
        return dict(json.loads(json.dumps(result)))  # a digest that is not JSON fails here, not on replay
    except Exception as error:  # noqa: BLE001 - the outer edge: a defect ends one job, never the worker
        return _judge(name, error, policy, tries)


def _judge(name: str, error: Exception, policy: RetryPolicy, tries: int) -> Json:
    seconds = policy.wait(tries, error)
    expected = isinstance(error, TenonError)
    if seconds is not None:
        log.warning(
            "stage %s failed, next try in %.1f s: %s", name, seconds, error if expected else type(error).__name__
        )
        return {"state": "wait", "seconds": seconds}
    if expected:
        return {"state": JobState.FAILED.value, "sentence": str(error)}
    log.error("stage %s hit a defect", name, exc_info=error)
    return {"state": JobState.FAILED.value, "sentence": f"Tenon hit a defect of its own ({type(error).__name__})."}
