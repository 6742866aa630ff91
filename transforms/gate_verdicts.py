"""What re-analysis says of a patched app: the finding is gone, nothing is worse, no import runs in a circle."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from transforms.api import Outcome, Verdict
from transforms.app import App

if TYPE_CHECKING:
    from transforms.engine import Report


def still_there(findings: Iterable[Verdict], before: "Report", after: "Report") -> str | None:
    """The control whose finding a patch did not close, or None. A doubt in its place is no success either.

    One that ends where a setting is there is none of the patch: the app's own guard has it wherever it stands.
    """
    claimed = Counter(finding.fingerprint for finding in findings)
    names = {finding.fingerprint: finding.subject.name for finding in findings}
    had, has = _count(before.verdicts, Outcome.FAIL), _count(after.verdicts, Outcome.FAIL)
    lasting = [each for each in after.verdicts if not each.until_set]
    doubts = _count(lasting, Outcome.UNKNOWN) - _count(before.verdicts, Outcome.UNKNOWN)
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
    # two queries of one function may share a fingerprint, of which one passes and one is a doubt
    doubts = _count(after.verdicts, Outcome.UNKNOWN) - _count(before.verdicts, Outcome.UNKNOWN)
    for verdict in after.verdicts:
        if verdict.outcome is Outcome.UNKNOWN and doubts[verdict.fingerprint] and verdict.fingerprint in passed:
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
            if (package := _package_in_a_circle(after, path, other)) is not None:
                return f"{path} and {package} would import each other"
    return None


def _package_in_a_circle(app: App, path: str, other: str) -> str | None:
    """The package that importing `other` runs first, where that imports `path` and somebody has imported `path` first.

    A package that is running already is not run again: as long as everybody comes through it, there is no circle.
    """
    for package in (f"{folder}/" for folder in map(str, PurePosixPath(other).parents) if folder != "."):
        init = f"{package}__init__.py"
        if init not in app.files or path.startswith(package) or not app.reaches(init, path):
            continue
        outside = (each for each in app.files if each != path and not each.startswith(package))
        if any(_comes_first(list(_imported(app, each)), path, package) for each in outside):
            return init
    return None


def _comes_first(imported: list[str], path: str, package: str) -> bool:
    """Whether a file imports `path` before anything of the package."""
    within = (index for index, each in enumerate(imported) if each.startswith(package))
    return path in imported and imported.index(path) < next(within, len(imported))


def _imported(app: App, path: str) -> Iterator[str]:
    facts = app.files.get(path)
    for _, reference in facts.imports if facts is not None else ():
        module = reference if reference in app.modules else app.module_of(reference)
        if module is not None and module in app.modules:
            yield app.modules[module].path


def _count(verdicts: Iterable[Verdict], outcome: Outcome) -> Counter[str]:
    return Counter(verdict.fingerprint for verdict in verdicts if verdict.outcome is outcome)


def _routes(verdicts: Iterable[Verdict]) -> set[str]:
    """Each method by itself: once guarded, a handler may be one route that was several before."""
    found: set[str] = set()
    for verdict in verdicts:
        if verdict.subject.kind in ("route", "tool"):
            methods, _, path = verdict.subject.name.partition(" ")
            found |= {f"{method} {path}" for method in methods.split(",")}
    return found
