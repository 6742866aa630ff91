"""Where a guard may stand in a Starlette app: which of the app's own can be used again, in which place, and where none."""

import pytest

from tests.transforms.joined import app_of, route_of
from transforms.app import App
from transforms.edit_kinds import AddDecorator, AddListArgument, Edit
from transforms.edits import advice, guard_for, guard_route, guarded_together

HEAD = """import functools
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser, requires
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles


class Gate:
    def __init__(self, app): self.app = app
    async def __call__(self, scope, receive, send):
        if dict(scope["headers"]).get(b"authorization") != token():
            await JSONResponse({}, status_code=401)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def signed_in(endpoint):
    @functools.wraps(endpoint)
    async def checked(request):
        if request.session.get("user") is None:
            return JSONResponse({}, status_code=401)
        return await endpoint(request)
    return checked


class Tokens(AuthenticationBackend):
    async def authenticate(self, conn):
        if conn.headers.get("Authorization") is None:
            return None
        return AuthCredentials([SCOPE]), SimpleUser("ada")


async def a(request): save(request)
def b(request): save(request)
async def live(websocket): await websocket.accept()
async def odd(r): save(r)
@signed_in
async def kept(request): save(request)
class View(HTTPEndpoint):
    async def post(self, request): save(request)
"""


def edits_of(routes: str, name: str = "POST /x", head: str = HEAD) -> tuple[Edit, ...] | None:
    """The edits for one route of an app with these lines."""
    app = app_of(head + routes)
    return edits_in(app, name)


def edits_in(app: App, name: str) -> tuple[Edit, ...] | None:
    route = route_of(app, name)
    guard = guard_for(app, route)
    return guard_route(app, route, guard, lambda _: False) if guard is not None else None


def put(edits: tuple[Edit, ...] | None) -> list[tuple[int, str]]:
    """In which line what is put before a route."""
    found: list[tuple[int, str]] = []
    for each in edits or ():
        if isinstance(each, AddListArgument):
            found.append((each.place.line, each.item))
        elif isinstance(each, AddDecorator):
            found.append((each.place.line, each.code))
    return found


def line_of(routes: str, text: str) -> int:
    """The line in which a text stands."""
    return next(number for number, line in enumerate((HEAD + routes).splitlines(), 1) if text in line)


X = "Route('/x', a, methods=['POST'])"
Y = "Route('/y', b, methods=['POST'])"
INSERTED = "Middleware(require_user)"


@pytest.mark.parametrize(
    ("routes", "where"),
    [
        (f"app = Starlette(routes=[\n  {X},\n  {Y},\n])\n", "app = Starlette"),
        (f"app = Starlette(routes=[\n  {X},\n  Route('/health', a),\n  {Y},\n])\n", "Route('/x'"),
        (
            f"app = Starlette(routes=[\n  {X},\n  {Y},\n  Mount('/s', app=StaticFiles(directory='s')),\n])\n",
            "Route('/x'",
        ),
        (f"app = Starlette(routes=[\n  {X},\n  {Y},\n  Mount('/o', app=other),\n])\n", "Route('/x'"),
        (f"routes = [\n  {X},\n  {Y},\n]\napp = Starlette(routes=routes)\n", "app = Starlette"),
        (f"app = Starlette(routes=[\n  {X},\n])\n", "Route('/x'"),  # one route makes no app
    ],
)
def test_the_inserted_guard_stands_in_the_widest_place_that_closes_nothing_else(routes: str, where: str) -> None:
    assert put(edits_of(routes)) == [(line_of(routes, where), INSERTED)]


def test_a_mount_is_wide_enough_where_the_app_is_too_wide() -> None:
    routes = (
        f"app = Starlette(routes=[\n  Route('/health', a),\n  Mount('/m', routes=[\n    {X},\n    {Y},\n  ]),\n])\n"
    )
    app = app_of(HEAD + routes)
    assert put(edits_in(app, "POST /m/x")) == [(line_of(routes, "Mount('/m'"), INSERTED)]
    route = route_of(app, "POST /m/x")
    guard = guard_for(app, route)
    assert guard is not None
    together = guarded_together(app, route, guard, lambda _: False)
    assert together is not None
    assert together.prefix == "/m"


def test_a_spared_route_keeps_the_guard_from_going_around_it() -> None:
    routes = f"app = Starlette(routes=[\n  {X},\n  {Y},\n])\n"
    app = app_of(HEAD + routes)
    route = route_of(app, "POST /x")
    guard = guard_for(app, route)
    assert guard is not None
    edits = guard_route(app, route, guard, lambda other: other.path == "/y")
    assert put(edits) == [(line_of(routes, "Route('/x'"), INSERTED)]


# --- the app's own


BACKEND = "middleware=[Middleware(AuthenticationMiddleware, backend=Tokens())]"


@pytest.mark.parametrize(
    ("handler", "route", "expected"),
    [
        ("async def a(", X, '@requires("authenticated")'),
        ("def b(", "Route('/x', b, methods=['POST'])", '@requires("authenticated")'),
        ("    async def post(", "Route('/x', View)", '@requires("authenticated")'),
    ],
)
def test_what_the_backend_says_is_asked_of_every_kind_of_handler(handler: str, route: str, expected: str) -> None:
    head = HEAD.replace("SCOPE", "'authenticated'")
    routes = f"app = Starlette(routes=[{route}], {BACKEND})\n"
    number = next(number for number, line in enumerate(head.splitlines(), 1) if line.startswith(handler))
    assert put(edits_of(routes, head=head)) == [(number, expected)]


