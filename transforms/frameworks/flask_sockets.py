"""Flask-SocketIO, and python-socketio below it, which also stands beside other frameworks: handlers of events, by
decorator or as methods of a namespace, and the handler of `connect` that decides who may send any in its namespace.

An event is told as a websocket below `/socket.io`, its namespace and its name as path. What runs before Flask's own
requests does not run before events: only their decorators and the handler of `connect` can keep strangers out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import GuardUse, How, Include, Place, Route, Router, Signal
from transforms.edit_kinds import Edit, ImportOf, InsertStatements, Position
from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.python_guards import Draft, decorator_guard, drafts_at
from transforms.frameworks.python_references import reference
from transforms.reuse import Sparing, needs_guard
from transforms.walk import Walk, all_parameters, argument, descendants, dotted_name, string_value

if TYPE_CHECKING:
    from transforms.app import App

PREFIX = "/socket.io"
CONNECT = "connect"
_MADE_BY = frozenset({"flask_socketio.SocketIO", "socketio.Server", "socketio.AsyncServer"})
_NAMESPACES = re.compile(r"^(?:flask_socketio|socketio)\.(?:\w+\.)*(?:Async)?Namespace$")
_HANGS = frozenset({"on_namespace", "register_namespace"})
_METHOD = "on_"
ADVICE = "Let the handler of connect of {route} refuse whoever is not signed in: `return False` there."
_NOT_CALLED = frozenset({"disconnect", "error", "connect_error"})  # nobody sends these, or nothing happens for them


class Sockets:
    """Reads the events of one file."""

    def __init__(self, walk: Walk, framework: str) -> None:
        self.walk, self.framework = walk, framework
        self.servers: set[str] = set()

    def made(self, symbol: str, call: cst.Call) -> None:
        """`socketio = SocketIO(app)`."""
        if self.walk.resolve(call.func) in _MADE_BY:
            self.servers.add(symbol)
            path, framework = self.walk.path, self.framework
            self.walk.emit(lambda place: Router(symbol, framework, False, place, file=path, takes_guards=False), call)

    def function(self, node: cst.FunctionDef, drafts: list[Draft], checks: Checks) -> bool:
        """`@socketio.on("message", namespace="/chat")`, `@socketio.event`; whether it is one."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        found = False
        for decorator in node.decorators:
            registered = self._registered(decorator.decorator, node.name.value)
            if registered is not None:
                self._route(*registered, symbol, node, decorator.decorator, drafts)
                checks.events.add(symbol)
                self._connects(registered[1], symbol, node, checks)
                found = True
        return found

    def class_(self, node: cst.ClassDef, checks: Checks) -> None:
        """`class Chat(Namespace): def on_message(self, data)`: its methods handle the events of one namespace."""
        if not any(_NAMESPACES.match(self.walk.resolve(base.value) or "") for base in node.bases):
            return
        symbol, path, framework = f"{self.walk.symbol}.{node.name.value}", self.walk.path, self.framework
        self.walk.emit(lambda place: Router(symbol, framework, False, place, file=path, takes_guards=False), node)
        for method in node.body.body:
            if isinstance(method, cst.FunctionDef) and method.name.value.startswith(_METHOD):
                event, handler = method.name.value.removeprefix(_METHOD), f"{symbol}.{method.name.value}"
                drafts = [each for d in method.decorators if (each := decorator_guard(self.walk, d.decorator))]
                self._emit(symbol, event, f"/{event}", handler, method, method, drafts)
                checks.events.add(handler)
                self._connects(event, handler, method, checks)

    def is_registration(self, decorator: cst.BaseExpression) -> bool:
        """Whether a decorator registers a handler and guards nothing."""
        return self._registered(decorator, "") is not None

    def call(self, node: cst.Call) -> None:
        """`socketio.on_event("message", handler, namespace="/chat")`."""
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value="on_event")) if server := self._server(owner):
                event = string_value(argument(node, "message", 0) or cst.Name("x"))
                handler = argument(node, "handler", 1)
                target = reference(self.walk, handler) if handler is not None else None
                if event and target is not None:
                    self._route(server, event, self._namespace(node), target, node, node, [])
            case cst.Attribute(value=owner, attr=cst.Name(value=name)) if name in _HANGS and node.args:
                self._hung(node, self._server(owner), node.args[0].value)

    def _hung(self, node: cst.Call, server: str | None, made: cst.BaseExpression) -> None:
        """`socketio.on_namespace(Chat("/chat"))`; without a name it is that of the whole server."""
        class_ = reference(self.walk, made.func) if isinstance(made, cst.Call) else None
        if server is None or class_ is None or not isinstance(made, cst.Call):
            return
        named, path = argument(made, "namespace", 0), self.walk.path
        namespace = string_value(named) if named is not None else ""
        prefix = f"{PREFIX}{namespace.rstrip('/')}" if namespace is not None else None
        self.walk.emit(lambda place: Include(server, class_, place, prefix, file=path), node)

    def _registered(self, decorator: cst.BaseExpression, name: str) -> tuple[str, str, str] | None:
        """Server, event and namespace."""
        match decorator:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="on")), args=[first, *_]):
                event, server = string_value(first.value), self._server(owner)
                return (server, event, self._namespace(decorator)) if server and event else None
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="event"))) if server := self._server(
                owner
            ):
                return server, name, self._namespace(decorator)
            case cst.Attribute(value=owner, attr=cst.Name(value="event")) if server := self._server(owner):
                return server, name, ""
        return None

    def _server(self, owner: cst.BaseExpression) -> str | None:
        """A server of this file, or what is called like one: whether it is, the file says that makes it."""
        found = reference(self.walk, owner)
        customary = (dotted_name(owner) or "").rpartition(".")[2] in ("socketio", "sio", "socket_io")
        return found if found in self.servers or customary else None

    def _namespace(self, call: cst.Call) -> str:
        given = argument(call, "namespace")
        return (string_value(given) or "").rstrip("/") if given is not None else ""

    def _route(
        self, server: str, event: str, namespace: str, handler: str, node: cst.CSTNode, entry: cst.CSTNode,
        drafts: list[Draft],
    ) -> None:  # fmt: skip
        self._emit(server, event, f"{PREFIX}{namespace}/{event}", handler, node, entry, drafts)

    def _emit(
        self, server: str, event: str, where: str, handler: str, node: cst.CSTNode, entry: cst.CSTNode,
        drafts: list[Draft],
    ) -> None:  # fmt: skip
        if event in _NOT_CALLED:
            return
        path = self.walk.path

        def build(place: Place, call: Place, *places: Place) -> Route:
            guards = drafts_at(drafts, places)
            return Route(self.framework, ("WEBSOCKET",), where, handler, server, place, call, guards, path)

        self.walk.emit(build, node, entry, *(draft.node for draft in drafts))

    def _connects(self, event: str, symbol: str, node: cst.FunctionDef, checks: Checks) -> None:
        """How a handler of `connect` refuses, and what it is told of who connects."""
        if event != CONNECT:
            return
        told = {each.name.value for each in all_parameters(node)} - {"self"}
        checks.callers.setdefault(symbol, set()).update(told)
        if any(map(_refuses, descendants(node.body))):
            self.walk.signal_of(symbol, Signal.REFUSES)
        if any(each.value in told for each in descendants(node.body, cst.Name)):
            self.walk.signal_of(symbol, Signal.READS_CREDENTIAL)


