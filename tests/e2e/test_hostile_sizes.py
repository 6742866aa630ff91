"""A pull request of 3,000 files: a bounded part is read and patched, and the check run says what was left out."""

import pytest

from bot.analysis import MOST_PATCHED
from bot.snapshot import SnapshotLimits
from fixtures.stage import Stage
from tests.e2e.hostile import Blob, propose
from tests.e2e.scenes import SHOP, follow_ups

pytestmark = pytest.mark.slow

ROUTER = b"""from fastapi import APIRouter

router = APIRouter()


@router.post("/things-%d")
def add_thing(thing: dict) -> dict:
    return thing
"""


def test_of_3000_files_a_bounded_part_is_read_and_the_rest_is_named(on_stage: Stage) -> None:
    files = {b"app/part_%04d.py" % number: Blob(ROUTER % number) for number in range(3_000)}
    number = propose(on_stage, files)
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    left_out = 3_000 - SnapshotLimits().files
    assert (check.status, check.conclusion) == ("completed", "neutral"), check.summary
    assert f"{left_out + 1} over file limit" in (check.text or ""), "the README, too"
    assert f"{left_out} changed file(s) could not be analysed" in (check.title or "")
    assert f"{SnapshotLimits().files - MOST_PATCHED} more wait" in (check.summary or "")
    (pull,) = follow_ups(on_stage)
    assert len(pull.body or "") < 65_536


def test_a_file_that_was_left_out_is_not_replaced_by_a_new_one(on_stage: Stage) -> None:
    ours_to_keep = {
        "requirements.txt": b"fastapi\n",
        ".gitignore": b"*.pyc\n",
        "tests/test_controls_identity.py": b"# mine\n",
    }
    on_stage.repository_with(SHOP, ours_to_keep)
    number = propose(on_stage, {b"app/part_%04d.py" % number: Blob(ROUTER % number) for number in range(2_000)})
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    assert "is there and could not be read" in (check.summary or "")
    assert follow_ups(on_stage) == []


def test_3000_files_without_a_finding_are_never_green(on_stage: Stage) -> None:
    number = propose(on_stage, {b"app/part_%04d.py" % number: Blob(b"x = %d\n" % number) for number in range(3_000)})
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    assert check.conclusion == "neutral"
    assert "could not be analysed" in (check.title or "")
