"""FastAPI and Starlette: apps, routers, how they hang together, and their routes."""

import dataclasses
import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import How, Include, Place, Route, Router
from transforms.frameworks.fastapi_edits import (
    advice,
    bind_caller,
    guard_route,
    guarded_together,
    record_event,
    replace_guards,
    scope_routes,
)
from transforms.frameworks.fastapi_guards import listed
from transforms.frameworks.fastapi_library import LibraryRouters, is_served
from transforms.frameworks.fastapi_reuse import has_own_guard, known_to, own_guard
from transforms.frameworks.fastapi_roles import own_role_guard, require_role, role_guard_like_own
from transforms.frameworks.fastapi_sign_in import sign_in_at_provider
from transforms.frameworks.fastapi_tables import Tables
from transforms.frameworks.fastapi_urls import read_from_header, url_parameters
from transforms.frameworks.python_guards import SAYS_PUBLIC, Draft, drafts_at, said_about
from transforms.frameworks.python_references import reference, url_path
from transforms.frameworks.starlette_guards import decorating, middleware
from transforms.walk import Handlers, Walk, argument, dotted_name, string_value

__all__ = [
    "HOSTS", "NAME", "PACKAGES", "TOKENS", "advice", "bind_caller", "guard_route", "guarded_together",
    "has_own_guard", "is_served", "known_to", "own_guard", "own_role_guard", "read", "read_from_header",
    "record_event", "replace_guards", "require_role", "role_guard_like_own", "scope_routes", "sign_in_at_provider",
    "url_parameters",
]  # fmt: skip

NAME = "fastapi"
HOSTS = frozenset({"starlette"})
TOKENS = (b"fastapi", b"starlette", b"APIRouter", b"FastAPI")
PACKAGES = frozenset({"fastapi", "starlette"})

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_APPS = re.compile(r"(?:^|\.)(?:FastAPI|Starlette)$")
_ROUTERS = re.compile(r"(?:^|\.)\w*(?:APIRouter|InferringRouter)$|^starlette\.routing\.Router$")
_CUSTOMARY = re.compile(r"(?:^|[._])(?:app|api|router|application|web|server|blueprint)$", re.IGNORECASE)
_STARLETTE_VERBS = frozenset({"route", "custom_route", "websocket_route", "add_route", "add_websocket_route"})
_LANGSERVE = frozenset({"langserve.add_routes", "langserve.server.add_routes"})
_OF_CHAINS = ("invoke", "batch", "stream")  # what clients call; the same guards stand before all that is registered
_PROTOCOLS = {"websocket": "WEBSOCKET", "websocket_route": "WEBSOCKET"}


@dataclasses.dataclass(frozen=True, slots=True)
class _Entry:
    """A call that registers a handler."""

    call: cst.Call
    router: str
    methods: tuple[str, ...]
    path: str | None
    guards: tuple[Draft, ...]
    takes_guards: bool = True
    called_public: bool = False
    by_library: bool = False


