"""How a guard is put in front of a Django view, in the widest place that closes no view which is meant to be open.

For REST framework that is the default of the settings, else the class, else an action or a branch of
`get_permissions()`; a function gets a decorator, and a class-based view of Django itself a mixin as its first base.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

from transforms.concepts import Permission, Place, Route, Router, Said
from transforms.edit_kinds import (
    AddBase,
    AddClassAttribute,
    AddDictEntry,
    AddInnermostDecorator,
    Edit,
    ImportOf,
    ReplaceExpression,
)
from transforms.frameworks.django_narrow import narrowly
from transforms.frameworks.django_permissions import said_by_class, with_guard
from transforms.frameworks.django_reuse import LOGIN_MIXIN, LOGIN_REQUIRED, Form, class_of, form_of, import_of
from transforms.frameworks.django_site import before_all_views, site_of
from transforms.permitting import decides_itself, defaults
from transforms.reuse import Guard, Sparing, needs_guard

if TYPE_CHECKING:
    from transforms.app import App

# What an inserted guard is called for each form of view.
INSERTED = {Form.FUNCTION: "require_user", Form.CLASS: "UserRequiredMixin", Form.API: "UserRequired"}
AUTHENTICATION = "OidcAuthentication"
# The arguments of a decorator that are literal; of another one nothing is left.
_ARGUMENTS = re.compile(r"@[\w.]+(\((?:\s*\w+\s*=\s*(?:\"[^\"]*\"|'[^']*'|None)\s*,?)+\)|$)|@.*", re.DOTALL)


def guard_route(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The edits that put `guard` in front of a route of `app.routes`; None when no safe place is known."""
    form = form_of(app, route)
    if form in (Form.FUNCTION, Form.CLASS) and (site := before_all_views(app, route, guard, spare)) is not None:
        return site
    guard = _spelled_for(form, guard)
    match form:
        case Form.FUNCTION:
            return _decorated(app, route, guard)
        case Form.CLASS:
            return _mixed_in(app, route, guard, spare)
        case Form.API:
            return _widely(app, route, guard, spare) or narrowly(app, route, guard, spare)
    return None


def guarded_together(app: "App", route: Route, guard: Guard, spare: Sparing) -> Router | None:
    """What `guard_route` guards as a whole for this route: the class or the site, told as a router."""
    form = form_of(app, route)
    api = form is Form.API
    edits = _widely(app, route, _spelled_for(form, guard), spare) if api else guard_route(app, route, guard, spare)
    if edits and (site := site_of(app, route, edits)) is not None:
        return site
    if not edits or form is Form.FUNCTION:
        return None
    if api and isinstance(edits[0], AddDictEntry | ReplaceExpression) and _default_of(app, route):
        first = edits[0]
        if not first.path.endswith(route.file):
            return Router(_module(app, first.path), route.framework, True, first.place, file=first.path)
    symbol = class_of(app, route)
    if not symbol:
        return None
    where = app.classes[symbol]
    return Router(symbol, route.framework, False, where.place, file=where.file)


