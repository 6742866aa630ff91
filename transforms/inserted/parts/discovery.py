"""Ask the issuer for a document: over https, or http on this machine."""

import http.client
import json
import urllib.request
from typing import Any

from transforms.inserted.parts.safe_address import is_safe

FETCH_TIMEOUT_SECONDS = 5
LARGEST_DOCUMENT_BYTES = 1_000_000


class NotConfigured(Exception):
    """A setting is missing or cannot be accepted."""


class IssuerUnavailable(Exception):
    """The issuer cannot be asked at the moment."""


# woven in here: safe_address


def discover(issuer: str) -> "dict[str, Any]":
    """The issuer's discovery document. Blocks. Raises IssuerUnavailable."""
    document = fetch_json(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise IssuerUnavailable(f"it calls itself {document.get('issuer')!r}: set OIDC_ISSUER to exactly that")
    return document


def fetch_json(url: str) -> "dict[str, Any]":
    """Fetch a JSON object. Blocks. Raises IssuerUnavailable."""
    if not is_safe(url):
        raise IssuerUnavailable("an address in its discovery document is neither https nor on a loopback host")
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310
            document = json.loads(answer.read(LARGEST_DOCUMENT_BYTES)) if is_safe(answer.url) else None
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as problem:
        raise IssuerUnavailable(f"{type(problem).__name__} at {url}") from None
    if not isinstance(document, dict):
        raise IssuerUnavailable(f"no JSON object at {url}")
    return document
