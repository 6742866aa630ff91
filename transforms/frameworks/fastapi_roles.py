"""How a FastAPI route comes to ask for a role: by the check that the app has, or by one written after its shape."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.access import Answer
from transforms.concepts import GuardUse, How, Place, Route
from transforms.edit_kinds import AddListArgument, Edit, ImportOf, InsertStatements, Position, ReplaceExpression
from transforms.frameworks.fastapi_edits import DEPENDS, below, only_include
from transforms.frameworks.fastapi_reuse import is_self_contained
from transforms.once import per_app
from transforms.passing import who_passes
from transforms.reuse import RoleGuard, in_one_program, inside_module, most_used
from transforms.role_writing import asks, free_names, lacks_role, names_in, spelled
from transforms.routing import is_test

if TYPE_CHECKING:
    from transforms.app import App

_WRITTEN = re.compile(r"(?:Depends|Security)\((.*)\)", re.DOTALL)
_OF_ADMINISTRATORS = re.compile(r"admin|super_?user|owner|root", re.IGNORECASE)
LIKE_OWN = """

def {name}({parameter}: {type} = Depends({guard})) -> {type}:
    \"\"\"Let only administrators pass.\"\"\"
    if {refused}:
        raise HTTPException(status_code=403, detail="Not allowed")
    return {parameter}
"""


def own_role_guard(app: "App", route: Route) -> RoleGuard | None:
    """The check of a role that the app's routes for administrators have most often; else one that nobody uses yet."""
    written: dict[str, RoleGuard] = {}
    counted: Counter[str] = Counter()
    for found in _before_administrators(app, route.framework):
        if all(in_one_program(app, symbol, route) for _, symbol in found.names):
            written[found.code] = found
            counted[found.code] += 1
    for code in most_used(counted):
        return written[code]
    return next((each for each in _unused(app) if in_one_program(app, each.names[0][1], route)), None)


@per_app
def _before_administrators(app: "App", framework: str) -> tuple[RoleGuard, ...]:
    """The checks of a role at the app's routes for administrators, once for each route."""
    routes = (each for each in app.routes if each.framework == framework)
    spirited = ((each, app.spirit(each)) for each in routes)
    uses = (use for each, spirit in spirited if spirit is not None and spirit.is_sure for use in each.guards)
    return tuple(found for use in uses if (found := _as_written(app, use)) is not None)


def role_guard_like_own(app: "App", route: Route) -> RoleGuard | None:
    """A check beside the guard that stands in front of the route, by the column that says who administrates."""
    use = app.access(route).guard
    if use is None or use.how in (How.INLINE, How.MIDDLEWARE) or use.symbol != use.target:
        return None
    function, module = app.functions.get(use.target), app.module_of(use.target)
    name = inside_module(app, use.target)
    if function is None or module is None or "." in name or not is_self_contained(function):
        return None
    for class_ in _returned_by(app, use):
        entity = app.tenancy().ownership.entities.get(class_)
        owner = app.module_of(class_)
        for column in entity.columns if entity is not None else ():
            asked = asks(app, entity.file if entity is not None else "", column)
            free = next(each for each in free_names(app, module))
            if asked is None or owner is None or app.reaches(app.file_of(class_), function.file):
                continue
            refused, needed, passes = asked
            type_ = class_.rpartition(".")[2]
            code = LIKE_OWN.format(
                name=free, parameter="current_user", type=type_, guard=name, refused=refused.format("current_user")
            )
            imports = (DEPENDS, ImportOf("fastapi", "HTTPException"), ImportOf(owner, inside_module(app, class_)))
            edit = InsertStatements(function.file, function.place, Position.AFTER, code, (*imports, *needed))
            return RoleGuard(
                free, ((free, f"{module}.{free}"),), own=True, makes=(edit,), signs_in=use.target, passes=passes
            )
    return None


