"""Sources to facts, facts to an app, the app to verdicts: every control on each of its subjects."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from posixpath import basename
from typing import TypeVar

from transforms import textfiles
from transforms.api import Control, Outcome, Verdict
from transforms.app import App, Placement
from transforms.brokers import broker
from transforms.controls import controls
from transforms.database_passwords import by_one_name
from transforms.edits import Applicability
from transforms.excerpt import excerpt
from transforms.facts import Facts
from transforms.frameworks import frameworks
from transforms.frameworks.python_announced import TOKENS as PYTHONS_TOKENS
from transforms.gate_secrets import valued
from transforms.imported import imports_others
from transforms.inserted import HEADER, is_untouched, version_of
from transforms.placement import ENV_EXAMPLES, REQUIREMENTS
from transforms.policy import ControlPolicy, Policy
from transforms.risks import with_accepted_risks
from transforms.same_secret import numbered, with_places
from transforms.source import Skipped, SourceFile, Unreadable, decode, module_name, refuse_unreadable
from transforms.walk import accepted_risks, read, takes_part

T = TypeVar("T")
EDITED_NAMES = frozenset({".gitignore", *ENV_EXAMPLES, *map(basename, REQUIREMENTS)})


@dataclass(frozen=True, slots=True)
class Failure:
    """A control that broke on an app: reported, and the others go on."""

    control: str
    error: str  # the exception's type: its text could quote the app's source


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found out about one commit."""

    app: App
    verdicts: tuple[Verdict, ...]
    skipped: tuple[Skipped, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def findings(self) -> tuple[Verdict, ...]:
        """The failed verdicts, accepted risks among them."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome is Outcome.FAIL)

    def with_skipped(self, skipped: Iterable[Skipped]) -> "Report":
        """The same report, with files that were passed over before they came here."""
        return replace(self, skipped=(*self.skipped, *skipped))


def wants(path: str) -> bool:
    """Whether a file of that name is read by a scan or edited by a patch: the others need not be fetched."""
    name = basename(path)
    requirements = name.startswith("requirements") and name.endswith((".txt", ".in"))
    return path.endswith(".py") or name in EDITED_NAMES or requirements or textfiles.reads(path)


def scan(
    sources: Iterable[SourceFile],
    policy: Policy,
    known: Mapping[str, Facts | Skipped] | None = None,
    among: Sequence[Control] | None = None,
) -> Report:
    """Judge every enabled control on these files; `known` holds, by path, what reading a file came to before."""
    facts: list[Facts] = []
    skipped: list[Skipped] = []
    paths: list[str] = []
    uncommitted: list[str] = []
    with_secrets: dict[str, bytes] = {}
    for source in sources:
        if not source.committed:
            uncommitted.append(source.path)
        paths.append(source.path)
        result = (known or {}).get(source.path) or read_facts(source)
        if isinstance(result, Facts):
            facts.append(result)
            if result.secrets:
                with_secrets[source.path] = source.content
        elif result is not None:
            skipped.append(result)
    placement = Placement.of(policy)
    if not broker(placement.broker).over_network:  # compose gives its database what its own environment says
        facts = list(by_one_name(facts, with_secrets))
    app = App(facts, paths, placement, uncommitted)
    uses = tuple(valued(app, with_secrets))
    app.values = numbered(uses)
    report = judge(app, policy, skipped, among)
    return replace(report, verdicts=with_places(report.verdicts, uses))


def with_patches(report: Report, policy: Policy, among: Sequence[Control] | None = None) -> Report:
    """The report, in which a finding says that it has a patch only where its control knows an edit.

    For people who read findings: it asks every control for every patch, which a scan need not.
    """
    failures = list(report.failures)
    known = {each.id: each for each in (among if among is not None else controls())}
    verdicts = tuple(
        replace(each, patch=Applicability.ADVICE) if _lacks_edits(report.app, each, known, policy, failures) else each
        for each in report.verdicts
    )
    return replace(report, verdicts=verdicts, failures=tuple(failures))


def _lacks_edits(
    app: App, verdict: Verdict, known: Mapping[str, Control], policy: Policy, failures: list[Failure]
) -> bool:
    if verdict.outcome is not Outcome.FAIL or verdict.patch in (None, Applicability.ADVICE):
        return False
    asking = partial(known[verdict.control].patch_for, app, verdict, policy.control(verdict.control).options)
    patch = contained(verdict.control, failures, asking)
    return patch is None or not patch.edits


def rescan(
    report: Report,
    changed: Mapping[str, bytes],
    policy: Policy,
    among: Sequence[Control] | None = None,
    removed: Collection[str] = (),
) -> Report:
    """The report after some files changed and others went: only the changed ones are read again."""
    gone = {*changed, *removed}
    facts = {path: known for path, known in report.app.files.items() if path not in gone}
    skipped = [each for each in report.skipped if each.path not in gone]
    for path, content in changed.items():
        result = read_facts(SourceFile(path, content))
        if isinstance(result, Facts):
            facts[path] = result
        elif result is not None:
            skipped.append(result)
    before = report.app
    app = App(facts.values(), (before.paths | changed.keys()) - set(removed), before.placement, before.uncommitted)
    app.values = {(path, place): number for (path, place), number in before.values.items() if path not in gone}
    return judge(app, policy, skipped, among)


def judge(app: App, policy: Policy, skipped: Iterable[Skipped] = (), among: Sequence[Control] | None = None) -> Report:
    """Judge every enabled control (`among` these, or all) on an app that is already joined."""
    verdicts: list[Verdict] = []
    failures: list[Failure] = []
    for control in among if among is not None else controls():
        settings = policy.control(control.id)
        if settings.enabled:
            judging = partial(_judged, control, app, settings)
            verdicts += contained(control.id, failures, judging) or []
    return Report(app, with_accepted_risks(verdicts, app, policy), tuple(skipped), tuple(failures))


def _judged(control: Control, app: App, settings: ControlPolicy) -> list[Verdict]:
    return list(control.judge(app, settings.options))


def contained(control_id: str, failures: list[Failure], action: Callable[[], T]) -> T | None:
    """What `action` returns; None, and one more failure, where the control's own code breaks."""
    try:
        return action()
    except Exception as error:  # noqa: BLE001  one broken control must not silence the others
        failures.append(Failure(control_id, type(error).__name__))
        return None


def read_facts(source: SourceFile) -> Facts | Skipped | None:
    """The facts of one file, why it was passed over, or None for a file that no reader wants."""
    try:
        if not source.is_python:
            return textfiles.read(source) if textfiles.reads(source.path) else None
        refuse_unreadable(source.content)
        facts = _read(source) if matters(source) else _bare(source)
        return replace(facts, inserted=_inserted(source)) if source.content.startswith(b"# tenon:") else facts
    except Unreadable as error:
        return Skipped(source.path, error.reason)


def _read(source: SourceFile) -> Facts:
    """The facts of a file. A word that called readers to it is often a false alarm: where what is left without the
    functions that none of them wants says nothing, nothing more is read."""
    called = [framework for framework in frameworks() if takes_part(framework, source.content)]
    if called and all(hasattr(each, "wanted") for each in called):
        questions = [each.wanted(source.content) for each in called]
        left = excerpt(source.content, lambda function: any(wanted(function) for wanted in questions))
        facts = read(replace(source, content=left), called)
        if facts.says_nothing:
            return replace(facts, accepted_risks=tuple(accepted_risks(source.content)))
    return read(source, called)


def _bare(source: SourceFile) -> Facts:
    risks = tuple(accepted_risks(source.content))
    return Facts(source.path, module_name(source.path), accepted_risks=risks)


def _inserted(source: SourceFile) -> tuple[str, int, bool] | None:
    """Name, version and "still unedited" of a module that a patch added."""
    text = decode(source.content)
    version, match = version_of(text), HEADER.match(text.replace("\r\n", "\n"))
    return None if version is None or match is None else (match["module"], version, is_untouched(text))


def matters(source: SourceFile) -> bool:
    """Whether any reader wants the bytes; a package's `__init__` and a program count for what they import of others."""
    content = source.content
    if (source.path.endswith("__init__.py") or b"__main__" in content) and imports_others(content):
        return True
    if any(token in content for token in _tokens()):
        return True
    return any(takes_part(framework, content) for framework in frameworks() if hasattr(framework, "matters"))


@cache
def _tokens() -> tuple[bytes, ...]:
    """What announces a reader that goes by plain tokens. One search for each is faster than a pattern of all; those
    that Python's own reader is called to anyway are left to it."""
    plain = [framework for framework in frameworks() if not hasattr(framework, "matters")]
    tokens = {token for framework in plain for token in framework.TOKENS}
    tokens -= {token for token in tokens if any(known in token for known in PYTHONS_TOKENS)}
    return tuple(sorted(token for token in tokens if not any(other in token for other in tokens - {token})))
