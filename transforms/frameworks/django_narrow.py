"""How a guard is put in front of one action of a viewset, where its class as a whole must not be closed.

What an action or a branch of `get_permissions()` says for itself is changed where it says it. Where a branch also lets
pass what is meant to be open, the actions that are not get a branch of their own in front of it. A class whose reading
is open gets the permission class that asks who it is before anything else.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.concepts import Permission, Route, Said
from transforms.edit_kinds import (
    AddClassAttribute,
    AddKeywordArgument,
    Edit,
    ImportOf,
    InsertStatements,
    Position,
    ReplaceExpression,
)
from transforms.frameworks.django_permissions import EVERYBODY, said_by_class, with_guard
from transforms.frameworks.django_reuse import IS_AUTHENTICATED, class_of, import_of
from transforms.permitting import READS, defaults
from transforms.reuse import Guard, Sparing, needs_guard

if TYPE_CHECKING:
    from transforms.app import App

READERS_PASS = Guard("rest_framework.permissions", "IsAuthenticatedOrReadOnly", own=True)


def narrowly(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The edits before no more than what an action or a branch serves; only with a guard that the app has."""
    if not guard.own:
        return None
    said = _deciding(app, route)
    if said is not None and said.said in (Said.METHOD, Said.FUNCTION):
        return _where_said(app, said, guard, spare)
    if (edits := _readers_pass(app, route, guard, spare)) is not None:
        return edits
    return _at_action(app, route, guard, spare)


def _deciding(app: "App", route: Route) -> Permission | None:
    """What says who may pass a route, where that is one list in the code."""
    places = {(use.file, use.place) for use in route.guards if use.predicates}
    symbol = class_of(app, route)
    owners = (*app.ancestors(symbol), *(f"{each}.{_name(route)}" for each in app.ancestors(symbol)), route.handler)
    found = [each for owner in owners for each in app.permissions.get(owner, ())]
    decides = next((each for each in found if (each.file, each.place) in places), None)
    if decides is None and Said.METHOD not in {each.said for each in found}:
        return next((each for each in found if each.said is Said.FUNCTION and each.groups == ()), None)
    return decides


def _where_said(app: "App", said: Permission, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    sharing = _sharing(app, said)
    code, wanted = with_guard(said, guard), import_of(app, guard, said.file, said.place)
    if code is None or wanted is None:
        return None
    if all(_may_close(app, each, spare) for each in sharing):
        return (ReplaceExpression(said.file, said.place, code, wanted),)
    return _branch(app, said, [each for each in sharing if _needs(app, each, spare)], code, wanted)


def _branch(
    app: "App", said: Permission, needing: list[Route], code: str, imports: tuple[ImportOf, ...]
) -> tuple[Edit, ...] | None:
    """A branch of its own, first in `get_permissions()`, for the actions that must not be open."""
    function = app.functions.get(f"{said.owner}.get_permissions")
    actions = list(dict.fromkeys(_name(each) for each in needing))
    below = [each for each in app.routes if said.owner in app.ancestors(class_of(app, each)) and _name(each) in actions]
    made = EVERYBODY.fullmatch(said.code) is not None and code.endswith(")]")
    if said.said is not Said.METHOD or function is None or not made or not all(each in needing for each in below):
        return None
    named = ", ".join(f'"{each}"' for each in actions)
    test = f"self.action == {named}" if len(actions) == 1 else f"self.action in ({named})"
    text = f"if {test}:\n    return {code}"
    return (InsertStatements(function.file, function.place, Position.BODY_START, text, imports),)


def _readers_pass(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """`IsAuthenticatedOrReadOnly` on a class where everybody may do everything and only reading is meant to be open."""
    symbol = class_of(app, route)
    if guard != IS_AUTHENTICATED or not symbol or READS.issuperset(route.methods):
        return None
    where, attribute = app.classes[symbol], said_by_class(app, symbol)
    below = [each for each in app.routes if class_of(app, each) == symbol and _by_class(app, each, attribute)]
    writing = [each for each in below if not READS.issuperset(each.methods)]
    if route not in writing or not all(_needs(app, each, spare) for each in writing):
        return None
    if attribute is None and all(each.groups == () for each in defaults(app, route)):
        wanted, code = import_of(app, READERS_PASS, where.file, where.place), f"[{READERS_PASS.name}]"
        return (AddClassAttribute(where.file, where.place, "permission_classes", code, wanted),) if wanted else None
    if attribute is None or attribute.owner != symbol or not EVERYBODY.fullmatch(attribute.code):
        return None
    wanted, written = import_of(app, READERS_PASS, where.file, where.place), with_guard(attribute, READERS_PASS)
    if wanted is None or written is None:
        return None
    return (ReplaceExpression(attribute.file, attribute.place, written, wanted),)


def _at_action(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """`@action(permission_classes=[...])`, where the class decides about more than this action."""
    handled, function = app.handled.get(route.handler), app.functions.get(route.handler)
    if handled is None or handled.entry is None or function is None:
        return None
    attribute = said_by_class(app, class_of(app, route))
    if not _by_class(app, route, attribute):
        return None
    serving = [each for each in app.routes if _entry(app, each) == (function.file, handled.entry)]
    if not all(_may_close(app, each, spare) for each in serving):
        return None
    here = Permission(route.handler, Said.FUNCTION, function.place, code="[]", file=function.file)
    if attribute is not None and attribute.groups and not EVERYBODY.fullmatch(attribute.code):
        if attribute.file != function.file:
            return None  # its names are not known here
        here = replace(attribute, owner=route.handler, said=Said.FUNCTION, place=function.place)
    elif attribute is None and any(each.groups != () for each in defaults(app, route)):
        return None
    code, wanted = with_guard(here, guard), import_of(app, guard, here.file, here.place)
    if code is None or wanted is None:
        return None
    return (AddKeywordArgument(function.file, handled.entry, "permission_classes", code, wanted),)


def _by_class(app: "App", route: Route, attribute: Permission | None) -> bool:
    """Whether the class or the settings decide about a route, and neither its action nor `get_permissions()`."""
    symbol = class_of(app, route)
    decided = (each.said for one in app.ancestors(symbol) for each in app.permissions.get(one, ()))
    if Said.METHOD in decided or app.permissions.get(route.handler):
        return False
    return attribute is None or not attribute.groups or _deciding(app, route) == attribute


def _entry(app: "App", route: Route) -> tuple[str, object] | None:
    handled, function = app.handled.get(route.handler), app.functions.get(route.handler)
    return (function.file, handled.entry) if handled is not None and function is not None else None


def _sharing(app: "App", said: Permission) -> list[Route]:
    """Every route about which this list decides, of whatever class."""
    place = (said.file, said.place)
    named = [each for each in app.routes if any((use.file, use.place) == place for use in each.guards)]
    empty = said.said is Said.FUNCTION and not named
    return [each for each in app.routes if empty and said in app.permissions.get(each.handler, ())] or named


def _needs(app: "App", route: Route, spare: Sparing) -> bool:
    return needs_guard(app, route) and not spare(route)


def _may_close(app: "App", route: Route, spare: Sparing) -> bool:
    """Whether it is open and should not be, or strangers are refused as it is."""
    return _needs(app, route, spare) or app.access(route).is_guarded


def _name(route: Route) -> str:
    return (route.shown or route.handler).rpartition(".")[2]
