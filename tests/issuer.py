"""A small OpenID Connect issuer on loopback: own keys, discovery document and key set over HTTP, tokens to order."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "shop-api"
# Each spoils a token. What is not valid yet must not become so while a slow suite runs: they are made when it begins.
WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - 1},
    "no expiry": {"exp": None},
    "not yet": {"nbf": int(time.time()) + 86_400},
    "other issuer": {"iss": "https://elsewhere.example"},
    "other audience": {"aud": "another-api"},
    "no audience": {"aud": None},
    "nobody": {"sub": None},
    "empty": {"sub": ""},
}


class Issuer:
    """Serves on a free port from `start()` (or `with`) to `stop()`. `requests` counts what was asked of it, by path."""

    def __init__(self) -> None:
        self.requests: dict[str, int] = {}
        self.keys: dict[str, Any] = {}
        self.published: list[dict[str, Any]] = []
        self.discovery_says: dict[str, Any] = {}
        self.broken = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.rotate("first")

    @property
    def url(self) -> str:
        """The issuer's name, which is also where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of an app that trusts this issuer."""
        return {"OIDC_ISSUER": self.url, "OIDC_AUDIENCE": AUDIENCE}

    def rotate(self, key_id: str) -> None:
        """Sign with a new RSA key from now on, and publish only that one."""
        self.keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.published = [self._public(key_id, RSAAlgorithm.to_jwk(self.keys[key_id].public_key()))]
        self.current = key_id

    def add_elliptic_key(self, key_id: str) -> None:
        """Publish an ES256 key beside the others."""
        self.keys[key_id] = ec.generate_private_key(ec.SECP256R1())
        self.published.append(self._public(key_id, ECAlgorithm.to_jwk(self.keys[key_id].public_key())))

    def token(self, *, key_id: str | None = None, algorithm: str = "RS256", header: Any = None, **claims: Any) -> str:
        """A signed token. A claim that is given as None is left out."""
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": "user-1", "iat": now, "exp": now + 600} | claims
        key_id = key_id or self.current
        headers = {"kid": key_id} if header is None else header
        payload = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(payload, self.keys[key_id], algorithm=algorithm, headers=headers)

    def bearer(self, **claims: Any) -> dict[str, str]:
        """The request header with a token."""
        return {"Authorization": f"Bearer {self.token(**claims)}"}

    def start(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port: from now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @staticmethod
    def _public(key_id: str, text: str) -> dict[str, Any]:
        return json.loads(text) | {"kid": key_id, "use": "sig"}

    def _answer(self, path: str) -> dict[str, Any] | None:
        self.requests[path] = self.requests.get(path, 0) + 1
        if path == "/.well-known/openid-configuration" and not self.broken:
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | self.discovery_says
        return {"keys": self.published} if path == "/keys" and not self.broken else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                document = issuer._answer(self.path)
                body = json.dumps(document).encode()
                self.send_response(200 if document else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
