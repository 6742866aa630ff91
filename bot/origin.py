"""Is this repository or pull request AI-generated? Evidence with tiers, and never more than evidence.

The tier is that of the strongest mark; weak marks do not add up. Marks are often stripped (finding none proves
nothing) and can be forged (finding some harms nobody): so the origin sets a *default mode* and is shown with its
evidence, and it never hides a finding. What counts as a mark is data: `bot.origin_marks`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.agent.untrusted import visible
from bot.forge import Commit, PullRequest
from bot.origin_marks import TOOLS, Bot, Signature, Tier, all_signatures
from bot.surfaces.markdown import code
from transforms.policy import Mode

TEXTS_WANTED = tuple(dict.fromkeys(text.path for tool in TOOLS for text in tool.texts))  # small files at the root
TEXT_LIMIT = 20_000  # characters of a message, body or file that are looked at
SHOWN_LIMIT = 120  # characters of one value in a report
LINES_LIMIT = 10  # lines of evidence in a report
LINE_LIMIT = 500  # longer lines are no trailers
LINES_READ = 300  # of a commit message, from its end
_RANK = {tier: rank for rank, tier in enumerate((Tier.STRONG, Tier.MEDIUM, Tier.WEAK, Tier.NONE))}
_TRAILER_LINE = re.compile(r"([A-Za-z][A-Za-z-]{1,60}):[ \t]+(\S.*)")
_PERSON = re.compile(r"(?P<name>[^<>]+?) +<(?P<address>[^<>\s]+)>")
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)

Named = TypeVar("Named")


def _index(entries: Iterable[tuple[str, str, Named]]) -> dict[str, list[tuple[str, Named]]]:
    """(key, tool, mark) to the tools and marks of a key: a hostile PR has many lines, so each is looked up once."""
    found: dict[str, list[tuple[str, Named]]] = {}
    for key, tool, mark in entries:
        found.setdefault(key, []).append((tool, mark))
    return found


_BOTS = _index((bot.login, tool.name, bot) for tool in TOOLS for bot in tool.bots)
_SIGNATURES = _index((each.address, tool.name, each) for tool in TOOLS for each in all_signatures(tool))
_TRAILERS = _index((each.key.lower(), tool.name, each) for tool in TOOLS for each in tool.trailers)
_LINES = tuple((tool.name, line) for tool in TOOLS for line in tool.lines)
_AUTHOR_NAMES = tuple((tool.name, line) for tool in TOOLS for line in tool.author_names)


@dataclass(frozen=True, slots=True)
class Clues:
    """What is looked at. `paths`: of the tree, from the root; `texts`: the files of TEXTS_WANTED that exist."""

    pull: PullRequest | None = None
    commits: tuple[Commit, ...] = ()
    paths: Iterable[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One mark: which tool, what was seen, where first, and how many times."""

    tier: Tier
    tool: str
    what: str
    where: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """The judgement: strongest first. `marked_commits` of `commits` carry a strong or medium mark themselves."""

    tier: Tier
    evidence: tuple[Evidence, ...] = ()
    marked_commits: int = 0
    commits: int = 0


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """The mode of a job and the sentence that says who chose it."""

    mode: Mode
    why: str


def judge(clues: Clues) -> Origin:
    """Weigh the clues."""
    by_commit = [tuple(_of_commit(commit)) for commit in clues.commits]
    seen = [mark for marks in by_commit for mark in marks]
    seen += [*_of_pull(clues.pull), *_of_tree(clues.paths, clues.texts)]
    evidence = tuple(sorted(_counted(seen), key=lambda mark: (_RANK[mark.tier], mark.tool, mark.what)))
    tier = evidence[0].tier if evidence else Tier.NONE
    marked = sum(any(mark.tier in (Tier.STRONG, Tier.MEDIUM) for mark in marks) for marks in by_commit)
    return Origin(tier, evidence, marked, len(by_commit))


def default_mode(origin: Origin, policy_mode: Mode | None, only_ai_generated: bool) -> ModeChoice:
    """How far to go. The origin decides only what the policy leaves open; every finding is shown in every mode."""
    generated = origin.tier in (Tier.STRONG, Tier.MEDIUM)
    if only_ai_generated and not generated:
        return ModeChoice(Mode.MONITOR, f"policy only_ai_generated is on, and the origin is {origin.tier}")
    if policy_mode is not None:
        return ModeChoice(policy_mode, "set by policy")
    by_tier = {Tier.STRONG: Mode.PATCH, Tier.MEDIUM: Mode.PATCH, Tier.WEAK: Mode.SUGGEST, Tier.NONE: Mode.MONITOR}
    return ModeChoice(by_tier[origin.tier], f"no mode in the policy; default for origin {origin.tier}")


def describe(origin: Origin) -> str:
    """Markdown lines for report and check run; every value stands escaped in a code span."""
    if origin.tier is Tier.NONE:
        return "No mark of an AI tool was found. That proves nothing: marks are often stripped."
    lines = [f"Marks of AI generation: **{origin.tier}**{_share(origin)}."]
    lines += map(_described, origin.evidence[:LINES_LIMIT])
    if (left := len(origin.evidence) - LINES_LIMIT) > 0:
        lines.append(f"- and {left} more")
    return "\n".join(lines)


