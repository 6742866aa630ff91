"""How a Flask route comes to ask for a role: by the app's own decorator, or by one written after its columns.

A handler that asks for some of its methods already gets the same question for those that it forgot, in its first lines:
a decorator would ask for all of them.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Place, Route, Signal
from transforms.edit_kinds import AddDecorator, Edit, ImportOf, InsertStatements, Position
from transforms.frameworks.flask_edits import lowest_entry
from transforms.passing import who_passes
from transforms.reuse import RoleGuard, in_one_program, inside_module, most_used
from transforms.role_writing import asks, free_names, lacks_role, names_in, spelled
from transforms.routing import is_test

if TYPE_CHECKING:
    from transforms.app import App

CURRENT_USER = "flask_login.current_user"
_LOGIN = frozenset({"flask_login.login_required", "flask_login.utils.login_required"})
_WRAPS = frozenset({"functools.wraps", "functools.update_wrapper"})
FOR_METHODS = "if request.method {methods} and {refused}:\n    abort(403)"
LIKE_OWN = """

def {name}(view):
    \"\"\"Let only administrators reach a view.\"\"\"

    @wraps(view)
    def guarded(*args, **kwargs):
        if {refused}:
            abort(403)
        return view(*args, **kwargs)

    return guarded
"""


def own_role_guard(app: "App", route: Route) -> RoleGuard | None:
    """The decorator that the app's routes for administrators have most often; else one that nobody uses yet."""
    if _forgotten(app, route):
        return None
    written: dict[str, RoleGuard] = {}
    counted: Counter[str] = Counter()
    for other in app.routes:
        spirit = app.spirit(other)
        if spirit is None or not spirit.is_sure or other.framework != route.framework:
            continue
        for use in other.guards:
            found = _as_written(app, use, route)
            if found is not None:
                written[found.code] = found
                counted[found.code] += 1
    for code in most_used(counted):
        return written[code]
    return next(_unused(app, route), None)


def role_guard_like_own(app: "App", route: Route) -> RoleGuard | None:
    """For people who sign in with Flask-Login: a decorator beside their class, by the column that says who may.

    Where only some methods of a handler forgot to ask, no decorator but the bare test.
    """
    use = app.access(route).guard
    if use is None or use.target.removesuffix("()") not in _LOGIN:
        return None
    for symbol, entity in ((each.symbol, each) for each in app.roles.people):
        class_, module = app.classes.get(symbol), app.module_of(symbol)
        if class_ is None or module is None or not in_one_program(app, symbol, route):
            continue
        for column in entity.columns:
            asked = asks(app, class_.file, column)
            name = next(free_names(app, module), None)
            if asked is None or name is None or app.reaches(class_.file, route.file):
                continue
            refused, needed, passes = asked
            if _forgotten(app, route):
                named = (ImportOf("flask_login", "current_user"), *needed)
                words = tuple((each.name, f"{each.module}.{each.name}") for each in named if each.name)
                test = refused.format("current_user")
                return RoleGuard(test, words, own=True, signs_in=CURRENT_USER, passes=passes, inside=True)
            code = LIKE_OWN.format(name=name, refused=refused.format("current_user"))
            imports = (
                ImportOf("functools", "wraps"),
                ImportOf("flask", "abort"),
                ImportOf("flask_login", "current_user"),
            )
            edit = InsertStatements(class_.file, class_.place, Position.AFTER, code, (*imports, *needed))
            names = ((name, f"{module}.{name}"),)
            return RoleGuard(name, names, own=True, makes=(edit,), signs_in=CURRENT_USER, passes=passes)
    return None


def require_role(app: "App", route: Route, guard: RoleGuard) -> tuple[Edit, ...] | None:
    """The check as a decorator, below the one that finds who is calling, else below the route's."""
    function = app.functions.get(route.handler)
    serving = [each for each in app.routes if each.handler == route.handler]
    if function is not None and (methods := _forgotten(app, route)):
        return _ask_for_methods(app, function, methods, guard)
    if function is None or not all(lacks_role(app, each) for each in serving):
        return None
    written = spelled(app, function.file, function.place, guard)
    if written is None:
        return None
    code, imports = written
    under = _signing_in(app, route, function) or lowest_entry(app, serving, function.place)
    return (AddDecorator(function.file, function.place, f"@{code}", under, imports),)


