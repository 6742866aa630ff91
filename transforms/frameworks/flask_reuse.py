"""The guard that a Flask app already has: the decorator that most of its routes stand behind."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Route, Signal
from transforms.known_guards import asks_for_a_role
from transforms.narrowness import fitting, lets_only_some_in
from transforms.reuse import Guard, in_one_program, inside_module, most_used
from transforms.routing import is_test
from transforms.shapes import is_admin_like

if TYPE_CHECKING:
    from transforms.app import App

_SIMPLE = re.compile(r"@[\w.]+(?:\(\))?")
CURRENT_USER = "flask_login.current_user"
SIGNED_IN = Guard("flask_login", "current_user", own=True)  # what an event can ask: it has the session of its page
# What a guard may call without asking for more than what its conditions say.
_HARMLESS_CALLS = frozenset({
    "flask.session.get", "flask.redirect", "flask.url_for", "flask.abort", "flask.flash", "flask.jsonify",
    "functools.wraps",
})  # fmt: skip
_WRAPS = frozenset({"functools.wraps", "functools.update_wrapper"})
# What a library's manager brings: its decorator, and the call by which the app lets somebody sign in.
_MANAGERS = {
    "flask_login.LoginManager()": (Guard("flask_login", "login_required", own=True), "login_user"),
    "flask_jwt_extended.JWTManager()": (Guard("flask_jwt_extended", "jwt_required", own=True), "create_access_token"),
}
_CALLED = frozenset({"flask_jwt_extended.jwt_required", "flask_security.auth_required"})  # @jwt_required()


def own_guard(app: "App", route: Route) -> Guard | None:
    """The app's own guard for a route: the one most used on routes of its kind, else on any, else one nobody uses."""
    if route.methods == ("WEBSOCKET",):
        by_login = (each for each in _managed(app, route) if each.module == "flask_login")
        return SIGNED_IN if next(by_login, None) is not None else None
    uses = [(other, use) for other in app.routes for use in _reusable(app, other)]
    admin = is_admin_like(route)
    alike = Counter(use.symbol for other, use in uses if is_admin_like(other) == admin)
    used = Counter(use.symbol for _, use in uses)
    handing = Counter(use.symbol for other in app.routes for use in _reusable(app, other, handing=True))
    unused = sorted(symbol for symbol, function in app.functions.items() if _is_written_as_guard(app, function))
    beside = Counter(
        use.symbol for other, use in uses if other.router == route.router and is_admin_like(other) == admin
    )
    ordered = most_used(alike) if admin else _least_first(app, most_used(alike), (*used, *unused))
    fits = fitting(app, route, (*used, *handing), (*alike, *unused) if admin else ())
    for symbol in (
        *(most_used(beside) if len(beside) == 1 and beside.total() > 1 else ()),  # what its neighbours agree on
        *ordered,
        *most_used(used),
        *(most_used(handing) if takes_one_first(app, route) else ()),
        *unused,
    ):
        guard = _importable(app, symbol)
        if guard is not None and fits(symbol) and in_one_program(app, symbol, route):
            return guard
    return next(_managed(app, route), None)


def _least_first(app: "App", symbols: list[str], others: Iterable[str]) -> list[str]:
    """The same, behind what asks for less: being signed in, and not being signed in as one of some kind."""
    if not symbols:
        return symbols
    asked = _asked_by(app, symbols[0])
    lesser = sorted(each for each in others if (asks := _asked_by(app, each)) and asks < asked)
    return [*lesser, *symbols]


def _asked_by(app: "App", symbol: str) -> set[str]:
    """What the conditions of a decorator are about."""
    inner = (symbol, *app.inner.get(symbol, ()))
    return {origin for each in inner for found in app.conditions.get(each, ()) for origin in found.asked.split()}


def known_to(app: "App", guard: Guard) -> tuple[str, str] | None:
    """How a test makes somebody known to a guard: by Flask-Login, a token of the app's own, or a key of the session.

    None for a guard that asks for more than one such thing: a row of the database, say.
    """
    if guard.symbol in ("flask_login.login_required", "flask_login.utils.login_required"):
        return "flask", CURRENT_USER
    if guard.symbol == "flask_jwt_extended.jwt_required":
        return "flask_jwt", "flask_jwt_extended.create_access_token"
    inner = (guard.symbol, *app.inner.get(guard.symbol, ()))
    if lets_only_some_in(app, guard.symbol):
        return None
    asked = _asked_by(app, guard.symbol)
    calls = {call for each in inner if (known := app.functions.get(each)) is not None for call in known.calls}
    views = {
        f"{each}.{parameter.name}"
        for each in inner
        if each in app.functions
        for parameter in app.functions[each].parameters
    }
    if not asked or not calls <= _HARMLESS_CALLS | views:
        return None
    if all(re.fullmatch(rf"@{re.escape(CURRENT_USER)}\.is_(?:authenticated|active)", each) for each in asked):
        return "flask", CURRENT_USER
    keys = {match[1] for each in asked if (match := re.fullmatch(r"@flask\.session\.(\w+)", each)) is not None}
    return ("flask_session", keys.pop()) if len(asked) == len(keys) == 1 else None


