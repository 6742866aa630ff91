"""Reports for people at a terminal; colours only where the stream is one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from transforms.api import Outcome, SecretUse, Severity, Verdict
from transforms.engine import Report
from transforms.readiness import readiness
from transforms.source import SkipReason

_COLOUR = {Severity.CRITICAL: "31;1", Severity.HIGH: "31", Severity.MEDIUM: "33", Severity.LOW: "2"}


MOST_ASIDE = 3  # secrets of tests and the like that are listed one by one
MOST_BROKEN = 5  # files with errors of syntax that are named


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours, or none."""

    alive: bool

    @classmethod
    def on(cls, stream: TextIO) -> "Paint":
        """Colours only on a terminal."""
        return cls(stream.isatty())

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.alive else text


def report_lines(report: Report, paint: Paint, *, every_verdict: bool) -> Iterable[str]:
    """Findings by file, worst first within a file, then the sums."""
    listed: Sequence[Verdict] = report.verdicts if every_verdict else report.findings
    aside = [] if every_verdict else [each for each in listed if _is_aside(each)]
    if len(aside) > MOST_ASIDE:  # so many that they would hide what matters
        listed = [each for each in listed if not _is_aside(each)]
    by_path: dict[str, list[Verdict]] = {}
    for verdict in sorted(listed, key=lambda each: (each.subject.path, each.subject.place.line)):
        by_path.setdefault(verdict.subject.path, []).append(verdict)
    for path, verdicts in by_path.items():
        yield paint(plain(path), "1")
        yield from (_line(verdict, paint) for verdict in verdicts)
        yield ""
    if len(aside) > MOST_ASIDE:
        files = len({each.subject.path for each in aside})
        where = "1 file" if files == 1 else f"{files} files"
        yield f"secrets in tests, examples and CI: {len(aside)} low in {where} (list them with --all)"
    yield from _sums(report, paint)


def _is_aside(verdict: Verdict) -> bool:
    """Whether it is a secret of a test and the like."""
    return verdict.severity is Severity.LOW and isinstance(verdict.concept, SecretUse) and verdict.concept.test_only


def _line(verdict: Verdict, paint: Paint) -> str:
    mark = {Outcome.PASS: paint("pass    ", "32"), Outcome.UNKNOWN: paint("unknown ", "36")}.get(
        verdict.outcome, paint(f"{verdict.severity.value:<8}", _COLOUR[verdict.severity])
    )
    patch = f" [patch: {verdict.patch.value}]" if verdict.patch and verdict.outcome is Outcome.FAIL else ""
    accepted = f" [accepted by {plain(verdict.accepted_risk.owner)}]" if verdict.accepted_risk else ""
    said = f"{plain(verdict.message)} ({verdict.control}){patch}{accepted}"
    return f"  {verdict.subject.place.line:>5}  {mark}  {said}"


def plain(text: str) -> str:
    """Without anything that a terminal would obey: names and paths come from code that nobody has read yet."""
    return "".join(
        character if character.isprintable() or character == "\t" else ascii(character)[1:-1] for character in text
    )


def _sums(report: Report, paint: Paint) -> Iterable[str]:
    open_ones = [finding for finding in report.findings if finding.accepted_risk is None]
    counts = [(sum(each.severity is severity for each in open_ones), severity) for severity in Severity]
    yield "findings: " + (", ".join(f"{number} {severity.value}" for number, severity in counts if number) or "none")
    if len(report.findings) > len(open_ones):
        yield f"accepted risks: {len(report.findings) - len(open_ones)}"
    unknown = sum(verdict.outcome is Outcome.UNKNOWN for verdict in report.verdicts)
    if unknown:
        yield f"not known: {unknown} (list them with --all)"
    scores = readiness(report.verdicts)
    yield "readiness: " + ", ".join(f"{part} {'-' if score is None else score}" for part, score in scores.items())
    if report.skipped:
        yield f"not analysed: {_reasons([str(each.reason) for each in report.skipped])} (--format json names them)"
    broken = [each.path for each in report.skipped if each.reason == SkipReason.UNPARSABLE]
    for path in broken[:MOST_BROKEN]:  # an app with such a file does not run: its author wants to know
        yield paint(f"{plain(path)} is no valid Python: nothing in it was looked at", "31")
    for failure in report.failures:
        yield paint(f"control {failure.control} failed to run ({failure.error}) and says nothing", "31;1")


def _reasons(reasons: Sequence[str]) -> str:
    counts = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
    return ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in counts.items())
