"""Facts of files seen before, so that a second scan parses only what changed."""

import contextlib
import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

MOST_KEPT = 200_000  # files, some 500 MB


class FactsCache(Protocol):
    """Dumped facts by `transforms.facts.cache_key`, for one version of the readers."""

    def get(self, keys: Iterable[str], version: str) -> dict[str, bytes]:
        """What is there of the wanted entries."""

    def put(self, version: str, facts: Mapping[str, bytes]) -> None:
        """Keep entries; keeping one twice changes nothing."""


class NoCache:
    """Remembers nothing."""

    def get(self, keys: Iterable[str], version: str) -> dict[str, bytes]:  # noqa: ARG002
        """Never anything."""
        return {}

    def put(self, version: str, facts: Mapping[str, bytes]) -> None:
        """Forgets at once."""


class FileCache:
    """One SQLite file for the command line. A broken or locked file costs speed, never a scan."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = sqlite3.connect(path, timeout=2)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS facts (version TEXT, key TEXT, facts BLOB, PRIMARY KEY (version, key))"
        )

    def get(self, keys: Iterable[str], version: str) -> dict[str, bytes]:
        """What is there of the wanted entries."""
        found: dict[str, bytes] = {}
        with contextlib.suppress(sqlite3.Error):
            for some in _batches(keys):
                marks = ",".join("?" * len(some))
                statement = f"SELECT key, facts FROM facts WHERE version = ? AND key IN ({marks})"  # noqa: S608
                found.update(self._database.execute(statement, (version, *some)))
        return found

    def put(self, version: str, facts: Mapping[str, bytes]) -> None:
        """Keep entries of this version; those of other versions, and the oldest beyond MOST_KEPT, go."""
        if not facts:
            return
        rows = [(version, key, data) for key, data in facts.items()]
        with contextlib.suppress(sqlite3.Error), self._database:
            self._database.execute("DELETE FROM facts WHERE version <> ?", (version,))
            self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            self._database.execute("DELETE FROM facts WHERE rowid <= (SELECT max(rowid) FROM facts) - ?", (MOST_KEPT,))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _batches(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """SQLite takes a limited number of parameters at a time."""
    waiting = iter(keys)
    while some := tuple(itertools.islice(waiting, 500)):
        yield some


def default_cache_path() -> Path:
    """`tenon/facts.sqlite` in the user's cache folder."""
    return Path("~/.cache").expanduser() / "tenon" / "facts.sqlite"


def open_cache(path: Path | None = None) -> FactsCache:
    """The cache at `path` or in the user's cache folder; NoCache where neither can be opened."""
    try:
        return FileCache(path or default_cache_path())
    except (OSError, RuntimeError, sqlite3.Error):  # RuntimeError: nobody knows where home is
        return NoCache()
