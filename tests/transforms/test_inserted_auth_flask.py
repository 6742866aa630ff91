"""What `controls.auth` does in a Flask app, from outside: the contract's part on identity and roles."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from tests.issuer import AUDIENCE, WRONG_CLAIMS, Issuer
from tests.transforms.controls_package import controls_of


@pytest.fixture
def auth(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "auth", framework="flask") as controls:
        yield controls.auth


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def trusted(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    for name, value in issuer.settings.items():
        monkeypatch.setenv(name, value)
    return issuer


def shop(auth: ModuleType) -> Flask:
    """Public, guarded and admin routes; one blueprint is guarded as a whole."""
    app = Flask(__name__)
    orders = Blueprint("orders", __name__, url_prefix="/orders", static_folder="/nowhere")
    orders.before_request(auth.require_user)

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/me")
    @auth.require_user
    def me() -> dict[str, Any]:
        user = auth.current_principal()
        return {"subject": user.subject, "tenant": user.tenant, "roles": sorted(user.roles), "kind": user.kind}

    @app.route("/both", methods=["GET", "OPTIONS"])
    @auth.require_role("admin")
    def both() -> str:
        return "answered"

    @app.post("/jobs")
    @auth.require_workload
    def job() -> str:
        return "accepted"

    @orders.get("/<int:number>")
    def read(number: int) -> str:
        return f"{number} of {auth.current_principal().subject}"

    @orders.delete("/<int:number>")
    @auth.require_role("admin", "clerk")
    def delete(number: int) -> str:
        return str(number)

    app.register_blueprint(orders)
    return app


@pytest.fixture
def client(auth: ModuleType, trusted: Issuer) -> FlaskClient:
    return shop(auth).test_client()


# --- who is let in


def test_a_signed_token_is_let_in(client: FlaskClient, trusted: Issuer) -> None:
    answer = client.get("/me", headers=trusted.bearer(roles=["member"], tenant_id="acme"))
    assert answer.json == {"subject": "user-1", "tenant": "acme", "roles": ["member"], "kind": "human"}


@pytest.mark.parametrize("path", ["/me", "/orders/1", "/both"])
def test_no_token_is_401_and_says_how_to_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json == {"detail": "Not authenticated"}


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token abc"])
def test_another_scheme_is_like_no_token(client: FlaskClient, header: str) -> None:
    answer = client.get("/me", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("garbage", ["x", "a.b.c", "..", "." * 99])
def test_garbage_is_401(client: FlaskClient, garbage: str) -> None:
    answer = client.get("/me", headers={"Authorization": f"Bearer {garbage}"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_with_a_wrong_claim_is_401(client: FlaskClient, trusted: Issuer, claims: dict[str, Any]) -> None:
    assert client.get("/orders/1", headers=trusted.bearer(**claims)).status_code == 401


def test_one_of_several_audiences_is_enough(client: FlaskClient, trusted: Issuer) -> None:
    assert client.get("/me", headers=trusted.bearer(aud=["other", AUDIENCE])).status_code == 200


def test_a_token_of_another_key_set_is_refused(client: FlaskClient, trusted: Issuer) -> None:
    with Issuer() as forger:
        token = forger.token(iss=trusted.url, header={"kid": trusted.current})
    assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_with_no_key_set_nobody_gets_in(client: FlaskClient, trusted: Issuer) -> None:
    token = trusted.bearer()
    trusted.published = []
    assert client.get("/me", headers=token).status_code == 503


def test_a_new_key_is_picked_up_at_once_and_keys_are_kept(client: FlaskClient, trusted: Issuer) -> None:
    for _ in range(3):
        client.get("/me", headers=trusted.bearer())
    assert trusted.requests["/keys"] == 1
    trusted.rotate("second")
    assert client.get("/me", headers=trusted.bearer()).status_code == 200
    assert trusted.requests["/keys"] == 2


# --- roles


def test_a_missing_role_is_403(client: FlaskClient, trusted: Issuer) -> None:
    answer = client.delete("/orders/1", headers=trusted.bearer(roles=["member"]))
    assert (answer.status_code, answer.json) == (403, {"detail": "Not allowed"})


@pytest.mark.parametrize("role", ["admin", "clerk"])
def test_one_of_several_roles_is_enough(client: FlaskClient, trusted: Issuer, role: str) -> None:
    assert client.delete("/orders/1", headers=trusted.bearer(roles=[role])).text == "1"


# --- programs

PROGRAMS = {
    "its client is its subject": {"sub": "batch", "client_id": "batch"},
    "client credentials of Auth0": {"sub": "batch@clients", "azp": "batch"},
    "an app of Entra": {"sub": "x", "idtyp": "app"},
    "a service account of Kubernetes": {"sub": "system:serviceaccount:shop:worker"},
}
NO_PROGRAMS = {
    "a person": {"sub": "ann"},
    "a person with a client": {"sub": "ann", "azp": "web", "client_id": "web"},
    "an administrator": {"sub": "ann", "roles": ["admin", "workload"]},
    "a person who says so": {"sub": "ann", "kind": "workload", "idtyp": "user"},
}


@pytest.mark.parametrize("who", PROGRAMS)
def test_a_program_gets_to_what_is_for_programs(client: FlaskClient, trusted: Issuer, who: str) -> None:
    assert client.post("/jobs", headers=trusted.bearer(**PROGRAMS[who])).status_code == 200


@pytest.mark.parametrize("who", NO_PROGRAMS)
def test_a_person_does_not(client: FlaskClient, trusted: Issuer, who: str) -> None:
    answer = client.post("/jobs", headers=trusted.bearer(**NO_PROGRAMS[who]))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (403, 'Bearer error="insufficient_scope"')
    assert answer.json == {"detail": "Not allowed"}


@pytest.mark.parametrize("header", [{}, {"X-Internal-Token": "the key of all"}, {"Authorization": "Bearer the-key"}])
def test_a_key_is_no_token(client: FlaskClient, header: dict[str, str]) -> None:
    assert client.post("/jobs", headers=header).status_code == 401


@pytest.mark.parametrize(
    "claims", [{"iss": "https://elsewhere.example"}, {"aud": "another-api"}, {"exp": 1}], ids=["iss", "aud", "exp"]
)
def test_a_programs_token_is_checked_like_any_other(
    client: FlaskClient, trusted: Issuer, claims: dict[str, Any]
) -> None:
    token = trusted.bearer(sub="batch", client_id="batch", **claims)
    assert client.post("/jobs", headers=token).status_code == 401


def test_nobody_gets_to_what_is_for_programs_while_no_issuer_is_set(
    client: FlaskClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert client.post("/jobs", headers=trusted.bearer(sub="batch", client_id="batch")).status_code == 503


def test_a_preflight_of_what_is_for_programs_passes(client: FlaskClient) -> None:
    assert client.options("/jobs").status_code == 200


# --- what is left alone


def test_public_routes_stay_public(client: FlaskClient) -> None:
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("path", ["/me", "/orders/1"])
def test_a_preflight_request_passes(client: FlaskClient, path: str) -> None:
    assert client.options(path).status_code == 200


def test_a_handler_that_answers_preflights_is_reached(client: FlaskClient) -> None:
    assert client.options("/both").text == "answered"


def test_what_does_not_exist_is_404(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.get("/orders/static/nothing.css").status_code == 404


def test_endpoints_and_names_stay(auth: ModuleType) -> None:
    app = shop(auth)
    assert {"health", "me", "both", "orders.read", "orders.delete"} <= set(app.view_functions)
    assert app.view_functions["me"].__name__ == "me"


def test_a_view_that_is_async_is_awaited(auth: ModuleType, trusted: Issuer) -> None:
    pytest.importorskip("asgiref")
    app = Flask(__name__)

    @app.get("/async")
    @auth.require_user
    async def view() -> str:
        return str(auth.current_principal().subject)

    assert app.test_client().get("/async", headers=trusted.bearer(sub="ann")).text == "ann"


def test_an_error_page_of_the_app_does_not_hide_the_refusal(auth: ModuleType, trusted: Issuer) -> None:
    app = shop(auth)
    app.register_error_handler(Exception, lambda _: ("never mind", 200))
    assert app.test_client().get("/me").status_code == 401
    assert app.test_client().delete("/orders/1", headers=trusted.bearer()).status_code == 403


def test_outside_a_guarded_route_there_is_no_principal(auth: ModuleType) -> None:
    with pytest.raises(LookupError):
        auth.current_principal()
    with shop(auth).test_request_context("/health"), pytest.raises(LookupError):
        auth.current_principal()


# --- configuration


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_AUDIENCE"])
def test_without_configuration_every_guarded_route_is_503_with_one_clear_line(
    client: FlaskClient,
    trusted: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    missing: str,
) -> None:
    monkeypatch.delenv(missing)
    assert client.get("/me").status_code == 503
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        "sign-in is not configured, every guarded route answers 503: set OIDC_ISSUER and OIDC_AUDIENCE"
    ]
    assert client.get("/orders/1", headers=trusted.bearer()).status_code == 503
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("url", ["http://login.example", "http://127.0.0.1.example", "ftp://127.0.0.1", "login"])
def test_http_is_accepted_for_a_loopback_issuer_only(
    client: FlaskClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", url)
    assert client.get("/me", headers=trusted.bearer()).status_code == 503


def test_a_test_of_the_app_may_put_a_principal_in_its_place(auth: ModuleType) -> None:
    app = shop(auth)
    app.config.update(TESTING=True, TEST_PRINCIPAL=auth.Principal("u", roles=frozenset({"admin"})))
    assert app.test_client().delete("/orders/3").text == "3"


def test_a_principal_for_tests_opens_nothing_in_an_app_that_is_not_tested(auth: ModuleType, trusted: Issuer) -> None:
    app = shop(auth)
    app.config.update(TEST_PRINCIPAL=auth.Principal("u", roles=frozenset({"admin"})))
    assert app.test_client().delete("/orders/3").status_code == 401


def test_no_token_shows_in_the_log(client: FlaskClient, trusted: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = [trusted.token(), trusted.token(exp=1), trusted.token(aud="x")]
    for token in tokens:
        client.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert not any(token in caplog.text for token in tokens)
