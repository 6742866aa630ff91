"""The two sides of a comparison: what the one is called, and the literal that is the other."""

from collections.abc import Iterator

import libcst as cst

from transforms.frameworks.secret_values import Literal, called, literals, text_of


def compared_name(node: cst.BaseExpression) -> str | None:
    match node:
        case cst.Name(value=name):
            return name
        case cst.Attribute(attr=cst.Name(value="data"), value=inner):
            return compared_name(inner)
        case cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return text_of(key)
        case cst.Call(
            func=cst.Attribute(attr=cst.Name(value="get")), args=[cst.Arg(value=cst.SimpleString() as key), *_]
        ):
            return text_of(key)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="strip" | "lower" | "encode"), value=inner)):
            return compared_name(inner)
        case cst.Call(args=args) if any(_is_password_input(arg) for arg in args):
            return "password"
    return None


def written(node: cst.BaseExpression) -> Literal | None:
    """A literal, or one that is encoded."""
    encoded = isinstance(node, cst.Call) and called(node) == "encode"
    return next(literals(node), None) if encoded or text_of(node) is not None else None


def matched_values(pattern: cst.MatchPattern) -> Iterator[cst.BaseExpression]:
    match pattern:
        case cst.MatchValue(value=value):
            yield value
        case cst.MatchOr(patterns=elements):
            for element in elements:
                yield from matched_values(element.pattern)
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            yield from matched_values(inner)


def _is_password_input(arg: cst.Arg) -> bool:
    """`st.text_input("Password", type="password")`."""
    return arg.keyword is not None and arg.keyword.value == "type" and text_of(arg.value) == "password"
