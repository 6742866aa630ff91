"""Ask an app something without a server, a client library or a network. The app's start-up hooks do not run."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit


def ask(app: Any, method: str, url: str, token: str = "") -> "tuple[int, str]":
    """Send one request straight to the app: gives the status and the body. An error inside the app counts as 500.

    The method WEBSOCKET opens one: 101 where it is accepted, 401 where it is closed for a violation of the policy.
    """
    parts, opens = urlsplit(url), method == "WEBSOCKET"
    told: list[dict[str, Any]] = [{"type": "websocket.connect"}]
    status, body = [500], [b""]
    headers = [(b"host", b"testserver")] + ([(b"authorization", f"Bearer {token}".encode())] if token else [])

    async def receive() -> "dict[str, Any]":
        if opens:
            return told.pop() if told else {"type": "websocket.disconnect", "code": 1001}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: "dict[str, Any]") -> None:
        if message["type"].endswith("http.response.start"):
            status[0] = message["status"]
        elif message["type"] == "websocket.accept":
            status[0] = 101
        elif message["type"] == "websocket.close" and (status[0] != 101 or message.get("code") == 1008):
            status[0] = 401 if message.get("code") == 1008 else 403
        body.append(message.get("body", b""))

    scope: dict[str, Any] = {
        "type": "websocket" if opens else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "ws" if opens else "http",
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
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
