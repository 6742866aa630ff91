"""From the table of deliveries into the engine's queue: turns, limits, crashes in between, and what the engine lost."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.dispatch import ABANDONED, Dispatcher
from bot.jobs import JobRequest, JobResult, JobState, Reason
from bot.metrics import Metrics
from bot.store import Arrival, InstallationChange, InstallationState, Store, open_store


@dataclass
class MemoryEngine:
    """An engine that only remembers."""

    known: dict[str, str] = field(default_factory=dict)
    abandoned: list[tuple[str, str]] = field(default_factory=list)
    enqueued: list[str] = field(default_factory=list)
    dies_at: str = ""

    def enqueue(self, request: JobRequest) -> None:
        if request.job_id == self.dies_at:
            raise ConnectionError
        self.enqueued.append(request.job_id)
        self.known.setdefault(request.job_id, "ENQUEUED")

    def abandon(self, request: JobRequest, sentence: str) -> None:
        self.abandoned.append((request.job_id, sentence))

    def statuses(self, job_ids: list[str]) -> dict[str, str]:
        return {job_id: self.known[job_id] for job_id in job_ids if job_id in self.known}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(f"sqlite:///{tmp_path / 'tenon.db'}")
    for number in (1, 2):
        store.installations.learn(InstallationChange(number, "acme", InstallationState.ACTIVE))
    return store


def deliver(store: Store, guid: str, pull: int = 1, installation: int = 1, head: str = "a") -> None:
    arrival = Arrival(guid, "pull_request", "opened", installation, "a/b", 7, pull, head, Reason.PUSHED)
    store.deliveries.take([arrival])


def dispatcher(store: Store, engine: MemoryEngine, limit: int = 8, metrics: Metrics | None = None) -> Dispatcher:
    return Dispatcher(store.deliveries, engine, limit, metrics or Metrics())


def finish(store: Store, guid: str) -> None:
    delivery = store.deliveries.get(guid)
    assert delivery
    store.deliveries.finished(delivery.request(), JobResult(JobState.DONE, ""))


def state(store: Store, guid: str) -> str:
    delivery = store.deliveries.get(guid)
    assert delivery
    return delivery.state


def test_a_delivery_reaches_the_engine_once(store: Store) -> None:
    engine = MemoryEngine()
    deliver(store, "d")
    for _ in range(3):
        dispatcher(store, engine).turn()
    assert engine.enqueued == ["d.1"]
    assert state(store, "d") == "queued"


def test_a_crash_between_claim_and_enqueue_loses_nothing(store: Store) -> None:
    engine = MemoryEngine(dies_at="b.1")
    deliver(store, "a", pull=1)
    deliver(store, "b", pull=2)
    with pytest.raises(ConnectionError):
        dispatcher(store, engine).turn()
    engine.dies_at = ""
    dispatcher(store, engine).turn()
    assert set(engine.known) == {"a.1", "b.1"}
    assert engine.enqueued.count("a.1") == 1


def test_one_job_at_a_time_for_a_pull_request(store: Store) -> None:
    engine = MemoryEngine()
    for guid in ("a", "b"):
        deliver(store, guid)
    deliver(store, "other", pull=2)
    dispatcher(store, engine).turn()
    assert engine.enqueued == ["a.1", "other.1"]
    finish(store, "a")
    dispatcher(store, engine).turn()
    assert engine.enqueued == ["a.1", "other.1", "b.1"]


def test_a_noisy_installation_leaves_room_for_a_quiet_one(store: Store) -> None:
    engine = MemoryEngine()
    for number in range(20):
        deliver(store, f"noisy-{number}", pull=number)
    deliver(store, "quiet", pull=99, installation=2)
    dispatcher(store, engine, limit=3).turn()
    assert engine.enqueued == ["noisy-0.1", "noisy-1.1", "noisy-2.1", "quiet.1"]
    finish(store, "noisy-1")
    dispatcher(store, engine, limit=3).turn()
    assert engine.enqueued[4:] == ["noisy-3.1"]


def test_a_newer_push_supersedes_what_waits_and_counts_it(store: Store) -> None:
    engine, metrics = MemoryEngine(), Metrics()
    for guid in "abc":
        deliver(store, guid, head=guid)
    dispatcher(store, engine, metrics=metrics).turn()
    assert engine.enqueued == ["c.1"]
    assert [state(store, guid) for guid in "abc"] == ["superseded", "superseded", "queued"]
    assert b'tenon_jobs_total{state="superseded"} 2.0' in metrics.text()


def test_a_job_that_the_engine_lost_is_enqueued_again(store: Store) -> None:
    engine = MemoryEngine()
    deliver(store, "d")
    dispatcher(store, engine).turn()
    engine.known.clear()
    dispatcher(store, engine).reconcile()
    dispatcher(store, engine).turn()
    assert engine.enqueued == ["d.1", "d.1"]


@pytest.mark.parametrize("status", ["MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED", "ERROR"])
def test_a_job_that_the_engine_gave_up_is_told_as_failed(store: Store, status: str) -> None:
    engine = MemoryEngine()
    deliver(store, "d")
    dispatcher(store, engine).turn()
    engine.known["d.1"] = status
    dispatcher(store, engine).reconcile()
    assert engine.abandoned == [("d.1", ABANDONED)]


def test_a_job_that_ended_unnoted_can_be_redelivered(store: Store) -> None:
    engine = MemoryEngine()
    deliver(store, "d")
    dispatcher(store, engine).turn()
    engine.known["d.1"] = "SUCCESS"
    dispatcher(store, engine).reconcile()
    assert state(store, "d") == "failed"
    deliver(store, "d")
    dispatcher(store, engine).turn()
    assert engine.enqueued == ["d.1", "d.2"]


def test_reconciling_leaves_alone_what_runs(store: Store) -> None:
    engine = MemoryEngine()
    deliver(store, "d")
    dispatcher(store, engine).turn()
    dispatcher(store, engine).reconcile()
    assert (engine.abandoned, state(store, "d")) == ([], "queued")


def test_a_nudge_ends_the_wait(store: Store) -> None:
    waiting = dispatcher(store, MemoryEngine())
    waiting.nudge()
    started = time.monotonic()
    waiting.wait(30.0)
    assert time.monotonic() - started < 5.0
