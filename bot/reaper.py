"""Jobs of lost worker processes are adopted by a live one.

Open-source DBOS recovers only the jobs of an executor's own id at its own start. So every worker beats in a table, and
every worker sweeps: a pending job whose executor does not beat goes back to its queue. It is a sweep and not a single
recovery, so a database restart or a crash in the middle of it only delays it. When it is wrong (a stopped process wakes
up again), DBOS refuses the late process's writes, and effects are ensured, so nothing is doubled.
"""

import logging
import time
from typing import Protocol

from bot.config import Config
from bot.store import Store

log = logging.getLogger(__name__)


class PendingJobs(Protocol):
    """The durable engine, as far as the sweep needs it."""

    def executors(self) -> set[str]:
        """The executors that have jobs in progress, by the engine's table."""

    def adopt(self, executor_ids: set[str]) -> int:
        """Send the jobs in progress of these executors back to their queue; returns how many."""


class DurablePendingJobs:
    """`PendingJobs` on DBOS."""

    def executors(self) -> set[str]:
        """The executors of all pending workflows."""
        from dbos import DBOS

        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {status.executor_id for status in pending if status.executor_id}

    def adopt(self, executor_ids: set[str]) -> int:
        """Both names are private to DBOS 3.4, which has no public recovery of other executors' jobs.

        The version is pinned, and the crash tests run through here.
        """
        from dbos._dbos import _get_dbos_instance
        from dbos._recovery import recover_pending_workflows

        return len(recover_pending_workflows(_get_dbos_instance(), sorted(executor_ids)))


class Reaper:
    """Heartbeat and sweep of one worker process."""

    def __init__(self, store: Store, config: Config, pending: PendingJobs) -> None:
        self._store = store
        self._pending = pending
        self._me = config.executor_id
        self._dead_after = config.dead_after_seconds
        self._last_beat: float | None = None

    def arrive(self) -> None:
        """First beat, before the engine starts. On SQLite whoever worked before is gone: there is one process."""
        if self._store.engine.dialect.name == "sqlite":
            self._store.executors.forget_others(self._me)
        self._beat()

    def turn(self) -> None:
        """Beat, then adopt what lost executors left pending."""
        self._beat()
        lost = self._pending.executors() - self._store.executors.alive(self._dead_after)
        if lost:
            adopted = self._pending.adopt(lost)
            log.warning("adopted jobs of lost workers", extra={"executors": sorted(lost), "jobs": adopted})

    def depart(self) -> None:
        """The last act of an orderly stop: what is still pending may be adopted at once."""
        self._store.executors.leave(self._me)

    def is_beating(self) -> bool:
        """The last beat reached the database within the time after which others would call this worker lost."""
        return self._last_beat is not None and time.monotonic() - self._last_beat < self._dead_after

    def _beat(self) -> None:
        self._store.executors.beat(self._me)
        self._last_beat = time.monotonic()
