"""Ask a Django app something without a server or a network, by the test client that Django brings along."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client, override_settings


def ask(app: Any, method: str, url: str, token: str = "") -> "tuple[int, str]":
    """Send one request to the app: gives the status and the body. Being sent to the sign-in page counts as 401."""
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else getattr(app, "brought", {})
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        answer = Client(raise_request_exception=False).generic(method, url, **headers)
        refused = answer.status_code in {302, 303} and is_sign_in(answer["Location"])
    body = b"" if answer.streaming else answer.content
    return 401 if refused else answer.status_code, body.decode(errors="replace")


def is_sign_in(location: str) -> bool:
    """Whether an address is the one where people sign in."""
    parts = urlsplit(location)
    known = urlsplit(resolve_url(settings.LOGIN_URL)).path
    return parts.path == known or "next=" in parts.query or re.search(r"log-?in|sign-?in", parts.path) is not None
