"""The Django fixture apps: patched as a user would have them patched, written to disk, tested and served for real."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fixtures.apps import load
from tests import apart
from transforms.app import App
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.remedying import Remedies
from transforms.source import SourceFile

SECRET = {"SECRET_KEY": "for tests only"}


def site_of(files: Mapping[str, str]) -> App:
    """A site as a scan sees it."""
    return scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy()).app


def patched(files: Mapping[str, bytes]) -> Remedies:
    """What the control of open routes makes of an app."""
    sources = [SourceFile(path, content) for path, content in files.items()]
    return remedies(sources, scan(sources, Policy()), Policy(), only={"route-requires-auth"})


def after(name: str) -> dict[str, bytes]:
    """All files of a fixture app with the patches in it."""
    files = load(name)
    return {**files, **patched(files).files}


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def environ(folder: Path, **more: str) -> dict[str, str]:
    """An environment with nothing of Tenon on the path."""
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder), **SECRET, **more}


def run_pytest(folder: Path, path: str) -> "subprocess.CompletedProcess[str]":
    return apart.run_pytest(folder, path, **SECRET)


@contextmanager
def served(folder: Path, command: "list[str]", **more: str) -> Iterator[str]:
    """An app served by a process of its own; `{address}` in the command is where. Gives its URL once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, *(word.format(address=address) for word in command)],
        cwd=folder,
        env=environ(folder, **more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_listens(address, process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_it_listens(address: str, process: "subprocess.Popen[bytes]") -> None:
    host, _, port = address.partition(":")
    for _ in range(600):
        assert process.poll() is None, "the server has ended"
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex((host, int(port))) == 0:
                return
        try:  # another process has to get on: wait for it, not for a time
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("the server does not listen")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers here."""

    def redirect_request(self, *_: object) -> None:
        return None


def status_of(url: str, method: str = "GET", token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, method=method, headers=headers, data=b"" if method != "GET" else None)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
