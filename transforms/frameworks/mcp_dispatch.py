"""Tools that are dispatched by name: in a low-level server's `call_tool`, or in a protocol that an app speaks by hand.

A handler that answers `tools/call` and compares the name of a tool is a server of tools, whatever carries its requests.
"""

import libcst as cst

from transforms.concepts import Kind, Place, Route, Router, Setting, Signal
from transforms.frameworks.python_dispatch import aliases, emit_part, literal_key, parts_of
from transforms.frameworks.python_memory import assigned_in, changed, kept_in
from transforms.walk import Walk, all_parameters, descendants, string_value

_CALLS_TOOLS = "tools/call"
_NAMES = frozenset({"name", "tool", "tool_name", "function_name"})  # keys of messages that name a tool


class State:
    """What a module keeps in memory: a function that looks at it does more than compute from its arguments."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.kept = kept_in(walk.tree)

    def name(self, node: cst.Name) -> None:
        """Say it of the function around."""
        if node.value in self.kept and self.walk.resolve(node) == f"{self.walk.module}.{node.value}":
            self.walk.signal(Signal.USES_STATE)


class Dispatchers:
    """The dispatching functions of one file."""

    def __init__(self, walk: Walk, framework: str) -> None:
        self.walk = walk
        self.framework = framework
        self.state = State(walk)
        self.low_level: set[str] = set()
        self.tables = {name: value for name, value in assigned_in(walk.tree) if isinstance(value, cst.Dict)}

    def parts(self, node: cst.FunctionDef, symbol: str) -> list[tuple[str, str]]:
        """Tool names and the symbols of the parts that run for them; leaves the facts of the parts."""
        named = {each.name.value for each in all_parameters(node)} & _NAMES

        def direct(asked: cst.BaseExpression) -> str | None:
            if isinstance(asked, cst.Name):
                return "name" if asked.value in named else None
            return "name" if literal_key(asked) in _NAMES else None

        held = aliases(node, direct)

        def key(asked: cst.BaseExpression) -> str | None:
            return held.get(asked.value) if isinstance(asked, cst.Name) and asked.value in held else direct(asked)

        inside = {name: value for name, value in assigned_in(node.body) if isinstance(value, cst.Dict)}
        found: list[tuple[str, str]] = []
        for part, nodes in parts_of(node, key, (self.tables | inside).get):
            name = part.value("name")
            if name is not None and name not in dict(found):
                found.append((name, f"{symbol}.<{name}>"))
                emit_part(self.walk, node, f"{symbol}.<{name}>", part, nodes, self._state(nodes))
        return found

    def by_hand(self, node: cst.FunctionDef, symbol: str) -> None:
        """A function that answers `tools/call` and tells tools apart by name."""
        if not _answers_calls(node):
            return
        parts = self.parts(node, symbol)
        if not parts:
            return
        server, path, framework = f"{symbol}.<protocol>", self.walk.path, self.framework
        on_stdin = "sys.stdin" in self.walk.text
        self.walk.emit(lambda place: Router(server, framework, is_app=True, place=place, file=path), node)
        if on_stdin:
            self.walk.emit(lambda place: Setting("transport", "stdio", place, server, path), node)
        for name, part in parts:
            self._route(node, name, symbol, server, part)

    def _route(self, node: cst.FunctionDef, name: str, symbol: str, server: str, part: str) -> None:
        path, framework = self.walk.path, self.framework

        def build(place: Place) -> Route:
            return Route(
                framework, ("TOOL",), name, symbol, server, place, place, file=path, kind=Kind.TOOL, part=part,
                takes_guards=False,
            )  # fmt: skip

        self.walk.emit(build, node)

    def _state(self, nodes: list[cst.CSTNode]) -> list[Signal]:
        uses = any(isinstance(each, cst.Name) and each.value in self.state.kept for each in nodes)
        changes = any(True for each in nodes for _ in changed(each, self.state.kept))
        return [*([Signal.USES_STATE] if uses else []), *([Signal.CHANGES_STATE] if changes else [])]


def _answers_calls(node: cst.FunctionDef) -> bool:
    """Whether the method of the protocol is named in its body, or in the path that it is registered under."""
    for each in descendants(node):
        if isinstance(each, cst.SimpleString) and _CALLS_TOOLS in each.value:
            text = string_value(each) or ""
            if text == _CALLS_TOOLS or text.endswith(f"/{_CALLS_TOOLS}"):
                return True
    return False
