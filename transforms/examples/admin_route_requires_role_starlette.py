"""Examples of `admin-route-requires-role` on Starlette: scopes that a backend gives, and the inserted check."""

from transforms.api import Bad, Good

APP = """from backend import Tokens
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route


@requires(["authenticated", "admin"])
async def users(request):
    return JSONResponse(find_users())


{guard}async def remove(request):
    drop(request.path_params["user_id"])
    return JSONResponse({{}})


app = Starlette(
    routes=[Mount("/admin", routes=[Route("/users", users), Route("/users/{{user_id}}", remove, methods=["DELETE"])])],
    middleware=[Middleware(AuthenticationMiddleware, backend=Tokens())],
)
"""
BACKEND = """from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser


class Tokens(AuthenticationBackend):
    async def authenticate(self, conn):
        user = find_user(conn.headers.get("Authorization"))
        if user is None:
            return None
        return AuthCredentials(["authenticated", *user.scopes]), SimpleUser(user)
"""
GATE = """from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route


class Gate:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if dict(scope["headers"]).get(b"authorization") != token():
            await JSONResponse({}, status_code=401)(scope, receive, send)
            return
        await self.app(scope, receive, send)


async def remove(request):
    drop(request.path_params["user_id"])
    return JSONResponse({})


app = Starlette(
    routes=[Mount("/admin", routes=[Route("/users/{user_id}", remove, methods=["DELETE"])])],
    middleware=[Middleware(Gate)],
)
"""

REQUIRED = '@requires("authenticated")\n'
EXAMPLES = (
    Good("scopes beside that of a signed-in caller", APP.format(guard='@requires(["authenticated", "admin"])\n')),
    Good("one scope in the place of a list", APP.format(guard='@requires("admin", status_code=404)\n')),
    Bad(
        "to be signed in is no role: the scopes are asked as they are beside it",
        {"backend.py": BACKEND, "main.py": APP.format(guard=REQUIRED)},
        {"backend.py": BACKEND, "main.py": APP.format(guard='@requires(["authenticated", "admin"])\n' + REQUIRED)},
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad("what kind of connection it is (`scope['type']`) is no role", GATE),
)
