"""What `controls.auth` does in a FastAPI app, from outside: the contract's part on identity and roles."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
from cryptography.hazmat.primitives import serialization
from fastapi import APIRouter, Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.issuer import AUDIENCE, Issuer
from tests.transforms.controls_package import controls_of


@pytest.fixture
def auth(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "auth") as controls:
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


def shop(auth: ModuleType) -> FastAPI:
    """Public, guarded and admin routes, sync and async, and a socket; the guard sits at the router."""
    app, router = FastAPI(), APIRouter(dependencies=[Depends(auth.require_user)])

    @app.get("/health")
    def health() -> str:
        return "ok"

    @router.get("/me")
    async def me(user: Annotated[Any, Depends(auth.require_user)]) -> dict[str, Any]:
        return {"subject": user.subject, "tenant": user.tenant, "roles": sorted(user.roles), "kind": user.kind}

    @router.get("/sync")
    def seen_by_a_sync_route() -> str:
        return str(auth.current_principal().subject)

    @router.get("/async")
    async def seen_by_an_async_route() -> str:
        return str(auth.current_principal().subject)

    @router.post("/orders")
    def create(order: dict[str, int]) -> dict[str, int]:
        return order

    @router.delete("/orders/{order_id}", dependencies=[Depends(auth.require_role("admin"))])
    def delete(order_id: int) -> int:
        return order_id

    @router.get("/report", dependencies=[Depends(auth.require_role("admin", "auditor"))])
    def report() -> str:
        return "figures"

    @app.post("/jobs", dependencies=[Depends(auth.require_workload)])
    def job() -> str:
        return "accepted"

    @router.websocket("/feed")
    async def feed(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(auth.current_principal().subject)
        await socket.close()

    app.include_router(router)
    return app


@pytest.fixture
def client(auth: ModuleType, trusted: Issuer) -> TestClient:
    return TestClient(shop(auth))


# --- who is let in


def test_a_signed_token_is_let_in(client: TestClient, trusted: Issuer) -> None:
    answer = client.get("/me", headers=trusted.bearer(roles=["member"], tenant_id="acme"))
    assert answer.json() == {"subject": "user-1", "tenant": "acme", "roles": ["member"], "kind": "human"}


def test_no_token_is_401_and_says_how_to_sign_in(client: TestClient) -> None:
    answer = client.get("/me")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token abc"])
def test_another_scheme_is_like_no_token(client: TestClient, header: str) -> None:
    answer = client.get("/me", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("garbage", ["x", "a.b.c", "..", "\u00ff" * 9, "." * 99])
def test_garbage_is_401(client: TestClient, garbage: str) -> None:
    answer = client.get("/me", headers={"Authorization": f"Bearer {garbage}".encode("latin-1")})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_a_header_nested_too_deeply_is_401(client: TestClient) -> None:
    bomb = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 20_000).decode().rstrip("=")
    assert client.get("/me", headers={"Authorization": f"Bearer {bomb}.e30.c2ln"}).status_code == 401


def test_public_routes_stay_public(client: TestClient) -> None:
    assert client.get("/health").status_code == 200


def test_the_refusal_comes_before_the_body_is_judged(client: TestClient) -> None:
    assert client.post("/orders", json={"amount": "not a number"}).status_code == 401


# --- every claim is checked


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 1},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 86_400},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-api"},
        {"aud": None},
        {"aud": []},
        {"sub": None},
        {"sub": ""},
    ],
    ids=lambda claims: (
        ",".join(f"{name}={value}" for name, value in claims.items() if name not in {"exp", "nbf"}) or ",".join(claims)
    ),
)
def test_a_token_with_a_wrong_claim_is_401(client: TestClient, trusted: Issuer, claims: dict[str, Any]) -> None:
    answer = client.get("/me", headers=trusted.bearer(**claims))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_one_of_several_audiences_is_enough(client: TestClient, trusted: Issuer) -> None:
    assert client.get("/me", headers=trusted.bearer(aud=["other", AUDIENCE])).status_code == 200


def test_a_clock_a_little_ahead_is_forgiven(client: TestClient, trusted: Issuer) -> None:
    ahead = int(time.time()) + 2
    assert client.get("/me", headers=trusted.bearer(iat=ahead, nbf=ahead)).status_code == 200


# --- forged tokens are refused three ways


def test_a_token_of_another_key_set_is_refused(client: TestClient, trusted: Issuer) -> None:
    with Issuer() as forger:
        token = forger.token(iss=trusted.url, header={"kid": trusted.current})
    assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_with_no_key_set_nobody_gets_in(client: TestClient, trusted: Issuer) -> None:
    token = trusted.bearer()
    trusted.published = []
    assert client.get("/me", headers=token).status_code == 503


def unsigned(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None = None) -> str:
    """A token without signature, or with an HMAC over a secret of the forger's choice."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    head = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{head}.{part(hmac.new(secret, head.encode(), hashlib.sha256).digest()) if secret else ''}"


