"""Crashes with real processes: whatever dies, every job ends once, and everything is published once."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from dbos import DBOSClient

from bot.config import Config
from bot.database import connect
from bot.dispatch import ABANDONED
from bot.jobs import Reason
from bot.serializer import JsonSerializer
from bot.store import Arrival, InstallationChange, InstallationState, Receipt, Store, open_store
from tests.bot.chaos_worker import KINDS
from tests.bot.databases import crash_postgres, database_url, fresh_postgres  # noqa: F401 - the fixture
from tests.bot.patience import until

pytestmark = pytest.mark.slow

SECRET = "chaos-" + "secret"


class Stage:
    """A directory as forge, a store, and the processes a test starts."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url = url
        self.directory = directory
        self.processes: list[subprocess.Popen[bytes]] = []
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        self._store = self._store or open_store(self.url)
        return self._store

    def start(self, mode: str = "work", seconds: float = 0.3) -> subprocess.Popen[bytes]:
        settings = {
            "TENON_DATABASE_URL": self.url,
            "TENON_WEBHOOK_SECRET": SECRET,
            "TENON_PORT": "0",
            "TENON_CONCURRENCY": "3",
            "TENON_HEARTBEAT_SECONDS": "0.3",
            "TENON_DEAD_AFTER_SECONDS": "2",
            "TENON_POLLING_SECONDS": "0.1",
            "TENON_BACKOFF_SECONDS": "0.2",
            "TENON_GRACE_SECONDS": "1",
            "TENON_LOG_LEVEL": "INFO",
        }
        command = [sys.executable, "-m", "tests.bot.chaos_worker", mode, str(self.directory), str(seconds)]
        with (self.directory / "log").open("ab") as errors:
            process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=errors)
        self.processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", (self.directory / "log").read_text()[-2000:]
        return process

    def deliver(self, pulls: list[int], head: str = "a" * 40, reason: Reason = Reason.OPENED) -> None:
        change = InstallationChange(1, "acme", InstallationState.ACTIVE)
        self.store.installations.learn(change)
        offset = len(self.store.deliveries.recent(10_000))
        arrivals = [
            Arrival(f"d{offset + n}", "pull_request", "", 1, "acme/shop", 7, pull, head, reason)
            for n, pull in enumerate(pulls)
        ]
        assert set(self.store.deliveries.take(arrivals)) == {Receipt.ACCEPTED}

    def effects(self, stage: str) -> list[dict[str, Any]]:
        return [line for line in _lines(self.directory / "effects.jsonl") if line["stage"] == stage]

    def created(self) -> Counter[str]:
        return Counter(line["name"] for line in _lines(self.directory / "created.jsonl"))

    def states(self) -> Counter[str]:
        return Counter(delivery.state for delivery in self.store.deliveries.recent(10_000))

    def address(self) -> str:
        """Where the service listens; it writes so into a file, which is there before the address is in it."""
        told = self.directory / "url"
        until(lambda: told.exists() and told.read_text() != "", "listening")
        return told.read_text()

    def has_logged(self, words: str) -> bool:
        return words in (self.directory / "log").read_text()

    def until_all_done(self, number: int) -> None:
        until(lambda: self.states()["done"] == number, f"{number} done")

    def assert_published_once(self, pulls: list[int]) -> None:
        assert self.created() == {f"{kind}-7-{pull}": 1 for kind in KINDS for pull in pulls}
        assert not self.effects("fail")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def stage(database_url: str, tmp_path: Path) -> Iterator[Stage]:  # noqa: F811
    """On SQLite and on Postgres."""
    yield from _staged(database_url, tmp_path)


@pytest.fixture
def postgres_stage(tmp_path: Path) -> Iterator[Stage]:
    """On Postgres, where there may be several hosts."""
    yield from _staged(fresh_postgres(), tmp_path)


def _staged(url: str, directory: Path) -> Iterator[Stage]:
    stage = Stage(url, directory)
    yield stage
    for process in stage.processes:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    stage.store.close()


def test_a_worker_killed_in_mid_job_resumes_and_publishes_once(stage: Stage) -> None:
    first = stage.start()
    stage.deliver([1, 2, 3, 4, 5])
    until(lambda: len(stage.effects("analyse")) >= 2, "analysing")
    first.kill()
    stage.start()
    stage.until_all_done(5)
    stage.assert_published_once([1, 2, 3, 4, 5])


def test_a_worker_killed_while_publishing_publishes_once(stage: Stage) -> None:
    first = stage.start(seconds=0.1)
    hold = stage.directory / "hold"
    hold.touch()
    stage.deliver([1, 2])
    until(lambda: bool(stage.created()) and len(stage.effects("publish")) == 2, "both analysed, one half published")
    first.kill()
    first.wait()
    hold.unlink()
    assert not stage.effects("published"), "killed too late to prove anything"
    stage.start(seconds=0.1)
    stage.until_all_done(2)
    stage.assert_published_once([1, 2])
    assert len(stage.effects("analyse")) == 2, "what was finished is not done again"


def test_jobs_of_a_host_that_never_comes_back_are_adopted(postgres_stage: Stage) -> None:
    stage = postgres_stage
    lost = stage.start()
    stage.deliver(list(range(1, 7)))
    until(lambda: len(stage.effects("analyse")) >= 2, "analysing")
    lost.kill()
    stage.start()
    stage.until_all_done(6)
    stage.assert_published_once(list(range(1, 7)))
    assert {line["process"] for line in stage.effects("published")} - {lost.pid}


