"""Function tools of model APIs: `@function_tool` of the agents SDK, and functions that run what a model calls by name.

An app that loops over `tool_calls` itself tells tools apart by name: each name that it compares is a tool.
"""

import re

import libcst as cst

from transforms.concepts import Kind, Place, Route
from transforms.frameworks.mcp_dispatch import Dispatchers
from transforms.walk import Handlers, Walk, argument, descendants, string_value

NAME = "openai"
TOKENS = (b"function_tool", b"tool_calls", b"function_call", b"tool_use")
PACKAGES = frozenset({"openai", "agents", "anthropic", "litellm", "groq", "mistralai", "together", "ollama"})

_DECORATOR = re.compile(r"^agents\.(?:\w+\.)*function_tool$")
_CALLED = frozenset({"tool_calls", "tool_call", "function_call", "tool_use"})


def read(walk: Walk) -> Handlers:
    """Leave Route facts of kind TOOL."""
    reader = _Reader(walk)
    return {cst.FunctionDef: reader.function}


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.dispatchers = Dispatchers(walk, NAME)

    def function(self, node: cst.FunctionDef) -> None:
        """A tool by its decorator, or a function that runs what a model called."""
        symbol = f"{self.walk.symbol}.{node.name.value}"
        for decorator in node.decorators:
            call = decorator.decorator if isinstance(decorator.decorator, cst.Call) else None
            called = call.func if call is not None else decorator.decorator
            if _DECORATOR.match(self.walk.resolve(called) or ""):
                given = argument(call, "name_override") if call is not None else None
                name = (string_value(given) if given is not None else None) or node.name.value
                self._tool(node, name, symbol, "")
                return
        if _runs_calls(node):
            for name, part in self.dispatchers.parts(node, symbol):
                self._tool(node, name, symbol, part)

    def _tool(self, node: cst.FunctionDef, name: str, handler: str, part: str) -> None:
        path, module = self.walk.path, self.walk.module

        def build(place: Place) -> Route:
            return Route(
                NAME, ("TOOL",), name, handler, f"{module}.<agent>", place, place, file=path, kind=Kind.TOOL,
                takes_guards=False, part=part,
            )  # fmt: skip

        self.walk.emit(build, node)


def _runs_calls(node: cst.FunctionDef) -> bool:
    """Whether a function looks at the calls in a model's answer."""
    for each in descendants(node):
        match each:
            case cst.Attribute(attr=cst.Name(value=name)) | cst.Name(value=name) if name in _CALLED:
                return True
            case cst.SimpleString() if string_value(each) in _CALLED:
                return True
            case cst.Attribute(value=cst.Attribute(attr=cst.Name(value="function")), attr=cst.Name(value="name")):
                return True
    return False
