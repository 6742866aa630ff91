"""How a Django view comes to ask for a role: by what the app's other views ask, or by what Django knows of staff."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Permission, Place, Route, Said, Says
from transforms.concepts_data import Condition
from transforms.edit_kinds import AddBase, AddClassAttribute, AddInnermostDecorator, Edit, ImportOf, ReplaceExpression
from transforms.frameworks.django_edits import AUTHENTICATION
from transforms.frameworks.django_permissions import said_by_class, with_guard
from transforms.frameworks.django_reuse import IS_AUTHENTICATED, USER, Form, class_of, form_of
from transforms.frameworks.django_role_columns import guard_by_column, has_column
from transforms.passing import who_passes
from transforms.permitting import answer, defaults
from transforms.reuse import Guard, RoleGuard, in_one_program, inside_module, most_used
from transforms.role_writing import lacks_role, names_in, spelled
from transforms.routing import is_test

if TYPE_CHECKING:
    from transforms.app import App

STAFF = {
    Form.FUNCTION: "django.contrib.admin.views.decorators.staff_member_required",
    Form.API: "rest_framework.permissions.IsAdminUser",
}
PASSES = "is_staff=True"
_SITE = "django.contrib.admin.site.urls"
_METHODS = ("GET", "POST", "DELETE")
_ADMINISTRATORS = re.compile(r"admin|super_?user|is_staff", re.IGNORECASE)
_NO_MORE = ((), ((IS_AUTHENTICATED.symbol,),))  # defaults that a check of a role says as well


def own_role_guard(app: "App", route: Route) -> RoleGuard | None:
    """What the app's views of this form ask of administrators most often."""
    form = form_of(app, route)
    written: dict[str, RoleGuard] = {}
    counted: Counter[str] = Counter()
    for other in app.routes:
        spirit = app.spirit(other)
        if spirit is None or not spirit.is_sure or form_of(app, other) is not form:
            continue
        for use in other.guards:
            found = _as_written(app, use, route, form, class_of(app, other))
            if found is not None:
                written[found.code] = found
                counted[found.code] += 1
    for code in most_used(counted):
        return written[code]
    return next(_unused(app, route, form), None)


def role_guard_like_own(app: "App", route: Route) -> RoleGuard | None:
    """A check of the column that the site's users have for it; else that they are Django's staff."""
    if has_column(app, route):
        return guard_by_column(app, route)
    return _staff(app, form_of(app, route))


def _unused(app: "App", route: Route, form: Form) -> Iterator[RoleGuard]:
    """A permission class that is written as a check of administrators though nothing asks it."""
    for symbol, class_ in sorted(app.classes.items()) if form is Form.API else ():
        name = inside_module(app, symbol)
        predicate = f"{symbol}.has_permission"
        if not name or "." in name or is_test(class_.file) or predicate not in app.predicates:
            continue
        always = all(answer(app, symbol, (method, "")) is Says.NO for method in _METHODS)
        condition = next((each for each in app.conditions.get(predicate, ()) if app.roles.is_about_roles(each)), None)
        if always and condition is not None and _of_administrators(condition) and in_one_program(app, symbol, route):
            yield RoleGuard(name, ((name, symbol),), own=True, signs_in=USER)


def _of_administrators(condition: Condition) -> bool:
    asked = [part for origin in condition.asked.split() for part in origin.split(".")[1:]]
    return any(map(_ADMINISTRATORS.search, (*asked, *condition.roles)))


