"""Accepted risks: findings that somebody answers for, by policy or by a comment beside the code.

`# tenon: accept-risk[control] reason` counts on the line of the finding, on one of its decorators, or on the line
above. Whether an acceptance has run out is decided by whoever reads the policy: there is no clock here.
"""

from collections.abc import Iterable
from dataclasses import replace

from transforms.api import Outcome, Verdict
from transforms.app import App
from transforms.concepts import Route
from transforms.policy import AcceptedRisk, Policy

IN_CODE = "whoever wrote the comment"


def with_accepted_risks(verdicts: Iterable[Verdict], app: App, policy: Policy) -> tuple[Verdict, ...]:
    """The same verdicts; a finding that somebody accepted says who, and why."""
    by_policy = {(risk.control, risk.fingerprint): risk for risk in policy.accepted_risks}
    commented = any(facts.accepted_risks for facts in app.files.values())
    if not by_policy and not commented:
        return tuple(verdicts)
    return tuple(_with_risk(verdict, app, by_policy) for verdict in verdicts)


def _with_risk(verdict: Verdict, app: App, by_policy: dict[tuple[str, str], AcceptedRisk]) -> Verdict:
    if verdict.outcome is not Outcome.FAIL:
        return verdict
    risk = by_policy.get((verdict.control, verdict.fingerprint)) or _in_code(verdict, app)
    return replace(verdict, accepted_risk=risk) if risk is not None else verdict


def _in_code(verdict: Verdict, app: App) -> AcceptedRisk | None:
    facts = app.files.get(verdict.subject.path)
    lines = _lines(verdict)
    for line, control, reason in facts.accepted_risks if facts is not None else ():
        if control == verdict.control and line in lines and reason:
            return AcceptedRisk(control, verdict.fingerprint, reason, IN_CODE)
    return None


def _lines(verdict: Verdict) -> range:
    """The lines that a comment may stand on: from above the finding to its own line, or its last if it is short."""
    place, concept = verdict.subject.place, verdict.concept
    if isinstance(concept, Route) and concept.entry.line <= place.line and not concept.registered_in:
        return range(concept.entry.line - 1, place.line + 1)
    last = place.end_line if verdict.subject.kind in {"secret", "query", "setting"} else place.line
    return range(place.line - 1, last + 1)
