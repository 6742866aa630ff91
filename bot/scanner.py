"""Scan many files fast: cached facts first, then the rest in as many processes as pay off."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from bot.facts_cache import FactsCache, NoCache
from transforms.engine import Report, read_facts, scan, wants
from transforms.facts import Facts, cache_key, dump, facts_version, load
from transforms.policy import Policy
from transforms.source import Skipped, SourceFile

# Below this many bytes of candidates a second process costs more than it saves: its start alone takes some 0.2 s.
WORTH_A_PROCESS = 2_000_000
CHUNK = 40
# A syntax tree is many live objects at once: with Python's own threshold the collector looks through them so often that
# a third of the parse goes there. Set for good, as threads of one process parse side by side.
PATIENCE = 200_000  # allocations between two looks

Item = tuple[str, SourceFile]  # cache key, file
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
    gc.set_threshold(PATIENCE)
    cache = cache or NoCache()
    version = facts_version()
    keys = {cache_key(source.blob_sha, source.path): source for source in sources if wants(source.path)}
    known = dict(_legible(cache.get(keys, version)))
    dumped = _read_all({key: source for key, source in keys.items() if key not in known}, processes, progress)
    cache.put(version, dumped)
    results = {**known, **dict(_legible(dumped))}
    by_path = {keys[key].path: result for key, result in results.items()}
    return Scan(scan(sources, policy, by_path), len(known), len(dumped))


def _legible(entries: Mapping[str, bytes]) -> Iterator[tuple[str, Facts | Skipped]]:
    """The entries that can be read; a damaged one is read anew from its file."""
    for key, data in entries.items():
        try:
            yield key, load(data)
        except ValueError:
            continue


def _read_all(sources: Mapping[str, SourceFile], processes: int, progress: Progress | None) -> dict[str, bytes]:
    items = list(sources.items())
    found: dict[str, bytes] = {}
    done = 0
    for batch in _batches(items, processes):
        found.update(batch)
        done += CHUNK
        if progress:
            progress(min(done, len(items)), len(items))
    return found


def _batches(items: Sequence[Item], processes: int) -> Iterable[list[tuple[str, bytes]]]:
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    if processes < 2 or sum(len(source.content) for _, source in items) < WORTH_A_PROCESS:
        yield from map(_read_chunk, chunks)
        return
    # fork shares what is imported and is ready at once; the service passes processes=1, as its threads forbid a fork
    method = "fork" if hasattr(os, "fork") else "spawn"
    with ProcessPoolExecutor(processes, get_context(method), _share, (chunks,)) as pool:
        yield from pool.map(_read_shared, range(len(chunks)))


_shared: list[Sequence[Item]] = []  # in a child process: what it inherited, so that no file travels through a pipe


def _share(chunks: list[Sequence[Item]]) -> None:
    _shared[:] = chunks
    gc.freeze()  # what was inherited is nobody's garbage here


def _read_shared(number: int) -> list[tuple[str, bytes]]:
    return _read_chunk(_shared[number])


def _read_chunk(items: Sequence[Item]) -> list[tuple[str, bytes]]:
    read = ((key, read_facts(source)) for key, source in items)
    return [(key, dump(result)) for key, result in read if result is not None]
