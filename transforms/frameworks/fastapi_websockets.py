"""How a websocket of FastAPI gets the app's own guard: as it is, or by a function that hands it the token.

What a guard of requests takes (`Request`, `OAuth2PasswordBearer`) does not exist for a websocket. A guard that takes
nothing of the kind can stand there. One that takes a token from such a scheme, and else only what does not look at the
request, is called by a new function beside it, which reads the token from the handshake: from the Authorization header,
or, as browsers can send no header, from the subprotocols `bearer, <token>`. Never from the URL, which logs keep.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, Parameter, Route
from transforms.edit_kinds import AddListArgument, Edit, ImportOf, InsertStatements, Position
from transforms.known_guards import Known, verdict_of_library
from transforms.reuse import Guard, closes_a_circle, defined_in, in_one_program, inside_module

if TYPE_CHECKING:
    from transforms.app import App

DEPENDS = ImportOf("fastapi", "Depends")
SUFFIX = "_of_websocket"
_OF_REQUESTS = frozenset({"Request", "Response", "BackgroundTasks"})
# What a scheme hands to its guard: the token, or an object that holds it.
_PLAIN = "token"
_HELD = 'HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)'
_SCHEMES = {
    "fastapi.security.OAuth2PasswordBearer()": _PLAIN,
    "fastapi.security.OAuth2AuthorizationCodeBearer()": _PLAIN,
    "fastapi.security.oauth2.OAuth2PasswordBearer()": _PLAIN,
    "fastapi.security.HTTPBearer()": _HELD,
    "fastapi.security.http.HTTPBearer()": _HELD,
}
CODE = '''

{define} {name}(websocket: WebSocket{parameters}):
    """Who opens a websocket: the token is in its Authorization header, or in its subprotocols behind "bearer".

    For the second, answer with websocket.accept(subprotocol="bearer").
    """
    scheme, _, token = websocket.headers.get("authorization", "").partition(" ")
    offered = list(websocket.scope.get("subprotocols", ()))
    if scheme.lower() != "bearer":
        token = offered[1] if len(offered) == 2 and offered[0] == "bearer" else ""
    if not token:
        raise WebSocketException(code=1008, reason="Not authenticated")
    return {call}({arguments})
'''


def websocket_guard(app: "App", route: Route, symbols: Iterable[str]) -> Guard | None:
    """The first of the app's guards that can stand before a websocket, or that can be asked by a function beside it."""
    for symbol in symbols:
        module = app.module_of(symbol)
        if module is None or not in_one_program(app, symbol, route):
            continue
        name = inside_module(app, symbol)
        if _takes_a_websocket(app, symbol, 0):
            return Guard(module, name, own=True)
        if f"{symbol}{SUFFIX}" in app.functions or _written(app, symbol) is not None:
            return Guard(module, f"{name}{SUFFIX}", own=True)
    return None


def before_websocket(app: "App", route: Route, guard: Guard) -> tuple[Edit, ...] | None:
    """A guard that is not there yet in front of a websocket, with the function that it is; None for any other."""
    base = guard.symbol.removesuffix(SUFFIX)
    path = route.registered_in or route.file
    if base == guard.symbol or guard.symbol in app.functions or not route.takes_guards:
        return None
    made, function, facts = _written(app, base), app.functions[base], app.files[path]
    item = f"Depends({guard.name})"
    if made is None or guard.name in dict(facts.imports) or f"{facts.module}.{guard.name}" in defined_in(app, path):
        return None
    if facts.module == guard.module:
        stands = function.place.end_line < route.entry.line
        return (made, AddListArgument(path, route.entry, "dependencies", item, (DEPENDS,))) if stands else None
    if closes_a_circle(app, guard, path):
        return None
    imports = (DEPENDS, ImportOf(guard.module, guard.name))
    return AddListArgument(path, route.entry, "dependencies", item, imports), made


def _takes_a_websocket(app: "App", symbol: str, depth: int) -> bool:
    """Whether a dependency, and all below it, can be worked out without a request."""
    function = app.functions.get(symbol)
    if function is None or depth > 5 or any(_is_of_requests(each) for each in function.parameters):
        return False
    return all(_is_there_for_websockets(app, use, depth) for use in function.guards)


def _is_there_for_websockets(app: "App", use: GuardUse, depth: int) -> bool:
    if use.target in app.functions:
        return _takes_a_websocket(app, use.target, depth + 1)
    return verdict_of_library(use.target) is Known.HARMLESS


def _is_of_requests(parameter: Parameter) -> bool:
    return (parameter.reference or "").rpartition(".")[2] in _OF_REQUESTS


def _written(app: "App", symbol: str) -> InsertStatements | None:
    """The function that asks a guard for a websocket; None for a guard that cannot be asked like that."""
    function = app.functions.get(symbol)
    if function is None or "." in inside_module(app, symbol):
        return None
    held = {use.bound_to: _SCHEMES.get(app.instances.get(use.target, use.target)) for use in function.guards}
    tokens = [each.name for each in function.parameters if held.get(each.name) is not None]
    others = [each for each in function.parameters if each.name not in tokens]
    below = [use for use in function.guards if use.bound_to not in tokens]
    plain = all(each.name in held and _can_be_copied(each) for each in others)
    if len(tokens) != 1 or not plain or not all(_is_there_for_websockets(app, use, 0) for use in below):
        return None
    return InsertStatements(
        function.file, function.place, Position.AFTER, _code(function, tokens[0], held[tokens[0]] or _PLAIN, others),
        (ImportOf("fastapi", "WebSocket"), ImportOf("fastapi", "WebSocketException"), *_held(held[tokens[0]])),
    )  # fmt: skip


def _held(given: str | None) -> tuple[ImportOf, ...]:
    return (ImportOf("fastapi.security", "HTTPAuthorizationCredentials"),) if given == _HELD else ()


def _code(function: Function, token: str, given: str, others: list[Parameter]) -> str:
    name = function.symbol.rpartition(".")[2]
    arguments = ", ".join([f"{token}={given}", *(f"{each.name}={each.name}" for each in others)])
    return CODE.format(
        define="async def" if function.is_async else "def",
        name=f"{name}{SUFFIX}",
        parameters="".join(f", {_as_written(each)}" for each in others),
        call=f"await {name}" if function.is_async else name,
        arguments=arguments,
    )


def _as_written(parameter: Parameter) -> str:
    annotated = f"{parameter.name}: {parameter.annotation}" if parameter.annotation else parameter.name
    if parameter.default is None:
        return annotated
    return f"{annotated} = {parameter.default}" if parameter.annotation else f"{annotated}={parameter.default}"


def _can_be_copied(parameter: Parameter) -> bool:
    """Whether a parameter is known as it is written: long ones are cut, and strings left out."""
    written = (parameter.annotation or "", parameter.default or "")
    return not parameter.starred and all("''" not in each and '""' not in each and len(each) < 200 for each in written)
