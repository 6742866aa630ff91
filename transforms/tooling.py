"""Tools of agents: from where each can be called, and what it does for whoever calls it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import How, Route, Signal, ToolReach
from transforms.known_guards import asks_for_a_role
from transforms.path_words import words_of

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 6  # calls of the app's own functions that are followed

# What only computes, says something to a log, or shapes a tool's answer.
_COMPUTES = re.compile(
    r"(?:math|cmath|random|datetime|json|re|logging|time|typing|statistics|decimal|fractions|uuid|string|textwrap|itertools|"
    r"functools|collections|zoneinfo|base64|hashlib|enum|dataclasses|pydantic|operator|bisect|calendar|numbers|asyncio\.sleep|"
    r"str|int|float|bool|bytes|list|dict|set|tuple|mcp|fastmcp|structlog|loguru|pytz|dateutil|unicodedata|html|difflib|langchain_core\.tools|langchain\.tools|agents)\b"
)
# What reaches other services: see python_effects.
_ASKS = re.compile(r"(?:httpx|requests|aiohttp|urllib|openai|anthropic|litellm|feedparser|bs4|wikipedia|yfinance)\b")
# Words of a tool's name that say so.
_CHANGES = frozenset({
    "add", "approve", "append", "archive", "assign", "book", "cancel", "close", "complete", "create", "delete",
    "deploy", "draft", "edit", "finalize", "insert", "modify", "move", "pay", "post", "publish", "put", "refund",
    "register", "remove", "rename", "reply", "reset", "save", "schedule", "send", "set", "store", "submit", "update",
    "upload", "upsert", "write",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToolUse:
    """What a tool is to whoever calls it."""

    reach: ToolReach
    writes: str | None  # where it changes data: "in query"
    runs_given: bool  # it runs what its caller sends: SQL, a command
    external: str | None  # where it pays, mails or asks another service
    only_computes: bool  # nothing of the app's lies behind it
    only_asks: bool  # it computes and asks other services, and holds nothing
    may_change: bool  # its name says that it changes something, and not all that it does can be followed
    lists: bool  # it tells what tools there are
    routes: tuple[Route, ...]  # which lead to it
    scope: str | None  # what says that its callers need a scope or role


def tool_use(app: "App", tool: Route) -> ToolUse:
    """The use of one tool of `app.tools`."""
    body = app.judge.bodies.of(tool.does)
    kinds = _kinds(app, tool.does, frozenset())
    return ToolUse(
        reach=_reach(app, tool),
        writes=body.writes or _runs_given(app, tool) or body.keeps,
        runs_given=_runs_given(app, tool) is not None,
        external=body.external,
        only_computes=kinds == frozenset(),
        only_asks=kinds == frozenset({"asks"}),
        may_change="holds" in kinds and not _CHANGES.isdisjoint(words_of(tool.path or "")),
        lists=tool.methods[0].startswith("LIST_"),
        routes=_routes(app, tool),
        scope=_scope(app, tool),
    )


def _runs_given(app: "App", tool: Route) -> str | None:
    """Where a tool runs text of its caller: itself, or in the function that a dispatcher hands its arguments to."""
    function = app.functions.get(tool.does)
    if function is None:
        return None
    called = [app.functions.get(app.meaning(call, function.file)) for call in function.calls] if tool.part else []
    for each in (function, *called):
        if each is not None and Signal.RUNS_GIVEN in each.signals:
            return f"in {each.symbol.partition('.<')[0].rpartition('.')[2]}"
    return None


def _reach(app: "App", tool: Route) -> ToolReach:
    if not tool.app and tool.router not in app.routers:
        return ToolReach.AGENT
    if any(route.handler == tool.handler for route in app.routes):
        return ToolReach.ROUTE
    transports = _transports(app, tool)
    if transports - {"stdio"}:
        return ToolReach.NETWORK
    return ToolReach.LOCAL if transports else ToolReach.UNSEEN


def _transports(app: "App", tool: Route) -> set[str | None]:
    """How the tool's server is served, wherever that is said: by itself, by its module, or by what it hangs below."""
    servers = {tool.router, tool.app} - {""}
    modules = {app.module_of(server) or "" for server in servers}
    found: set[str | None] = set()
    for facts in app.files.values():
        for each in facts.settings:
            if each.name == "transport":
                meant = app.hanging.router_of(each.symbol, facts.path) or app.resolve(each.symbol, facts.path)
                if meant in servers or each.symbol in modules:
                    found.add(each.value)
    return found


def _routes(app: "App", tool: Route) -> tuple[Route, ...]:
    carried = tuple(route for route in app.routes if route.handler == tool.handler)
    return carried or app.reaching.routes(tool.handler)


def _kinds(app: "App", symbol: str, seen: frozenset[str]) -> frozenset[str]:
    """What a function and all below it touch: "asks" other services, "holds" data; nothing for one that computes."""
    function = app.functions.get(symbol)
    if function is None or symbol in seen:
        return frozenset() if function is not None else frozenset({"holds"})
    found: set[str] = set()
    if {Signal.WRITES, Signal.USES_STATE, Signal.CHANGES_STATE, Signal.READS_CREDENTIAL} & set(function.signals):
        found.add("holds")
    if Signal.EXTERNAL_EFFECT in function.signals:
        found.add("asks")
    for call in function.calls:
        target = app.meaning(call, function.file)
        if target in app.functions:
            found |= _kinds(app, target, seen | {symbol}) if len(seen) < DEEPEST else {"holds"}
        elif _ASKS.match(target):
            found.add("asks")
        elif not _COMPUTES.match(target) and target.removesuffix("()") not in app.classes:
            found.add("holds")
    return frozenset(found)


def _scope(app: "App", tool: Route) -> str | None:
    """What says that callers of the tool need a scope or a role."""
    for guard in tool.guards:
        if guard.how is How.VERIFIER and guard.scopes:
            return f"its server asks for the scope {', '.join(guard.scopes)}"
        if guard.how is How.DECORATOR and (guard.scopes or asks_for_a_role(guard.target)):
            return f"{guard.code} stands in front of it"
    body = app.judge.bodies.of(tool.does)
    return f"it {body.refuses}" if body.refuses is not None and body.credential is not None else None
