"""Starlette's own lists of routes: `Route`, `WebSocketRoute` and `Mount`, in apps, routers, mounts and named lists.

Apps, routers and what registers by a call (`app.add_route`) are read with FastAPI, which is made of them. Here a list
becomes a router, and a mount one with a prefix, so that paths and guards come together as they do everywhere else.
"""

import dataclasses
import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import Guarded, How, Include, Place, Route, Router, Setting, Signal
from transforms.frameworks.fastapi_guards import listed
from transforms.frameworks.python_guards import Draft, drafts_at
from transforms.frameworks.python_references import reference, url_path
from transforms.frameworks.starlette_edits import advice, guard_route, guarded_together, has_own_guard, own_guard
from transforms.frameworks.starlette_guards import (
    SCOPES,
    decorating,
    middleware,
    refuses_everybody_unknown,
    scopes_given,
)
from transforms.frameworks.starlette_roles import own_role_guard, require_role
from transforms.walk import Handlers, Walk, argument, string_value

__all__ = [
    "HOSTS", "NAME", "PACKAGES", "TOKENS", "advice", "guard_route", "guarded_together", "has_own_guard", "own_guard",
    "own_role_guard", "read", "require_role",
]  # fmt: skip

NAME = "starlette"
TOKENS = (b"starlette", b"fastapi.routing")
PACKAGES = frozenset({"starlette", "fastapi"})
HOSTS = frozenset({"fastapi"})  # what `app.add_route` registers is read there

_ROUTING = re.compile(r"(?:starlette|fastapi)\.routing\.(\w+)")
_ROUTES = {"Route": "starlette", "WebSocketRoute": "starlette", "APIRoute": "fastapi", "APIWebSocketRoute": "fastapi"}
_MOUNTS = frozenset({"Mount", "Host"})
_LISTS = cst.List | cst.Tuple
BEHIND_LISTS = 100  # what is mounted by a call is counted from here: a list of the same app may have mounts too


