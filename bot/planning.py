"""From an analysis to a plan: what will be said and written, complete, before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.agent.model import Model, Skipped
from bot.agent.narrate import Count, Narration, PatchFacts, narrate
from bot.analysis import Analysis
from bot.forge import NewCommit
from bot.origin import describe
from bot.plan import Plan
from bot.surfaces import check_run, follow_up
from bot.surfaces.outbound import checked
from transforms.controls import control
from transforms.diffs import unified_diff
from transforms.engine import PatchResult, Status
from transforms.readiness import readiness


@dataclass(frozen=True, slots=True)
class Told:
    """A model's paragraph, or the sentence why there is none."""

    text: str | None
    note: str


def make_plan(analysis: Analysis, delivery: str, model: Model | None) -> Plan:
    """Everything that the job is to publish; raises LeakRefused rather than let a secret value out."""
    # patches build on each other: where one may not be published, none is
    fixed = tuple(each for each in analysis.remedies.patches if each.status is Status.FIXED and not analysis.collision)
    dropped = tuple(patch for patch in analysis.remedies.patches if patch.status is not Status.FIXED)
    told = _narrated(fixed, model)
    pull = analysis.pull
    story = follow_up.Story(
        parent=pull.number,
        delivery=delivery,
        patches=fixed,
        dropped=dropped,
        before=analysis.report.verdicts,
        after=analysis.remedies.after.verdicts,
        origin=describe(analysis.origin),
        narration=told.text,
        model_note=_model_note(analysis, told),
        owners={path: owner for path in analysis.changed if (owner := analysis.owners.of_path(path))},
        past=analysis.past,
    )
    body, check = follow_up.body(story), check_run.finished(_account(analysis, delivery))
    commits = tuple(_commits(fixed, pull.number))
    messages = (*(each.message for each in check.annotations), *(commit.message for commit in commits))
    for text in (body, check.summary, check.text, *messages):
        checked(text, analysis.secret_values)
    return Plan(
        parent=pull.number,
        head_sha=pull.head_sha,
        head_ref=pull.head_ref,
        branch=follow_up.branch_name(pull.number),
        title=follow_up.title(story),
        body=body,
        commits=commits,
        check=check,
        diff=_shown_diff(fixed, analysis),
        findings=sum(len(patch.findings) for patch in fixed),
        todo=tuple(dict.fromkeys(item for patch in fixed for item in patch.todo)),
        mode=analysis.mode.mode,
        from_fork=pull.from_fork,
    )


def _account(analysis: Analysis, delivery: str) -> check_run.Account:
    report = analysis.report
    return check_run.Account(
        head_sha=analysis.pull.head_sha,
        delivery=delivery,
        mode=analysis.mode.mode,
        mode_why=analysis.mode.why,
        verdicts=report.verdicts,
        changed_paths=analysis.changed,
        skipped=report.skipped,
        unread=analysis.unread,
        postponed=analysis.postponed,
        collision=analysis.collision,
        failures=(*report.failures, *analysis.remedies.failures),
        origin=describe(analysis.origin),
        readiness=tuple(readiness(report.verdicts).items()),
    )


def _commits(fixed: Iterable[PatchResult], parent: int) -> Iterable[NewCommit]:
    """One commit for each control, in stacking order, so that a reviewer can drop one."""
    by_control: dict[str, list[PatchResult]] = {}
    for patch in fixed:
        by_control.setdefault(patch.control, []).append(patch)
    for control_id, patches in by_control.items():
        message = follow_up.commit_message(control_id, control(control_id).title, patches, parent)
        files: dict[str, bytes | None] = {path: after for patch in patches for path, (_, after) in patch.files.items()}
        files |= {path: None for patch in patches for path in patch.removed}
        yield NewCommit(message, files)


def _shown_diff(fixed: tuple[PatchResult, ...], analysis: Analysis) -> str:
    """The patch for `git apply`. Its removed lines hold the values it removes, so it is shown only where none does."""
    text = unified_diff(fixed)
    return "" if any(value in text for value in analysis.secret_values) else text


def _narrated(fixed: tuple[PatchResult, ...], model: Model | None) -> Told:
    if not fixed:
        return Told(None, "")
    outcome = narrate(_facts(fixed), model)
    match outcome:
        case Narration():
            return Told(outcome.text, "")
        case Skipped():
            return Told(None, f"{outcome.task} skipped: {outcome.reason}")
        case _:
            return Told(None, outcome.reason)


def _facts(fixed: Iterable[PatchResult]) -> PatchFacts:
    fixed = tuple(fixed)
    findings = [finding for patch in fixed for finding in patch.findings]
    return PatchFacts(
        controls=tuple(dict.fromkeys(patch.control for patch in fixed)),
        paths=tuple(dict.fromkeys(path for patch in fixed for path in patch.files)),
        symbols=tuple(dict.fromkeys(finding.subject.symbol for finding in findings)),
        routes=tuple(dict.fromkeys(each.subject.name for each in findings if each.subject.kind == "route")),
        counts=(Count(len(findings), "findings closed"),),
    )


def _model_note(analysis: Analysis, told: Told) -> str:
    notes = [f"{each.task} skipped: {each.reason}" for each in analysis.model_skipped]
    return "; ".join(dict.fromkeys(note for note in (*notes, told.note) if note))
