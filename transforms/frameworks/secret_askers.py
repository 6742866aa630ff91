"""Functions by which an app asks for secrets itself: told a name, they ask a broker or the environment, or raise.

What such a function does decides, not what it is called; one that falls back to something is none.
"""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts_secrets import Asker
from transforms.frameworks.secret_values import called
from transforms.walk import Walk, descendants, dotted_name

_MARKS = (b".get_secret_value", b".get_parameter", b"secret_version", b".get_secret(", b".read_secret(")
# The environment is asked for something that the code has no name for: not `environ["HOME"]`.
_LITERAL = rb"(?!\s*(?:\"\w*\"|'\w*')\s*[\]),])"
_TAKES = re.compile(rb"\benviron\s*\[" + _LITERAL)
_GETS = re.compile(rb"\b(?:environ\s*\.\s*get|getenv)\s*\(" + _LITERAL)
_BROKERS = frozenset(
    ("get_secret_value", "get_parameter", "access_secret_version", "read_secret_version", "read_secret", "get_secret")
)
_HARMLESS = frozenset(("cache", "lru_cache", "staticmethod"))
_MOST_NODES = 400  # a longer function does something else as well
_ELSEWHERE = (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Yield)


def may_ask(content: bytes) -> bool:
    """Whether a file may define such a function."""
    if b"def " not in content:
        return False
    if any(mark in content for mark in _MARKS) or (b"environ" in content and _TAKES.search(content) is not None):
        return True
    return b"raise" in content and b"env" in content and _GETS.search(content) is not None


class Askers:
    """The handler that finds them."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def function(self, node: cst.FunctionDef) -> None:
        """A function of the module that takes one name and gives back what is kept under it."""
        name = _only_name(node)
        if name is None or node.asynchronous is not None or isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            return
        if self.walk.function is not None or not all(_is_harmless(each) for each in node.decorators):
            return
        body = [each for statement in node.body.body for each in descendants(statement)]
        if len(body) > _MOST_NODES or any(isinstance(each, _ELSEWHERE) for each in body):
            return
        if _asks_and_stops(body, name):
            symbol, path = f"{self.walk.module}.{node.name.value}", self.walk.path
            early = (
                re.search(rf"^(?!def |class |#)\w[^\n#]*\b{node.name.value}\(", self.walk.text, re.MULTILINE)
                is not None
            )
            self.walk.emit(lambda place: Asker(symbol, place, path, early), node)


def _only_name(node: cst.FunctionDef) -> str | None:
    """The parameter that has to be given, if it is the only one."""
    parameters = node.params
    required = [each.name.value for each in parameters.params if each.default is None]
    plain = not parameters.kwonly_params and not isinstance(parameters.star_arg, cst.Param)
    return required[0] if len(required) == 1 and plain and parameters.star_kwarg is None else None


def _is_harmless(decorator: cst.Decorator) -> bool:
    inner = decorator.decorator
    inner = inner.func if isinstance(inner, cst.Call) else inner
    return (dotted_name(inner) or "").rpartition(".")[2] in _HARMLESS


def _asks_and_stops(body: list[cst.CSTNode], name: str) -> bool:
    raises = any(isinstance(each, cst.Raise) for each in body)
    if any(isinstance(each, cst.ExceptHandler) and not _raises(each) for each in body):
        return False
    answers = [each.value for each in body if isinstance(each, cst.Return)]
    if not answers or any(answer is None or _is_constant(answer) for answer in answers):
        return False
    known = {name, *_made_of(body, name)}
    asks = [how for each in body if (how := _question(each, known)) is not None]
    return bool(asks) and (raises or all(asks)) and not _gives_a_document(body, answers)


def _raises(handler: cst.ExceptHandler) -> bool:
    return any(isinstance(each, cst.Raise) for each in descendants(handler))


def _is_constant(answer: cst.BaseExpression) -> bool:
    return isinstance(answer, cst.SimpleString | cst.ConcatenatedString) or (
        isinstance(answer, cst.Name) and answer.value == "None"
    )


def _made_of(body: list[cst.CSTNode], name: str) -> Iterator[str]:
    """Local names for something made of the name: `path = f"{PREFIX}/{name}"`."""
    known = {name}
    for each in body:
        match each:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=local))], value=value):
                asks = any(called(part) in _BROKERS for part in descendants(value, cst.Call))
                if not asks and _mentions(value, known) and not _reads_environment(value):
                    known.add(local)
                    yield local


def _mentions(node: cst.CSTNode, names: set[str]) -> bool:
    return any(each.value in names for each in descendants(node, cst.Name))


def _reads_environment(node: cst.CSTNode) -> bool:
    return any(_is_environment(each) for each in descendants(node, cst.Name, cst.Attribute))


def _is_environment(node: cst.BaseExpression) -> bool:
    return (dotted_name(node) or "").rpartition(".")[2] in ("environ", "getenv")


def _question(node: cst.CSTNode, names: set[str]) -> bool | None:
    """Whether a node asks for the name, and (True) stops where there is nothing."""
    match node:
        case cst.Subscript(value=value) if _is_environment(value) and any(_mentions(e, names) for e in node.slice):
            return True
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value="get"))) if _is_environment(value):
            return False if _is_bare(node, names) else None
        case cst.Call(func=func) if _is_environment(func):
            return False if _is_bare(node, names) else None
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=method))) if method in _BROKERS:
            return True if any(_mentions(arg, names) for arg in node.args) else None
    return None


def _is_bare(call: cst.Call, names: set[str]) -> bool:
    """Whether the environment is asked without anything to fall back on."""
    return len(call.args) == 1 and _mentions(call.args[0], names)


def _gives_a_document(body: list[cst.CSTNode], answers: list[cst.BaseExpression | None]) -> bool:
    """Whether it gives back a whole parsed document instead of one text."""
    if not any(isinstance(each, cst.Call) and called(each) in ("loads", "json") for each in body):
        return False
    picked = (cst.Subscript, cst.Attribute)
    return not all(isinstance(answer, picked) for answer in answers)
