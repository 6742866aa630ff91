"""Findings as SARIF 2.1.0 that GitHub code scanning takes (OASIS SARIF 2.1.0; docs.github.com "SARIF support")."""

from collections.abc import Iterable
from typing import Any

from bot import __version__
from transforms.api import Control, Severity, Verdict
from transforms.engine import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SCORE = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}


def as_sarif(report: Report, controls: Iterable[Control]) -> dict[str, Any]:
    """One run with a rule for each control and a result for each finding."""
    rules = [_rule(control) for control in controls]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "Tenon", "semanticVersion": __version__, "rules": rules}
    results = [_result(finding, index[finding.control]) for finding in report.findings]
    return {"version": "2.1.0", "$schema": SCHEMA, "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(control: Control) -> dict[str, Any]:
    tags = ["security", control.family.value, *(standard.id for standard in control.standards)]
    return {
        "id": control.id,
        "name": "".join(word.capitalize() for word in control.id.split("-")),
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.title},
        "help": {"text": control.documentation, "markdown": control.documentation},
        "defaultConfiguration": {"level": _LEVEL[control.severity]},
        "properties": {
            "tags": tags,
            "precision": control.confidence.value,
            "security-severity": _SCORE[control.severity],
        },
    }


def _result(finding: Verdict, rule_index: int) -> dict[str, Any]:
    place = finding.subject.place
    region = {"startLine": place.line, "startColumn": place.column + 1}
    location = {"artifactLocation": {"uri": finding.subject.path}, "region": region}
    return {
        "ruleId": finding.control,
        "ruleIndex": rule_index,
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"tenonFingerprint/v1": finding.fingerprint},
    }
