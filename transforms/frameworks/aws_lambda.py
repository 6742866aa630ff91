"""Functions that AWS Lambda calls with `(event, context)`, one route for each method or path that they tell apart.

Who may call is not said in their code but in the template of the deployment, whose facts `entered` joins: a function
that no template of the repository leads to is one of which nothing can be told.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Entrance, Kind, Place, Route, Router, Signal
from transforms.frameworks.aws_lambda_entrances import GATEWAY, entrances_of, under, unseen
from transforms.frameworks.aws_lambda_others import OTHERS, for_others
from transforms.frameworks.python_dispatch import Part, aliases, emit_part, literal_key, parts_of
from transforms.walk import Handlers, Walk, string_value

if TYPE_CHECKING:
    from transforms.app import App

NAME = "aws_lambda"
TOKENS = (
    b"lambda_handler", b"event, context", b"event, _context", b"event: dict", b"event: Dict", b"LambdaContext",
    b"event, _", b"event,context",
)  # fmt: skip
PACKAGES = frozenset({"aws_lambda_powertools"})

_EVENTS = frozenset({"event", "_event", "evt"})
_CONTEXT = re.compile(r"_*(?:ctx|context|lambda_context)|_+$")
_KEYS = {
    "httpMethod": "method", "http_method": "method", "method": "method", "requestMethod": "method",
    "path": "path", "rawPath": "path", "resource": "path", "resourcePath": "path", "routeKey": "route",
}  # fmt: skip
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_CREDENTIAL = re.compile(
    r"authorization|x-api-key|authorizer|claims|apiKeyId|cookies?|.*signature.*|.*token", re.IGNORECASE
)
_STATUS_KEYS = ("statusCode", "status_code")
_REFUSED = frozenset({"401", "403"})


def read(walk: Walk) -> Handlers:
    """Leave Route and Router facts, and signals about credentials and refusals in events and answers."""
    reader = _Reader(walk)
    return {
        cst.FunctionDef: reader.function,
        cst.Subscript: reader.looked_up,
        cst.Call: reader.looked_up,
        cst.Dict: reader.looked_up,
    }


def entered(app: "App", route: Route) -> tuple[Route, ...]:
    """The route under each entrance that the deployment gives its function."""
    found = entrances_of(app, route.handler)
    requests = [each for each in found if each.method != "EVENT"]
    if not requests:
        return (under(route, found[0], ("EVENT",)),) if found else (unseen(route),)
    if not route.part:
        return tuple(under(route, each, (each.method,)) for each in requests)
    if route.part.endswith(OTHERS):
        left = [each for each in requests if not _is_told_apart(app, route, each)]
        return tuple(under(route, each, (each.method,)) for each in left)
    fitting = [each for each in requests if each.method in ("ANY", route.methods[0]) or route.methods == ("ANY",)]
    return tuple(under(route, each, route.methods) for each in fitting) or (unseen(route),)


def is_served(app: "App", route: Route) -> bool | None:
    """A function that leaves its requests to a resolver serves nothing by itself."""
    resolves = any(each.parent == route.router for facts in app.files.values() for each in facts.includes)
    return False if resolves else None


def _is_told_apart(app: "App", route: Route, entrance: Entrance) -> bool:
    """Whether another part of the handler serves what comes in there."""
    parts = [each for each in app.files[route.file].routes if each.handler == route.handler and each.part != route.part]
    return any(entrance.method in each.methods for each in parts)


class _Reader:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def function(self, node: cst.FunctionDef) -> None:
        """A handler at the top of its module."""
        names = [each.name.value for each in node.params.params]
        if self.walk.function is not None or len(names) != 2 or self.walk.symbol != self.walk.module:
            return
        if names[0] not in _EVENTS or not _CONTEXT.fullmatch(names[1]):
            return
        symbol = f"{self.walk.symbol}.{node.name.value}"
        path = self.walk.path
        self.walk.emit(lambda place: Router(f"{symbol}.{GATEWAY}", NAME, is_app=True, place=place, file=path), node)
        for methods, where, part in self._parts(node, symbol) or [(("EVENT",), node.name.value, "")]:
            self._route(node, symbol, methods, where, part)

    def looked_up(self, node: cst.CSTNode) -> None:
        for signal in _signals(node):
            self.walk.signal(signal)

    def _parts(self, node: cst.FunctionDef, symbol: str) -> list[tuple[tuple[str, ...], str, str]]:
        """Methods, path and symbol of each part that the handler tells apart."""
        direct = _key
        held = aliases(node, direct)

        def key(asked: cst.BaseExpression) -> str | None:
            return held.get(asked.value) if isinstance(asked, cst.Name) else direct(asked)

        found: list[tuple[tuple[str, ...], str, str]] = []
        for part, nodes in parts_of(node, key, lambda _: None):
            method, where = _named(part)
            if method is None or method == "OPTIONS":  # a browser's question before a request is none itself
                continue
            again = sum(entry[:2] == ((method,), where or node.name.value) for entry in found)  # by something else
            name = f"{symbol}.<{' '.join(filter(None, (method, where, str(again + 1) if again else None)))}>"
            found.append(((method,), where or node.name.value, name))
            signals = (signal for each in nodes for signal in _signals(each))
            emit_part(self.walk, node, name, part, nodes, signals)
        if found and (rest := for_others(node, key)):
            found.append((("ANY",), node.name.value, f"{symbol}.{OTHERS}"))
            signals = (signal for each in rest for signal in _signals(each))
            emit_part(self.walk, node, found[-1][2], Part(), rest, signals)
        return found

    def _route(self, node: cst.FunctionDef, symbol: str, methods: tuple[str, ...], where: str, part: str) -> None:
        path = self.walk.path

        def build(place: Place) -> Route:
            return Route(
                NAME, methods, where, symbol, f"{symbol}.{GATEWAY}", place, place, file=path, takes_guards=False,
                kind=Kind.FUNCTION, part=part,
            )  # fmt: skip

        self.walk.emit(build, node)


def _key(node: cst.BaseExpression) -> str | None:
    """What of an event an expression is: its method, its path, or both in one route key."""
    if isinstance(node, cst.Attribute):
        return None
    return _KEYS.get(literal_key(node) or "")


def _named(part: Part) -> tuple[str | None, str | None]:
    """Method and path of a part; a part by path alone serves any method."""
    route, method, where = part.value("route"), part.value("method"), part.value("path")
    if route is not None:
        method, _, where = route.partition(" ")
    method = method.upper() if method is not None else None
    if method is None:
        return ("ANY", where) if where is not None else (None, None)
    return (method if method in _METHODS else None), where or None


def _signals(node: cst.CSTNode) -> Iterator[Signal]:
    match node:
        case cst.Subscript() | cst.Call(func=cst.Attribute(attr=cst.Name(value="get"))):
            if _CREDENTIAL.fullmatch(literal_key(node) or ""):
                yield Signal.READS_CREDENTIAL
        case cst.Call(args=[first, *_]) if isinstance(first.value, cst.Integer) and first.value.value in _REFUSED:
            yield Signal.REFUSES  # return response(401, ...)
        case cst.Dict(elements=elements):
            if _REFUSED & set(_statuses(elements)):
                yield Signal.REFUSES


def _statuses(elements: Iterable[cst.BaseDictElement]) -> Iterator[str]:
    for element in elements:
        match element:
            case cst.DictElement(key=key, value=cst.Integer(value=status)) if string_value(key) in _STATUS_KEYS:
                yield status
