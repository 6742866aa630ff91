"""What the guard itself does, on a view of the test's own: no view of the app has to run for it."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control, the_app
from transforms.proofs.parts.told import AUTH


def answer_of(decorator: str, token: str, *roles: str) -> int:
    """The status that a view behind a decorator of the guard answers."""
    the_app()  # reads the settings
    guard: Any = getattr(control(AUTH), decorator)
    view = (guard(*roles) if roles else guard)(lambda _request: HttpResponse("in"))
    return int(view(RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")).status_code)


def test_the_guard_lets_a_signed_in_caller_pass(issuer: Issuer) -> None:
    assert answer_of("require_user", issuer.token()) == 200


@pytest.mark.parametrize("how", FORGED)
def test_the_guard_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    assert answer_of("require_user", forged(issuer, how)) == 401


def test_the_guard_lets_nobody_pass_while_the_issuer_publishes_no_keys(issuer: Issuer) -> None:
    issuer.keys = []
    assert answer_of("require_user", issuer.token()) == 503


def test_the_guard_lets_nobody_pass_while_no_issuer_is_set(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert answer_of("require_user", issuer.token()) == 503


def test_the_guard_tells_roles_apart(issuer: Issuer) -> None:
    assert answer_of("require_role", issuer.token(roles=["clerk"]), "clerk") == 200
    assert answer_of("require_role", issuer.token(roles=["visitor"]), "clerk") == 403
