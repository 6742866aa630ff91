"""Test clients: which addresses the tests of an app ask (Starlette's, Flask's, Django's, REST framework's, httpx's).

A fact says which method and path a test asks for, with `{}` where only the run knows. Whether a route answers there is
not decided here.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import AskedByTest
from transforms.routing import is_test
from transforms.walk import Handlers, Walk, argument, dotted_name, string_value

NAME = "clients_in_tests"
TOKENS: tuple[bytes, ...] = ()  # `matters` decides

_CALL = re.compile(rb"\.(?:get|post|put|patch|delete|request|open|websocket_connect)\(")
_ASKS = {
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE",
    "websocket_connect": "WEBSOCKET", "request": "", "open": "",
}  # fmt: skip
_UNKNOWN = "{}"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%[sdr]")


def matters(content: bytes) -> bool:
    """Whether a file has tests that may ask something."""
    return b"def test_" in content and _CALL.search(content) is not None


def wanted(_content: bytes) -> Callable[[bytes], bool]:
    """Whether a function may ask something."""
    return lambda function: _CALL.search(function) is not None


def read(walk: Walk) -> Handlers:
    """Handlers for calls of clients, and for the names that addresses are kept under."""
    if not is_test(walk.path):
        return {}
    kept: dict[str, str] = {}

    def assigned(node: cst.Assign) -> None:
        match node.targets:
            case [cst.AssignTarget(target=cst.Name(value=name))] if (value := string_value(node.value)) is not None:
                kept[name] = value

    def called(node: cst.Call) -> None:
        if (found := _asked(node, kept)) is not None:
            walk.emit(_built(*found, walk.symbol, walk.path), node)

    return {cst.Assign: assigned, cst.Call: called}


def _built(method: str, path: str, symbol: str, file: str) -> Callable[[Place], AskedByTest]:
    return lambda place: AskedByTest(method, path, symbol, place, file)


def _asked(node: cst.Call, kept: dict[str, str]) -> tuple[str, str] | None:
    """Method and path of a call that asks the app: "" for what is not told; None for any other call."""
    match node.func:
        case cst.Attribute(value=client, attr=cst.Name(value=name)) if name in _ASKS:
            pass
        case _:
            return None
    first = argument(node, "url", int(name == "request")) or argument(node, "path", 0)
    if first is None:
        return None
    method = _ASKS[name] or _method(argument(node, "method", 0 if name == "request" else None))
    path = _path_in(_text(first, kept))
    is_client = "client" in (dotted_name(client) or "").rpartition(".")[2].lower()
    if path.startswith("/") or (is_client and (not path or path.startswith(_UNKNOWN))):
        return method, path
    return None


def _method(node: cst.BaseExpression | None) -> str:
    return (string_value(node) or "").upper() if node is not None else ""


def _text(node: cst.BaseExpression, kept: dict[str, str]) -> str:
    """The text of an expression, `{}` for what is not written down."""
    if (text := string_value(node)) is not None:
        return text
    match node:
        case cst.Name(value=name):
            return kept.get(name, _UNKNOWN)
        case cst.FormattedString(parts=parts):
            return "".join(
                each.value if isinstance(each, cst.FormattedStringText) else _part(each, kept) for each in parts
            )
        case cst.BinaryOperation(left=left, operator=cst.Add(), right=right):
            return _text(left, kept) + _text(right, kept)
        case cst.BinaryOperation(left=left, operator=cst.Modulo()):
            return _PLACEHOLDER.sub(_UNKNOWN, _text(left, kept))
        case cst.Call(func=cst.Attribute(value=template, attr=cst.Name(value="format"))):
            return _PLACEHOLDER.sub(_UNKNOWN, _text(template, kept))
    return _UNKNOWN


def _part(part: cst.BaseFormattedStringContent, kept: dict[str, str]) -> str:
    return _text(part.expression, kept) if isinstance(part, cst.FormattedStringExpression) else _UNKNOWN


def _path_in(text: str) -> str:
    """The path of an address; "" where nothing of it is known."""
    try:
        parts = urlsplit(text)
    except ValueError:  # no address
        return ""
    path = parts.path if parts.scheme or text.startswith("//") else text.partition("?")[0].partition("#")[0]
    return "" if path == _UNKNOWN else path