def hands_one(app: "App", symbol: str) -> bool:
    """Whether a decorator gives its handler exactly one thing more, in front of all others."""
    function = app.functions.get(symbol)
    return function is not None and Signal.ADDS_ONE_FIRST in function.signals


def handed_name(app: "App", guard: Guard) -> str | None:
    """What the handlers of the app call the one thing that a decorator hands them."""
    behind = (other for other in app.routes if any(use.symbol == guard.symbol for use in other.guards))
    functions = (app.functions[other.handler] for other in behind if _is_plain(app, other))
    named = Counter(function.parameters[0].name for function in functions if function.parameters)
    return next(iter(most_used(named)), None)


def takes_one_first(app: "App", route: Route) -> bool:
    """Whether a handler can be given one more parameter in front: nobody calls it but its routes, by keywords."""
    serving = (other for other in app.routes if other.handler == route.handler)
    around = (app.functions.get(use.target) for other in serving for use in other.guards)
    if not _is_plain(app, route) or any(Signal.ADDS_ARGUMENT in each.signals for each in around if each is not None):
        return False
    return all(app.meaning(call, each.file) != route.handler for each in app.functions.values() for call in each.calls)


def _is_plain(app: "App", route: Route) -> bool:
    """A function, not the method of a view."""
    return route.handler in app.functions and route.handler.rpartition(".")[0] not in app.classes


def has_own_guard(app: "App", route: Route) -> bool:
    """Whether the program of a route has a way of its own to keep strangers out, fit for reuse or not."""
    used = {use.symbol: use for other in app.routes for use in other.guards}
    keeping = [symbol for symbol, use in used.items() if app.judge.guard(use).is_guard]
    unused = (symbol for symbol, function in app.functions.items() if _is_written_as_guard(app, function))
    by_hand = (other.handler for other in app.routes if _checks_by_hand(app, other))
    return any(in_one_program(app, symbol, route) for symbol in (*keeping, *unused, *by_hand))


def call_form(app: "App", guard: Guard) -> str:
    """What stands behind the guard's name as a decorator: `()` for one that is called first."""
    if guard.symbol in _CALLED:
        return "()"
    codes = (use.code for other in app.routes for use in other.guards if use.symbol == guard.symbol)
    return "()" if any(code.endswith("()") for code in codes if _SIMPLE.fullmatch(code)) else ""


def _reusable(app: "App", other: Route, *, handing: bool = False) -> Iterator[GuardUse]:
    """The decorators of a route that can stand at another; `handing`: those that give the handler one thing more."""
    for use in other.guards:
        if use.how is not How.DECORATOR or use.flags or not _SIMPLE.fullmatch(use.code) or asks_for_a_role(use.target):
            continue
        function = app.functions.get(use.target)
        adds = function is not None and Signal.ADDS_ARGUMENT in function.signals
        if adds != handing or (handing and not hands_one(app, use.target)):
            continue  # the handler would have to take what it brings
        if app.judge.guard(use).is_guard:
            yield use


def _importable(app: "App", symbol: str) -> Guard | None:
    """A decorator that another module can import: of a library, of a module, or of an object of a module."""
    module = app.module_of(symbol)
    if module is None:
        module, _, name = symbol.rpartition(".")
        return Guard(module, name, own=True) if module and "()" not in symbol else None
    inside = inside_module(app, symbol)
    head, _, rest = inside.partition(".")
    if rest and ("." in rest or f"{module}.{head}" not in app.instances):
        return None
    return Guard(module, inside, own=True)


def _is_written_as_guard(app: "App", function: Function) -> bool:
    """A decorator of a module that refuses strangers, though no route uses it."""
    if len(function.parameters) != 1 or is_test(function.file) or "." in inside_module(app, function.symbol):
        return False
    inner = (each for symbol, each in app.functions.items() if symbol.startswith(f"{function.symbol}."))
    if not any(_WRAPS & set(each.decorators) for each in inner) or Signal.ADDS_ARGUMENT in function.signals:
        return False
    return app.judge.wrapper(function.symbol).is_guard


def _checks_by_hand(app: "App", other: Route) -> bool:
    """Whether a handler looks at a session or token itself; a signature of a webhook is no way for users to sign in."""
    access = app.access(other)
    inline = access.is_guarded and access.guard is not None and access.guard.how is How.INLINE
    return inline and app.judge.bodies.of(other.handler).verifies is None


def _managed(app: "App", route: Route) -> Iterator[Guard]:
    """The decorator of a library whose manager the app sets up, where somebody can sign in."""
    held = set(app.instances.values())
    for manager, (guard, signs_in) in _MANAGERS.items():
        made = manager in held or any(
            manager.removesuffix("()") in function.calls and in_one_program(app, function.symbol, route)
            for function in app.functions.values()
        )
        issues = (call.rpartition(".")[2] == signs_in for each in app.functions.values() for call in each.calls)
        if made and any(issues):
            yield guard
