"""The durable engine: jobs on DBOS, so that a crash resumes each job behind its last finished stage.

What experience with DBOS 3.4 prescribes, and this module keeps: a unique executor id for every process start (two live
processes under one id run each other's jobs twice); a constant application version (an edited source would strand
running jobs); queues registered after launch; JSON in the database instead of pickle; no fork after launch. Open-source
DBOS recovers only its own executor's jobs; `bot.reaper` adopts those of lost hosts.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS, DBOSConfig, EnqueueOptions

from bot.config import Config, LogLevel
from bot.database import LOST, connect
from bot.dispatch import Dispatcher
from bot.jobs import Course, JobRequest, JobResult, Json, RetryPolicy, RunnerFactory
from bot.metrics import Metrics
from bot.reaper import DurablePendingJobs, Reaper
from bot.serializer import JsonSerializer
from bot.store import Store

log = logging.getLogger(__name__)

APPLICATION_VERSION = "1"  # raise it only when the order or the shape of a job's stages changes
QUEUE = "jobs"
WORKFLOW = "job"
LAST_RITES = "abandon"
ENGINE_CONNECTIONS = 20  # as many as DBOS would open on Postgres
MAX_RECOVERIES = 20  # a job that took its process down so often is given up


class DurableJournal:
    """`bot.jobs.Journal` on DBOS: steps are checkpoints, sleeps survive a restart."""

    def step(self, name: str, work: Callable[[], Json]) -> Json:
        """Run `work` and checkpoint its result under the next step number of the running workflow."""
        return DBOS.run_step({"name": name}, work)

    def sleep(self, seconds: float) -> None:
        """Sleep durably."""
        DBOS.sleep(seconds)


class MeteredDesk:
    """The deliveries table as the jobs' desk, with a count of how jobs ended."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._deliveries = store.deliveries
        self._metrics = metrics

    def started(self, request: JobRequest) -> None:
        """The job runs."""
        self._deliveries.started(request)

    def is_stale(self, request: JobRequest) -> bool:
        """A newer push is known."""
        return self._deliveries.is_stale(request)

    def finished(self, request: JobRequest, result: JobResult) -> None:
        """The job ended."""
        self._deliveries.finished(request, result)
        self._metrics.jobs.labels(state=result.state.value).inc()
        log.info("job ended", extra={"job": request.job_id, "state": result.state.value, "sentence": result.sentence})


class DurableQueue:
    """`bot.dispatch.Engine` on DBOS."""

    def enqueue(self, request: JobRequest) -> None:
        """Enqueue a job; the same job again is the same workflow."""
        DBOS.enqueue_workflow_with_options(_options(WORKFLOW, request.job_id, request), request.to_json())

    def abandon(self, request: JobRequest, sentence: str) -> None:
        """Enqueue the end of a job that was given up."""
        options = _options(LAST_RITES, f"{request.job_id}.{LAST_RITES}", request)
        DBOS.enqueue_workflow_with_options(options, request.to_json(), sentence)

    def statuses(self, job_ids: list[str]) -> dict[str, str]:
        """DBOS's status of each of these jobs that it knows."""
        found = DBOS.list_workflows(workflow_ids=job_ids, load_input=False, load_output=False)
        return {status.workflow_id: status.status for status in found}