@dataclasses.dataclass(slots=True)
class _Held:
    """What is read for one list, mount or app: its symbol, and how many mounts stand in it."""

    symbol: str
    mounts: int = 0

    def next_mount(self) -> str:
        self.mounts += 1
        return f"{self.symbol}.<mount {self.mounts}>"


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Route and Guarded facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.Return: reader.returned,
        cst.Call: reader.call,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.seen: set[int] = set()  # ids of calls that were read with the list around them
        self.defs: dict[str, cst.FunctionDef] = {}
        self.mounted: dict[str, _Held] = {}  # by the symbol of the app that mounts

    def function(self, node: cst.FunctionDef) -> None:
        """Its decorators: who registers it by a list lets them run before it."""
        owner = f"{self.walk.symbol}.{node.name.value}"
        self.defs.setdefault(owner, node)
        for decorator in node.decorators:
            if (draft := decorating(self.walk, decorator.decorator)) is not None:
                self._guarded(owner, draft)
        if refuses_everybody_unknown(self.walk, node):
            self.walk.signal_of(owner, Signal.REFUSES)

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._bound(target.target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value)

    def returned(self, node: cst.Return) -> None:
        """`return Starlette(routes=[...])`, `return [Route(...)]`."""
        if node.value is not None:
            self._held(f"{self.walk.symbol}.<returned>", node.value)

    def call(self, node: cst.Call) -> None:
        """`routes.append(Route(...))`, and what stands in no list that was read."""
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="append" | "extend" | "insert")) if node.args:
                self._appended(owner, node.args[-1].value)
            case cst.Attribute(value=owner, attr=cst.Name(value="mount")) if symbol := reference(self.walk, owner):
                inner = argument(node, "app", 1)  # where it has a name, it is read by that
                if isinstance(inner, cst.Call) and self._routes_of(inner) is not None:
                    self._mount(self.mounted.setdefault(symbol, _Held(symbol, BEHIND_LISTS)), node, is_host=False)
        if id(node) not in self.seen:
            self._element(_Held(self.walk.symbol), node)
        for scope in scopes_given(self.walk, node):
            self._given(scope, node)

    def _given(self, scope: str, node: cst.Call) -> None:
        symbol, path = self.walk.symbol, self.walk.path
        self.walk.emit(lambda place: Setting(SCOPES, scope, place, symbol, path), node)

    def _appended(self, owner: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if isinstance(owner, cst.Attribute) and owner.attr.value == "routes":  # of an app or its router
            owner = owner.value
        symbol = (reference(self.walk, owner) or "").removesuffix(".router")
        elements = [each.value for each in value.elements] if isinstance(value, _LISTS) else [value]
        for each in elements if symbol else ():
            self._element(_Held(symbol), each)

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        symbol = reference(self.walk, target) if isinstance(target, cst.Name | cst.Attribute) else None
        if symbol is not None:
            self._held(symbol, value)

    def _held(self, symbol: str, value: cst.BaseExpression) -> None:
        """What a name holds, or a function returns: an app or router with routes, or a list of them."""
        if isinstance(value, cst.Call) and (routes := self._routes_of(value)) is not None:
            self.seen.add(id(value))
            self._fill(_Held(symbol), routes, value)
        elif self._lists_routes(value):
            path = self.walk.path
            self.walk.emit(lambda place: Router(symbol, NAME, False, place, "", (), path, False), value)
            self._fill(_Held(symbol), value, value)

    def _routes_of(self, call: cst.Call) -> cst.BaseExpression | None:
        """The routes that an app or router is made with."""
        made = (self.walk.resolve(call.func) or "").rpartition(".")[2]
        return argument(call, "routes", 0) if made == "Router" else argument(call, "routes")

    def _lists_routes(self, value: cst.BaseExpression) -> bool:
        if isinstance(value, cst.BinaryOperation):
            return self._lists_routes(value.left) or self._lists_routes(value.right)
        return isinstance(value, _LISTS) and any(self._kind(each.value) for each in value.elements)

    def _kind(self, node: cst.BaseExpression) -> str:
        """Which of Starlette's routes a call makes; "" for anything else."""
        match = _ROUTING.fullmatch(self.walk.resolve(node.func) or "") if isinstance(node, cst.Call) else None
        return match[1] if match is not None and (match[1] in _ROUTES or match[1] in _MOUNTS) else ""

    def _fill(self, held: _Held, routes: cst.BaseExpression, around: cst.BaseExpression) -> None:
        """What stands in a list of routes: literally, in sums of lists, or under a name."""
        match routes:
            case cst.List(elements=elements) | cst.Tuple(elements=elements):
                for element in elements:
                    if isinstance(element, cst.StarredElement):
                        self._fill(held, element.value, around)
                    else:
                        self._element(held, element.value)
            case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
                self._fill(held, left, around)
                self._fill(held, right, around)
            case _ if child := reference(self.walk, routes):
                self._include(held.symbol, child, "", around)

    def _element(self, held: _Held, node: cst.BaseExpression) -> None:
        kind = self._kind(node)
        if not kind or not isinstance(node, cst.Call):
            return
        self.seen.add(id(node))
        if kind in _MOUNTS:
            self._mount(held, node, is_host=kind == "Host")
        else:
            self._route(held.symbol, node, kind)

    def _mount(self, held: _Held, call: cst.Call, *, is_host: bool) -> None:
        """A mount is a router of its own, so that a guard can stand there."""
        inner = argument(call, "app", 1)
        routes = argument(call, "routes", 2)
        drafts = list(middleware(self.walk, argument(call, "middleware")))
        if isinstance(inner, cst.Call) and (listed_ := self._routes_of(inner)) is not None:
            self.seen.add(id(inner))
            drafts += middleware(self.walk, argument(inner, "middleware"))
            routes, inner = listed_, None
        if routes is None and (inner is None or reference(self.walk, inner) is None):
            return
        mount = _Held(held.next_mount())
        symbol, path, prefix = mount.symbol, self.walk.path, self._prefix(call, is_host=is_host)

        def build(place: Place, *places: Place) -> Router:
            return Router(symbol, NAME, False, place, prefix, drafts_at(drafts, places), path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))
        self._include(held.symbol, symbol, "", call)
        if routes is not None:
            self._fill(mount, routes, call)
        elif inner is not None:
            self._include(symbol, reference(self.walk, inner) or "", "", call)

    def _prefix(self, call: cst.Call, *, is_host: bool) -> str | None:
        """The path of a mount as Starlette has it; what hangs at a host is found by no path."""
        path = argument(call, "path", 0)
        found = url_path(self.walk, path) if path is not None and not is_host else None
        return found.rstrip("/") if found is not None else None

    def _include(self, parent: str, child: str, prefix: str | None, node: cst.BaseExpression) -> None:
        path = self.walk.path
        self.walk.emit(lambda place: Include(parent, child, place, prefix, (), True, path), node)

    def _route(self, router: str, call: cst.Call, kind: str) -> None:
        endpoint = argument(call, "endpoint", 1)
        handler = reference(self.walk, endpoint) if endpoint is not None else None
        if handler is None:
            return
        path = argument(call, "path", 0)
        methods = ("WEBSOCKET",) if "WebSocket" in kind else tuple(self._methods(call))
        drafts = [
            *middleware(self.walk, argument(call, "middleware")),
            *listed(self.walk, argument(call, "dependencies"), How.DECORATOR),
        ]
        at, where = url_path(self.walk, path) if path is not None else None, self.walk.path
        for method in methods or ("",):

            def build(
                place: Place, entry: Place, *places: Place, method: str = method
            ) -> Route:  # a class answers by its methods
                guards, of_fastapi = drafts_at(drafts, places), _ROUTES[kind] != NAME
                named = (method,) if method else ()
                return Route(
                    _ROUTES[kind], named, at, handler, router, place, entry, guards, where, takes_guards=of_fastapi
                )

            self.walk.emit(build, self.defs.get(handler) or call, call, *(draft.node for draft in drafts))

    def _methods(self, call: cst.Call) -> Iterator[str]:
        named = argument(call, "methods")
        for each in named.elements if isinstance(named, cst.List | cst.Tuple | cst.Set) else ():
            if text := string_value(each.value):
                yield text.upper()

    def _guarded(self, owner: str, draft: Draft) -> None:
        self.walk.emit(lambda place: Guarded(owner, drafts_at([draft], [place])[0]), draft.node)
