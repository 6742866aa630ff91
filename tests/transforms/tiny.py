"""Controls small enough to see through, for tests of what carries controls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from transforms.api import Applicability, Confidence, Control, Family, Maturity, Patch, Proof, Severity, Verdict
from transforms.app import App
from transforms.edit_kinds import AddFile, AddParameter, Edit, ImportOf, InsertStatements, Position
from transforms.engine import Remedies, Report, remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile
from transforms.standards import Standard

HEAD = "import fastapi\n\n\n"  # without a framework's name no reader looks at a file
USER = ImportOf("controls.users", "current_user")


@dataclass(frozen=True)
class Options:
    """What may be tuned."""

    prefix: str = "handle"  # of the names of handlers


def make(
    control_id: str = "handlers-take-a-user", order: int = 50, kind: type[Control] = Control, **changes: Any
) -> Control:
    """A control: each function named `handle...` takes a user; the fix adds the parameter and a module."""
    control = kind(
        id=control_id,
        family=Family.IDENTITY,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        maturity=Maturity.PREVIEW,
        patch=Applicability.REVIEW,
        order=order,
        options=Options,
        **{"standards": (Standard("CWE-306"),), "since": "0.1", **changes},
    )

    @control.check
    def judge(app: App, options: Any) -> Iterator[Verdict]:
        for function in app.functions.values():
            if function.symbol.rpartition(".")[2].startswith(options.prefix):
                names = [parameter.name for parameter in function.parameters]
                if "maybe" in names:
                    yield control.unknown(function, "Who knows.")
                elif "user" in names:
                    yield control.passes(function, "Takes a user.")
                else:
                    yield control.fails(function, "Takes no user.")

    @control.remedy
    def add(app: App, finding: Verdict, options: Any) -> Patch | None:
        return (
            None if "hopeless" in finding.subject.name else Patch("Take a user", edits_for(finding), todo=("Sign in.",))
        )

    return control


def edits_for(finding: Verdict) -> tuple[Edit, ...]:
    """The edits that close a finding of this control."""
    return (
        AddFile("controls/__init__.py", ""),
        AddFile("controls/users.py", "def current_user() -> str:\n    return 'u'\n"),
        AddParameter(finding.subject.path, finding.subject.place, "user=current_user", (USER,)),
    )


def with_remedy(remedy: Any, **changes: Any) -> Control:
    """The same control with another remedy."""
    control = make(**changes)
    control.remedy(remedy)
    return control


def proving(app: App, findings: tuple[Verdict, ...], options: Any) -> Proof:
    """A proof that names its findings."""
    names = ", ".join(sorted(repr(finding.subject.name) for finding in findings))
    return Proof("tests/test_controls_identity.py", f"def test_names() -> None:\n    assert [{names}]\n")


def comment(app: App, finding: Verdict, options: Any) -> Patch:
    """A remedy that closes nothing."""
    edit = InsertStatements(finding.subject.path, finding.subject.place, Position.BODY_START, "print('checked')")
    return Patch("Print something", (edit,))


def sources(files: Mapping[str, str | bytes]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(path, text if isinstance(text, bytes) else text.encode()) for path, text in files.items())


def report_on(files: Mapping[str, str | bytes], *controls: Control, policy: Policy | None = None) -> Report:
    return scan(sources(files), policy or Policy(), among=controls)


def remedied(
    files: Mapping[str, str | bytes], *controls: Control, policy: Policy | None = None, **how: Any
) -> Remedies:
    """The patches of these controls for these files."""
    policy = policy or Policy()
    return remedies(sources(files), report_on(files, *controls, policy=policy), policy, among=controls, **how)
