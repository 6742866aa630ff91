"""How a route of Starlette comes to ask for a role: `@requires` as the app has it, else the inserted middleware."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import How, Place, Route
from transforms.edit_kinds import AddDecorator, AddListArgument, Edit
from transforms.frameworks.starlette_edits import MIDDLEWARE, above, below, entry, holds_the_unseen
from transforms.frameworks.starlette_guards import REQUIRES
from transforms.frameworks.starlette_reuse import fits_as_decorator, has_backend
from transforms.reuse import Guard, RoleGuard, most_used
from transforms.role_writing import lacks_role, spelled

if TYPE_CHECKING:
    from transforms.app import App

_LITERAL = re.compile(r"@[\w.]+(\([\[\]\w\s\"',-]*\))")


def own_role_guard(app: "App", route: Route) -> RoleGuard | None:
    """`@requires(["authenticated", "admin"])` as most of the app's routes for administrators have it."""
    if not has_backend(route):
        return None
    counted = Counter(told for other in app.routes for told in _told(app, other))
    return next(
        (
            RoleGuard(f"requires{told}", (("requires", REQUIRES),), own=True)
            for told in most_used(counted)
        ),
        None,
    )  # fmt: skip


def require_role(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    """The check at the handler, or as middleware of the widest list where only routes of administrators are."""
    if guard.own:
        return _decorated(app, route, guard)
    asked = Guard(guard.names[0][1].rpartition(".")[0], guard.names[0][0], own=False)
    for path, place in _places(app, route):
        written = spelled(app, path, place, RoleGuard(asked.name, guard.names, own=False))
        if written is not None:
            item = f'Middleware({written[0]}, "{guard.role}")'
            return (AddListArgument(path, place, "middleware", item, (MIDDLEWARE, *written[1])),)
    return None


def _places(app: "App", route: Route) -> Iterator[tuple[str, Place]]:
    for known in above(app, route):
        if not known.is_app and not holds_the_unseen(app, known) and all(lacks_role(app, e) for e in below(app, known)):
            yield known.file, known.place
    if all(lacks_role(app, each) for each in app.routes if entry(each) == entry(route)):
        yield entry(route)


def _told(app: "App", other: Route) -> Iterator[str]:
    spirit = app.spirit(other)
    for use in other.guards if spirit is not None and spirit.is_sure else ():
        match = _LITERAL.fullmatch(use.code) if use.how is How.DECORATOR and use.target == REQUIRES else None
        if match is not None and use.scopes:
            yield match[1]


def _decorated(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    function = app.functions.get(route.handler)
    fits = fits_as_decorator(app, route, Guard("starlette.authentication", "requires", own=True))
    serving = [each for each in app.routes if each.handler == route.handler]
    if function is None or not fits or not all(lacks_role(app, each) for each in serving):
        return None
    written = spelled(app, function.file, function.place, guard)
    if written is None:
        return None
    return (AddDecorator(function.file, function.place, f"@{written[0]}", None, written[1]),)
