"""Secrets in the history of a repository: every version of every file is looked at once, and never again.

What a version holds depends on its bytes and its name alone, so it is kept by blob (also, and mostly, that it holds
nothing): a second search reads only what was written since, and a search that was stopped goes on where it was. Values
are compared in memory and forgotten; nothing here keeps or returns one.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

from bot.errors import TenonError
from bot.facts_cache import FactsCache
from bot.git_process import GitFailure, GitProcess
from bot.snapshot import VENDORED
from bot.tracked import git_directory
from bot.tree import read_tree
from transforms.engine import wants
from transforms.facts import Facts, cache_key, dump, facts_version, load
from transforms.gate_secrets import values_in
from transforms.secrets import kind
from transforms.source import MAX_BYTES, Skipped, SourceFile
from transforms.textfiles import secrets_in

CHUNK = 100  # versions read at once
_LOG = ("log", "--reverse", "--raw", "--no-renames", "--no-abbrev", "-m", "-z", "--format=%x01%H %ct %P")
_ALL = ("--all",)
# Every commit, each with what it changed in some files beside its first parent.
_COURSE = (
    "log", "--topo-order", "--reverse", "--full-history", "--sparse", "--raw", "--no-renames", "--no-abbrev",
    "--diff-merges=first-parent", "-z", "--format=%x01%H %P",
)  # fmt: skip
_MOST_PATHS = 300  # whose course is followed: an argument of git each
_SECONDS = 600.0  # for one git process

Obtain = Callable[[Collection[str]], None]  # gets versions that are not here yet
Progress = Callable[[int, int], None]  # versions done, versions in all


@dataclass(frozen=True, slots=True)
class Written:
    """A commit that wrote a version of a file."""

    commit: str
    time: int  # seconds since 1970, as the committer's clock said
    path: str


@dataclass(frozen=True, slots=True)
class Past:
    """A secret that the history holds. Its value is nowhere in here."""

    kind: str
    name: str
    paths: tuple[str, ...]
    commits: tuple[str, ...]  # that wrote a version which holds it, the oldest first
    since: int
    until: int
    in_tree: bool  # it stands in the files of today, too
    holding: int = 0  # commits with a file that holds it, from when it was written until it went; 0: not counted

    @property
    def title(self) -> str:
        """What it is, in words."""
        return kind(self.kind).title


@dataclass(frozen=True, slots=True)
class History:
    """What a search came to, and what it took: versions in all, versions that had to be read."""

    secrets: tuple[Past, ...]
    commits: int
    versions: int
    read: int
    missing: int = 0  # versions that are not here, as in a partial clone: nobody looked at those


@dataclass(slots=True)
class _Found:
    """One value while it is followed."""

    uses: list[tuple[str, str]] = field(default_factory=list)  # kind, name
    blobs: set[str] = field(default_factory=set)
    written: set[Written] = field(default_factory=set)


def search(
    repository: Path,
    cache: FactsCache,
    values: Collection[str] = (),
    *,
    aside: bool = False,
    progress: Progress | None = None,
) -> History:
    """Every secret that some version of some file holds, the oldest first; `values` are those of today's files.

    `aside`: those of tests and examples, too. Raises TenonError where git cannot read the repository.
    """
    return _search(repository, cache, values, aside, progress)[0]


def values_of_tree(path: Path) -> frozenset[str]:
    """The values of all secrets in the files of a folder, to be compared and forgotten."""
    if git_directory(path) in (path.resolve(), *path.resolve().parents):
        return _values_at_head(path)
    found: set[str] = set()
    for source in read_tree(path, wants).sources:
        facts = secrets_in(source)
        if isinstance(facts, Facts):
            found.update(value for _, value in values_in(facts, source.content))
    return frozenset(found)


def _values_at_head(path: Path) -> frozenset[str]:
    """The same of the newest commit, where there is no work tree."""
    git = GitProcess(git_directory(path), {}, {"GIT_ALLOW_PROTOCOL": "none"})
    listed = _run(git, "ls-tree", "-r", "-z", "--full-tree", "HEAD").split(b"\0")[:-1]
    entries = [(line.split(b"\t", 1)[1].decode(errors="replace"), line.split(b"\t", 1)[0].split()) for line in listed]
    files = {path: entry[2].decode() for path, entry in entries if entry[0].startswith(b"100") and _is_ours(path)}
    here = _sizes(git, list(dict.fromkeys(files.values())))
    contents = dict(_batch(git, list(here)))
    found: set[str] = set()
    for name, blob in files.items():
        facts = secrets_in(SourceFile(name, contents.get(blob, b"")))
        if isinstance(facts, Facts):
            found.update(value for _, value in values_in(facts, contents.get(blob, b"")))
    return frozenset(found)


def known_values(
    repository: Path, cache: FactsCache, values: Collection[str], progress: Progress | None = None
) -> dict[str, Past]:
    """For each of these values, which the caller knows, since when and in which commits the history holds it."""
    history, positions = _search(repository, cache, values, True, progress)
    return {value: history.secrets[at] for value, at in positions.items() if value in values}


@dataclass(frozen=True, slots=True)
class Some:
    """Some of a history: the versions of a few files in the commits before one, as far as they are here."""

    commit: str
    paths: tuple[str, ...]
    most: int  # versions, the newest first


def known_in(
    repository: Path, cache: FactsCache, values: Collection[str], some: Some, obtain: Obtain, progress: Progress
) -> tuple[dict[str, Past], int]:
    """For each of these values what some of the history holds of it; and the number of commits that were searched."""
    git = GitProcess(git_directory(repository), {}, {"GIT_ALLOW_PROTOCOL": "none"})
    searched = int(_run(git, "rev-list", "--count", some.commit))
    commits, versions = _versions(git, (some.commit, "--", *some.paths))
    newest = sorted(versions, key=lambda blob: max(each.time for each in versions[blob]), reverse=True)[: some.most]
    obtain(newest)
    history, positions = _looked_at(
        git, cache, (some.commit,), commits, {blob: versions[blob] for blob in newest}, values, True, progress
    )
    return {value: history.secrets[at] for value, at in positions.items() if value in values}, searched


def _search(
    repository: Path, cache: FactsCache, values: Collection[str], aside: bool, progress: Progress | None
) -> tuple[History, dict[str, int]]:
    git = GitProcess(git_directory(repository), {}, {"GIT_ALLOW_PROTOCOL": "none"})
    commits, versions = _versions(git, _ALL)
    return _looked_at(git, cache, _ALL, commits, versions, values, aside, progress)


def _looked_at(
    git: GitProcess,
    cache: FactsCache,
    which: Sequence[str],
    commits: int,
    versions: Mapping[str, Sequence[Written]],
    values: Collection[str],
    aside: bool,
    progress: Progress | None,
) -> tuple[History, dict[str, int]]:
    facts, read, missing = _facts(git, cache, versions, progress)
    found = _by_value(git, versions, facts, aside)
    ordered = sorted(found, key=lambda value: min((each.time, each.commit) for each in found[value].written))
    holding = _holding(git, which, found)
    past = tuple(_past(found[value], value in values, holding.get(value, 0)) for value in ordered)
    positions = {value: position for position, value in enumerate(ordered)}
    return History(past, commits, len(versions), read, missing), positions


def _versions(git: GitProcess, which: Sequence[str]) -> tuple[int, dict[str, list[Written]]]:
    """The number of commits, and by blob the commits that wrote it, for files that a reader wants."""
    commits: set[str] = set()
    written: dict[str, list[Written]] = {}
    merged: dict[str, list[Written]] = {}  # what a merge wrote is new only where no other commit did
    commit, time, into = "", 0, written
    parts = iter(_run(git, "--literal-pathspecs", *_LOG, *which).split(b"\0"))
    for part in parts:
        head = part.lstrip(b"\n")
        if head.startswith(b"\x01"):
            commit, clock, *parents = head[1:].decode().split()
            commits.add(commit)
            time, into = int(clock), merged if len(parents) > 1 else written
        elif head.startswith(b":"):
            _, mode, _, blob, _ = head.decode().split(" ")
            path = next(parts).decode(errors="replace")
            if mode.startswith("100") and _is_ours(path):
                into.setdefault(blob, []).append(Written(commit, time, path))
    return len(commits), {**merged, **written}


def _is_ours(path: str) -> bool:
    return path.isprintable() and wants(path) and not VENDORED.intersection(PurePosixPath(path).parts)


def _facts(
    git: GitProcess, cache: FactsCache, versions: Mapping[str, Sequence[Written]], progress: Progress | None
) -> tuple[dict[str, Facts], int, int]:
    """The facts of the versions that hold a secret, how many had to be read, and how many are not here.

    What is not here is not kept either: a later search may find it.
    """
    version = f"secrets-{facts_version()}"
    keys = {cache_key(blob, written[0].path): blob for blob, written in versions.items()}
    known = _legible(keys, cache.get(keys, version))
    wanted = [blob for blob in versions if blob not in known]
    sizes = _sizes(git, wanted)
    here = [blob for blob in wanted if blob in sizes]
    done = 0
    for chunk in _chunks(here):
        made = {
            cache_key(blob, path): dump(_read(path, content))
            for blob, path, content in _contents(git, chunk, versions, sizes)
        }
        cache.put(version, made)
        known |= _legible(keys, made)
        done += len(chunk)
        if progress is not None:
            progress(done, len(here))
    secrets = {blob: each for blob, each in known.items() if isinstance(each, Facts) and each.secrets}
    return secrets, len(here), len(wanted) - len(here)


def _legible(keys: Mapping[str, str], entries: Mapping[str, bytes]) -> dict[str, Facts | Skipped]:
    found: dict[str, Facts | Skipped] = {}
    for key, data in entries.items():
        with contextlib.suppress(ValueError):
            found[keys[key]] = load(data)
    return found


def _read(path: str, content: bytes | None) -> Facts | Skipped:
    return Skipped(path, "too_large") if content is None else secrets_in(SourceFile(path, content))


def _contents(
    git: GitProcess, blobs: Iterable[str], versions: Mapping[str, Sequence[Written]], sizes: Mapping[str, int]
) -> Iterator[tuple[str, str, bytes | None]]:
    """Blob, path and bytes of what is here; no bytes for what is too large."""
    wanted = [blob for blob in blobs if blob in sizes]
    bytes_of = dict(_batch(git, [blob for blob in wanted if sizes[blob] <= MAX_BYTES]))
    for blob in wanted:
        yield blob, versions[blob][0].path, bytes_of.get(blob)


def _sizes(git: GitProcess, blobs: Sequence[str]) -> dict[str, int]:
    """Bytes of each version that is here. In a partial clone git would stop at the first that is not."""
    if any(git.directory.glob("objects/pack/*.promisor")):
        listed, wanted = _run(git, "cat-file", "--batch-all-objects", "--unordered", "--batch-check"), set(blobs)
    else:
        listed, wanted = _run(git, "cat-file", "--batch-check", given=_lines(blobs)), set(blobs)
    fields = (line.split(" ") for line in listed.decode().splitlines())
    return {found[0]: int(found[2]) for found in fields if len(found) == 3 and found[0] in wanted}


def _lines(blobs: Iterable[str]) -> bytes:
    return "".join(f"{blob}\n" for blob in blobs).encode()


def _batch(git: GitProcess, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    output = _run(git, "cat-file", "--batch", given=_lines(blobs)) if blobs else b""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        head = output[at:end].decode().split(" ")
        at = end + 1
        if len(head) == 3:
            size = int(head[2])
            yield head[0], output[at : at + size]
            at += size + 1


def _by_value(
    git: GitProcess, versions: Mapping[str, Sequence[Written]], facts: Mapping[str, Facts], aside: bool
) -> dict[str, _Found]:
    """The secrets of all versions, by value: this dictionary is forgotten when the search ends."""
    found: dict[str, _Found] = {}
    sizes = _sizes(git, list(facts))
    for chunk in _chunks(facts):
        for blob, _, content in _contents(git, chunk, versions, sizes):
            for use, value in values_in(facts[blob], content or b""):
                if value and not use.placeholder and (aside or not use.test_only):
                    each = found.setdefault(value, _Found())
                    each.uses.append((use.kind, use.name))
                    each.blobs.add(blob)
                    each.written.update(versions[blob])
    return found


def _holding(git: GitProcess, which: Sequence[str], found: Mapping[str, _Found]) -> dict[str, int]:
    """For each value the number of commits with a file that holds it; nothing where too many files are to follow."""
    paths = sorted({each.path for value in found.values() for each in value.written})
    if not paths or len(paths) > _MOST_PATHS:
        return {}
    blobs = {blob for value in found.values() for blob in value.blobs}
    states: dict[str, frozenset[tuple[str, str]]] = {}
    for commit, parent, changes in _course(git, which, paths):
        state = states.get(parent, frozenset())
        if changes:
            kept = {path: blob for path, blob in state if path not in changes}
            kept.update((path, blob) for path, blob in changes.items() if blob in blobs)
            state = frozenset(kept.items())
        states[commit] = state
    times = Counter(states.values())
    held = {state: {blob for _, blob in state} for state in times}
    return {
        value: sum(times[state] for state in times if not held[state].isdisjoint(each.blobs))
        for value, each in found.items()
    }


def _course(git: GitProcess, which: Sequence[str], paths: Sequence[str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every commit behind its parents: its id, its first parent's, and the versions that it has of changed files."""
    commit, parent, changes = "", "", dict[str, str]()
    parts = iter(_run(git, "--literal-pathspecs", *_COURSE, *which, "--", *paths).split(b"\0"))
    for part in parts:
        head = part.lstrip(b"\n")
        if head.startswith(b"\x01"):
            if commit:
                yield commit, parent, changes
            commit, *parents = head[1:].decode().split()
            parent, changes = parents[0] if parents else "", {}
        elif head.startswith(b":"):
            _, _, _, blob, _ = head.decode().split(" ")
            changes[next(parts).decode(errors="replace")] = blob
    if commit:
        yield commit, parent, changes


def _past(found: _Found, in_tree: bool, holding: int) -> Past:
    written = sorted(found.written, key=lambda each: (each.time, each.commit, each.path))
    kind_id, name = found.uses[0]
    return Past(
        kind=kind_id,
        name=name,
        paths=tuple(dict.fromkeys(each.path for each in written)),
        commits=tuple(dict.fromkeys(each.commit for each in written)),
        since=written[0].time,
        until=written[-1].time,
        in_tree=in_tree,
        holding=holding,
    )


def _chunks(blobs: Iterable[str]) -> Iterator[tuple[str, ...]]:
    waiting = iter(blobs)
    while some := tuple(islice(waiting, CHUNK)):
        yield some


def _run(git: GitProcess, *arguments: str, given: bytes = b"") -> bytes:
    try:
        return git.run(arguments, given=given, seconds=_SECONDS)
    except GitFailure as error:
        raise TenonError(f"git could not read the history: {error}") from None