def test_a_websocket_asks_the_backend_too() -> None:
    head = HEAD.replace("SCOPE", "'authenticated'")
    routes = f"app = Starlette(routes=[WebSocketRoute('/x', live)], {BACKEND})\n"
    ((_, code),) = put(edits_of(routes, "WEBSOCKET /x", head))
    assert code == '@requires("authenticated")'


def test_the_one_scope_that_a_backend_gives_is_asked_for() -> None:
    routes = f"app = Starlette(routes=[{X}], {BACKEND})\n"
    ((_, code),) = put(edits_of(routes, head=HEAD.replace("SCOPE", "'member'")))
    assert code == '@requires("member")'


@pytest.mark.parametrize(
    ("head", "route"),
    [
        (HEAD, X),  # which scopes it gives is not written down
        (HEAD.replace("SCOPE", "'authenticated'"), "Route('/x', odd, methods=['POST'])"),  # no `request` to look at
    ],
)
def test_a_backend_that_cannot_be_asked_is_left_to_a_person(head: str, route: str) -> None:
    app = app_of(head + f"app = Starlette(routes=[{route}], {BACKEND})\n")
    assert edits_in(app, "POST /x") is None
    said = advice(app, route_of(app, "POST /x"))
    assert said is not None
    assert said.startswith("Put the app's own sign-in in front of POST /x")


def test_a_backend_elsewhere_is_no_reason_to_insert_another_sign_in() -> None:
    head = HEAD.replace("SCOPE", "'authenticated'")
    mount = f"Mount('/m', routes=[Route('/x', kept, methods=['POST'])], {BACKEND})"
    assert edits_of(f"app = Starlette(routes=[{mount}, Route('/y', View)])\n", "POST /y", head) is None


@pytest.mark.parametrize(
    ("route", "name", "expected"),
    [
        (X, "POST /x", ["@signed_in"]),  # async, as where it stands
        ("Route('/x', b, methods=['POST'])", "POST /x", []),
        ("Route('/x', View)", "POST /x", []),
        ("WebSocketRoute('/x', live)", "WEBSOCKET /x", []),
    ],
)
def test_a_decorator_stands_only_at_handlers_like_those_it_stands_at(
    route: str, name: str, expected: list[str]
) -> None:
    routes = f"app = Starlette(routes=[Route('/kept', kept, methods=['POST']), {route}])\n"
    assert [code for _, code in put(edits_of(routes, name))] == expected


def test_a_websocket_is_left_to_a_person_where_the_guard_is_for_requests() -> None:
    app = app_of(
        HEAD + "app = Starlette(routes=[Route('/kept', kept, methods=['POST']), WebSocketRoute('/x', live)])\n"
    )
    said = advice(app, route_of(app, "WEBSOCKET /x"))
    assert said is not None
    assert said.startswith("Let WEBSOCKET /x check who opens it before it accepts")


@pytest.mark.parametrize("middleware", ["Middleware(Gate)", "Middleware(\n    Gate\n)"])
def test_a_middleware_of_the_apps_own_is_used_again(middleware: str) -> None:
    routes = f"app = Starlette(routes=[Mount('/m', routes=[{Y}], middleware=[{middleware}]), {X}])\n"
    assert [code for _, code in put(edits_of(routes))] == ["Middleware(Gate)"]


def test_a_middleware_that_is_told_something_is_not() -> None:
    routes = f"app = Starlette(routes=[Mount('/m', routes=[{Y}], middleware=[Middleware(Gate, strict=True)]), {X}])\n"
    assert edits_of(routes) is None


# --- what is in another framework's app


FASTAPI = "from fastapi import FastAPI\n"


def test_beside_routes_of_fastapi_nothing_is_inserted() -> None:
    app = app_of(HEAD + FASTAPI + f"app = FastAPI(routes=[{X}])\n@app.get('/health')\ndef health(): ...\n")
    assert edits_in(app, "POST /x") is None
    assert advice(app, route_of(app, "POST /x")) == (
        "Register POST /x with a router of FastAPI, where it can depend on the app's guard."
    )


@pytest.mark.parametrize("beside", [False, True])
def test_an_app_of_its_own_in_a_file_of_its_own_gets_a_guard_of_its_own(beside: bool) -> None:
    inner = HEAD + f"inner = Starlette(routes=[{X}, {Y}])\n"
    more = FASTAPI + "side = FastAPI()\n@side.get('/health')\ndef health(): ...\n" if beside else ""
    outer = (
        FASTAPI + "from inner import inner\napp = FastAPI()\n@app.post('/z')\ndef z(): ...\napp.mount('/in', inner)\n"
    )
    edits = edits_in(app_of({"inner.py": inner + more, "main.py": outer}), "POST /in/x")
    assert (edits is None) is beside
    if edits is not None:
        assert isinstance(edits[0], AddListArgument)
        assert (edits[0].path, edits[0].item) == ("inner.py", "Middleware(require_user)")


def test_an_app_of_its_own_below_fastapi_keeps_its_paths() -> None:
    app = app_of(HEAD + FASTAPI + f"inner = Starlette(routes=[{X}])\napp = FastAPI()\napp.mount('/in', inner)\n")
    assert [route.name for route in app.routes] == ["POST /in/x"]
