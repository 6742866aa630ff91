"""The App's private key: from a file, a variable or a vault, read at each use, never shown."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ConfigError
from bot.forges.private_key import from_file, from_text, from_vault

PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\nnot really one\n-----END RSA " + "PRIVATE KEY-----\n"


@contextmanager
def a_vault(answers: dict[str, tuple[int, Any]], asked: list[tuple[str, str]]) -> Iterator[str]:
    """A vault on loopback with fixed answers by path; notes each path and token; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("X-Vault-Token", "")))
            status, body = answers.get(self.path, (404, {"errors": []}))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body)
            self.end_headers()
            self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_is_read_at_each_use(tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    key = from_file(file)
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        key()
    file.write_text(PEM)
    assert key() == PEM


def test_a_file_that_is_no_key_is_said_to_be_none_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text("something else that is private")
    with pytest.raises(ConfigError) as caught:
        from_file(tmp_path / "app.pem")()
    assert "private key" in str(caught.value)
    assert "something else" not in repr(caught.value)


def test_a_variable_holds_the_key() -> None:
    assert from_text(lambda: PEM, "APP_KEY")() == PEM
    assert from_text(lambda: PEM.replace("\n", "\\n"), "APP_KEY")() == PEM
    with pytest.raises(ConfigError, match="APP_KEY"):
        from_text(lambda: "", "APP_KEY")()


@pytest.mark.parametrize(
    "body", [{"data": {"data": {"pem": PEM}, "metadata": {"version": 3}}}, {"data": {"pem": PEM}}], ids=["v2", "v1"]
)
def test_a_vault_is_asked_with_its_token(body: Any) -> None:
    asked: list[tuple[str, str]] = []
    with a_vault({"/v1/secret/data/tenon": (200, body)}, asked) as address:
        assert from_vault(address, lambda: "t0ken", "secret/data/tenon", "pem")() == PEM
    assert asked == [("/v1/secret/data/tenon", "t0ken")]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((403, {"errors": ["permission denied"]}), "answered 403"),
        ((200, {"data": {"other": "x"}}), "no field"),
        ((200, {"data": {"pem": "not a key"}}), "no PEM"),
        ((200, "not json"), "made no sense"),
        ((200, {}), "no field"),
    ],
)
def test_a_vault_that_has_no_key_for_us_says_why(answer: tuple[int, Any], sentence: str) -> None:
    with a_vault({"/v1/secret/tenon": answer}, []) as address, pytest.raises(ConfigError, match=sentence):
        from_vault(address, lambda: "t0ken", "secret/tenon", "pem")()


def test_the_vaults_token_follows_no_redirect() -> None:
    stolen: list[tuple[str, str]] = []
    with (
        a_vault({}, stolen) as thief,
        a_vault({"/v1/secret/tenon": (302, f"{thief}/v1/x")}, []) as address,
        pytest.raises(ConfigError, match="302"),
    ):
        from_vault(address, lambda: "t0ken", "secret/tenon", "pem")()
    assert stolen == []


def test_a_vault_out_of_reach_is_said_to_be() -> None:
    with pytest.raises(ConfigError, match="out of reach"):
        from_vault("http://127.0.0.1:9", lambda: "t0ken", "secret/tenon", "pem")()


@pytest.mark.parametrize("address", ["http://vault.example.com", "file:///etc/passwd", "vault.example.com"])
def test_a_token_is_not_sent_in_the_clear(address: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        from_vault(address, lambda: "t0ken", "secret/tenon", "pem")
