"""How a check of a role is written: the names in an expression, the column that says who administrates, its imports."""

import ast
import builtins
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.concepts import Function, Place, Route
from transforms.concepts_data import Column
from transforms.edit_kinds import ImportOf, InsertStatements
from transforms.reuse import RoleGuard, inside_module

if TYPE_CHECKING:
    from transforms.app import App

_FLAG = re.compile(r"is_(?:admin(?:istrator)?|superuser|super_user|staff_admin)|admin|superuser", re.IGNORECASE)
_ROLE = re.compile(r"(?:user_)?role", re.IGNORECASE)
_BOOLEAN = re.compile(r"\b(?:bool|Boolean|BOOLEAN)\b")
_TEXT = re.compile(r"\b(?:str|String|Text|VARCHAR|Unicode|AutoString)\b")
_MEMBERS = ("ADMIN", "ADMINISTRATOR", "SUPERADMIN", "SUPER_ADMIN", "admin")


def names_in(app: "App", path: str, code: str) -> Iterator[tuple[str, str]]:
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
        yield node.id, symbol if "." not in inside_module(app, symbol) else ""


def asks(app: "App", near: str, column: Column) -> tuple[str, tuple[ImportOf, ...], str] | None:
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


def free_names(app: "App", module: str) -> Iterator[str]:
    """Names that a module has not taken, for a check of administrators."""
    facts = app.modules[module]
    taken = {name for name, _ in facts.imports} | {each.symbol.rpartition(".")[2] for each in facts.functions}
    yield from (name for name in ("require_admin", "require_administrator", "only_administrators") if name not in taken)


def spelled(app: "App", path: str, place: Place, guard: RoleGuard) -> tuple[str, tuple[ImportOf, ...]] | None:
    """The check as it is written at a place, and what must be imported; None where that cannot work."""
    facts = app.files.get(path)
    if facts is None:
        return None
    code, imports = guard.code, list[ImportOf]()
    there = {app.resolve(reference, path): local for local, reference in facts.imports}
    for name, symbol in guard.names:
        there_already = guard.own and not guard.makes  # what is made is a name of its module, even of a new one
        module = (app.module_of(symbol) if there_already else None) or symbol.rpartition(".")[0]
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


def lacks_role(app: "App", route: Route) -> bool:
    """Whether a route is for administrators and asks for no role."""
    spirit = app.spirit(route)
    meant = spirit is not None and spirit.is_sure and not spirit.first and not app.publicity(route).is_public
    return meant and app.roles.check(route).is_missing
