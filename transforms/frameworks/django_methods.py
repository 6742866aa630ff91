"""Which HTTP methods a Django view answers: by its decorators, by what its body tells apart, by the class it is in."""

from collections.abc import Iterable, Iterator

import libcst as cst

from transforms.concepts import Signal
from transforms.frameworks.python_methods import tell_methods_apart
from transforms.walk import Walk, argument, descendants, dotted_name, string_value

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BY_DECORATOR = {
    "require_POST": ("POST",),
    "require_GET": ("GET",),
    "require_safe": ("GET",),
}
_SENT = frozenset({"POST", "body", "FILES"})  # what a request brings that is no GET
_PAGE_CALLS = frozenset({"render", "redirect", "reverse", "get_messages", "_", "gettext"})


def of_function(walk: Walk, node: cst.FunctionDef) -> tuple[str, ...]:
    """The methods of a function view; every view answers GET unless it says otherwise."""
    for decorator in node.decorators:
        if named := _decorated(walk, decorator.decorator):
            return named
    return tuple(_told_apart(node)) or ("GET",)


def told_by_method(walk: Walk, node: cst.FunctionDef, symbol: str, methods: Iterable[str]) -> None:
    """Leave a Function fact of what runs for each method of a view that tells them apart."""
    tell_methods_apart(walk, node, symbol, methods, _is_method, _filled)


def _filled(nodes: Iterable[cst.CSTNode]) -> Iterator[Signal]:
    """Whether a page shows more than a form without data, as far as what is called tells."""
    for each in nodes:
        if isinstance(each, cst.Call):
            called = (dotted_name(each.func) or "").rpartition(".")[2]
            if not (called in _PAGE_CALLS or (called.endswith("Form") and not each.args)):
                yield Signal.FILLS_TEMPLATE


def listed(node: cst.BaseExpression | None) -> tuple[str, ...]:
    """The methods in a list of strings."""
    if not isinstance(node, cst.List | cst.Tuple | cst.Set):
        return ()
    return tuple(text.upper() for each in node.elements if (text := string_value(each.value)))


def in_order(methods: Iterable[str]) -> tuple[str, ...]:
    """Each once, those that only read first."""
    wanted = set(methods)
    return tuple(each for each in VERBS if each in wanted)


def _decorated(walk: Walk, node: cst.BaseExpression) -> tuple[str, ...]:
    called = node.func if isinstance(node, cst.Call) else node
    name = (walk.resolve(called) or "").rpartition(".")[2]
    if name in _BY_DECORATOR:
        return _BY_DECORATOR[name]
    if name in ("require_http_methods", "api_view"):
        found = (
            in_order(listed(argument(node, "request_method_list", 0) or argument(node, "http_method_names", 0)))
            if (isinstance(node, cst.Call))
            else ()
        )
        return found or ("GET",)
    return ()


def _told_apart(node: cst.FunctionDef) -> Iterator[str]:
    """The methods that the body compares with, and POST where it reads what only a POST brings."""
    found: set[str] = set()
    only: set[str] = set()
    for each in descendants(node.body, cst.Comparison, cst.Attribute):
        match each:
            case cst.Comparison(left=left, comparisons=[comparison]) if _is_method(left):
                methods = {*_texts(comparison.comparator)} & set(VERBS)
                negative = isinstance(comparison.operator, cst.NotEqual | cst.NotIn)
                (only if negative else found).update(methods)
            case cst.Attribute(value=cst.Name(value="request"), attr=cst.Name(value=name)) if name in _SENT:
                found.add("POST")
    if only and not found - only:
        return iter(in_order(only))
    return iter(in_order(found | {"GET"} if found else ()))


def _is_method(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Attribute) and (dotted_name(node) or "").endswith("request.method")


def _texts(node: cst.BaseExpression) -> tuple[str, ...]:
    text = string_value(node)
    return (text.upper(),) if text else listed(node)
