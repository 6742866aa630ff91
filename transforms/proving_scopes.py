"""The test that shows that tools ask for a scope: which tools, and some that go on without."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.frameworks import verb
from transforms.placement import start_folder
from transforms.proofs.cases import ScopeCase
from transforms.proofs.scopes import SCOPED, render_scopes
from transforms.proving import inside, without_app

if TYPE_CHECKING:
    from transforms.app import App

MOST_UNSCOPED = 3  # tools that a proof looks at to see that they ask for nothing


def prove_scopes(app: "App", tools: Iterable[Route], scope: str, family: str) -> tuple[str, str] | None:
    """Path and text of the test, for the part of the repository with most of these tools; None without any."""
    tools = [tool for tool in tools if tool.framework in SCOPED and tool.handler in app.functions]
    counted = Counter(start_folder(app, tool.file) for tool in tools)
    if not counted:
        return None
    root = min(counted, key=lambda each: (-counted[each], each))
    mine = [tool for tool in tools if start_folder(app, tool.file) == root]
    module = verb(mine[0].framework, "scope_asked_by")(app, mine[0])
    if module is None:
        return None
    path, depth = without_app(app, mine[0].file, family)
    package, _, auth = module.rpartition(".")
    scoped = dict.fromkeys(_case(app, tool, scope) for tool in mine)
    unscoped = dict.fromkeys(_case(app, tool, "") for tool in _only_reading(app, mine))
    return path, render_scopes(package, scoped, list(unscoped)[:MOST_UNSCOPED], depth, mine[0].framework, auth)


def _case(app: "App", tool: Route, scope: str) -> ScopeCase:
    function = app.functions[tool.handler]
    module = app.module_of(function.symbol) or ""
    return ScopeCase(inside(app, function.file), function.symbol.removeprefix(f"{module}."), scope)


def _only_reading(app: "App", tools: list[Route]) -> Iterable[Route]:
    """Tools of the same servers that nobody needs a scope for."""
    servers = {tool.router for tool in tools}
    known = (tool for tool in app.tools if tool.router in servers and tool.handler in app.functions)
    for tool in known:
        use = app.tool_use(tool)
        if "TOOL" in tool.methods and use.scope is None and not (use.writes or use.external):
            yield tool
