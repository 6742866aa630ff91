"""A worker is killed with SIGKILL at the moment a request of its reaches GitHub, and started again: one of each.

Each killing point is tried twice: with the request carried out though nobody reads the reply, and with the request
lost. The real pipeline, real processes, real git; on SQLite, and on Postgres.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.bot.databases import fresh_postgres
from tests.bot.patience import DEADLINE
from tests.e2e.endings import assert_published_once
from tests.e2e.fleet import Fleet, fleet
from tests.e2e.tripwires import Step

pytestmark = pytest.mark.slow

BEGINNING = ("POST", r"/check-runs$")
FETCHING = ("POST", r"\.git/git-upload-pack$")
COMMITTING = ("POST", r"/git/commits$")
BRANCHING = ("POST", r"/git/refs$")
OPENING = ("POST", r"/pulls$")
CHECKING = ("PATCH", r"/check-runs/\d+$")
COMMENTING = ("POST", r"/issues/\d+/comments$")
IN_ORDER = (BEGINNING, FETCHING, COMMITTING, BRANCHING, OPENING, CHECKING, COMMENTING)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Fleet]:
    """One host, one file."""
    with fleet(tmp_path, f"sqlite:///{tmp_path / 'tenon.db'}") as started:
        yield started


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Fleet]:
    """A server, where a worker's jobs wait for its successor until it is found dead."""
    with fleet(tmp_path, fresh_postgres(), settings={"TENON_DEAD_AFTER_SECONDS": "0.8"}) as started:
        yield started


@pytest.mark.parametrize(
    ("steps", "carried_out"),
    [
        pytest.param([FETCHING], False, id="while analysing"),
        pytest.param([OPENING], False, id="between branch and pull request"),
        pytest.param([OPENING], True, id="after the pull request, before anybody knew of it"),
        pytest.param([OPENING, CHECKING], False, id="after the pull request, before the check run"),
        pytest.param([COMMENTING], False, id="before the comment"),
        pytest.param([COMMENTING], True, id="after the comment"),
    ],
)
def test_a_worker_killed_on_the_way_is_started_again_and_ends_the_job(
    on_sqlite: Fleet, shop: Mapping[str, bytes], steps: list[Step], carried_out: bool
) -> None:
    worker = on_sqlite.start_worker()
    killed = on_sqlite.tripwires.stretch(*steps, act=on_sqlite.killer(worker), carried_out=carried_out)
    number = on_sqlite.propose(shop)
    assert killed.wait(DEADLINE), on_sqlite.log()
    on_sqlite.start_worker()
    on_sqlite.settle()
    assert_published_once(on_sqlite.double, number)


@pytest.mark.parametrize("carried_out", [False, True], ids=["requests lost", "replies lost"])
def test_a_job_whose_worker_dies_at_every_stage_ends_with_one_of_each(
    on_postgres: Fleet, shop: Mapping[str, bytes], carried_out: bool
) -> None:
    number = 0
    for step in IN_ORDER:
        worker = on_postgres.start_worker()
        killed = on_postgres.tripwires.stretch(step, act=on_postgres.killer(worker), carried_out=carried_out)
        number = number or on_postgres.propose(shop)
        assert killed.wait(DEADLINE), (step, on_postgres.log())
    on_postgres.start_worker()
    on_postgres.settle()
    assert_published_once(on_postgres.double, number)
