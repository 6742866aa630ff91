"""What the guard for programs does, on a view of the test's own: no view of the app has to run for it."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control, the_app
from transforms.proofs.parts.told import AUTH


def answer_of(token: str) -> int:
    """The status that a view for programs answers."""
    the_app()  # reads the settings
    guard: Any = control(AUTH).require_workload
    view = guard(lambda _request: HttpResponse("in"))
    return int(view(RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")).status_code)


def test_the_guard_lets_a_program_pass_and_no_person(issuer: Issuer) -> None:
    assert answer_of(issuer.token(sub="orders", client_id="orders")) == 200
    assert answer_of(issuer.token(sub="ada", client_id="web")) == 403


@pytest.mark.parametrize("how", FORGED)
def test_the_guard_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    assert answer_of(forged(issuer, how)) == 401


def test_the_guard_lets_nobody_pass_while_no_issuer_is_set(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert answer_of(issuer.token(client_id="1")) == 503
