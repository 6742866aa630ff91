"""The published schema of the report is held to the code: its closed sets are the code's; what is wrong is refused."""

import json
from copy import deepcopy
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from bot.origin_marks import Tier
from bot.surfaces.report_json import FORMAT, Scanned, as_json
from bot.tree import NotRead
from transforms.api import Applicability, Confidence, Evidence, Family, Judged, Outcome, Severity, Subject, Verdict
from transforms.app import App
from transforms.concepts import Place
from transforms.engine import Failure, Report
from transforms.policy import AcceptedRisk
from transforms.source import Skipped, SkipReason

ROOT = Path(__file__).parents[1]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "report.schema.json").read_text())
VERDICT = SCHEMA["$defs"]["verdict"]["properties"]
FINDING = Verdict(
    control="route-requires-auth",
    family=Family.IDENTITY,
    outcome=Outcome.FAIL,
    subject=Subject("route", "DELETE /orders/{order_id}", "app/orders.py", Place(41, 0, 47, 10), "app.orders.delete"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="Anyone can call this.",
    evidence=(Evidence("app/orders.py", 12, "the router has no guard"),),
    patch=Applicability.REVIEW,
    accepted_risk=AcceptedRisk("route-requires-auth", "0123456789abcdef", "internal", "ops"),
)


def report(**changes: Any) -> dict[str, Any]:
    """A complete report with one finding, as data."""
    found = Report(App([], []), (FINDING,), (Skipped("big.py", SkipReason.TOO_LARGE),), (Failure("x-y", "KeyError"),))
    evidence = [{"tier": Tier.STRONG, "tool": "Cursor", "what": "a trailer", "where": "a commit"}]
    origin = {"ai_generated": Tier.STRONG, "evidence": evidence}
    made = as_json(Scanned(found, ".", "0" * 40, 2, origin, frozenset({"app/orders.py"})), every_verdict=False)
    data: dict[str, Any] = json.loads(json.dumps(made))
    return data | changes


def complaints(data: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(data)]


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


def test_a_complete_report_is_in_order() -> None:
    assert complaints(report()) == []
    (verdict,) = report()["verdicts"]
    assert verdict["in_change"] is True
    assert verdict["accepted_risk"] == {"reason": "internal", "owner": "ops", "expires": None}
    assert (verdict["subject"]["line"], verdict["subject"]["end_line"]) == (41, 47)


def test_every_field_of_a_report_is_described() -> None:
    data = report()
    assert data.keys() == SCHEMA["properties"].keys()
    assert data["verdicts"][0].keys() == VERDICT.keys()
    assert data["verdicts"][0]["subject"].keys() == VERDICT["subject"]["properties"].keys()


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        (VERDICT["family"], Family),
        (VERDICT["verdict"], Outcome),
        (VERDICT["severity"], Severity),
        (VERDICT["confidence"], Confidence),
        (SCHEMA["properties"]["origin"]["properties"]["ai_generated"], Tier),
    ],
)
def test_closed_sets_are_those_of_the_code(listed: dict[str, list[str]], code: type[StrEnum]) -> None:
    assert sorted(listed["enum"]) == sorted(code)


def test_patch_is_an_applicability_or_nothing() -> None:
    assert set(VERDICT["patch"]["enum"]) == {*Applicability, None}


def test_every_reason_to_pass_a_file_over_is_listed() -> None:
    listed = SCHEMA["$defs"]["skipped"]["properties"]["reason"]["enum"]
    assert sorted(listed) == sorted({*SkipReason, *NotRead})


def test_every_kind_of_subject_is_listed() -> None:
    own = {"router": "app", "secretuse": "secret", "condition": "function", "sentheader": "function"}
    kinds = {own.get(name, name) for name in (each.__name__.lower() for each in get_args(Judged))}
    assert kinds <= set(VERDICT["subject"]["properties"]["kind"]["enum"])


def test_the_format_number_is_that_of_the_code() -> None:
    assert SCHEMA["properties"]["format"] == {"const": FORMAT}


@pytest.mark.parametrize(
    "path",
    [
        ("verdicts", 0, "fingerprint"),
        ("verdicts", 0, "subject", "line"),
        ("files", "skipped", 0, "reason"),
        ("format",),
    ],
)
def test_a_wrong_value_is_refused(path: tuple[str | int, ...]) -> None:
    data: Any = deepcopy(report())
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = "wrong"
    assert complaints(data)


def test_a_missing_field_is_refused() -> None:
    data = report()
    del data["verdicts"][0]["evidence"]
    assert complaints(data)
