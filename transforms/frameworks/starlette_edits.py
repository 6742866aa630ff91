"""How a guard is put in front of a route of Starlette: as middleware of the widest list, else the app's own decorator.

`middleware=[Middleware(guard)]` stands at an app, a mount or a route, before functions, classes and websockets alike.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Place, Route, Router
from transforms.edit_kinds import AddDecorator, AddListArgument, Edit, ImportOf
from transforms.frameworks.starlette_guards import REQUIRES
from transforms.frameworks.starlette_reuse import (
    as_decorator,
    fits_as_decorator,
    has_own_guard,
    is_middleware,
    own_guard,
    scope_asked,
)
from transforms.reuse import Guard, Sparing, closes_a_circle, defined_in, in_one_program, needs_guard

if TYPE_CHECKING:
    from transforms.app import App

__all__ = ["advice", "guard_route", "guarded_together", "has_own_guard", "own_guard"]

MIDDLEWARE = ImportOf("starlette.middleware", "Middleware")
BESIDE_FASTAPI = "Register {route} with a router of FastAPI, where it can depend on the app's guard."
SOCKET = "Let {route} check who opens it before it accepts: the app's own guard is for requests."
BY_HAND = "Put the app's own sign-in in front of {route}: it has no form that could be put there as it is."


def guard_route(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The edits that put `guard` in front of a route of `app.routes`; None when no safe place is known."""
    if not guard.own and _is_beside_fastapi(app, route):
        return None
    if guard.own and not is_middleware(app, guard):
        return _decorated(app, route, guard, spare)
    for path, place in _places(app, route, guard, spare):
        written = spelled(app, path, place, guard)
        if written is not None:
            name, imports = written
            item = f"Middleware({name})"
            return (AddListArgument(path, place, "middleware", item, (MIDDLEWARE, *imports)),)
    return None


def guarded_together(app: "App", route: Route, guard: Guard, spare: Sparing) -> Router | None:
    """The app, router or mount that `guard_route` guards as a whole for this route, if it does."""
    for edit in guard_route(app, route, guard, spare) or ():
        for known in _routers(app, route, guard, spare):
            if isinstance(edit, AddListArgument) and (edit.path, edit.place) == (known.file, known.place):
                return known
    return None


def advice(app: "App", route: Route) -> str | None:
    """What a person has to do where there is no safe edit."""
    if _is_beside_fastapi(app, route):
        return BESIDE_FASTAPI.format(route=route.name)
    if not has_own_guard(app, route):
        return None
    return (SOCKET if route.methods == ("WEBSOCKET",) else BY_HAND).format(route=route.name)


def _is_beside_fastapi(app: "App", route: Route) -> bool:
    """Whether routes of FastAPI stand where this one would get its guard: theirs has the same name and another form.

    An app of its own that is mounted, in a file of its own, gets one beside the other.
    """
    others = [each for each in app.routes if each.framework == "fastapi"]
    if not any(each.app == route.app or in_one_program(app, each.handler, route) for each in others):
        return False
    at, _ = entry(route)
    mounted = any(each.is_app for each in above(app, route))
    return not mounted or any(at in (each.file, each.registered_in) for each in others)


def _places(app: "App", route: Route, guard: Guard, spare: Sparing) -> Iterator[tuple[str, Place]]:
    """Where the guard may go, the widest first: app, mount, router, the route itself."""
    for known in _routers(app, route, guard, spare):
        yield known.file, known.place
    entered = [each for each in app.routes if (each.registered_in or each.file, each.entry) == entry(route)]
    if all((needs_guard(app, each) and not spare(each)) or app.access(each).is_guarded for each in entered):
        yield entry(route)


def entry(route: Route) -> tuple[str, Place]:
    return route.registered_in or route.file, route.entry


def _routers(app: "App", route: Route, guard: Guard, spare: Sparing) -> list[Router]:
    fit = (each for each in above(app, route) if not (guard.own and each.is_app))
    return [each for each in fit if _all_need(app, each, spare)]


def above(app: "App", route: Route) -> list[Router]:
    """The app, mounts and router that a route hangs below and that take guards, the widest first."""
    symbols = dict.fromkeys((route.app, *reversed(list(app.hanging.parents_of(route.router))), route.router))
    known = (app.routers[symbol] for symbol in symbols if symbol in app.routers)
    return [each for each in known if each.framework == route.framework and each.takes_guards]


def _all_need(app: "App", router: Router, spare: Sparing) -> bool:
    """Whether every route below is open and should not be, and nothing hangs there that cannot be seen."""
    found = below(app, router)
    enough = len({each.handler for each in found}) > router.is_app  # one route makes no app
    return enough and not holds_the_unseen(app, router) and all(needs_guard(app, e) and not spare(e) for e in found)


def below(app: "App", router: Router) -> list[Route]:
    """The routes that a guard of this app, mount or router would stand before."""
    return [
        each
        for each in app.routes
        if router.symbol in (each.router, each.app) or router.symbol in app.hanging.parents_of(each.router)
    ]


def holds_the_unseen(app: "App", router: Router) -> bool:
    """Whether an app hangs below of which nothing is known: files for everybody, a server of a library."""
    included = [
        (app.hanging.router_of(each.parent, facts.path), each, facts.path)
        for facts in app.files.values()
        for each in facts.includes
        if ":" not in each.child
    ]
    seen, waiting = {router.symbol}, [router.symbol]
    while waiting:
        parent = waiting.pop()
        for owner, each, path in included:
            child = app.hanging.router_of(each.child, path) if owner == parent else ""
            if child is None or (child and child not in app.routers):
                return True
            if child and child not in seen:
                seen.add(child)
                waiting.append(child)
    return False


def _decorated(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The app's own decorator above all others of the handler, if all that the handler serves needs it."""
    function = app.functions.get(route.handler)
    if function is None or not fits_as_decorator(app, route, guard):
        return None
    serving = [each for each in app.routes if each.handler == route.handler]
    if not all((needs_guard(app, each) and not spare(each)) or app.access(each).is_guarded for each in serving):
        return None
    written = spelled(app, function.file, function.place, guard)
    if written is None:
        return None
    name, imports = written
    told = f'("{scope_asked(app, route)}")' if guard.symbol == REQUIRES else as_decorator(app, guard)
    return (AddDecorator(function.file, function.place, f"@{name}{told}", None, imports),)


def spelled(app: "App", path: str, place: Place, guard: Guard) -> tuple[str, tuple[ImportOf, ...]] | None:
    """How the guard is called in a file above a place, and what must be imported; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    if facts.module == guard.module:
        defined = app.functions.get(guard.symbol) or app.classes.get(guard.symbol)
        return (guard.name, ()) if defined is not None and defined.place.end_line < place.line else None
    for local, imported in facts.imports:
        if app.resolve(imported, path) == guard.symbol:
            return local, ()
    taken = guard.name in dict(facts.imports) or f"{facts.module}.{guard.name}" in defined_in(app, path)
    if taken or closes_a_circle(app, guard, path):
        return None
    return guard.name, (ImportOf(guard.module, guard.name),)
