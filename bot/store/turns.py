"""Whose turn it is: which waiting delivery may run next, and which one a newer push has replaced."""

from enum import StrEnum

import sqlalchemy as sa

from bot.jobs import Reason
from bot.store.tables import deliveries as table

CLAIM_AT_ONCE = 200  # rows; keeps one claim short however long the backlog is


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    RECEIVED = "received"  # stored, waiting for its turn
    CLAIMED = "claimed"  # chosen, not surely in the engine's queue yet
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"  # asks for no job; kept so that none is lost


IN_FLIGHT = (DeliveryState.CLAIMED, DeliveryState.QUEUED, DeliveryState.RUNNING)


def is_replaced(row: sa.Table) -> sa.ColumnElement[bool]:
    """There is a newer pull_request delivery with another head that leads to a job of its own.

    Newer by GitHub's clock, then by arrival: deliveries come out of order. Closing is work whatever the head.
    """
    newer = table.alias("newer")
    later = sa.or_(
        newer.c.happened_at > row.c.happened_at,
        sa.and_(newer.c.happened_at == row.c.happened_at, newer.c.id > row.c.id),
    )
    found = sa.select(newer.c.id).where(
        newer.c.repository_id == row.c.repository_id,
        newer.c.pull_number == row.c.pull_number,
        newer.c.event == "pull_request",
        newer.c.reason != "",
        newer.c.head_sha != row.c.head_sha,
        later,
    )
    return sa.and_(row.c.head_sha != "", row.c.reason != Reason.CLOSED, found.exists())


def next_in_turn(limit: int) -> sa.Select[int]:
    """Ids of received rows whose pull request is idle, so many for each installation as its limit leaves."""
    flying = table.alias("flying")
    busy = sa.select(flying.c.id).where(
        flying.c.state.in_(IN_FLIGHT),
        flying.c.repository_id == table.c.repository_id,
        flying.c.pull_number == table.c.pull_number,
    )
    turn = sa.func.row_number().over(partition_by=(table.c.repository_id, table.c.pull_number), order_by=table.c.id)
    waiting = (
        sa.select(table.c.id, table.c.installation_id, turn.label("turn"))
        .where(table.c.state == DeliveryState.RECEIVED, ~busy.exists())
        .subquery()
    )
    place = sa.func.row_number().over(partition_by=waiting.c.installation_id, order_by=waiting.c.id)
    first = sa.select(waiting, place.label("place")).where(waiting.c.turn == 1).subquery()
    load = (
        sa.select(table.c.installation_id, sa.func.count().label("jobs"))
        .where(table.c.state.in_(IN_FLIGHT))
        .group_by(table.c.installation_id)
        .subquery()
    )
    return (
        sa.select(first.c.id)
        .outerjoin(load, load.c.installation_id == first.c.installation_id)
        .where(first.c.place <= limit - sa.func.coalesce(load.c.jobs, 0))
        .order_by(first.c.id)
        .limit(CLAIM_AT_ONCE)
    )
