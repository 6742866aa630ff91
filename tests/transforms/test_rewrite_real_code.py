"""Edits at every place of code that nobody wrote for a test: the standard library's, with both kinds of line ends."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from transforms.edit_kinds import (
    AddElement,
    AddFirstParameter,
    AddKeywordArgument,
    AddListArgument,
    AddParameter,
    Edit,
    ImportOf,
    InsertStatements,
    Position,
    ReplaceExpression,
)
from transforms.gate_code import moved_bytes, unparsable
from transforms.rewrite import apply
from transforms.rewrite_tree import Tree

MODULES = ("graphlib", "json.decoder", "textwrap", "wsgiref.handlers")
GUARD = (ImportOf("controls.auth", "require_user"),)
CONTROLS = {"controls/__init__.py": b"", "controls/auth.py": b""}


def source_of(module: str) -> bytes:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_bytes()


def edits_of(kind: str, tree: Tree) -> Iterator[Edit]:
    """One edit for each node that it could be meant for."""
    for node in tree.nodes:
        place = tree._places.get(id(node))
        match kind, node:
            case "a list argument", cst.Call():
                yield AddListArgument("a.py", place, "zz", 'Depends("x")', GUARD)
            case "a keyword", cst.Call():
                yield AddKeywordArgument("a.py", place, "zz", "1")
            case "a parameter", cst.FunctionDef():
                yield AddParameter("a.py", place, "zz: User = Depends(1)", GUARD)
            case "a first parameter", cst.FunctionDef():
                yield AddFirstParameter("a.py", place, "zz")
            case "an element", cst.SimpleString() if isinstance(tree.parents.get(id(node)), cst.Element):
                yield AddElement("a.py", place, '"zz"')
            case "a required parameter", cst.FunctionDef():
                yield AddParameter("a.py", place, "zz: User")
            case "statements first", cst.FunctionDef():
                yield InsertStatements("a.py", place, Position.BODY_START, "if x:\n    record('zz')", GUARD)
            case "statements around", cst.SimpleStatementLine() | cst.BaseCompoundStatement():
                yield InsertStatements("a.py", place, Position.BEFORE, "record(\n    'b',\n)")
                yield InsertStatements("a.py", place, Position.AFTER, "record(\n    'a',\n)")
            case "an expression", cst.Integer():
                yield ReplaceExpression("a.py", place, 'get("zz")', GUARD)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    "kind",
    [
        "a list argument",
        "a keyword",
        "a parameter",
        "a required parameter",
        "a first parameter",
        "an element",
        "statements first",
        "statements around",
        "an expression",
    ],
)
def test_edits_everywhere_leave_code_that_compiles_and_bytes_that_stay(kind: str, module: str, newline: bytes) -> None:
    content = source_of(module).replace(b"\n", newline)
    edits = list(edits_of(kind, Tree("a.py", content)))
    result = apply({"a.py": content, **CONTROLS}, edits)
    assert len(result.failed) < max(2, len(edits) / 2), "most places can be edited"
    after = result.files.get("a.py", content)
    assert unparsable("a.py", after) is None
    assert moved_bytes(content, after, result.spans.get("a.py", ())) is None
    if len(result.failed) < len(edits):
        assert after != content
