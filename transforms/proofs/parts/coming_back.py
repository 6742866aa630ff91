"""Who is let in when a browser comes back from the identity provider, and who is not."""

from urllib.parse import parse_qs, urlsplit

import pytest

from transforms.proofs.parts.answer import Answer
from transforms.proofs.parts.browse import Browser
from transforms.proofs.parts.load import the_app
from transforms.proofs.parts.provider import FORGED, RETURN_TO, Provider
from transforms.proofs.parts.told import CALLBACK, LOGIN, SIGN_IN


def come_back(provider: Provider, **changes: str) -> Answer:
    """Leave for the provider, sign in there, and come back."""
    browser = Browser(the_app())
    answer = provider.answer_to(browser.visit(SIGN_IN).location, **changes)
    return browser.visit(f"{CALLBACK}?{answer}")


def test_signing_in_begins_at_the_provider_and_nowhere_else(provider: Provider) -> None:
    answer = Browser(the_app()).visit(f"{SIGN_IN}?redirect_uri=https://evil.invalid&next=https://evil.invalid")
    assert answer.status == 302
    assert answer.location.startswith(f"{provider.url}/authorize?")
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["redirect_uri"] == [RETURN_TO]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"] and asked["nonce"] and asked["code_challenge"]


@pytest.mark.usefixtures("provider")
def test_an_answer_that_nobody_asked_for_is_refused() -> None:
    browser = Browser(the_app())
    assert browser.visit(CALLBACK).status == 401
    assert browser.visit(f"{CALLBACK}?code=a+code&state=guessed").status == 401


def test_an_answer_with_another_state_is_refused(provider: Provider) -> None:
    assert come_back(provider, state="another").status == 401


def test_an_answer_to_another_browser_is_refused(provider: Provider) -> None:
    mine, other = Browser(the_app()), Browser(the_app())
    mine.visit(SIGN_IN)
    answer = provider.answer_to(other.visit(SIGN_IN).location)
    assert mine.visit(f"{CALLBACK}?{answer}").status == 401


@pytest.mark.parametrize("how", FORGED)
def test_an_id_token_that_is_not_what_was_asked_for_is_refused(provider: Provider, how: str) -> None:
    provider.claims, provider.key = FORGED[how]
    assert come_back(provider).status == 401


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_nobody_has_verified_is_refused(provider: Provider, verified: object) -> None:
    provider.claims = {"email_verified": verified}
    assert come_back(provider).status == 403


@pytest.mark.usefixtures("provider")
def test_nobody_can_sign_in_while_the_provider_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert Browser(the_app()).visit(SIGN_IN).status == 503
    assert Browser(the_app()).visit(f"{CALLBACK}?code=a+code&state=guessed").status == 503


def test_signing_in_by_password_is_still_there() -> None:
    assert Browser(the_app()).visit(LOGIN, "POST").status not in {404, 405}