def _share(origin: Origin) -> str:
    return f" ({origin.marked_commits} of {origin.commits} commits)" if origin.commits else ""


def _described(mark: Evidence) -> str:
    times = f", {mark.times} times" if mark.times > 1 else ""
    return f"- {mark.tier}: {code(mark.tool)}, {code(mark.what)} in {code(mark.where)}{times}"


def _of_commit(commit: Commit) -> Iterator[Evidence]:
    where = f"commit {commit.sha[:10]}"
    for tool, tier, what in _of_author(commit):
        yield Evidence(tier, tool, what, where)
    yield from _of_lines(commit.message[-TEXT_LIMIT:].splitlines()[-LINES_READ:], where)


def _of_author(commit: Commit) -> Iterator[tuple[str, Tier, str]]:
    for tool, signature in _SIGNATURES.get(commit.author_email, ()):
        if _named(signature, commit.author_name):
            tier = Tier.STRONG if signature.identity else Tier.MEDIUM
            yield tool, tier, f"author {signature.name} <{signature.address}>"
    for tool, bot in _BOTS.get(commit.author_login or "", ()):
        # Without a known id there is no address to compare: the forge's own look-up of the address must do.
        if bot.account_id is None and bot.login.endswith("[bot]"):
            yield tool, _capped(bot), f"author {bot.login}"
    for tool, line in _AUTHOR_NAMES:
        if line.pattern.fullmatch(commit.author_name[:LINE_LIMIT]):
            yield tool, line.tier, line.shown


def _of_lines(lines: Iterable[str], where: str) -> Iterator[Evidence]:
    for line in (line.rstrip() for line in lines if len(line) <= LINE_LIMIT):
        for tool, known in _LINES:
            if known.pattern.fullmatch(line):
                yield Evidence(known.tier, tool, known.shown, where)
        if match := _TRAILER_LINE.fullmatch(line):
            for tool, tier, what in _of_trailer(*match.groups()):
                yield Evidence(tier, tool, what, where)


def _of_trailer(key: str, value: str) -> Iterator[tuple[str, Tier, str]]:
    """Git compares keys of trailers without case; values count as they are written."""
    for tool, trailer in _TRAILERS.get(key.lower(), ()):
        if trailer.value.fullmatch(value):
            yield tool, trailer.tier, f"trailer {trailer.key}"
    if key.lower() == "co-authored-by" and (person := _PERSON.fullmatch(value)):
        for tool, signature in _SIGNATURES.get(person["address"], ()):
            if _named(signature, person["name"]):
                yield tool, Tier.MEDIUM, f"co-author {signature.name} <{signature.address}>"


def _named(signature: Signature, name: str) -> bool:
    return name == signature.name or name.startswith(f"{signature.name} ")


def _of_pull(pull: PullRequest | None) -> Iterator[Evidence]:
    if pull is None:
        return
    for tool, bot in _BOTS.get(pull.author_login, ()):
        if bot.account_id in (None, pull.author_id):
            yield Evidence(_capped(bot), tool, f"author {bot.login}", "pull request")
    for known in TOOLS:
        if pull.head_ref.startswith(known.branches):
            yield Evidence(Tier.WEAK, known.name, f"branch {pull.head_ref[:SHOWN_LIMIT]}", "pull request")
    yield from _of_lines(_own_lines(pull.body), "pull request body")


def _own_lines(body: str) -> list[str]:
    """Lines that the body says itself: no fenced blocks, quotes (they begin with `>`) or HTML comments."""
    return _FENCED.sub("", visible(body, TEXT_LIMIT)).splitlines()


def _of_tree(paths: Iterable[str], texts: Mapping[str, str]) -> Iterator[Evidence]:
    present = _files_and_folders(paths)
    for tool in TOOLS:
        for path in tool.files:
            if path in present:
                yield Evidence(Tier.WEAK, tool.name, "file" if not path.endswith("/") else "folder", path)
        for text in tool.texts:
            if text.pattern.search(texts.get(text.path, "")[:TEXT_LIMIT]):
                yield Evidence(Tier.WEAK, tool.name, text.shown, text.path)


def _files_and_folders(paths: Iterable[str]) -> frozenset[str]:
    """Every path, and the folders above it up to two levels from the root, each with a closing slash."""
    found: set[str] = set()
    for path in paths:
        parts = path.split("/", 2)
        found.add(path)
        found.update("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))
    return frozenset(found)


def _counted(marks: Iterable[Evidence]) -> list[Evidence]:
    """The same mark in many places is one piece of evidence, with the first place and a count."""
    found: dict[tuple[str, ...], Evidence] = {}
    for mark in marks:
        key = (mark.tier, mark.tool, mark.what) if mark.what not in ("file", "folder") else (mark.tool, mark.where)
        known = found.get(key)
        found[key] = replace(known, times=known.times + 1) if known else mark
    return list(found.values())


def _capped(bot: Bot) -> Tier:
    return Tier.WEAK if bot.guess else Tier.STRONG
