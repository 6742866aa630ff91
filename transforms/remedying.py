"""Findings to patches: what the controls ask for, applied together, tried at the gates, and only then believed.

Controls take turns in stacking order, each on the files as the ones before left them. A control's patches are tried all
at once; where a gate objects they are halved until the bad ones are alone, dropped and counted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from transforms.api import Control, Verdict
from transforms.concepts import Route
from transforms.controls import controls
from transforms.edit_kinds import AddFile, AddRequirement, RemoveFile
from transforms.edits import Applicability, Handover, Patch, Proof
from transforms.gates import Change, GateVerdict, Limits, run
from transforms.placement import start_folder
from transforms.policy import Policy
from transforms.scanning import Failure, Report, contained, rescan
from transforms.source import SourceFile

MOST_TRIALS = 60  # of one control: where so many fail, what is left untried is dropped with the rest
MOST_ROUNDS = 3  # a patch may make another possible: what one adds, the next one uses
Changed = Collection[str] | Mapping[str, Collection[int]]  # paths, or the changed lines by path
Files = Mapping[str, tuple[bytes | None, bytes]]  # path -> before, after
NO_FILES: Files = MappingProxyType({})
NOTHING_REMOVED: Mapping[str, bytes] = MappingProxyType({})


class Status(StrEnum):
    """What became of a finding's patch."""

    FIXED = "fixed"
    SKIPPED = "skipped"  # the risk is accepted
    REJECTED = "rejected"  # by a gate
    ADVICE = "advice"  # no safe edit is known


@dataclass(frozen=True, slots=True)
class PatchResult:
    """One patch, or why there is none.

    `files` are the files it touches, before and after *all* patches of its control in the same round: two patches of
    one control that meet in a file show the same text.
    """

    control: str
    title: str
    findings: tuple[Verdict, ...]
    status: Status
    applicability: Applicability
    gates: tuple[GateVerdict, ...] = ()
    files: Files = field(default_factory=lambda: NO_FILES)
    todo: tuple[str, ...] = ()
    proof: Proof | None = None
    further: tuple[Proof, ...] = ()  # its proofs in other parts of the repository
    handover: tuple[Handover, ...] = ()
    removed: Mapping[str, bytes] = field(default_factory=lambda: NOTHING_REMOVED)  # path -> what stood there

    @property
    def stopped_by(self) -> str:
        """The gate that rejected it, or an empty text."""
        return next((verdict.gate for verdict in self.gates if not verdict.passed), "")


@dataclass(frozen=True, slots=True)
class Remedies:
    """All patches in stacking order, and the report on the app with the fixed ones in it."""

    patches: tuple[PatchResult, ...]
    after: Report
    failures: tuple[Failure, ...] = ()

    @property
    def fixed(self) -> tuple[PatchResult, ...]:
        """The patches that passed every gate."""
        return tuple(patch for patch in self.patches if patch.status is Status.FIXED)

    @property
    def files(self) -> dict[str, bytes]:
        """The changed files as they are in the end."""
        return {path: after for patch in self.fixed for path, (_, after) in patch.files.items()}

    @property
    def removed(self) -> tuple[str, ...]:
        """The files that leave the repository."""
        return tuple(dict.fromkeys(path for patch in self.fixed for path in patch.removed))


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A patch and the findings that ask for it."""

    patch: Patch
    findings: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Proposals that passed every gate together."""

    proposals: tuple[_Proposal, ...]
    change: Change
    verdicts: tuple[GateVerdict, ...]


def remedies(
    sources: Iterable[SourceFile],
    report: Report,
    policy: Policy,
    *,
    only: Collection[str] | None = None,
    changed: Changed | None = None,
    among: Sequence[Control] | None = None,
    limits: Limits | None = None,
) -> Remedies:
    """Patches for the findings of `report`, which was made from `sources` under `policy`.

    `only` are ids of controls or families; `changed` narrows to findings in what a pull request touches.
    """
    files = {source.path: source.content for source in sources}
    known = tuple(among if among is not None else controls())
    work = _Work(files, report, policy, known, limits or Limits())
    for control in known:
        if only is None or control.id in only or control.family in only:
            contained(control.id, work.failures, lambda each=control: work.remedy(each, changed))  # type: ignore[misc]
    return Remedies(tuple(work.results), work.report, tuple(work.failures))


