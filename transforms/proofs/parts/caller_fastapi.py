"""Let somebody of the test's own call the app: whoever its guard would have let in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.load import load, the_app


@contextmanager
def called_by(caller: Caller, guard: str) -> "Iterator[Any]":
    """The app under test, with `caller` in the place of whom its guard would find, for as long as this lasts."""
    app, dependency = the_app(), load(guard)
    app.dependency_overrides[dependency] = lambda: caller
    try:
        yield app
    finally:
        del app.dependency_overrides[dependency]
