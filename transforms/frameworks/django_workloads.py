"""How a token of the calling program takes the place of one key for all in front of a Django view.

A decorator becomes another decorator, a mixin another base, and a permission class another permission class, with what
reads the token beside it.
"""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Class, GuardUse, How, Permission, Said
from transforms.edit_kinds import (
    AddClassAttribute,
    AddInnermostDecorator,
    Edit,
    ImportOf,
    ReplaceBase,
    ReplaceExpression,
)
from transforms.frameworks.django_edits import AUTHENTICATION
from transforms.frameworks.django_reuse import import_of
from transforms.reuse import Guard

if TYPE_CHECKING:
    from transforms.app import App

_PLAIN = re.compile(r"@[\w.]+")
_SETTING = re.compile(r"@django\.conf\.settings\.(\w+)")
MIXIN, PERMISSION = "WorkloadRequiredMixin", "WorkloadRequired"


def replace_guards(app: "App", uses: Collection[GuardUse], guard: Guard) -> tuple[Edit, ...] | None:
    """Put the check of programs where others stand; None unless each is written in a way that is known."""
    edits: dict[Edit, None] = {}
    for use in uses:
        found = _replaced(app, use, guard)
        if not found:
            return None
        edits |= dict.fromkeys(found)
    return tuple(edits) or None


def setting_held(setting: str) -> tuple[str, str] | None:
    """How a test gets at what holds a setting of a site, and its name there."""
    match = _SETTING.fullmatch(setting)
    return ('load("django.conf:settings")', match[1]) if match is not None else None


def _replaced(app: "App", use: GuardUse, guard: Guard) -> tuple[Edit, ...]:
    if use.predicates:
        said = [each for found in app.permissions.values() for each in found if _is_at(each, use)]
        return _permission(app, said[0], use, guard) if len(use.predicates) == len(said) == 1 else ()
    if use.how is How.DECORATOR and _PLAIN.fullmatch(use.code):
        imports = import_of(app, guard, use.file, use.place)
        return (ReplaceExpression(use.file, use.place, guard.name, imports),) if imports is not None else ()
    return tuple(_bases(app, use, guard))


def _bases(app: "App", use: GuardUse, guard: Guard) -> Iterator[Edit]:
    """The mixin whose `dispatch` compares, in every class that has it as a base; nothing where it does more."""
    owner, _, method = use.target.rpartition(".")
    mixin = app.classes.get(owner)
    below = [each for each in app.classes.values() if owner in (app.resolve(base, each.file) for base in each.bases)]
    if method != "dispatch" or mixin is None or mixin.bases or mixin.methods != ("dispatch",) or mixin.members:
        return
    found = [_other_base(app, each, owner, Guard(guard.module, MIXIN, own=False)) for each in below]
    if all(found):
        yield from (each for each in found if each is not None)


def _other_base(app: "App", class_: Class, owner: str, guard: Guard) -> Edit | None:
    imports = import_of(app, guard, class_.file, class_.place)
    names = dict(app.files[class_.file].imports)
    near = owner.rpartition(".")[2]
    local = next((name for name, held in names.items() if app.resolve(held, class_.file) == owner), near)
    if imports is None or (local == near and app.file_of(owner) != class_.file and near not in names):
        return None
    return ReplaceBase(class_.file, class_.place, local, guard.name, imports)


def _is_at(permission: Permission, use: GuardUse) -> bool:
    return (permission.file, permission.place) == (use.file, use.place)


def _permission(app: "App", said: Permission, use: GuardUse, guard: Guard) -> tuple[Edit, ...]:
    """The permission class in its list, and what reads the token; nothing where the list is made at run time."""
    asked = Guard(guard.module, PERMISSION, own=False)
    name = use.predicates[0].rpartition(".")[2]
    imports = import_of(app, asked, said.file, said.place)
    reads = (ImportOf(guard.module, AUTHENTICATION),)
    written = re.fullmatch(rf"([\[(](?:[\w.]+, )*){name}((?:, [\w.]+)*,?[\])])", said.code)
    if imports is None or written is None:
        return ()
    replaced = ReplaceExpression(said.file, said.place, f"{written[1]}{PERMISSION}{written[2]}", imports)
    if said.said is Said.CLASS and (owner := app.classes.get(said.owner)) is not None:
        if "authentication_classes" in owner.members:
            return ()
        attribute = AddClassAttribute(owner.file, owner.place, "authentication_classes", f"[{AUTHENTICATION}]", reads)
        return replaced, attribute
    function = app.functions.get(said.owner) if said.said is Said.FUNCTION else None
    if function is None or any(each.endswith("authentication_classes") for each in function.decorators):
        return ()
    needed = (ImportOf("rest_framework.decorators", "authentication_classes"), *reads)
    code = f"@authentication_classes([{AUTHENTICATION}])"
    return replaced, AddInnermostDecorator(function.file, function.place, code, needed)
