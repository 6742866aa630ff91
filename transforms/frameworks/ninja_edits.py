"""What an API of Django Ninja asks of its callers already, and how one more operation comes to ask it: `auth=`."""

from collections import Counter
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Route, Router
from transforms.edit_kinds import AddKeywordArgument, Edit, ImportOf, ReplaceExpression
from transforms.frameworks.django_reuse import has_own_guard as has_own_login
from transforms.frameworks.django_reuse import keeps_sessions
from transforms.narrowness import fitting
from transforms.reuse import Guard, Sparing, closes_a_circle, defined_in, in_one_program, inside_module, most_used
from transforms.shapes import is_admin_like

if TYPE_CHECKING:
    from transforms.app import App

NAME = "ninja"
SESSION = Guard("ninja.security", "django_auth", own=True)


def own_guard(app: "App", route: Route) -> Guard | None:
    """What most of the app's operations ask; Django's session where people sign in with one."""
    uses = [(other, use) for other in app.routes if other.framework == NAME for use in _reusable(app, other)]
    admin = is_admin_like(route)
    alike = Counter(use.symbol for other, use in uses if is_admin_like(other) == admin)
    used = Counter(use.symbol for _, use in uses)
    fits = fitting(app, route, used, alike if admin else ())
    for symbol in (*most_used(alike), *most_used(used)):
        found = _importable(app, symbol)
        if found is not None and fits(symbol) and in_one_program(app, symbol, route):
            return found
    return SESSION if not used and keeps_sessions(app) else None


def has_own_guard(app: "App", route: Route) -> bool:
    """Whether the app can tell who is calling: an operation asks, or people sign in to the site."""
    asked = (app.access(other).is_guarded for other in app.routes if other.framework == NAME)
    return any(asked) or has_own_login(app, route)


def guard_route(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """`auth=` in the operation's own call; one that says `auth=None` of itself means it."""
    serving = [each for each in app.routes if each.handler == route.handler]
    if not guard.own or any(spare(each) or app.publicity(each).is_public for each in serving):
        return None
    path = route.registered_in or route.file
    spelled = _spelled(app, path, guard, route.entry.line)
    if spelled is None:
        return None
    code, imports = spelled
    said = (use for each in app.files[path].routes if each.entry == route.entry for use in each.guards)
    written = next((use for use in said if use.code.startswith("auth=")), None)
    if written is not None:
        return (ReplaceExpression(path, written.place, code, imports),)
    return (AddKeywordArgument(path, route.entry, "auth", code, imports),)


def guarded_together(_app: "App", _route: Route, _guard: Guard, _spare: Sparing) -> Router | None:
    """Each operation asks by itself."""
    return None


def _reusable(app: "App", other: Route) -> list[GuardUse]:
    """What an operation asks, where that is one thing which another can ask as well."""
    return [
        use
        for use in other.guards
        if use.how is How.VERIFIER and not use.predicates and _is_plain(use) and app.judge.guard(use).is_guard
    ]


def _is_plain(use: GuardUse) -> bool:
    """A name, or a class that is made without arguments."""
    written = use.code.removeprefix("auth=").strip("[]() ")
    return written.replace(".", "").isidentifier()


def _importable(app: "App", symbol: str) -> Guard | None:
    made_by = symbol.removesuffix("()")
    module, called = app.module_of(made_by), "()" if symbol.endswith("()") else ""
    if module is None:
        module, _, name = made_by.rpartition(".")
    else:
        name = inside_module(app, made_by)
    return Guard(module, f"{name}{called}", own=True) if module and name.isidentifier() else None


def _spelled(app: "App", path: str, guard: Guard, line: int) -> tuple[str, tuple[ImportOf, ...]] | None:
    """How the object is written in a file, and what must be imported; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    name, called, _ = guard.name.partition("()")
    symbol = f"{guard.module}.{name}"
    if facts.module == guard.module:
        known = app.functions.get(symbol) or app.classes.get(symbol)
        early = symbol in app.instances if known is None else known.place.end_line < line
        return (guard.name, ()) if early else None
    for local, reference in facts.imports:
        if app.resolve(reference, path) == symbol:
            return f"{local}{called}", ()
    if name in dict(facts.imports) or f"{facts.module}.{name}" in defined_in(app, path):
        return None
    return None if closes_a_circle(app, guard, path) else (guard.name, (ImportOf(guard.module, name),))
