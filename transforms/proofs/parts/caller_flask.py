"""Let somebody of the test's own call a Flask app: whoever Flask-Login would have found."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.hollow import hollow
from transforms.proofs.parts.load import the_app


@contextmanager
def called_by(caller: Caller, _found_by: str) -> "Iterator[Any]":
    """The app under test, with `caller` signed in and views that only answer, for as long as this lasts."""
    app = copy.copy(the_app())
    app.view_functions = {name: hollow(view, lambda: "in", name) for name, view in app.view_functions.items()}

    def sign_in() -> None:
        g._login_user = caller

    before = app.before_request_funcs.setdefault(None, [])
    before.insert(0, sign_in)
    try:
        yield app
    finally:
        before.remove(sign_in)
