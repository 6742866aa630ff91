"""Routers that libraries make for an app on FastAPI: their routes stand nowhere in its code.

`users.get_auth_router(backend)` of fastapi-users, `SQLAlchemyCRUDRouter(...)` of fastapi-crudrouter. Sources: the
libraries' documentation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import GuardUse, How, Include, Place, Route, Router
from transforms.frameworks.fastapi_guards import listed
from transforms.frameworks.python_guards import drafts_at
from transforms.frameworks.python_references import reference, url_path
from transforms.walk import Walk, argument

if TYPE_CHECKING:
    from transforms.app import App

_FRAMEWORK = "fastapi"
_CRUD = re.compile(r"fastapi_crudrouter\.(?:\w+\.)*\w*CRUDRouter")
_ASKS = "fastapi_users.FastAPIUsers().current_user()"
_USERS = re.compile(r"fastapi_users\.(?:\w+\.)*FastAPIUsers\(\)\.")


@dataclass(frozen=True, slots=True)
class _Served:
    """One route of a library: whether it asks who is calling, for administrators alone."""

    method: str
    path: str
    name: str
    asks: bool = False
    for_admins: bool = False
    writes: bool = False


_ITEM = "/{item_id}"
_OF_CRUD = (
    _Served("GET", "", "get_all"), _Served("POST", "", "create", writes=True),
    _Served("DELETE", "", "delete_all", writes=True), _Served("GET", _ITEM, "get_one"),
    _Served("PUT", _ITEM, "update", writes=True), _Served("DELETE", _ITEM, "delete_one", writes=True),
)  # fmt: skip
_OF_USERS = {
    "get_auth_router": (_Served("POST", "/login", "login"), _Served("POST", "/logout", "logout", asks=True)),
    "get_register_router": (_Served("POST", "/register", "register"),),
    "get_reset_password_router": (
        _Served("POST", "/forgot-password", "forgot_password"), _Served("POST", "/reset-password", "reset_password"),
    ),
    "get_verify_router": (
        _Served("POST", "/request-verify-token", "request_verify_token"), _Served("POST", "/verify", "verify"),
    ),
    "get_users_router": (
        _Served("GET", "/me", "me", asks=True), _Served("PATCH", "/me", "update_me", asks=True),
        _Served("GET", "/{id}", "get_user", asks=True, for_admins=True),
        _Served("PATCH", "/{id}", "update_user", asks=True, for_admins=True),
        _Served("DELETE", "/{id}", "delete_user", asks=True, for_admins=True),
    ),
}  # fmt: skip


def is_served(app: "App", route: Route) -> bool | None:
    """A method that is called like one of fastapi-users makes routes where it is one."""
    maker = route.handler.rpartition(".")[0]
    if not route.by_library or maker.rpartition(".")[2] not in _OF_USERS:
        return None
    return _USERS.match(app.meaning(maker, route.file)) is not None


class LibraryRouters:
    """The routers of libraries that one file makes."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def bound(self, symbol: str, call: cst.Call) -> None:
        """`router = SQLAlchemyCRUDRouter(schema=Order, ..., prefix="/orders")`."""
        if _CRUD.fullmatch(self.walk.resolve(call.func) or ""):
            self._crud(symbol, call)

    def included(self, call: cst.Call, parent: str, child: cst.BaseExpression, prefix: str | None) -> bool:
        """`app.include_router(users.get_users_router(...), prefix="/users")`; whether it is such a router."""
        if not isinstance(child, cst.Call):
            return False
        made_by = reference(self.walk, child.func) or ""
        name = made_by.rpartition(".")[2]
        symbol = f"{self.walk.symbol}.<{name} {prefix}>"
        if _CRUD.fullmatch(made_by):
            self._crud(symbol, child)
        elif name in _OF_USERS:
            self._router(symbol, child, "")
            for each in _OF_USERS[name]:
                self._route(symbol, child, made_by, each, signs_in=not each.asks)
        else:
            return False
        path = self.walk.path
        drafts = list(listed(self.walk, argument(call, "dependencies"), How.INCLUDE))

        def build(place: Place, *places: Place) -> Include:
            return Include(parent, symbol, place, prefix, drafts_at(drafts, places), file=path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))
        return True

    def _crud(self, symbol: str, call: cst.Call) -> None:
        prefix = argument(call, "prefix")
        self._router(symbol, call, url_path(self.walk, prefix) if prefix is not None else None)
        for each in _OF_CRUD:
            self._route(symbol, call, self.walk.resolve(call.func) or "", each)

    def _router(self, symbol: str, call: cst.Call, prefix: str | None) -> None:
        path = self.walk.path
        drafts = list(listed(self.walk, argument(call, "dependencies"), How.ROUTER))

        def build(place: Place, *places: Place) -> Router:
            return Router(symbol, _FRAMEWORK, False, place, prefix, drafts_at(drafts, places), path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))

    def _route(self, router: str, call: cst.Call, maker: str, served: _Served, *, signs_in: bool = False) -> None:
        path = self.walk.path

        def build(place: Place) -> Route:
            return Route(
                _FRAMEWORK, (served.method,), served.path, f"{maker}.{served.name}", router, place, place,
                tuple(_guards(served, place)), path, takes_guards=False, by_library=True,
                library_writes=served.writes, signs_in=signs_in,
            )  # fmt: skip

        self.walk.emit(build, call)


def _guards(served: _Served, place: Place) -> Iterator[GuardUse]:
    if served.asks:
        flags = ("active=True", "superuser=True") if served.for_admins else ("active=True",)
        yield GuardUse(_ASKS, How.PARAMETER, place, code="Depends(current_user())", flags=flags)
