"""Flask: apps, blueprints and APIs, how they hang together, their routes, and what runs before them."""

import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Guarded, How, Include, Place, Route, Router
from transforms.frameworks.flask_asked import asked, tell_answers
from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.flask_edits import guard_route, guarded_together, replace_guards
from transforms.frameworks.flask_exemptions import tail_of
from transforms.frameworks.flask_methods import tell_methods_apart, tell_nobody_apart
from transforms.frameworks.flask_reuse import has_own_guard, known_to, own_guard
from transforms.frameworks.flask_roles import own_role_guard, require_role, role_guard_like_own
from transforms.frameworks.flask_sign_in import sign_in_at_provider
from transforms.frameworks.flask_sockets import Sockets, advice, behind_connect
from transforms.frameworks.flask_views import View, listed_guards, view_of
from transforms.frameworks.flask_wrapped import Wrapped
from transforms.frameworks.python_guards import SAYS_PUBLIC, Draft, decorator_guard, drafts_at, said_about
from transforms.frameworks.python_methods import by_method
from transforms.frameworks.python_references import reference, url_path
from transforms.walk import Handlers, Walk, argument, descendants, string_value

if TYPE_CHECKING:
    from transforms.app import App

__all__ = [
    "NAME",
    "PACKAGES",
    "TOKENS",
    "advice",
    "guard_route",
    "guarded_together",
    "has_own_guard",
    "known_to",
    "own_guard",
    "own_role_guard",
    "read",
    "replace_guards",
    "require_role",
    "role_guard_like_own",
    "sign_in_at_provider",
    "told_apart",
]  # fmt: skip

NAME = "flask"
TOKENS = (
    b"flask", b"Flask", b"Blueprint", b".route(", b"add_url_rule", b"add_resource(", b"@app.", b"@bp.", b"@api.",
    b"socketio",
)  # fmt: skip
PACKAGES = frozenset({
    "flask", "flask_restful", "flask_restx", "flask_restplus", "flask_smorest", "flask_openapi3", "apiflask",
    "flask_sock", "flask_socketio", "flask_classful", "socketio",
})  # fmt: skip

_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_APPS = re.compile(r"(?:^|\.)(?:Flask|APIFlask|OpenAPI)$")
_ROUTERS = re.compile(r"(?:^|\.)(?:\w*Blueprint|Namespace)$|^flask_(?:restful|restx|restplus|smorest)\.(?:\w+\.)*Api$")
_SOCKETS = re.compile(r"^flask_sock(?:ets)?\.Sock(?:ets)?$")
_CUSTOMARY = re.compile(r"(?:^|[._])(?:app|api|bp|blp|blueprint|application|server|main|ns|namespace)$", re.IGNORECASE)
_HANGS = frozenset({"register_blueprint", "register_api", "add_namespace"})
_BEFORE = {"before_request": False, "before_app_request": True}
_PARAMETER = re.compile(r"<(?:(\w+)(?:\([^<>]*\))?:)?(\w+)>")


@dataclasses.dataclass(frozen=True, slots=True)
class _Entry:
    """A call that registers a handler."""

    call: cst.Call
    router: str
    methods: tuple[str, ...]
    path: str | None
    endpoint: str = ""


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Route, Guarded and Exemption facts, and signals for Flask's ways to refuse."""
    checks = Checks(walk)
    reader = _Reader(walk, checks)

    def function(node: cst.FunctionDef) -> None:
        checks.function(node)
        reader.function(node)

    def assigned(node: cst.Assign) -> None:
        checks.assigned(node)
        reader.assigned(node)

    def call(node: cst.Call) -> None:
        checks.call(node)
        reader.call(node)

    return {
        cst.FunctionDef: function,
        cst.Assign: assigned,
        cst.Call: call,
        cst.ClassDef: reader.class_,
        cst.AnnAssign: reader.annotated,
        cst.For: reader.loop,
        cst.Return: reader.returned,
        cst.If: checks.condition,
        cst.Try: checks.attempt,
        cst.Subscript: checks.subscript,
        cst.Attribute: checks.attribute,
        cst.Comparison: checks.comparison,
        cst.Del: checks.deleted,
    }


