"""Pages of Streamlit that say the same to everybody: fixed words, shown by the library, and nothing else."""

from collections.abc import Iterable

import libcst as cst

from transforms.walk import Walk

_SHAPES = (
    cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float, cst.List, cst.Tuple, cst.Element,
)  # fmt: skip
_WORDS = frozenset({"True", "False", "None"})


def says_the_same(walk: Walk, body: Iterable[cst.CSTNode]) -> bool:
    """Whether a script only lets the library show what is written in it."""
    return all(_is_fixed(walk, statement) for statement in body)


def _is_fixed(walk: Walk, statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=smalls):
            return all(_is_fixed(walk, each) for each in smalls)
        case cst.Import() | cst.ImportFrom() | cst.Pass():
            return True
        case cst.Expr(value=value):
            return _is_literal(value) or _shows(walk, value)
        case cst.With(items=items, body=cst.IndentedBlock(body=body)):
            return all(_shows(walk, each.item) for each in items) and says_the_same(walk, body)
    return False


def _shows(walk: Walk, node: cst.BaseExpression) -> bool:
    """`st.markdown("...")`."""
    if not isinstance(node, cst.Call):
        return False
    return (walk.resolve(node.func) or "").startswith("streamlit.") and all(
        _is_literal(each.value) for each in node.args
    )


def _is_literal(node: cst.BaseExpression | cst.BaseElement) -> bool:
    match node:
        case cst.Name(value=word):
            return word in _WORDS
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            return all(isinstance(each, cst.Element) and _is_literal(each.value) for each in elements)
    return isinstance(node, _SHAPES)
