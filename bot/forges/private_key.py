"""Where the App's private key comes from: a file, or a secret broker. It is read at each use and kept nowhere.

Each function returns a callable that reads the key, so a rotated key is picked up without a restart. No message, log
line or repr holds any part of it.
"""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.errors import ConfigError

PrivateKey = Callable[[], str]
_VAULT_SECONDS = 10
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class _StayHere(urllib.request.HTTPRedirectHandler):
    """urllib would send the vault's token along to wherever it is redirected."""

    def redirect_request(self, *_: Any) -> None:
        return None


def from_file(path: Path) -> PrivateKey:
    """The PEM file that GitHub hands out; the callable raises ConfigError."""

    def read() -> str:
        try:
            return _checked(path.read_text(encoding="ascii"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The App's private key cannot be read from {path} ({type(error).__name__}).") from None

    return read


def from_text(pem: Callable[[], str], origin: str) -> PrivateKey:
    """A key that is at hand, say in a variable named `origin`; the callable raises ConfigError."""
    return lambda: _checked(pem(), origin)


def from_vault(address: str, token: Callable[[], str], path: str, field: str) -> PrivateKey:
    """A field of a secret in Vault's or OpenBao's key-value store, version 1 or 2; the callable raises ConfigError.

    `path` is the whole API path behind `/v1/`, for example `secret/data/tenon`.
    """
    url = f"{address.rstrip('/')}/v1/{urllib.parse.quote(path)}"
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in _LOOPBACK):
        raise ConfigError("The address of the vault must start with https:// (http:// only on loopback).")

    def read() -> str:
        data = _ask_vault(url, token(), path)
        # Version 2 of the store wraps the fields once more.
        fields = data["data"] if isinstance(data.get("data"), dict) else data
        if not isinstance(fields.get(field), str):
            raise ConfigError(f"The secret {path} of the vault has no field {field!r}.")
        return _checked(fields[field], f"{path}#{field}")

    return read


def _ask_vault(url: str, token: str, path: str) -> dict[str, Any]:
    request = urllib.request.Request(url, headers={"X-Vault-Token": token})  # noqa: S310 - the scheme is checked above
    try:
        with urllib.request.build_opener(_StayHere).open(request, timeout=_VAULT_SECONDS) as reply:
            data = json.load(reply).get("data")
    except urllib.error.HTTPError as error:
        raise ConfigError(f"The vault answered {error.code} when asked for {path}.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ConfigError(f"The vault is out of reach or made no sense ({type(error).__name__}).") from None
    return data if isinstance(data, dict) else {}


def _checked(pem: str, origin: str) -> str:
    if "PRIVATE KEY-----" not in pem:
        raise ConfigError(f"What is in {origin} is no PEM private key.")
    return pem if "\n" in pem.strip() else pem.replace("\\n", "\n")  # variables often hold the key on one line
