"""Jobs of lost worker processes are adopted by a live one.

Open-source DBOS recovers only the jobs of an executor's own id at its own start. So every worker beats in a table, and
every worker sweeps: a pending job whose executor does not beat goes back to its queue. It is a sweep and not a single
recovery, so a database restart or a crash in the middle of it only delays it. When it is wrong (a stopped process wakes
up again), DBOS refuses the late process's writes, and effects are ensured, so nothing is doubled.
"""

import logging
import time

from bot.config import Config
from bot.store import Store

log = logging.getLogger(__name__)


class Reaper:
    """Heartbeat and sweep of one worker process."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._me = config.executor_id
        self._dead_after = config.dead_after_seconds
        self._last_beat = 0.0

    def arrive(self) -> None:
        """First beat, before the engine starts. On SQLite whoever worked before is gone: there is one process."""
        if self._store.engine.dialect.name == "sqlite":
            self._store.executors.forget_others(self._me)
        self._beat()

    def turn(self) -> None:
        """Beat, then adopt what lost executors left pending."""
        self._beat()
        lost = _executors_with_pending_jobs() - self._store.executors.alive(self._dead_after)
        if lost:
            log.warning("adopting jobs of lost workers", extra={"executors": sorted(lost), "jobs": _adopt(lost)})

    def depart(self) -> None:
        """The last act of an orderly stop: what is still pending may be adopted at once."""
        self._store.executors.leave(self._me)

    def is_beating(self) -> bool:
        """The last beat reached the database within the time after which others would call this worker lost."""
        return time.monotonic() - self._last_beat < self._dead_after

    def _beat(self) -> None:
        self._store.executors.beat(self._me)
        self._last_beat = time.monotonic()


def _executors_with_pending_jobs() -> set[str]:
    from dbos import DBOS

    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {status.executor_id for status in pending if status.executor_id}


def _adopt(executor_ids: set[str]) -> int:
    """Send the pending jobs of these executors back to their queue; returns how many.

    Both names are private to DBOS 3.4 (it has no public recovery of other executors' jobs): the version is pinned, and
    the crash tests run through here.
    """
    from dbos._dbos import _get_dbos_instance
    from dbos._recovery import recover_pending_workflows

    return len(recover_pending_workflows(_get_dbos_instance(), sorted(executor_ids)))
