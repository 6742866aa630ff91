"""A browser without a server or a network, by the test client that Django brings along. Sessions need no database."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client, override_settings

IN_COOKIES = "django.contrib.sessions.backends.signed_cookies"


@dataclass
class Answer:
    """What the app answered. An error inside the app counts as 500."""

    status: int
    location: str


class Browser:
    """Somebody who visits the app."""

    def __init__(self, _app: Any) -> None:
        self.client = Client(raise_request_exception=False)
        key = ""
        with suppress(Exception):  # it is set where the app runs: without it there are no sessions
            key = str(settings.SECRET_KEY)
        settings.SECRET_KEY = key or secrets.token_hex()

    def visit(self, url: str, method: str = "GET") -> Answer:
        """Send one request straight to the app; follow nothing."""
        with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False, SESSION_ENGINE=IN_COOKIES):
            answer = self.client.generic(method, url)
        return Answer(answer.status_code, answer.headers.get("Location", ""))
