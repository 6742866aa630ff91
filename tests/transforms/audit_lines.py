"""Collects what the logger `audit` gets, and gives each test that logger as if the app had just started."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Lines(logging.Handler):
    """Collects what the logger `audit` gets."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(event["action"], event["outcome"]) for event in self.events]


@contextmanager
def fresh_audit_logger() -> Iterator[logging.Logger]:
    """The logger without handlers; afterwards it is as it was."""
    logger = logging.getLogger("audit")
    before = (list(logger.handlers), logger.propagate, logger.level, logger.disabled)
    logger.handlers = []
    yield logger
    logger.handlers, logger.propagate, logger.level, logger.disabled = before


def collect_lines() -> Lines:
    """Attach a collector to the logger."""
    handler = Lines()
    logger = logging.getLogger("audit")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler
