"""Jobs of lost worker processes are adopted by a live one, and jobs that stopped in a live one go on.

Open-source DBOS recovers only the jobs of an executor's own id at its own start. So every worker beats in a table, and
every worker sweeps: a pending job whose executor does not beat goes back to its queue. It is a sweep and not a single
recovery, so a database restart or a crash in the middle of it only delays it. When it is wrong (a stopped process wakes
up again), DBOS refuses the late process's writes, and effects are ensured, so nothing is doubled.

A job can also stop in a process that lives on: DBOS leaves it where it is when the database refuses to note its
progress (a full disk, say). So each worker looks after its own too, and puts back what has not run here for a while.
"""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from bot.config import Config
from bot.store import Store

log = logging.getLogger(__name__)


class PendingJobs(Protocol):
    """The durable engine, as far as the sweep needs it."""

    def held(self) -> dict[str, str]:
        """The jobs in progress by the engine's table, each with the executor that has it."""

    def adopt(self, executor_ids: set[str]) -> int:
        """Send the jobs in progress of these executors back to their queue; returns how many."""

    def put_back(self, executor_id: str, job_ids: set[str]) -> int:
        """Send some jobs in progress of one executor back to their queue; returns how many it still had."""


class DurablePendingJobs:
    """`PendingJobs` on DBOS.

    What sends jobs back is private to DBOS 3.4, which has no public recovery of other executors' jobs. The version is
    pinned, and the crash tests run through here.
    """

    def held(self) -> dict[str, str]:
        """All pending workflows."""
        from dbos import DBOS

        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {status.workflow_id: status.executor_id for status in pending if status.executor_id}

    def adopt(self, executor_ids: set[str]) -> int:
        """All that these executors have."""
        from dbos._dbos import _get_dbos_instance
        from dbos._recovery import recover_pending_workflows

        return len(recover_pending_workflows(_get_dbos_instance(), sorted(executor_ids)))

    def put_back(self, executor_id: str, job_ids: set[str]) -> int:
        """DBOS takes none that another executor has by now, and a run of it that is late cannot write any more."""
        from dbos._dbos import _get_dbos_instance
        from dbos._utils import INTERNAL_QUEUE_NAME

        system = _get_dbos_instance()._sys_db
        each = (system.reenqueue_for_recovery(one, [executor_id], INTERNAL_QUEUE_NAME) for one in sorted(job_ids))
        return sum(each)


class Reaper:
    """Heartbeat and sweep of one worker process."""

    def __init__(
        self, store: Store, config: Config, pending: PendingJobs, running: Callable[[], frozenset[str]] = frozenset
    ) -> None:
        self._store = store
        self._pending = pending
        self._running = running  # the jobs that run in this process
        self._me = config.executor_id
        self._dead_after = config.dead_after_seconds
        self._last_beat: float | None = None
        self._idle_since: dict[str, float] = {}  # own jobs that do not run

    def arrive(self) -> None:
        """First beat, before the engine starts. On SQLite whoever worked before is gone: there is one process."""
        if self._store.engine.dialect.name == "sqlite":
            self._store.executors.forget_others(self._me)
        self._beat()

    def turn(self) -> None:
        """Beat, adopt what lost executors left pending, put back what stopped here."""
        self._beat()
        held = self._pending.held()
        lost = set(held.values()) - self._store.executors.alive(self._dead_after) - {self._me}
        if lost:
            adopted = self._pending.adopt(lost)
            log.warning("adopted jobs of lost workers", extra={"executors": sorted(lost), "jobs": adopted})
        stopped = self._stopped({job for job, executor in held.items() if executor == self._me})
        if stopped:
            resumed = self._pending.put_back(self._me, stopped)
            log.warning("put back jobs that had stopped here", extra={"jobs": resumed})

    def depart(self) -> None:
        """The last act of an orderly stop: what is still pending may be adopted at once."""
        self._store.executors.leave(self._me)

    def is_beating(self) -> bool:
        """The last beat reached the database within the time after which others would call this worker lost."""
        return self._last_beat is not None and time.monotonic() - self._last_beat < self._dead_after

    def _stopped(self, mine: set[str]) -> set[str]:
        """Which of this executor's jobs have not run here for so long that nothing of them is under way any more."""
        now = time.monotonic()
        self._idle_since = {job: self._idle_since.get(job, now) for job in mine - self._running()}
        stopped = {job for job, since in self._idle_since.items() if now - since >= self._dead_after}
        for job in stopped:
            del self._idle_since[job]  # its next run gets as much time
        return stopped

    def _beat(self) -> None:
        self._store.executors.beat(self._me)
        self._last_beat = time.monotonic()
