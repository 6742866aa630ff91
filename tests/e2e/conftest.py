"""A running service and a strict GitHub double for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.apps import load
from fixtures.stage import Stage, stage


@pytest.fixture
def on_stage(tmp_path: Path) -> Iterator[Stage]:
    """The service, and a double that holds every request, answer and webhook to GitHub's description."""
    with stage(tmp_path, validate=True) as started:
        yield started
        assert started.double.violations == []


@pytest.fixture
def shop() -> dict[str, bytes]:
    """The files of the shop, with generated keys."""
    return load("fastapi_shop")