def require_role(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    """`dependencies=[Depends(require_role("admin"))]`, in the widest place where only such routes are."""
    for path, place in _places(app, route):
        written = spelled(app, path, place, guard)
        if written is None:
            continue
        code, imports = written
        below = _standing_below(route, guard, path, place)
        if below is not None:
            return (ReplaceExpression(path, below, f"Depends({code})", (DEPENDS, *imports)),)
        return (AddListArgument(path, place, "dependencies", f"Depends({code})", (DEPENDS, *imports)),)
    return None


def _standing_below(route: Route, guard: RoleGuard, path: str, call: Place) -> Place | None:
    """Where a route's decorator asks for nothing but the guard that a check of a role asks itself."""
    for use in route.guards:
        same = use.symbol == guard.signs_in != "" and use.how is How.DECORATOR and use.bound_to is None
        if same and use.file == path and call.line <= use.place.line <= call.end_line:
            return use.place if _WRITTEN.fullmatch(use.code) else None
    return None


def _places(app: "App", route: Route) -> Iterator[tuple[str, Place]]:
    known = app.routers.get(route.router)
    beside = below(app, route.router)
    alike = len({each.handler for each in beside}) > 1 and all(lacks_role(app, each) for each in beside)
    if known is not None and known.takes_guards and not known.is_app and alike:
        yield known.file, known.place
        yield from ((each.file, each.place) for each in only_include(app, route.router))
    if route.takes_guards:
        yield route.registered_in or route.file, route.entry


def _as_written(app: "App", use: GuardUse) -> RoleGuard | None:
    """The expression of a guard that asks for a role of administrators, and what its names are."""
    match = _WRITTEN.fullmatch(use.code)
    if match is None or use.how is How.MIDDLEWARE or not app.roles.guard(use).is_there:
        return None
    names = dict(names_in(app, use.file, match[1]))
    if not names or not all(app.module_of(symbol) for symbol in names.values()):
        return None
    passes = who_passes(app, use.target, match[1])
    return RoleGuard(match[1], tuple(names.items()), own=True, signs_in=_signs_in(app, use.target), passes=passes)


@per_app
def _unused(app: "App") -> tuple[RoleGuard, ...]:
    """Functions written as a check of administrators though no route depends on them."""
    return tuple(_written_for_administrators(app))


def _written_for_administrators(app: "App") -> Iterator[RoleGuard]:
    used = {use.target for route in app.routes for use in route.guards}
    for symbol, function in sorted(app.functions.items()):
        module = app.module_of(symbol)
        name = inside_module(app, symbol)
        if module is None or "." in name or symbol in used or is_test(function.file) or not function.guards:
            continue
        condition = app.roles.asked_in(symbol) if is_self_contained(function) else None
        if condition is None or app.judge.dependency(symbol).answer is not Answer.YES:
            continue
        asked = [part for origin in condition.asked.split() for part in origin.split(".")[1:]]
        if any(map(_OF_ADMINISTRATORS.search, (*asked, *condition.roles))):
            passes = who_passes(app, symbol, name)
            yield RoleGuard(name, ((name, symbol),), own=True, signs_in=_signs_in(app, symbol), passes=passes)


def _signs_in(app: "App", target: str) -> str:
    """The guard below a check of a role that finds who is calling; "" where that is not one function."""
    made_by = target.removesuffix("()")
    below = {
        use.target
        for symbol in (made_by, f"{made_by}.__call__", *app.inner.get(made_by, ()))
        if (function := app.functions.get(symbol)) is not None
        for use in function.guards
        if app.judge.guard(use).is_guard
    }
    return below.pop() if len(below) == 1 else ""


def _returned_by(app: "App", use: GuardUse) -> Iterator[str]:
    """The classes that functions say a guard hands them."""
    found: dict[str, None] = {}
    for function in app.functions.values():
        bound = {each.bound_to for each in function.guards if each.symbol == use.symbol}
        for parameter in function.parameters:
            if parameter.name in bound and parameter.reference is not None:
                found[app.class_behind(parameter.reference, function.file)] = None
    yield from found
