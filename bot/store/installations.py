"""The installations Tenon was told about: who may send it work."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from bot.database import upsert
from bot.store.tables import installations as table


class InstallationState(StrEnum):
    """Whether an installation may send work."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class InstallationChange:
    """What a delivery (or a question to GitHub) says about an installation."""

    installation_id: int
    account: str
    state: InstallationState


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation as it is remembered."""

    id: int
    account: str
    state: str
    changed_at: float


class Installations:
    """The table of installations."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def learn(self, change: InstallationChange) -> None:
        """Remember what became of an installation."""
        with self._engine.begin() as connection:
            note(connection, [change])

    def get(self, installation_id: int) -> Installation | None:
        """One installation, or None if Tenon never heard of it."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == installation_id)).mappings().first()
        return Installation(**row) if row else None


def known_states(connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
    """The state of each of these installations that is known."""
    query = sa.select(table.c.id, table.c.state).where(table.c.id.in_(set(ids)))
    return {row.id: row.state for row in connection.execute(query)}


def note(connection: sa.Connection, changes: Sequence[InstallationChange]) -> None:
    """Write changes inside a transaction at hand; the last word on an installation counts."""
    last = {change.installation_id: change for change in changes}
    rows = [
        {"id": number, "account": change.account, "state": change.state.value, "changed_at": time.time()}
        for number, change in sorted(last.items())
    ]
    upsert(connection, table, rows)
