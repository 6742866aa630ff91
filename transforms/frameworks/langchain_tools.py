"""Tools that an agent inside the app calls: LangChain's, and those of libraries that spell them alike.

No server is in between: who may let the agent call them is decided by the routes that lead to the agent.
"""

import re

import libcst as cst

from transforms.concepts import Kind, Place, Route
from transforms.frameworks.python_references import reference
from transforms.walk import Handlers, Walk, argument, string_value

NAME = "langchain"
TOKENS = (b"langchain", b"crewai", b"llama_index", b"langgraph")
PACKAGES = frozenset({
    "langchain", "langchain_core", "langchain_community", "langchain_classic", "langgraph", "crewai", "crewai_tools",
    "llama_index",
})  # fmt: skip

_DECORATOR = re.compile(r"^(?:langchain|langchain_core|langchain_classic|crewai)\.(?:\w+\.)*tool$")
_MAKERS = re.compile(
    r"(?:^|\.)(?:(?:Structured)?Tool(?:\.from_function)?|FunctionTool\.from_defaults|create_retriever_tool)$"
)
_BASES = re.compile(r"^(?:langchain|crewai|llama_index)[\w.]*\.\w*(?:BaseTool|StructuredTool)$")
_BODIES = ("_run", "_arun", "run", "call")


def read(walk: Walk) -> Handlers:
    """Leave Route facts of kind TOOL."""
    reader = _Reader(walk)
    return {cst.FunctionDef: reader.function, cst.ClassDef: reader.class_, cst.Call: reader.call}


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def function(self, node: cst.FunctionDef) -> None:
        """`@tool`, `@tool("name")`, also on a function inside a function."""
        for decorator in node.decorators:
            call = decorator.decorator if isinstance(decorator.decorator, cst.Call) else None
            called = call.func if call is not None else decorator.decorator
            if _DECORATOR.match(self.walk.resolve(called) or ""):
                given = string_value(call.args[0].value) if call is not None and call.args else None
                symbol = f"{self.walk.symbol}.{node.name.value}"
                self._tool(node, decorator.decorator, symbol, given or node.name.value)

    def class_(self, node: cst.ClassDef) -> None:
        """`class Search(BaseTool)` with a `_run`."""
        if not any(_BASES.match(self.walk.resolve(base.value) or "") for base in node.bases):
            return
        methods = {each.name.value for each in node.body.body if isinstance(each, cst.FunctionDef)}
        body = next((name for name in _BODIES if name in methods), None)
        if body is not None:
            symbol = f"{self.walk.symbol}.{node.name.value}"
            self._tool(node, node, f"{symbol}.{body}", _name_of(node) or node.name.value)

    def call(self, node: cst.Call) -> None:
        """`StructuredTool.from_function(search)`, `Tool(name="search", func=search)`."""
        made_by = self.walk.resolve(node.func) or ""
        if made_by.partition(".")[0] not in PACKAGES or not _MAKERS.search(made_by):
            return
        function = argument(node, "func") or argument(node, "coroutine") or argument(node, "fn")
        if function is None and made_by.endswith(("from_function", "from_defaults")):
            function = argument(node, "func", 0)
        handler = reference(self.walk, function) if function is not None else None
        if handler is not None and "()" not in handler:
            named = argument(node, "name")
            name = (string_value(named) if named is not None else None) or handler.rpartition(".")[2]
            self._tool(node, node, handler, name)

    def _tool(self, node: cst.CSTNode, entry: cst.CSTNode, handler: str, name: str) -> None:
        path, module = self.walk.path, self.walk.module

        def build(place: Place, called: Place) -> Route:
            return Route(
                NAME, ("TOOL",), name, handler, f"{module}.<agent>", place, called, file=path, kind=Kind.TOOL,
                takes_guards=False,
            )  # fmt: skip

        self.walk.emit(build, node, entry)


def _name_of(node: cst.ClassDef) -> str | None:
    """`name: str = "search"` in the body of a tool's class."""
    for statement in node.body.body:
        inner = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        match inner:
            case cst.AnnAssign(target=cst.Name(value="name"), value=value) if value is not None:
                return string_value(value)
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value="name"))], value=value):
                return string_value(value)
    return None
