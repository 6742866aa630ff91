"""Who is lost, and whose jobs are adopted."""

from dataclasses import dataclass, field

import pytest

from bot.config import Config
from bot.reaper import Reaper
from bot.store import Store, open_store
from tests.bot.databases import database_url  # noqa: F401 - the fixture
from tests.bot.patience import until


@dataclass
class MemoryPendingJobs:
    """Pending jobs with their executor; adopting and putting back takes them."""

    pending: dict[str, str] = field(default_factory=dict)
    adopted: list[set[str]] = field(default_factory=list)
    returned: list[tuple[str, set[str]]] = field(default_factory=list)

    def held(self) -> dict[str, str]:
        return dict(self.pending)

    def adopt(self, executor_ids: set[str]) -> int:
        self.adopted.append(executor_ids)
        return self._take({job for job, executor in self.pending.items() if executor in executor_ids})

    def put_back(self, executor_id: str, job_ids: set[str]) -> int:
        self.returned.append((executor_id, set(job_ids)))
        return self._take(job_ids)

    def _take(self, jobs: set[str]) -> int:
        return len([self.pending.pop(job) for job in jobs])


@pytest.fixture
def store(database_url: str) -> Store:  # noqa: F811
    return open_store(database_url)


def reaper(
    store: Store,
    pending: MemoryPendingJobs,
    me: str = "me",
    dead_after: float = 60.0,
    running: frozenset[str] = frozenset(),
) -> Reaper:
    config = Config(executor_id=me, dead_after_seconds=dead_after, heartbeat_seconds=0.001)
    return Reaper(store, config, pending, lambda: running)


def test_jobs_of_live_workers_are_left_alone(store: Store) -> None:
    pending = MemoryPendingJobs({"a": "me", "b": "me", "c": "other"})
    store.executors.beat("other")
    reaper(store, pending).turn()
    assert pending.adopted == []


def test_jobs_of_a_silent_worker_are_adopted_once(store: Store) -> None:
    pending = MemoryPendingJobs({"a": "me", "b": "me", "c": "lost"})
    mine = reaper(store, pending)
    mine.turn()
    mine.turn()
    assert pending.adopted == [{"lost"}]


def test_a_worker_that_left_in_order_is_lost_at_once(store: Store) -> None:
    pending = MemoryPendingJobs({"a": "other"})
    other, mine = reaper(store, pending, "other"), reaper(store, pending)
    mine.arrive()
    other.turn()
    mine.turn()
    assert pending.adopted == []
    other.depart()
    mine.turn()
    assert pending.adopted == [{"other"}]


def test_a_worker_that_is_slow_to_look_does_not_adopt_its_own_jobs(store: Store) -> None:
    pending = MemoryPendingJobs({"a": "me"})
    reaper(store, pending, dead_after=0.002, running=frozenset({"a"})).turn()
    assert pending.adopted == []


def test_own_jobs_that_run_are_left_alone_and_those_that_stopped_are_put_back_once(store: Store) -> None:
    pending = MemoryPendingJobs({"runs": "me", "stopped": "me"})
    mine = reaper(store, pending, dead_after=0.002, running=frozenset({"runs"}))
    until(lambda: (mine.turn(), pending.returned)[1] != [], "put back")
    mine.turn()
    assert pending.returned == [("me", {"stopped"})]


def test_an_own_job_that_has_just_been_taken_has_time_to_begin(store: Store) -> None:
    pending = MemoryPendingJobs({"taken": "me"})
    mine = reaper(store, pending)
    mine.turn()
    mine.turn()
    assert pending.returned == []


def test_on_sqlite_whoever_worked_before_is_gone_and_on_postgres_not(store: Store) -> None:
    store.executors.beat("before")
    pending = MemoryPendingJobs({"a": "before"})
    mine = reaper(store, pending)
    mine.arrive()
    mine.turn()
    single_process = store.engine.dialect.name == "sqlite"
    assert pending.adopted == ([{"before"}] if single_process else [])


def test_a_worker_knows_whether_it_beats(store: Store) -> None:
    mine = reaper(store, MemoryPendingJobs())
    assert not mine.is_beating()
    mine.turn()
    assert mine.is_beating()
    late = reaper(store, MemoryPendingJobs(), dead_after=0.002)
    late.turn()
    until(lambda: not late.is_beating(), "too late")
