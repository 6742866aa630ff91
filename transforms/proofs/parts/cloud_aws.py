"""A role of AWS that what runs the app has, and which credentials a client of boto3 signs in with."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from transforms.proofs.parts.platform import giving


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Iterator[str]":
    """The access key that a container's role gives for a while; there is no other."""
    key = uuid.uuid4().hex
    document = {"AccessKeyId": key, "SecretAccessKey": "of this test", "Token": "of this test"}
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with giving({**document, "Expiration": "2999-01-01T00:00:00Z"}) as url:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
        yield key


def access_key(made: Any) -> str:
    """The access key that a session, a client or a resource signs in with."""
    if isinstance(made, boto3.Session):
        return str(made.get_credentials().access_key)
    client = made if hasattr(made, "_request_signer") else made.meta.client
    return str(client._request_signer._credentials.access_key)
