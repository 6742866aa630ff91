"""Functions that answer everybody with the same text, which stands in the code: `return "Welcome"`."""

import libcst as cst

from transforms.walk import string_value

# What makes an answer of a text.
_ANSWERS = frozenset({
    "jsonify", "make_response", "Response", "JSONResponse", "PlainTextResponse", "HTMLResponse", "HttpResponse",
    "JsonResponse", "dict",
})  # fmt: skip


def says_the_same(node: cst.FunctionDef) -> bool:
    """Whether all that a function does is to return a text, alone or in an answer of literals."""
    match node.body:
        case cst.IndentedBlock(body=[*before, cst.SimpleStatementLine(body=[cst.Return(value=value)])]):
            return value is not None and all(map(_is_text, before)) and _is_plain(value) and _says_something(value)
    return False


def _is_text(statement: cst.CSTNode) -> bool:
    """A docstring."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=value)]):
            return string_value(value) is not None
    return False


def _is_plain(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Dict(elements=elements):
            return all(isinstance(each, cst.DictElement) and _is_plain(each.value) for each in elements)
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            return all(_is_plain(each.value) for each in elements)
        case cst.Call(func=cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)), args=args):
            return name in _ANSWERS and all(_is_plain(arg.value) for arg in args)
        case cst.Name(value=name):
            return name in ("True", "False", "None")
    return isinstance(node, cst.Integer | cst.Float) or string_value(node) is not None


def _says_something(node: cst.BaseExpression) -> bool:
    """Whether there is a text in it: an empty list may be a stand-in for what is to come."""
    match node:
        case cst.Dict(elements=elements) | cst.List(elements=elements) | cst.Tuple(elements=elements):
            return any(_says_something(each.value) for each in elements)
        case cst.Call(args=args):
            return any(_says_something(arg.value) for arg in args)
    return bool(string_value(node))
