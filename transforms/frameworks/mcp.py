"""MCP servers: FastMCP (of `mcp` and of `fastmcp`), MCPServer of mcp 2, and the low-level Server; their tools.

A server is a Router: what checks the token of whoever connects is its guard. A tool, resource or prompt is a Route of
kind TOOL. Routes that `custom_route` adds are no tools: the SDK lets everybody reach them, and FastAPI's reader has
them.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator

import libcst as cst

from transforms.concepts import Guarded, GuardUse, How, Include, Kind, Place, Route, Router, Setting, Signal
from transforms.frameworks.mcp_dispatch import Dispatchers
from transforms.frameworks.mcp_edits import guard_route, has_own_guard, own_guard, require_scope, scope_asked_by
from transforms.frameworks.mcp_guards import hooks, literals, of_call, of_decorator, of_server
from transforms.frameworks.python_effects import leading_text
from transforms.frameworks.python_guards import Draft, drafts_at
from transforms.frameworks.python_references import reference
from transforms.walk import Handlers, Walk, all_parameters, argument, dotted_name, string_value

__all__ = [
    "NAME", "PACKAGES", "TOKENS", "guard_route", "has_own_guard", "own_guard", "read", "require_scope",
    "scope_asked_by",
]  # fmt: skip

NAME = "mcp"
TOKENS = (b"mcp", b"MCP", b"tools/call")
HOSTS = frozenset({"fastapi"})  # its custom routes are those of Starlette
PACKAGES = frozenset({"mcp", "fastmcp"})

_SERVERS = re.compile(r"(?:^|\.)(?:FastMCP|MCPServer)(?:\.from_\w+|\.as_proxy)?$")
_LOW_LEVEL = re.compile(r"^mcp\.server\.(?:lowlevel\.(?:server\.)?)?Server$")
_REGISTERS = {"tool": "TOOL", "resource": "RESOURCE", "prompt": "PROMPT"}
_LISTS = {"list_tools": "LIST_TOOLS", "list_resources": "LIST_RESOURCES", "list_prompts": "LIST_PROMPTS"}
_ANSWERS = {"call_tool": "TOOL", "read_resource": "RESOURCE", "get_prompt": "PROMPT"}
_HTTP_APPS = frozenset({"streamable_http_app", "sse_app", "http_app"})
_RUNS = {
    "run_stdio_async": "stdio", "run_sse_async": "http", "run_streamable_http_async": "http", "run_http_async": "http",
    "streamable_http_app": "http", "sse_app": "http", "http_app": "http",
}  # fmt: skip
_TRANSPORTS = {"stdio": "stdio", "sse": "http", "http": "http", "streamable-http": "http", "streamable_http": "http"}
_SERVES = {
    "mcp.server.stdio.stdio_server": "stdio",
    "mcp.server.sse.SseServerTransport": "http",
    "mcp.server.streamable_http_manager.StreamableHTTPSessionManager": "http",
}
_INNER = "._mcp_server"  # what a server of the SDK drives by itself
_ERRORS = frozenset({"ToolError", "McpError", "MCPError", "ResourceError", "AuthorizationError", "ValueError"})
_REFUSAL = re.compile(
    r"unauthori|not authori|forbidden|permission|not allowed|access denied|unauthenticated|401|403", re.I
)
_READS_TOKEN = ("mcp.server.auth.middleware.auth_context.get_access_token", "server.dependencies.get_access_token",
                "server.dependencies.get_http_headers", "server.dependencies.get_http_request")  # fmt: skip


def read(walk: Walk) -> Handlers:
    """Leave Router, Include, Route and Setting facts."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.ClassDef: reader.class_,
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.Return: reader.returned,
        cst.Call: reader.call,
        cst.Name: reader.state.name,
        cst.Raise: reader.raised,
    }


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.servers: set[str] = set()
        self.others: set[str] = set()  # names that hold what some other call made
        self.kinds: set[str] = set()  # own classes that are servers
        self.served: set[str] = set()  # names that hold a server's HTTP app
        self.defs: dict[str, cst.FunctionDef] = {}
        self.at_import = {id(each) for each in _run_at_import(walk.tree)}
        self.dispatchers = Dispatchers(walk, NAME)
        self.state = self.dispatchers.state

    def class_(self, node: cst.ClassDef) -> None:
        """`class Tools(FastMCP)` makes servers too."""
        if any(_SERVERS.search(self.walk.resolve(base.value) or "") for base in node.bases):
            self.kinds.add(f"{self.walk.symbol}.{node.name.value}")

    def function(self, node: cst.FunctionDef) -> None:
        """Tools by decorator; a parameter that is a server; a protocol spoken by hand."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        self.defs[symbol] = node
        for parameter in all_parameters(node):
            annotation = parameter.annotation.annotation if parameter.annotation is not None else None
            if annotation is not None and self._is_server(self.walk.resolve(annotation) or ""):
                self.servers.add(f"{symbol}.{parameter.name.value}")
        own: list[Draft] = []
        registered = False
        for decorator in reversed(node.decorators):  # the innermost first: what stands below a tool's wraps its body
            if self._registers(decorator.decorator, node, symbol, own):
                registered = True
            elif (draft := of_decorator(self.walk, decorator.decorator)) is not None:
                own.append(draft)
        if not registered:
            self.dispatchers.by_hand(node, symbol)

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._bound(target.target, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value)

    def returned(self, node: cst.Return) -> None:
        """`return FastMCP("shop")` in a function."""
        if isinstance(node.value, cst.Call) and self._is_server(self.walk.resolve(node.value.func) or ""):
            self._server(f"{self.walk.symbol}.<returned>", node.value)

    def call(self, node: cst.Call) -> None:
        """How a server is served, what is added to it, where it is mounted, to whom it is handed."""
        called = self.walk.resolve(node.func) or ""
        if called.endswith(_READS_TOKEN):
            self.walk.signal(Signal.READS_CREDENTIAL)
        transport = _SERVES.get(called)
        if transport is not None:
            for symbol in self.dispatchers.low_level or {self.walk.module}:
                self._transport(symbol, transport, node)
        match node.func:
            case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                self._method(node, owner, name)
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name))) if name in _REGISTERS:
                self._added(node.func, owner, name, argument(node, "fn", 0))  # mcp.tool()(search)
        self._handed_over(node)

    def raised(self, node: cst.Raise) -> None:
        """`raise PermissionError(...)`, `raise ToolError("not allowed")`: how a tool refuses."""
        error = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
        name = (dotted_name(error) or "").rpartition(".")[2] if error is not None else ""
        said = leading_text(node.exc.args[0].value) if isinstance(node.exc, cst.Call) and node.exc.args else ""
        if name == "PermissionError" or (name in _ERRORS and _REFUSAL.search(said)):
            self.walk.signal(Signal.REFUSES)

    def _is_server(self, made_by: str) -> bool:
        own_name = made_by in self.kinds
        return own_name or _SERVERS.search(made_by) is not None or _LOW_LEVEL.match(made_by) is not None

    def _bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        symbol = reference(self.walk, target) if isinstance(target, cst.Name | cst.Attribute) else None
        if symbol is None or not isinstance(value, cst.Call):
            return
        if self._is_server(self.walk.resolve(value.func) or ""):
            self._server(symbol, value)
        elif (server := self._server_of(value)) is not None:
            self.served.add(symbol)
            self._app(symbol, server, value)
        else:
            self.others.add(symbol)
            self._listed(symbol, argument(value, "routes"))

    def _server(self, symbol: str, call: cst.Call) -> None:
        self.servers.add(symbol)
        if _LOW_LEVEL.match(self.walk.resolve(call.func) or ""):
            self.dispatchers.low_level.add(symbol)
        takes = symbol not in self.dispatchers.low_level
        drafts = of_server(self.walk, call)
        path = self.walk.path

        def build(place: Place, *places: Place) -> Router:
            guards = drafts_at(drafts, places)
            only_tools = tuple(dataclasses.replace(each, kinds=(Kind.TOOL,)) for each in guards)
            return Router(symbol, NAME, is_app=True, place=place, guards=only_tools, file=path, takes_guards=takes)

        self.walk.emit(build, call, *(draft.node for draft in drafts))
        listed = argument(call, "tools")
        for element in listed.elements if isinstance(listed, cst.List | cst.Tuple) else ():
            self._tool(call, symbol, "TOOL", reference(self.walk, element.value), None)
        for keyword in ("on_call_tool", "on_list_tools"):
            answer = argument(call, keyword)
            handler = reference(self.walk, answer) if answer is not None else None
            if handler is not None and handler in self.defs:
                self._answer(keyword.removeprefix("on_"), self.defs[handler], handler, symbol, call, [])

    def _app(self, symbol: str, server: str, call: cst.Call) -> None:
        """`app = mcp.streamable_http_app()`: middleware that is put on it stands in front of the tools."""
        path = self.walk.path
        self.walk.emit(
            lambda place: Router(symbol, NAME, is_app=True, place=place, file=path, takes_guards=False), call
        )
        self._include(call, symbol, server, mounted=False)

    def _server_of(self, node: cst.BaseExpression | None) -> str | None:
        """The server whose HTTP app an expression makes, or the name that holds such an app."""
        match node:
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name))) if name in _HTTP_APPS:
                return reference(self.walk, owner)
            case cst.Name() | cst.Attribute():
                held = reference(self.walk, node)
                return held if held in self.served else None
        return None

    def _listed(self, parent: str, routes: cst.BaseExpression | None) -> None:
        """`Starlette(routes=[Mount("/", app=mcp.sse_app())])`."""
        for element in routes.elements if isinstance(routes, cst.List | cst.Tuple) else ():
            inner = argument(element.value, "app", 1) if isinstance(element.value, cst.Call) else None
            if inner is not None and (server := self._server_of(inner)) is not None:
                self._include(cst.ensure_type(element.value, cst.Call), parent, server, mounted=True)

    def _method(self, node: cst.Call, owner: cst.BaseExpression, name: str) -> None:
        server = reference(self.walk, owner)
        if server is None:
            return
        if name == "run" and server.endswith(_INNER):  # by hand: what the module takes for transport is handed in
            for served in sorted({_SERVES[each] for each in self.walk.imports.values() if each in _SERVES}):
                self._transport(server.removesuffix(_INNER), served, node)
        elif name == "run" and (server in self.servers or self._may_be_server(server)):
            given = argument(node, "transport", 0)
            if server not in self.dispatchers.low_level:
                self._transport(server, _transport_named(given), node)
            self._guarded(server, node)
        elif name in _RUNS:
            self._transport(server, _RUNS[name], node)
            self._guarded(server, node)
        elif name == "add_middleware" and server in self.servers and node.args:
            self._owns(server, hooks(self.walk, node.args[0].value))
        elif name == "add_tool" and self._may_be_server(server):
            self._added(node, owner, "tool", argument(node, "fn", 0) or argument(node, "tool", 0))
        elif name == "tool" and server in self.servers and isinstance(first := argument(node, "fn", 0), cst.Name):
            self._added(node, owner, "tool", first)  # mcp.tool(search)
        elif name in ("mount", "import_server"):
            self._mounted(node, server)

    def _mounted(self, node: cst.Call, parent: str) -> None:
        """A server's HTTP app below another app, or a server below another server."""
        for arg in node.args:
            if isinstance(arg.value, cst.Call) and (server := self._server_of(arg.value)) is not None:
                self._include(node, parent, server, mounted=True)  # a name that holds one is a router: see FastAPI's
            elif parent in self.servers and (child := reference(self.walk, arg.value)) in self.servers:
                self._include(node, parent, child or "", mounted=False)

    def _handed_over(self, node: cst.Call) -> None:
        """`register_tools(mcp)`: its parameter is this server."""
        callee = self.walk.resolve(node.func)
        if callee is None or "." not in callee:
            return
        for index, arg in enumerate(node.args):
            handed = self.walk.resolve(arg.value) if isinstance(arg.value, cst.Name | cst.Attribute) else None
            if handed in self.servers:
                which = arg.keyword.value if arg.keyword is not None else str(index)
                self._include(node, handed or "", f"{callee}:{which}", mounted=False)

    def _include(self, call: cst.Call, parent: str, child: str, *, mounted: bool) -> None:
        path = self.walk.path
        self.walk.emit(lambda place: Include(parent, child, place, mounted=mounted, file=path), call)

    def _transport(self, symbol: str, value: str | None, call: cst.Call) -> None:
        path = self.walk.path
        if id(call) in self.at_import:
            self.walk.emit(lambda place: Setting("runs_when_imported", "True", place, symbol, path), call)
        self.walk.emit(lambda place: Setting("transport", value, place, symbol, path), call)

    def _guarded(self, server: str, call: cst.Call) -> None:
        """What the call that serves a server puts in front of it: `http_app(middleware=[Middleware(Checking)])`."""
        self._owns(server, of_call(self.walk, call))

    def _owns(self, server: str, drafts: Iterable[Draft]) -> None:
        for draft in drafts:
            self._own(server, draft)

    def _own(self, server: str, draft: Draft) -> None:
        self.walk.emit(
            lambda place: Guarded(server, dataclasses.replace(draft.at(place), kinds=(Kind.TOOL,))), draft.node
        )

    def _may_be_server(self, owner: str) -> bool:
        """A known server, a parameter, or something of another module; not what another call made."""
        if owner in self.servers:
            return True
        elsewhere = not owner.startswith(f"{self.walk.module}.")
        handed = any(scope.is_function and owner.startswith(f"{scope.symbol}.") for scope in self.walk.scopes)
        return owner not in self.others and (elsewhere or handed)

    def _registers(self, decorator: cst.BaseExpression, node: cst.FunctionDef, symbol: str, own: list[Draft]) -> bool:
        """Whether a decorator registers the function; if so, its facts are left."""
        call = decorator if isinstance(decorator, cst.Call) else None
        attribute = call.func if call is not None else decorator
        if not isinstance(attribute, cst.Attribute):
            return False
        verb, server = attribute.attr.value, reference(self.walk, attribute.value)
        if server is None or not self._may_be_server(server):
            return False
        if verb in _REGISTERS and (call is not None or verb != "resource"):
            name = _given_name(call, verb) or node.name.value
            drafts = [*_asked(self.walk, call), *own]
            self._emit(node, decorator, _REGISTERS[verb], name, symbol, server, drafts)
            return True
        if call is None or verb not in _LISTS | _ANSWERS:
            return False
        self._answer(verb, node, symbol, server, decorator, own)
        return True

    def _answer(
        self, verb: str, node: cst.FunctionDef, symbol: str, server: str, entry: cst.BaseExpression, own: list[Draft]
    ) -> None:
        """A handler of the low-level server: it lists, or it dispatches by name."""
        if verb in _LISTS:
            self._emit(node, entry, _LISTS[verb], node.name.value, symbol, server, own)
            return
        parts = self.dispatchers.parts(node, symbol)
        for name, part in parts or [(node.name.value, "")]:
            self._emit(node, entry, _ANSWERS[verb], name, symbol, server, own, part)

    def _emit(
        self,
        node: cst.CSTNode,
        entry: cst.BaseExpression,
        method: str,
        name: str,
        handler: str,
        server: str,
        drafts: list[Draft],
        part: str = "",
    ) -> None:
        path = self.walk.path

        def build(place: Place, called: Place, *places: Place) -> Route:
            guards: tuple[GuardUse, ...] = drafts_at(drafts, places)
            return Route(
                NAME, (method,), f"{name}", handler, server, place, called, guards, path, kind=Kind.TOOL, part=part
            )

        self.walk.emit(build, node, entry, *(draft.node for draft in drafts))

    def _added(self, call: cst.Call, owner: cst.BaseExpression, verb: str, function: cst.BaseExpression | None) -> None:
        """`mcp.add_tool(search)`, `mcp.add_tool(Tool.from_function(search))`, `mcp.tool()(search)`."""
        server = reference(self.walk, owner)
        if isinstance(function, cst.Call) and function.args:
            function = argument(function, "fn", 0)
        handler = reference(self.walk, function) if function is not None else None
        if server is not None and handler is not None:
            self._tool(call, server, _REGISTERS[verb], handler, _given_name(call, verb, only_keyword=True))

    def _tool(self, call: cst.Call, server: str, method: str, handler: str | None, name: str | None) -> None:
        if handler is not None and "()" not in handler:
            drafts = list(_asked(self.walk, call)) if argument(call, "token_verifier") is None else []
            self._emit(call, call, method, name or handler.rpartition(".")[2], handler, server, drafts)


