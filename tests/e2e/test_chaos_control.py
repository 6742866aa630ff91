"""A control that breaks is reported as failed, the others go on, and the check run is neutral with the delivery id."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.analysis import Analysis
from bot.forge import Conclusion, PullRequest
from bot.origin import ModeChoice, Origin, Tier
from bot.plan import Plan
from bot.planning import make_plan
from tests.e2e.hostile import APP
from transforms.api import Confidence, Control, Family, Maturity, Severity, Verdict
from transforms.app import App
from transforms.controls import controls
from transforms.edits import Applicability, Patch, Proof
from transforms.engine import Failure, remedies, scan
from transforms.policy import Mode, Policy
from transforms.source import SourceFile

DELIVERY = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
SOURCES = (SourceFile("app/main.py", APP), SourceFile("app/__init__.py", b""))
PULL = PullRequest(
    number=1,
    title="",
    body="",
    state="open",
    merged=False,
    draft=False,
    author_login="octo-dev",
    author_id=1,
    base_ref="main",
    base_sha="a" * 40,
    head_ref="feature",
    head_sha="b" * 40,
    from_fork=False,
    url="https://github.com/acme/shop/pull/1",
)


class Broken(Exception):
    """Its text quotes the app, as a careless error would."""


def control(control_id: str) -> Control:
    """A control that judges, mends and proves nothing yet."""
    return Control(
        id=control_id,
        family=Family.IDENTITY,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        maturity=Maturity.PREVIEW,
        patch=Applicability.REVIEW,
        standards=(),
        since="0.1",
        order=1,
    )


def breaking_at_once() -> Control:
    """It breaks before its first verdict."""
    broken = control("breaks-at-once")

    @broken.check
    def check(app: App, _options: Any) -> Iterator[Verdict]:
        raise Broken(app.paths)

    return broken


def breaking_half_way() -> Control:
    """It breaks after a verdict."""
    broken = control("breaks-half-way")

    @broken.check
    def check(app: App, _options: Any) -> Iterator[Verdict]:
        for route in app.routes:
            yield broken.passes(route, "Fine.")
            raise Broken(route.name)

    return broken


def breaking_while_it_mends() -> Control:
    """It judges well and breaks on the way to a patch."""
    broken = control("breaks-mending")

    @broken.check
    def check(app: App, _options: Any) -> Iterator[Verdict]:
        for route in app.routes:
            yield broken.fails(route, "Not fine.")

    @broken.remedy
    def remedy(_app: App, finding: Verdict, _options: Any) -> Patch | None:
        raise Broken(finding.message)

    @broken.proof
    def proof(_app: App, findings: tuple[Verdict, ...], _options: Any) -> Proof | None:
        raise Broken(findings)

    return broken


def planned(*broken: Control, sources: tuple[SourceFile, ...] = SOURCES) -> Plan:
    """The plan of a job on a small app, judged by all controls and these."""
    among = (*broken, *controls())
    report = scan(sources, Policy(), among=among)
    return make_plan(
        Analysis(
            pull=PULL,
            policy=Policy(),
            mode=ModeChoice(Mode.PATCH, "set by policy"),
            origin=Origin(Tier.NONE),
            report=report,
            remedies=remedies(sources, report, Policy(), among=among),
            changed=frozenset({"app/main.py"}),
            unread=frozenset(),
            postponed=0,
            collision="",
            texts={},
            secret_values=(),
        ),
        DELIVERY,
        None,
    )


@pytest.mark.parametrize("broken", [breaking_at_once, breaking_half_way, breaking_while_it_mends])
def test_the_others_go_on_and_the_check_is_neutral_with_the_delivery(broken: Any) -> None:
    (failing, sound) = planned(broken()), planned()
    assert [commit.files for commit in failing.commits] == [commit.files for commit in sound.commits] != []
    assert failing.check.conclusion is Conclusion.NEUTRAL
    assert f"`{broken().id}` (Broken)" in failing.check.summary
    assert f"`{DELIVERY}`" in failing.check.summary
    assert "failed to run" in failing.check.title


def test_all_that_broke_are_named() -> None:
    failing = planned(breaking_at_once(), breaking_while_it_mends())
    assert "`breaks-at-once` (Broken), `breaks-mending` (Broken)" in failing.check.summary


def test_what_an_error_says_of_the_app_is_not_repeated() -> None:
    report = scan(SOURCES, Policy(), among=(breaking_at_once(),))
    assert report.failures == (Failure("breaks-at-once", "Broken"),)
    assert "app/main.py" not in planned(breaking_at_once()).check.summary


def test_a_broken_control_is_never_green_however_clean_the_app_is() -> None:
    clean = (SourceFile("app/main.py", b"x = 1\n"),)
    assert planned(sources=clean).check.conclusion is Conclusion.SUCCESS
    assert planned(breaking_at_once(), sources=clean).check.conclusion is Conclusion.NEUTRAL
