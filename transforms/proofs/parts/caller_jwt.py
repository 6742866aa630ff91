"""Let somebody of the test's own call a Flask app: with a token that the app itself gives out."""

import copy
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_jwt_extended import create_access_token

from transforms.proofs.parts.caller import Caller
from transforms.proofs.parts.hollow import hollow
from transforms.proofs.parts.load import the_app


@contextmanager
def called_by(_caller: Caller, _found_by: str) -> "Iterator[Any]":
    """The app under test, asked with a token of its own, and with views that only answer, for as long as this lasts."""
    app = copy.copy(the_app())
    app.view_functions = {name: hollow(view, lambda: "in", name) for name, view in app.view_functions.items()}
    if not app.config.get("JWT_SECRET_KEY") and not app.secret_key:
        app.config["JWT_SECRET_KEY"] = secrets.token_hex(32)
    with app.app_context():
        token = create_access_token("1")

    def asked(environ: "dict[str, Any]", start_response: Any) -> Any:
        return app({**environ, "HTTP_AUTHORIZATION": f"Bearer {token}"}, start_response)

    yield asked
