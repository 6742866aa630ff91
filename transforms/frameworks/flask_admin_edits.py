"""How a view of Flask-Admin comes to ask who is calling: it becomes one of the app's own views that ask."""

from collections import Counter
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.edit_kinds import Edit, ImportOf, ReplaceExpression
from transforms.reuse import Guard, Sparing, closes_a_circle, defined_in, in_one_program, inside_module, most_used

if TYPE_CHECKING:
    from transforms.app import App

NAME = "flask_admin"
ADVICE = "Give the class of {name} an is_accessible() that asks who is calling: without one everybody gets in."


def own_guard(app: "App", route: Route) -> Guard | None:
    """The app's own class that most of its views of the same kind are made of, where that asks who is calling.

    The view itself must be the library's class as it is: one of the app's own may differ in more than that.
    """
    library = route.handler.rpartition(".")[0]
    if library in app.classes:
        return None
    used = Counter(view for other in app.routes if (view := _asking(app, other, library)) is not None)
    for symbol in most_used(used):
        module = app.module_of(symbol)
        if module is not None and "." not in inside_module(app, symbol) and in_one_program(app, symbol, route):
            return Guard(module, inside_module(app, symbol), own=True)
    return None


def _asking(app: "App", other: Route, library: str) -> str | None:
    """The class of a view that is the library's and nothing more than asking who is calling."""
    view = other.handler.rpartition(".")[0]
    known = app.classes.get(view)
    if other.framework != NAME or known is None or known.bases != (library,) or set(known.members):
        return None
    only_asks = set(known.methods) <= {"is_accessible", "inaccessible_callback"}
    asks = any(app.judge.guard(use).is_guard for use in other.guards)
    return view if only_asks and asks else None


def has_own_guard(_app: "App", _route: Route) -> bool:
    """A view asks by a method of its class: nothing else can stand before it."""
    return True


def guard_route(app: "App", route: Route, guard: Guard, _spare: Sparing) -> tuple[Edit, ...] | None:
    """`SecureModelView(Order, db.session)` instead of `ModelView(Order, db.session)`."""
    path = route.registered_in or route.file
    facts = app.files.get(path)
    if facts is None:
        return None
    if facts.module == guard.module:
        known = app.classes[guard.symbol]
        early = known.place.end_line < route.entry.line
        return (ReplaceExpression(path, route.entry, guard.name, ()),) if early else None
    for local, reference in facts.imports:
        if app.resolve(reference, path) == guard.symbol:
            return (ReplaceExpression(path, route.entry, local, ()),)
    taken = guard.name in dict(facts.imports) or f"{facts.module}.{guard.name}" in defined_in(app, path)
    if taken or closes_a_circle(app, guard, path):
        return None
    return (ReplaceExpression(path, route.entry, guard.name, (ImportOf(guard.module, guard.name),)),)


def advice(_app: "App", route: Route) -> str | None:
    """What a person has to do for a view that no class of the app can replace."""
    return ADVICE.format(name=route.name)