def read(walk: Walk) -> Handlers:
    """Leave Router, Include and Route facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.ClassDef: reader.class_,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.Call: reader.call,
        cst.For: reader.loop,
        cst.Return: reader.returned,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.routers: set[str] = set()
        self.kinds: dict[str, bool] = {}  # own classes that are routers; True for those that are apps
        self.lists: dict[str, list[str]] = {}  # a list's or loop variable's symbol -> references in it
        self.tables = Tables(walk)
        self.libraries = LibraryRouters(walk)
        self.defs: dict[str, cst.FunctionDef] = {}
        self.seen: set[int] = set()  # ids of calls that are read with what stands around them

    def class_(self, node: cst.ClassDef) -> None:
        """`class Router(APIRouter)` makes routers too; a class may be decorated with a route."""
        for decorator in node.decorators:
            if (entry := self._entry(decorator.decorator)) is not None:
                self.seen.add(id(entry.call))
                self._route(entry, f"{self.walk.symbol}.{node.name.value}", None)
        for base in node.bases:
            is_app = self._is_app(self.walk.resolve(base.value) or "")
            if is_app is not None:
                self.kinds[f"{self.walk.symbol}.{node.name.value}"] = is_app

    def function(self, node: cst.FunctionDef) -> None:
        """Routes by decorator; decorators of the app's own are guards until read otherwise."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        self.defs.setdefault(symbol, node)
        entries, own = [], []
        for decorator in node.decorators:
            if (entry := self._entry(decorator.decorator)) is not None:
                entries.append(entry)
                self.seen.add(id(entry.call))
            elif entries:  # a decorator above the route's wraps nothing that runs
                own.append(decorating(self.walk, decorator.decorator))
        public = bool(entries) and SAYS_PUBLIC.search(self._said_about(node, entries)) is not None
        for entry in entries:
            guarded = dataclasses.replace(entry, guards=(*entry.guards, *filter(None, own)), called_public=public)
            self._route(guarded, symbol, node)

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._bound(target.target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value)

    def returned(self, node: cst.Return) -> None:
        """`return FastAPI()` in a factory, without a name."""
        if isinstance(node.value, cst.Call):
            self._router(f"{self.walk.symbol}.<returned>", node.value)

    def loop(self, node: cst.For) -> None:
        """`for router in (a.router, b.router)`; `for router, prefix in ROUTERS`."""
        if isinstance(node.target, cst.Tuple):
            self.tables.loop(node.target, node.iter)
        elif isinstance(node.target, cst.Name):
            self.lists[f"{self.walk.symbol}.{node.target.value}"] = list(self._elements(node.iter))
            self.walk.scopes[-1].names.add(node.target.value)

    def call(self, node: cst.Call) -> None:
        """Calls on an app or router: include, mount, add a route; and functions that are handed one."""
        if id(node) in self.seen:
            return
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="include_router")):
                self._include(node, owner, argument(node, "router", 0), argument(node, "prefix"))
            case cst.Attribute(value=owner, attr=cst.Name(value="mount")):
                self._include(node, owner, argument(node, "app", 1), argument(node, "path", 0), mounted=True)
            case cst.Attribute(
                value=owner,
                attr=cst.Name(value="add_api_route" | "add_route" | "add_api_websocket_route" | "add_websocket_route"),
            ):
                self._added(node, owner, node.func.attr.value)
            case cst.Name() | cst.Attribute() if (self.walk.resolve(node.func) or "") in _LANGSERVE and node.args:
                self._chain(node)
            case cst.Name() | cst.Attribute() if node.args:
                self._handed_over(node)

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        symbol = reference(self.walk, target)
        if symbol is None or not isinstance(target, cst.Name | cst.Attribute):
            return
        if isinstance(value, cst.Call):
            self._router(symbol, value)
        elif isinstance(value, cst.List | cst.Tuple | cst.Dict):
            self.tables.bound(symbol, value)
            self.lists[symbol] = list(self._elements(value))

    def _is_app(self, made_by: str) -> bool | None:
        """True for an app's class, False for a router's, None for anything else."""
        if made_by in self.kinds:
            return self.kinds[made_by]
        if _APPS.search(made_by):
            return True
        return False if _ROUTERS.search(made_by) else None

    def _router(self, symbol: str, call: cst.Call) -> None:
        is_app = self._is_app(self.walk.resolve(call.func) or "")
        if is_app is None:
            self.libraries.bound(symbol, call)
            return
        self.routers.add(symbol)
        prefix = self._prefix(argument(call, "prefix")) if not is_app else ""
        drafts = [*listed(self.walk, argument(call, "dependencies"), How.APP if is_app else How.ROUTER)]
        drafts += middleware(self.walk, argument(call, "middleware"))
        path, of_starlette = self.walk.path, (self.walk.resolve(call.func) or "").startswith("starlette.")
        framework = "starlette" if of_starlette else NAME

        def build(place: Place, *places: Place) -> Router:
            return Router(symbol, framework, is_app, place, prefix, drafts_at(drafts, places), path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))

    def _include(
        self,
        call: cst.Call,
        owner: cst.BaseExpression,
        child: cst.BaseExpression | None,
        prefix: cst.BaseExpression | None,
        *,
        mounted: bool = False,
    ) -> None:
        parent = reference(self.walk, owner)
        if parent is None or child is None or self.libraries.included(call, parent, child, self._prefix(prefix)):
            return
        dependencies = argument(call, "dependencies")
        for row in self.tables.rows(child):
            drafts = list(listed(self.walk, row.cell(dependencies), How.INCLUDE))
            for each in self._elements(row.cell(child) or child):
                self._one_include(call, parent, each, row.path(prefix), drafts, mounted=mounted)

    def _one_include(
        self, call: cst.Call, parent: str, child: str, prefix: str | None, drafts: list[Draft], *, mounted: bool
    ) -> None:
        path = self.walk.path

        def build(place: Place, *places: Place) -> Include:
            return Include(parent, child, place, prefix, drafts_at(drafts, places), mounted, path)

        self.walk.emit(build, call, *(draft.node for draft in drafts))

    def _chain(self, call: cst.Call) -> None:
        """`add_routes(app, chain, path="/chain")` of LangServe: the library's own handlers, which may be guarded."""
        router = reference(self.walk, argument(call, "app", 0) or call.func)
        prefix = self._prefix(argument(call, "path"))
        for verb in _OF_CHAINS if router is not None else ():
            path = None if prefix is None else f"{prefix}/{verb}"
            guards = tuple(listed(self.walk, argument(call, "dependencies"), How.DECORATOR))
            entry = _Entry(call, router or "", ("POST",), path, guards, by_library=True)
            self._route(entry, f"langserve.add_routes.{verb}", None)

    def _handed_over(self, call: cst.Call) -> None:
        """`register_routes(app)`: its parameter is this app."""
        callee = self.walk.resolve(call.func)
        if callee is None or "." not in callee:
            return
        for index, arg in enumerate(call.args):
            handed = self.walk.resolve(arg.value) if isinstance(arg.value, cst.Name | cst.Attribute) else None
            if handed is not None and (handed in self.routers or _CUSTOMARY.search(handed)):
                parameter = arg.keyword.value if arg.keyword is not None else str(index)
                self._one_include(call, handed, f"{callee}:{parameter}", "", [], mounted=False)

    def _entry(self, decorator: cst.BaseExpression) -> _Entry | None:
        """The registration that a decorator is."""
        match decorator:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=verb))):
                router = reference(self.walk, owner)
                methods = self._methods(decorator, verb)
                if router is None or methods is None or not self._is_router(router, decorator):
                    return None
                return self._make_entry(decorator, router, methods, argument(decorator, "path", 0))
        return None

    def _make_entry(
        self, call: cst.Call, router: str, methods: tuple[str, ...], path: cst.BaseExpression | None
    ) -> _Entry:
        guards = tuple(listed(self.walk, argument(call, "dependencies"), How.DECORATOR))
        verb = call.func.attr.value if isinstance(call.func, cst.Attribute) else (dotted_name(call.func) or "")
        return _Entry(call, router, methods, self._prefix(path), guards, verb not in _STARLETTE_VERBS)

    def _methods(self, call: cst.Call, verb: str) -> tuple[str, ...] | None:
        if verb in _VERBS:
            return (verb.upper(),)
        if verb in _PROTOCOLS:
            return (_PROTOCOLS[verb],)
        return self._listed_methods(call) if verb in ("api_route", "route", "custom_route") else None

    def _listed_methods(self, call: cst.Call) -> tuple[str, ...]:
        listed_ = argument(call, "methods")
        if not isinstance(listed_, cst.List | cst.Tuple | cst.Set):
            return ()  # a function then answers GET, and a class by its methods
        return tuple(text.upper() for each in listed_.elements if (text := string_value(each.value)))

    def _is_router(self, router: str, call: cst.Call) -> bool:
        """A known app or router, or something called like one on which a path is registered."""
        if router in self.routers:
            return True
        path = argument(call, "path", 0)
        if path is None or router.startswith(("flask.", "requests.", "httpx.", "unittest.")):
            return False
        text = string_value(path)
        return (text is None and _CUSTOMARY.search(router) is not None) or text == "" or (text or "").startswith("/")

    def _added(self, call: cst.Call, owner: cst.BaseExpression, verb: str) -> None:
        """`app.add_api_route("/x", handler, methods=["GET"])`."""
        router = reference(self.walk, owner)
        endpoint = argument(call, "endpoint", 1) or argument(call, "route", 1)
        handler = reference(self.walk, endpoint) if endpoint is not None else None
        if router is None or handler is None:
            return
        methods = ("WEBSOCKET",) if "websocket" in verb else self._listed_methods(call)
        self._route(self._make_entry(call, router, methods, argument(call, "path", 0)), handler, None)

    def _route(self, entry: _Entry, handler: str, definition: cst.FunctionDef | None) -> None:
        """One route for each method; a handler of another file gets its place when facts are joined."""
        node = definition or self.defs.get(handler) or entry.call
        if not entry.methods:
            self._one_route(entry, handler, node, ())
        for method in dict.fromkeys(entry.methods):
            self._one_route(entry, handler, node, (method,))

    def _one_route(self, entry: _Entry, handler: str, node: cst.CSTNode, methods: tuple[str, ...]) -> None:
        path = self.walk.path

        def build(place: Place, call: Place, *places: Place) -> Route:
            guards = drafts_at(entry.guards, places)
            return Route(
                NAME,
                methods,
                entry.path,
                handler,
                entry.router,
                place,
                call,
                guards,
                path,
                takes_guards=entry.takes_guards,
                called_public=entry.called_public,
                by_library=entry.by_library,
            )

        self.walk.emit(build, node, entry.call, *(draft.node for draft in entry.guards))

    def _said_about(self, node: cst.FunctionDef, entries: list[_Entry]) -> str:
        """What people are told about a handler: docstring, summary, and the comments right above it."""
        named = [argument(entry.call, keyword) for entry in entries for keyword in ("summary", "description")]
        return said_about(node, [string_value(value) for value in named if value is not None])

    def _prefix(self, node: cst.BaseExpression | None) -> str | None:
        return url_path(self.walk, node) if node is not None else ""

    def _elements(self, node: cst.BaseExpression) -> Iterator[str]:
        """The references that an expression may stand for: itself, or the elements of a known list."""
        if isinstance(node, cst.List | cst.Tuple | cst.Dict):
            for element in node.elements:
                yield from self._elements(element.value)
            return
        found = reference(self.walk, node)
        if found is not None:
            yield from self.lists.get(found, [found])
