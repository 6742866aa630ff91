"""Whom a test makes known to guards of the app's own, so that it can show that they let somebody pass.

A test can do that in one way: it stands in for a dependency, signs somebody in with the framework, sets a key of the
session. Routes whose guards know callers in another way are asked as a stranger only, and the patch says so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.edits import guard_for, role_guard_for
from transforms.frameworks import verb
from transforms.proofs import RouteCase
from transforms.proving import Reach, cases_of, importable, passing
from transforms.reuse import Guard
from transforms.role_writing import lacks_role

if TYPE_CHECKING:
    from transforms.app import App


@dataclass(frozen=True, slots=True)
class Callers:
    """How a test becomes known, and for each route what it is told for that and what its caller has."""

    by: str  # a key of `KNOWN_BY`; "" where no guard knows anybody whom a test can make up
    told: Mapping[RouteCase, str]
    has: Mapping[RouteCase, str]
    unknown_to: tuple[str, ...]  # names of the guards that no route shows to let anybody pass


@dataclass(frozen=True, slots=True)
class _Known:
    """A way to become known to one guard: the guard as it is imported, a key of the session."""

    by: str
    told: str
    stands_for: str  # the symbol in whose place the test's caller is


def known_callers(app: "App", routes: Iterable[Route], guard: Guard, where: Reach) -> Callers:
    """The way that serves most of the routes, in the order of the routes where several do; `guard` is the usual one."""
    behind = {route: guard_for(app, route) or guard for route in routes}
    ways = {own: _known(app, own, route, where) for route, own in behind.items()}
    counted = Counter(way.by for own in behind.values() if (way := ways[own]) is not None)
    by = counted.most_common(1)[0][0] if counted else ""
    told, has = {}, {}
    for route, own in behind.items():
        way = ways[own]
        besides = _as_administrator(app, route, way, where) if way is not None and way.by == by else None
        if way is not None and besides is not None:
            told.update(dict.fromkeys(cases_of([route]), way.told))
            has.update(dict.fromkeys(cases_of([route]), besides))
    shown = {behind[route] for route in behind if not told.keys().isdisjoint(cases_of([route]))}
    unknown = sorted({own.name for own in behind.values() if own not in shown})
    return Callers(by if told else "", told, has, tuple(unknown))


def _known(app: "App", guard: Guard, route: Route, where: Reach) -> _Known | None:
    """How a test makes somebody known to a guard; None where its framework knows no way."""
    found: tuple[str, str] | None = verb(route.framework, "known_to")(app, guard)
    if found is None or found[1] != guard.symbol:
        return _Known(*found, found[1]) if found is not None else None
    imported = importable(app, guard.symbol, where)
    if imported is None and app.module_of(guard.symbol) is None:
        imported = f"{guard.module}:{guard.name}"  # of the organisation, or of a library
    return _Known(found[0], imported, guard.symbol) if imported is not None else None


def _as_administrator(app: "App", route: Route, known: _Known, where: Reach) -> str | None:
    """What a caller must have where the patched route may get to ask for a role; None where no test can say."""
    patched = app.patched or app
    late = next((each for each in patched.routes if _is_same(each, route)), None)
    if late is None or not lacks_role(patched, late):
        return ""
    role = role_guard_for(patched, late)
    if role is None or not role.own:
        return ""
    return passing(patched, role, where) or None if role.signs_in == known.stands_for else None


def _is_same(late: Route, route: Route) -> bool:
    known = (late.app, late.handler, late.path, late.methods)
    return known == (route.app, route.handler, route.path, route.methods)
