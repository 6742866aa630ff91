"""Handlers that answer the same words to everybody: `return {"message": "Welcome"}`, and nothing else.

They read nothing and change nothing, so there is nothing that a login could keep from anybody. An answer that is empty,
or a list of things, is a place that waits for data and is none of them.
"""

import libcst as cst

from transforms.walk import dotted_name, string_value

_ANSWERS = frozenset({
    "JSONResponse", "ORJSONResponse", "HTMLResponse", "PlainTextResponse", "Response", "HttpResponse", "JsonResponse",
    "jsonify", "make_response",
})  # fmt: skip
_SCALARS = (cst.Integer, cst.Float, cst.SimpleString, cst.ConcatenatedString)
_WORDS = frozenset({"True", "False", "None"})


def answers_constants(function: cst.FunctionDef) -> bool:
    """Whether all that a function does is to return words that stand in it."""
    statements = list(function.body.body)
    if function.get_docstring() is not None:
        statements = statements[1:]
    match statements:
        case [cst.SimpleStatementLine(body=[cst.Return(value=cst.BaseExpression() as value)])] | [
            cst.Return(value=cst.BaseExpression() as value)
        ]:
            return _is_fixed(value) and _says_something(value)
    return False


def _is_fixed(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Dict(elements=elements):
            pairs = [each for each in elements if isinstance(each, cst.DictElement)]
            return len(pairs) == len(elements) and all(_is_fixed(each.key) and _is_fixed(each.value) for each in pairs)
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            return all(isinstance(each, cst.Element) and isinstance(each.value, _SCALARS) for each in elements)
        case cst.Call(func=func, args=args):
            name = (dotted_name(func) or "").rpartition(".")[2]
            return name in _ANSWERS and all(not each.star and _is_fixed(each.value) for each in args)
        case cst.Name(value=name):
            return name in _WORDS
    return isinstance(node, _SCALARS)


def _says_something(node: cst.BaseExpression) -> bool:
    """Whether there are words in it, and not only a number, or nothing yet."""
    match node:
        case cst.Dict(elements=elements):
            return any(_says_something(each.value) for each in elements)
        case cst.Tuple(elements=[first, *_]):  # return body, 200
            return _says_something(first.value)
        case cst.Call(args=args):
            return any(_says_something(each.value) for each in args[:1])
    return bool(string_value(node))
