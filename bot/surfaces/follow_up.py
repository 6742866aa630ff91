"""The stacked follow-up pull request: its branch, its commits (one for each control) and its body, made from facts.

The body says what was found and where, who may call each route before and after, what the reader must do, how it was
checked and how to say no. Every name from the repository stands in a code span.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.surfaces import handover, route_table
from bot.surfaces.handover import NOT_SEARCHED, Remembered
from bot.surfaces.markdown import bullets, code, cut, fold, plain, prose, table
from transforms.api import Verdict
from transforms.engine import PatchResult

BODY_LIMIT = 60_000  # characters; GitHub refuses 65,536
BRANCH_PREFIX = "tenon/"
TRAILER = "Tenon-Control:"  # ends every commit of ours; a branch whose last commit lacks it is somebody else's by now


@dataclass(frozen=True, slots=True)
class Story:
    """What the body is written from."""

    parent: int
    delivery: str
    patches: tuple[PatchResult, ...]  # those that passed every gate
    dropped: tuple[PatchResult, ...]  # rejected by a gate, or advice only
    before: tuple[Verdict, ...]
    after: tuple[Verdict, ...]
    origin: str = ""  # Markdown of bot.origin
    narration: str | None = None  # a model's words, at most 600 characters, every name checked
    model_note: str = ""  # which model steps were skipped, and why
    owners: Mapping[str, str] = field(default_factory=dict)  # of files, by CODEOWNERS
    past: Remembered = NOT_SEARCHED  # what the history holds of the secrets that leave the code


def branch_name(parent: int) -> str:
    """The one branch of a parent pull request."""
    return f"{BRANCH_PREFIX}pr-{parent}"


def title(story: Story) -> str:
    """One line, at most 100 characters: what the reader gets, not what tool did it."""
    controls = len({patch.control for patch in story.patches})
    findings = sum(len(patch.findings) for patch in story.patches)
    return f"Add {counted(controls, 'missing control')} to #{story.parent} ({counted(findings, 'finding')})"


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def body(story: Story) -> str:
    """The whole body, within GitHub's limit."""
    parts = [
        f"This pull request is stacked on #{story.parent}: merge it into that branch, or drop the commit of any "
        "control you do not want. Every change is deterministic; no line of it was written by a language model.",
        _quoted(story.narration),
        "### What was found\n\n" + _found(story.patches),
        "### Who may call what\n\n" + _routes(story),
        "### What you must do\n\n" + _todo(story),
        _secrets(story),
        "### How it was checked\n\n" + _checks(story.patches),
        _advice(story.dropped),
        fold("Is this AI-generated code?", story.origin) if story.origin else "",
        "### How to say no\n\n" + bullets(_ways_out()),
        f"<sub>Tenon · delivery {code(story.delivery)}{' · ' + story.model_note if story.model_note else ''}</sub>",
    ]
    return cut("\n\n".join(part for part in parts if part), BODY_LIMIT)


def commit_message(control_id: str, control_title: str, patches: Sequence[PatchResult], parent: int) -> str:
    """One commit for one control: subject, what it does, which findings it closes."""
    subject = f"{control_title.rstrip('.')}"
    lines = [f"- {plain(patch.title)}" for patch in patches]
    fingerprints = sorted({finding.fingerprint for patch in patches for finding in patch.findings})
    trailer = f"{TRAILER} {control_id}\nTenon-Parent: #{parent}\nTenon-Findings: {' '.join(fingerprints)}"
    return f"{subject[:72]}\n\n" + "\n".join(lines) + f"\n\n{trailer}\n"


def _found(patches: Iterable[PatchResult]) -> str:
    findings = [finding for patch in patches for finding in patch.findings]
    rows = [[code(each.control), each.severity.value, _place(each), prose(each.message)] for each in findings]
    return table(["Control", "Severity", "Where", "What"], rows[:100])


def _place(finding: Verdict) -> str:
    return f"{code(finding.subject.path)} line {finding.subject.place.line}"


def _routes(story: Story) -> str:
    rows = route_table.rows(story.before, story.after)
    changed = [row for row in rows if row.changed]
    same = [row for row in rows if not row.changed]
    text = route_table.render(changed) if changed else "No route changes hands."
    if same:
        text += "\n\n" + fold(f"{counted(len(same), 'route')} unchanged", route_table.render(same))
    return text


def _secrets(story: Story) -> str:
    handovers = (each for patch in story.patches for each in patch.handover)
    text = handover.page(handovers, lambda path: story.owners.get(path, ""), story.past)
    return f"### Secrets that leave the code\n\n{text}" if text else ""


def _todo(story: Story) -> str:
    items = [prose(item) for item in dict.fromkeys(item for patch in story.patches for item in patch.todo)]
    left = handover.gathered(each for patch in story.patches for each in patch.handover)
    items += [
        f"{code(each.name)}: {handover.sentence(each.name, story.past)}"
        for each in left
        if each.name in story.past.held and not each.placeholder
    ]
    return "\n".join(f"- [ ] {item}" for item in items) if items else "Nothing: merge when you agree."


def _checks(patches: Sequence[PatchResult]) -> str:
    gates: dict[str, bool] = {}
    for patch in patches:
        for verdict in patch.gates:
            gates[verdict.gate] = gates.get(verdict.gate, True) and verdict.passed
    rows = [[code(gate), "passed" if passed else "**failed**"] for gate, passed in gates.items()]
    proofs = sorted({proof.path for patch in patches for proof in (patch.proof, *patch.further) if proof is not None})
    text = table(["Gate", "Verdict"], rows)
    if proofs:
        text += "\n\nThe patch carries its proof: " + ", ".join(map(code, proofs))
        text += ". Each fails on the code as it was and passes on the patched one; your own CI runs them."
    return text


def _advice(dropped: Sequence[PatchResult]) -> str:
    if not dropped:
        return ""
    lines = [f"{code(patch.control)}: {_why(patch)}" for patch in dropped]
    return fold(f"{counted(len(lines), 'finding')} without a patch here", bullets(dict.fromkeys(lines)))


def _why(patch: PatchResult) -> str:
    where = ", ".join(map(_place, patch.findings[:5]))
    failed = next((verdict for verdict in patch.gates if not verdict.passed), None)
    if failed is not None:
        return f"{where}: the patch was dropped, because the gate {code(failed.gate)} refused it"
    return f"{where}: no safe edit is known, see the check run"


def _quoted(text: str | None) -> str:
    if not text:
        return ""
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    return f"{quoted}\n>\n> (a model's summary; the tables below are facts)"


def _ways_out() -> list[str]:
    return [
        "Close this pull request: Tenon opens no other one for its parent.",
        "Drop one control: remove its commit, or merge without it.",
        f"Accept a risk: write {code('# tenon: accept-risk[<control>] <reason>')} on the line above the finding.",
    ]
