"""Let somebody of the test's own call a Flask app whose view asks for the role itself: it runs as far as that."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.load import the_app


@contextmanager
def seen_as(caller: Caller) -> "Iterator[Any]":
    """The app under test, with `caller` signed in, for as long as this lasts."""
    app = the_app()

    def sign_in() -> None:
        g._login_user = caller

    before = app.before_request_funcs.setdefault(None, [])
    before.insert(0, sign_in)
    try:
        yield app
    finally:
        before.remove(sign_in)
