"""Examples of `route-requires-auth` on Starlette: lists of routes, mounts, and guards that are there already."""

from transforms.api import Bad, Good

INSERTED = (
    "controls/__init__.py",
    "controls/auth.py",
    ".env.example",
    ".gitignore",
    "tests/test_controls_identity.py",
)
MIDDLEWARE = "from starlette.middleware import Middleware\n"
OPEN = """from starlette.applications import Starlette
{middleware}from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
{auth}

async def health(request):
    return JSONResponse({{}})


async def orders(request):
    return JSONResponse(find_orders())


def cancel(request):
    drop(request.path_params["number"])
    return JSONResponse({{}})


app = Starlette(
    routes=[
        Route("/health", health),
        Mount(
            "/orders",
            routes=[
                Route("/", orders{first}),
                {second},
            ],{mount}
        ),
    ]
)
"""
CANCEL = 'Route("/{number}", cancel, methods=["DELETE"])'
GUARDED = """Route(
                    "/{number}",
                    cancel,
                    methods=["DELETE"],
                    middleware=[Middleware(require_user)],
                )"""
UNGUARDED = {"middleware": "", "auth": "", "first": "", "second": CANCEL, "mount": ""}
AUTH = "\nfrom controls.auth import require_user\n"
MOUNT = "\n            middleware=[Middleware(require_user)],"
BACKEND = """from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser


class Tokens(AuthenticationBackend):
    async def authenticate(self, conn):
        user = find_user(conn.headers.get("Authorization"))
        if user is None:
            return None
        return AuthCredentials(["authenticated"]), SimpleUser(user)
"""
ASKING = """from backend import Tokens
from starlette.applications import Starlette
{names}from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute


class Orders(HTTPEndpoint):
    {inner}def post(self, request):
        return JSONResponse(save(request))


{outer}async def live(websocket):
    await websocket.accept()
    await websocket.send_json(find_orders())


app = Starlette(
    routes=[Route("/orders", Orders), WebSocketRoute("/live", live)],
    middleware=[Middleware(AuthenticationMiddleware, backend=Tokens())],
)
"""
REQUIRES = '@requires("authenticated")\n'
DECORATED = """import functools

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


def signed_in(endpoint):
    @functools.wraps(endpoint)
    async def checked(request):
        if request.session.get("user") is None:
            return JSONResponse({{}}, status_code=401)
        return await endpoint(request)

    return checked


@signed_in
async def orders(request):
    return JSONResponse(find_orders())


{guard}{define} cancel(request):
    drop(request.path_params["number"])
    return JSONResponse({{}})


app = Starlette(routes=[Route("/", orders), Route("/{{number}}", cancel, methods=["DELETE"])])
"""
KEYED = """from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute


class Keyed(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if request.headers.get("X-Api-Key") != key():
            return JSONResponse({{}}, status_code=401)
        return await call_next(request)


async def orders(request):
    return JSONResponse(find_orders())


async def drop(request):
    remove(request)
    return JSONResponse({{}})


routes = [
    Mount("/orders", routes=[Route("/", orders)], middleware=[Middleware(Keyed)]),
    {route},
]
app = Starlette(routes=routes)
"""
ADMIN = 'Mount("/admin", routes=[Route("/", drop, methods=["DELETE"])]'
ADMIN_KEYED = """Mount(
        "/admin",
        routes=[Route("/", drop, methods=["DELETE"])],
        middleware=[Middleware(Keyed)],
    )"""

EXAMPLES = (
    Good(
        "a mount whose middleware asks for a key",
        KEYED.format(route=f"{ADMIN}, middleware=[Middleware(Keyed)])"),
    ),
    Good(
        "handlers ask what the app's backend said",
        {"backend.py": BACKEND, "main.py": ASKING.format(
            names="from starlette.authentication import requires\n", inner=REQUIRES + "    ", outer=REQUIRES
        )},
    ),
    Bad(
        "a mount of which nobody is asked gets the inserted guard, and the route beside it stays open",
        OPEN.format(**UNGUARDED),
        OPEN.format(**UNGUARDED | {"middleware": MIDDLEWARE, "auth": AUTH, "mount": MOUNT}),
        findings=2,
        adds=INSERTED,
    ),
    Bad(
        "a mount with a route that is open on purpose is guarded route by route",
        OPEN.format(**UNGUARDED),
        OPEN.format(
            **UNGUARDED
            | {"middleware": MIDDLEWARE, "auth": AUTH, "second": GUARDED}
        ),
        adds=INSERTED,
        options={"public_paths": ("GET /orders/",)},
    ),
    Bad(
        "the methods of a class and a websocket ask what the app's backend said",
        {"backend.py": BACKEND, "main.py": ASKING.format(names="", inner="", outer="")},
        {"backend.py": BACKEND, "main.py": ASKING.format(
            names="from starlette.authentication import requires\n", inner=REQUIRES + "    ", outer=REQUIRES
        )},
        findings=2,
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "the app's own decorator at a handler of the same kind",
        DECORATED.format(guard="", define="async def"),
        DECORATED.format(guard="@signed_in\n", define="async def"),
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "a decorator that awaits its handler cannot stand at a plain function",
        DECORATED.format(guard="", define="def"),
    ),
    Bad(
        "the app's own middleware at another mount",
        KEYED.format(route=f"{ADMIN})"),
        KEYED.format(route=ADMIN_KEYED),
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "a middleware for requests does not see a websocket",
        KEYED.format(route='WebSocketRoute("/live", drop)'),
    ),
    Bad(
        "a route of Starlette in an app of FastAPI is advice: the guards there are of another form",
        """from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.routing import Route


def cancel(request):
    drop(request.path_params["number"])
    return JSONResponse({})


app = FastAPI(routes=[Route("/orders/{number}", cancel, methods=["DELETE"])])


@app.get("/health")
def health():
    return {}
""",
    ),
)  # fmt: skip
