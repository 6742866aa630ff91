"""The bot's own audit trail: every write it made in somebody's repository: what, where, why, when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from bot.database import insert
from bot.store.tables import audit_trail as table


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One write. The same job doing the same at the same place is one entry, however often a crash repeats it."""

    job: str
    what: str  # the verb: ensure_branch, ensure_pull, ensure_check ...
    place: str  # owner/name and what in it: "acme/shop#7", "acme/shop@tenon/pr-7"
    why: str
    happened_at: float


class AuditTrail:
    """Entries are added, never changed or removed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries; one that is there already stays as it was first written."""
        if not entries:
            return
        with self._engine.begin() as connection:
            statement = insert(connection, table).on_conflict_do_nothing()
            connection.execute(statement, [asdict(entry) for entry in entries])

    def entries(self, place: str = "", limit: int = 1000) -> list[AuditEntry]:
        """Entries whose place begins with `place` ("acme/", "acme/shop"), newest first."""
        condition = table.c.place.startswith(place, autoescape=True)
        query = sa.select(table).where(condition).order_by(table.c.happened_at.desc(), table.c.job).limit(limit)
        with self._engine.connect() as connection:
            return [AuditEntry(**row) for row in connection.execute(query).mappings()]
