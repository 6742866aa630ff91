"""Which permission classes are asked before a view of REST framework, joined over settings, base classes and actions.

As the framework does it: `get_permissions()` first; what it leaves to its base is the action's own argument, else the
class's attribute, else the default of the settings. Naming a class replaces the default.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.concepts import GuardUse, How, Permission, Place, Route, Said, Says
from transforms.frameworks.django_library import PERMISSIONS_OF, tail
from transforms.permitting import answer, asks_for_a_login, defaults
from transforms.reuse import Guard

if TYPE_CHECKING:
    from transforms.app import App

ALLOW_ANY = "rest_framework.permissions.AllowAny"
EVERYBODY = re.compile(r"[\[(]\s*(?:\w+\.)*AllowAny(\(\))?\s*,?\s*[\])]")
_CALLS = re.compile(r"[\[(]\s*[\w.]+\(\)(?:\s*,\s*[\w.]+\(\))*\s*,?\s*[\])]")  # instances, as `get_permissions` gives
_NOWHERE = Place(0, 0, 0, 0)
_LESS = frozenset({ALLOW_ANY, "rest_framework.permissions.IsAuthenticatedOrReadOnly"})
_IMPLIED = {
    "IsAuthenticated": _LESS,
    "IsAdminUser": _LESS | {"rest_framework.permissions.IsAuthenticated"},
}  # what a class of the library asks for as well
_HOW = {
    Said.CLASS: How.DECORATOR, Said.METHOD: How.DECORATOR, Said.FUNCTION: How.DECORATOR, Said.SETTINGS: How.APP,
    Said.AUTHENTICATION: How.ROUTER,
}  # fmt: skip


def permission_guards(
    app: "App", route: Route, function: str, owner: str | None, asked: tuple[str, ...]
) -> tuple[GuardUse, ...]:
    """The guards that the permission classes are for one method and action of a class, or for a function."""
    if owner is not None and _skips_the_library(app, owner):
        return ()
    return (*_authenticators(app, route, owner, asked), *_permitting(app, route, function, owner, asked))


def _authenticators(app: "App", route: Route, owner: str | None, asked: tuple[str, ...]) -> Iterator[GuardUse]:
    """Classes of the app's own that find out who is calling, and refuse who brings nothing."""
    line = app.ancestors(owner) if owner is not None else ()
    said = next((each for one in line for each in _said(app, one, Said.AUTHENTICATION)), None)
    if said is None:
        known = [each for found in app.permissions.values() for each in found if each.said is Said.AUTHENTICATION]
        usual = [each for each in known if each.owner == route.app]
        said = usual[0] if len(usual) == 1 else None
    if said is None:
        return
    for group in said.groups or ():
        method = app.method(app.meaning(group[0], said.file), "authenticate")
        if method is not None and answer(app, method.symbol, asked) is Says.NO:
            named = method.symbol.rpartition(".")[0].rpartition(".")[2]
            yield replace(_guard(app, said, (method.symbol,), asked), code=named)


def _permitting(
    app: "App", route: Route, function: str, owner: str | None, asked: tuple[str, ...]
) -> tuple[GuardUse, ...]:
    options = list(dict.fromkeys(_asked(app, route, function, owner, asked)))
    if len(options) == 1 and options[0].groups is not None:
        return tuple(_guard(app, options[0], group, asked) for group in options[0].groups)
    if not options:
        return ()
    return (replace(_guard(app, options[0], ("",), asked), target="", symbol="", predicates=()),)


def _skips_the_library(app: "App", owner: str) -> bool:
    """Whether a method of the class stands in the place of the library's that asks the permission classes."""
    for name in ("check_permissions", "initial"):
        own = app.method(owner, name)
        called = {tail(each) for each in own.calls} if own is not None else set[str]()
        if own is not None and f"super().{name}" not in own.calls and "check_permissions" not in called - {name}:
            return True
    return False


def is_declared_open(app: "App", route: Route, guards: tuple[GuardUse, ...]) -> bool:
    """Whether the code says that everybody may pass, where the settings say otherwise for all that says nothing."""
    said = any(use.predicates == (ALLOW_ANY,) and use.how is not How.APP for use in guards)
    return said and asks_for_a_login(app, route)


