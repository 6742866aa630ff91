"""How a guard is put in front of a Flask route: before every request of an app or blueprint, else as a decorator.

The decorator goes directly below those of the route, so that endpoint names, the order of routes and signatures stay.
"""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Place, Route, Router
from transforms.edit_kinds import (
    AddDecorator,
    AddFirstParameter,
    Edit,
    ImportOf,
    InsertStatements,
    Position,
    ReplaceExpression,
)
from transforms.frameworks.flask_reuse import SIGNED_IN as CURRENT_USER
from transforms.frameworks.flask_reuse import call_form, handed_name, hands_one, takes_one_first
from transforms.frameworks.flask_sockets import refuse_at_connect
from transforms.reuse import Guard, Sparing, closes_a_circle, defined_in, has_guard, line_of, needs_guard

if TYPE_CHECKING:
    from transforms.app import App

# Decorators that let a preflight request (OPTIONS) pass, and so may run before every request.
_PASS_PREFLIGHTS = frozenset({"flask_login.login_required", "flask_jwt_extended.jwt_required"})

_PLAIN = re.compile(r"@[\w.]+")


def guard_route(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The edits that put `guard` in front of a route of `app.routes`; None when no safe place is known."""
    if route.methods == ("WEBSOCKET",):
        return refuse_at_connect(app, route, spare) if guard == CURRENT_USER else None
    for router in _routers(app, route, guard, spare):
        if (edit := _before_all(app, router, guard)) is not None:
            return (edit,)
    return _decorated(app, route, guard, spare)


def replace_guards(app: "App", uses: Collection[GuardUse], guard: Guard) -> tuple[Edit, ...] | None:
    """Put `guard` where another one stands; None unless that is written as a plain decorator everywhere."""
    edits: list[Edit] = []
    for use in uses:
        plain = use.how is How.DECORATOR and _PLAIN.fullmatch(use.code) is not None
        spelled = spelling(app, use.file, use.place, guard) if plain else None
        if spelled is None:
            return None
        code, imports = spelled
        edits.append(ReplaceExpression(use.file, use.place, code.removeprefix("@"), imports))
    return tuple(edits) or None


def guarded_together(app: "App", route: Route, guard: Guard, spare: Sparing) -> Router | None:
    """The app or blueprint that `guard_route` guards as a whole for this route, if it does."""
    edits = guard_route(app, route, guard, spare) or ()
    if route.methods == ("WEBSOCKET",) or not any(isinstance(edit, InsertStatements) for edit in edits):
        return None
    return next(each for each in _routers(app, route, guard, spare) if _before_all(app, each, guard) is not None)


def _routers(app: "App", route: Route, guard: Guard, spare: Sparing) -> list[Router]:
    """The app and the blueprints, the widest first, all of whose routes need the guard."""
    if guard.own and guard.symbol not in _PASS_PREFLIGHTS:
        return []
    symbols = dict.fromkeys((route.app, *reversed(list(app.hanging.parents_of(route.router))), route.router))
    known = (app.routers[symbol] for symbol in symbols if symbol in app.routers)
    return [each for each in known if each.takes_guards and _all_need(app, each, guard, spare)]


def _all_need(app: "App", router: Router, guard: Guard, spare: Sparing) -> bool:
    """Whether most of its routes are open and should not be, and the others stand behind the same guard already."""
    if _holds_the_unknown(app, router):
        return False
    needing: list[Route] = []
    others: list[Route] = []
    for route in _below(app, router.symbol):
        (needing if needs_guard(app, route) and not spare(route) else others).append(route)
    enough = len({route.handler for route in needing}) > router.is_app  # one route makes no app
    return enough and len(needing) > len(others) and all(has_guard(app, route, guard) for route in others)


def _below(app: "App", symbol: str) -> list[Route]:
    """The routes that a guard of this app or blueprint would stand before."""
    return [
        each
        for each in app.routes
        if symbol in (each.router, each.app) or symbol in app.hanging.parents_of(each.router)
    ]


def _holds_the_unknown(app: "App", router: Router) -> bool:
    """Whether a blueprint of a library hangs there: perhaps the one by which people sign in."""
    included = ((include, facts.path) for facts in app.files.values() for include in facts.includes)
    return any(
        app.hanging.router_of(include.parent, path) == router.symbol
        and app.hanging.router_of(include.child, path) is None
        for include, path in included
        if ":" not in include.child
    )


def _before_all(app: "App", router: Router, guard: Guard) -> Edit | None:
    """`orders.before_request(require_user)`, behind the statement that makes the blueprint."""
    name = router.symbol.rpartition(".")[2]
    spelled = spelling(app, router.file, router.place, guard)
    if spelled is None or not name.isidentifier() or "self" in router.symbol.split("."):
        return None
    code, imports = spelled
    check = code.removeprefix("@") + ("(lambda: None)" if guard.own else "")
    line = f"{name}.before_request({check})"
    return InsertStatements(router.file, router.place, Position.AFTER, line, imports)


def _decorated(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The guard as a decorator of the handler, if all that the handler serves needs it."""
    function = app.functions.get(route.handler)
    if function is None:
        return None
    serving = [each for each in app.routes if each.handler == route.handler]
    if not all((needs_guard(app, each) and not spare(each)) or app.access(each).is_guarded for each in serving):
        return None
    spelled = spelling(app, function.file, function.place, guard)
    if spelled is None:
        return None
    code, imports = spelled
    edit = AddDecorator(function.file, function.place, code, lowest_entry(app, serving, function.place), imports)
    if not hands_one(app, guard.symbol):
        return (edit,)
    name = handed_name(app, guard)
    if name is None or not takes_one_first(app, route) or _means_something(app, function, name):
        return None
    return edit, AddFirstParameter(function.file, function.place, name)


def _means_something(app: "App", function: Function, name: str) -> bool:
    """Whether a name is taken already where a new parameter would have it: by a parameter, an import, the module."""
    facts = app.files[function.file]
    own = {each.name for each in function.parameters}
    return name in own or name in dict(facts.imports) or f"{facts.module}.{name}" in defined_in(app, function.file)


def lowest_entry(app: "App", serving: list[Route], handler: Place) -> Place | None:
    """The decorator of the route that stands next to the `def`; None for a handler that is registered elsewhere."""
    entries = [
        each.entry
        for each in serving
        if each.takes_guards and not each.registered_in and each.entry.end_line < handler.line
        and each.handler.rpartition(".")[0] not in app.classes
    ]  # fmt: skip
    return max(entries, key=lambda place: place.line, default=None)


def spelling(app: "App", path: str, place: Place, guard: Guard) -> tuple[str, tuple[ImportOf, ...]] | None:
    """How the guard is written as a decorator in a file, and what must be imported; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    call = call_form(app, guard)
    if facts.module == guard.module:
        defined = line_of(app, guard)
        head = guard.name.partition(".")[0]
        known = defined is not None or f"{guard.module}.{head}" in app.instances
        return (f"@{guard.name}{call}", ()) if known and (defined or 0) < place.line else None
    for use in _uses_in(app, path):
        if use.symbol == guard.symbol and use.code.removesuffix("()").removeprefix("@").replace(".", "").isidentifier():
            return use.code, ()
    head, _, rest = guard.name.partition(".")
    ending = f".{rest}{call}" if rest else call
    for local, reference in facts.imports:
        if app.resolve(reference, path) == f"{guard.module}.{head}":
            return f"@{local}{ending}", ()
    taken = dict(facts.imports).get(head) or f"{facts.module}.{head}" in defined_in(app, path)
    if taken or closes_a_circle(app, guard, path):
        return None
    return f"@{head}{ending}", (ImportOf(guard.module, head),)


def _uses_in(app: "App", path: str) -> list[GuardUse]:
    """Every decorator that guards a route in one file, with nothing chosen about it."""
    uses = (use for route in app.routes for use in route.guards if use.code.startswith("@") and not use.flags)
    return [use for use in uses if use.file == path and "." not in use.target.rpartition("()")[2].partition(".")[0]]
