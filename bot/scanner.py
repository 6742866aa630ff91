"""Scan many files fast: cached facts first, then the rest in as many processes as pay off."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from bot.facts_cache import FactsCache, NoCache
from transforms.engine import Report, read_facts, scan, wants
from transforms.facts import Facts, cache_key, dump, facts_version, load
from transforms.policy import Policy
from transforms.source import SourceFile

# Below this many bytes of candidates a second process costs more than it saves: its start alone takes some 0.2 s.
WORTH_A_PROCESS = 2_000_000
CHUNK = 40

Progress = Callable[[int, int], None]  # files done, files in all


@dataclass(frozen=True, slots=True)
class Scan:
    """A report and how it was come by."""

    report: Report
    from_cache: int
    read: int


def scan_sources(
    sources: Sequence[SourceFile],
    policy: Policy,
    cache: FactsCache | None = None,
    *,
    processes: int = 1,
    progress: Progress | None = None,
) -> Scan:
    """The report on `sources`, whose facts come from `cache` or are read and put there."""
    cache = cache or NoCache()
    version = facts_version()
    keys = {cache_key(source.blob_sha, source.path): source for source in sources}
    known = dict(_legible(cache.get(keys, version)))
    fresh = _read_all([source for key, source in keys.items() if key not in known], processes, progress)
    cache.put(version, {key: dump(facts) for key, facts in fresh.items()})
    return Scan(scan(sources, policy, {**known, **fresh}), len(known), len(fresh))


def _legible(entries: Mapping[str, bytes]) -> Iterator[tuple[str, Facts]]:
    """The entries that can be read; a damaged one is read anew from its file."""
    for key, data in entries.items():
        with contextlib.suppress(ValueError):
            yield key, load(data)


def _read_all(sources: Sequence[SourceFile], processes: int, progress: Progress | None) -> dict[str, Facts]:
    wanted = [source for source in sources if wants(source.path)]
    found: dict[str, Facts] = {}
    done = 0
    for batch in _batches(wanted, processes):
        found.update(batch)
        done += CHUNK
        if progress:
            progress(min(done, len(wanted)), len(wanted))
    return found


def _batches(sources: Sequence[SourceFile], processes: int) -> Iterable[list[tuple[str, Facts]]]:
    chunks = [sources[start : start + CHUNK] for start in range(0, len(sources), CHUNK)]
    if processes < 2 or sum(len(source.content) for source in sources) < WORTH_A_PROCESS:
        yield from map(_read_chunk, chunks)
        return
    # fork shares what is imported and is ready at once; the service passes processes=1, as its threads forbid a fork
    method = "fork" if hasattr(os, "fork") else "spawn"
    with ProcessPoolExecutor(processes, mp_context=get_context(method)) as pool:
        yield from pool.map(_read_chunk, chunks)


def _read_chunk(sources: Sequence[SourceFile]) -> list[tuple[str, Facts]]:
    read = ((source, read_facts(source)) for source in sources)
    return [(cache_key(source.blob_sha, source.path), facts) for source, facts in read if isinstance(facts, Facts)]
