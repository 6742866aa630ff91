"""What every control must show, whoever wrote it. Nothing here knows any control by name.

`{{stripe-key}}` in an example's code stands for a generated value of that secret kind (`{{stripe-key:2}}` for another
one), so that no key-shaped literal is ever committed.
"""

import dataclasses
import inspect
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from transforms.api import Applicability, Bad, Code, Control, Example, Good, NoOptions, Outcome, Todo, Verdict
from transforms.controls import controls
from transforms.engine import Remedies, Report, Status, remedies, scan
from transforms.policy import ControlPolicy, Policy
from transforms.secrets import kinds, sample
from transforms.source import SourceFile

Files = Mapping[str, str]
_PLACEHOLDER = re.compile(r"\{\{([\w-]+)(?::(\d+))?\}\}")
_ID = re.compile(r"[a-z]+(-[a-z]+)*")
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
LONGEST_TITLE = 110  # characters: the first line of a commit and of a docs page


def files_of(code: Code) -> Files:
    """An example's files with generated values in place of its placeholders."""
    files = {"app.py": code} if isinstance(code, str) else dict(code)
    return MappingProxyType({path: _PLACEHOLDER.sub(_generated, text) for path, text in files.items()})


def _generated(match: re.Match[str]) -> str:
    known = {kind.id for kind in kinds()}
    return sample(match[1], int(match[2] or 1)) if match[1] in known else match[0]


def policy_of(control: Control, example: Example) -> Policy:
    """A policy that tunes the control as the example says."""
    options: Mapping[str, Any] = {} if isinstance(example, Todo) else example.options
    return Policy(controls={control.id: ControlPolicy(options=options)})


def sources(files: Mapping[str, str | bytes]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(path, text.encode() if isinstance(text, str) else text) for path, text in files.items())


def report_on(files: Mapping[str, str | bytes], policy: Policy, control: Control) -> Report:
    """The report of all controls, the judged one among them although it may not be in the folder."""
    report = scan(sources(files), policy, among=_among(control))
    assert not report.failures, report.failures
    assert not report.skipped, [each.path for each in report.skipped]
    return report


def _among(control: Control) -> tuple[Control, ...]:
    known = controls()
    return known if control in known else (*known, control)


def found(report: Report, control: Control) -> list[Verdict]:
    """The findings of one control."""
    return [verdict for verdict in report.verdicts if verdict.control == control.id and verdict.outcome is Outcome.FAIL]


def patched(files: Mapping[str, str | bytes], policy: Policy, control: Control) -> Remedies:
    """The patches of one control."""
    report = report_on(files, policy, control)
    return remedies(sources(files), report, policy, only={control.id}, among=_among(control))


def check(control: Control, example: Example) -> None:
    """Hold one example to its word; raises AssertionError."""
    match example:
        case Good():
            _check_good(control, example)
        case Bad():
            _check_bad(control, example)
        case Todo():
            _check_todo(control, example)


def _check_good(control: Control, example: Good) -> None:
    findings = found(report_on(files_of(example.code), policy_of(control, example), control), control)
    assert not findings, f"a good example is found guilty: {_told(findings)}"


def _check_todo(control: Control, example: Todo) -> None:
    findings = found(report_on(files_of(example.code), policy_of(control, example), control), control)
    assert not findings, "this miss is seen now: make it a Bad"


def _check_bad(control: Control, example: Bad) -> None:
    before, policy = files_of(example.before), policy_of(control, example)
    findings = found(report_on(before, policy, control), control)
    assert len(findings) == example.findings, f"found {len(findings)}: {_told(findings)}"
    result = patched(before, policy, control)
    assert not result.failures, result.failures
    rejected = [(each.title, each.gates[-1]) for each in result.patches if each.status is Status.REJECTED]
    assert not rejected, f"a gate objects: {rejected}"
    if example.after is None:
        assert not result.fixed, f"there is a patch after all: {[each.title for each in result.fixed]}"
        return
    _check_files(example, before, {path: content.decode() for path, content in result.files.items()})
    assert set(result.removed) == set(example.removes), f"these files go: {result.removed}"
    kept = {path: text for path, text in before.items() if path not in result.removed}
    _check_second_run(control, policy, {**kept, **result.files})


def _check_files(example: Bad, before: Files, after: Files) -> None:
    assert example.after is not None
    expected = {path: text for path, text in files_of(example.after).items() if text != before.get(path)}
    for path, text in expected.items():
        assert path in after, f"{path} is not patched"
        assert after[path] == text, f"{path} is patched otherwise:\n{after[path]}"
    further = set(after) - set(expected)
    assert further == set(example.adds), f"these files change beside: {sorted(further)}"


def _check_second_run(control: Control, policy: Policy, files: Mapping[str, str | bytes]) -> None:
    again = patched(files, policy, control)
    assert not again.files, f"a second run patches {sorted(again.files)}"


def _told(findings: list[Verdict]) -> list[str]:
    return [f"{finding.subject.path}:{finding.subject.place.line} {finding.message}" for finding in findings]


def moved(files: Files, lines: list[str]) -> Files:
    """The same code with lines of comments and blank lines above."""
    above = "".join(f"# {line}\n" if line else "\n" for line in lines)
    return {path: above + text if path.endswith(".py") else text for path, text in files.items()}


def fingerprints(control: Control, files: Files, policy: Policy) -> list[str]:
    return sorted(finding.fingerprint for finding in found(report_on(files, policy, control), control))


def check_metadata(control: Control, module_name: str) -> None:
    """Hold a control to be complete: what people read of it, and what machines do."""
    assert _ID.fullmatch(control.id), "an id is kebab-case"
    assert control.id == module_name.replace("_", "-"), "a control's file is named after its id"
    assert _VERSION.fullmatch(control.since)
    assert control.standards, "a control cites at least one standard"
    assert all(standard.title for standard in control.standards)
    _check_documentation(control)
    _check_options(control)
    _check_examples(control)


def _check_documentation(control: Control) -> None:
    title, _, rest = control.documentation.partition("\n")
    assert title.endswith("."), "the first line is the requirement as one sentence"
    assert ". " not in title, "the first line is one sentence"
    assert len(title) <= LONGEST_TITLE
    why = rest.partition("**Fix.**")[0].strip()
    assert len(why) > 40, "why it matters, before the fix"
    for part in ("**Fix.**", "**Limits.**"):
        said = rest.partition(part)[2].partition("**")[0].strip()
        assert len(said) > 20, f"the documentation has a part {part}"


def _check_options(control: Control) -> None:
    if control.options is NoOptions:
        return
    assert dataclasses.is_dataclass(control.options), "options are a dataclass"
    assert control.options() == control.options(), "every option has a default"
    with_comment = re.compile(r"^\s*(\w+)\s*:.*#\s*\S", re.MULTILINE)
    source = inspect.getsource(control.options)
    documented = set(with_comment.findall(source)) | set(re.findall(r"#[^\n]+\n\s*(\w+)\s*:", source))
    missing = {field.name for field in dataclasses.fields(control.options)} - documented
    assert not missing, f"options without a comment: {sorted(missing)}"


def _check_examples(control: Control) -> None:
    names = [example.name for example in control.examples]
    assert len(set(names)) == len(names), "two examples share a name"
    bad = [example for example in control.examples if isinstance(example, Bad)]
    assert bad, "a control shows what it finds"
    assert any(isinstance(example, Good) for example in control.examples), "a control shows what it lets be"
    if control.patch is not Applicability.ADVICE:
        assert any(example.after is not None for example in bad), "a control shows what its patch makes"
