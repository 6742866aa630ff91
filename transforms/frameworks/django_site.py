"""The inserted login in front of all views of a Django site: a middleware in its settings.

Only for a site that has no login at all, where most plain views need one. Those that are meant to be open say so, each
at its own place. Where one cannot (a view of a library), or there are URLs that cannot be read, there is no middleware.
"""

from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Place, Route, Router
from transforms.edit_kinds import AddClassAttribute, AddDecorator, AddElement, Edit
from transforms.frameworks.django_library import BY_ITSELF
from transforms.frameworks.django_reuse import Form, class_of, form_of, import_of
from transforms.frameworks.django_standing import FOR_ALL, OPEN, OPEN_CLASS
from transforms.reuse import Guard, Sparing, needs_guard

if TYPE_CHECKING:
    from transforms.app import App

_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


def before_all_views(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The edits that put the inserted middleware in front of the site of a route; None where that is not safe."""
    site = app.routers.get(route.app)
    if guard.own or site is None or _holds_the_unknown(app, site):
        return None
    plain = [each for each in app.routes if each.app == site.symbol and _passes_middleware(each)]
    needing = [each for each in plain if needs_guard(app, each) and not spare(each)]
    staying = [each for each in plain if each not in needing]
    listed = _listed(app, site)
    enough = len({each.handler for each in needing}) > 1 and len(needing) > len(staying)
    if listed is None or route not in needing or not enough or any(app.access(each).is_guarded for each in staying):
        return None
    marks = _marks(app, staying, needing, guard)
    # Behind the one that finds who is calling, else behind all others.
    above = next((use for use in listed if use.target == _AUTHENTICATION), listed[-1])
    added = AddElement(site.file, above.place, f'"{guard.module}.{FOR_ALL}"')
    return (added, *marks) if marks is not None else None


def site_of(app: "App", route: Route, edits: tuple[Edit, ...]) -> Router | None:
    """The site that these edits guard as a whole, if they do."""
    if not isinstance(edits[0], AddElement):
        return None
    site = app.routers[route.app]
    return Router(app.files[site.file].module, route.framework, True, site.place, file=site.file)


def _listed(app: "App", site: Router) -> list[GuardUse] | None:
    """The middleware of a site, in order, where it stands in the file that says where its URLs are."""
    found = [use for use in app.guarded.get(site.symbol, ()) if use[0].how is How.MIDDLEWARE]
    if not found or any(path != site.file for _, path in found):
        return None
    return sorted((use for use, _ in found), key=lambda use: (use.place.line, use.place.column))


def _passes_middleware(route: Route) -> bool:
    """What the middleware asks about: REST framework and the admin site ask for themselves."""
    return route.framework == "django" and route.handler not in BY_ITSELF and route.methods != ("WEBSOCKET",)


def _marks(app: "App", staying: list[Route], needing: list[Route], guard: Guard) -> tuple[Edit, ...] | None:
    """The edits by which views say that they are for everybody; None where one of them cannot."""
    closed = {class_of(app, each) or each.handler for each in needing}
    found: dict[str, Edit] = {}
    for each in staying:
        owner = class_of(app, each) or each.handler
        edit = _mark(app, each, guard) if owner not in closed else None
        if edit is None:
            return None
        found[owner] = edit
    return tuple(found.values())


def _mark(app: "App", route: Route, guard: Guard) -> Edit | None:
    match form_of(app, route):
        case Form.FUNCTION:
            function = app.functions[route.handler]
            imports = import_of(app, Guard(guard.module, OPEN, own=False), function.file, function.place)
            mark = None if imports is None else AddDecorator(function.file, function.place, f"@{OPEN}", None, imports)
            return mark if function.place.column == 0 else None
        case Form.CLASS:
            where = app.classes[class_of(app, route)]
            return AddClassAttribute(where.file, where.place, OPEN_CLASS, "False")
    return None


def _holds_the_unknown(app: "App", site: Router) -> bool:
    """Whether URLs hang below a site that cannot be read: perhaps those by which people sign in."""
    known: dict[tuple[str, Place], bool] = {}
    for facts in app.files.values():
        for include in facts.includes:
            parent = app.hanging.router_of(include.parent, facts.path)
            if parent is not None and (parent == site.symbol or site.symbol in app.hanging.parents_of(parent)):
                key = facts.path, include.place
                known[key] = known.get(key, False) or app.hanging.router_of(include.child, facts.path) in app.routers
    return not all(known.values())
