"""An identity provider of the test's own, on loopback, that gives a token to the one program that it knows."""

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from transforms.proofs.parts.load import control

AUDIENCE = "the service that is called"


class TokenEndpoint:
    """Publishes a discovery document and gives out one token; `asked` is what it was asked for."""

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex
        self.asked: list[dict[str, list[str]]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer({"issuer": endpoint.url, "token_endpoint": f"{endpoint.url}/token"})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                endpoint.asked.append(parse_qs(self.rfile.read(length).decode()))
                self.answer({"access_token": endpoint.token, "token_type": "Bearer", "expires_in": 600})

            def answer(self, document: "dict[str, Any]") -> None:
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> "Iterator[TokenEndpoint]":
    """The provider at which this program signs in for one test."""
    monkeypatch.setattr(control("workload"), "_tokens", {})
    for name in ("WORKLOAD_TOKEN_FILE", "WORKLOAD_SCOPE", "WORKLOAD_AUDIENCE_PARAMETER"):
        monkeypatch.delenv(name, raising=False)
    endpoint = TokenEndpoint()
    for name, value in {
        "OIDC_ISSUER": endpoint.url,
        "WORKLOAD_AUDIENCE": AUDIENCE,
        "WORKLOAD_CLIENT_ID": "proof",
        "WORKLOAD_CLIENT_SECRET": "of this test",
        "SECRETS_BACKEND": "env",
        "SECRETS_PREFIX": "",
    }.items():
        monkeypatch.setenv(name, value)
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()
