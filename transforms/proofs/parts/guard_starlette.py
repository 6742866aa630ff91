"""What the guard itself does, on a route of the test's own: no handler of the app has to run for it."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from transforms.proofs.parts.ask import ask
from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control
from transforms.proofs.parts.told import AUTH


def guarded_by(guard: Any, *told: str) -> Starlette:
    """An app of one route behind a guard."""
    return Starlette(routes=[Route("/", lambda _: PlainTextResponse("in"), middleware=[Middleware(guard, *told)])])


def test_the_guard_lets_a_signed_in_caller_pass(issuer: Issuer) -> None:
    app = guarded_by(control(AUTH).require_user)
    assert ask(app, "GET", "/", issuer.token())[0] == 200


@pytest.mark.parametrize("how", FORGED)
def test_the_guard_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    app = guarded_by(control(AUTH).require_user)
    assert ask(app, "GET", "/", forged(issuer, how))[0] == 401


def test_the_guard_lets_nobody_pass_while_the_issuer_publishes_no_keys(issuer: Issuer) -> None:
    app = guarded_by(control(AUTH).require_user)
    issuer.keys = []
    assert ask(app, "GET", "/", issuer.token())[0] == 503


def test_the_guard_lets_nobody_pass_while_no_issuer_is_set(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    app = guarded_by(control(AUTH).require_user)
    monkeypatch.delenv("OIDC_ISSUER")
    assert ask(app, "GET", "/", issuer.token())[0] == 503


def test_the_guard_tells_roles_apart(issuer: Issuer) -> None:
    app = guarded_by(control(AUTH).require_role, "clerk")
    assert ask(app, "GET", "/", issuer.token(roles=["clerk"]))[0] == 200
    assert ask(app, "GET", "/", issuer.token(roles=["visitor"]))[0] == 403
