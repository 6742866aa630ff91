"""The secret stores of Google and Azure, as far as their client libraries ask them, under their real host names.

The clients reach it as they would reach the real thing through a company's proxy: it takes CONNECT for any host and
answers under a certificate of its own authority. What an app is given is therefore nothing but environment variables.
"""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import trustme

GOOGLE, GOOGLE_TOKENS = "secretmanager.googleapis.com", "sts.googleapis.com"
VAULT = "shop.vault.azure.net"
GOOGLE_PROJECTS = "cloudresourcemanager.googleapis.com"
HOSTS = (GOOGLE, GOOGLE_TOKENS, GOOGLE_PROJECTS, VAULT)
HOUR = 3600


Answer = tuple[int, dict[str, Any], dict[str, str]]  # status, document, headers


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as far as it matters."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    bearer: str
    body: dict[str, Any]


class Clouds:
    """What the stores hold, and what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.google: dict[str, str] = {}
        self.azure: dict[str, str] = {}
        self.requests: list[str] = []
        self.status = 200
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.authority))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*HOSTS).configure_cert(self.tls)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._identity = folder / "identity.jwt"
        self._identity.write_text("signed-by-the-platform", encoding="utf-8")
        self._federation = folder / "federation.json"
        self._federation.write_text(json.dumps(self._federated()), encoding="utf-8")

    def _federated(self) -> dict[str, Any]:
        """Workload identity federation: no key, only where the platform's token lies and where it is exchanged."""
        return {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"https://{GOOGLE_TOKENS}/v1/token",
            "credential_source": {"file": str(self._identity)},
        }

    def _reached(self) -> dict[str, str]:
        return {
            "HTTPS_PROXY": self.url, "NO_PROXY": "127.0.0.1,localhost", "REQUESTS_CA_BUNDLE": str(self.authority),
        }  # fmt: skip

    def google_settings(self) -> dict[str, str]:
        """The environment of an app that runs with a workload identity of Google Cloud."""
        return {
            **self._reached(), "SECRETS_BACKEND": "gcp", "SECRETS_PREFIX": "shop", "GOOGLE_CLOUD_PROJECT": "acme",
            "GOOGLE_APPLICATION_CREDENTIALS": str(self._federation),
        }  # fmt: skip

    def azure_settings(self) -> dict[str, str]:
        """The environment of an app that runs with a managed identity of Azure."""
        return {
            **self._reached(), "SECRETS_BACKEND": "azure", "SECRETS_PREFIX": "shop",
            "AZURE_KEYVAULT_URL": f"https://{VAULT}", "IDENTITY_ENDPOINT": f"{self.url}/identity",
            "IDENTITY_HEADER": "of-the-platform",
        }  # fmt: skip

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answer:
        """Status, document and headers for a request."""
        host, path = asked.host, asked.path
        self.requests.append(f"{host}{path}")
        if path.startswith("/identity"):
            return 200, {"access_token": "of-azure", "expires_on": "9999999999", "token_type": "Bearer"}, {}
        if host == GOOGLE_TOKENS:
            return 200, {"access_token": "of-google", "expires_in": HOUR, "token_type": "Bearer"}, {}
        if host == GOOGLE_PROJECTS:
            return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}, {}
        if self.status != 200:
            return (
                self.status,
                {"error": {"code": "Internal", "message": f"while reading {[*self.azure.values()]}"}},
                {},
            )
        return self._google(asked) if host == GOOGLE else self._azure(asked)

    def _google(self, asked: Asked) -> Answer:
        path = asked.path
        if asked.bearer != "of-google":
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "sign in"}}, {}
        if asked.method == "POST" and path.endswith(":addVersion"):
            name = path.removeprefix("/v1/projects/acme/secrets/").removesuffix(":addVersion")
            self.google[name] = base64.b64decode(asked.body["payload"]["data"]).decode()
            return 200, {"name": f"{path}/versions/1"}, {}
        if asked.method == "POST":
            return 200, {"name": f"projects/acme/secrets/{asked.query['secretId']}"}, {}
        name = path.removeprefix("/v1/projects/acme/secrets/").removesuffix("/versions/latest:access")
        if name not in self.google:
            return 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": f"{name} not found"}}, {}
        if not path.endswith(":access"):
            return 200, {"name": path.removeprefix("/v1/")}, {}
        data = base64.b64encode(self.google[name].encode()).decode()
        return 200, {"name": path, "payload": {"data": data}}, {}

    def _azure(self, asked: Asked) -> Answer:
        if asked.bearer != "of-azure":
            challenge = 'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"'
            return 401, {}, {"WWW-Authenticate": challenge}
        name = asked.path.removeprefix("/secrets/").strip("/")
        if asked.method == "PUT":
            self.azure[name] = asked.body["value"]
        if name not in self.azure:
            return 404, {"error": {"code": "SecretNotFound", "message": f"{name} not found"}}, {}
        found = {"value": self.azure[name], "id": f"https://{VAULT}/secrets/{name}/1", "attributes": {"enabled": True}}
        return 200, found, {}


def _handler(clouds: Clouds) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            """Become the host that is asked for, within this connection."""
            self.send_response(200)
            self.end_headers()
            self.connection = clouds.tls.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]
            self.close_connection = False

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def _answer(self) -> None:
            status, document, headers = clouds.answer(self._asked())
            body = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _asked(self) -> Asked:
            address, content = urlsplit(self.path), self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_json = self.headers.get("Content-Type", "").startswith("application/json")
            return Asked(
                method=self.command,
                host=self.headers.get("Host", "").partition(":")[0],
                path=address.path,
                query=dict(parse_qsl(address.query)),
                bearer=self.headers.get("Authorization", "").removeprefix("Bearer "),
                body=json.loads(content) if is_json and content else {},
            )

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def clouds(folder: Path) -> Iterator[Clouds]:
    """The stores of both clouds, empty."""
    server = Clouds(folder)
    try:
        yield server
    finally:
        server.stop()