def behind_connect(app: "App", route: Route) -> list[Route] | None:
    """An event behind the handler of `connect` in its namespace; that handler itself only where it is alone there."""
    if route.methods != ("WEBSOCKET",):
        return None
    if (owner := route.handler.rpartition(".")[0]) in app.classes and _is_namespace(app, owner):
        return _of_class(app, route, owner)
    if not (route.path or "").startswith(f"{PREFIX}/"):
        return None
    if not _is_server(app, route):
        return []
    namespace, _, event = (route.path or "").rpartition("/")
    beside = [each for each in _events(app, route) if each[0].path and each[0].path.rpartition("/")[0] == namespace]
    if event == CONNECT:
        alone = all(each.path == route.path for each, _ in beside)
        return [route] if alone else []
    connecting = [(each, path) for each, path in beside if each.path == f"{namespace}/{CONNECT}"]
    return [replace(route, guards=(*route.guards, *(_guard(app, each, path) for each, path in connecting)))]


def _is_namespace(app: "App", owner: str) -> bool:
    return any(_NAMESPACES.match(each) for each in app.ancestors(owner))


def _of_class(app: "App", route: Route, owner: str) -> list[Route]:
    """The same where both are methods of one class; nothing for a class that no server was given."""
    if not (route.path or "").startswith(f"{PREFIX}/"):
        return []
    methods = {each for one in app.ancestors(owner) if one in app.classes for each in app.classes[one].methods}
    events = {each.removeprefix(_METHOD) for each in methods if each.startswith(_METHOD)} - _NOT_CALLED
    connecting = app.method(owner, f"{_METHOD}{CONNECT}")
    if connecting is None:
        return [route]
    if connecting.symbol == route.handler:
        return [route] if events == {CONNECT} else []
    guard = GuardUse(
        connecting.symbol, How.ROUTER, connecting.place, code=CONNECT, file=connecting.file, symbol=connecting.symbol
    )
    return [replace(route, guards=(*route.guards, guard))]


