"""How a FastAPI route comes to ask for a role: by the check that the app has, or by one written after its shape."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Function, GuardUse, How, Place, Route
from transforms.concepts_data import Column
from transforms.edit_kinds import AddListArgument, Edit, ImportOf, InsertStatements, Position
from transforms.frameworks.fastapi_edits import DEPENDS, below, only_include
from transforms.frameworks.fastapi_reuse import is_self_contained
from transforms.guarding import Answer
from transforms.reuse import RoleGuard, in_one_program, inside_module, most_used
from transforms.routing import is_test

if TYPE_CHECKING:
    from transforms.app import App

_WRITTEN = re.compile(r"(?:Depends|Security)\((.*)\)", re.DOTALL)
_OF_ADMINISTRATORS = re.compile(r"admin|super_?user|owner|root", re.IGNORECASE)
_FLAG = re.compile(r"is_(?:admin(?:istrator)?|superuser|super_user|staff_admin)|admin|superuser", re.IGNORECASE)
_ROLE = re.compile(r"(?:user_)?role", re.IGNORECASE)
_BOOLEAN = re.compile(r"\b(?:bool|Boolean|BOOLEAN)\b")
_TEXT = re.compile(r"\b(?:str|String|Text|VARCHAR|Unicode|AutoString)\b")
_MEMBERS = ("ADMIN", "ADMINISTRATOR", "SUPERADMIN", "SUPER_ADMIN", "admin")
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
    for other in app.routes:
        spirit = app.spirit(other)
        if spirit is None or not spirit.is_sure or other.framework != route.framework:
            continue
        for use in other.guards:
            found = _as_written(app, use)
            if found is not None and all(in_one_program(app, symbol, route) for _, symbol in found.names):
                written[found.code] = found
                counted[found.code] += 1
    for code in most_used(counted):
        return written[code]
    return next((each for each in _unused(app) if in_one_program(app, each.names[0][1], route)), None)


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
            asked = _asks(app, entity.file if entity is not None else "", column)
            free = next(each for each in _names(app, module))
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
        spelled = _spelled(app, path, place, guard)
        if spelled is not None:
            code, imports = spelled
            return (AddListArgument(path, place, "dependencies", f"Depends({code})", (DEPENDS, *imports)),)
    return None


def _places(app: "App", route: Route) -> Iterator[tuple[str, Place]]:
    known = app.routers.get(route.router)
    beside = below(app, route.router)
    alike = len({each.handler for each in beside}) > 1 and all(_lacks_role(app, each) for each in beside)
    if known is not None and known.takes_guards and not known.is_app and alike:
        yield known.file, known.place
        yield from ((each.file, each.place) for each in only_include(app, route.router))
    if route.takes_guards:
        yield route.registered_in or route.file, route.entry


def _lacks_role(app: "App", route: Route) -> bool:
    spirit = app.spirit(route)
    meant = spirit is not None and spirit.is_sure and not spirit.first and not app.publicity(route).is_public
    return meant and app.roles.check(route).is_missing


def _as_written(app: "App", use: GuardUse) -> RoleGuard | None:
    """The expression of a guard that asks for a role of administrators, and what its names are."""
    match = _WRITTEN.fullmatch(use.code)
    if match is None or use.how is How.MIDDLEWARE or not app.roles.guard(use).is_there:
        return None
    names = dict(_names_in(app, use.file, match[1]))
    if not names or "" in names.values():
        return None
    return RoleGuard(match[1], tuple(names.items()), own=True, signs_in=_signs_in(app, use.target))


def _names_in(app: "App", path: str, code: str) -> Iterator[tuple[str, str]]:
    """Every name of an expression with its symbol; "" for one that another file cannot have."""
    try:
        tree = ast.parse(code, mode="eval")
    except SyntaxError:
        return
    facts = app.files[path]
    imports = dict(facts.imports)
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda | ast.NamedExpr | ast.JoinedStr | ast.comprehension):
            yield "", ""
        if not isinstance(node, ast.Name) or hasattr(builtins, node.id):
            continue
        symbol = app.resolve(imports[node.id], path) if node.id in imports else f"{facts.module}.{node.id}"
        own = app.module_of(symbol) is not None and "." not in inside_module(app, symbol)
        yield node.id, symbol if own else ""


def _unused(app: "App") -> Iterator[RoleGuard]:
    """Functions written as a check of administrators though no route depends on them."""
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
            yield RoleGuard(name, ((name, symbol),), own=True, signs_in=_signs_in(app, symbol))


def _signs_in(app: "App", target: str) -> str:
    """The guard below a check of a role that finds who is calling; "" where that is not one function."""
    made_by = target.removesuffix("()")
    below = {
        use.target
        for symbol in (made_by, f"{made_by}.__call__", *app.inner.get(made_by, ()))
        if (function := app.functions.get(symbol)) is not None
        for use in function.guards
        if app.judge.guard(use).answer is Answer.YES
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


def _asks(app: "App", near: str, column: Column) -> tuple[str, tuple[ImportOf, ...], str] | None:
    """The test that is true for who is no administrator, with a gap for the caller; what it needs; who passes it."""
    type_ = column.type or ""
    if _FLAG.fullmatch(column.name) and _BOOLEAN.search(type_):
        return f"not {{}}.{column.name}", (), f"{column.name}=True"
    if not _ROLE.fullmatch(column.name):
        return None
    for word in re.findall(r"[\w.]+", type_):
        facts = app.files.get(near)
        reference = dict(facts.imports).get(word, f"{facts.module}.{word}") if facts is not None else word
        class_ = app.classes.get(app.resolve(reference, near))
        member = next((each for each in _MEMBERS if class_ is not None and each in class_.members), None)
        owner = app.module_of(class_.symbol) if class_ is not None else None
        if class_ is not None and member is not None and owner is not None:
            name = inside_module(app, class_.symbol)
            passes = f"{column.name}={class_.symbol}.{member}"
            return f"{{}}.{column.name} != {name}.{member}", (ImportOf(owner, name),), passes
    literals = {role for found in app.conditions.values() for each in found for role in each.roles
                if f".{column.name}" in each.asked}  # fmt: skip
    literal = next((role for role in sorted(literals) if role.lower() == "admin"), None)
    if not literal or not _TEXT.search(type_):
        return None
    return f'{{}}.{column.name} != "{literal}"', (), f'{column.name}="{literal}"'


def _names(app: "App", module: str) -> Iterator[str]:
    facts = app.modules[module]
    taken = {name for name, _ in facts.imports} | {each.symbol.rpartition(".")[2] for each in facts.functions}
    yield from (name for name in ("require_admin", "require_administrator", "only_administrators") if name not in taken)


def _spelled(app: "App", path: str, place: Place, guard: RoleGuard) -> tuple[str, tuple[ImportOf, ...]] | None:
    """The check as it is written at a place, and what must be imported; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    code, imports = guard.code, list[ImportOf]()
    there = {app.resolve(reference, path): local for local, reference in facts.imports}
    for name, symbol in guard.names:
        module = app.module_of(symbol) or symbol.rpartition(".")[0]
        if module == facts.module:
            if not _is_above(app, symbol, place, guard):
                return None
        elif symbol in there:
            code = re.sub(rf"(?<![\w.]){name}\b", there[symbol], code)
        elif _is_taken(app, path, name) or _closes_a_circle(app, module, path):
            return None
        else:
            imports.append(ImportOf(module, symbol.removeprefix(f"{module}.")))
    return code, tuple(imports)


def _is_above(app: "App", symbol: str, place: Place, guard: RoleGuard) -> bool:
    """Whether a name of the same file stands above a place, or is made above it."""
    for edit in guard.makes:
        if isinstance(edit, InsertStatements) and symbol.rpartition(".")[2] == guard.code:
            return edit.place.end_line < place.line
    known: Function | None = app.functions.get(symbol)
    class_ = app.classes.get(symbol)
    end = known.place.end_line if known is not None else class_.place.end_line if class_ is not None else None
    return end is not None and end < place.line


def _is_taken(app: "App", path: str, name: str) -> bool:
    facts = app.files[path]
    kinds = (facts.functions, facts.classes, facts.instances, facts.aliases, facts.schemes, facts.routers)
    return name in dict(facts.imports) or f"{facts.module}.{name}" in {each.symbol for kind in kinds for each in kind}


def _closes_a_circle(app: "App", module: str, path: str) -> bool:
    guarding = app.modules.get(module)
    return guarding is not None and app.reaches(guarding.path, path)
