"""What the permission classes do, on a view of the test's own behind REST framework."""

from typing import Any

import pytest
from django.test import RequestFactory

from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control, the_app
from transforms.proofs.parts.told import AUTH


def rest_answer_of(token: str, *roles: str) -> int:
    """The status that a view behind the permission class answers."""
    the_app()  # reads the settings
    from rest_framework.decorators import api_view, authentication_classes, permission_classes
    from rest_framework.response import Response

    guard: Any = control(AUTH)
    asked = guard.role_required(*roles) if roles else guard.UserRequired

    def answer(_request: Any) -> Any:
        return Response("in")

    guarded = authentication_classes([guard.OidcAuthentication])(permission_classes([asked])(answer))
    view: Any = api_view(["GET"])(guarded)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return int(view(RequestFactory().get("/", **headers)).status_code)


def test_the_permission_lets_a_signed_in_caller_pass(issuer: Issuer) -> None:
    assert rest_answer_of(issuer.token()) == 200


@pytest.mark.usefixtures("issuer")
def test_the_permission_refuses_an_anonymous_caller() -> None:
    assert rest_answer_of("") == 401


@pytest.mark.parametrize("how", FORGED)
def test_the_permission_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    assert rest_answer_of(forged(issuer, how)) == 401


def test_the_permission_lets_nobody_pass_while_no_issuer_is_set(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert rest_answer_of(issuer.token()) == 503
    assert rest_answer_of("") == 503


def test_the_permission_tells_roles_apart(issuer: Issuer) -> None:
    assert rest_answer_of(issuer.token(roles=["clerk"]), "clerk") == 200
    assert rest_answer_of(issuer.token(roles=["visitor"]), "clerk") == 403
