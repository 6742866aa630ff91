"""Stored classes of SQLAlchemy and SQLModel: tables, and the mixins and bases that lend them columns."""

import dataclasses
import re

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import Column, Entity
from transforms.walk import Walk, argument, dotted_name, string_value

_COLUMN_CALLS = frozenset({"Column", "mapped_column"})
_MAPPED = frozenset({"Mapped", "DynamicMapped", "WriteOnlyMapped"})
_WORD = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
_NOT_STORED = frozenset({"Relationship", "relationship"})


@dataclasses.dataclass(frozen=True, slots=True)
class _Draft:
    """A column whose place is not known yet."""

    node: cst.CSTNode
    name: str
    type: str | None
    foreign_key: str | None
    primary: bool

    def at(self, place: Place) -> Column:
        return Column(self.name, self.type, self.foreign_key, place, self.primary)


def read_class(walk: Walk, node: cst.ClassDef) -> None:
    """Leave an Entity for a class with columns. One without a table lends its columns to those derived from it."""
    bases = tuple(filter(None, (walk.resolve(base.value) for base in node.bases)))
    is_sqlmodel = _is_sqlmodel(node, bases)
    table, drafts = None, []
    for name, annotation, value in _attributes(node):
        if name == "__tablename__":
            table = string_value(value) if value is not None else None
        elif (draft := _column(walk, name, annotation, value, is_sqlmodel=is_sqlmodel)) is not None:
            drafts.append(draft)
    if _has_table(node):
        table = table or node.name.value.lower()
    elif drafts and _is_named_by_itself(node, bases):
        table = table or _WORD.sub(r"_\1", node.name.value).lower()
    if not drafts and table is None:
        return
    symbol, framework, path = f"{walk.symbol}.{node.name.value}", "sqlmodel" if is_sqlmodel else "sqlalchemy", walk.path

    def build(place: Place, *places: Place) -> Entity:
        columns = tuple(draft.at(where) for draft, where in zip(drafts, places, strict=True))
        return Entity(symbol, framework, table, columns, place, bases, path)

    walk.emit(build, node, *(draft.node for draft in drafts))


def _is_named_by_itself(node: cst.ClassDef, bases: tuple[str, ...]) -> bool:
    """Whether Flask-SQLAlchemy gives the table of a class its name: `class OrderLine(db.Model)` is `order_line`."""
    models = any(each.endswith(".Model") and not each.startswith("django.") for each in bases)
    return models and all(name != "__abstract__" for name, _, _ in _attributes(node))


def _attributes(
    node: cst.ClassDef,
) -> list[tuple[str, cst.BaseExpression | None, cst.BaseExpression | None]]:
    """Name, annotation and value of every attribute of a class; of a `@declared_attr` method, what it returns."""
    found: list[tuple[str, cst.BaseExpression | None, cst.BaseExpression | None]] = []
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Assign(targets=[target], value=value)]):
                if isinstance(target.target, cst.Name):
                    found.append((target.target.value, None, value))
            case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name)) as assigned]):
                found.append((name, assigned.annotation.annotation, assigned.value))
            case cst.FunctionDef(
                name=cst.Name(value=name),
                body=cst.IndentedBlock(body=[*_, cst.SimpleStatementLine(body=[cst.Return(value=value)])]),
            ):
                found.append((name, None, value))
    return found


def _column(
    walk: Walk,
    name: str,
    annotation: cst.BaseExpression | None,
    value: cst.BaseExpression | None,
    *,
    is_sqlmodel: bool,
) -> _Draft | None:
    call = value if isinstance(value, cst.Call) else None
    called = _last(call.func) if call is not None else ""
    node: cst.CSTNode | None = value if value is not None else annotation
    if node is None or called in _NOT_STORED or name.startswith("__"):
        return None
    if call is not None and called in _COLUMN_CALLS:
        return _Draft(node, name, _type(walk, call, annotation), _foreign_key(walk, call), _is_primary(call))
    if isinstance(annotation, cst.Subscript) and _last(annotation.value) in _MAPPED and call is None:
        return _Draft(node, name, walk.code(annotation, 80), None, primary=False)
    if is_sqlmodel and annotation is not None and _last(_subscripted(annotation)) != "ClassVar":
        foreign_key = _foreign_key(walk, call) if call is not None else None
        return _Draft(
            node, name, walk.code(annotation, 80), foreign_key, primary=call is not None and _is_primary(call)
        )
    return None


def _foreign_key(walk: Walk, call: cst.Call) -> str | None:
    """`users.id` of `ForeignKey("users.id")`, of `Field(foreign_key="users.id")`; `User.id` of a class attribute."""
    if (plain := argument(call, "foreign_key")) is not None:
        return string_value(plain)
    for arg in call.args:
        if isinstance(arg.value, cst.Call):
            if _last(arg.value.func) == "ForeignKey" and arg.value.args:
                first = arg.value.args[0].value
                return string_value(first) or dotted_name(first)
            if _last(arg.value.func) in _COLUMN_CALLS and (found := _foreign_key(walk, arg.value)):
                return found
    return None


def _type(walk: Walk, call: cst.Call, annotation: cst.BaseExpression | None) -> str | None:
    if annotation is not None:
        return walk.code(annotation, 80)
    for arg in call.args[:2]:
        if arg.keyword is None and string_value(arg.value) is None and _last(_called(arg.value)) != "ForeignKey":
            return walk.code(arg.value, 80)
    return None


def _is_primary(call: cst.Call) -> bool:
    flag = argument(call, "primary_key")
    return isinstance(flag, cst.Name) and flag.value == "True"


def _is_sqlmodel(node: cst.ClassDef, bases: tuple[str, ...]) -> bool:
    return _has_table(node) or any(base.rpartition(".")[2] == "SQLModel" for base in bases)


def _has_table(node: cst.ClassDef) -> bool:
    return any(
        arg.keyword is not None
        and arg.keyword.value == "table"
        and isinstance(arg.value, cst.Name)
        and arg.value.value == "True"
        for arg in node.keywords
    )


def _called(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def _subscripted(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.value if isinstance(node, cst.Subscript) else node


def _last(node: cst.BaseExpression) -> str:
    """The last name of a dotted name."""
    return (dotted_name(node) or "").rpartition(".")[2]
