"""What a proof needs of its parts: a function, class or value that no test comes to is left out of the file."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement at the top level of a part, with its decorators and the comments above it."""

    text: str
    defines: str  # the name it gives; "" for a statement that runs whatever is asked for
    asks: frozenset[str]  # every word of its code


def pieces(body: str) -> Iterator[Piece]:
    """The statements of a body in their order; together they are the whole text."""
    lines, begun = body.split("\n"), 0
    for node in ast.parse(body).body:
        end = node.end_lineno or node.lineno
        yield Piece("\n".join(lines[begun:end]), _defines(node), frozenset(_asks(node)))
        begun = end


def needed(found: Sequence[Piece]) -> list[Piece]:
    """The pieces that run by themselves, and those that they come to, in their order."""
    kept = {index for index, piece in enumerate(found) if not piece.defines}
    asked = words(found[index] for index in kept)
    while more := {index for index, piece in enumerate(found) if index not in kept and piece.defines in asked}:
        kept |= more
        asked |= words(found[index] for index in more)
    return [piece for index, piece in enumerate(found) if index in kept]


def words(found: Iterable[Piece]) -> frozenset[str]:
    """What all these pieces ask for."""
    return frozenset().union(*(piece.asks for piece in found))


def _defines(node: ast.stmt) -> str:
    """A test runs by itself, and so does a fixture that pytest uses without being asked."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        runs = node.name.lower().startswith("test") or any(
            "autouse" in ast.unparse(each) for each in node.decorator_list
        )
        return "" if runs else node.name
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""


def _asks(node: ast.AST) -> Iterator[str]:
    """Names, arguments (a fixture is asked for by its name), and the words of quoted annotations and import paths."""
    said = {each.value for each in ast.walk(node) if isinstance(each, ast.Expr)}  # docstrings among them
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.arg):
            yield each.arg
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each not in said:
            yield from _WORD.findall(each.value)
