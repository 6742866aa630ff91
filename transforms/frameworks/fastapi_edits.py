"""How a guard is put in front of a FastAPI route: in the widest place that holds no route it would harm.

`dependencies=[Depends(guard)]` keeps signatures, the order of routes and operation ids as they are.
"""

import re
from collections.abc import Collection
from itertools import takewhile
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Include, Place, Route, Router
from transforms.edit_kinds import AddListArgument, AddParameter, Edit, ImportOf, ReplaceExpression
from transforms.frameworks.fastapi_reuse import own_guard
from transforms.frameworks.fastapi_websockets import before_websocket
from transforms.once import per_app
from transforms.reuse import Guard, Sparing, closes_a_circle, defined_in, has_guard, line_of, needs_guard

if TYPE_CHECKING:
    from transforms.app import App

DEPENDS = ImportOf("fastapi", "Depends")
MOVED_UP = (
    "Move {guard}, and what it is made of, above line {line} of {path}: it is defined below the route. "
    "Then add dependencies=[Depends({guard})] to the decorator of {route}."
)
MOVED_OUT = (
    "Move {guard}, and what it is made of, from {home} to a module of its own: {path} cannot import it, since {home} "
    "imports {path}. Then add dependencies=[Depends({guard})] to the decorator of {route}."
)
_SIMPLE = re.compile(r"(?:Depends|Security)\([\w.]+\)")


