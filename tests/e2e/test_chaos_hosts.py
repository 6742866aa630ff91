"""Hosts that are lost, asleep or cut off from their database in the middle of a job: it ends, with one of each."""

import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.bot.databases import crash_postgres, fresh_postgres
from tests.bot.patience import DEADLINE, until
from tests.e2e.endings import assert_published_once
from tests.e2e.fleet import Fleet, Process, fleet

pytestmark = pytest.mark.slow

FETCHING = ("POST", r"\.git/git-upload-pack$")
OPENING = ("POST", r"/pulls$")
COMMENTING = ("POST", r"/issues/\d+/comments$")


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Fleet]:
    """A database that several hosts share."""
    with fleet(tmp_path, fresh_postgres()) as started:
        yield started


def test_another_host_adopts_the_job_of_one_that_never_comes_back(
    on_postgres: Fleet, shop: Mapping[str, bytes]
) -> None:
    lost = on_postgres.start_worker("a")
    on_postgres.tripwires.stretch(FETCHING, act=lambda: on_postgres.start_worker("b") and None, carried_out=True)
    killed = on_postgres.tripwires.stretch(OPENING, act=on_postgres.killer(lost), carried_out=True)
    number = on_postgres.propose(shop)
    assert killed.wait(DEADLINE), on_postgres.log()
    on_postgres.settle()
    assert_published_once(on_postgres.double, number)
    assert "adopted jobs of lost workers" in on_postgres.log()


def test_a_host_that_only_slept_adds_nothing_to_what_its_heir_published(
    on_postgres: Fleet, shop: Mapping[str, bytes]
) -> None:
    sleeper = on_postgres.start_worker("a")
    asleep = on_postgres.tripwires.stretch(
        COMMENTING, act=lambda: sleeper.send_signal(signal.SIGSTOP), carried_out=True
    )
    number = on_postgres.propose(shop)
    assert asleep.wait(DEADLINE), on_postgres.log()
    on_postgres.start_worker("b")
    on_postgres.settle()
    sleeper.send_signal(signal.SIGCONT)
    until(lambda: "no longer owned" in on_postgres.log(), "the sleeper is told that its job is another's")
    assert_published_once(on_postgres.double, number)


def test_a_crash_of_postgres_in_the_middle_loses_nothing(on_postgres: Fleet, shop: Mapping[str, bytes]) -> None:
    on_postgres.start_worker()
    crashed = on_postgres.tripwires.stretch(FETCHING, act=crash_postgres, carried_out=True)
    again = on_postgres.tripwires.stretch(OPENING, act=crash_postgres, carried_out=True)
    number = on_postgres.propose(shop)
    assert crashed.wait(DEADLINE), on_postgres.log()
    assert again.wait(DEADLINE), on_postgres.log()
    until(lambda: on_postgres.store.is_reachable(), "Postgres is back")
    on_postgres.settle()
    assert_published_once(on_postgres.double, number)


def test_the_whole_service_is_killed_and_started_again(tmp_path: Path, shop: Mapping[str, bytes]) -> None:
    with fleet(tmp_path, f"sqlite:///{tmp_path / 'tenon.db'}", web=False) as started:
        service = _serve(started)
        killed = started.tripwires.stretch(OPENING, act=started.killer(service), carried_out=True)
        number = started.propose(shop)
        assert killed.wait(DEADLINE), started.log()
        _serve(started)
        started.settle()
        assert_published_once(started.double, number)


def _serve(started: Fleet) -> Process:
    """`tenon serve`, with its worker beside it, listening."""
    pattern = re.compile(r"tenon: listening on (\S+)")
    before = len(pattern.findall(started.log())) if (started.folder / "log").exists() else 0
    service = started.start("serve")
    until(lambda: len(pattern.findall(started.log())) > before, "listening")
    started.double.webhook_target = f"{pattern.findall(started.log())[-1]}/webhooks/github"
    return service
