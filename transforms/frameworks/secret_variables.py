"""Statements that set a variable of the environment to a secret: `os.environ["OPENAI_API_KEY"] = "..."`.

Where secrets are kept in the environment, such a statement has nothing left to say: a question there would ask for the
variable to set it. What needs the variable reads it as it does today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from transforms.frameworks.secret_values import called, text_of
from transforms.walk import Walk, descendants, dotted_name

_Block = cst.Module | cst.IndentedBlock


@dataclass(frozen=True, slots=True)
class SetVariable:
    """A variable that is set to a literal, and what can go."""

    name: str
    statement: cst.CSTNode | None  # None where nothing would be left of its block
    entries: cst.Dict | cst.Call | None = None  # where one statement sets several
    names: tuple[str, ...] = ()  # all that it sets, "" for what is no variable


class Variables:
    """The handlers that remember which statement sets a variable to which literal, before the literal is judged."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self._statements: dict[int, tuple[str, cst.BaseSmallStatement]] = {}  # by the literal
        self._entries: dict[int, tuple[cst.Dict | cst.Call, tuple[str, ...]]] = {}  # by the literal
        self._mappings: set[int] = set()

    def assign(self, node: cst.Assign) -> None:
        """`os.environ["X"] = "..."`."""
        match node.targets:
            case [
                cst.AssignTarget(
                    target=cst.Subscript(
                        value=owner, slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]
                    )
                )
            ] if self.walk.resolve(owner) == "os.environ":
                self._statements[id(node.value)] = (text_of(key) or "", node)

    def expression(self, node: cst.Expr) -> None:
        """`os.environ.setdefault("X", "...")`, `os.putenv("X", "...")`, `os.environ.update({"X": "..."})`."""
        match node.value:
            case cst.Call(func=func, args=[cst.Arg(keyword=None, star="", value=cst.Dict() as several)]):
                if self.walk.resolve(func) == "os.environ.update":
                    self._keep(node, several, [_entry(each) for each in several.elements])
            case cst.Call(func=func, args=[cst.Arg(keyword=cst.Name()), *_] as args) as call:
                if self.walk.resolve(func) == "os.environ.update":
                    self._keep(node, call, [(arg.keyword.value if arg.keyword else "", arg.value) for arg in args])
            case cst.Call(func=func, args=[cst.Arg(value=cst.SimpleString() as key), cst.Arg(value=value)]):
                if self.walk.resolve(func) in ("os.environ.setdefault", "os.putenv"):
                    self._statements[id(value)] = (text_of(key) or "", node)

    def joined(self, node: cst.AugAssign) -> None:
        """`os.environ |= {"X": "..."}`."""
        match node:
            case cst.AugAssign(operator=cst.BitOrAssign(), value=cst.Dict(elements=elements) as several):
                if self.walk.resolve(node.target) == "os.environ":
                    self._keep(node, several, [_entry(each) for each in elements])

    def _keep(
        self,
        statement: cst.BaseSmallStatement,
        mapping: cst.Dict | cst.Call,
        entries: list[tuple[str, cst.BaseExpression]],
    ) -> None:
        self._mappings.add(id(mapping))
        names = tuple(name for name, _ in entries)
        for name, value in entries:
            self._statements[id(value)] = (name, statement)
            self._entries[id(value)] = (mapping, names)

    def are_set_by(self, mapping: cst.Dict) -> bool:
        """Whether the entries of a dict become variables."""
        return id(mapping) in self._mappings

    def set_to(self, literal: cst.BaseExpression) -> SetVariable | None:
        """The variable that is set to a literal, and the statement that can go; None for any other literal."""
        found = self._statements.get(id(literal))
        if found is None or not found[0].isidentifier():
            return None
        function = self.walk.function
        scope = function.node if function is not None else self.walk.tree
        return SetVariable(found[0], _removable(scope, found[1]), *self._entries.get(id(literal), ()))


def _entry(element: cst.BaseDictElement) -> tuple[str, cst.BaseExpression]:
    return (text_of(element.key) or "" if isinstance(element, cst.DictElement) else "", element.value)


def _removable(scope: cst.CSTNode, small: cst.BaseSmallStatement) -> cst.CSTNode | None:
    """What can go: the line of a statement, or the question around it whether the variable is set already."""
    blocks = list(descendants(scope, cst.IndentedBlock, cst.Module))
    for block in blocks:
        for line in block.body if isinstance(block, cst.Module | cst.IndentedBlock) else ():
            if isinstance(line, cst.SimpleStatementLine) and any(each is small for each in line.body):
                return _within(scope, blocks, block, line) if len(line.body) == 1 else None
    return None


def _within(
    scope: cst.CSTNode, blocks: Sequence[cst.CSTNode], block: cst.CSTNode, statement: cst.CSTNode
) -> cst.CSTNode | None:
    """The statement, if something is left of its block; else the condition that the block is the body of."""
    if isinstance(block, cst.Module):
        return statement
    if not isinstance(block, cst.IndentedBlock) or any(not _sets(each) for each in block.body):
        return statement if isinstance(block, cst.IndentedBlock) else None
    if len(block.body) > 1:
        return None
    around = next((each for each in descendants(scope, cst.If) if each.body is block), None)
    if around is None or around.orelse is not None or not _asks_environment(around.test):
        return None
    home = next((each for each in blocks if any(line is around for line in _lines(each))), None)
    return _within(scope, blocks, home, around) if home is not None else None


def _lines(block: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield from block.body if isinstance(block, cst.Module | cst.IndentedBlock) else ()


def _sets(line: cst.CSTNode) -> bool:
    """Whether a line, or a condition with nothing else in it, sets a variable."""
    match line:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript(value=owner))])]):
            return (dotted_name(owner) or "").endswith("environ")
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() as call)]):
            of_several = (dotted_name(call.func) or "").endswith("environ.update")
            return called(call) in ("setdefault", "putenv") or of_several
        case cst.SimpleStatementLine(body=[cst.AugAssign(target=owner)]):
            return (dotted_name(owner) or "").endswith("environ")
        case cst.If(body=cst.IndentedBlock(body=inner), orelse=None):
            return all(_sets(each) for each in inner)
    return False


def _asks_environment(test: cst.BaseExpression) -> bool:
    """Whether a condition looks at the environment and at nothing else."""
    names = {each.value for each in descendants(test, cst.Name) if isinstance(each, cst.Name)}
    return bool(names & {"environ", "getenv"}) and names <= {"os", "environ", "getenv", "get", "None", "str", "strip"}
