"""An identity provider of the test's own, on loopback: it hands out codes and, for a code, an id token."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from transforms.proofs.parts.loopback import Document, Loopback

OURS, THEIRS = RSAKey.generate_key(2048, {"kid": "ours"}), RSAKey.generate_key(2048, {"kid": "ours"})
CLIENT, RETURN_TO = "proof", "http://127.0.0.1/callback"
# What may be wrong with an id token: claims that are replaced, and who signed it.
FORGED: "dict[str, tuple[dict[str, Any], RSAKey | None]]" = {
    "of another sign-in": ({"nonce": "another"}, OURS),
    "without a nonce": ({"nonce": None}, OURS),
    "of another issuer": ({"iss": "https://issuer.invalid"}, OURS),
    "for another app": ({"aud": "another"}, OURS),
    "expired": ({"exp": 1}, OURS),
    "signed by somebody else": ({}, THEIRS),
    "signed by nobody": ({}, None),
}


class Provider(Loopback):
    """Publishes a discovery document and one key, and lets everybody sign in."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: dict[str, Any] = {}
        self.key: Any = OURS
        self.asked: dict[str, dict[str, str]] = {}

    def at(self, path: str, /) -> Document:
        """The keys, or where everything is."""
        return {"keys": [OURS.as_dict(private=False)]} if path == "/keys" else self.discovery()

    def given(self, sent: "dict[str, list[str]]", /) -> Document:
        """What a code is exchanged for."""
        return self.token(sent["code"][0], sent["code_verifier"][0])

    def discovery(self) -> Document:
        """Where everything is."""
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url, **{name: f"{self.url}/{path}" for name, path in places.items()}}

    def answer_to(self, address: str, **changes: str) -> str:
        """The query with which a browser comes back that was sent here with this address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked["a code"] = asked
        return urlencode({"code": "a code", "state": asked["state"], **changes})

    def token(self, code: str, verifier: str) -> Document:
        """What a code is exchanged for, by whoever asked for it."""
        asked = self.asked.get(code, {})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if asked.get("code_challenge") != challenge:
            return {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600, "nonce": asked["nonce"]}
        said |= {"email": "somebody@example.test", "email_verified": True, **self.claims}
        claims = {name: value for name, value in said.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "ours"}, claims, self.key) if self.key else unsigned(claims)
        return {"access_token": "access", "token_type": "Bearer", "id_token": token}


def unsigned(claims: "dict[str, Any]") -> str:
    """A token that says of itself that nobody signed it."""
    parts = (json.dumps(each).encode() for each in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join((*(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts), ""))


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Provider]":
    """The provider that the app trusts for one test."""
    provider = Provider()
    for name, value in {
        "OIDC_ISSUER": provider.url,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_REDIRECT_URI": RETURN_TO,
        "OIDC_CLIENT_KIND": "public",
        "SECRETS_BACKEND": "env",
        "SECRETS_PREFIX": "",
        "SIGN_IN_KEY": "of this test, and of nothing else",
    }.items():
        monkeypatch.setenv(name, value)
    yield provider
    provider.close()