def _forgotten(app: "App", route: Route) -> tuple[str, ...]:
    """The methods of the route's handler that lack the question, where it asks for others; HEAD runs what GET does."""
    serving = [each for each in app.routes if each.handler == route.handler]
    lacking = {method for each in serving if lacks_role(app, each) for method in each.methods}
    asking = {method for each in serving if not lacks_role(app, each) for method in each.methods}
    if not route.part or not asking or not lacking.isdisjoint(asking) or not lacking.issuperset(route.methods):
        return ()
    return (*sorted(lacking), *(("HEAD",) if "GET" in lacking else ()))


def _ask_for_methods(
    app: "App", function: Function, methods: tuple[str, ...], guard: RoleGuard
) -> tuple[Edit, ...] | None:
    """The test in the handler's first lines, for the methods that forgot it; what keeps strangers out stands above."""
    serving = [each for each in app.routes if each.handler == function.symbol]
    known = all(_is_known(app, each) for each in serving if lacks_role(app, each))
    written = spelled(app, function.file, function.place, guard)
    if written is None or not known or {"request", "abort"} & {each.name for each in function.parameters}:
        return None
    refused, imports = written
    quoted = [f'"{each}"' for each in methods]
    listed = f"== {quoted[0]}" if len(quoted) == 1 else f"in ({', '.join(quoted)})"
    code = FOR_METHODS.format(methods=listed, refused=refused)
    imports = (ImportOf("flask", "abort"), ImportOf("flask", "request"), *imports)
    return (InsertStatements(function.file, function.place, Position.BODY_START, code, imports),)


def _is_known(app: "App", route: Route) -> bool:
    """Whether a decorator or a check before all requests has kept strangers out when the handler runs."""
    use = app.access(route).guard
    return use is not None and use.how is not How.INLINE


def _signing_in(app: "App", route: Route, function: Function) -> Place | None:
    """The decorator of the handler that keeps strangers out: a role is asked of somebody who is known."""
    use = app.access(route).guard
    at_handler = use is not None and use.how is How.DECORATOR and use.file == function.file
    if use is None or not at_handler or not use.code.startswith("@"):
        return None
    near = [each for each in route.guards if each.place == use.place]
    return use.place if near and use.place.end_line < function.place.line else None


def _as_written(app: "App", use: GuardUse, route: Route) -> RoleGuard | None:
    """The expression of a decorator that asks for a role of administrators, and what its names are."""
    if use.how is not How.DECORATOR or not use.code.startswith("@") or not app.roles.guard(use).is_there:
        return None
    made = app.functions.get(use.target.removesuffix("()"))
    if made is not None and Signal.ADDS_ARGUMENT in made.signals:
        return None  # the handler would have to take what it brings
    if not app.judge.guard(use).is_guard and not app.access(route).is_guarded:
        return None
    names = dict(names_in(app, use.file, use.code[1:]))
    if not names or "" in names.values() or not all(in_one_program(app, each, route) for each in names.values()):
        return None
    passes = who_passes(app, use.target, use.code[1:])
    return RoleGuard(use.code[1:], tuple(names.items()), own=True, signs_in=_finds(app, use.target), passes=passes)


def _unused(app: "App", route: Route) -> Iterator[RoleGuard]:
    """Decorators written as a check of administrators though no route stands behind them."""
    for symbol, function in sorted(app.functions.items()):
        name = inside_module(app, symbol)
        plain = len(function.parameters) == 1 and name and "." not in name and not is_test(function.file)
        wraps = any(_WRAPS & set(app.functions[each].decorators) for each in app.inner.get(symbol, ()))
        if not plain or not wraps or Signal.ADDS_ARGUMENT in function.signals:
            continue
        condition = app.roles.asked_in(symbol, leaving=True)
        known = app.access(route).is_guarded or app.judge.wrapper(symbol).is_guard
        if (
            condition is not None
            and known
            and in_one_program(app, symbol, route)
            and _of_admins(condition.asked, condition.roles)
        ):
            passes = who_passes(app, symbol, name)
            yield RoleGuard(name, ((name, symbol),), own=True, signs_in=_finds(app, symbol), passes=passes)


def _of_admins(asked: str, roles: tuple[str, ...]) -> bool:
    said = [part for origin in asked.split() for part in origin.split(".")[1:]]
    return any(
        word in each.lower() for each in (*said, *roles) for word in ("admin", "superuser", "super_user", "owner")
    )


def _finds(app: "App", target: str) -> str:
    """What a check asks for the caller, where a test can put somebody of its own in that place."""
    condition = app.roles.asked_in(target.removesuffix("()"), leaving=True)
    asked = condition.asked.split() if condition is not None else ()
    known = any(each.startswith((f"@{CURRENT_USER}", "@flask_login.utils.current_user")) for each in asked)
    return CURRENT_USER if known else ""
