"""What every patch must pass before anyone sees it, whoever wrote it: a remedy, a team's rule, a model.

A gate looks at a change and says nothing, or in a phrase what is wrong; a phrase never quotes the app's source. The
gates stand in order of cost, and the first that objects ends the trial.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from transforms.api import Verdict
from transforms.edit_kinds import WHOLE_FILE_EDITS
from transforms.edits import Patch
from transforms.gate_paths import objection, path_is_allowed, removal_is_allowed

if TYPE_CHECKING:
    from transforms.engine import Report
    from transforms.rewrite import Rewritten

__all__ = ["GATES", "Change", "Gate", "GateVerdict", "Limits", "path_is_allowed", "run"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest change that a person would review at once."""

    files: int = 60
    lines: int = 3_000  # added and removed together


@dataclass(frozen=True)
class Change:
    """Patches of one control, applied, with all that gates want to know. `before` are all files, by path."""

    before: Mapping[str, bytes]
    rewritten: "Rewritten"
    patches: tuple[Patch, ...]
    findings: tuple[Verdict, ...]  # those that the patches close
    report: "Report"  # on `before`
    analyse: Callable[[Mapping[str, bytes], Collection[str]], "Report"]  # changed files, paths gone -> the new report
    again: Callable[["Report"], Iterator[Patch]]  # what the remedies ask for on the patched app
    secrets: Callable[[], frozenset[str]]  # the values that may not appear anywhere
    limits: Limits = Limits()
    later: frozenset[str] = frozenset()  # ids of the controls whose turn is still to come

    @property
    def files(self) -> Mapping[str, bytes]:
        """The changed files."""
        return self.rewritten.files

    @property
    def removed(self) -> frozenset[str]:
        """The files that go."""
        return self.rewritten.removed

    @cached_property
    def after(self) -> "Report":
        """The report on the patched app."""
        return self.analyse(self.files, self.removed)

    @cached_property
    def result(self) -> dict[str, bytes]:
        """All files, patched."""
        kept = {path: content for path, content in self.before.items() if path not in self.removed}
        return {**kept, **self.files}


@dataclass(frozen=True, slots=True)
class Gate:
    """A test that a patch must pass."""

    id: str
    sentence: str
    check: Callable[[Change], str | None]


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """How a change fared at a gate; `detail` says what is wrong."""

    gate: str
    passed: bool
    detail: str = ""


def run(change: Change) -> tuple[GateVerdict, ...]:
    """The verdicts of the gates, up to and including the first that objects."""
    verdicts: list[GateVerdict] = []
    for gate in GATES:
        detail = gate.check(change)
        verdicts.append(GateVerdict(gate.id, detail is None, detail or ""))
        if detail is not None:
            break
    return tuple(verdicts)


def _applies(change: Change) -> str | None:
    return next((reason for _, reason in change.rewritten.failed), None)


def _allowed_paths(change: Change) -> str | None:
    changed = (f"{path!r} {why}" for path in change.files if (why := objection(path)) is not None)
    gone = (f"{path!r} is no file that a patch takes away" for path in change.removed if not removal_is_allowed(path))
    return next(chain(changed, gone), None)


def _within_size(change: Change) -> str | None:
    number = len(change.files) + len(change.removed)
    if number > change.limits.files:
        return f"{number} files; the limit is {change.limits.files}"
    lines = sum(_changed_lines(change.before.get(path, b""), content) for path, content in change.files.items())
    lines += sum(_changed_lines(change.before[path], b"") for path in change.removed)
    return f"{lines} lines; the limit is {change.limits.lines}" if lines > change.limits.lines else None


def _changed_lines(before: bytes, after: bytes) -> int:
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    return (old - new).total() + (new - old).total()


def _parses(change: Change) -> str | None:
    from transforms.gate_code import unparsable

    python = ((path, content) for path, content in change.files.items() if path.endswith(".py"))
    return next((f"{path}: {why}" for path, content in python if (why := unparsable(path, content))), None)


def _untouched_bytes(change: Change) -> str | None:
    from transforms.gate_code import moved_bytes

    for path, after in change.files.items():
        before = change.before.get(path)
        if before is not None and (what := moved_bytes(before, after, change.rewritten.spans.get(path, ()))):
            return f"{path}: {what}"
    return None


def _no_secret_value(change: Change) -> str | None:
    from transforms.gate_secrets import added_text, leaks

    values = change.secrets()
    for path, after in change.files.items():
        if leaks(values, added_text(path, change.before.get(path, b"")), added_text(path, after)):
            return f"{path} would hold a secret value"
    said = "\n".join(text for patch in change.patches for text in (patch.title, *patch.todo))
    return "the text of the patch holds a secret value" if leaks(values, "", said) else None


def _names_bound(change: Change) -> str | None:
    from transforms.complaints import new_complaints

    for path, after in change.files.items():
        if path.endswith(".py") and (new := new_complaints(path, change.before.get(path), after)):
            return f"{path}: {new[0]}"
    return None


def _finding_gone(change: Change) -> str | None:
    from transforms.gate_verdicts import still_there

    left = still_there(change.findings, change.report, change.after)
    return f"still there: {left}" if left is not None else None


def _nothing_new(change: Change) -> str | None:
    from transforms.gate_verdicts import worse

    return worse(change.report, change.after, change.later)


def _no_new_circle(change: Change) -> str | None:
    from transforms.gate_verdicts import new_circle

    return new_circle(change.report.app, change.after.app, change.files)


def _second_run_changes_nothing(change: Change) -> str | None:
    from transforms.rewrite import apply

    if any(patch.edits for patch in change.again(change.after)):
        return "the remedy asks for more on the patched app"
    edits = (edit for patch in change.patches for edit in patch.edits)
    second = apply(change.result, [edit for edit in edits if isinstance(edit, WHOLE_FILE_EDITS)])
    return "the same edits change the patched files again" if second.files or second.failed else None


GATES: tuple[Gate, ...] = (
    Gate("applies", "Every edit found the code it was made for.", _applies),
    Gate(
        "allowed_paths",
        "No workflow, CI or lock file is touched, and nothing outside.",
        _allowed_paths,
    ),
    Gate("within_size", "The change is small enough to be reviewed.", _within_size),
    Gate("parses", "Every changed Python file parses and compiles.", _parses),
    Gate("untouched_bytes", "Outside of the edits every byte is the same.", _untouched_bytes),
    Gate("no_secret_value", "No secret value is in the patch or in its text.", _no_secret_value),
    Gate("names_bound", "Every name is bound, and no import is left over.", _names_bound),
    Gate("finding_gone", "Analysed again, the finding is gone.", _finding_gone),
    Gate("nothing_new", "Analysed again, nothing is worse than before.", _nothing_new),
    Gate("no_new_circle", "No module imports one that imports it.", _no_new_circle),
    Gate("second_run_changes_nothing", "A second run asks for nothing more.", _second_run_changes_nothing),
)
