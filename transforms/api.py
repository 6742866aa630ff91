"""The names a control file may import: what a control is, what it says, and how its examples are written."""

import dataclasses
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from transforms.concepts import Function, Kind, Place, Route, Router, Session, Setting, Signal, ToolReach
from transforms.concepts_data import Condition, Entity, Query
from transforms.concepts_secrets import Client, KeySource, SecretRole, SecretUse, SentHeader
from transforms.edits import Applicability, Patch, Proof
from transforms.frozen import cheap_to_make
from transforms.policy import AcceptedRisk
from transforms.standards import Standard

if TYPE_CHECKING:
    from transforms.app import App

__all__ = [
    "Applicability", "Bad", "Client", "Condition", "Confidence", "Control", "Evidence", "Family", "Function", "Good",
    "KeySource", "Maturity", "NoOptions", "Outcome", "Patch", "Proof", "Route", "Router", "SecretRole", "SecretUse",
    "SentHeader", "Setting", "Severity", "Signal", "Standard", "Subject", "Todo", "ToolReach", "Verdict",
]  # fmt: skip


class Family(StrEnum):
    """Which part of enterprise readiness a control belongs to."""

    SECRETS = "secrets"
    WORKLOAD_IDENTITY = "workload-identity"
    IDENTITY = "identity"
    AUTHORIZATION = "authorization"
    TENANCY = "tenancy"
    AUDIT = "audit"
    SESSION = "session"
    EXPOSURE = "exposure"
    RECOVERY = "recovery"