class _Work:
    """The app as it becomes, patch by patch."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        report: Report,
        policy: Policy,
        known: tuple[Control, ...],
        limits: Limits,
    ) -> None:
        self.files, self.report = dict(files), report
        self.first_files, self.first_report = dict(files), report
        self.policy, self.known, self.limits = policy, known, limits
        self.results: list[PatchResult] = []
        self.failures: list[Failure] = []

    def remedy(self, control: Control, changed: Changed | None) -> None:
        """Take one control's turn."""
        turn = _Turn(self, control, changed)
        try:
            turn.skip_accepted()
            for _ in range(MOST_ROUNDS):
                if not turn.one_round():
                    break
            turn.advise()
            turn.prove()
        finally:
            self.results += turn.results  # what was taken is told, even where the control broke afterwards

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The values that may appear nowhere."""
        from transforms.gate_secrets import secret_values

        return secret_values(self.first_report.app, self.first_files)

    def take(self, change: Change) -> None:
        """Go on from a change that passed every gate."""
        self.files, self.report = change.result, change.after


class _Turn:
    """One control's turn on the files as they are."""

    def __init__(self, work: _Work, control: Control, changed: Changed | None) -> None:
        self.work, self.control = work, control
        self.options = work.policy.control(control.id).options
        self.app = work.report.app  # as it was before the first patch of this control
        own = (each for each in work.report.findings if each.control == control.id)
        self.wanted = [each for each in own if _is_touched(each, changed)]
        self.open = {each.fingerprint for each in self.wanted}
        self.unanswered: list[Verdict] = []
        self.trials = 0
        self.results: list[PatchResult] = []

    def skip_accepted(self) -> None:
        """Leave alone what somebody answers for."""
        for finding in self.wanted:
            if finding.accepted_risk is not None:
                self.open.discard(finding.fingerprint)
                title = f"Accepted: {finding.accepted_risk.reason}"
                self.results.append(self._result(_Proposal(Patch(title, ()), (finding,)), Status.SKIPPED))

    def one_round(self) -> bool:
        """Ask for patches and take those that pass; whether another round may find more."""
        proposals = self._proposals()
        found = self._settle((), proposals) if proposals else None
        if found is None:
            return False
        for proposal in found.proposals:
            self.open -= {each.fingerprint for each in proposal.findings}
            result = self._result(proposal, Status.FIXED, found.verdicts, _files_of(proposal.patch, found.change))
            self.results.append(replace(result, removed=_removed_by(proposal.patch, found.change)))
        self.work.take(found.change)
        return bool(self.open)

    def advise(self) -> None:
        """Say which findings have no patch."""
        for finding in self.unanswered:
            if finding.fingerprint in self.open:
                patch = Patch(finding.message, (), Applicability.ADVICE)
                self.results.append(self._result(_Proposal(patch, (finding,)), Status.ADVICE))

    def prove(self) -> None:
        """Add the tests that show all patches of this control, those that pass the gates themselves."""
        fixed = [index for index, each in enumerate(self.results) if each.status is Status.FIXED]
        findings = tuple(self._as_wanted(each) for index in fixed for each in self.results[index].findings)
        self.app.patched = self.work.report.app
        for proof in self.control.proofs_for(self.app, findings, self.options):
            self._add(proof, fixed[0])

    def _add(self, proof: Proof, index: int) -> None:
        """Add one test to the result at the index; the first one is said to be its proof."""
        patch = Patch(f"Prove it in {proof.path}", (AddFile(proof.path, proof.content),))
        change = self._change((_Proposal(patch, ()),))
        verdicts = run(change)
        if not all(verdict.passed for verdict in verdicts):
            self.results.append(self._result(_Proposal(patch, ()), Status.REJECTED, verdicts))
            return
        self.work.take(change)
        first = self.results[index]
        files = MappingProxyType({**first.files, **_files_of(patch, change)})
        todo = (*first.todo, *proof.lacks)
        known = {"further": (*first.further, proof)} if first.proof is not None else {"proof": proof}
        self.results[index] = replace(first, files=files, todo=todo, **known)

    def _proposals(self) -> tuple[_Proposal, ...]:
        """What the remedy asks for, equal patches merged; what it does not answer is kept for advice."""
        merged: dict[tuple[object, ...], _Proposal] = {}
        self.unanswered = []
        for finding in self.work.report.findings:
            if finding.control != self.control.id or finding.fingerprint not in self.open:
                continue
            patch = self.control.patch_for(self.work.report.app, finding, self.options)
            if patch is None or not patch.edits:
                self.unanswered.append(replace(finding, message=patch.title) if patch else finding)
                continue
            key = (patch.edits, patch.proof)
            there = merged.get(key)
            merged[key] = _merged(there, patch, finding) if there else _Proposal(patch, (finding,))
        return tuple(merged.values())

    def _settle(self, accepted: tuple[_Proposal, ...], group: tuple[_Proposal, ...]) -> _Trial | None:
        """The largest trial of accepted proposals and those of `group` that pass with them; the others are rejected."""
        change = self._change((*accepted, *group))
        verdicts = run(change)
        if all(verdict.passed for verdict in verdicts):
            return _Trial((*accepted, *group), change, verdicts)
        self.trials += 1
        if len(group) == 1 or self.trials > MOST_TRIALS:
            for proposal in group:
                self._reject(proposal, verdicts)
            return None
        best: _Trial | None = None
        for part in _parts(group, {edit for edit, _ in change.rewritten.failed}):
            found = self._settle(best.proposals if best else accepted, part)
            best = found or best
        return best

    def _reject(self, proposal: _Proposal, verdicts: tuple[GateVerdict, ...]) -> None:
        self.open -= {each.fingerprint for each in proposal.findings}
        self.results.append(self._result(proposal, Status.REJECTED, verdicts))

    def _change(self, proposals: tuple[_Proposal, ...]) -> Change:
        from transforms.rewrite import apply

        work, report = self.work, self.work.report
        proofs = [proposal.patch.proof for proposal in proposals if proposal.patch.proof is not None]
        edits = [edit for proposal in proposals for edit in proposal.patch.edits]
        edits += [AddFile(proof.path, proof.content) for proof in proofs]
        findings = tuple(finding for proposal in proposals for finding in proposal.findings)
        return Change(
            before=work.files,
            rewritten=apply(work.files, edits, lambda path: start_folder(report.app, path)),
            patches=tuple(proposal.patch for proposal in proposals),
            findings=findings,
            report=report,
            analyse=lambda files, removed: rescan(report, files, work.policy, work.known, removed),
            again=lambda after: self._again(after, findings),
            secrets=lambda: work.secrets,
            limits=work.limits,
            later=frozenset(each.id for each in work.known[work.known.index(self.control) + 1 :]),
        )

    def _again(self, after: Report, findings: tuple[Verdict, ...]) -> Iterator[Patch]:
        """What the remedy asks for on the patched app, for the findings that were to be closed."""
        closed = {finding.fingerprint for finding in findings}
        for finding in after.findings:
            if finding.control == self.control.id and finding.fingerprint in closed:
                patch = self.control.patch_for(after.app, finding, self.options)
                if patch is not None:
                    yield patch

    def _result(
        self,
        proposal: _Proposal,
        status: Status,
        verdicts: tuple[GateVerdict, ...] = (),
        files: Files = NO_FILES,
    ) -> PatchResult:
        patch = proposal.patch
        return PatchResult(
            control=self.control.id,
            title=patch.title,
            findings=tuple(self._as_found(each) for each in proposal.findings),
            status=status,
            applicability=patch.applicability,
            gates=verdicts,
            files=files,
            todo=patch.todo,
            proof=patch.proof,
            handover=patch.handover,
        )

    def _as_found(self, finding: Verdict) -> Verdict:
        """The finding where it stood before any patch moved it."""
        first = [each for each in self.work.first_report.findings if each.fingerprint == finding.fingerprint]
        alike = [each for each in self.wanted if each.fingerprint == finding.fingerprint]
        index = alike.index(finding) if finding in alike else 0
        return first[index] if index < len(first) else finding

    def _as_wanted(self, found: Verdict) -> Verdict:
        """The same finding on the app as it was before the first patch of this control: what others did is in it."""
        first = [each for each in self.work.first_report.findings if each.fingerprint == found.fingerprint]
        alike = [each for each in self.wanted if each.fingerprint == found.fingerprint]
        index = first.index(found) if found in first else 0
        return alike[min(index, len(alike) - 1)] if alike else found


