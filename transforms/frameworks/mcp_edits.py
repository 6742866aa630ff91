"""How an MCP server comes to know its callers: a token verifier in the call that makes it, a scope in a tool's body."""

from typing import TYPE_CHECKING

from transforms.access import Answer
from transforms.concepts import How, Route, Router
from transforms.edit_kinds import AddKeywordArgument, Edit, ImportOf, InsertStatements, Position
from transforms.reuse import Guard, Sparing

if TYPE_CHECKING:
    from transforms.app import App

# What the call that makes a server takes, by the reference of its class.
_SDK = frozenset({
    "mcp.server.fastmcp.FastMCP", "mcp.server.fastmcp.server.FastMCP", "mcp.server.MCPServer",
    "mcp.server.mcpserver.MCPServer",
})  # fmt: skip
_FASTMCP = frozenset({"fastmcp.FastMCP", "fastmcp.server.FastMCP", "fastmcp.server.server.FastMCP"})


def own_guard(_app: "App", _tool: Route) -> Guard | None:
    """A verifier belongs to the server that it was made for: none is handed on."""
    return None


def has_own_guard(app: "App", tool: Route) -> bool:
    """Whether another server of the same program has a verifier: then a person decides whether it fits this one."""
    return any(
        guard.how is How.VERIFIER and app.judge.guard(guard).answer is not Answer.NO
        for other in app.tools
        if app.starts_in(other.file) == app.starts_in(tool.file)
        for guard in other.guards
    )


def guard_route(app: "App", tool: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """Let the server of a tool verify tokens; None where a tool of it is meant for everybody, or nothing is known."""
    server = app.routers.get(tool.router)
    if server is None or not server.takes_guards or server.guards or guard.own:
        return None
    if any(spare(other) for other in app.tools if other.router == tool.router):
        return None
    spelled = _spelled(app, server)
    if spelled is None:
        return None
    return tuple(
        AddKeywordArgument(server.file, server.place, keyword, f"{name}()", (ImportOf(guard.module, name),))
        for keyword, name in spelled
    )


def require_scope(app: "App", tool: Route, scope: str, module: str) -> tuple[Edit, ...] | None:
    """Ask for a scope before anything else in a tool's body; None for a tool that a dispatcher serves."""
    function = app.functions.get(tool.handler)
    server = app.routers.get(tool.router)
    if function is None or tool.part or server is None or _library_of(app, server) is None:
        return None
    imports = (ImportOf(module, "require_scope"),)
    return (InsertStatements(function.file, function.place, Position.BODY_START, f'require_scope("{scope}")', imports),)


def scope_asked_by(app: "App", tool: Route) -> str | None:
    """The inserted module that a server of this tool asks for tokens: where its `require_scope` is, too."""
    server = app.routers.get(tool.router)
    for guard in server.guards if server is not None else ():
        for use in app.guard_targets(guard, server.file if server is not None else ""):
            module = app.module_of(use.target.removesuffix("()"))
            facts = app.modules.get(module or "")
            if facts is not None and facts.inserted is not None and facts.inserted[0] == "auth":
                return use.symbol.removesuffix("()").rpartition(".")[0]
    return None


def _spelled(app: "App", server: Router) -> tuple[tuple[str, str], ...] | None:
    match _library_of(app, server):
        case "mcp":
            return (("auth", "auth_settings"), ("token_verifier", "OidcVerifier"))
        case "fastmcp":
            return (("auth", "auth_provider"),)
    return None


def _library_of(app: "App", server: Router) -> str | None:
    """Which of the two libraries a server's class is from, by what its file imports; None where that is not clear."""
    facts = app.files.get(server.file)
    imported = {app.resolve(reference, server.file) for _, reference in facts.imports} if facts is not None else set()
    found = [name for name, classes in (("mcp", _SDK), ("fastmcp", _FASTMCP)) if not imported.isdisjoint(classes)]
    return found[0] if len(found) == 1 else None
