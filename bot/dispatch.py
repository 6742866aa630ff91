"""From the table of deliveries into the engine's queue: whose turn it is, and nothing lost in between.

A turn supersedes, claims, then enqueues what is claimed. Each part may be cut off by a crash and is done again by the
next turn, here or in another process: claims are conditional updates, and a job enqueued twice is one job.
"""

import logging
import threading
from typing import Protocol

from bot.jobs import JobRequest, JobState
from bot.metrics import Metrics
from bot.store.deliveries import Deliveries

log = logging.getLogger(__name__)

GIVEN_UP = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
ENDED = frozenset({"SUCCESS"})
ABANDONED = "The job was cancelled, or its worker died too often in the middle of it."
AT_ONCE = 500


class Engine(Protocol):
    """The durable engine, as far as the dispatcher needs it."""

    def enqueue(self, request: JobRequest) -> None:
        """Queue a job under its id; the same id again changes nothing."""

    def abandon(self, request: JobRequest, sentence: str) -> None:
        """Queue the end of a job that the engine gave up: tell it as failed; the same again changes nothing."""

    def statuses(self, job_ids: list[str]) -> dict[str, str]:
        """The status of each job that the engine knows."""


class Dispatcher:
    """Moves deliveries to the engine, in one thread of every worker process."""

    def __init__(self, deliveries: Deliveries, engine: Engine, limit: int, metrics: Metrics) -> None:
        self._deliveries = deliveries
        self._engine = engine
        self._limit = limit
        self._metrics = metrics
        self._news = threading.Event()

    def nudge(self) -> None:
        """There is news: end the wait for the next turn."""
        self._news.set()

    def wait(self, seconds: float) -> None:
        """Until there is news, or the time is over."""
        self._news.wait(seconds)
        self._news.clear()

    def turn(self) -> None:
        """Supersede, claim, enqueue."""
        superseded = self._deliveries.supersede()
        if superseded:
            self._metrics.jobs.labels(state=JobState.SUPERSEDED.value).inc(superseded)
        self._deliveries.claim(self._limit)
        for request in self._deliveries.claimed():
            self._engine.enqueue(request)
            self._deliveries.enqueued([request])

    def reconcile(self) -> None:
        """Deliveries the engine no longer works on: enqueue the lost ones, tell the given up ones as failed."""
        believed = self._deliveries.in_engine()[:AT_ONCE]
        if not believed:
            return
        statuses = self._engine.statuses([request.job_id for request in believed])
        lost = [request for request in believed if request.job_id not in statuses]
        if lost:
            log.warning("the engine lost %d jobs; they are enqueued again", len(lost))
            self._deliveries.lost_by_engine(lost)
        for request in believed:
            if statuses.get(request.job_id) in GIVEN_UP:
                log.error("job given up", extra={"job": request.job_id})
                self._engine.abandon(request, ABANDONED)
        ended = [request for request in believed if statuses.get(request.job_id) in ENDED]
        self._deliveries.ended_unnoted(ended)
