"""Patched apps of pages, started for real on loopback and asked as a stranger asks."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from fixtures.apps import load
from tests.bot.patience import until
from tests.transforms.page_apps import after, write

pytestmark = pytest.mark.slow
SETTINGS = {"SESSION_KEY": "of this test", "LOGIN": "of this test", "GRADIO_ANALYTICS_ENABLED": "False"}
AUTH = """[auth]
redirect_uri = "http://127.0.0.1:8501/oauth2callback"
cookie_secret = "of this test"
client_id = "shop"
client_secret = "of this test"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


@contextmanager
def started(command: list[str], folder: Path, ready: str, port: int) -> Iterator[None]:
    """A process that answers at the path `ready` before the body runs."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **SETTINGS},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: answers(process, port, ready), "the app answers")
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(process: "subprocess.Popen[bytes]", port: int, path: str) -> bool:
    assert process.poll() is None, "the app ended by itself"
    try:
        return ask(port, path)[0] < 500
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def ask(port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Status, cookie and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        return answer.status, cookie, answer.read().decode(errors="replace")
    finally:
        connection.close()


def shown(port: int, page: str = "") -> set[str]:
    """The kinds of elements that a browser gets for a page, and whether it is sent to sign in."""
    found: set[str] = set()
    run = BackMsg()
    run.rerun_script.page_name = page
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as browser:
        browser.send(run.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(browser.recv(timeout=180))
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                found.add(str(message.delta.new_element.WhichOneof("type")))
            if kind == "auth_redirect":
                found.add("sent to sign in")
            if kind == "script_finished":
                return found


@contextmanager
def streamlit(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [
        "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1",
        "--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none",
    ]  # fmt: skip
    with started(command, folder, "/_stcore/health", port):
        yield port


def test_streamlit_shows_everybody_everything_before_the_patch(tmp_path: Path) -> None:
    with streamlit(write(tmp_path, load("streamlit_stock"))) as port:
        assert {"heading", "text_input"} <= shown(port)
        assert "button" in shown(port, "Administration")


def test_streamlit_sends_a_stranger_to_sign_in_after_it(tmp_path: Path) -> None:
    files = {**after("streamlit_stock"), ".streamlit/secrets.toml": AUTH.encode()}
    with streamlit(write(tmp_path, files)) as port:
        assert shown(port) == {"sent to sign in"}
        assert shown(port, "Administration") == {"sent to sign in"}


def test_streamlit_lets_nobody_in_while_no_sign_in_is_configured(tmp_path: Path) -> None:
    with streamlit(write(tmp_path, after("streamlit_stock"))) as port:
        assert shown(port) == {"exception"}


def test_a_forgotten_page_of_streamlit_asks_like_the_others(tmp_path: Path) -> None:
    with streamlit(write(tmp_path, after("streamlit_forgotten"))) as port:
        assert shown(port, "Payroll") == shown(port, "Hours") == {"text_input", "button"}


@contextmanager
def gradio(folder: Path) -> Iterator[int]:
    port = free_port()
    with started(["-m", "uvicorn", "desk.main:app", "--port", str(port)], folder, "/health", port):
        yield port


def call(port: int, name: str, cookie: str = "") -> int:
    """The status of a call of a handler by its name, past the page."""
    body = json.dumps({"data": []}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"content-type": "application/json", "cookie": cookie}
        connection.request("POST", f"/desk/gradio_api/call/{name}", body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_gradio_lets_everybody_in_before_the_patch(tmp_path: Path) -> None:
    with gradio(write(tmp_path, load("gradio_desk"))) as port:
        assert ask(port, "/desk/")[0] == 200
        assert call(port, "clear_notes") == 200


def test_gradio_asks_who_is_there_after_it(tmp_path: Path) -> None:
    with gradio(write(tmp_path, after("gradio_desk"))) as port:
        assert ask(port, "/desk/")[0] == 401
        assert call(port, "clear_notes") == 401
        assert ask(port, "/health")[0] == 200
        _, cookie, _ = ask(port, "/login", "POST", {"x-login": SETTINGS["LOGIN"]})
        assert ask(port, "/desk/", headers={"cookie": cookie})[0] == 200
        assert call(port, "clear_notes", cookie) == 200
