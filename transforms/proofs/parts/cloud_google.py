"""An identity of a workload on Google Cloud, and whether a client has found it."""

import json
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.auth import identity_pool

FEDERATED = {
    "type": "external_account",
    "audience": "proof",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "list[Any]":
    """The credentials that were found by default, one for each time that somebody looked."""
    seen: list[Any] = []
    default = google.auth.default

    def look(*args: Any, **kwargs: Any) -> Any:
        credentials, project = default(*args, **kwargs)
        seen.append(credentials)
        return credentials, project

    settings = tmp_path / "federated.json"
    token = tmp_path / "token"
    token.write_text("of this test", encoding="utf-8")
    settings.write_text(json.dumps({**FEDERATED, "credential_source": {"file": str(token)}}), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(settings))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "proof")
    monkeypatch.setattr(google.auth, "default", look)
    return seen


def looked(made: Any, found: "list[Any]") -> bool:
    """Whether what was made signs in with the identity of the workload."""
    if hasattr(made, "get_credential"):
        made.get_credential()  # of Firebase, which looks when it is asked
    return bool(found) and all(isinstance(each, identity_pool.Credentials) for each in found)
