"""SARIF 2.1.0 as GitHub code scanning takes it (OASIS SARIF 2.1.0 and GitHub's "SARIF support for code scanning")."""

from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from bot.surfaces.sarif import as_sarif
from transforms.api import Confidence, Evidence, Family, Outcome, Severity, Subject, Verdict
from transforms.app import App
from transforms.concepts import Place
from transforms.controls import controls
from transforms.engine import Failure, Report
from transforms.policy import AcceptedRisk
from transforms.source import Skipped

FINDING = Verdict(
    control="route-requires-auth",
    family=Family.IDENTITY,
    outcome=Outcome.FAIL,
    subject=Subject("route", "GET /a", "my app/main é.py", Place(3, 4, 5, 9), "main.a"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="Anyone can call this.",
    evidence=(Evidence("main.py", 3, "no guard"),),
)
# The part of OASIS's schema that concerns what Tenon writes, in own words: types, required fields, closed sets.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "format": "uri-reference"}},
                },
                "region": {
                    "required": ["startLine"],
                    "additionalProperties": {"type": "integer", "minimum": 1},
                    "propertyNames": {"enum": ["startLine", "startColumn", "endLine", "endColumn"]},
                },
            },
        }
    },
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "required": ["id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"],
    "properties": {
        "id": {"type": "string", "maxLength": 255},
        "name": {"type": "string", "maxLength": 255},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": TEXT,
        "defaultConfiguration": {"properties": {"level": LEVEL}},
        "properties": {
            "required": ["tags", "precision", "security-severity"],
            "properties": {
                "tags": {"type": "array", "maxItems": 20, "uniqueItems": True, "items": {"type": "string"}},
                "precision": {"enum": ["very-high", "high", "medium", "low"]},
                "security-severity": {"type": "string", "pattern": r"^(10\.0|[0-9]\.[0-9])$"},
            },
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
        "partialFingerprints": {
            "required": ["primaryLocationLineHash"],
            "additionalProperties": {"type": "string"},
        },
    },
}
INVOCATION = {
    "type": "object",
    "required": ["executionSuccessful"],
    "properties": {
        "executionSuccessful": {"type": "boolean"},
        "toolExecutionNotifications": {
            "items": {
                "required": ["message", "level"],
                "properties": {"message": TEXT, "level": LEVEL, "locations": {"items": LOCATION}},
            }
        },
    },
}
SUBSET = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {"required": ["name"], "properties": {"rules": {"items": RULE}}},
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {"items": INVOCATION},
                    "results": {"items": RESULT, "maxItems": 25_000},
                },
            },
        },
    },
}


def run_of(*findings: Verdict, skipped: tuple[Skipped, ...] = (), failures: tuple[Failure, ...] = ()) -> dict[str, Any]:
    """The one run of a document that keeps to the standard."""
    document = as_sarif(Report(App([], []), findings, skipped, failures), controls())
    validator = jsonschema_rs.validator_for(SUBSET, validate_formats=True)
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(document)] == []
    (run,) = document["runs"]
    return dict(run)


def test_a_finding_is_a_result_at_its_lines_under_its_control() -> None:
    run = run_of(FINDING)
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "route-requires-auth"
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 5, "endLine": 5, "endColumn": 10}
    assert result["message"] == {"text": "Anyone can call this."}


def test_every_control_is_a_rule_with_its_documentation() -> None:
    rules = run_of()["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [control.id for control in controls()]
    assert all(rule["help"]["text"].startswith(rule["shortDescription"]["text"]) for rule in rules)


@pytest.mark.parametrize(
    ("severity", "level"), [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note")]
)
def test_severity_is_a_level(severity: str, level: str) -> None:
    (result,) = run_of(replace(FINDING, severity=Severity(severity)))["results"]
    assert result["level"] == level


def test_a_path_is_written_as_an_address() -> None:
    (result,) = run_of(FINDING)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20app/main%20%C3%A9.py"


def test_two_like_findings_are_two_alerts_that_keep_their_names_when_lines_move() -> None:
    moved = replace(FINDING, subject=replace(FINDING.subject, place=Place(30, 4, 31, 9)))
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run_of(FINDING, moved)["results"]]
    assert prints == [f"{FINDING.fingerprint}:1", f"{FINDING.fingerprint}:2"]
    (alone,) = run_of(moved)["results"]
    assert alone["partialFingerprints"]["primaryLocationLineHash"] == prints[0]


def test_passes_and_accepted_risks_are_no_alerts() -> None:
    accepted = replace(FINDING, accepted_risk=AcceptedRisk("route-requires-auth", "0" * 16, "internal", "ops"))
    assert run_of(replace(FINDING, outcome=Outcome.PASS), accepted)["results"] == []


def test_what_was_not_analysed_is_said() -> None:
    (invocation,) = run_of(skipped=(Skipped("big file.py", "too_large"),))["invocations"]
    assert invocation["executionSuccessful"]
    (note,) = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == "not analysed: too_large"
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "big%20file.py"


def test_a_control_that_broke_is_no_success() -> None:
    (invocation,) = run_of(failures=(Failure("route-requires-auth", "KeyError"),))["invocations"]
    assert not invocation["executionSuccessful"]
    assert "KeyError" in invocation["toolExecutionNotifications"][0]["message"]["text"]