def _asked(walk: Walk, call: cst.Call | None) -> list[Draft]:
    """`@mcp.tool(auth=require_scopes("orders:write"))`: what one tool asks of its caller."""
    value = argument(call, "auth") if call is not None else None
    values = [each.value for each in value.elements] if isinstance(value, cst.List | cst.Tuple) else [value]
    found = []
    for each in values:
        target = reference(walk, each) if each is not None else None
        if each is not None and target is not None and target != "None":
            found.append(Draft(each, target, How.DECORATOR, literals(each), code=walk.code(each, 200)))
    return found


def _given_name(call: cst.Call | None, verb: str, *, only_keyword: bool = False) -> str | None:
    if call is None:
        return None
    given = argument(call, "uri", 0) if verb == "resource" else argument(call, "name", None if only_keyword else 0)
    return string_value(given) if given is not None else None


def _transport_named(given: cst.BaseExpression | None) -> str | None:
    """The transport of `run(...)`: stdio unless another one is named; None where that is decided at run time."""
    if given is None:
        return "stdio"
    text = string_value(given)
    return _TRANSPORTS.get(text) if text is not None else None


def _run_at_import(tree: cst.Module) -> Iterator[cst.Call]:
    """`mcp.run()` at the top of a module, outside of `if __name__ == "__main__"`."""
    for statement in tree.body:
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(value=name))) as call)]
            ) if name == "run" or name.startswith("run_"):
                yield call