def require_role(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    """The check in front of a view, if all that it would stand before is for administrators."""
    form, symbol = form_of(app, route), class_of(app, route)
    beside = [
        each for each in app.routes if (class_of(app, each) == symbol if symbol else each.handler == route.handler)
    ]
    if not all(lacks_role(app, each) for each in beside):
        return None
    match form:
        case Form.FUNCTION:
            return _decorated(app, route, guard)
        case Form.CLASS:
            return _mixed_in(app, symbol, guard)
        case Form.API:
            return _asked_of_class(app, route, symbol, guard) if symbol else _asked_of_function(app, route, guard)
    return None


def _as_written(app: "App", use: GuardUse, route: Route, form: Form, holder: str) -> RoleGuard | None:
    if use.how is not How.DECORATOR or not app.roles.guard(use).is_there:
        return None
    found = _expression(app, use, form, holder)
    if found is None:
        return None
    code, names = found
    if not names or "" in names.values() or not all(in_one_program(app, each, route) for each in names.values()):
        return None
    keeps_out = app.judge.guard(use).is_guard
    if not keeps_out and (form is Form.API or not app.access(route).is_guarded):
        return None
    asking = use.predicates[0] if use.predicates else use.target
    passes = PASSES if asking in STAFF.values() else who_passes(app, asking, code)
    return RoleGuard(code, tuple(names.items()), own=True, signs_in=USER, passes=passes)


def _expression(app: "App", use: GuardUse, form: Form, holder: str) -> tuple[str, dict[str, str]] | None:
    """A guard as it can be written at another view of this form: a decorator, a mixin, a permission class."""
    match form:
        case Form.FUNCTION if use.code.startswith("@"):
            return use.code[1:], dict(names_in(app, use.file, use.code[1:]))
        case Form.CLASS:
            method = (use.predicates or (use.target,))[0]
            mixin = method.rpartition(".")[0]
            return _named(app, mixin) if mixin in app.classes and mixin != holder else None
        case Form.API if len(use.predicates) == 1:
            predicate = use.predicates[0]
            always = all(answer(app, predicate, (method, "")) is Says.NO for method in _METHODS)
            return _named(app, predicate) if always and not predicate.startswith("~") else None
    return None


def _named(app: "App", symbol: str) -> tuple[str, dict[str, str]] | None:
    name = symbol.rpartition(".")[2]
    known = app.module_of(symbol) is None or inside_module(app, symbol) == name
    return (name, {name: symbol}) if known else None


def _staff(app: "App", form: Form) -> RoleGuard | None:
    """Django's own word for administrators, where the app has its admin site and asks for no other role."""
    included = {each.child for facts in app.files.values() for each in facts.includes}
    handlers = {route.handler for route in app.routes}
    spoken = [each for found in app.conditions.values() for each in found if app.roles.is_about_roles(each)]
    other = any("is_staff" not in each.asked and "is_superuser" not in each.asked for each in spoken)
    there = _SITE in included | handlers  # who is sent away goes to the sign-in page of the admin site
    if form not in STAFF or other or not (there or (spoken and form is Form.API)):
        return None
    name = STAFF[form].rpartition(".")[2]
    return RoleGuard(name, ((name, STAFF[form]),), own=True, signs_in=USER, passes=PASSES)


def _decorated(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    """Directly above the view: after what finds who is calling."""
    function = app.functions[route.handler]
    written = spelled(app, function.file, function.place, guard)
    if written is None:
        return None
    code, imports = written
    return (AddInnermostDecorator(function.file, function.place, f"@{code}", imports),)


def _mixed_in(app: "App", symbol: str, guard: RoleGuard) -> tuple[Edit, ...] | None:
    where = app.classes[symbol]
    if guard.own:
        written = spelled(app, where.file, where.place, guard)
        return (AddBase(where.file, where.place, *written),) if written is not None else None
    mixin = (ImportOf(_module(guard), "UserRequiredMixin"),)
    return (
        AddBase(where.file, where.place, "UserRequiredMixin", mixin),
        AddClassAttribute(where.file, where.place, "required_roles", f'("{guard.role}",)'),
    )


def _asked_of_class(app: "App", route: Route, symbol: str, guard: RoleGuard) -> tuple[Edit, ...] | None:
    """The check among the permission classes of a class; none where `get_permissions()` or an action decides."""
    where, attribute = app.classes[symbol], said_by_class(app, symbol)
    decided = (each.said for one in app.ancestors(symbol) for each in app.permissions.get(one, ()))
    at_action = (app.permissions.get(each.handler, ()) for each in app.routes if class_of(app, each) == symbol)
    if Said.METHOD in decided or any(at_action):
        return None
    found = _permission(app, where.file, where.place, guard)
    if found is None:
        return None
    code, imports = found
    if attribute is not None and attribute.owner == symbol:
        return _joined(attribute, code, imports, guard)
    usual = attribute.groups if attribute is not None else next((each.groups for each in defaults(app, route)), ())
    if usual not in _NO_MORE:
        return None  # what the base or the settings say would be lost
    edits: tuple[Edit, ...] = (AddClassAttribute(where.file, where.place, "permission_classes", f"[{code}]", imports),)
    if guard.own:
        return edits
    reads = (ImportOf(_module(guard), AUTHENTICATION),)
    return (*edits, AddClassAttribute(where.file, where.place, "authentication_classes", f"[{AUTHENTICATION}]", reads))


def _asked_of_function(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    function = app.functions[route.handler]
    found = _permission(app, function.file, function.place, guard)
    if found is None:
        return None
    code, imports = found
    for said in app.permissions.get(function.symbol, ()):
        return _joined(said, code, imports, guard) if said.said is Said.FUNCTION else None
    if not guard.own or next((each.groups for each in defaults(app, route)), ()) not in _NO_MORE:
        return None
    needed = (ImportOf("rest_framework.decorators", "permission_classes"), *imports)
    return (AddInnermostDecorator(function.file, function.place, f"@permission_classes([{code}])", needed),)


def _permission(app: "App", path: str, place: Place, guard: RoleGuard) -> tuple[str, tuple[ImportOf, ...]] | None:
    if guard.own:
        return spelled(app, path, place, guard)
    return f'role_required("{guard.role}")', (ImportOf(_module(guard), "role_required"),)


def _joined(said: Permission, code: str, imports: tuple[ImportOf, ...], guard: RoleGuard) -> tuple[Edit, ...] | None:
    """The list of permission classes with the check as its first."""
    written = with_guard(said, Guard("", code, own=True)) if guard.own else None
    return (ReplaceExpression(said.file, said.place, written, imports),) if written is not None else None


def _module(guard: RoleGuard) -> str:
    return guard.names[0][1].rpartition(".")[0]
