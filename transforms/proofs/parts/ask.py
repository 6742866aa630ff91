"""Ask an app something without a server, a client library or a network. The app's start-up hooks do not run."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit


def ask(app: Any, method: str, url: str, token: str = "") -> "tuple[int, str]":
    """Send one request straight to the app: gives the status and the body. An error inside the app counts as 500."""
    parts = urlsplit(url)
    status, body = [500], [b""]
    headers = [(b"host", b"testserver")] + ([(b"authorization", f"Bearer {token}".encode())] if token else [])

    async def receive() -> "dict[str, Any]":
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: "dict[str, Any]") -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
        body.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "state": {},
    }
    with suppress(Exception):  # the app's own error: the answer is 500, or what was sent before
        asyncio.run(app(scope, receive, send))
    return status[0], b"".join(body).decode(errors="replace")
