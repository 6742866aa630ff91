"""What administrators keep for everybody to look at: rows that a role is asked for to change, and none to read.

A shop's products are changed below `/admin/` and shown at `/shop/`: no path tells that both are about the same, but the
classes of the rows do.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Route
from transforms.once import per_app
from transforms.public_words import PERSONAL

if TYPE_CHECKING:
    from transforms.app import App

_MANAGER = ".objects."
_CHANGES = frozenset({"create", "get_or_create", "update_or_create", "bulk_create", "update", "delete"})
_OF_PEOPLE = PERSONAL | {each.removesuffix("s") for each in PERSONAL}


def is_kept_by_administrators(app: "App", route: Route) -> bool:
    """Whether a route reads nothing but rows that only callers with a role change."""
    read = frozenset(_rows_of(app, route.handler))
    return bool(read) and read <= _kept(app)


@per_app
def _kept(app: "App") -> frozenset[str]:
    """The classes of rows that are changed where a role is asked for, and nowhere else."""
    by_role: set[str] = set()
    by_others: set[str] = set()
    for route in app.routes:
        if not route.may_write or app.judge.bodies.of(route.does).writes is None:
            continue
        if app.roles.check(route).is_there:
            by_role.update(_rows_of(app, route.handler))
        else:
            by_others.update(_rows_of(app, route.handler, only=_CHANGES))
    return frozenset(each for each in by_role - by_others if not _is_of_people(each))


def _is_of_people(row: str) -> bool:
    name = row.rpartition(".")[2].lower()
    return name in _OF_PEOPLE or any(name.endswith(each) for each in ("user", "order", "profile", "account"))


def _rows_of(app: "App", handler: str, only: frozenset[str] = frozenset()) -> Iterator[str]:
    """The classes whose manager a handler asks, for anything or only for some things."""
    function = app.functions.get(handler)
    for call in function.calls if function is not None else ():
        owner, manager, asked = call.partition(_MANAGER)
        symbol = app.resolve(owner, function.file) if manager and function is not None else ""
        if symbol in app.classes and (not only or asked.rpartition(".")[2] in only):
            yield symbol
