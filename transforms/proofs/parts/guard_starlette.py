"""An app of one route behind the guard."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from transforms.proofs.parts.load import control
from transforms.proofs.parts.told import AUTH


def behind(guard: str, *roles: str) -> Starlette:
    """An app of one route behind a guard of the added module, which is told the roles."""
    middleware = Middleware(getattr(control(AUTH), guard), *roles)
    return Starlette(routes=[Route("/", lambda _: PlainTextResponse("in"), middleware=[middleware])])