class Running:
    """The workflows that run in this process; one may run twice for a moment, when it was put back too early."""

    def __init__(self) -> None:
        self._runs: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def while_it_runs(self, workflow_id: str) -> Iterator[None]:
        """It runs until the block ends, in whatever way."""
        with self._lock:
            self._runs[workflow_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._runs[workflow_id] -= 1

    def ids(self) -> frozenset[str]:
        """Their ids, now."""
        with self._lock:
            self._runs = +self._runs  # those that run
            return frozenset(self._runs)


class Worker:
    """One worker process's engine: launch, dispatch, heartbeat and sweep, and an orderly stop. One for each process."""

    def __init__(self, config: Config, store: Store, metrics: Metrics, runner_factory: RunnerFactory) -> None:
        self._config = config
        self._store = store
        self._metrics = metrics
        self._runner_factory = runner_factory
        self._dispatcher = Dispatcher(store.deliveries, DurableQueue(), config.installation_limit, metrics)
        self._running = Running()
        self._reaper = Reaper(store, config, DurablePendingJobs(), self._running.ids)
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        """Launch the engine and begin to take jobs; raises what the database raises if it cannot be reached."""
        course = Course(self._runner_factory(), MeteredDesk(self._store, self._metrics), self._policy())
        _quiet_dbos()
        DBOS(config=self._settings())
        _quiet_dbos()
        _register(course, self._running)
        self._reaper.arrive()
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            partition_concurrency=1,
            worker_concurrency=self._config.concurrency,
            polling_interval_sec=self._config.polling_seconds,
            on_conflict="always_update",
        )
        self._every(self._config.polling_seconds, self._dispatcher.turn, "dispatch")
        self._every(self._config.heartbeat_seconds, self._reaper.turn, "reaper")
        self._every(self._config.dead_after_seconds, self._dispatcher.reconcile, "reconcile")
        log.info("worker started", extra={"executor": self._config.executor_id})

    def nudge(self) -> None:
        """A delivery was just stored: look now, not at the next beat."""
        self._dispatcher.nudge()

    def is_alive(self) -> bool:
        """All threads of this worker run, and its heartbeat reached the database lately."""
        return all(thread.is_alive() for thread in self._threads) and self._reaper.is_beating()

    def stop(self) -> bool:
        """Take no new jobs, give running ones their grace, then let others adopt what is left.

        Returns whether all jobs had ended. Where not, their threads still run: the caller ends the process.
        """
        self._stopping.set()
        self._dispatcher.nudge()
        for thread in self._threads:  # before the engine goes: a turn that is under way still asks it
            thread.join(timeout=5.0)
        busy = bool(self._running.ids())
        grace = self._config.grace_seconds if busy else 0.0  # with any grace it sleeps a second to begin with
        DBOS.destroy(workflow_completion_timeout_sec=int(grace))
        self._reaper.depart()
        unfinished = self._running.ids()
        log.info("worker stopped", extra={"executor": self._config.executor_id, "unfinished": len(unfinished)})
        return not unfinished

    def _every(self, seconds: float, turn: Callable[[], None], name: str) -> None:
        """Run `turn` for ever in a thread; the database being away is reported and waited out."""

        def loop() -> None:
            while not self._stopping.is_set():
                try:
                    turn()
                except Exception as error:  # the worker's outer edge: a thread that dies strands jobs
                    known = isinstance(error, LOST)
                    log.warning("%s: %s", name, type(error).__name__, exc_info=None if known else error)
                self._wait(name, seconds)

        thread = threading.Thread(target=loop, name=f"tenon-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _wait(self, name: str, seconds: float) -> None:
        if name == "dispatch":
            self._dispatcher.wait(seconds)
        else:
            self._stopping.wait(seconds)

    def _policy(self) -> RetryPolicy:
        transient = (ConnectionError, TimeoutError, *LOST)
        return RetryPolicy(self._config.attempts, self._config.backoff_seconds, transient=transient)

    def _settings(self) -> DBOSConfig:
        url = self._config.jobs_url()
        return {
            "name": "tenon",
            "system_database_url": url,
            "system_database_engine": connect(url, pool_size=ENGINE_CONNECTIONS),
            "executor_id": self._config.executor_id,
            "application_version": APPLICATION_VERSION,
            "serializer": JsonSerializer(),
            "enable_otlp": False,
            "log_level": "DEBUG" if self._config.log_level is LogLevel.DEBUG else "WARNING",  # INFO is a novel
        }


def _options(workflow: str, workflow_id: str, request: JobRequest) -> EnqueueOptions:
    return {
        "workflow_name": workflow,
        "queue_name": QUEUE,
        "workflow_id": workflow_id,
        "queue_partition_key": f"{request.repository_id}/{request.pull_number}",
        "app_version": APPLICATION_VERSION,
    }


def _register(course: Course, running: Running) -> None:
    """Tell DBOS the two workflows; their names are what the database refers to."""

    def job(payload: Json) -> Json:
        with running.while_it_runs(str(DBOS.workflow_id)):
            return _plain(course.run(JobRequest.from_json(payload), DurableJournal()))

    def abandon(payload: Json, sentence: str) -> Json:
        with running.while_it_runs(str(DBOS.workflow_id)):
            return _plain(course.abandon(JobRequest.from_json(payload), DurableJournal(), sentence))

    DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MAX_RECOVERIES)(job)
    DBOS.workflow(name=LAST_RITES, max_recovery_attempts=MAX_RECOVERIES)(abandon)


def _plain(result: JobResult) -> Json:
    return {"state": result.state.value, "sentence": result.sentence}


class _NoNoise(logging.Filter):
    """DBOS logs a full traceback when another process took a job over, and an advert at start."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop these two."""
        error: Any = record.exc_info[0] if record.exc_info else None
        taken_over = error is not None and error.__name__ == "DBOSAwaitedWorkflowCancelledError"
        return not taken_over and "Conductor" not in record.getMessage()


def _quiet_dbos() -> None:
    """Its records go the way of all others, through the redacting handler."""
    logger = logging.getLogger("dbos")
    logger.handlers = [handler for handler in logger.handlers if not isinstance(handler, logging.StreamHandler)]
    logger.propagate = True
    if not any(isinstance(known, _NoNoise) for known in logger.filters):
        logger.addFilter(_NoNoise())
