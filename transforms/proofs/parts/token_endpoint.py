"""An identity provider of the test's own, on loopback, that gives a token to the one program that it knows."""

import uuid
from collections.abc import Iterator

import pytest

from transforms.proofs.parts.load import control
from transforms.proofs.parts.loopback import Document, Loopback

AUDIENCE = "the service that is called"


class TokenEndpoint(Loopback):
    """Publishes a discovery document and gives out one token; `asked` is what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.token = uuid.uuid4().hex
        self.asked: list[dict[str, list[str]]] = []

    def at(self, _path: str, /) -> Document:
        """Where tokens are, at whatever path."""
        return {"issuer": self.url, "token_endpoint": f"{self.url}/token"}

    def given(self, sent: "dict[str, list[str]]", /) -> Document:
        """The token, for whatever was sent."""
        self.asked.append(sent)
        return {"access_token": self.token, "token_type": "Bearer", "expires_in": 600}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> "Iterator[TokenEndpoint]":
    """The provider at which this program signs in for one test."""
    monkeypatch.setattr(control("workload"), "_tokens", {})
    for name in ("WORKLOAD_TOKEN_FILE", "WORKLOAD_SCOPE", "WORKLOAD_AUDIENCE_PARAMETER"):
        monkeypatch.delenv(name, raising=False)
    endpoint = TokenEndpoint()
    for name, value in {
        "OIDC_ISSUER": endpoint.url,
        "WORKLOAD_AUDIENCE": AUDIENCE,
        "WORKLOAD_CLIENT_ID": "proof",
        "WORKLOAD_CLIENT_SECRET": "of this test",
        "SECRETS_BACKEND": "env",
        "SECRETS_PREFIX": "",
    }.items():
        monkeypatch.setenv(name, value)
    yield endpoint
    endpoint.close()
