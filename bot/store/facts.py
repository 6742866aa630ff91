"""The facts cache: what `transforms` said about a file, by the file's blob sha and the version of the facts.

A blob sha names content, so an entry never goes stale; a new facts version starts afresh.
"""

import time
import zlib
from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa

from bot.database import upsert
from bot.store.tables import facts as table

AT_ONCE = 500  # ids in one statement; SQLite and Postgres both bound the number of parameters


class StoredFacts:
    """A `FactsCache` that outlives the process and is shared by all of them. Bodies are kept compressed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def get(self, blob_shas: Iterable[str], version: str) -> dict[str, bytes]:
        """The bodies that are known, by blob sha."""
        found: dict[str, bytes] = {}
        with self._engine.connect() as connection:
            for shas in _portions(sorted(set(blob_shas))):
                query = sa.select(table.c.blob_sha, table.c.body)
                rows = connection.execute(query.where(table.c.version == version, table.c.blob_sha.in_(shas)))
                found |= {sha: zlib.decompress(body) for sha, body in rows}
        return found

    def put(self, version: str, facts: Mapping[str, bytes]) -> None:
        """Keep bodies by blob sha; the same again changes nothing."""
        now = time.time()
        for shas in _portions(sorted(facts)):  # sorted: two writers take rows in the same order, so no deadlock
            rows = [
                {"blob_sha": sha, "version": version, "body": zlib.compress(facts[sha], 3), "stored_at": now}
                for sha in shas
            ]
            with self._engine.begin() as connection:
                upsert(connection, table, rows)

    def forget_other_versions(self, version: str) -> int:
        """Drop what only older or newer code could read; returns how many entries."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(table).where(table.c.version != version)).rowcount


def _portions(shas: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(shas), AT_ONCE):
        yield shas[start : start + AT_ONCE]
