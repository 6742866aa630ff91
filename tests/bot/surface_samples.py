"""Verdicts and patches as the surfaces get them, one of each kind, and names that nobody should trust."""

from dataclasses import replace

from transforms.api import Applicability, Confidence, Evidence, Family, Outcome, Severity, Subject, Verdict
from transforms.concepts import Place
from transforms.edits import Proof
from transforms.engine import PatchResult, Status
from transforms.gates import GateVerdict

HOSTILE = "GET /@octocat/<img src=x>|[click](https://evil.example)`#1*"
OPEN = Verdict(
    control="route-requires-auth",
    family=Family.IDENTITY,
    outcome=Outcome.FAIL,
    subject=Subject("route", "DELETE /orders/{order_id}", "shop/orders.py", Place(41, 0, 47, 4), "shop.orders.delete"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="Anybody can call DELETE /orders/{order_id}: nothing checks who is calling.",
    evidence=(Evidence("shop/orders.py", 41, "no guard"),),
    patch=Applicability.REVIEW,
)
CLOSED = replace(OPEN, outcome=Outcome.PASS, message="Checks who is calling.")
PATCH = PatchResult(
    control="route-requires-auth",
    title="Require a signed-in user on shop.orders.router",
    findings=(OPEN,),
    status=Status.FIXED,
    applicability=Applicability.REVIEW,
    gates=(GateVerdict("parses", True), GateVerdict("names are bound", True)),
    files={"shop/orders.py": (b"a\n", b"b\n")},
    todo=("Set OIDC_ISSUER and OIDC_AUDIENCE.",),
    proof=Proof("tests/test_controls_identity.py", "def test(): ...\n"),
)
REJECTED = replace(
    PATCH,
    status=Status.REJECTED,
    gates=(GateVerdict("parses", True), GateVerdict("size", False, "too large")),
    files={},
)
ADVICE = replace(PATCH, status=Status.ADVICE, gates=(), files={}, todo=(), proof=None)


def named(name: str, verdict: Verdict = OPEN) -> Verdict:
    """The verdict on a route of another name."""
    return replace(verdict, subject=replace(verdict.subject, name=name), message=f"Anybody can call {name}.")


def alive(markdown: str) -> list[str]:
    """What of the hostile name would come alive: everything outside code spans and fences that is not escaped."""
    import re

    dead = re.sub(r"(?s)~~~~~~~~.*?~~~~~~~~|(`+)(?!`).*?(?<!`)\1(?!`)|\\.", "", markdown)
    return [sign for sign in ("@octocat", "<img", "](https", "#1*") if sign in dead]
