"""The one durable write behind a 202: shared by all who wait, answered to each, and never lost without a word."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.intake import Intake, StoreUnavailable
from bot.jobs import Reason
from bot.store import Arrival, InstallationChange, InstallationState, Receipt, Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'tenon.db'}")
    store.installations.learn(InstallationChange(1, "acme", InstallationState.ACTIVE))
    yield store
    store.close()


def arrival(guid: str) -> Arrival:
    return Arrival(guid, "pull_request", "opened", 1, "a/b", 7, 3, "a", Reason.OPENED)


def test_a_receipt_is_given_once_the_delivery_is_stored(store: Store) -> None:
    intake = Intake(store.deliveries)
    assert intake.submit(arrival("d")).result(10) is Receipt.ACCEPTED
    assert store.deliveries.get("d")
    intake.close()


def test_those_who_wait_together_share_one_transaction(store: Store) -> None:
    commits: list[sa.Connection] = []

    def count(connection: sa.Connection) -> None:
        commits.append(connection)

    sa.event.listen(sa.Engine, "commit", count)
    with store.engine.begin() as blocker:
        blocker.exec_driver_sql("BEGIN IMMEDIATE")  # the first one waits for this lock, the others for the first one
        intake = Intake(store.deliveries)
        waiting = [intake.submit(arrival(f"d{number}")) for number in range(100)]
    assert {future.result(10) for future in waiting} == {Receipt.ACCEPTED}
    sa.event.remove(sa.Engine, "commit", count)
    assert len(commits) <= 3, "one for the first, one for the others"
    intake.close()


def test_news_is_told_after_it_is_stored_and_only_news(store: Store) -> None:
    told: list[bool] = []
    intake = Intake(store.deliveries, lambda: told.append(store.deliveries.get("d") is not None))
    intake.submit(arrival("d")).result(10)
    intake.submit(arrival("d")).result(10)
    intake.close()
    assert told == [True]


def test_what_cannot_be_stored_is_said_and_the_next_one_is_taken(store: Store) -> None:
    intake = Intake(store.deliveries)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO elsewhere")
    with pytest.raises(StoreUnavailable):
        intake.submit(arrival("d")).result(10)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO deliveries")
    assert intake.submit(arrival("d")).result(10) is Receipt.ACCEPTED
    assert intake.is_alive()
    intake.close()


def test_a_sender_who_hung_up_does_not_stop_the_others(store: Store) -> None:
    with store.engine.begin() as blocker:
        blocker.exec_driver_sql("BEGIN IMMEDIATE")
        intake = Intake(store.deliveries)
        gone, stays = intake.submit(arrival("gone")), intake.submit(arrival("stays"))
        gone.cancel()
    assert stays.result(10) is Receipt.ACCEPTED
    assert intake.is_alive()
    intake.close()
    assert store.deliveries.get("gone"), "it came in, so it is kept"


def test_closing_stores_what_was_submitted(store: Store) -> None:
    intake = Intake(store.deliveries)
    futures = [intake.submit(arrival(f"d{number}")) for number in range(50)]
    intake.close()
    assert all(future.done() for future in futures)
    assert not intake.is_alive()


def test_an_event_loop_is_not_held_up(store: Store) -> None:
    async def take_two() -> list[Receipt]:
        ticks = asyncio.create_task(asyncio.sleep(0))
        receipts = await asyncio.gather(intake.take(arrival("a")), intake.take(arrival("a")))
        await ticks
        return receipts

    intake = Intake(store.deliveries)
    assert sorted(asyncio.run(take_two())) == [Receipt.ACCEPTED, Receipt.DUPLICATE]
    intake.close()


def test_many_threads_may_submit(store: Store) -> None:
    intake, receipts = Intake(store.deliveries), []
    threads = [
        threading.Thread(target=lambda: receipts.append(intake.submit(arrival("same")).result(10))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipts) == [Receipt.ACCEPTED, *[Receipt.DUPLICATE] * 19]
    intake.close()
