"""What `controls.sign_in` does in a FastAPI and in a Flask app, from outside. Its proofs ask for much more."""

import json
import logging
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request

from tests.transforms.controls_package import controls_of
from transforms.proofs.parts import browse, browse_wsgi
from transforms.proofs.parts.provider import CLIENT, RETURN_TO, Provider

CALLBACK = "/sign-in/callback"


class Saying(Provider):
    """A provider that says other things than it should."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self.hands_out: dict[str, str] = {}
        super().__init__()

    def discovery(self) -> dict[str, Any]:
        return super().discovery() | self.says

    def token(self, code: str, verifier: str) -> dict[str, Any]:
        return self.hands_out or super().token(code, verifier)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saying]:
    provider = Saying()
    for name, value in {
        "OIDC_ISSUER": provider.url,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_REDIRECT_URI": RETURN_TO,
        "OIDC_CLIENT_KIND": "public",
        "SECRETS_BACKEND": "env",
        "SIGN_IN_KEY": "of this test alone",
    }.items():
        monkeypatch.setenv(name, value)
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


def fastapi_app(module: ModuleType) -> Any:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key="of this test alone")
    app.include_router(module.sign_in_router)

    @app.get("/prepare")
    def prepare(request: Request) -> None:
        request.session["prepared"] = "yes"

    @app.get(CALLBACK)
    def callback(email: Annotated[str, Depends(module.verified_email)], request: Request) -> list[Any]:
        return [email, request.session]

    return browse.Browser(app)


def flask_app(module: ModuleType) -> Any:
    from flask import jsonify, session

    app = Flask(__name__)
    app.register_blueprint(module.sign_in_pages)
    app.add_url_rule("/prepare", "prepare", lambda: session.update(prepared="yes") or "")
    app.add_url_rule(CALLBACK, "callback", lambda: jsonify([module.verified_email(), dict(session)]))
    return browse_wsgi.Browser(app)


@pytest.fixture(params=["fastapi", "flask"])
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with controls_of(tmp_path, "secrets", "sign_in", framework=request.param) as controls:
        yield (fastapi_app if request.param == "fastapi" else flask_app)(controls.sign_in)


def back(browser: Any, provider: Provider) -> Any:
    """Leave for the provider, sign in there, and come back."""
    return browser.visit(f"{CALLBACK}?{provider.answer_to(browser.visit('/sign-in').location)}")


def test_whoever_comes_back_is_known_by_the_address_and_begins_a_new_session(browser: Any, provider: Provider) -> None:
    browser.visit("/prepare")
    answer = back(browser, provider)
    assert (answer.status, json.loads(answer.body)) == (200, ["somebody@example.test", {}])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_ISSUER", ""),
        ("OIDC_ISSUER", "http://issuer.example"),
        ("OIDC_ISSUER", "https://issuer.invalid"),
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_REDIRECT_URI", ""),
        ("OIDC_REDIRECT_URI", "http://app.example/callback"),
        ("OIDC_CLIENT_KIND", "confidential"),  # and no secret
        ("OIDC_CLIENT_KIND", "another"),
        ("SECRETS_BACKEND", "nowhere"),
    ],
)
def test_nobody_is_let_in_while_a_setting_is_missing_or_wrong(
    browser: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    answer = provider.answer_to(browser.visit("/sign-in").location)
    monkeypatch.setenv(name, value)
    if name == "SECRETS_BACKEND":
        monkeypatch.setenv("OIDC_CLIENT_KIND", "confidential")
    assert browser.visit("/sign-in").status == 503
    assert browser.visit(f"{CALLBACK}?{answer}").status == 503


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://another.example/token"},
        {"jwks_uri": ""},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_says_what_cannot_be_accepted_is_none(
    browser: Any, provider: Saying, says: dict[str, str]
) -> None:
    provider.says = says
    assert browser.visit("/sign-in").status == 503


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_token_signed_with_what_everybody_knows_is_refused(browser: Any, provider: Saying) -> None:
    provider.says = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    answer = provider.answer_to(browser.visit("/sign-in").location)
    claims = {"iss": provider.url, "aud": CLIENT, "sub": "1", "iat": 1, "exp": 9999999999, "email_verified": True}
    claims |= {"email": "ada@example.test", "nonce": provider.asked["a code"]["nonce"]}
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT), algorithms=["HS256"])
    provider.hands_out = {"access_token": "a", "token_type": "Bearer", "id_token": forged}
    assert browser.visit(f"{CALLBACK}?{answer}").status == 401


def test_an_answer_without_an_id_token_is_refused(browser: Any, provider: Saying) -> None:
    answer = provider.answer_to(browser.visit("/sign-in").location)
    provider.hands_out = {"access_token": "a", "token_type": "Bearer"}
    assert browser.visit(f"{CALLBACK}?{answer}").status == 401


def test_a_code_of_somebody_who_knows_no_verifier_is_refused(browser: Any, provider: Provider) -> None:
    answer = provider.answer_to(browser.visit("/sign-in").location)
    provider.asked["a code"]["code_challenge"] = "of another browser"
    assert browser.visit(f"{CALLBACK}?{answer}").status == 401


def test_signing_out_empties_the_session_and_needs_a_post(browser: Any, provider: Provider) -> None:
    back(browser, provider)
    assert browser.visit("/sign-out").status == 405
    assert browser.visit("/sign-out", "POST").status == 204


def test_who_came_in_and_who_was_refused_is_told_to_the_audit_logger(
    browser: Any, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "audit")
    back(browser, provider)
    provider.claims = {"aud": "another"}
    back(browser, provider)
    browser.visit("/sign-out", "POST")
    lines = [json.loads(each.message) for each in caplog.records if each.name == "audit"]
    assert [(each["action"], each["outcome"]) for each in lines] == [
        ("auth.sign-in", "success"),
        ("auth.sign-in", "denied"),
        ("auth.sign-out", "success"),
    ]
    assert lines[0]["actor"] == {"id": "1"}
    assert "id_token" not in caplog.text


@pytest.mark.parametrize(
    ("address", "name", "secure"),
    [("http://127.0.0.1/callback", "sign-in", False), ("https://app.example/callback", "__Host-sign-in", True)],
)
def test_the_cookie_of_a_fastapi_app_is_kept_from_scripts_and_other_sites(
    tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch, address: str, name: str, secure: bool
) -> None:
    monkeypatch.setenv("OIDC_REDIRECT_URI", address)
    with controls_of(tmp_path, "secrets", "sign_in") as controls:
        answer = fastapi_app(controls.sign_in).visit("/sign-in")
    cookie = SimpleCookie(next(value for key, value in answer.headers if key == "set-cookie"))[name]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "lax", secure)
    assert int(cookie["max-age"]) == 600


@pytest.mark.usefixtures("provider")
def test_a_cookie_that_this_app_did_not_sign_is_none(tmp_path: Path) -> None:
    with controls_of(tmp_path, "secrets", "sign_in") as controls:
        browser = fastapi_app(controls.sign_in)
        browser.cookies["sign-in"] = "eyJfc3RhdGVfcHJvdmlkZXJfeCI6e319.invented"
        assert browser.visit(f"{CALLBACK}?code=a&state=x").status == 401


@pytest.mark.usefixtures("provider")
def test_a_flask_app_without_a_key_for_sessions_lets_nobody_in(tmp_path: Path) -> None:
    with controls_of(tmp_path, "secrets", "sign_in", framework="flask") as controls:
        browser = flask_app(controls.sign_in)
        browser.app.secret_key = None
        assert browser.visit("/sign-in").status == 503
