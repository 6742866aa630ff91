"""Let somebody of the test's own call the app: whoever its guard would have let in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import routing

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.load import load, the_app


@contextmanager
def called_by(caller: Caller, guard: str) -> "Iterator[Any]":
    """The app under test, with `caller` in the place of whom its guard would find, for as long as this lasts."""
    app, dependency = the_app(), load(guard)
    programs = list(with_mounted(app))
    for each in programs:
        each.dependency_overrides[dependency] = lambda: caller
    try:
        yield app
    finally:
        for each in programs:
            del each.dependency_overrides[dependency]


def with_mounted(app: Any) -> "Iterator[Any]":
    """The app, and the apps that are mounted in it."""
    yield app
    for route in getattr(routing, "iter_route_contexts", iter)(app.routes):
        if hasattr(getattr(route, "app", None), "dependency_overrides"):
            yield from with_mounted(route.app)
