"""A managed identity of Azure that what runs the app has, and the token that a credential gets for it."""

import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from transforms.proofs.parts.platform import giving

SCOPE = "https://management.azure.com/.default"


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> "Iterator[str]":
    """The token that the managed identity gets; there is no other."""
    token = uuid.uuid4().hex
    for name in [each for each in os.environ if each.startswith(("AZURE_", "IDENTITY_", "MSI_"))]:
        monkeypatch.delenv(name)
    document = {"access_token": token, "expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"}
    with giving({**document, "resource": SCOPE.rpartition("/")[0]}) as url:
        monkeypatch.setenv("IDENTITY_ENDPOINT", url)
        monkeypatch.setenv("IDENTITY_HEADER", "of this test")
        yield token


def token_of(credential: Any) -> str:
    """The token that a credential gets."""
    return str(credential.get_token(SCOPE).token)