def told_apart(app: "App", route: Route) -> list[Route] | None:
    """The routes that a handler is: one for each method where those differ, one for an event of a websocket."""
    events = behind_connect(app, route)
    return events if events is not None else by_method(app, route)


class _Reader:
    def __init__(self, walk: Walk, checks: Checks) -> None:
        self.walk, self.checks = walk, checks
        self.routers: set[str] = set()
        self.lists: dict[str, list[str]] = {}  # a list's or loop variable's symbol -> references in it
        self.views: dict[str, View] = {}  # names that hold `View.as_view(...)`
        self.sockets = Sockets(walk, NAME)
        self.wrapped = Wrapped(walk, self._guarded)
        self.seen: set[int] = set()  # ids of calls that are read with what stands around them

    def class_(self, node: cst.ClassDef) -> None:
        """`@api.route("/notes") class Notes(Resource)`, and what guards the methods of a view."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        for decorator in node.decorators:
            if (entry := self._entry(decorator.decorator, on_class=True)) is not None:
                self.seen.add(id(entry.call))
                self._route(entry, symbol, node, [])
        self.sockets.class_(node, self.checks)
        for owner, draft in listed_guards(self.walk, node, symbol):
            self._guarded(owner, draft)

    def function(self, node: cst.FunctionDef) -> None:
        """Routes by decorator, what runs before requests, and the decorators of any other function."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        entries, before = [], []
        own: list[tuple[bool, Draft | None]] = []
        for decorator in node.decorators:
            if (entry := self._entry(decorator.decorator)) is not None:
                entries.append(entry)
                self.seen.add(id(entry.call))
            elif (hook := self._hook(decorator.decorator)) is not None:
                before.append(hook)
            elif self.sockets.is_registration(decorator.decorator):
                own.clear()  # what stands above it wraps nothing that runs
            else:
                own.append((bool(entries or before), decorator_guard(self.walk, decorator.decorator)))
        drafts = [draft for below, draft in own if draft is not None and (below or not (entries or before))]
        tell_answers(self.walk, node, symbol, self.checks)
        asks = list(asked(self.walk, node, self.checks))
        for router, on_app in before:
            self._runs_before(router, symbol, node, drafts, on_app=on_app)
        for draft in asks if before else ():
            self._guarded(symbol, draft)
        if entries:
            served = dict.fromkeys(each for one in entries for each in one.methods)
            tell_methods_apart(self.walk, node, symbol, served, self.checks)
        elif node.name.value in _VERBS and isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            tell_nobody_apart(self.walk, node, symbol, self.checks)
        for entry in entries:
            self._route(entry, symbol, node, [*drafts, *asks])  # a decorator above the route's wraps nothing that runs
        on_event = self.sockets.function(node, drafts, self.checks)
        if not entries and not before and not on_event and self._speaks_flask():
            for draft in (*drafts, *asks):
                self._guarded(symbol, draft)

    def _speaks_flask(self) -> bool:
        """Whether the file imports the framework: decorators of others register and guard in other ways."""
        return any(reference.partition(".")[0] in PACKAGES for reference in self.walk.imports.values())

    def assigned(self, node: cst.Assign) -> None:
        self.wrapped.assigned(node)
        for target in node.targets:
            self._bound(target.target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value)

    def returned(self, node: cst.Return) -> None:
        """`return Flask(__name__)` in a factory, without a name."""
        if isinstance(node.value, cst.Call):
            self._router(f"{self.walk.symbol}.<returned>", node.value)

    def loop(self, node: cst.For) -> None:
        """`for blueprint in (orders, admin)`."""
        self.wrapped.loop(node)
        if isinstance(node.target, cst.Name):
            self.lists[f"{self.walk.symbol}.{node.target.value}"] = list(self._elements(node.iter))
            self.walk.scopes[-1].names.add(node.target.value)

    def call(self, node: cst.Call) -> None:
        """Calls on an app or router: hang a router, add a route, run something before; and functions handed one."""
        if id(node) in self.seen:
            return
        self.sockets.call(node)
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value=name)) if name in _HANGS and node.args:
                self._hang(node, owner, node.args[0].value)
            case cst.Attribute(value=owner, attr=cst.Name(value="add_url_rule")):
                self._added(node, owner, argument(node, "rule", 0), argument(node, "view_func", 2))
            case cst.Attribute(value=owner, attr=cst.Name(value="add_resource")) if len(node.args) > 1:
                for arg in node.args[1:]:
                    if arg.keyword is None and not arg.star:
                        self._added(node, owner, arg.value, node.args[0].value)
            case cst.Attribute(value=owner, attr=cst.Name(value="before_request" | "before_app_request" as name)):
                self._called_before(node, owner, on_app=_BEFORE[name])
            case cst.Attribute(value=owner, attr=cst.Name(value="init_app")):
                if (api := reference(self.walk, owner)) in self.routers:
                    self._served_by(node, api or "", argument(node, "app", 0))
            case cst.Attribute(attr=cst.Name(value="append" | "extend")):
                self._appended_before(node)
            case cst.Call() if (entry := self._entry(node.func)) is not None and node.args:
                self._added_view(entry, node.args[0].value)  # app.route("/x")(handler)
            case cst.Name() | cst.Attribute() if node.args:
                self._handed_over(node)

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        symbol = reference(self.walk, target)
        if isinstance(target, cst.Name) and self.walk.function is not None:
            symbol = f"{self.walk.symbol}.{target.value}"
        if symbol is None or not isinstance(target, cst.Name | cst.Attribute):
            return
        if isinstance(value, cst.Call):
            self.sockets.made(symbol, value)
            self._router(symbol, value)
            held = self._view(value)
            if held is not None:
                self.views[symbol] = held
        elif isinstance(value, cst.List | cst.Tuple):
            self.lists[symbol] = list(self._elements(value))

    def _view(self, value: cst.BaseExpression) -> View | None:
        """The view that an expression gives, also under a name that holds one."""
        found = view_of(self.walk, value)
        if found is None:
            return None
        held = self.views.get(found.handler)
        return View(held.handler, (*found.guards, *held.guards)) if held is not None else found

    def _router(self, symbol: str, call: cst.Call) -> None:
        made_by = self.walk.resolve(call.func) or ""
        is_app = _APPS.search(made_by) is not None
        if not is_app and not _ROUTERS.search(made_by) and not _SOCKETS.search(made_by):
            return
        self.routers.add(symbol)
        drafts = self._router_guards(call, How.APP if is_app else How.ROUTER)
        prefix, path = "" if is_app else self._own_prefix(call, made_by), self.walk.path
        takes = is_app or made_by.endswith("Blueprint")

        def build(place: Place, *places: Place) -> Router:
            return Router(symbol, NAME, is_app, place, prefix, drafts_at(drafts, places), path, takes)

        self.walk.emit(build, call, *(draft.node for draft in drafts))
        if made_by.endswith(("Api", "Sock", "Sockets")):
            self._served_by(call, symbol, argument(call, "app", 0))

    def _own_prefix(self, call: cst.Call, made_by: str) -> str | None:
        if made_by.endswith("Namespace"):  # its name, unless a path is given
            path, name = argument(call, "path", 1), argument(call, "name", 0)
            return self._path(path) if path is not None else f"/{string_value(name) or ''}" if name is not None else ""
        for keyword in ("url_prefix", "prefix"):
            if (given := argument(call, keyword)) is not None:
                return self._path(given)
        return ""

    def _router_guards(self, call: cst.Call, how: How) -> list[Draft]:
        """`Api(app, decorators=[login_required])`."""
        found = argument(call, "decorators") or argument(call, "method_decorators")
        elements = found.elements if isinstance(found, cst.List | cst.Tuple) else ()
        return [draft for each in elements if (draft := decorator_guard(self.walk, each.value, how)) is not None]

    def _served_by(self, call: cst.Call, child: str, app: cst.BaseExpression | None) -> None:
        """`Api(app)`, `api.init_app(app)`."""
        parent = reference(self.walk, app) if app is not None else None
        if parent is not None:
            self._include(call, parent, child, "", replaces=False)

    def _hang(self, call: cst.Call, owner: cst.BaseExpression, child: cst.BaseExpression) -> None:
        """`app.register_blueprint(orders, url_prefix="/orders")`: a prefix stands instead of the blueprint's own."""
        parent = reference(self.walk, owner)
        given = argument(call, "url_prefix") or argument(call, "path", 1)
        if parent is None:
            return
        replaces = given is not None and not (isinstance(given, cst.Name) and given.value == "None")
        for each in self._elements(child):
            self._include(call, parent, each, self._path(given) if replaces else "", replaces=replaces)

    def _include(self, call: cst.Call, parent: str, child: str, prefix: str | None, *, replaces: bool) -> None:
        path = self.walk.path
        self.walk.emit(
            lambda place: Include(parent, child, place, prefix, file=path, replaces_prefix=replaces),
            call,
        )

    def _handed_over(self, call: cst.Call) -> None:
        """`register_routes(app, db)`: its parameter is this app."""
        callee = self.walk.resolve(call.func)
        if callee is None or "." not in callee:
            return
        for index, arg in enumerate(call.args):
            handed = reference(self.walk, arg.value) if isinstance(arg.value, cst.Name | cst.Attribute) else None
            if handed is not None and (handed in self.routers or _CUSTOMARY.search(handed)):
                parameter = arg.keyword.value if arg.keyword is not None else str(index)
                self._include(call, handed, f"{callee}:{parameter}", "", replaces=False)

    def _entry(self, decorator: cst.BaseExpression, *, on_class: bool = False) -> _Entry | None:
        """The registration that a decorator is."""
        match decorator:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=verb))):
                router, path = reference(self.walk, owner), argument(decorator, "rule", 0)
                if router is None or not self._is_router(router, verb, path):
                    return None
                said = argument(decorator, "endpoint")
                named = (string_value(said) or "") if said is not None else ""
                if verb == "resource" or (verb == "route" and on_class):
                    return _Entry(decorator, router, (), self._path(path), named)
                if verb in _VERBS:
                    return _Entry(decorator, router, (verb.upper(),), self._path(path), named)
                if verb == "route":
                    return _Entry(decorator, router, self._methods(decorator) or ("GET",), self._path(path), named)
        return None

    def _is_router(self, router: str, verb: str, path: cst.BaseExpression | None) -> bool:
        """A known app or router, or something used like one: a path is registered on it."""
        if router in self.routers:
            return True
        text = string_value(path) if path is not None else None
        on_path = path is not None and (text is None or text == "" or text.startswith("/"))
        return on_path and (verb in ("route", "resource") or _CUSTOMARY.search(router) is not None)

    def _methods(self, call: cst.Call) -> tuple[str, ...]:
        if self._is_socket(call):
            return ("WEBSOCKET",)
        listed = argument(call, "methods")
        if not isinstance(listed, cst.List | cst.Tuple | cst.Set):
            return ()
        named = (string_value(each.value) for each in listed.elements)
        return tuple(dict.fromkeys(text.upper() for text in named if text and text.upper() != "OPTIONS"))

    def _is_socket(self, call: cst.Call) -> bool:
        owner = call.func.value if isinstance(call.func, cst.Attribute) else call.func
        return (reference(self.walk, owner) or "").rpartition(".")[2] in ("sock", "sockets")

    def _added(
        self,
        call: cst.Call,
        owner: cst.BaseExpression,
        rule: cst.BaseExpression | None,
        view: cst.BaseExpression | None,
    ) -> None:
        """`app.add_url_rule("/x", view_func=handler)`, `api.add_resource(Orders, "/orders")`."""
        router = reference(self.walk, owner)
        if router is not None and view is not None:
            named = argument(call, "endpoint", 1) if rule is argument(call, "rule", 0) else argument(call, "endpoint")
            entry = _Entry(call, router, self._methods(call), self._path(rule), _name_of(named, view))
            self._added_view(entry, view)

    def _added_view(self, entry: _Entry, view: cst.BaseExpression) -> None:
        found = self._view(view)
        if found is not None:
            self._route(entry, found.handler, entry.call, list(found.guards), takes_guards=False)

    def _route(
        self, entry: _Entry, handler: str, node: cst.CSTNode, drafts: list[Draft], *, takes_guards: bool = True
    ) -> None:
        path = self.walk.path
        public = isinstance(node, cst.FunctionDef) and SAYS_PUBLIC.search(said_about(node)) is not None

        def build(place: Place, call: Place, *places: Place) -> Route:
            return Route(
                NAME,
                entry.methods,
                entry.path,
                handler,
                entry.router,
                place,
                call,
                drafts_at(drafts, places),
                path,
                takes_guards=takes_guards,
                called_public=public,
                endpoint=entry.endpoint,
            )

        self.walk.emit(build, node, entry.call, *(draft.node for draft in drafts))

    def _hook(self, decorator: cst.BaseExpression) -> tuple[str, bool] | None:
        """`@app.before_request`: on what, and whether for the whole app."""
        match decorator:
            case cst.Attribute(value=owner, attr=cst.Name(value=name)) if name in _BEFORE:
                router = reference(self.walk, owner)
                return (router, _BEFORE[name]) if router is not None else None
        return None

    def _runs_before(
        self, router: str, symbol: str, node: cst.FunctionDef, drafts: list[Draft], *, on_app: bool
    ) -> None:
        self._guarded(router, Draft(node.name, symbol, How.MIDDLEWARE, code=node.name.value), on_app=on_app)
        for draft in drafts:
            self._guarded(router, dataclasses.replace(draft, how=How.MIDDLEWARE), on_app=on_app)

    def _called_before(self, call: cst.Call, owner: cst.BaseExpression, *, on_app: bool) -> None:
        """`orders.before_request(require_user)`."""
        router, hook = reference(self.walk, owner), argument(call, "f", 0)
        target = reference(self.walk, hook) if hook is not None else None
        if router is not None and target is not None and hook is not None:
            self._guarded(router, Draft(hook, target, How.MIDDLEWARE, code=self.walk.code(hook, 200)), on_app=on_app)

    def _appended_before(self, call: cst.Call) -> None:
        """`app.before_request_funcs.setdefault(None, []).append(check)`."""
        table = call.func.value if isinstance(call.func, cst.Attribute) else call.func
        while isinstance(table, cst.Call | cst.Subscript | cst.Attribute):
            if isinstance(table, cst.Attribute) and table.attr.value == "before_request_funcs":
                self._called_before(call, table.value, on_app=False)
                return
            table = table.func if isinstance(table, cst.Call) else table.value

    def _guarded(self, owner: str, draft: Draft, *, on_app: bool = False) -> None:
        self.walk.emit(lambda place: Guarded(owner, draft.at(place), on_app), draft.node)

    def _path(self, node: cst.BaseExpression | None) -> str | None:
        return url_path(self.walk, node, braced) if node is not None else ""

    def _elements(self, node: cst.BaseExpression) -> Iterator[str]:
        """The references that an expression may stand for: itself, or the elements of a known list."""
        if isinstance(node, cst.List | cst.Tuple):
            for element in node.elements:
                yield from self._elements(element.value)
            return
        found = reference(self.walk, node)
        if found is not None:
            yield from self.lists.get(found, [found])


def _name_of(named: cst.BaseExpression | None, view: cst.BaseExpression) -> str:
    """The name of an endpoint: as it is said, or that of `Orders.as_view("orders")`."""
    given = next(
        (each.args[0].value for each in descendants(view, cst.Call) if tail_of(each.func) == "as_view" and each.args),
        None,
    )
    found = named if named is not None and string_value(named) is not None else given
    return (string_value(found) or "") if found is not None else ""


def braced(path: str) -> str:
    """A literal part of a path with its parameters as `{name}`; one that takes slashes as `{name:path}`."""
    return _PARAMETER.sub(lambda match: f"{{{match[2]}:path}}" if match[1] == "path" else f"{{{match[2]}}}", path)
