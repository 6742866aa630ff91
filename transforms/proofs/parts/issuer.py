"""An OpenID Connect issuer of the test's own, on loopback."""

import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from transforms.proofs.parts.loopback import Document, Loopback

OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
AUDIENCE = "proof"


class Issuer(Loopback):
    """Publishes a discovery document and one key, and signs tokens."""

    def __init__(self) -> None:
        super().__init__()
        public = json.loads(RSAAlgorithm.to_jwk(OURS.public_key()))
        self.keys = [{**public, "kid": "ours", "use": "sig"}]

    def at(self, path: str, /) -> Document:
        """The keys, or where they are."""
        return {"keys": self.keys} if path == "/keys" else {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}

    def token(self, key: Any = OURS, algorithm: str = "RS256", **claims: Any) -> str:
        """A token for the app; each claim can be replaced."""
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "sub": "1", "tenant_id": "1", "iat": now, "exp": now + 600, **claims}
        return jwt.encode(said, key, algorithm=algorithm, headers={"kid": "ours"})


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Issuer]":
    """The issuer that the app trusts for one test."""
    issuer = Issuer()
    for name, value in {
        "OIDC_ISSUER": issuer.url,
        "OIDC_AUDIENCE": AUDIENCE,
        "OIDC_ROLES_CLAIM": "roles",
        "OIDC_TENANT_CLAIM": "tenant_id",
        "OIDC_ALGORITHMS": "RS256",
    }.items():
        monkeypatch.setenv(name, value)
    yield issuer
    issuer.close()
