"""What the guard itself does, on a route of the test's own: no handler of the app has to run for it."""

import pytest

from transforms.proofs.parts.ask import ask
from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.guard_fastapi import behind
from transforms.proofs.parts.issuer import Issuer


def test_the_guard_lets_a_signed_in_caller_pass(issuer: Issuer) -> None:
    assert ask(behind("require_user"), "GET", "/", issuer.token())[0] == 200


@pytest.mark.parametrize("how", FORGED)
def test_the_guard_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    assert ask(behind("require_user"), "GET", "/", forged(issuer, how))[0] == 401


def test_the_guard_lets_nobody_pass_while_the_issuer_publishes_no_keys(issuer: Issuer) -> None:
    issuer.keys = []
    assert ask(behind("require_user"), "GET", "/", issuer.token())[0] == 503


def test_the_guard_lets_nobody_pass_while_no_issuer_is_set(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert ask(behind("require_user"), "GET", "/", issuer.token())[0] == 503


def test_the_guard_tells_roles_apart(issuer: Issuer) -> None:
    app = behind("require_role", "clerk")
    assert ask(app, "GET", "/", issuer.token(roles=["clerk"]))[0] == 200
    assert ask(app, "GET", "/", issuer.token(roles=["visitor"]))[0] == 403
