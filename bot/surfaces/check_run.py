"""The one check run of a head commit: what was found as annotations, what was not analysed, and never a green crash."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.forge import Annotation, AnnotationLevel, CheckRun, Conclusion
from bot.surfaces import route_table
from bot.surfaces.markdown import bullets, code, cut, fold, prose
from transforms.api import Outcome, Severity, Verdict
from transforms.engine import Failure
from transforms.policy import Mode
from transforms.source import Skipped

NAME = "Tenon"
TEXT_LIMIT = 60_000
MAX_ANNOTATIONS = 200
MAX_SKIPPED = 100
_LEVEL = {
    Severity.CRITICAL: AnnotationLevel.FAILURE,
    Severity.HIGH: AnnotationLevel.FAILURE,
    Severity.MEDIUM: AnnotationLevel.WARNING,
    Severity.LOW: AnnotationLevel.NOTICE,
}


@dataclass(frozen=True, slots=True)
class Account:
    """What a finished analysis has to tell."""

    head_sha: str
    delivery: str
    mode: Mode
    mode_why: str
    verdicts: tuple[Verdict, ...]
    changed_paths: frozenset[str]
    skipped: tuple[Skipped, ...] = ()
    unread: frozenset[str] = frozenset()  # skipped files of Python that the pull request changed
    postponed: int = 0  # files with findings that are more than one follow-up can mend
    collision: str = ""  # the path that keeps the patches from being published
    failures: tuple[Failure, ...] = ()
    origin: str = ""
    readiness: tuple[tuple[str, int | None], ...] = ()


def in_progress(head_sha: str, delivery: str) -> CheckRun:
    """Said at once, so that a waiting developer sees that somebody looks."""
    return CheckRun(NAME, head_sha, delivery, "Looking for missing controls", "The analysis has begun.")


def crashed(head_sha: str, delivery: str, sentence: str) -> CheckRun:
    """A failure is neutral, names the delivery and says what to do: never a green check, never a silent one."""
    summary = (
        f"{sentence}\n\nNothing was changed in this repository. Push again or re-run this check to try once more; "
        f"quote delivery {code(delivery)} when you ask for help."
    )
    return CheckRun(NAME, head_sha, delivery, "The analysis did not finish", summary, Conclusion.NEUTRAL)


def superseded(head_sha: str, delivery: str, sentence: str) -> CheckRun:
    """A newer push made this analysis moot."""
    return CheckRun(NAME, head_sha, delivery, "Superseded by a newer push", sentence, Conclusion.NEUTRAL)


def finished(account: Account) -> CheckRun:
    """The result. Only findings on files that the pull request touches are annotated."""
    findings = [verdict for verdict in account.verdicts if verdict.outcome is Outcome.FAIL]
    here = [finding for finding in findings if finding.subject.path in account.changed_paths]
    return CheckRun(
        name=NAME,
        head_sha=account.head_sha,
        external_id=account.delivery,
        title=_title(here, account),
        summary=cut(_summary(here, findings, account), TEXT_LIMIT),
        conclusion=_conclusion(here, account),
        text=cut(_text(account), TEXT_LIMIT),
        annotations=tuple(annotation(finding) for finding in _worst_first(here)[:MAX_ANNOTATIONS]),
    )


def without_right(run: CheckRun) -> CheckRun:
    """The same run, saying why its patches stand nowhere."""
    why = (
        "There are patches, but the installation does not allow Tenon to push a branch and to open a pull request: "
        "grant it *contents: write* and *pull requests: write*, then re-run this check."
    )
    return replace(run, summary=f"{why}\n\n{run.summary}")


def pointing_to(run: CheckRun, follow_up: str | None) -> CheckRun:
    """The same run, with a link to the follow-up pull request on top."""
    if follow_up is None:
        return run
    link = f"**[Follow-up pull request]({follow_up})** adds what is missing, with its proof."
    return replace(run, summary=f"{link}\n\n{run.summary}", details_url=follow_up)


def annotation(finding: Verdict) -> Annotation:
    """One finding at its lines."""
    place = finding.subject.place
    message = f"{finding.message} (control {finding.control}, confidence {finding.confidence})"
    return Annotation(
        finding.subject.path, place.line, place.line, _LEVEL[finding.severity], f"{finding.control}", message
    )


def _worst_first(findings: Iterable[Verdict]) -> list[Verdict]:
    order = list(Severity)
    return sorted(findings, key=lambda each: (order.index(each.severity), each.subject.path, each.subject.place.line))


def _conclusion(here: Sequence[Verdict], account: Account) -> Conclusion:
    if account.failures:
        return Conclusion.NEUTRAL
    if not here:
        return Conclusion.NEUTRAL if account.unread else Conclusion.SUCCESS
    return Conclusion.FAILURE if account.mode is Mode.ENFORCE else Conclusion.NEUTRAL


def _title(here: Sequence[Verdict], account: Account) -> str:
    if account.failures:
        return f"{len(account.failures)} control(s) failed to run; {len(here)} finding(s)"
    unread = f"; {len(account.unread)} changed file(s) could not be analysed" if account.unread else ""
    return (f"{len(here)} missing control(s)" if here else "No missing control found") + unread


def _summary(here: Sequence[Verdict], findings: Sequence[Verdict], account: Account) -> str:
    lines = []
    if account.failures:
        failed = ", ".join(f"{code(failure.control)} ({failure.error})" for failure in account.failures)
        lines.append(f"These controls failed to run to their end: {failed}. Delivery {code(account.delivery)}.")
    if account.unread:
        lines.append(f"{len(account.unread)} file(s) that this pull request changes could not be analysed: see below.")
    if account.collision:
        lines.append(f"There is no follow-up pull request: it would have to write {prose(account.collision)}.")
    elif account.postponed:
        lines.append(f"Patches were tried for the worst files; {account.postponed} more wait until those are merged.")
    counts = {severity: sum(each.severity is severity for each in here) for severity in Severity}
    lines.append("Findings in files of this pull request: " + ", ".join(f"{n} {s}" for s, n in counts.items()) + ".")
    if len(findings) > len(here):
        lines.append(f"{len(findings) - len(here)} older finding(s) elsewhere do not count here.")
    if account.readiness:
        scores = ", ".join(f"{part} {'-' if value is None else value}" for part, value in account.readiness)
        lines.append(f"Readiness of the app, 0 to 100: {scores}.")
    lines.append(f"Mode: {code(account.mode.value)} ({account.mode_why}).")
    return "\n\n".join(lines)


def _text(account: Account) -> str:
    rows = route_table.rows(account.verdicts, account.verdicts)
    parts = ["### Who may call what\n\n" + route_table.render(rows)] if rows else []
    if account.skipped:
        parts.append(_left_out(account))
    unknown = [verdict for verdict in account.verdicts if verdict.outcome is Outcome.UNKNOWN]
    if unknown:
        items = [f"{code(v.subject.name)} in {code(v.subject.path)}: {prose(v.message)}" for v in unknown[:100]]
        parts.append(fold(f"{len(unknown)} could not be told", bullets(items)))
    if account.origin:
        parts.append(fold("Is this AI-generated code?", account.origin))
    return "\n\n".join(parts)


def _left_out(account: Account) -> str:
    """How many files were not analysed for which reason; then their names, those of the pull request first."""
    ordered = sorted(account.skipped, key=lambda each: (each.path not in account.unread, each.path))
    counts = Counter(each.reason for each in ordered).most_common()
    reasons = ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in counts)
    items = [f"{code(each.path, 300)}: {each.reason.replace('_', ' ')}" for each in ordered[:MAX_SKIPPED]]
    if len(ordered) > MAX_SKIPPED:
        items.append(f"and {len(ordered) - MAX_SKIPPED} more")
    return fold(f"{len(ordered)} files were not analysed: {reasons}", bullets(items))
