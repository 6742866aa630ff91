"""Ask a WSGI app something without a server, a client library or a network."""

import io
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit


def ask(app: Any, method: str, url: str, token: str = "") -> "tuple[int, str]":
    """Send one request straight to the app: gives the status and the body. An error inside the app counts as 500.

    A redirect to a page for signing in is a refusal: it counts as 401.
    """
    parts = urlsplit(url)
    status, location = [500], [""]
    body: list[bytes] = []
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
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
    if token:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"

    def start_response(line: str, headers: "list[tuple[str, str]]", *_: object) -> Any:
        status[0] = int(line.partition(" ")[0])
        location[0] = dict(headers).get("Location", "")
        return body.append

    with suppress(Exception):  # the app's own error: the answer is 500, or what was sent before
        body += app(environ, start_response)
    to_sign_in = status[0] in {302, 303, 307} and any(
        word in location[0].lower() for word in ("login", "signin", "sign-in", "log-in", "auth")
    )
    return 401 if to_sign_in else status[0], b"".join(body).decode(errors="replace")