def claims_of(issuer: Issuer) -> dict[str, Any]:
    return {"iss": issuer.url, "aud": AUDIENCE, "sub": "root", "exp": int(time.time()) + 600, "roles": ["admin"]}


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_signature_is_refused(client: TestClient, trusted: Issuer, algorithm: str) -> None:
    token = unsigned({"alg": algorithm, "kid": trusted.current}, claims_of(trusted))
    assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_public_key_does_not_serve_as_an_hmac_secret(client: TestClient, trusted: Issuer) -> None:
    public = trusted.keys["first"].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    token = unsigned({"alg": "HS256", "kid": "first"}, claims_of(trusted), secret=pem)
    assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_algorithm_off_the_list_is_refused(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted.add_elliptic_key("second")
    token = trusted.bearer(key_id="second", algorithm="ES256")
    assert client.get("/me", headers=token).status_code == 200
    monkeypatch.setenv("OIDC_ALGORITHMS", "RS256")
    assert client.get("/me", headers=token).status_code == 401


def test_a_symmetric_algorithm_cannot_be_configured(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ALGORITHMS", "HS256,none")
    assert client.get("/me", headers=trusted.bearer()).status_code == 503


# --- roles, tenant, kind


def test_a_missing_role_is_403(client: TestClient, trusted: Issuer) -> None:
    answer = client.delete("/orders/1", headers=trusted.bearer(roles=["member"]))
    assert answer.status_code == 403


def test_the_role_opens_the_route(client: TestClient, trusted: Issuer) -> None:
    assert client.delete("/orders/1", headers=trusted.bearer(roles=["admin"])).json() == 1


def test_one_of_several_roles_is_enough(client: TestClient, trusted: Issuer) -> None:
    assert client.get("/report", headers=trusted.bearer(roles=["auditor"])).status_code == 200


def test_a_role_route_still_answers_401_without_token(client: TestClient) -> None:
    assert client.delete("/orders/1").status_code == 401


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["admin"]}}),
        ("https://shop.example/roles", {"https://shop.example/roles": ["admin"]}),
        ("scope", {"scope": "read admin"}),
        ("groups", {"groups": "staff,admin"}),
    ],
)
def test_roles_come_from_a_dotted_claim_path(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch, path: str, claims: dict[str, Any]
) -> None:
    monkeypatch.setenv("OIDC_ROLES_CLAIM", path)
    assert client.delete("/orders/1", headers=trusted.bearer(**claims)).status_code == 200


@pytest.mark.parametrize("roles", [None, 7, {"admin": True}, [], "", [["admin"]]])
def test_a_roles_claim_of_another_shape_gives_no_role(client: TestClient, trusted: Issuer, roles: Any) -> None:
    assert client.delete("/orders/1", headers=trusted.bearer(roles=roles)).status_code == 403


def test_the_tenant_comes_from_a_dotted_claim_path(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_TENANT_CLAIM", "org.id")
    assert client.get("/me", headers=trusted.bearer(org={"id": 42})).json()["tenant"] == "42"
    assert client.get("/me", headers=trusted.bearer(org="flat")).json()["tenant"] is None


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "batch", "client_id": "batch"},
        {"sub": "batch", "azp": "batch"},
        {"sub": "batch@clients", "azp": "batch"},
        {"sub": "x", "gty": "client-credentials"},
        {"sub": "system:serviceaccount:shop:worker"},
    ],
)
def test_a_program_is_told_from_a_person(client: TestClient, trusted: Issuer, claims: dict[str, Any]) -> None:
    assert client.get("/me", headers=trusted.bearer(**claims)).json()["kind"] == "workload"


def test_a_person_who_uses_a_client_stays_a_person(client: TestClient, trusted: Issuer) -> None:
    assert client.get("/me", headers=trusted.bearer(sub="ann", azp="web")).json()["kind"] == "human"


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
def test_a_program_gets_to_what_is_for_programs(client: TestClient, trusted: Issuer, who: str) -> None:
    assert client.post("/jobs", headers=trusted.bearer(**PROGRAMS[who])).status_code == 200


@pytest.mark.parametrize("who", NO_PROGRAMS)
def test_a_person_does_not(client: TestClient, trusted: Issuer, who: str) -> None:
    answer = client.post("/jobs", headers=trusted.bearer(**NO_PROGRAMS[who]))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (403, 'Bearer error="insufficient_scope"')
    assert answer.json() == {"detail": "Not allowed"}


