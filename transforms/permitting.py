"""Whether predicates let a stranger pass: functions and classes that answer True or False instead of refusing.

`IsAdminOrReadOnly` may say True to everybody who only reads: what its code answers decides, never its name. A class
that says nothing of its own answers as the one it inherits from.
"""

from typing import TYPE_CHECKING

from transforms.access import Answer, Reading, Trace
from transforms.concepts import GuardUse, Permission, Route, Said, Says
from transforms.known_guards import Known, looks_like_access_control, passes_readers, verdict_of_library
from transforms.routing import is_test

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 8  # predicates that hand the question on
READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOT = {Says.YES: Says.NO, Says.NO: Says.YES, Says.UNKNOWN: Says.UNKNOWN}


def read_predicates(app: "App", guard: GuardUse) -> Reading:
    """Judge a guard that asks predicates, of which one has to say yes."""
    asked = guard.asked or ("GET", "")
    before = [answer(app, each, asked) for each in guard.predicates]
    rows = [_about_the_row(app, each, asked) for each in guard.predicates]
    said = [_both(*pair) for pair in zip(before, rows, strict=True)]
    traces = [trace for each in guard.predicates if (trace := _trace(app, each)) is not None]
    if Says.YES in before and Says.YES not in said:
        traces.append(Trace(guard.file, guard.place.line, "only the row is checked"))
    if Says.YES in said:
        return Reading(Answer.NO, tuple(traces))
    return Reading(Answer.UNKNOWN if Says.UNKNOWN in said else Answer.YES, tuple(traces))


def answer(app: "App", predicate: str, asked: tuple[str, ...], depth: int = 0) -> Says:
    """What a predicate says to a stranger's request."""
    if predicate.startswith("~"):
        return NOT[answer(app, predicate.removeprefix("~"), asked, depth)]
    if depth > DEEPEST or not predicate:
        return Says.UNKNOWN
    if predicate in app.predicates:
        return _of_function(app, predicate, asked, depth)
    if predicate in app.classes:
        return _of_class(app, list(app.ancestors(predicate)), asked, depth)
    return _of_library(app, predicate, asked)


def turns_strangers_away(app: "App", route: Route) -> bool:
    """Whether the handler itself, followed for a stranger, says no by all its methods."""
    known = app.predicates.get(route.handler)
    return known is not None and all(_answered(known, (method, "")) == Says.NO for method in route.methods)


def defaults(app: "App", route: Route) -> list[Permission]:
    """What the settings of the route's program say; nothing where they say nothing: then everybody may pass."""
    known = [each for found in app.permissions.values() for each in found if each.said is Said.SETTINGS]
    known = [each for each in known if not is_test(each.file)]
    start = app.starts_in(route.registered_in or route.file)
    near = [each for each in known if each.owner == route.app or app.starts_in(each.file) == start]
    return list({each.groups: each for each in near or known}.values())


def replaces_a_login(app: "App", route: Route) -> bool:
    """Whether the app's own predicates let strangers pass where the settings' would not have: hardly on purpose."""
    return decides_itself(app, route) and asks_for_a_login(app, route)


def decides_itself(app: "App", route: Route) -> bool:
    """Whether predicates of the app's own say who may call a route."""
    return any(each.removeprefix("~") in app.classes for guard in route.guards for each in guard.predicates)


def asks_for_a_login(app: "App", route: Route) -> bool:
    """Whether the settings' own predicates would keep strangers out of a route."""
    asked = (*route.methods, "GET")[0], ""
    usual = (each for each in defaults(app, route) if each.groups)
    return any(
        all(answer(app, app.meaning(one, each.file), asked) is Says.NO for one in group)
        for each in usual
        for group in each.groups or ()
    )


def _of_class(app: "App", line: list[str], asked: tuple[str, ...], depth: int) -> Says:
    """The first in the line of inheritance that has an answer of its own; a class that has none lets pass."""
    for position, each in enumerate(line):
        if each not in app.classes:
            return _of_library(app, each, asked)
        function = f"{each}.has_permission"
        if function in app.predicates:
            return _of_function(app, function, asked, depth, line[position + 1 :])
        if function in app.functions:
            return Says.UNKNOWN
    return Says.YES


def _of_function(app: "App", symbol: str, asked: tuple[str, ...], depth: int, line: list[str] | None = None) -> Says:
    said = _answered(app.predicates[symbol], asked)
    at_most = said.startswith("?")
    said = said.removeprefix("?")
    if said in (Says.YES, Says.NO, Says.UNKNOWN):
        return Says(said)
    if said == "super":
        below = _of_class(app, line or [], asked, depth + 1)
    else:
        below = answer(app, app.meaning(said, app.file_of(symbol)), asked, depth + 1)
    return Says.UNKNOWN if at_most and below is not Says.NO else below


def _answered(answers: tuple[tuple[str, str, str], ...], asked: tuple[str, ...]) -> str:
    """The answer for a method and an action: what names the action goes first."""
    method, action = asked[0], asked[1]
    for wanted in (action, "*"):
        for for_method, for_action, said in answers:
            if for_action == wanted and for_method in (method, "*"):
                return said
    return Says.UNKNOWN


def _of_library(app: "App", reference: str, asked: tuple[str, ...]) -> Says:
    if passes_readers(reference):
        return Says.YES if asked[0] in READS else Says.NO
    match verdict_of_library(reference):
        case Known.AUTHENTICATES:
            return Says.NO
        case Known.HARMLESS | Known.OPTIONAL:
            return Says.YES
    if app.is_own(reference) or looks_like_access_control(reference) or "." in reference:
        return Says.UNKNOWN
    return Says.YES


def _about_the_row(app: "App", predicate: str, asked: tuple[str, ...]) -> Says:
    """What it says when it is asked about the row itself; YES where it is not asked, or has nothing to say."""
    function = app.method(predicate, "has_object_permission") if predicate in app.classes else None
    if function is None or len(asked) < 3 or answer(app, function.symbol, asked) is Says.YES:
        return Says.YES
    return answer(app, function.symbol, asked) if asked[2] == "object" else Says.UNKNOWN


def _both(one: Says, other: Says) -> Says:
    """The answer where two have to say yes."""
    said = {one, other}
    return Says.NO if Says.NO in said else Says.UNKNOWN if Says.UNKNOWN in said else Says.YES


def _trace(app: "App", predicate: str) -> Trace | None:
    symbol = predicate.removeprefix("~")
    known = app.classes.get(symbol) or app.functions.get(symbol)
    if known is None:
        return None
    return Trace(known.file, known.place.line, f"{symbol.rpartition('.')[2]} can be read")
