"""What re-analysis says of a patched app: the finding is gone, nothing is worse, no import runs in a circle."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from transforms.api import Outcome, Verdict
from transforms.app import App

if TYPE_CHECKING:
    from transforms.engine import Report


def still_there(findings: Iterable[Verdict], before: "Report", after: "Report") -> str | None:
    """The control whose finding a patch did not close, or None. A doubt in its place is no success either."""
    claimed = Counter(finding.fingerprint for finding in findings)
    names = {finding.fingerprint: finding.subject.name for finding in findings}
    had, has = _count(before.verdicts, Outcome.FAIL), _count(after.verdicts, Outcome.FAIL)
    doubts = _count(after.verdicts, Outcome.UNKNOWN) - _count(before.verdicts, Outcome.UNKNOWN)
    for fingerprint, number in claimed.items():
        if has[fingerprint] > had[fingerprint] - number or doubts[fingerprint]:
            return names[fingerprint]
    return None


def worse(before: "Report", after: "Report", later: Collection[str]) -> str | None:
    """What is worse after a patch, in one phrase, or None.

    The controls `later` have their turn still to come: what they doubted before they may find now and patch.
    """
    crashed = {failure.control for failure in after.failures} - {failure.control for failure in before.failures}
    if crashed:
        return f"{min(crashed)} cannot judge the patched app"
    unread = {skipped.path for skipped in after.skipped} - {skipped.path for skipped in before.skipped}
    if unread:
        return "a file can no longer be read"
    new = _count(after.verdicts, Outcome.FAIL) - _count(before.verdicts, Outcome.FAIL)
    doubted = {verdict.fingerprint for verdict in before.verdicts if verdict.outcome is Outcome.UNKNOWN}
    for verdict in after.verdicts:
        if verdict.outcome is Outcome.FAIL and new[verdict.fingerprint]:
            if verdict.control in later and verdict.fingerprint in doubted:
                continue
            return f"{verdict.control} finds something new: {verdict.subject.name}"
    passed = {verdict.fingerprint for verdict in before.verdicts if verdict.outcome is Outcome.PASS}
    for verdict in after.verdicts:
        if verdict.outcome is Outcome.UNKNOWN and verdict.fingerprint in passed:
            return f"{verdict.control} is no longer sure: {verdict.subject.name}"
    lost = _routes(before.verdicts) - _routes(after.verdicts)
    return f"the route {min(lost)} is gone" if lost else None


def new_circle(before: App, after: App, changed: Iterable[str]) -> str | None:
    """A changed file that newly imports a module which already imports it, or None."""
    for path in changed:
        known = set(_imported(before, path))
        for other in set(_imported(after, path)) - known:
            if other != path and after.reaches(other, path):
                return f"{path} and {other} would import each other"
    return None


def _imported(app: App, path: str) -> Iterator[str]:
    facts = app.files.get(path)
    for _, reference in facts.imports if facts is not None else ():
        module = reference if reference in app.modules else app.module_of(reference)
        if module is not None and module in app.modules:
            yield app.modules[module].path


def _count(verdicts: Iterable[Verdict], outcome: Outcome) -> Counter[str]:
    return Counter(verdict.fingerprint for verdict in verdicts if verdict.outcome is outcome)


def _routes(verdicts: Iterable[Verdict]) -> set[str]:
    return {verdict.subject.name for verdict in verdicts if verdict.subject.kind in ("route", "tool")}
