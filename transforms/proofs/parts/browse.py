"""A browser without a server, a client library or a network: it keeps cookies and follows nothing."""

import asyncio
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

    def visit(self, url: str, method: str = "GET") -> Answer:
        """Send one request straight to the app."""
        answer = Answer()

        async def receive() -> "dict[str, Any]":
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: "dict[str, Any]") -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
            answer.body += message.get("body", b"").decode(errors="replace")

        with suppress(Exception):  # the app's own error: the answer is 500, or what was sent before
            asyncio.run(self.app(self._scope(url, method), receive, send))
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        return answer

    def _scope(self, url: str, method: str) -> "dict[str, Any]":
        parts = urlsplit(url)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(b"host", b"testserver"), (b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "state": {},
        }
