"""Read the audit trail, and ask for a route without running its handler."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, routing


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


def without_handler(app: Any, method: str, path: str) -> FastAPI:
    """An app with the same route and the same dependencies in front of it, but a handler that does nothing."""
    contexts = getattr(routing, "iter_route_contexts", iter)  # newer FastAPI keeps included routers as a tree
    (route,) = [
        route
        for route in contexts(app.routes)
        if getattr(route, "path", None) == path and method in (getattr(route, "methods", None) or ())
    ]
    bare = FastAPI()
    bare.dependency_overrides = app.dependency_overrides
    bare.add_api_route(path, lambda: None, methods=[method], dependencies=route.dependencies)
    return bare