@pytest.mark.parametrize("header", [{}, {"X-Internal-Token": "the key of all"}, {"Authorization": "Bearer the-key"}])
def test_a_key_is_no_token(client: TestClient, header: dict[str, str]) -> None:
    assert client.post("/jobs", headers=header).status_code == 401


@pytest.mark.parametrize(
    "claims", [{"iss": "https://elsewhere.example"}, {"aud": "another-api"}, {"exp": 1}], ids=["iss", "aud", "exp"]
)
def test_a_programs_token_is_checked_like_any_other(
    client: TestClient, trusted: Issuer, claims: dict[str, Any]
) -> None:
    token = trusted.bearer(sub="batch", client_id="batch", **claims)
    assert client.post("/jobs", headers=token).status_code == 401


def test_nobody_gets_to_what_is_for_programs_while_no_issuer_is_set(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert client.post("/jobs", headers=trusted.bearer(sub="batch", client_id="batch")).status_code == 503


# --- contexts


@pytest.mark.parametrize("path", ["/sync", "/async"])
def test_what_the_guard_sets_is_seen_by_sync_and_async_routes(client: TestClient, trusted: Issuer, path: str) -> None:
    assert client.get(path, headers=trusted.bearer(sub="ann")).json() == "ann"


def test_outside_a_request_there_is_no_principal(client: TestClient, trusted: Issuer, auth: ModuleType) -> None:
    client.get("/sync", headers=trusted.bearer())
    with pytest.raises(LookupError):
        auth.current_principal()


def test_a_socket_with_a_token_is_let_in(client: TestClient, trusted: Issuer) -> None:
    with client.websocket_connect("/feed", headers=trusted.bearer(sub="ann")) as socket:
        assert socket.receive_text() == "ann"


def test_a_browser_sends_the_token_of_a_socket_as_its_second_subprotocol(client: TestClient, trusted: Issuer) -> None:
    token = trusted.token(sub="ann")
    with client.websocket_connect("/feed", subprotocols=["bearer", token]) as socket:
        assert socket.receive_text() == "ann"
    for offered in ([token], [token, "bearer"], ["chat", token], ["bearer", token, "chat"], ["bearer", "made up"]):
        with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/feed", subprotocols=offered):
            raise AssertionError("it was accepted")
        assert closed.value.code == 1008


def test_a_socket_without_token_is_closed_as_a_policy_violation(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/feed"):
        pass
    assert closed.value.code == 1008


def test_a_test_of_the_app_may_put_a_principal_in_its_place(auth: ModuleType) -> None:
    app = shop(auth)
    app.dependency_overrides[auth.require_user] = lambda: auth.Principal("u", roles=frozenset({"admin"}))
    assert TestClient(app).delete("/orders/3").json() == 3


def test_the_api_docs_offer_to_sign_in(auth: ModuleType) -> None:
    schema = shop(auth).openapi()
    assert schema["components"]["securitySchemes"]["oidc"]["scheme"] == "bearer"
    assert schema["paths"]["/me"]["get"]["security"] == [{"oidc": []}]


# --- configuration


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_AUDIENCE"])
def test_without_configuration_every_guarded_route_is_503_with_one_clear_line(
    client: TestClient,
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
    assert client.get("/me", headers=trusted.bearer()).status_code == 503
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "url", ["http://login.example", "http://127.0.0.1.example", "http://localhost.example", "ftp://127.0.0.1", "login"]
)
def test_http_is_accepted_for_a_loopback_issuer_only(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", url)
    assert client.get("/me", headers=trusted.bearer()).status_code == 503


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://login.example/realms/a", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1", True),
        ("http://user@127.0.0.1@login.example", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("", False),
    ],
)
def test_which_addresses_keys_may_come_from(auth: ModuleType, url: str, safe: bool) -> None:
    assert auth.is_safe(url) is safe


# --- the issuer's keys


def test_keys_are_fetched_once_and_kept(client: TestClient, trusted: Issuer) -> None:
    for _ in range(5):
        assert client.get("/me", headers=trusted.bearer()).status_code == 200
    assert trusted.requests == {"/.well-known/openid-configuration": 1, "/keys": 1}


def test_a_new_key_is_picked_up_at_once(client: TestClient, trusted: Issuer) -> None:
    client.get("/me", headers=trusted.bearer())
    trusted.rotate("second")
    assert client.get("/me", headers=trusted.bearer()).status_code == 200
    assert trusted.requests["/keys"] == 2


def test_a_withdrawn_key_is_refused_after_the_refetch(client: TestClient, trusted: Issuer) -> None:
    old = trusted.bearer()
    client.get("/me", headers=old)
    trusted.rotate("second")
    client.get("/me", headers=trusted.bearer())
    assert client.get("/me", headers=old).status_code == 401


def test_an_unknown_key_is_looked_for_once_for_a_request(client: TestClient, trusted: Issuer) -> None:
    client.get("/me", headers=trusted.bearer())
    assert client.get("/me", headers=trusted.bearer(header={"kid": "unknown"})).status_code == 401
    assert trusted.requests["/keys"] == 2


def test_invented_key_ids_do_not_flood_the_issuer(client: TestClient, trusted: Issuer) -> None:
    client.get("/me", headers=trusted.bearer())
    for number in range(40):
        client.get("/me", headers=trusted.bearer(header={"kid": f"invented-{number}"}))
    assert trusted.requests["/keys"] <= 11
    assert client.get("/me", headers=trusted.bearer()).status_code == 200


def test_a_token_without_key_id_is_checked_with_the_only_key(client: TestClient, trusted: Issuer) -> None:
    assert client.get("/me", headers=trusted.bearer(header={})).status_code == 200
    trusted.add_elliptic_key("second")
    trusted.rotate("third")
    trusted.add_elliptic_key("fourth")
    client.get("/me", headers=trusted.bearer())
    assert client.get("/me", headers=trusted.bearer(header={})).status_code == 401


def test_keys_are_fetched_again_after_their_time(auth: ModuleType, issuer: Issuer) -> None:
    now = [0.0]
    keys = auth.IssuerKeys(issuer.url, clock=lambda: now[0])
    keys.find("first")
    now[0] = 299.0
    keys.find("first")
    assert issuer.requests["/keys"] == 1
    now[0] = 300.0
    keys.find("first")
    assert issuer.requests["/keys"] == 2


def test_an_issuer_that_is_down_is_503_and_not_an_open_door(
    client: TestClient, trusted: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    token = trusted.bearer()
    trusted.broken = True
    assert client.get("/me", headers=token).status_code == 503
    assert "the keys of the identity provider cannot be fetched" in caplog.text
    assert client.get("/me").status_code == 401
    trusted.broken = False
    assert client.get("/me", headers=token).status_code == 200


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://elsewhere.example"},
        {"jwks_uri": "http://elsewhere.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
    ],
)
def test_a_discovery_document_that_points_elsewhere_is_not_followed(
    client: TestClient, trusted: Issuer, says: dict[str, Any]
) -> None:
    trusted.discovery_says = says
    assert client.get("/me", headers=trusted.bearer()).status_code == 503


def test_requests_that_wait_together_share_one_fetch(auth: ModuleType, trusted: Issuer) -> None:
    async def many() -> list[Any]:
        tokens = [trusted.token(sub=str(number)) for number in range(20)]
        return await asyncio.gather(*(auth.verify(token, auth.read_settings()) for token in tokens))

    assert [principal.subject for principal in asyncio.run(many())] == [str(number) for number in range(20)]
    assert trusted.requests["/keys"] == 1


def test_the_event_loop_goes_on_while_keys_are_fetched(auth: ModuleType, trusted: Issuer) -> None:
    """The issuer answers only once the loop has made progress: a fetch on the loop itself would never end."""
    progress = threading.Event()
    answer = trusted._answer

    def answer_after_progress(path: str) -> dict[str, Any] | None:
        return answer(path) if progress.wait(4) else None

    trusted._answer = answer_after_progress  # type: ignore[method-assign]

    async def fetch_and_work() -> None:
        checking = asyncio.create_task(auth.verify(trusted.token(), auth.read_settings()))
        await asyncio.sleep(0)
        progress.set()
        assert (await checking).subject == "user-1"

    asyncio.run(fetch_and_work())


def test_keys_count_as_old_a_little_before_they_are(auth: ModuleType, issuer: Issuer) -> None:
    now = [0.0]
    keys = auth.IssuerKeys(issuer.url, clock=lambda: now[0])
    assert keys.must_fetch("first")
    keys.find("first")
    assert [keys.must_fetch(name) for name in ("first", "second", None)] == [False, True, False]
    now[0] = 299.5  # between the question and the answer no time must be left in which the loop could have to wait
    assert keys.must_fetch("first")
    keys.find("first")
    assert issuer.requests["/keys"] == 1


def test_no_token_shows_in_the_log(client: TestClient, trusted: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = [trusted.token(), trusted.token(exp=1), trusted.token(aud="x")]
    for token in tokens:
        client.get("/me", headers={"Authorization": f"Bearer {token}"})
    assert not any(token in caplog.text for token in tokens)
