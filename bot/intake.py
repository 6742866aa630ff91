"""The one durable write behind a 202, shared by everyone who waits for it (group commit).

A single thread takes what has queued up since its last commit and stores it in one transaction. At one delivery at a
time that is one commit each; under load a commit serves many, so the time a delivery waits stays that of one commit.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from bot.database import LOST
from bot.errors import TenonError
from bot.store.arrivals import Arrival, Receipt
from bot.store.deliveries import Deliveries

log = logging.getLogger(__name__)

BATCH = 256  # deliveries in one transaction


class StoreUnavailable(TenonError):
    """The delivery could not be stored: the sender must send it again."""

    retry = True


class Intake:
    """Takes arrivals from any thread or event loop and answers when they are on disk."""

    def __init__(self, deliveries: Deliveries, on_stored: Callable[[], None] = lambda: None) -> None:
        self._deliveries = deliveries
        self._on_stored = on_stored
        self._waiting: queue.SimpleQueue[tuple[Arrival, Future[Receipt]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tenon-intake", daemon=True)
        self._thread.start()

    def submit(self, arrival: Arrival) -> "Future[Receipt]":
        """Queue an arrival; the future holds its receipt once stored, or StoreUnavailable."""
        future: Future[Receipt] = Future()
        self._waiting.put((arrival, future))
        return future

    async def take(self, arrival: Arrival) -> Receipt:
        """`submit` for an event loop; raises StoreUnavailable."""
        return await asyncio.wrap_future(self.submit(arrival))

    def is_alive(self) -> bool:
        """The writing thread runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Store what was submitted, then end the thread."""
        self._waiting.put(None)
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            ending = self._drain(batch)
            self._store(batch)
            if ending:
                return

    def _drain(self, batch: list[tuple[Arrival, "Future[Receipt]"]]) -> bool:
        """Add what waits already; True if the end was met."""
        while len(batch) < BATCH:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return False
            if item is None:
                return True
            batch.append(item)
        return False

    def _store(self, batch: list[tuple[Arrival, "Future[Receipt]"]]) -> None:
        answers = [future.set_running_or_notify_cancel() for _, future in batch]  # some senders may have hung up
        try:
            receipts = self._deliveries.take([arrival for arrival, _ in batch])
        except Exception as error:  # the web's outer edge: a thread that dies would let every sender wait for ever
            log.error(
                "%d deliveries could not be stored", len(batch), exc_info=None if isinstance(error, LOST) else error
            )
            for (_, future), wanted in zip(batch, answers, strict=True):
                if wanted:
                    future.set_exception(StoreUnavailable("The delivery could not be stored; please deliver it again."))
            return
        for (_, future), receipt, wanted in zip(batch, receipts, answers, strict=True):
            if wanted:
                future.set_result(receipt)
        if Receipt.ACCEPTED in receipts:
            self._on_stored()
