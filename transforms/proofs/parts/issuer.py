"""An OpenID Connect issuer of the test's own, on loopback."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
AUDIENCE = "proof"


class Issuer:
    """Publishes a discovery document and one key, and signs tokens."""

    def __init__(self) -> None:
        public = json.loads(RSAAlgorithm.to_jwk(OURS.public_key()))
        self.keys = [{**public, "kid": "ours", "use": "sig"}]
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                discovery = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"}
                body = json.dumps({"keys": issuer.keys} if self.path == "/keys" else discovery).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def token(self, key: Any = OURS, algorithm: str = "RS256", **claims: Any) -> str:
        """A token for the app; each claim can be replaced."""
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": "1", "tenant_id": "1", "iat": now, "exp": now + 600, **claims}
        return jwt.encode(said, key, algorithm=algorithm, headers={"kid": "ours"})


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Issuer]":
    """The issuer that the app trusts for one test."""
    issuer = Issuer()
    for name, value in {
        "OIDC_ISSUER": issuer.url,
        "OIDC_AUDIENCE": AUDIENCE,
        "OIDC_ROLES_CLAIM": "roles",
        "OIDC_TENANT_CLAIM": "tenant_id",
        "OIDC_ALGORITHMS": "RS256",
    }.items():
        monkeypatch.setenv(name, value)
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()
