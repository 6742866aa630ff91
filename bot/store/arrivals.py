"""Taking deliveries in: what is new, what came before, and who may not send work.

Arrivals are judged in batches, so that one transaction (one write to disk) serves many callers. GitHub redelivers
under the same GUID: a redelivery is a new attempt if the attempt before it failed, and otherwise the same once more.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.database import insert
from bot.jobs import Reason
from bot.store.installations import InstallationChange, InstallationState, known_states, note
from bot.store.tables import deliveries as table
from bot.store.turns import DeliveryState


class Receipt(StrEnum):
    """What became of an arrival."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    UNKNOWN_INSTALLATION = "unknown_installation"
    SUSPENDED_INSTALLATION = "suspended_installation"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery as it came in, reduced to facts. No `reason`: it asks for no job, and `cause` says why."""

    guid: str
    event: str
    action: str = ""
    installation_id: int = 0  # 0: the event belongs to no installation
    repository: str = ""
    repository_id: int = 0
    pull_number: int = 0
    head_sha: str = ""
    reason: Reason | None = None
    detail: str = ""
    happened_at: float = 0.0  # seconds since 1970 by GitHub's clock; 0.0: not said
    cause: str = ""
    change: InstallationChange | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is known while one batch of arrivals is taken: latest attempt and state by GUID, installations by id."""

    latest: dict[str, tuple[int, str]]
    installations: dict[int, str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    changes: list[InstallationChange] = field(default_factory=list)


def take_batch(connection: sa.Connection, arrivals: Sequence[Arrival]) -> list[Receipt]:
    """Store a batch inside a transaction at hand; one receipt for each arrival, in order."""
    now = time.time()
    batch = _Batch(
        _latest(connection, {arrival.guid for arrival in arrivals}),
        known_states(connection, {arrival.installation_id for arrival in arrivals}),
    )
    receipts = [_receive(batch, arrival, now) for arrival in arrivals]
    note(connection, batch.changes)
    if batch.rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), batch.rows)
    return receipts


def _latest(connection: sa.Connection, guids: set[str]) -> dict[str, tuple[int, str]]:
    query = sa.select(table.c.guid, table.c.attempt, table.c.state).where(table.c.guid.in_(guids))
    return {guid: (attempt, state) for guid, attempt, state in connection.execute(query.order_by(table.c.attempt))}


def _receive(batch: _Batch, arrival: Arrival, now: float) -> Receipt:
    """Judge one arrival, and remember in the batch what it changes for those behind it."""
    refusal = _refusal(batch, arrival)
    if refusal:
        return refusal
    attempt, state = batch.latest.get(arrival.guid, (0, DeliveryState.FAILED))
    if state != DeliveryState.FAILED:
        return Receipt.DUPLICATE  # a redelivery is worked on again only if the attempt before it failed
    row = _row(arrival, attempt + 1, now)
    batch.rows.append(row)
    batch.latest[arrival.guid] = (attempt + 1, row["state"])
    return Receipt.ACCEPTED


def _refusal(batch: _Batch, arrival: Arrival) -> Receipt | None:
    if arrival.change:
        batch.changes.append(arrival.change)
        batch.installations[arrival.change.installation_id] = arrival.change.state
        return None
    if not arrival.installation_id:
        return None
    match batch.installations.get(arrival.installation_id):
        case InstallationState.ACTIVE:
            return None
        case InstallationState.SUSPENDED:
            return Receipt.SUSPENDED_INSTALLATION
        case _:
            return Receipt.UNKNOWN_INSTALLATION


def _row(arrival: Arrival, attempt: int, now: float) -> dict[str, Any]:
    facts = asdict(arrival)
    del facts["change"]
    state = DeliveryState.RECEIVED if arrival.reason else DeliveryState.IGNORED
    return {
        **facts,
        "reason": arrival.reason.value if arrival.reason else "",
        "attempt": attempt,
        "happened_at": arrival.happened_at or now,
        "received_at": now,
        "changed_at": now,
        "state": state.value,
    }
