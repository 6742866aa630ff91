"""A server of the test's own, on loopback: it answers with JSON."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

Document = dict[str, Any]


class Loopback:
    """Answers what `at` says to whoever reads, and what `given` says to whoever sends a form."""

    def __init__(self) -> None:
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(here.at(self.path))

            def do_POST(self) -> None:
                self.answer(here.given(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())))

            def answer(self, document: Document) -> None:
                body = json.dumps(document).encode()
                self.send_response(400 if "error" in document else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def at(self, path: str, /) -> Document:
        """The document at a path."""
        raise NotImplementedError

    def given(self, sent: "dict[str, list[str]]", /) -> Document:
        """The answer to a form."""
        raise NotImplementedError

    def close(self) -> None:
        """Answer nobody any more."""
        self.server.shutdown()
        self.server.server_close()
