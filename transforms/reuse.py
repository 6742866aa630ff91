"""What an app already has that a patch can use again: the guard that most of its routes stand behind.

A second way to sign in beside a working one would be worse than a hole: so the app's own dependency comes first, in the
app's own spelling.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Route
from transforms.guarding import Answer
from transforms.public import is_admin_like
from transforms.routing import is_test

if TYPE_CHECKING:
    from transforms.app import App

Sparing = Callable[[Route], bool]  # whether a route stays as it is although it is open

# What FastAPI hands to a dependency by type: any other plain parameter would become part of the URL or the body.
_HANDED_BY_TYPE = frozenset({
    "Request", "Response", "WebSocket", "HTTPConnection", "BackgroundTasks", "SecurityScopes",
})  # fmt: skip
_FROM_REQUEST = ("Depends(", "Security(", "Header(", "Cookie(")


@dataclass(frozen=True, slots=True)
class Guard:
    """A callable that a patch puts in front of routes: importable as `module.name`."""

    module: str
    name: str
    own: bool  # the app's own, or the organisation's; False: it comes with the patch

    @property
    def symbol(self) -> str:
        """The reference of the callable."""
        return f"{self.module}.{self.name}"


def own_guard(app: "App", route: Route) -> Guard | None:
    """The app's own guard for a route: the one most used on routes of its kind, else on any, else one nobody uses.

    None for a websocket: the guard may ask for a Request, which a websocket has not.
    """
    if route.methods == ("WEBSOCKET",):
        return None
    used = Counter(symbol for other in app.routes for symbol in _guards_of(app, other))
    admin = is_admin_like(route)
    alike = Counter(
        symbol for other in app.routes for symbol in _guards_of(app, other) if is_admin_like(other) == admin
    )
    unused = (symbol for symbol, function in app.functions.items() if _is_written_as_guard(app, function))
    for symbol in (*_most_used(alike), *_most_used(used), *sorted(unused)):
        if (module := app.module_of(symbol)) is not None and _in_one_program(app, symbol, route):
            return Guard(module, symbol.removeprefix(f"{module}."), own=True)
    return None


def has_own_guard(app: "App", route: Route) -> bool:
    """Whether the program of a route has a way of its own to keep strangers out, fit for reuse or not."""
    used = {use.symbol: use for other in app.routes for use in other.guards}
    keeping = [symbol for symbol, use in used.items() if app.judge.guard(use).answer is Answer.YES]
    unused = (symbol for symbol, function in app.functions.items() if _is_written_as_guard(app, function))
    return any(_in_one_program(app, symbol, route) for symbol in (*keeping, *unused))


def _in_one_program(app: "App", symbol: str, route: Route) -> bool:
    """Whether a symbol and a route run together: a repository may hold several services."""
    guard, entry = app.file_of(symbol), route.registered_in or route.file
    if not guard or guard == entry or app.reaches(entry, guard):
        return True
    return app.starts_in(guard) == app.starts_in(entry)


def _most_used(counted: Counter[str]) -> list[str]:
    return [symbol for symbol, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def _guards_of(app: "App", other: Route) -> Iterator[str]:
    """Symbols of the dependencies that keep strangers out of `other`, those below them included, each once."""
    found: dict[str, None] = {}
    waiting = [use for use in other.guards if use.how is not How.MIDDLEWARE and not use.code.startswith("@")]
    while waiting:
        use = waiting.pop(0)
        if use.symbol in found or app.judge.guard(use).answer is not Answer.YES:
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
    return function.symbol == use.symbol and "." not in _inside(app, use.symbol) and _is_self_contained(function)


def _inside(app: "App", symbol: str) -> str:
    module = app.module_of(symbol)
    return symbol.removeprefix(f"{module}.") if module is not None else ""


def _made_inside(app: "App", target: str) -> list[Function]:
    factory = target.removesuffix("()")
    if factory in app.classes:
        call = app.method(factory, "__call__")
        return [call] if call is not None else []
    return list(app.inside(factory))


def _is_self_contained(function: Function) -> bool:
    """Whether everything it takes is handed to it by the framework, nothing by the caller's URL."""
    handed = {guard.bound_to for guard in function.guards}
    return all(
        parameter.name in handed
        or (parameter.default or "").startswith(_FROM_REQUEST)
        or (parameter.reference or "").rpartition(".")[2] in _HANDED_BY_TYPE
        or any(f"{word}" in (parameter.annotation or "") for word in _FROM_REQUEST)
        for parameter in function.parameters
    )


def _is_written_as_guard(app: "App", function: Function) -> bool:
    """A function of a module that depends on a credential and refuses, though no route uses it."""
    if not function.guards or is_test(function.file) or not _is_self_contained(function):
        return False
    if any(route.handler == function.symbol for route in app.routes) or "." in _inside(app, function.symbol):
        return False
    return app.judge.dependency(function.symbol).answer is Answer.YES
