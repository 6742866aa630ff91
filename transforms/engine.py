"""Sources to facts, facts to verdicts, findings to patches, patches through the gates."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from transforms import textfiles
from transforms.api import Outcome, Verdict
from transforms.app import App, Placement
from transforms.controls import controls
from transforms.facts import Facts, cache_key
from transforms.frameworks import frameworks
from transforms.inserted import HEADER, is_untouched, version_of
from transforms.policy import Policy
from transforms.source import Skipped, SourceFile, Unreadable, decode, module_name, refuse_unreadable
from transforms.walk import accepted_risks, read


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
        """The failed verdicts."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome is Outcome.FAIL)

    def with_skipped(self, skipped: Iterable[Skipped]) -> "Report":
        """The same report, with files that were passed over before they came here."""
        return replace(self, skipped=(*self.skipped, *skipped))


def scan(sources: Iterable[SourceFile], policy: Policy, known: Mapping[str, Facts] | None = None) -> Report:
    """Judge every enabled control on these files; `known` holds cached facts by `facts.cache_key`."""
    facts: list[Facts] = []
    skipped: list[Skipped] = []
    paths: list[str] = []
    for source in sources:
        paths.append(source.path)
        cached = (known or {}).get(cache_key(source.blob_sha, source.path))
        result = cached or read_facts(source)
        if isinstance(result, Facts):
            facts.append(result)
        elif result is not None:
            skipped.append(result)
    app = App(facts, paths, Placement.of(policy))
    return judge(app, policy, skipped)


def judge(app: App, policy: Policy, skipped: Iterable[Skipped] = ()) -> Report:
    """Judge every enabled control on an app that is already joined."""
    verdicts: list[Verdict] = []
    failures: list[Failure] = []
    for control in controls():
        settings = policy.control(control.id)
        if not settings.enabled:
            continue
        try:
            verdicts.extend(control.judge(app, settings.options))
        except Exception as error:  # noqa: BLE001  one broken control must not silence the others
            failures.append(Failure(control.id, type(error).__name__))
    return Report(app, tuple(verdicts), tuple(skipped), tuple(failures))


def read_facts(source: SourceFile) -> Facts | Skipped | None:
    """The facts of one file, why it was passed over, or None for a file that no reader wants."""
    try:
        if not source.is_python:
            return textfiles.read(source) if textfiles.reads(source.path) else None
        refuse_unreadable(source.content)
        facts = read(source, frameworks()) if matters(source) else _bare(source)
        return replace(facts, inserted=_inserted(source)) if source.content.startswith(b"# tenon:") else facts
    except Unreadable as error:
        return Skipped(source.path, error.reason)


def _bare(source: SourceFile) -> Facts:
    risks = tuple(accepted_risks(source.content))
    return Facts(source.path, module_name(source.path), accepted_risks=risks)


def _inserted(source: SourceFile) -> tuple[str, int, bool] | None:
    """Name, version and "still unedited" of a module that a patch added."""
    text = decode(source.content)
    version, match = version_of(text), HEADER.match(text.replace("\r\n", "\n"))
    return None if version is None or match is None else (match["module"], version, is_untouched(text))


def matters(source: SourceFile) -> bool:
    """Whether any reader's token is in the bytes; a package's `__init__` always counts, for its re-exports."""
    content = source.content
    if source.path.endswith("__init__.py") or _tokens().search(content) is not None:
        return True
    return any(framework.matters(content) for framework in frameworks() if hasattr(framework, "matters"))


@cache
def _tokens() -> re.Pattern[bytes]:
    plain = [framework for framework in frameworks() if not hasattr(framework, "matters")]
    tokens = {token for framework in plain for token in framework.TOKENS}
    return re.compile(b"|".join(map(re.escape, sorted(tokens))))
