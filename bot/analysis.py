"""From a pull request to findings and patches: the part of a job that reads hostile text, with a token that only reads.

Nothing of the pull request is executed or configured by it: the policy comes from the base commit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot.agent.candidates import candidate_of, known_values
from bot.agent.model import Model
from bot.agent.model import Skipped as ModelSkipped
from bot.agent.triage import TriageNote, confidence_after, triage_all
from bot.collisions import collision
from bot.facts_cache import FactsCache
from bot.forge import Commit, PullRequest
from bot.mirror import Mirror
from bot.origin import TEXTS_WANTED, Clues, ModeChoice, Origin, default_mode, judge
from bot.owners import NOBODY, Owners
from bot.owners import PATHS as OWNERS_WANTED
from bot.policy_file import read_policy
from bot.remembered import remember_files
from bot.scanner import scan_sources
from bot.snapshot import SkipReason, Snapshot, SnapshotLimits, take_snapshot
from bot.surfaces.handover import NOT_SEARCHED, Remembered
from transforms.api import Confidence, Severity, Verdict
from transforms.engine import Remedies, Report, remedies, wants
from transforms.policy import DEFAULT_PATH, Policy
from transforms.source import Skipped, SourceFile

_TEXTS = (*TEXTS_WANTED, *OWNERS_WANTED)
MOST_PATCHED = 50  # files: a follow-up with more is no longer reviewed (`transforms.gates.Limits`), and each costs time


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that one job found out about one pull request."""

    pull: PullRequest
    policy: Policy
    mode: ModeChoice
    origin: Origin
    report: Report
    remedies: Remedies
    changed: frozenset[str]
    unread: frozenset[str]  # files of Python that the pull request changes and that could not be analysed
    postponed: int  # changed files with findings for which no patch was tried
    collision: str  # what keeps the patches from being published; empty where nothing does
    texts: Mapping[str, str]  # of the files with findings, by path
    secret_values: tuple[str, ...]  # in memory only, for the last look at every outbound text
    notes: tuple[TriageNote, ...] = ()
    owners: Owners = NOBODY
    past: Remembered = NOT_SEARCHED  # what the history holds of the secrets that the patches take out
    model_skipped: tuple[ModelSkipped, ...] = ()


def analyse(
    pull: PullRequest, commits: Collection[Commit], mirror: Mirror, cache: FactsCache, limits: SnapshotLimits
) -> Analysis:
    """Read the head commit, judge it, and make the patches for what the pull request touches. No model is asked here.

    Raises SnapshotError, PolicyError and what the mirror raises.
    """
    snapshot = take_snapshot(mirror, pull.base_sha, pull.head_sha, limits, wanted=_is_wanted)
    policy = _policy_at(mirror, pull.base_sha)
    sources = [SourceFile(file.path, file.content) for file in snapshot.files if file.content is not None]
    origin = judge(Clues(pull, tuple(commits), [file.path for file in snapshot.files], _texts(sources)))
    report = scan_sources(sources, policy, cache).report.with_skipped(_skipped(snapshot))
    changed = frozenset(snapshot.changed)
    patched = _worst_files(report, changed)
    mended = remedies(sources, report, policy, changed=patched)
    contents = {each.path: each.content for each in sources}
    with_findings = {finding.subject.path for finding in report.findings}
    texts = {each.path: each.content.decode(errors="replace") for each in sources if each.path in with_findings}
    return Analysis(
        pull=pull,
        policy=policy,
        mode=default_mode(origin, policy.mode, policy.only_ai_generated),
        origin=origin,
        report=report,
        remedies=mended,
        changed=changed,
        unread=_unread(report.skipped, snapshot.touched),
        postponed=len(with_findings & changed - patched),
        collision=collision(mended.patches, _modes(mirror, pull.head_sha)),
        texts=texts,
        secret_values=known_values(report.findings, texts),
        owners=Owners.of(_texts(sources)),
        past=remember_files(mended.fixed, report.app, contents, mirror, pull.head_sha, cache),
    )


def triaged(analysis: Analysis, model: Model | None) -> Analysis:
    """The same with a model's opinion on candidates of low confidence: it can raise one, never lower or remove it."""
    doubtful = [each for each in analysis.report.findings if each.confidence is Confidence.LOW]
    texts = analysis.texts
    candidates = [candidate_of(each, texts[each.subject.path]) for each in doubtful if each.subject.path in texts]
    notes, skipped = triage_all([each for each in candidates if each is not None], model)
    by_fingerprint = {note.fingerprint: note for note in notes}
    verdicts = tuple(_raised(verdict, by_fingerprint) for verdict in analysis.report.verdicts)
    report = replace(analysis.report, verdicts=verdicts)
    return replace(analysis, report=report, notes=notes, model_skipped=(*analysis.model_skipped, *skipped))


def _raised(verdict: Verdict, notes: Mapping[str, TriageNote]) -> Verdict:
    note = notes.get(verdict.fingerprint)
    if note is None:
        return verdict
    return replace(verdict, confidence=Confidence(confidence_after(verdict.confidence, note)))


def _is_wanted(path: str) -> bool:
    return wants(path) or path in _TEXTS


def _policy_at(mirror: Mirror, base_sha: str) -> Policy:
    """The policy of the base commit: what a pull request says about policy in its head changes nothing."""
    blob = next((entry.sha for entry in mirror.tree(base_sha) if entry.path == DEFAULT_PATH.encode()), None)
    return read_policy(mirror.content(blob).decode(errors="replace")) if blob else Policy()


def _modes(mirror: Mirror, sha: str) -> dict[str, str]:
    return {entry.path.decode(errors="replace"): entry.mode for entry in mirror.tree(sha)}


def _texts(sources: Collection[SourceFile]) -> dict[str, str]:
    return {each.path: each.content.decode(errors="replace") for each in sources if each.path in _TEXTS}


def _worst_files(report: Report, changed: frozenset[str]) -> frozenset[str]:
    """The changed files for which patches are tried: those with the worst findings, if there are too many."""
    order = list(Severity)
    worst: dict[str, int] = {}
    for finding in report.findings:
        if finding.subject.path in changed:
            rank = order.index(finding.severity)
            worst[finding.subject.path] = min(rank, worst.get(finding.subject.path, rank))
    return frozenset(sorted(worst, key=lambda path: (worst[path], path))[:MOST_PATCHED])


def _unread(skipped: Collection[Skipped], touched: frozenset[str]) -> frozenset[str]:
    """What may hold a finding that nobody saw: links, submodules and binary files are no code of the app."""
    nature = {SkipReason.SYMLINK, SkipReason.SUBMODULE, SkipReason.BINARY}
    missed = (each.path for each in skipped if each.reason not in nature and each.path.endswith(".py"))
    return touched.intersection(missed)


def _skipped(snapshot: Snapshot) -> tuple[Skipped, ...]:
    return tuple(Skipped(each.path, each.reason.value) for each in snapshot.skipped)
