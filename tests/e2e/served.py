"""A patched fixture app in a server process of its own: what it does is asked over HTTP, as its callers would."""

import os
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import httpx

from fixtures.apps import load
from tests.bot.patience import until
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

UVICORN = ("-m", "uvicorn", "--log-level", "warning", "--fd", "{fd}", "{app}")
GUNICORN = ("-m", "gunicorn", "--log-level", "warning", "--bind", "fd://{fd}", "{app}")


def patched(name: str, folder: Path, only: Collection[str] | None = None) -> Path:
    """A fixture app with every patch (or those of some controls) that passed the gates, written to `folder`."""
    sources = [SourceFile(path, content) for path, content in load(name).items()]
    found = remedies(sources, scan(sources, Policy()), Policy(), only=only)
    assert found.fixed, "nothing was patched"
    for path, content in {**{each.path: each.content for each in sources}, **found.files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


@contextmanager
def served(
    folder: Path, server: tuple[str, ...], app: str, settings: Mapping[str, str], log: Path
) -> Iterator[httpx.Client]:
    """A client of the app at `app` ("shop.main:app"), started by `server` with nothing but `settings` around it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, fd = listening.getsockname()[1], listening.fileno()
        command = [sys.executable, *(part.format(fd=fd, app=app) for part in server)]
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **settings}
        with (
            log.open("w") as said,
            _process(command, folder, environ, fd, said) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            until(lambda: process.poll() is not None or _answers(client), "the app answers")
            assert process.poll() is None, log.read_text()[-2000:]
            yield client


@contextmanager
def _process(
    command: list[str], folder: Path, environ: Mapping[str, str], fd: int, said: TextIO
) -> "Iterator[subprocess.Popen[bytes]]":
    started = subprocess.Popen(command, cwd=folder, env=environ, pass_fds=[fd], stdout=said, stderr=said)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(30)


def _answers(client: httpx.Client) -> bool:
    try:
        client.get("/")
    except httpx.TransportError:
        return False
    return True
