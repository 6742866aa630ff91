"""Facts of files seen before, so that a second scan parses only what changed."""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol


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
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=2)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS facts (version TEXT, key TEXT, facts BLOB, PRIMARY KEY (version, key))"
        )

    def get(self, keys: Iterable[str], version: str) -> dict[str, bytes]:
        """What is there of the wanted entries."""
        wanted = set(keys)
        rows = self._database.execute("SELECT key, facts FROM facts WHERE version = ?", (version,))
        return {key: facts for key, facts in rows if key in wanted}

    def put(self, version: str, facts: Mapping[str, bytes]) -> None:
        """Keep entries of this version; those of other versions go."""
        with self._database:
            self._database.execute("DELETE FROM facts WHERE version <> ?", (version,))
            self._database.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", [(version, key, data) for key, data in facts.items()]
            )


def default_cache_path() -> Path:
    """`tenon/facts.sqlite` in the user's cache folder."""
    return Path("~/.cache").expanduser() / "tenon" / "facts.sqlite"


def open_cache(path: Path | None = None) -> FactsCache:
    """The cache at `path` or in the user's cache folder; NoCache where neither can be opened."""
    try:
        return FileCache(path or default_cache_path())
    except (OSError, sqlite3.Error):
        return NoCache()
