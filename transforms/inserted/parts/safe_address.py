"""Whether an address may be used for signing in."""

from urllib.parse import urlsplit


def is_safe(url: str) -> bool:
    """https, or http to this very machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    loopback = host in {"localhost", "::1"} or host.startswith("127.")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and loopback))