def said_by_class(app: "App", owner: str) -> Permission | None:
    """The attribute of a class or of the nearest of its bases."""
    return next((found for each in app.ancestors(owner) for found in _said(app, each, Said.CLASS)), None)


def with_guard(permission: Permission, guard: Guard) -> str | None:
    """A list of permission classes, or of instances, with the guard as its first."""
    code = permission.code
    brackets = {"[": "]", "(": ")"}
    if not code or code[0] not in brackets or code[-1] != brackets[code[0]] or len(code) >= 300 or "\n" in code:
        return None
    inside = code[1:-1].strip()
    if permission.said is Said.METHOD and not inside:
        return None  # classes or instances: an empty list does not show it
    made = "()" if _CALLS.fullmatch(code) else ""
    if EVERYBODY.fullmatch(code):
        inside = ""  # it says that everybody may pass, which is no longer meant
    inside = _without_the_implied(permission, guard.name, inside)
    rest = f", {inside}" if inside else ("," if code[0] == "(" else "")
    return f"{code[0]}{guard.name}{made}{rest}{code[-1]}"


def _without_the_implied(permission: Permission, name: str, inside: str) -> str:
    """What stands beside a guard that asks for more than some of it: `[IsAdminUser, IsAuthenticated]`."""
    listed, groups = [each.strip() for each in inside.split(",") if each.strip()], permission.groups
    implied = _IMPLIED.get(name.rpartition(".")[2], frozenset())
    if groups is None or len(groups) != len(listed):
        return inside
    kept = [each for each, group in zip(listed, groups, strict=True) if not (len(group) == 1 and group[0] in implied)]
    return inside if len(kept) == len(listed) else ", ".join(kept)


def _asked(app: "App", route: Route, function: str, owner: str | None, asked: tuple[str, ...]) -> Iterator[Permission]:
    given = _given(app, owner, asked) if owner is not None else []
    if given and not any(each.inherited for each in given):
        yield from given
        return
    yield from (each for each in given if not each.inherited)
    if at_function := list(_said(app, function, Said.FUNCTION)):
        yield at_function[-1]  # of a function that is written twice, the last is the one
    elif owner is not None and (attribute := said_by_class(app, owner)) is not None:
        yield attribute
    elif (known := _of_library(app, owner)) is not None:
        yield known
    else:
        yield from defaults(app, route)


def _given(app: "App", owner: str, asked: tuple[str, ...]) -> list[Permission]:
    """What `get_permissions()` of a class or of the nearest of its bases gives for a request."""
    method, action = asked[0], asked[1]
    below: set[str] = set()  # what classes further down say anew
    for each in app.ancestors(owner):
        found = [one for one in _said(app, each, Said.METHOD) if one.method in (method, "*")]
        if found:
            fitting = [one for one in found if one.action == action] or [one for one in found if one.action == "*"]
            return [replace(one, groups=None) if below & set(one.reads) else one for one in fitting]
        below |= set(app.classes[each].members) if each in app.classes else set()
    return []


def _of_library(app: "App", owner: str | None) -> Permission | None:
    for each in app.ancestors(owner) if owner is not None else ():
        for pattern, groups in PERMISSIONS_OF:
            if pattern.fullmatch(each) and owner is not None:
                where = app.classes.get(owner)
                if where is None:
                    return Permission(owner, Said.CLASS, _NOWHERE, groups)
                return Permission(owner, Said.CLASS, where.place, groups, file=where.file)
    return None


def _said(app: "App", owner: str, said: Said) -> Iterator[Permission]:
    return (each for each in app.permissions.get(owner, ()) if each.said is said)


def _guard(app: "App", permission: Permission, group: tuple[str, ...], asked: tuple[str, ...]) -> GuardUse:
    predicates = tuple(predicate_meaning(app, each, permission.file) for each in group)
    first = predicates[0].removeprefix("~") if predicates else ""
    return GuardUse(
        first,
        _HOW[permission.said],
        permission.place,
        code=permission.code,
        file=permission.file,
        symbol=first,
        predicates=predicates,
        asked=asked,
    )


def predicate_meaning(app: "App", predicate: str, near: str) -> str:
    """The symbol of a predicate; `~` before one whose answer is turned round stays."""
    opposite = "~" if predicate.startswith("~") else ""
    return opposite + app.meaning(predicate.removeprefix("~"), near)
