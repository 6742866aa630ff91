"""What `controls.auth` does in a Starlette app, from outside: the contract's part on identity and roles."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.issuer import AUDIENCE, WRONG_CLAIMS, Issuer
from tests.transforms.controls_package import controls_of


@pytest.fixture
def auth(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "auth", framework="starlette") as controls:
        yield controls.auth


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    with Issuer() as issuer:
        for name, value in issuer.settings.items():
            monkeypatch.setenv(name, value)
        yield issuer


def shop(auth: ModuleType) -> Starlette:
    """Public, guarded and admin routes: functions of both kinds, a class, a mount, sockets."""
    user, program = Middleware(auth.require_user), Middleware(auth.require_workload)

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def me(request: Request) -> Response:
        caller = request.state.principal
        assert caller is auth.current_principal()
        return JSONResponse(
            {"subject": caller.subject, "tenant": caller.tenant, "roles": sorted(caller.roles), "kind": caller.kind}
        )

    def seen_by_a_sync_route(_: Request) -> Response:
        return PlainTextResponse(auth.current_principal().subject)

    class Orders(HTTPEndpoint):
        async def get(self, request: Request) -> Response:
            return PlainTextResponse(request.path_params["number"])

        def delete(self, _: Request) -> Response:
            return PlainTextResponse("gone")

    async def feed(socket: WebSocket) -> None:
        await socket.accept(subprotocol="bearer" if socket.scope["subprotocols"] else None)
        await socket.send_text(auth.current_principal().subject)
        await socket.close()

    class Live(WebSocketEndpoint):
        async def on_connect(self, websocket: WebSocket) -> None:
            await websocket.accept()
            await websocket.send_text(websocket.state.principal.subject)

    role = Middleware(auth.require_role, "admin", "clerk")
    return Starlette(
        routes=[
            Route("/health", health),
            Route("/me", me, middleware=[user]),
            Route("/sync", seen_by_a_sync_route, middleware=[user]),
            Mount("/orders", routes=[Route("/{number}", Orders)], middleware=[user, role]),
            Route("/jobs", health, methods=["POST"], middleware=[program]),
            WebSocketRoute("/feed", feed, middleware=[user]),
            WebSocketRoute("/live", Live, middleware=[user, role]),
        ]
    )


@pytest.fixture
def client(auth: ModuleType, trusted: Issuer) -> TestClient:
    return TestClient(shop(auth))


# --- who is let in


def test_a_signed_token_is_let_in(client: TestClient, trusted: Issuer) -> None:
    answer = client.get("/me", headers=trusted.bearer(roles=["member"], tenant_id="acme"))
    assert answer.json() == {"subject": "user-1", "tenant": "acme", "roles": ["member"], "kind": "human"}


def test_a_plain_function_knows_who_is_calling(client: TestClient, trusted: Issuer) -> None:
    assert client.get("/sync", headers=trusted.bearer(sub="ann")).text == "ann"


@pytest.mark.parametrize("path", ["/me", "/sync", "/orders/1"])
def test_no_token_is_401_and_says_how_to_sign_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json() == {"detail": "Not authenticated"}


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token abc"])
def test_another_scheme_is_like_no_token(client: TestClient, header: str) -> None:
    answer = client.get("/me", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("garbage", ["x", "a.b.c", "..", "ÿ" * 9, "." * 99])
def test_garbage_is_401(client: TestClient, garbage: str) -> None:
    answer = client.get("/me", headers={"Authorization": f"Bearer {garbage}".encode("latin-1")})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_public_routes_stay_public(client: TestClient) -> None:
    assert client.get("/health").text == "ok"


def test_what_does_not_exist_is_404(client: TestClient) -> None:
    assert client.get("/nothing").status_code == 404


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_with_a_wrong_claim_is_401(client: TestClient, trusted: Issuer, claims: dict[str, Any]) -> None:
    assert client.get("/me", headers=trusted.bearer(**claims)).status_code == 401


def test_one_of_several_audiences_is_enough(client: TestClient, trusted: Issuer) -> None:
    assert client.get("/me", headers=trusted.bearer(aud=["other", AUDIENCE])).status_code == 200


def test_a_token_of_another_key_set_is_refused(client: TestClient, trusted: Issuer) -> None:
    with Issuer() as forger:
        token = forger.token(iss=trusted.url, header={"kid": trusted.current})
    assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_with_no_key_set_nobody_gets_in(client: TestClient, trusted: Issuer) -> None:
    token = trusted.bearer()
    trusted.published = []
    assert client.get("/me", headers=token).status_code == 503


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_AUDIENCE"])
@pytest.mark.parametrize("path", ["/me", "/orders/1"])
def test_nobody_gets_in_while_a_setting_is_missing(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch, missing: str, path: str
) -> None:
    monkeypatch.delenv(missing)
    answer = client.get(path, headers=trusted.bearer(roles=["admin"]))
    assert (answer.status_code, answer.json()) == (503, {"detail": "Sign-in is not configured"})
    assert client.get("/health").status_code == 200


# --- roles and programs


def test_a_missing_role_is_403(client: TestClient, trusted: Issuer) -> None:
    answer = client.delete("/orders/1", headers=trusted.bearer(roles=["member"]))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (403, 'Bearer error="insufficient_scope"')
    assert answer.json() == {"detail": "Not allowed"}


@pytest.mark.parametrize("role", ["admin", "clerk"])
def test_one_of_several_roles_is_enough(client: TestClient, trusted: Issuer, role: str) -> None:
    assert client.get("/orders/7", headers=trusted.bearer(roles=[role])).text == "7"
    assert client.delete("/orders/7", headers=trusted.bearer(roles=[role])).text == "gone"


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"sub": "batch", "client_id": "batch"}, 200),
        ({"sub": "batch@clients", "azp": "batch"}, 200),
        ({"sub": "system:serviceaccount:shop:worker"}, 200),
        ({"sub": "ann"}, 403),
        ({"sub": "ann", "azp": "web", "client_id": "web"}, 403),
        ({"sub": "ann", "kind": "workload"}, 403),
        ({"sub": "batch", "client_id": "batch", "aud": "another-api"}, 401),
    ],
)
def test_only_programs_get_to_what_is_for_programs(
    client: TestClient, trusted: Issuer, claims: dict[str, Any], status: int
) -> None:
    assert client.post("/jobs", headers=trusted.bearer(**claims)).status_code == status


# --- websockets


@pytest.mark.parametrize("path", ["/feed", "/live"])
@pytest.mark.parametrize(
    "handshake", [{}, {"headers": {"Authorization": "Bearer a.b.c"}}, {"subprotocols": ["bearer"]}]
)
def test_a_stranger_opens_no_websocket(client: TestClient, path: str, handshake: dict[str, Any]) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect(path, **handshake):
        pass
    assert closed.value.code == 1008


def test_whoever_is_known_opens_one(client: TestClient, trusted: Issuer) -> None:
    with client.websocket_connect("/feed", headers=trusted.bearer(sub="ann")) as socket:
        assert socket.receive_text() == "ann"
    with client.websocket_connect("/feed", subprotocols=["bearer", trusted.token(sub="bea")]) as socket:
        assert socket.receive_text() == "bea"


def test_a_token_in_the_url_opens_nothing(client: TestClient, trusted: Issuer) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"/feed?token={trusted.token()}"):
        pass


def test_a_role_is_asked_of_a_websocket_too(client: TestClient, trusted: Issuer) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live", headers=trusted.bearer()):
        pass
    with client.websocket_connect("/live", headers=trusted.bearer(sub="ann", roles=["clerk"])) as socket:
        assert socket.receive_text() == "ann"


def test_a_websocket_waits_for_better_times_while_nobody_can_be_let_in(
    client: TestClient, trusted: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect("/feed", headers=trusted.bearer()),
    ):
        pass
    assert closed.value.code == 1013


# --- around an app


def test_the_start_and_the_end_of_an_app_pass_the_guard(auth: ModuleType, trusted: Issuer) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        seen.append("started")
        yield
        seen.append("ended")

    async def home(_: Request) -> Response:
        return PlainTextResponse("home")

    app = Starlette(routes=[Route("/", home)], lifespan=lifespan, middleware=[Middleware(auth.require_user)])
    with TestClient(app) as client:
        assert client.get("/").status_code == 401
        assert client.get("/", headers=trusted.bearer()).text == "home"
    assert seen == ["started", "ended"]


def test_an_error_of_the_app_is_no_refusal_and_ends_with_its_caller(auth: ModuleType, trusted: Issuer) -> None:
    async def breaks(_: Request) -> Response:
        raise RuntimeError("the app's own")

    app = Starlette(routes=[Route("/", breaks, middleware=[Middleware(auth.require_user)])])
    client = TestClient(app, raise_server_exceptions=False)
    assert client.get("/", headers=trusted.bearer()).status_code == 500
    with pytest.raises(LookupError):
        auth.current_principal()
