"""The guard that an app of Starlette has already: `requires` with its own backend, a decorator, or a middleware."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Route
from transforms.frameworks.starlette_guards import BACKEND, REQUIRES, SCOPES, SIGNED_IN
from transforms.known_guards import asks_for_a_role
from transforms.narrowness import fitting
from transforms.reuse import Guard, in_one_program, inside_module, most_used
from transforms.shapes import is_admin_like

if TYPE_CHECKING:
    from transforms.app import App

_REQUIRES = Guard("starlette.authentication", "requires", own=True)
_SIMPLE = re.compile(r"@[\w.]+(?:\(\))?")
_PLAIN_MIDDLEWARE = re.compile(r"\w*Middleware\(\s*[\w.]+\s*,?\s*\)")
_OF_REQUESTS = ("starlette.middleware.base.BaseHTTPMiddleware",)


def own_guard(app: "App", route: Route) -> Guard | None:
    """The app's own guard for a route: the one most used on routes of its kind, else on any."""
    if has_backend(route) and scope_asked(app, route):
        return _REQUIRES
    is_socket, admin = route.methods == ("WEBSOCKET",), is_admin_like(route)
    uses = [(other, use) for other in app.routes for use in _reusable(app, other)]
    alike = Counter(use.symbol for other, use in uses if is_admin_like(other) == admin)
    used = Counter(use.symbol for _, use in uses)
    fits = fitting(app, route, used, alike if admin else ())
    for symbol in filter(fits, (*most_used(alike), *most_used(used))):
        module = app.module_of(symbol)
        if module is None or not in_one_program(app, symbol, route):
            continue
        guard = Guard(module, inside_module(app, symbol), own=True)
        if is_middleware(app, guard) and not is_socket:
            return guard
        if not is_middleware(app, guard) and fits_as_decorator(app, route, guard):
            return guard
    return None


def has_own_guard(app: "App", route: Route) -> bool:
    """Whether the program of a route has a way of its own to keep strangers out, fit for reuse or not."""
    for other in app.routes:
        if not in_one_program(app, other.handler, route):
            continue
        access = app.access(other)
        checked = access.is_guarded and app.judge.bodies.of(other.handler).verifies is None
        if checked or (access.is_guarded and access.guard is not None and access.guard.how is not How.INLINE):
            return True
        if has_backend(other):
            return True
    return False


def is_middleware(app: "App", guard: Guard) -> bool:
    """Whether the app uses a guard of its own as middleware; what comes with a patch always is one."""
    uses = (use for other in app.routes for use in other.guards if use.symbol == guard.symbol)
    return not guard.own or any(use.how is How.MIDDLEWARE for use in uses)


def fits_as_decorator(app: "App", route: Route, guard: Guard) -> bool:
    """Whether a decorator can stand at a handler: it stands at one of the same kind, or takes every kind."""
    function = app.functions.get(route.handler)
    if function is None:
        return False
    if guard.symbol == REQUIRES:
        wanted = "websocket" if route.methods == ("WEBSOCKET",) else "request"
        return any(each.name == wanted for each in function.parameters)
    kinds = {
        _kind(app, other, app.functions.get(other.handler))
        for other in app.routes
        if any(use.symbol == guard.symbol for use in other.guards)
    }
    return _kind(app, route, function) in kinds


def as_decorator(app: "App", guard: Guard) -> str:
    """What stands behind the guard's name as a decorator: `()` for one that is called first."""
    codes = (use.code for other in app.routes for use in other.guards if use.symbol == guard.symbol)
    return "()" if any(code.endswith("()") for code in codes) else ""


def scope_asked(app: "App", route: Route) -> str:
    """What the app's backend says of whoever is signed in; "" where that is not one clear word."""
    given = {
        str(each.value)
        for facts in app.files.values()
        for each in facts.settings
        if each.name == SCOPES and in_one_program(app, each.symbol, route)
    }
    return SIGNED_IN if SIGNED_IN in given else given.pop() if len(given) == 1 else ""


def has_backend(route: Route) -> bool:
    """Whether a backend of the app is asked before the route, so that the route can ask what it said."""
    return any(use.how is How.MIDDLEWARE and BACKEND in use.code for use in route.guards)


def _reusable(app: "App", other: Route) -> Iterator[GuardUse]:
    """The decorators and middleware of a route that can stand at another."""
    for use in other.guards:
        plain = _SIMPLE if use.how is How.DECORATOR else _PLAIN_MIDDLEWARE
        if use.how not in (How.DECORATOR, How.MIDDLEWARE) or not plain.fullmatch(use.code):
            continue
        if use.flags or use.scopes or asks_for_a_role(use.target) or use.symbol != use.target:
            continue
        if app.judge.guard(use, other.path).is_guard and "." not in inside_module(app, use.symbol):
            yield use


def _kind(app: "App", route: Route, function: Function | None) -> tuple[bool, bool, bool] | None:
    if function is None:
        return None
    return function.is_async, function.symbol.rpartition(".")[0] in app.classes, route.methods == ("WEBSOCKET",)
