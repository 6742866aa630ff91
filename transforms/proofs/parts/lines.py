"""Read the audit trail."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest


class Lines(logging.Handler):
    """Collects the events that reach the logger `audit`."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.events.append(json.loads(record.getMessage()))

    def of(self, outcome: str) -> "list[dict[str, Any]]":
        """The events with one outcome."""
        return [event for event in self.events if event["outcome"] == outcome]


@pytest.fixture
def lines() -> "Iterator[Lines]":
    """What is recorded during one test."""
    logger, lines = logging.getLogger("audit"), Lines()
    level = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(lines)
    logger.setLevel(level)
