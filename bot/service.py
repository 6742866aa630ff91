"""Processes: `serve` (the web service and a worker) and `work` (a worker alone). SIGTERM ends both in order."""

import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

from bot import logs
from bot.companion import Companion, heel
from bot.config import Config
from bot.errors import ConfigError
from bot.intake import Intake
from bot.jobs import RunnerFactory
from bot.metrics import Metrics
from bot.store import Store, open_store
from bot.web import IsKnown, create_app

if TYPE_CHECKING:
    import uvicorn
    from fastapi import APIRouter, FastAPI

    from bot.worker import Worker

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005
"""Jobs in the web's process are pure Python for seconds. At Python's default of 5 ms each hand-over of the interpreter
would cost a delivery up to 5 ms, and a delivery needs several."""

LONGEST_ANSWER = 10  # seconds that a request in progress is waited for at the end: its sender gives up then


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service is made of besides its settings. Where the jobs run:

    `runner_factory`: in this process (simple; jobs and deliveries share one interpreter, so deliveries wait for jobs).
    `worker_command`: in a child process started with this command line, which ends up in `work`.
    neither: elsewhere, in processes that call `work` on the same database.
    """

    runner_factory: RunnerFactory | None = None
    worker_command: Sequence[str] = ()
    store: Store | None = None  # default: opened from the settings, and closed at the end
    metrics: Metrics = field(default_factory=Metrics)
    is_known: IsKnown | None = None  # asked about installations that no event told of; None: they are refused
    routers: "tuple[APIRouter, ...]" = ()  # further pages


def serve(config: Config, parts: Parts, on_ready: Callable[[str], None] = lambda _url: None) -> int:
    """Run the service until SIGTERM or SIGINT; returns the exit code, raises ConfigError. `on_ready` gets its URL."""
    config.require_webhook_secret()
    logs.configure(config)
    stopping = threading.Event()
    with _signals(stopping.set), running(config, parts, stopping.set, _end_process) as url:
        _settle()
        on_ready(url)
        stopping.wait()
    return 0


@contextmanager
def running(
    config: Config,
    parts: Parts,
    on_end: Callable[[], None] = lambda: None,
    on_unfinished: Callable[[], None] = lambda: None,
) -> Iterator[str]:
    """The service in threads of this process, while the context lasts; gives its base URL.

    `on_end` is called if the web server ends by itself, `on_unfinished` at the end if jobs outlasted their grace: their
    threads run on, and only the owner of the process may end it. Raises ConfigError.
    """
    config.require_webhook_secret()
    with ExitStack() as stack:
        store = parts.store or open_store(config.store_url())
        if parts.store is None:
            stack.callback(store.close)
        nudge, is_alive = stack.enter_context(_jobs(config, parts, store, on_unfinished))
        intake = Intake(store.deliveries, nudge)
        stack.callback(intake.close)
        app = create_app(
            config,
            store,
            intake,
            parts.metrics,
            is_known=parts.is_known,
            worker_is_alive=is_alive,
            routers=parts.routers,
        )
        yield stack.enter_context(_listening(config, app, on_end))


def work(config: Config, runner_factory: RunnerFactory, store: Store | None = None) -> int:
    """Run a worker until SIGTERM or SIGINT; returns the exit code."""
    logs.configure(config)
    store = store or open_store(config.store_url())
    stopping = threading.Event()
    with _signals(stopping.set):
        if config.leash:
            heel(stopping.set)
        worker = _start_worker(config, store, Metrics(), runner_factory)
        stopping.wait()
    if not worker.stop():
        _end_process()
    store.close()
    return 0


def _settle() -> None:
    """What start-up made lives as long as the process: no later collection has to walk it while deliveries wait."""
    gc.collect()
    gc.freeze()


@contextmanager
def _jobs(
    config: Config, parts: Parts, store: Store, on_unfinished: Callable[[], None]
) -> Iterator[tuple[Callable[[], None], Callable[[], bool]]]:
    """Where the jobs run: how to tell it of news, and whether it is alive."""
    if parts.runner_factory:
        worker = _start_worker(config, store, parts.metrics, parts.runner_factory)
        try:
            yield worker.nudge, worker.is_alive
        finally:
            finished = worker.stop()
        if not finished:
            on_unfinished()
    elif parts.worker_command:
        companion = Companion(parts.worker_command)
        companion.start()
        try:
            yield (lambda: None), companion.is_alive
        finally:
            companion.stop(config.grace_seconds + 5.0)
    else:
        yield (lambda: None), (lambda: True)


def _start_worker(config: Config, store: Store, metrics: Metrics, runner_factory: RunnerFactory) -> "Worker":
    from bot.worker import Worker

    sys.setswitchinterval(SWITCH_SECONDS)
    worker = Worker(config, store, metrics, runner_factory)
    worker.start()
    return worker


def _end_process() -> None:
    """Jobs that outlast their grace are durable: another start resumes them, so the process may go."""
    logging.shutdown()
    os._exit(0)  # a thread in the middle of a stage cannot be interrupted in any other way


@contextmanager
def _listening(config: Config, app: "FastAPI", on_end: Callable[[], None]) -> Iterator[str]:
    """The web server in a thread; gives its base URL."""
    import uvicorn

    listener = _listen(config.host, config.port)
    settings = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=LONGEST_ANSWER
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=_run_server, args=(server, listener, on_end), name="tenon-web", daemon=True)
    thread.start()
    try:
        yield "http://{}:{}".format(*listener.getsockname()[:2])
    finally:
        server.should_exit = True
        thread.join(timeout=30.0)


def _run_server(server: "uvicorn.Server", listener: socket.socket, on_end: Callable[[], None]) -> None:
    try:
        server.run(sockets=[listener])
    finally:
        on_end()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises ConfigError.

    Made here with its protocol named, because asyncio sets TCP_NODELAY only then, and without it answers wait 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"Cannot listen on {host}:{port} ({error.strerror}): change TENON_HOST or TENON_PORT."
        ) from None
    listener.listen(1024)
    return listener


@contextmanager
def _signals(act: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM and SIGINT call `act` and nothing else."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        act()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
