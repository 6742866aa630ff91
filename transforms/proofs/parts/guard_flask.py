"""An app of one route behind the guard."""

from flask import Flask

from transforms.proofs.parts.ask_wsgi import ask
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control
from transforms.proofs.parts.told import AUTH


def behind(guard: str, *roles: str) -> Flask:
    """An app of one route behind a guard of the added module, or behind what it makes for roles."""
    found = getattr(control(AUTH), guard)
    app = Flask(__name__)
    app.add_url_rule("/", "view", (found(*roles) if roles else found)(lambda: "in"))
    return app


def test_the_guard_stands_before_every_request(issuer: Issuer) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", "view", lambda: "in")
    app.before_request(control(AUTH).require_user)
    assert [ask(app, "GET", "/", token)[0] for token in ("", issuer.token())] == [401, 200]
    assert ask(app, "OPTIONS", "/")[0] == 200
