"""The check run tells what was found, what was not looked at, and is never green after a failure."""

from dataclasses import replace

import pytest

from bot.forge import AnnotationLevel, Conclusion
from bot.surfaces import check_run
from bot.surfaces.check_run import MAX_ANNOTATIONS, TEXT_LIMIT, Account
from tests.bot.surface_samples import CLOSED, HOSTILE, OPEN, alive, named
from transforms.api import Outcome, Severity
from transforms.engine import Failure
from transforms.policy import Mode
from transforms.source import Skipped

ACCOUNT = Account(
    head_sha="a" * 40,
    delivery="72d3162e",
    mode=Mode.PATCH,
    mode_why="set by policy",
    verdicts=(OPEN,),
    changed_paths=frozenset({"shop/orders.py"}),
)


def test_a_look_that_has_begun_has_no_conclusion() -> None:
    assert check_run.in_progress("a" * 40, "72d3162e").conclusion is None


def test_a_crash_is_neutral_and_names_the_delivery() -> None:
    run = check_run.crashed("a" * 40, "72d3162e", "GitHub did not answer.")
    assert run.conclusion is Conclusion.NEUTRAL
    assert "GitHub did not answer." in run.summary
    assert "`72d3162e`" in run.summary


@pytest.mark.parametrize(
    ("mode", "conclusion"),
    [
        (Mode.MONITOR, Conclusion.NEUTRAL),
        (Mode.SUGGEST, Conclusion.NEUTRAL),
        (Mode.PATCH, Conclusion.NEUTRAL),
        (Mode.ENFORCE, Conclusion.FAILURE),
    ],
)
def test_only_enforcing_fails_a_check(mode: Mode, conclusion: Conclusion) -> None:
    assert check_run.finished(replace(ACCOUNT, mode=mode)).conclusion is conclusion


@pytest.mark.parametrize("mode", Mode)
def test_nothing_missing_is_a_success_in_every_mode(mode: Mode) -> None:
    assert check_run.finished(replace(ACCOUNT, mode=mode, verdicts=(CLOSED,))).conclusion is Conclusion.SUCCESS


def test_a_control_that_broke_is_never_green_and_is_named() -> None:
    run = check_run.finished(replace(ACCOUNT, verdicts=(CLOSED,), failures=(Failure("no-secret-in-code", "KeyError"),)))
    assert run.conclusion is Conclusion.NEUTRAL
    assert "`no-secret-in-code` (KeyError)" in run.summary
    assert "failed to run" in run.title


def test_findings_outside_the_change_are_told_and_do_not_count() -> None:
    run = check_run.finished(replace(ACCOUNT, mode=Mode.ENFORCE, changed_paths=frozenset({"other.py"})))
    assert run.conclusion is Conclusion.SUCCESS
    assert run.annotations == ()
    assert "1 older finding(s) elsewhere" in run.summary


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        ("critical", AnnotationLevel.FAILURE),
        ("high", AnnotationLevel.FAILURE),
        ("medium", AnnotationLevel.WARNING),
        ("low", AnnotationLevel.NOTICE),
    ],
)
def test_an_annotation_stands_at_its_line_with_its_level(severity: str, level: AnnotationLevel) -> None:
    (note,) = check_run.finished(replace(ACCOUNT, verdicts=(replace(OPEN, severity=Severity(severity)),))).annotations
    assert (note.path, note.start_line, note.level) == ("shop/orders.py", 41, level)
    assert OPEN.message in note.message


def test_of_very_many_findings_the_worst_are_annotated() -> None:
    low = tuple(replace(OPEN, severity=Severity.LOW) for _ in range(300))
    run = check_run.finished(replace(ACCOUNT, verdicts=(*low, OPEN)))
    assert len(run.annotations) == MAX_ANNOTATIONS
    assert run.annotations[0].level is AnnotationLevel.FAILURE


def test_what_was_left_out_and_what_could_not_be_told_is_said() -> None:
    unknown = replace(OPEN, outcome=Outcome.UNKNOWN)
    run = check_run.finished(replace(ACCOUNT, verdicts=(unknown,), skipped=(Skipped("big.py", "too_large"),)))
    assert "`big.py`: too large" in run.text
    assert "1 could not be told" in run.text


def test_mode_and_readiness_are_shown() -> None:
    run = check_run.finished(replace(ACCOUNT, readiness=(("identity", 40), ("recovery", None))))
    assert "Mode: `patch` (set by policy)." in run.summary
    assert "identity 40, recovery -" in run.summary


def test_a_follow_up_is_linked_on_top() -> None:
    run = check_run.pointing_to(check_run.finished(ACCOUNT), "https://github.com/acme/shop/pull/8")
    assert run.summary.startswith("**[Follow-up pull request](https://github.com/acme/shop/pull/8)**")
    assert check_run.pointing_to(run, None) == run


def test_nothing_of_a_hostile_name_comes_alive() -> None:
    verdicts = (named(HOSTILE), replace(named(HOSTILE), outcome=Outcome.UNKNOWN))
    run = check_run.finished(replace(ACCOUNT, verdicts=verdicts, skipped=(Skipped(HOSTILE, "too_large"),)))
    assert alive(f"{run.summary}\n{run.text}") == []


def test_texts_keep_within_githubs_limit() -> None:
    many = tuple(named(f"GET /{number}/{'x' * 300}") for number in range(3000))
    run = check_run.finished(replace(ACCOUNT, verdicts=many))
    assert len(run.summary) <= TEXT_LIMIT
    assert len(run.text) <= TEXT_LIMIT
