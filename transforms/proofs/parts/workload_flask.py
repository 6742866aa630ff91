"""What the guard for programs does, on a route of the test's own: no handler of the app has to run for it."""

import pytest
from flask import Flask

from transforms.proofs.parts.ask_wsgi import ask
from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control
from transforms.proofs.parts.told import AUTH


def for_programs() -> Flask:
    """An app of one route for programs."""
    app = Flask(__name__)
    view = control(AUTH).require_workload(lambda: "in")
    app.add_url_rule("/", "view", view)
    return app


def test_the_guard_lets_a_program_pass_and_no_person(issuer: Issuer) -> None:
    assert ask(for_programs(), "GET", "/", issuer.token(sub="orders", client_id="orders"))[0] == 200
    assert ask(for_programs(), "GET", "/", issuer.token(sub="ada", client_id="web"))[0] == 403


@pytest.mark.parametrize("how", FORGED)
def test_the_guard_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    assert ask(for_programs(), "GET", "/", forged(issuer, how))[0] == 401


def test_the_guard_lets_nobody_pass_while_no_issuer_is_set(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert ask(for_programs(), "GET", "/", issuer.token(client_id="1"))[0] == 503