class Severity(StrEnum):
    """Harm if true."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(StrEnum):
    """Chance that it is true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Maturity(StrEnum):
    """How long a control has proven itself."""

    PREVIEW = "preview"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class Outcome(StrEnum):
    """What judging a subject came to."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a verdict came out as it did."""

    path: str
    line: int
    note: str


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged; `name` and `symbol` stay the same when lines move."""

    kind: str  # route | tool | query | entity | secret | setting | client | session | app
    name: str
    path: str
    place: Place
    symbol: str


@cheap_to_make
@dataclass(frozen=True, slots=True)
class Verdict:
    """A control judged on a subject. A failed verdict is a finding."""

    control: str
    family: Family
    outcome: Outcome
    subject: Subject
    severity: Severity
    confidence: Confidence
    message: str
    evidence: tuple[Evidence, ...] = ()
    standards: tuple[Standard, ...] = ()
    patch: Applicability | None = None
    concept: Any = field(default=None, compare=False, repr=False)  # what was judged, for the remedy
    accepted_risk: AcceptedRisk | None = None  # somebody answers for it: no patch is made
    exempt: bool = False  # a pass because the requirement does not apply here, for the reason in `message`
    until_set: str = ""  # a doubt for as long as this setting may be empty: whoever runs the app can end it

    @property
    def fingerprint(self) -> str:
        """Stable under line moves and renamed folders above the module: control, kind, name and symbol."""
        text = "\0".join((self.control, self.subject.kind, self.subject.name, self.subject.symbol))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


Judged = SentHeader | Client | Condition | Route | Query | Entity | SecretUse | Setting | Session | Router | Function


def subject_of(judged: Judged) -> Subject:
    """The subject that a concept is."""
    match judged:
        case Route():
            kind = "tool" if judged.kind is Kind.TOOL else "route"
            return Subject(kind, judged.name, judged.file, judged.place, judged.shown or judged.handler)
        case Query():
            entity = ",".join(reference.rsplit(".", 1)[-1] for reference in judged.entities)
            return Subject("query", f"{judged.operation} {entity}".strip(), judged.file, judged.place, judged.function)
        case Client():
            return Subject("client", judged.reference, judged.file, judged.place, judged.symbol)
        case SecretUse():
            return Subject("secret", f"{judged.kind} {judged.name}".strip(), judged.file, judged.place, judged.symbol)
        case SentHeader():
            name = f"{judged.symbol.rpartition('.')[2]} sends {judged.name}"
            return Subject("function", name, judged.file, judged.place, judged.symbol)
        case Condition():
            asked = " and ".join(f"{pair.left_code} with {pair.right_code}" for pair in judged.pairs) or judged.asked
            name = f"{judged.function.rsplit('.', 1)[-1]}: {asked}"[:120]
            return Subject("function", name, judged.file, judged.place, judged.function)
        case _:
            kind = type(judged).__name__.lower()
            name = judged.name if isinstance(judged, Setting) else judged.symbol.rsplit(".", 1)[-1]
            return Subject("app" if kind == "router" else kind, name, judged.file, judged.place, judged.symbol)


Code = str | Mapping[str, str]  # one file (app.py), or path -> text. "{{stripe-key}}" becomes a generated sample


@dataclass(frozen=True)
class Good:
    """Code on which the control says nothing."""

    name: str
    code: Code
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bad:
    """Code with a finding; `after` is what the patch makes of those files, byte for byte (None: there is no patch)."""

    name: str
    before: Code
    after: Code | None = None
    findings: int = 1
    adds: tuple[str, ...] = ()  # paths of further files that the patch makes
    removes: tuple[str, ...] = ()  # files that leave the repository
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Todo:
    """A known miss: code with a finding that the control does not see yet. The harness fails the day it does."""

    name: str
    code: Code


Example = Good | Bad | Todo
Check = Callable[["App", Any], Iterator[Verdict]]
Remedy = Callable[["App", Verdict, Any], Patch | None]
Prove = Callable[["App", tuple[Verdict, ...], Any], Proof | tuple[Proof, ...] | None]


@dataclass(frozen=True)
class NoOptions:
    """A control without anything to tune."""


@dataclass(eq=False)
class Control:
    """A requirement that must hold. Its file's docstring is its documentation: the first line says the requirement."""

    id: str
    family: Family
    severity: Severity
    confidence: Confidence
    maturity: Maturity
    patch: Applicability
    standards: tuple[Standard, ...]
    since: str
    options: type = NoOptions
    order: int = 50  # patches of a lower order are stacked first
    examples: tuple[Example, ...] = ()
    _check: Check | None = None
    _remedy: Remedy | None = None
    _prove: Prove | None = None

    def check(self, function: Check) -> Check:
        """Decorator: the function that judges."""
        self._check = function
        return function

    def remedy(self, function: Remedy) -> Remedy:
        """Decorator: the function that says the patch for a finding."""
        self._remedy = function
        return function

    def proof(self, function: Prove) -> Prove:
        """Decorator: the function that says the test for all findings whose patches passed the gates."""
        self._prove = function
        return function

    @property
    def documentation(self) -> str:
        """The docstring of the control's file."""
        module = inspect.getmodule(self._check)
        return inspect.getdoc(module) or ""

    @property
    def title(self) -> str:
        """The requirement as one sentence."""
        return self.documentation.partition("\n")[0]

    def judge(self, app: "App", overrides: Mapping[str, Any]) -> Iterator[Verdict]:
        """Every verdict of this control on an app; raises TypeError for an option it does not have."""
        if self._check is not None:
            yield from self._check(app, self.options(**overrides))

    def patch_for(self, app: "App", finding: Verdict, overrides: Mapping[str, Any]) -> Patch | None:
        """The patch for one finding, or None when only advice can be given."""
        if self._remedy is None:
            return None
        return self._remedy(app, finding, self.options(**overrides))

    def proofs_for(self, app: "App", findings: tuple[Verdict, ...], overrides: Mapping[str, Any]) -> tuple[Proof, ...]:
        """The proofs of all these findings together; `app` is as it was before this control's patches."""
        if self._prove is None or not findings:
            return ()
        found = self._prove(app, findings, self.options(**overrides))
        return found if isinstance(found, tuple) else (found,) if found is not None else ()

    def passes(self, judged: Judged, message: str, evidence: Iterable[Evidence] = ()) -> Verdict:
        """The requirement holds."""
        return self._verdict(Outcome.PASS, judged, message, evidence)

    def exempts(self, judged: Judged, message: str, evidence: Iterable[Evidence] = ()) -> Verdict:
        """The requirement does not apply here (a route that is public on purpose); `message` says why."""
        return dataclasses.replace(self.passes(judged, message, evidence), exempt=True)

    def fails(
        self,
        judged: Judged,
        message: str,
        evidence: Iterable[Evidence] = (),
        *,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
    ) -> Verdict:
        """The requirement does not hold: a finding."""
        return self._verdict(
            Outcome.FAIL,
            judged,
            message,
            evidence,
            severity=severity,
            confidence=confidence,
            patch=Applicability.ADVICE if self._remedy is None else self.patch,
        )

    def unknown(
        self, judged: Judged, message: str, evidence: Iterable[Evidence] = (), *, until_set: str = ""
    ) -> Verdict:
        """It cannot be told; shown, never hidden."""
        return replace(self._verdict(Outcome.UNKNOWN, judged, message, evidence), until_set=until_set)

    def _verdict(
        self,
        outcome: Outcome,
        judged: Judged,
        message: str,
        evidence: Iterable[Evidence],
        *,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        patch: Applicability | None = None,
    ) -> Verdict:
        return Verdict(
            control=self.id,
            family=self.family,
            outcome=outcome,
            subject=subject_of(judged),
            severity=severity or self.severity,
            confidence=confidence or self.confidence,
            message=message,
            evidence=tuple(evidence),
            standards=self.standards,
            patch=patch,
            concept=judged,
        )
