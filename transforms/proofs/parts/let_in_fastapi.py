"""The app under test behind its guard: no handler of it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transforms.proofs.parts.load import control, the_app
from transforms.proofs.parts.reached import handler_left_out
from transforms.proofs.parts.told import AUTH


@contextmanager
def without_handlers(method: str, path: str) -> "Iterator[Any]":
    """The app, with a route whose handler only answers, for as long as this lasts."""
    with handler_left_out(the_app(), method, path, control(AUTH).require_user) as app:
        yield app