def _is_touched(finding: Verdict, changed: Changed | None) -> bool:
    path, place = finding.subject.path, finding.subject.place
    if changed is None or not isinstance(changed, Mapping):
        return changed is None or path in changed
    first = min(place.line, finding.concept.entry.line) if isinstance(finding.concept, Route) else place.line
    return any(line in changed.get(path, ()) for line in range(first, place.end_line + 1))


def _merged(there: _Proposal, patch: Patch, finding: Verdict) -> _Proposal:
    todo = tuple(dict.fromkeys((*there.patch.todo, *patch.todo)))
    handover = tuple(dict.fromkeys((*there.patch.handover, *patch.handover)))
    return _Proposal(replace(there.patch, todo=todo, handover=handover), (*there.findings, finding))


def _parts(group: tuple[_Proposal, ...], failed: set[object]) -> tuple[tuple[_Proposal, ...], ...]:
    """Smaller groups to try: without those whose edits were impossible, else halves."""
    bad = tuple(each for each in group if failed.intersection(each.patch.edits))
    good = tuple(each for each in group if each not in bad)
    if bad and good:
        return (good, *((each,) for each in bad))
    middle = len(group) // 2
    return group[:middle], group[middle:]


def _removed_by(patch: Patch, change: Change) -> Mapping[str, bytes]:
    """The files that a patch takes away, as they were."""
    paths = (edit.path for edit in patch.edits if isinstance(edit, RemoveFile))
    return MappingProxyType({path: change.before[path] for path in paths if path in change.removed})


def _files_of(patch: Patch, change: Change) -> Files:
    """The changed files that a patch has a part in."""
    paths = {edit.path for edit in patch.edits}
    paths |= {path for edit in patch.edits if isinstance(edit, AddRequirement) for path in edit.otherwise}
    paths |= {patch.proof.path} if patch.proof is not None else set()
    return MappingProxyType(
        {path: (change.before.get(path), content) for path, content in change.files.items() if path in paths}
    )
