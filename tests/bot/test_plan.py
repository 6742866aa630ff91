"""A plan reaches the writer as it was made, or not at all; and it lies where only this user reads it."""

import dataclasses
import stat
from pathlib import Path

import pytest

from bot.forge import Annotation, AnnotationLevel, CheckRun, Conclusion, NewCommit
from bot.plan import Plan, PlanRefused, digest_of, load
from bot.plans import Plans
from transforms.policy import Mode

PLAN = Plan(
    parent=7,
    head_sha="a" * 40,
    head_ref="feature",
    branch="tenon/pr-7",
    title="Add 1 missing control to #7 (1 finding)",
    body="what was found",
    commits=(NewCommit("Guard the routes", {"app/x.py": b"x = 1\r\n\xff", "old.py": None}),),
    check=CheckRun(
        "Tenon",
        "a" * 40,
        "guid",
        "1 missing control",
        "summary",
        Conclusion.NEUTRAL,
        annotations=(Annotation("app/x.py", 1, 1, AnnotationLevel.FAILURE, "route-requires-auth", "open"),),
    ),
    diff="--- a\n+++ b\n",
    findings=1,
    mode=Mode.PATCH,
    from_fork=False,
    todo=("set OIDC_ISSUER",),
)


def test_a_plan_is_the_same_after_it_was_kept() -> None:
    data = PLAN.dump()
    assert load(data, digest_of(data)) == PLAN


def test_a_plan_that_was_changed_is_refused() -> None:
    data = PLAN.dump()
    other = dataclasses.replace(PLAN, branch="main").dump()
    with pytest.raises(PlanRefused, match="changed"):
        load(other, digest_of(data))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"commits": 1}', b"not json"])
def test_what_is_no_plan_is_refused(data: bytes) -> None:
    with pytest.raises(PlanRefused, match="cannot be read"):
        load(data, digest_of(data))


def test_a_kept_plan_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    plans = Plans(tmp_path / "plans")
    plans.put("d1", b"data")
    assert plans.get("d1") == b"data"
    assert stat.S_IMODE((tmp_path / "plans" / "d1").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "plans").stat().st_mode) == 0o700


def test_a_plan_is_forgotten_once_and_twice(tmp_path: Path) -> None:
    plans = Plans(tmp_path / "plans")
    plans.put("d1", b"data")
    plans.forget("d1")
    plans.forget("d1")
    assert plans.get("d1") is None
    assert plans.get("never") is None
