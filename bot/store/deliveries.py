"""Deliveries from their arrival to their end: received, claimed, queued, running, then done, failed or superseded.

A delivery's row is the one durable write behind a 202. What follows is derived from it and can be done again: the
dispatcher claims rows (oldest first, one job at a time for a pull request, a limit for an installation) and enqueues
them under an id made of GUID and attempt, so a crash between any two writes loses nothing and doubles nothing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.database import Lock, exclusive, insist
from bot.jobs import JobRequest, JobResult, JobState, Reason
from bot.store.arrivals import Arrival, Receipt, take_batch
from bot.store.tables import deliveries as table
from bot.store.turns import CLAIM_AT_ONCE, IN_FLIGHT, DeliveryState, is_replaced, next_in_turn


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it is remembered."""

    id: int
    guid: str
    attempt: int
    event: str
    action: str
    installation_id: int
    repository: str
    repository_id: int
    pull_number: int
    head_sha: str
    reason: str
    detail: str
    happened_at: float
    received_at: float
    changed_at: float
    state: str
    cause: str

    def request(self) -> JobRequest:
        """The job this delivery asks for; only for deliveries that have a reason."""
        return JobRequest(
            delivery=self.guid,
            installation_id=self.installation_id,
            repository=self.repository,
            repository_id=self.repository_id,
            pull_number=self.pull_number,
            head_sha=self.head_sha,
            reason=Reason(self.reason),
            attempt=self.attempt,
            detail=self.detail,
        )


class Deliveries:
    """The table of deliveries; also the desk (`bot.jobs.Desk`) where jobs report."""

    def __init__(self, engine: sa.Engine, autocommit: sa.Engine, eager: sa.Engine) -> None:
        self._engine = engine
        self._autocommit = autocommit
        self._eager = eager

    # Intake

    def take(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Store a batch in one transaction: one durable write for many callers. One receipt for each, in order."""

        def once() -> list[Receipt]:
            with self._eager.begin() as connection:
                return take_batch(connection, arrivals)

        return insist(once)

    # Dispatch

    def supersede(self) -> int:
        """End waiting analyses of heads that a newer push has replaced; returns how many."""
        with self._autocommit.begin() as connection:
            stale = is_replaced(table)
            ids = (
                connection.execute(
                    sa.select(table.c.id).where(table.c.state == DeliveryState.RECEIVED, stale).limit(CLAIM_AT_ONCE)
                )
                .scalars()
                .all()
            )
            return _move(connection, ids, DeliveryState.RECEIVED, DeliveryState.SUPERSEDED)

    def claim(self, limit: int) -> int:
        """Choose what may run now, at most `limit` in flight for one installation; returns how many were chosen.

        On Postgres one process claims at a time, so the limit holds over all of them. On SQLite there is one process;
        there the choice is made before the write lock is taken, so that deliveries keep coming in meanwhile.
        """
        postgres = self._engine.dialect.name == "postgresql"
        with exclusive(self._engine, Lock.CLAIM) if postgres else self._autocommit.begin() as connection:
            ids = connection.execute(next_in_turn(limit)).scalars().all()
            return _move(connection, ids, DeliveryState.RECEIVED, DeliveryState.CLAIMED)

    def claimed(self) -> list[JobRequest]:
        """What is chosen and may not be in the engine's queue yet, oldest first."""
        return [delivery.request() for delivery in self._select(table.c.state == DeliveryState.CLAIMED)]

    def enqueued(self, requests: Sequence[JobRequest]) -> None:
        """The engine has these now."""
        self._change(requests, (DeliveryState.CLAIMED,), DeliveryState.QUEUED)

    def in_engine(self) -> list[JobRequest]:
        """What the engine is believed to have and not to have finished."""
        believed = (DeliveryState.QUEUED, DeliveryState.RUNNING)
        return [delivery.request() for delivery in self._select(table.c.state.in_(believed))]

    def lost_by_engine(self, requests: Sequence[JobRequest]) -> None:
        """The engine does not know them after all (its file was lost): they are enqueued again."""
        self._change(requests, (DeliveryState.QUEUED, DeliveryState.RUNNING), DeliveryState.CLAIMED)

    def ended_unnoted(self, requests: Sequence[JobRequest]) -> None:
        """The engine ended these, but could not note it here: failed, so that a redelivery may try again.

        A job notes its end before the engine does, so one that did is no longer in flight and stays as it is.
        """
        cause = "The job ended, but how could not be noted."
        self._change(requests, IN_FLIGHT, DeliveryState.FAILED, cause)

    # Desk

    def started(self, request: JobRequest) -> None:
        """The job runs."""
        self._change([request], IN_FLIGHT, DeliveryState.RUNNING)

    def is_stale(self, request: JobRequest) -> bool:
        """A newer push to the same pull request is known, and this job is about an older head."""
        with self._engine.connect() as connection:
            found = sa.select(table.c.id).where(_is(request), is_replaced(table))
            return connection.execute(found).first() is not None

    def finished(self, request: JobRequest, result: JobResult) -> None:
        """The job ended."""
        cause = "" if result.state is JobState.DONE else result.sentence
        self._change([request], tuple(DeliveryState), DeliveryState(result.state.value), cause)

    # For people

    def get(self, guid: str) -> Delivery | None:
        """The latest attempt of a delivery."""
        found = self._select(table.c.guid == guid)
        return found[-1] if found else None

    def recent(self, limit: int = 100) -> list[Delivery]:
        """The newest deliveries, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).order_by(table.c.id.desc()).limit(limit))
            return [Delivery(**row) for row in rows.mappings()]

    def counts(self) -> dict[str, int]:
        """How many deliveries wait or are worked on, by state (ended ones are counted by metrics)."""
        open_states = (DeliveryState.RECEIVED, *IN_FLIGHT)
        query = sa.select(table.c.state, sa.func.count()).where(table.c.state.in_(open_states)).group_by(table.c.state)
        with self._engine.connect() as connection:
            found = {str(state): int(number) for state, number in connection.execute(query)}
        return {state.value: found.get(state.value, 0) for state in open_states}

    def _select(self, condition: sa.ColumnElement[bool]) -> list[Delivery]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).where(condition).order_by(table.c.id))
            return [Delivery(**row) for row in rows.mappings()]

    def _change(
        self, requests: Sequence[JobRequest], before: Sequence[DeliveryState], after: DeliveryState, cause: str = ""
    ) -> None:
        with self._autocommit.begin() as connection:
            for request in requests:
                connection.execute(
                    sa.update(table)
                    .where(_is(request), table.c.state.in_(before))
                    .values(state=after, cause=cause, changed_at=time.time())
                )


def _is(request: JobRequest) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.guid == request.delivery, table.c.attempt == request.attempt)


def _move(connection: sa.Connection, ids: Sequence[int], before: DeliveryState, after: DeliveryState) -> int:
    """Change the state of rows that are still in `before`; returns how many were."""
    if not ids:
        return 0
    update = sa.update(table).where(table.c.id.in_(ids), table.c.state == before)
    return connection.execute(update.values(state=after, changed_at=time.time())).rowcount
