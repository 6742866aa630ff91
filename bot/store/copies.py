"""Which repositories have which secret, by a keyed hash of its value: so that copies of it show up."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from bot.database import clock, upsert
from bot.store.tables import secret_copies as table


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """One secret in one repository."""

    seal: str
    repository: str
    name: str
    kind: str
    places: int


class Copies:
    """The table of secrets by keyed hash. What a repository has lost since is forgotten when it is looked at again."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def replace(self, repository: str, records: Sequence[CopyRecord]) -> None:
        """Keep what a repository has now, and nothing else of it."""
        with self._engine.begin() as connection:
            now = clock(connection)
            connection.execute(sa.delete(table).where(table.c.repository == repository))
            upsert(connection, table, [{**asdict(record), "seen_at": now} for record in records])

    def elsewhere(self, repository: str, seals: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """For each of these secrets that others have too: the other repositories, by name."""
        wanted = sa.and_(table.c.seal.in_(list(seals)), table.c.repository != repository)
        found: dict[str, tuple[str, ...]] = {}
        with self._engine.connect() as connection:
            query = sa.select(table.c.seal, table.c.repository).where(wanted).order_by(table.c.repository)
            for seal, other in connection.execute(query):
                found[seal] = (*found.get(seal, ()), other)
        return found
