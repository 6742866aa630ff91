"""Everything Tenon remembers, in SQLite or Postgres by URL: one object per concern behind one `Store`.

Every write may come twice and changes nothing the second time. Columns hold facts, ids and sentences: no secret value,
no file content (the facts cache holds what `transforms` says of a file, which by contract has no secret value in it).
"""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.database import Durability, autocommit, connect, eager
from bot.store.arrivals import Arrival, Receipt
from bot.store.audit import AuditEntry, AuditTrail
from bot.store.copies import Copies, CopyRecord
from bot.store.deliveries import Deliveries, Delivery
from bot.store.executors import Executors
from bot.store.facts import StoredFacts
from bot.store.history import AcceptedRisk, FindingRecord, History, OutcomeRecord, PatchRecord, Publication
from bot.store.installations import Installation, InstallationChange, Installations, InstallationState
from bot.store.migrations import migrate
from bot.store.turns import DeliveryState

__all__ = [
    "AcceptedRisk",
    "Arrival",
    "AuditEntry",
    "AuditTrail",
    "Copies",
    "CopyRecord",
    "Deliveries",
    "Delivery",
    "DeliveryState",
    "Executors",
    "FindingRecord",
    "History",
    "Installation",
    "InstallationChange",
    "InstallationState",
    "Installations",
    "OutcomeRecord",
    "PatchRecord",
    "Publication",
    "Receipt",
    "Store",
    "StoredFacts",
    "open_store",
]


@dataclass(frozen=True, slots=True)
class Store:
    """All that is remembered. Safe to use from several threads."""

    engine: sa.Engine
    aliases: tuple[sa.Engine, ...]  # the same database in other manners
    deliveries: Deliveries
    installations: Installations
    facts: StoredFacts
    history: History
    audit: AuditTrail
    executors: Executors
    copies: Copies

    def is_reachable(self) -> bool:
        """The database answers."""
        try:
            with self.engine.connect() as connection:
                return bool(connection.execute(sa.select(1)).scalar_one() == 1)
        except sa.exc.SQLAlchemyError:
            return False

    def close(self) -> None:
        """Give the connections back; the store opens new ones if it is used again."""
        self.engine.dispose()
        for alias in self.aliases:
            alias.dispose()


def open_store(url: str) -> Store:
    """Open `sqlite:///path` or `postgresql://...` and bring its tables up to date."""
    engine = connect(url, durability=Durability.POWER_LOSS)
    single = autocommit(engine)  # what derives from deliveries is derived again after a loss of power
    quick = eager(engine, durability=Durability.POWER_LOSS)
    migrate(engine)
    return Store(
        engine=engine,
        aliases=(single, quick),
        deliveries=Deliveries(engine, single, quick),
        installations=Installations(engine),
        facts=StoredFacts(engine),
        history=History(engine),
        audit=AuditTrail(engine),
        executors=Executors(single),
        copies=Copies(engine),
    )
