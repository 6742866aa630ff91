"""How one query gets a filter by a column: the smallest edit for each way a query is written."""

from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import Entity, Operation, Query
from transforms.edit_kinds import AddKeywordArgument, Edit, ImportOf, ReplaceExpression
from transforms.walk import dotted_name

if TYPE_CHECKING:
    from transforms.app import App

SELECT = ImportOf("sqlalchemy", "select")
_LOOK_UPS = {"get": "first", "get_or_404": "first_or_404"}


def scope_query(app: "App", query: Query, entity: Entity, column: str, value: str) -> tuple[Edit, ...] | None:
    """Let `query` see (or write) only rows of `entity` whose `column` is `value`, which is code; None if unsure how.

    `db.get(Order, key)` becomes a select with both conditions, so that a row of somebody else is not there either.
    """
    name = _written(app, query.file, entity.symbol)
    if name is None or query.root is None:
        return None
    if query.operation is Operation.INSERT:
        return _new_row(query, query.root, column, value)
    call = _call(query.head)
    if call is None:
        return None
    condition = f"{name}.{column} == {value}"
    if query.operation is Operation.GET:
        return _look_up(app, query, query.root, call, entity, name, condition)
    if query.head.startswith(on_class := f"{name}.query."):
        code = f"{on_class}filter({condition}).{query.head.removeprefix(on_class)}"
        return (ReplaceExpression(query.file, query.root, code),)
    method = "filter" if _tail(call.func) == "query" else "where"
    return (ReplaceExpression(query.file, query.root, f"{query.head}.{method}({condition})"),)


def _look_up(
    app: "App", query: Query, root: Place, call: cst.Call, entity: Entity, name: str, condition: str
) -> tuple[Edit, ...] | None:
    keys = [each.name for each in entity.columns if each.primary]
    arguments = [arg for arg in call.args if arg.keyword is None and not arg.star]
    if len(keys) != 1 or len(arguments) != len(call.args) or not isinstance(call.func, cst.Attribute):
        return None
    if _tail(call.func) not in _LOOK_UPS or isinstance(arguments[-1].value, cst.Tuple | cst.Dict):
        return None
    on, key = _code(call.func.value), _code(arguments[-1].value)
    both = f"{name}.{keys[0]} == {key}, {condition}"
    if len(arguments) == 1:  # db.query(Order).get(key)
        return (ReplaceExpression(query.file, root, f"{on}.filter({both}).{_LOOK_UPS[_tail(call.func)]}()"),)
    imported = dict(app.files[query.file].imports).get("select", "")
    needed = () if imported.startswith(("sqlalchemy", "sqlmodel")) else (SELECT,)
    return (ReplaceExpression(query.file, root, f"{on}.scalar(select({name}).where({both}))", needed),)


def _new_row(query: Query, root: Place, column: str, value: str) -> tuple[Edit, ...] | None:
    """The column of a new row: its own argument, or the last word over what is unpacked."""
    if all(name != "**" for name, _ in query.values):
        return (AddKeywordArgument(query.file, root, column, value),)
    call = _call(query.head)
    if call is None or not (dotted_name(call.func) or "").rpartition(".")[2][:1].isupper():
        return None
    unpacked = [arg for arg in call.args if arg.star == "**"]
    if len(unpacked) != 1 or any(arg.keyword is not None and arg.keyword.value == column for arg in call.args):
        return None
    inner = unpacked[0]
    mapping = f'{{**{_code(inner.value)}, "{column}": {value}}}'
    changed = call.deep_replace(inner.value, cst.parse_expression(mapping))
    return (ReplaceExpression(query.file, root, _code(changed)),) if isinstance(changed, cst.Call) else None


def _written(app: "App", path: str, symbol: str) -> str | None:
    """How a file names a class: `Order`, `models.Order`."""
    facts = app.files[path]
    module, _, name = symbol.rpartition(".")
    if facts.module == module:
        return name
    for local, reference in sorted(facts.imports, key=lambda each: each[0] != name):  # its own name first
        if app.resolve(reference, path) == symbol:
            return local
        if app.resolve(f"{reference}.{name}", path) == symbol:
            return f"{local}.{name}"
    return None


def _call(code: str) -> cst.Call | None:
    if not code:
        return None
    try:
        parsed = cst.parse_expression(code)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        return None
    return parsed if isinstance(parsed, cst.Call) else None


def _code(node: cst.BaseExpression | cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _tail(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""
