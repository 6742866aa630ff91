"""The course of a job: its stages, its retries, its crashes, its ends. No engine, no database: a journal in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from bot.errors import ForgeUnavailable, NotAllowed, RateLimited, TenonError
from bot.jobs import (
    LONGEST_WAIT,
    SUPERSEDED,
    Course,
    JobRequest,
    JobResult,
    JobState,
    Json,
    Reason,
    RetryPolicy,
)

REQUEST = JobRequest("guid", 1, "acme/shop", 7, 3, "a" * 40, Reason.OPENED)
DONE = JobResult(JobState.DONE, "One pull request.")


class PowerCut(BaseException):
    """The process dies here."""


@dataclass
class MemoryJournal:
    """A journal that survives its process: give the same one to a second run."""

    records: list[tuple[str, Json]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    position: int = 0

    def step(self, name: str, work: Callable[[], Json]) -> Json:
        if self.position < len(self.records):
            recorded, result = self.records[self.position]
            assert recorded == name, "a replay takes the same way"
        else:
            result = work()
            self.records.append((name, result))
        self.position += 1
        return result

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def restarted(self) -> "MemoryJournal":
        return MemoryJournal(self.records)


@dataclass
class MemoryDesk:
    """A desk that notes what it hears."""

    stale: bool = False
    heard: list[str] = field(default_factory=list)
    results: list[JobResult] = field(default_factory=list)

    def started(self, request: JobRequest) -> None:
        self.heard.append("started")

    def is_stale(self, request: JobRequest) -> bool:
        return self.stale

    def finished(self, request: JobRequest, result: JobResult) -> None:
        self.results.append(result)


@dataclass
class ScriptedRunner:
    """A runner whose stages raise what is left in their script, then succeed."""

    script: dict[str, list[BaseException]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    digest: Json = field(default_factory=lambda: {"findings": 2})
    after_analyse: Callable[[], None] = lambda: None

    def begin(self, request: JobRequest) -> None:
        self._act("begin")

    def analyse(self, request: JobRequest) -> Json:
        self._act("analyse")
        self.after_analyse()
        return self.digest

    def publish(self, request: JobRequest, digest: Json) -> JobResult:
        self._act("publish")
        assert digest == {"findings": 2}
        return DONE

    def fail(self, request: JobRequest, sentence: str) -> None:
        self._act("fail")
        self.told.append(sentence)

    def _act(self, stage: str) -> None:
        self.calls.append(stage)
        if self.script.get(stage):
            raise self.script[stage].pop(0)


def run(runner: ScriptedRunner, desk: MemoryDesk | None = None, journal: MemoryJournal | None = None) -> JobResult:
    policy = RetryPolicy(attempts=3, first_wait=1.0)
    return Course(runner, desk or MemoryDesk(), policy).run(REQUEST, journal or MemoryJournal())


def test_a_job_begins_analyses_and_publishes() -> None:
    runner, desk = ScriptedRunner(), MemoryDesk()
    assert run(runner, desk) == DONE
    assert runner.calls == ["begin", "analyse", "publish"]
    assert (desk.heard, desk.results) == (["started"], [DONE])


@pytest.mark.parametrize("stage", ["begin", "analyse", "publish"])
def test_after_a_power_cut_a_job_resumes_behind_its_last_finished_stage(stage: str) -> None:
    runner, desk, journal = ScriptedRunner({stage: [PowerCut()]}), MemoryDesk(), MemoryJournal()
    with pytest.raises(PowerCut):
        run(runner, desk, journal)
    assert run(runner, desk, journal.restarted()) == DONE
    assert [runner.calls.count(name) for name in ("begin", "analyse", "publish")] == [
        2 if name == stage else 1 for name in ("begin", "analyse", "publish")
    ]


def test_a_finished_job_that_is_run_again_does_nothing() -> None:
    runner, desk, journal = ScriptedRunner(), MemoryDesk(), MemoryJournal()
    run(runner, desk, journal)
    assert run(runner, desk, journal.restarted()) == DONE
    assert runner.calls == ["begin", "analyse", "publish"]


@pytest.mark.parametrize("stage", ["begin", "analyse", "publish"])
def test_a_passing_failure_is_tried_again_with_longer_waits(stage: str) -> None:
    runner, journal = ScriptedRunner({stage: [ForgeUnavailable("502"), ConnectionError()]}), MemoryJournal()
    assert run(runner, journal=journal) == DONE
    assert journal.slept == [1.0, 2.0]


def test_a_rate_limit_is_waited_out_as_long_as_github_says() -> None:
    runner, journal = ScriptedRunner({"publish": [RateLimited("slow down", 61.5)]}), MemoryJournal()
    assert run(runner, journal=journal) == DONE
    assert journal.slept == [61.5]


def test_a_rate_limit_of_days_is_not_believed() -> None:
    assert RetryPolicy().wait(1, RateLimited("", 1e9)) == LONGEST_WAIT
    assert RetryPolicy().wait(1, RateLimited("", -5.0)) == 0.0


def test_waits_double_up_to_a_limit_and_end() -> None:
    policy = RetryPolicy(attempts=8, first_wait=2.0, longest_wait=20.0)
    waits = [policy.wait(tries, ForgeUnavailable("")) for tries in range(1, 9)]
    assert waits == [2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0, None]


def test_a_failure_that_outlasts_its_retries_is_told_and_never_green() -> None:
    runner, desk = ScriptedRunner({"analyse": [ForgeUnavailable("GitHub is away.") for _ in range(3)]}), MemoryDesk()
    result = run(runner, desk)
    assert result == JobResult(JobState.FAILED, "GitHub is away.")
    assert runner.told == ["GitHub is away."]
    assert desk.results == [result]


def test_a_failure_that_trying_again_does_not_mend_is_not_tried_again() -> None:
    runner = ScriptedRunner({"publish": [NotAllowed("May not push.")]})
    assert run(runner).sentence == "May not push."
    assert runner.calls == ["begin", "analyse", "publish", "fail"]


def test_a_defect_ends_the_job_without_repeating_its_message(caplog: pytest.LogCaptureFixture) -> None:
    runner = ScriptedRunner({"analyse": [ValueError("something private")]})
    result = run(runner)
    assert result == JobResult(JobState.FAILED, "Tenon hit a defect of its own (ValueError).")
    assert "something private" not in runner.told[0]
    assert "hit a defect" in caplog.text


def test_a_digest_that_is_not_json_is_a_defect_now_and_not_on_replay() -> None:
    runner = ScriptedRunner(digest={"paths": {1, 2}})
    assert run(runner).sentence == "Tenon hit a defect of its own (TypeError)."


def test_publish_sees_a_digest_as_a_replay_would() -> None:
    seen: list[Json] = []

    class Curious(ScriptedRunner):
        def publish(self, request: JobRequest, digest: Json) -> JobResult:
            seen.append(digest)
            return DONE

    run(Curious(digest={"pair": (1, 2)}))
    assert seen == [{"pair": [1, 2]}]


def test_telling_the_failure_is_tried_until_it_works() -> None:
    script: dict[str, list[BaseException]] = {
        "analyse": [NotAllowed("No.")],
        "fail": [ForgeUnavailable("502") for _ in range(10)],
    }
    runner, journal = ScriptedRunner(script), MemoryJournal()
    run(runner, journal=journal)
    assert runner.told == ["No."]
    assert len(journal.slept) == 10


def test_a_job_superseded_before_it_began_shows_nothing() -> None:
    runner, desk = ScriptedRunner(), MemoryDesk(stale=True)
    assert run(runner, desk) == JobResult(JobState.SUPERSEDED, SUPERSEDED)
    assert runner.calls == []


def test_a_job_superseded_in_the_middle_stops_at_the_next_boundary_and_says_so() -> None:
    desk = MemoryDesk()
    runner = ScriptedRunner(after_analyse=lambda: setattr(desk, "stale", True))
    assert run(runner, desk).state is JobState.SUPERSEDED
    assert runner.calls == ["begin", "analyse", "fail"]
    assert runner.told == [SUPERSEDED]


def test_an_abandoned_job_is_told_as_failed() -> None:
    runner, desk = ScriptedRunner(), MemoryDesk()
    result = Course(runner, desk, RetryPolicy()).abandon(REQUEST, MemoryJournal(), "Gave up.")
    assert result == JobResult(JobState.FAILED, "Gave up.")
    assert (runner.told, desk.results) == (["Gave up."], [result])


def test_a_request_survives_the_way_through_the_engine() -> None:
    request = replace(REQUEST, attempt=2, detail="17")
    assert JobRequest.from_json(request.to_json()) == request
    assert JobRequest.from_json({**request.to_json(), "added_later": 1}) == request
    assert request.job_id == "guid.2"


def test_an_expected_error_without_retry_gives_up_at_once() -> None:
    assert RetryPolicy().wait(1, TenonError("no")) is None
    assert RetryPolicy().wait(1, KeyError("defect")) is None