def guard_route(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The edits that put `guard` in front of a route of `app.routes`; None when no safe place is known.

    Routes that are open on purpose, or by `spare`, keep a guard from going on their router or app.
    """
    if route.methods == ("WEBSOCKET",) and guard.own and (made := before_websocket(app, route, guard)) is not None:
        return made
    for path, place in _places(app, route, guard, spare):
        spelled = spelling(app, path, place, guard)
        if spelled is not None:
            code, imports = spelled
            return (AddListArgument(path, place, "dependencies", code, imports),)
    return None


def advice(app: "App", route: Route) -> str | None:
    """What a person has to do so that the app's own guard can stand before a route that cannot see it."""
    guard, path = own_guard(app, route), route.registered_in or route.file
    home = app.modules.get(guard.module) if guard is not None else None
    if guard is None or home is None or not route.takes_guards:
        return None
    if home.path == path and (line_of(app, guard) or 0) >= route.entry.line:
        return MOVED_UP.format(guard=guard.name, line=route.entry.line, path=path, route=route.name)
    if home.path != path and closes_a_circle(app, guard, path):
        return MOVED_OUT.format(guard=guard.name, home=home.path, path=path, route=route.name)
    return None


def replace_guards(app: "App", uses: Collection[GuardUse], guard: Guard) -> tuple[Edit, ...] | None:
    """Put `guard` where another one stands; None unless that is written as `Depends(name)` in a list everywhere."""
    edits: list[Edit] = []
    for use in uses:
        plain = use.how in (How.DECORATOR, How.ROUTER, How.INCLUDE, How.APP) and use.bound_to is None
        spelled = spelling(app, use.file, use.place, guard) if plain and _SIMPLE.fullmatch(use.code) else None
        if spelled is None:
            return None
        edits.append(ReplaceExpression(use.file, use.place, *spelled))
    return tuple(edits) or None


def guarded_together(app: "App", route: Route, guard: Guard, spare: Sparing) -> Router | None:
    """The app or router that `guard_route` guards as a whole for this route, if it does."""
    for edit in guard_route(app, route, guard, spare) or ():
        for symbol in (route.app, route.router):
            known = app.routers.get(symbol)
            if known is not None and isinstance(edit, AddListArgument) and edit.place != route.entry:
                includes = ((each.file, each.place) for each in only_include(app, symbol))
                if (edit.path, edit.place) in ((known.file, known.place), *includes):
                    return known
    return None


def _places(app: "App", route: Route, guard: Guard, spare: Sparing) -> list[tuple[str, Place]]:
    """Where the guard may go, the widest first: app, router, the call that includes the router, the route."""
    found: list[tuple[str, Place]] = []
    for symbol in dict.fromkeys((route.app, route.router)):
        known = app.routers.get(symbol)
        fits = known is not None and known.framework == route.framework and known.takes_guards
        reaches = route.router == symbol or not _behind_a_mount(app, route, symbol)
        if known is not None and fits and reaches and _all_need(app, known, guard, spare):
            found.append((known.file, known.place))
            found += [(each.file, each.place) for each in only_include(app, symbol)]
    if route.takes_guards:
        found.append((route.registered_in or route.file, route.entry))
    return found


@per_app
def below(app: "App", symbol: str) -> tuple[Route, ...]:
    """The routes that a guard of this app or router would stand before."""
    is_app = symbol in app.routers and app.routers[symbol].is_app
    hanging = [each for each in app.routes if is_app and each.app == symbol and each.router != symbol]
    reached = {each for each in hanging if not _behind_a_mount(app, each, symbol)}
    return tuple(each for each in app.routes if each.router == symbol or each in reached)


def _behind_a_mount(app: "App", route: Route, symbol: str) -> bool:
    """Whether requests reach a route through an app that is mounted: no dependency of the app around sees them."""
    above = takewhile(lambda each: each != symbol, (route.router, *app.hanging.parents_of(route.router)))
    return any(include.mounted for each in above for include in app.hanging.includes_of(each))


def _all_need(app: "App", router: Router, guard: Guard, spare: Sparing) -> bool:
    """Whether most of its routes are open and should not be, and the others stand behind the same guard already."""
    routes = below(app, router.symbol)
    if guard.own and any(route.methods == ("WEBSOCKET",) for route in routes):
        return False  # the app's guard may ask for a Request, which a websocket has not
    needing: list[Route] = []
    others: list[Route] = []
    for route in routes:
        (needing if needs_guard(app, route) and not spare(route) else others).append(route)
    enough = len({(route.handler, route.methods) for route in needing}) > router.is_app  # one route makes no app
    return enough and len(needing) > len(others) and all(has_guard(app, route, guard) for route in others)


def only_include(app: "App", symbol: str) -> tuple[Include, ...]:
    """The one call that hangs a router; where there are several, neither is the place."""
    includes = app.hanging.includes_of(symbol)
    return includes if len(includes) == 1 and not includes[0].mounted and ":" not in includes[0].child else ()


def scope_routes(app: "App", routes: Collection[Route], dependency: Guard) -> tuple[Edit, ...] | None:
    """Let a dependency run before these routes: on a router where all its routes are among them, else on each."""
    edits: dict[Edit, None] = {}
    for route in routes:
        known = app.routers.get(route.router)
        if known is not None and known.takes_guards and set(below(app, route.router)) <= set(routes):
            path, place = known.file, known.place
        elif route.takes_guards:
            path, place = route.registered_in or route.file, route.entry
        else:
            return None
        spelled = spelling(app, path, place, dependency)
        if spelled is None:
            return None
        edits[AddListArgument(path, place, "dependencies", *spelled)] = None
    return tuple(edits)


def bind_caller(app: "App", route: Route, guard: GuardUse, class_: str) -> tuple[str, Edit] | None:
    """A parameter of a handler for what a guard in front of it returns: its name, and the edit that adds it."""
    function, module, owner = app.functions.get(route.handler), app.module_of(guard.symbol), app.module_of(class_)
    if function is None or module is None or owner is None or guard.symbol != guard.target:
        return None
    spelled = spelling(
        app, function.file, function.place, Guard(module, guard.symbol.removeprefix(f"{module}."), own=True)
    )
    if spelled is None or guard.flags or guard.scopes:
        return None
    code, imports = spelled
    taken = {each.name for each in function.parameters}
    name = next(each for each in ("current_user", "caller", "signed_in_caller") if each not in taken)
    needed = (*imports, ImportOf(owner, class_.removeprefix(f"{owner}.")))
    annotated = f"{name}: {class_.rpartition('.')[2]} = {code}"
    return name, AddParameter(function.file, function.place, annotated, needed)


def record_event(app: "App", route: Route, call: str, recorder: Guard) -> tuple[Edit, ...] | None:
    """Let `call`, which makes a dependency of `recorder`, run before one route."""
    path = route.registered_in or route.file
    if not route.takes_guards:
        return None
    spelled = spelling(app, path, route.entry, recorder)
    if spelled is None:
        return None
    code, imports = spelled
    name = code.removeprefix("Depends(").removesuffix(")")
    item = f"Depends({name}{call})"
    return (AddListArgument(path, route.entry, "dependencies", item, imports),)


def spelling(app: "App", path: str, place: Place, guard: Guard) -> tuple[str, tuple[ImportOf, ...]] | None:
    """How the guard is written at a place, and what must be imported; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    if facts.module == guard.module:
        defined = line_of(app, guard)
        return (f"Depends({guard.name})", (DEPENDS,)) if defined is not None and defined < place.line else None
    for use in _uses_in(app, path):
        if use.symbol == guard.symbol and _SIMPLE.fullmatch(use.code) and use.how is not How.MIDDLEWARE:
            return use.code, ()
    for local, reference in facts.imports:
        if app.resolve(reference, path) == guard.symbol:
            return f"Depends({local})", (DEPENDS,)
    taken = dict(facts.imports).get(guard.name) or f"{facts.module}.{guard.name}" in defined_in(app, path)
    if taken or closes_a_circle(app, guard, path):
        return None
    return f"Depends({guard.name})", (DEPENDS, ImportOf(guard.module, guard.name))


def _uses_in(app: "App", path: str) -> list[GuardUse]:
    """Every guard written in one file."""
    routes = (use for route in app.routes for use in route.guards)
    functions = (use for function in app.functions.values() if function.file == path for use in function.guards)
    return [use for use in (*routes, *functions) if use.file == path]
