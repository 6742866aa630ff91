"""Findings as SARIF 2.1.0 that GitHub code scanning takes (OASIS SARIF 2.1.0; docs.github.com "SARIF support")."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from bot import __version__
from transforms.api import Control, Severity, Verdict
from transforms.engine import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SCORE = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}


def as_sarif(report: Report, controls: Iterable[Control]) -> dict[str, Any]:
    """One run with a rule for each control and a result for each finding that nobody answers for."""
    rules = [_rule(control) for control in controls]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    open_ones = [finding for finding in report.findings if finding.accepted_risk is None]
    places = _occurrences(open_ones)
    run = {
        "tool": {"driver": {"name": "Tenon", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(finding, index[finding.control], place) for finding, place in places],
    }
    return {"version": "2.1.0", "$schema": SCHEMA, "runs": [run]}


def _invocation(report: Report) -> dict[str, Any]:
    """Whether all controls ran, and what was passed over."""
    failed = [_notification("error", f"{each.control} failed to run: {each.error}") for each in report.failures]
    skipped = [_notification("note", f"not analysed: {each.reason}", each.path) for each in report.skipped]
    return {"executionSuccessful": not failed, "toolExecutionNotifications": failed + skipped}


def _notification(level: str, text: str, path: str | None = None) -> dict[str, Any]:
    notification: dict[str, Any] = {"level": level, "message": {"text": text}}
    if path is not None:
        notification["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": quote(path)}}}]
    return notification


def _occurrences(findings: Iterable[Verdict]) -> Iterator[tuple[Verdict, int]]:
    """Each finding with its number among those of one fingerprint: two like queries of one function are two alerts."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.fingerprint] += 1
        yield finding, seen[finding.fingerprint]


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


def _result(finding: Verdict, rule_index: int, occurrence: int) -> dict[str, Any]:
    subject, place = finding.subject, finding.subject.place
    region = {
        "startLine": place.line,
        "startColumn": place.column + 1,
        "endLine": place.end_line,
        "endColumn": place.end_column + 1,
    }
    location = {"artifactLocation": {"uri": quote(subject.path)}, "region": region}
    return {
        "ruleId": finding.control,
        "ruleIndex": rule_index,
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
        # GitHub tells alerts apart by this one alone
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:{occurrence}"},
    }