def refuse_at_connect(app: "App", route: Route, spare: Sparing) -> tuple[Edit, ...] | None:
    """Whoever is not signed in with Flask-Login may not connect, where everything that this closes needs it."""
    use = next((each for each in route.guards if each.code == CONNECT), None)
    function = app.functions.get(use.target) if use is not None else None
    if use is None or function is None or function.is_async:
        return None
    behind = [each for each in app.routes if any(one.symbol == use.symbol for one in each.guards)]
    if not all(needs_guard(app, each) and not spare(each) for each in behind):
        return None
    code = "if not current_user.is_authenticated:\n    return False"
    wanted = (ImportOf("flask_login", "current_user"),)
    return (InsertStatements(function.file, function.place, Position.BODY_START, code, wanted),)


def advice(_app: "App", route: Route) -> str | None:
    """What a person has to do for events."""
    known = route.methods == ("WEBSOCKET",) and (route.path or "").startswith(f"{PREFIX}/")
    return ADVICE.format(route=route.name) if known else None


def _is_server(app: "App", route: Route) -> bool:
    """Whether an event is registered at something that the library made, or its file at least speaks of the library."""
    made = app.instances.get(app.resolve(route.router, route.registered_in or route.file))
    if made is not None:
        return made.removesuffix("()") in _MADE_BY
    facts = app.files.get(route.registered_in or route.file)
    return facts is not None and any(
        each.partition(".")[0] in ("flask_socketio", "socketio") for _, each in facts.imports
    )


def _events(app: "App", route: Route) -> Iterator[tuple[Route, str]]:
    """Every event of the server of a route, with the path of its file."""
    server = app.resolve(route.router, route.registered_in or route.file)
    for facts in app.files.values():
        for each in facts.routes:
            if (each.path or "").startswith(f"{PREFIX}/") and app.resolve(each.router, facts.path) == server:
                yield each, facts.path


def _guard(app: "App", connect: Route, path: str) -> GuardUse:
    symbol = app.meaning(connect.handler, path)
    return GuardUse(symbol, How.ROUTER, connect.place, code=CONNECT, file=path, symbol=symbol)


def _refuses(node: cst.CSTNode) -> bool:
    """`return False`, `raise ConnectionRefusedError(...)`, `disconnect()`."""
    match node:
        case cst.Return(value=cst.Name(value="False")):
            return True
        case cst.Raise(
            exc=cst.Call(func=cst.Name(value="ConnectionRefusedError")) | cst.Name(value="ConnectionRefusedError")
        ):
            return True
        case cst.Raise(exc=cst.Call(func=cst.Attribute(attr=cst.Name(value="ConnectionRefusedError")))):
            return True
        case cst.Call(func=cst.Name(value="disconnect") | cst.Attribute(attr=cst.Name(value="disconnect"))):
            return True
    return False
