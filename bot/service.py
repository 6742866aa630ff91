"""Processes: `serve` (web, by default with a worker in it) and `work` (a worker alone). SIGTERM ends both in order."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from bot import logs
from bot.config import Config
from bot.errors import ConfigError
from bot.intake import Intake
from bot.jobs import RunnerFactory
from bot.metrics import Metrics
from bot.store import Store, open_store
from bot.web import IsKnown, create_app

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.worker import Worker

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005
"""Jobs in the web's process are pure Python for seconds. At Python's default of 5 ms each hand-over of the interpreter
would cost a delivery up to 5 ms, and a delivery needs several."""


def serve(
    config: Config,
    runner_factory: RunnerFactory | None,
    *,
    store: Store | None = None,
    metrics: Metrics | None = None,
    is_known: IsKnown | None = None,
    routers: "tuple[APIRouter, ...]" = (),
    on_ready: Callable[[str], None] = lambda _url: None,
) -> int:
    """Run the web service until SIGTERM or SIGINT, with a worker in this process unless `runner_factory` is None.

    `on_ready` gets the base URL once the socket listens. Returns the exit code; raises ConfigError.
    """
    import uvicorn

    config.require_webhook_secret()
    logs.configure(config)
    sys.setswitchinterval(SWITCH_SECONDS)
    store = store or open_store(config.store_url())
    metrics = metrics or Metrics()
    worker = _start_worker(config, store, metrics, runner_factory) if runner_factory else None
    intake = Intake(store.deliveries, worker.nudge if worker else lambda: None)
    alive = worker.is_alive if worker else lambda: True
    app = create_app(config, store, intake, metrics, is_known=is_known, worker_is_alive=alive, routers=routers)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    listener = _listen(config.host, config.port)
    on_ready("http://{}:{}".format(*listener.getsockname()[:2]))
    with _signals(lambda: None):  # uvicorn hands its signals back when it has stopped; they have done their work then
        server.run(sockets=[listener])
    intake.close()
    return _end(worker, store)


def work(config: Config, runner_factory: RunnerFactory, *, store: Store | None = None) -> int:
    """Run a worker until SIGTERM or SIGINT; returns the exit code."""
    logs.configure(config)
    store = store or open_store(config.store_url())
    stopping = threading.Event()
    with _signals(stopping.set):
        worker = _start_worker(config, store, Metrics(), runner_factory)
        stopping.wait()
    return _end(worker, store)


def _start_worker(config: Config, store: Store, metrics: Metrics, runner_factory: RunnerFactory) -> "Worker":
    from bot.worker import Worker

    worker = Worker(config, store, metrics, runner_factory)
    worker.start()
    return worker


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


def _end(worker: "Worker | None", store: Store) -> int:
    """Stop in order. Jobs that outlast their grace are durable: another start resumes them, so the process may go."""
    unfinished = worker is not None and not worker.stop()
    store.close()
    if unfinished:
        logging.shutdown()
        os._exit(0)  # a thread in the middle of a stage cannot be interrupted in any other way
    return 0