def _widely(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    return _by_default(app, route, guard, spare) or _asked(app, route, guard, spare)


def _module(app: "App", path: str) -> str:
    return app.files[path].module


def _spelled_for(form: Form, guard: Guard) -> Guard:
    """The guard in the spelling that fits the form: a decorator, a mixin, a permission class."""
    if guard.own:
        swapped = form is Form.CLASS and guard == LOGIN_REQUIRED
        return LOGIN_MIXIN if swapped else guard
    return Guard(guard.module, INSERTED.get(form, guard.name), own=False)


def _decorated(app: "App", route: Route, guard: Guard) -> tuple[Edit, ...] | None:
    function = app.functions[route.handler]
    imports = import_of(app, guard, function.file, function.place)
    if imports is None:
        return None
    code = f"@{guard.name}{_usual_arguments(app, route, guard)}"
    return (AddInnermostDecorator(function.file, function.place, code, imports),)


def _usual_arguments(app: "App", route: Route, guard: Guard) -> str:
    """What the app hands its login where most of its views have it: without it people are sent to no page."""
    uses = {
        (use.file, use.place): use.code
        for each in app.routes
        if each.app == route.app
        for use in each.guards
        if use.target == guard.symbol and use.code.startswith("@")
    }
    found = Counter(_ARGUMENTS.sub(r"\1", each) for each in uses.values())
    usual, times = found.most_common(1)[0] if found else ("", 0)
    return usual if guard == LOGIN_REQUIRED and usual.startswith("(") and times * 2 > len(uses) else ""


def _mixed_in(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    symbol = class_of(app, route)
    where = app.classes[symbol]
    imports = import_of(app, guard, where.file, where.place)
    if imports is None or not _all_need(app, symbol, spare):
        return None
    return (AddBase(where.file, where.place, guard.name, imports),)


def _asked(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The guard among the permission classes of a class or function."""
    symbol = class_of(app, route)
    if not symbol:
        return _asked_of_function(app, route, guard)
    where, attribute = app.classes[symbol], said_by_class(app, symbol)
    if not _relies(app, route, symbol, attribute) or not _all_need(app, symbol, spare, attribute):
        return None
    imports = import_of(app, guard, where.file, where.place)
    if imports is None:
        return None
    if attribute is not None and attribute.owner == symbol:
        code = with_guard(attribute, guard)
        if code is None:
            return None
        edits: list[Edit] = [ReplaceExpression(where.file, attribute.place, code, imports)]
    elif attribute is not None and attribute.groups:
        return None  # the base class says something that would be lost
    else:
        edits = [AddClassAttribute(where.file, where.place, "permission_classes", f"[{guard.name}]", imports)]
    return (*edits, *_authenticated(guard, where.file, where.place))


def _authenticated(guard: Guard, path: str, place: Place) -> tuple[Edit, ...]:
    """Beside an inserted permission class goes what reads the token."""
    if guard.own:
        return ()
    wanted = (ImportOf(guard.module, AUTHENTICATION),)
    return (AddClassAttribute(path, place, "authentication_classes", f"[{AUTHENTICATION}]", wanted),)


def _asked_of_function(app: "App", route: Route, guard: Guard) -> tuple[Edit, ...] | None:
    function = app.functions[route.handler]
    said = [each for each in app.permissions.get(function.symbol, ()) if each.said is Said.FUNCTION]
    imports = import_of(app, guard, function.file, function.place)
    if imports is None:
        return None
    if said:
        code = with_guard(said[0], guard)
        return (ReplaceExpression(function.file, said[0].place, code, imports),) if code else None
    needed = (ImportOf("rest_framework.decorators", "permission_classes"), *imports)
    found: list[Edit] = [
        AddInnermostDecorator(function.file, function.place, f"@permission_classes([{guard.name}])", needed)
    ]
    if not guard.own:
        needed = (
            ImportOf("rest_framework.decorators", "authentication_classes"),
            ImportOf(guard.module, AUTHENTICATION),
        )
        code = f"@authentication_classes([{AUTHENTICATION}])"
        found.insert(0, AddInnermostDecorator(function.file, function.place, code, needed))
    return tuple(found)


def _by_default(app: "App", route: Route, guard: Guard, spare: Sparing) -> tuple[Edit, ...] | None:
    """The guard as the default of the settings, where every view that says nothing itself needs one."""
    default = _default_of(app, route)
    if default is None or default.groups != ():
        return None
    silent = [each for each in app.routes if each.framework == "django_rest" and _says_nothing(app, each)]
    if route not in silent or len({class_of(app, each) or each.handler for each in silent}) < 2:
        return None
    if not all(needs_guard(app, each) and not spare(each) for each in silent):
        return None
    if any(_would_replace_it(app, each) for each in app.routes):
        return None
    entry = f'["{guard.symbol}"]'
    if default.code:  # an empty list
        return (ReplaceExpression(default.file, default.place, entry),)
    found: list[Edit] = [AddDictEntry(default.file, default.place, "DEFAULT_PERMISSION_CLASSES", entry)]
    if not guard.own:
        reads = f'["{guard.module}.{AUTHENTICATION}"]'
        found.append(AddDictEntry(default.file, default.place, "DEFAULT_AUTHENTICATION_CLASSES", reads))
    return tuple(found)


def _would_replace_it(app: "App", route: Route) -> bool:
    """Whether an own class lets everybody read, in doubt on purpose: beside a default that would look forgotten."""
    open_itself = route.framework == "django_rest" and decides_itself(app, route) and app.access(route).is_open
    return open_itself and not needs_guard(app, route)


def _default_of(app: "App", route: Route) -> Permission | None:
    """The one place where the settings say, or leave out, which permission classes are the default."""
    known = defaults(app, route)
    return known[0] if len(known) == 1 else None


def _says_nothing(app: "App", route: Route) -> bool:
    symbol = class_of(app, route)
    function = app.functions.get(route.handler)
    if function is not None and any(each.said is Said.FUNCTION for each in app.permissions.get(function.symbol, ())):
        return False
    if not symbol:
        return function is not None
    return said_by_class(app, symbol) is None and not route.signs_in and not _chosen_at_run_time(app, symbol)


def _chosen_at_run_time(app: "App", symbol: str) -> bool:
    """Whether `get_permissions()` decides, of the class or of one of its bases."""
    return any(each.said is Said.METHOD for one in app.ancestors(symbol) for each in app.permissions.get(one, ()))


def _all_need(app: "App", symbol: str, spare: Sparing, attribute: Permission | None = None) -> bool:
    """Whether no route of a class that is open now, and would be closed, is meant to be open."""
    below = [each for each in app.routes if class_of(app, each) == symbol and app.access(each).is_open]
    closed = [each for each in below if _relies(app, each, symbol, attribute)]
    return all(needs_guard(app, each) and not spare(each) for each in closed)


def _relies(app: "App", route: Route, symbol: str, attribute: Permission | None) -> bool:
    """Whether the class's attribute decides about a route, and neither the action itself nor `get_permissions()`."""
    if attribute is not None and any(
        (use.file, use.place) == (attribute.file, attribute.place) for use in route.guards
    ):
        return True
    function = app.functions.get(route.handler)
    itself = function is not None and any(
        each.said is Said.FUNCTION for each in app.permissions.get(function.symbol, ())
    )
    return not itself and not _chosen_at_run_time(app, symbol) and not (attribute is not None and attribute.groups)
