"""Let somebody of the test's own call a Flask app: whose session says that they are signed in."""

import copy
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import session

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.hollow import hollow
from transforms.proofs.parts.load import the_app


@contextmanager
def called_by(_caller: Caller, key: str) -> "Iterator[Any]":
    """The app under test, with this key in the session and views that only answer, for as long as this lasts."""
    app = copy.copy(the_app())
    app.view_functions = {name: hollow(view, lambda: "in", name) for name, view in app.view_functions.items()}
    app.secret_key = app.secret_key or secrets.token_hex(32)

    def sign_in() -> None:
        session[key] = "1"

    before = app.before_request_funcs.setdefault(None, [])
    before.insert(0, sign_in)
    try:
        yield app
    finally:
        before.remove(sign_in)
