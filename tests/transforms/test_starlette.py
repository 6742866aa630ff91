"""Starlette apps: how lists of routes hang together, and who gets to which route of a patched app over HTTP."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import jwt
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from fixtures.apps import load
from tests.issuer import Issuer
from tests.transforms.django_apps import environ, patched, run_pytest, write
from tests.transforms.joined import app_of, route_of
from transforms.app import App
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

HEAD = """from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
def f(request): ...
"""


def names(source: str, **files: str) -> list[str]:
    more = {f"{name}.py": text for name, text in files.items()}
    return sorted(route.name for route in app_of({"main.py": HEAD + source, **more}).routes)


# --- where routes are


@pytest.mark.parametrize(
    "routes",
    [
        "app = Starlette(routes=[Route('/a/b/x', f)])",
        "app = Starlette(routes=[Mount('/a', routes=[Mount('/b', routes=[Route('/x', f)])])])",
        "app = Starlette(routes=[Mount('/a/', routes=[Mount('/b/', routes=[Route('/x', f)])])])",
        "app = Starlette(routes=[Mount('/a', app=Starlette(routes=[Route('/b/x', f)]))])",
        "app = Starlette(routes=[Mount('/a', Router([Route('/b/x', f)]))])",
        "inner = Router(routes=[Route('/x', f)])\napp = Starlette(routes=[Mount('/a/b', app=inner)])",
        "inner = [Route('/x', f)]\napp = Starlette(routes=[Mount('/a', routes=[Mount('/b', routes=inner)])])",
        "routes = [Route('/b/x', f)]\napp = Starlette(routes=[Mount('/a', routes=[] + routes)])",
        "routes = [Route('/b/x', f)]\napp = Starlette(routes=[Mount('/a', routes=[*routes])])",
        "routes: list[Route] = [Mount('/a', routes=[Route('/b/x', f)])]\napp = Starlette(routes=routes)",
        "routes = [Mount('/a', routes=[])]\nroutes.append(Route('/a/b/x', f))\napp = Starlette(routes=routes)",
        "app = Starlette()\napp.routes.extend([Route('/a/b/x', f)])",
        "app = Starlette()\napp.router.routes.append(Mount('/a', routes=[Route('/b/x', f)]))",
        "app = Starlette()\napp.mount('/a', Router(routes=[Route('/b/x', f)]))\n"
        "inner = Router(routes=[Route('/b/x', f)])\napp.mount('/a', inner)",
        "def create():\n    return Starlette(routes=[Mount('/a', routes=[Route('/b/x', f)])])",
        "def routes():\n    return [Route('/b/x', f)]\napp = Starlette(routes=[Mount('/a', routes=routes())])",
        "A = '/a'\napp = Starlette(routes=[Mount(A, routes=[Route(f'/b/x', f)])])",
    ],
)
def test_mounts_and_lists_add_up_to_one_path(routes: str) -> None:
    assert "GET /a/b/x" in names(routes)


def test_an_app_that_is_made_where_it_is_mounted_hangs_there() -> None:
    made = "app = Starlette(routes=[Mount('/b', routes=[Route('/x', f)])])\n"
    mounted = (
        "app.mount('/a', Starlette(routes=[Route('/y', f)]))\napp.mount('/c', Starlette(routes=[Route('/z', f)]))\n"
    )
    assert names(made + mounted) == ["GET /a/y", "GET /b/x", "GET /c/z"]
    fastapi = "from fastapi import FastAPI\napi = FastAPI()\napi.mount('/a', Starlette(routes=[Route('/y', f)]))\n"
    assert names(fastapi) == ["GET /a/y"]


def test_a_list_of_another_module_hangs_below_the_mount() -> None:
    orders = "from starlette.routing import Route\ndef g(request): ...\nroutes = [Route('/{number:int}', g)]\n"
    mounted = "import orders\napp = Starlette(routes=[Mount('/orders', routes=orders.routes)])\n"
    assert names(mounted, orders=orders) == ["GET /orders/{number:int}"]


def test_a_list_that_hangs_twice_has_its_routes_twice() -> None:
    source = (
        "inner = [Route('/x', f)]\napp = Starlette(routes=[Mount('/v1', routes=inner), Mount('/v2', routes=inner)])"
    )
    assert names(source) == ["GET /v1/x", "GET /v2/x"]


def test_what_hangs_at_a_host_is_found_by_no_path() -> None:
    assert names("app = Starlette(routes=[Host('api.example.org', app=Router([Route('/x', f)]))])") == ["GET …/x"]


def test_a_mount_of_files_has_no_routes() -> None:
    files = "from starlette.staticfiles import StaticFiles\n"
    assert names(files + "app = Starlette(routes=[Mount('/static', app=StaticFiles(directory='s'))])") == []


def test_each_listed_method_is_a_route() -> None:
    source = "app = Starlette(routes=[Route('/x', f, methods=['GET', 'post'])])"
    assert names(source) == ["GET /x", "POST /x"]


def test_the_middleware_of_every_mount_above_stands_before_a_route() -> None:
    source = (
        "class A: ...\nclass B: ...\nclass C: ...\napp = Starlette(routes=[Mount('/a', routes=[Mount('/b', "
        "routes=[Route('/x', f)], middleware=[Middleware(C)])], middleware=[Middleware(B)])], "
        "middleware=[Middleware(A)])\n"
    )
    guards = route_of(app_of(HEAD + source), "GET /a/b/x").guards
    assert [guard.target for guard in guards] == ["app.A", "app.B", "app.C"]


# --- who is asked


BACKEND = """from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, SimpleUser
from starlette.middleware.authentication import AuthenticationMiddleware
class Tokens(AuthenticationBackend):
    async def authenticate(self, conn):
        token = conn.headers.get("Authorization")
{body}
app = Starlette(routes=[Route('/x', f)], middleware=[Middleware(AuthenticationMiddleware, backend=Tokens())])
"""
KNOWN = "return AuthCredentials(['authenticated']), SimpleUser('ada')"


@pytest.mark.parametrize(
    ("body", "access"),
    [
        (f"        if not known(token):\n            raise AuthenticationError('no')\n        {KNOWN}", "yes"),
        (f"        if not known(token):\n            return None\n        {KNOWN}", "no"),
        (
            f"        if not token:\n            return\n        if not known(token):\n"
            f"            raise AuthenticationError('no')\n        {KNOWN}",
            "no",
        ),
        (f"        if known(token):\n            {KNOWN}", "no"),
        (
            f"        try:\n            check(token)\n        except ValueError:\n"
            f"            raise AuthenticationError('no')\n        {KNOWN}",
            "yes",
        ),
        (
            f"        if known(token):\n            {KNOWN}\n        else:\n            raise AuthenticationError('no')",
            "yes",
        ),
    ],
)
def test_a_backend_keeps_strangers_out_if_it_raises_for_all_of_them(body: str, access: str) -> None:
    app = app_of(HEAD + BACKEND.format(body=body))
    assert app.access(route_of(app, "GET /x")).answer.value == access


# --- the patch, asked over HTTP


def scanned(files: Mapping[str, bytes]) -> App:
    return scan([SourceFile(path, content) for path, content in files.items()], Policy()).app


def all_patched(name: str) -> dict[str, bytes]:
    """An app with every patch in it."""
    files = load(name)
    sources = [SourceFile(path, content) for path, content in files.items()]
    return {**files, **remedies(sources, scan(sources, Policy()), Policy()).files}


@contextmanager
def client_of(files: Mapping[str, bytes], folder: Path, package: str) -> Iterator[TestClient]:
    """The app of these files, imported and asked."""
    write(files, folder)
    sys.path.insert(0, str(folder))
    try:
        main = __import__(f"{package}.main", fromlist=["app"])
        yield TestClient(main.app, raise_server_exceptions=False)
    finally:
        sys.path.remove(str(folder))
        for name in [each for each in sys.modules if each.split(".")[0] == package]:
            del sys.modules[name]


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    with Issuer() as issuer:
        for name, value in issuer.settings.items():
            monkeypatch.setenv(name, value)
        yield issuer


@pytest.fixture(scope="module")
def parcels() -> dict[str, bytes]:
    return all_patched("starlette_parcels")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


GUARDED = [
    ("GET", "/api/parcels"),
    ("GET", "/api/parcels/p1"),
    ("GET", "/api/v2/parcels"),
    ("GET", "/admin/reports/overview"),
]


@pytest.mark.parametrize(("method", "path"), [*GUARDED, ("POST", "/api/parcels"), ("DELETE", "/admin/parcels/p1")])
def test_strangers_are_refused(
    parcels: dict[str, bytes], issuer: Issuer, tmp_path: Path, method: str, path: str
) -> None:
    with client_of(parcels, tmp_path, "parcels") as client:
        refused = client.request(method, path)
        forged = client.request(method, path, headers=bearer("made.up.token"))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (forged.status_code, forged.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_whoever_has_a_token_passes_and_administration_wants_the_role(
    parcels: dict[str, bytes], issuer: Issuer, tmp_path: Path, method: str, path: str
) -> None:
    with client_of(parcels, tmp_path, "parcels") as client:
        plain = client.request(method, path, headers=bearer(issuer.token()))
        admin = client.request(method, path, headers=bearer(issuer.token(roles=["admin"])))
    assert plain.status_code == (403 if path.startswith("/admin") else 200)
    assert admin.status_code == 200


def test_health_stays_open_to_everybody(parcels: dict[str, bytes], tmp_path: Path) -> None:
    with client_of(parcels, tmp_path, "parcels") as client:
        assert client.get("/health").json() == {"status": "ok"}


def test_nobody_passes_while_no_issuer_is_set(parcels: dict[str, bytes], tmp_path: Path) -> None:
    with client_of(parcels, tmp_path, "parcels") as client:
        assert client.get("/api/parcels", headers=bearer("some.made.token")).status_code == 503


def test_a_websocket_is_refused_before_it_is_accepted(
    parcels: dict[str, bytes], issuer: Issuer, tmp_path: Path
) -> None:
    with client_of(parcels, tmp_path, "parcels") as client:
        with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/track"):
            pass
        with client.websocket_connect("/track", headers=bearer(issuer.token())) as socket:
            assert "p1" in socket.receive_json()
        with client.websocket_connect("/track", subprotocols=["bearer", issuer.token()]) as socket:
            assert "p1" in socket.receive_json()
    assert closed.value.code == 1008


def test_a_second_run_changes_nothing(parcels: dict[str, bytes]) -> None:
    assert patched(parcels).files == {}


def test_the_proofs_and_the_apps_own_tests_pass_on_the_patched_app(parcels: dict[str, bytes], tmp_path: Path) -> None:
    found = run_pytest(write(parcels, tmp_path), "tests")
    assert found.returncode == 0, found.stdout[-2000:]
    assert b"roles" in parcels["tests/test_controls_authorization.py"]


def test_the_proof_fails_on_the_app_as_it_was(parcels: dict[str, bytes], tmp_path: Path) -> None:
    before = load("starlette_parcels")
    proof = {path: text for path, text in parcels.items() if "controls" in path}
    found = run_pytest(write({**before, **proof}, tmp_path), "tests/test_controls_identity.py")
    assert "test_get_api_parcels_refuses_an_anonymous_caller" in found.stdout
    assert "test_get_health_stays_open_to_everybody" not in found.stdout.partition("short test summary")[2]


# --- an app whose backend says who is calling


LIBRARY_KEY = "for tests only, and long enough for it"


@pytest.fixture(scope="module")
def library() -> dict[str, bytes]:
    return all_patched("starlette_library")


def test_the_apps_own_check_is_used_again_and_nothing_is_inserted(library: dict[str, bytes]) -> None:
    added = library["library/main.py"].count(b"@requires") - load("starlette_library")["library/main.py"].count(
        b"@requires"
    )
    assert added == 3
    assert not any("controls/" in path for path in library)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/loans/b1"), ("DELETE", "/loans/"), ("GET", "/loans/")])
def test_only_whom_the_backend_knows_gets_in(
    library: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setenv("LIBRARY_KEY", LIBRARY_KEY)
    known = bearer(jwt.encode({"sub": "ada"}, LIBRARY_KEY, algorithm="HS256"))
    with client_of(library, tmp_path, "library") as client:
        assert client.request(method, path, json={}).status_code == 403
        assert client.request(method, path, json={}, headers=known).status_code == 200
        assert client.get("/health").status_code == 200


def test_the_websocket_is_closed_for_whom_the_backend_does_not_know(
    library: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIBRARY_KEY", LIBRARY_KEY)
    known = bearer(jwt.encode({"sub": "ada"}, LIBRARY_KEY, algorithm="HS256"))
    with client_of(library, tmp_path, "library") as client:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/loans/live"):
            pass
        with client.websocket_connect("/loans/live", headers=known) as socket:
            assert socket.receive_json() is not None


def test_the_proof_holds_on_the_patched_library(library: dict[str, bytes], tmp_path: Path) -> None:
    found = run_pytest(write(library, tmp_path), "tests/test_controls_identity.py")
    assert found.returncode == 0, found.stdout[-2000:]
    assert environ(tmp_path)["PYTHONPATH"] == str(tmp_path)
