"""The report as one JSON object, in the published format (docs/report.schema.json), without any secret value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import __version__
from transforms.api import Evidence, Outcome, Verdict
from transforms.engine import Report
from transforms.readiness import readiness

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Scanned:
    """A report and what was looked at to make it."""

    report: Report
    root: str
    commit: str | None
    seen: int
    origin: Mapping[str, Any]
    changed: frozenset[str] | None = None  # paths a pull request touches; None where there is none


def as_json(scanned: Scanned, *, every_verdict: bool) -> dict[str, Any]:
    """The object; without `every_verdict` only failed verdicts are listed."""
    report = scanned.report
    listed = report.verdicts if every_verdict else report.findings
    skipped = [{"path": each.path, "reason": str(each.reason)} for each in report.skipped]
    return {
        "format": FORMAT,
        "tenon": __version__,
        "root": scanned.root,
        "commit": scanned.commit,
        "files": {"seen": scanned.seen, "scanned": len(report.app.files), "skipped": skipped},
        "origin": dict(scanned.origin),
        "readiness": readiness(report.verdicts),
        "failures": [{"control": each.control, "error": each.error} for each in report.failures],
        "verdicts": list(_verdicts(listed, scanned.changed)),
    }


def _verdicts(verdicts: Iterable[Verdict], changed: frozenset[str] | None) -> Iterable[dict[str, Any]]:
    for verdict in verdicts:
        subject = verdict.subject
        yield {
            "control": verdict.control,
            "family": verdict.family.value,
            "verdict": verdict.outcome.value,
            "subject": {
                "kind": subject.kind,
                "name": subject.name,
                "path": subject.path,
                "line": subject.place.line,
                "end_line": subject.place.end_line,
                "symbol": subject.symbol,
            },
            "severity": verdict.severity.value,
            "confidence": verdict.confidence.value,
            "message": verdict.message,
            "evidence": [_evidence(each) for each in verdict.evidence],
            "standards": [standard.id for standard in verdict.standards],
            "fingerprint": verdict.fingerprint,
            "in_change": None if changed is None else subject.path in changed,
            "patch": verdict.patch.value if verdict.patch and verdict.outcome is Outcome.FAIL else None,
            "accepted_risk": _accepted(verdict),
        }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"path": evidence.path, "line": evidence.line, "note": evidence.note}


def _accepted(verdict: Verdict) -> dict[str, Any] | None:
    risk = verdict.accepted_risk
    if risk is None:
        return None
    return {"reason": risk.reason, "owner": risk.owner, "expires": risk.expires.isoformat() if risk.expires else None}