def test_a_restart_of_postgres_in_mid_run_loses_nothing(postgres_stage: Stage) -> None:
    stage = postgres_stage
    stage.start()
    stage.deliver(list(range(1, 7)))
    until(lambda: len(stage.effects("analyse")) >= 2, "analysing")
    crash_postgres(meanwhile=lambda: until(lambda: stage.has_logged("Database connection failed"), "missed by a job"))
    stage.store.engine.dispose()
    stage.until_all_done(6)
    stage.assert_published_once(list(range(1, 7)))


def test_jobs_whose_progress_could_not_be_written_for_a_while_are_resumed_without_a_new_worker(stage: Stage) -> None:
    stage.start()
    stage.deliver([1, 2, 3])
    until(lambda: len(stage.effects("analyse")) >= 2, "analysing")
    with _jobs_table_away(stage.url):
        until(lambda: stage.has_logged("Exception encountered in background workflow"), "a job that could not go on")
    stage.until_all_done(3)
    stage.assert_published_once([1, 2, 3])


def test_two_workers_run_one_job_at_a_time_for_each_pull_request(postgres_stage: Stage) -> None:
    stage = postgres_stage
    stage.start()
    stage.start()
    pulls = [1, 2, 3, 4, 5, 6]  # twice what one worker takes at a time
    stage.deliver(pulls * 2, head="", reason=Reason.COMMAND)
    stage.until_all_done(12)
    for pull in pulls:
        begins = sorted(line["at"] for line in stage.effects("begin") if line["pull"] == pull)
        ends = sorted(line["at"] for line in stage.effects("published") if line["pull"] == pull)
        assert len(begins) == len(ends) == 2
        assert all(end <= begin for end, begin in zip(ends, begins[1:], strict=False)), "they overlap"
    assert len({line["process"] for line in stage.effects("begin")}) == 2, "both worked"


def test_a_newer_push_ends_the_running_analysis_and_skips_the_queued_one(stage: Stage) -> None:
    stage.start(seconds=1.0)
    stage.deliver([1], head="a" * 40)
    until(lambda: len(stage.effects("analyse")) == 1, "analysing the first head")
    stage.deliver([1, 1], head="b" * 40, reason=Reason.PUSHED)
    stage.deliver([1], head="c" * 40, reason=Reason.PUSHED)
    until(lambda: stage.states()["done"] == 1, "the newest head is done")
    assert stage.states() == {"superseded": 3, "done": 1}
    assert [line["job"] for line in stage.effects("begin")] == ["d0.1", "d3.1"]
    assert [line["job"] for line in stage.effects("published")] == ["d3.1"]


def test_a_terminated_worker_leaves_in_order_and_another_takes_over_at_once(stage: Stage) -> None:
    first = stage.start(seconds=5.0)
    stage.deliver([1])
    until(lambda: len(stage.effects("analyse")) == 1, "analysing")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=20) == 0
    stage.start(seconds=0.1)
    stage.until_all_done(1)
    stage.assert_published_once([1])


def test_a_job_cancelled_behind_its_back_is_told_as_failed(stage: Stage) -> None:
    stage.start(seconds=1.5)
    stage.deliver([1])
    until(lambda: len(stage.effects("analyse")) == 1, "analysing")
    engine = connect(Config(database_url=stage.url).jobs_url())  # type: ignore[arg-type]
    client = DBOSClient(system_database_engine=engine, serializer=JsonSerializer())
    client.cancel_workflow("d0.1")
    client.destroy()
    until(lambda: stage.states() == {"failed": 1}, "failed")
    assert [line["sentence"] for line in stage.effects("fail")] == [ABANDONED]
    assert stage.created() == {}


def test_a_terminated_service_leaves_in_order(tmp_path: Path) -> None:
    for stage in _staged(f"sqlite:///{tmp_path / 'tenon.db'}", tmp_path):
        service = stage.start("serve", seconds=0.1)
        assert _post(stage.address(), 1) == 202
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=20) == 0
        assert stage.states().total() == 1


def test_what_was_answered_202_is_done_though_the_service_was_killed_right_after(stage: Stage) -> None:
    service = stage.start("serve", seconds=0.1)
    address = stage.address()
    answers = [_post(address, number) for number in range(1, 21)]
    service.kill()
    assert answers == [202] * 20
    stage.start(seconds=0.02)
    stage.until_all_done(20)
    stage.assert_published_once(list(range(1, 21)))


@contextmanager
def _jobs_table_away(url: str) -> Iterator[None]:
    """The engine's table of jobs under another name: nothing of a job can be written, and no connection is lost."""
    engine = connect(Config(database_url=url).jobs_url())  # type: ignore[arg-type]
    schema = "" if engine.dialect.name == "sqlite" else "dbos."
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {schema}workflow_status RENAME TO workflow_status_away"))
    yield
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {schema}workflow_status_away RENAME TO workflow_status"))
    engine.dispose()


def _post(url: str, number: int) -> int:
    payload = {
        "action": "opened",
        "installation": {"id": 1},
        "repository": {"id": 7, "full_name": "acme/shop"},
        "pull_request": {"number": number, "head": {"sha": "a" * 40, "ref": "feature"}},
    }
    body = json.dumps(payload).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": f"guid-{number}",
        "x-hub-signature-256": f"sha256={signature}",
    }
    return httpx.post(f"{url}/webhooks/github", content=body, headers=headers).status_code


def test_two_executor_ids_are_never_the_same() -> None:
    assert Config().executor_id != Config().executor_id
