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
    """Pending jobs by executor; adopting takes them."""

    pending: dict[str, int] = field(default_factory=dict)
    adopted: list[set[str]] = field(default_factory=list)

    def executors(self) -> set[str]:
        return set(self.pending)

    def adopt(self, executor_ids: set[str]) -> int:
        self.adopted.append(executor_ids)
        return sum(self.pending.pop(executor) for executor in executor_ids)


@pytest.fixture
def store(database_url: str) -> Store:  # noqa: F811
    return open_store(database_url)


def reaper(store: Store, pending: MemoryPendingJobs, me: str = "me", dead_after: float = 60.0) -> Reaper:
    return Reaper(store, Config(executor_id=me, dead_after_seconds=dead_after, heartbeat_seconds=0.001), pending)


def test_jobs_of_live_workers_are_left_alone(store: Store) -> None:
    pending = MemoryPendingJobs({"me": 2, "other": 1})
    store.executors.beat("other")
    reaper(store, pending).turn()
    assert pending.adopted == []


def test_jobs_of_a_silent_worker_are_adopted_once(store: Store) -> None:
    pending = MemoryPendingJobs({"me": 2, "lost": 1})
    mine = reaper(store, pending)
    mine.turn()
    mine.turn()
    assert pending.adopted == [{"lost"}]


def test_a_worker_that_left_in_order_is_lost_at_once(store: Store) -> None:
    pending = MemoryPendingJobs({"other": 1})
    other, mine = reaper(store, pending, "other"), reaper(store, pending)
    mine.arrive()
    other.turn()
    mine.turn()
    assert pending.adopted == []
    other.depart()
    mine.turn()
    assert pending.adopted == [{"other"}]


def test_on_sqlite_whoever_worked_before_is_gone_and_on_postgres_not(store: Store) -> None:
    store.executors.beat("before")
    pending = MemoryPendingJobs({"before": 1})
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
