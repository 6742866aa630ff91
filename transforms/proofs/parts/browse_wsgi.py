"""A browser without a server, a client library or a network: it keeps cookies and follows nothing."""

import io
import secrets
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from transforms.proofs.parts.answer import Answer


class Browser:
    """Somebody who visits the app."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        if not getattr(app, "secret_key", None):  # it is set where the app runs: without it there are no sessions
            app.secret_key = secrets.token_hex()

    def visit(self, url: str, method: str = "GET") -> Answer:
        """Send one request straight to the app."""
        answer = Answer()
        written: list[bytes] = []

        def start_response(line: str, headers: "list[tuple[str, str]]", *_: object) -> Any:
            answer.status, answer.headers = int(line.partition(" ")[0]), headers
            return written.append

        with suppress(Exception):  # the app's own error: the answer is 500, or what was sent before
            answer.body = b"".join(self.app(self._environ(url, method), start_response)).decode(errors="replace")
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        return answer

    def _environ(self, url: str, method: str) -> "dict[str, Any]":
        parts = urlsplit(url)
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": "0",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
