"""The guard that a FastAPI app already has: the dependency that most of its routes stand behind."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from transforms.access import Answer
from transforms.concepts import Function, GuardUse, How, Route
from transforms.frameworks.fastapi_websockets import websocket_guard
from transforms.narrowness import fitting
from transforms.once import per_app
from transforms.reuse import Guard, asks_for_a_shared_key, in_one_program, inside_module, most_used
from transforms.routing import is_test
from transforms.shapes import is_admin_like

if TYPE_CHECKING:
    from transforms.app import App

# What FastAPI hands to a dependency by type: any other plain parameter would become part of the URL or the body.
_HANDED_BY_TYPE = frozenset({
    "Request", "Response", "WebSocket", "HTTPConnection", "BackgroundTasks", "SecurityScopes",
})  # fmt: skip
_FROM_REQUEST = ("Depends(", "Security(", "Header(", "Cookie(")


def own_guard(app: "App", route: Route) -> Guard | None:
    """The app's own guard for a route: the one most used on routes of its kind, else on any, else one nobody uses.

    For a websocket one that takes no request, or can be asked without one. One for accounts of some kind stands only
    where all its neighbours have it.
    """
    admin = is_admin_like(route)
    alike, symbols = _reusable(app, admin)
    fits = fitting(app, route, symbols, alike if admin else ())
    if route.methods == ("WEBSOCKET",):
        return websocket_guard(app, route, list(filter(fits, _with_those_below(app, symbols))))
    for symbol in filter(fits, symbols):
        if (module := app.module_of(symbol)) is not None and in_one_program(app, symbol, route):
            return Guard(module, symbol.removeprefix(f"{module}."), own=True)
    return None


@per_app
def _reusable(app: "App", admin: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The guards of routes for administrators, or of the others, and all guards with these first."""
    uses = [(is_admin_like(other), symbol) for other in app.routes for symbol in _guards_of(app, other)]
    alike = Counter(symbol for kind, symbol in uses if kind == admin)
    used = Counter(symbol for _, symbol in uses)
    found = dict.fromkeys((*most_used(alike), *most_used(used), *_written_as_guards(app)))
    return tuple(alike), tuple(found)


def known_to(_app: "App", guard: Guard) -> tuple[str, str]:
    """How a test makes somebody known to a guard: it stands in for what FastAPI would call."""
    return "fastapi", guard.symbol


def _with_those_below(app: "App", symbols: Iterable[str]) -> list[str]:
    """Guards, each with the guards that it stands on: those are nearer to the token."""
    found: dict[str, None] = {}
    for symbol in symbols:
        function = app.functions.get(symbol)
        below = [use.target for use in function.guards] if function is not None else []
        signs_in = [each for each in below if app.judge.dependency(each).is_guard]
        found.update(dict.fromkeys((symbol, *signs_in)))
    return list(found)


def has_own_guard(app: "App", route: Route) -> bool:
    """Whether the program of a route has a way of its own to keep strangers out, fit for reuse or not."""
    return any(in_one_program(app, symbol, route) for symbol in (*_keeping(app), *_written_as_guards(app)))


@per_app
def _keeping(app: "App") -> tuple[str, ...]:
    used = {use.symbol: use for other in app.routes for use in other.guards}
    return tuple(symbol for symbol, use in used.items() if _keeps_strangers_out(app, use))


def _keeps_strangers_out(app: "App", use: GuardUse) -> bool:
    """Whether it is a sign-in; a middleware that looks at the path is one for some routes."""
    reading = app.judge.guard(use)
    return reading.is_guard or (use.how is How.MIDDLEWARE and reading.answer is Answer.UNKNOWN)


def _guards_of(app: "App", other: Route) -> Iterator[str]:
    """Symbols of the dependencies that keep strangers out of `other`, those below them included, each once."""
    found: dict[str, None] = {}
    waiting = [use for use in other.guards if use.how is not How.MIDDLEWARE and not use.code.startswith("@")]
    while waiting:
        use = waiting.pop(0)
        if use.symbol in found or not app.judge.guard(use).is_guard:
            continue
        if _can_stand_before(app, use):
            found[use.symbol] = None
        function = app.functions.get(use.target)
        # below a guard made by a call (`require_role("admin")`) stands the one that signs in
        inner = [function] if function is not None else _made_inside(app, use.target)
        if use.symbol not in found:
            waiting += [below for each in inner for below in each.guards]
    yield from found


def _can_stand_before(app: "App", use: GuardUse) -> bool:
    if "()" in use.symbol:
        return False
    function = app.functions.get(use.target)
    if function is None:
        return use.symbol in app.instances
    return function.symbol == use.symbol and "." not in inside_module(app, use.symbol) and is_self_contained(function)


def _made_inside(app: "App", target: str) -> list[Function]:
    factory = target.removesuffix("()")
    if factory in app.classes:
        call = app.method(factory, "__call__")
        return [call] if call is not None else []
    return list(app.inside(factory))


def is_self_contained(function: Function) -> bool:
    """Whether everything it takes is handed to it by the framework, nothing by the caller's URL."""
    handed = {guard.bound_to for guard in function.guards}
    return all(
        parameter.name in handed
        or (parameter.default or "").startswith(_FROM_REQUEST)
        or (parameter.reference or "").rpartition(".")[2] in _HANDED_BY_TYPE
        or any(f"{word}" in (parameter.annotation or "") for word in _FROM_REQUEST)
        for parameter in function.parameters
    )


@per_app
def _written_as_guards(app: "App") -> tuple[str, ...]:
    """Functions of modules that depend on a credential and refuse, though no route uses them.

    One that compares a key for all callers is none of them: to begin with such keys would be a step back.
    """
    handlers = {route.handler for route in app.routes}
    return tuple(
        symbol
        for symbol, function in sorted(app.functions.items())
        if function.symbol not in handlers and _is_written_as_guard(app, function)
    )


def _is_written_as_guard(app: "App", function: Function) -> bool:
    if not function.guards or is_test(function.file) or not is_self_contained(function):
        return False
    if "." in inside_module(app, function.symbol):
        return False
    return app.judge.dependency(function.symbol).is_guard and not asks_for_a_shared_key(app, function)
