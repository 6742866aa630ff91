"""The classes that hold the people who sign in to a Django site: their columns, with the values that they may have.

Only what derives from Django's own user classes is read, what says more of each of them (a profile), and what a role
is kept in that has a table of its own. A column's type is told as an annotation would say it: `bool`,
`str`, `Literal["admin", "clerk"]` where its choices are written out, `Role` where an enum of another file has them.
"""

from collections.abc import Iterable, Iterator

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import Column, Entity
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, argument, dotted_name, string_value

USERS = frozenset({
    "django.contrib.auth.models.AbstractUser", "django.contrib.auth.models.AbstractBaseUser",
    "django.contrib.auth.base_user.AbstractBaseUser",
})  # fmt: skip
_ONE = "OneToOneField["
_TYPES = {
    "BooleanField": "bool", "NullBooleanField": "bool", "CharField": "str", "TextField": "str", "EmailField": "str",
    "SlugField": "str", "IntegerField": "int", "PositiveSmallIntegerField": "int", "SmallIntegerField": "int",
}  # fmt: skip


def user_model(walk: Walk, node: cst.ClassDef) -> None:
    """Leave an Entity fact of a class of users."""
    bases = tuple(found for base in node.bases if (found := walk.resolve(base.value)) is not None)
    fields = list(_fields(walk, node))
    if USERS.isdisjoint(bases) and not any(_is_about_people(call) for _, _, call in fields):
        return
    symbol, path = f"{walk.symbol}.{node.name.value}", walk.path
    keys = [_other(walk, call) for _, _, call in fields]

    def build(place: Place, *places: Place) -> Entity:
        columns = tuple(
            Column(name, type_, key, where) for (name, type_, _), key, where in zip(fields, keys, places, strict=True)
        )
        return Entity(symbol, "django", None, columns, place, bases, path)

    walk.emit(build, node, *(call for _, _, call in fields))


def is_profile(column: Column) -> bool:
    """Whether a column says whose row it is, one for each."""
    return (column.type or "").startswith(_ONE)


def reached_by(column: Column) -> str:
    """The name under which a person has the row that says more of them."""
    return (column.type or "").removeprefix(_ONE).removesuffix("]")


def _is_about_people(call: cst.Call) -> bool:
    return _kind(call) in ("OneToOneField", "ForeignKey") or argument(call, "choices") is not None


def _other(walk: Walk, call: cst.Call) -> str | None:
    """The class that a column refers to: a reference, or `app.Class` as Django has it in a text."""
    to = argument(call, "to", 0) if _kind(call) in ("OneToOneField", "ForeignKey") else None
    if to is None:
        return None
    return string_value(to) or reference(walk, to)


def _kind(call: cst.Call) -> str:
    return (dotted_name(call.func) or "").rpartition(".")[2]


def _fields(walk: Walk, node: cst.ClassDef) -> Iterator[tuple[str, str | None, cst.Call]]:
    for name, value in _assigned(_statements(node)):
        match value:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=kind)) | cst.Name(value=kind)) if (
                kind.endswith("Field") or kind == "ForeignKey"
            ):
                yield name, _type(walk, node, kind, value), value


def _type(walk: Walk, node: cst.ClassDef, kind: str, call: cst.Call) -> str | None:
    if kind == "OneToOneField":
        related = string_value(argument(call, "related_name") or cst.SimpleString(f'"{node.name.value.lower()}"'))
        return f"{_ONE}{related}]" if related and related.isidentifier() else None
    if kind == "ForeignKey":
        nullable = dotted_name(argument(call, "null") or cst.Name("False")) != "False"
        return "ForeignKey | None" if nullable else "ForeignKey"
    plain = _TYPES.get(kind)
    choices = argument(call, "choices")
    if choices is None or plain != "str":
        return plain
    values = tuple(_values(walk, node, choices))
    if values and all(values):
        quoted = ", ".join(f'"{each}"' for each in values)
        return f"Literal[{quoted}]"
    enum = dotted_name(choices) or ""
    return enum.removesuffix(".choices") if enum.endswith(".choices") else plain


def _values(walk: Walk, node: cst.ClassDef, choices: cst.BaseExpression) -> Iterator[str | None]:
    """The values of choices, wherever in the file they are written; None for one that cannot be read."""
    match choices:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            for element in elements:
                match element.value:
                    case cst.Tuple(elements=[first, *_]) | cst.List(elements=[first, *_]):
                        yield _text(walk, node, first.value)
                    case _:
                        yield None
        case cst.Name(value=name):
            if (found := _known(walk, node, name)) is not None and not isinstance(found, cst.Name):
                yield from _values(walk, node, found)
        case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="choices")):
            yield from _members(walk, node, name)


def _members(walk: Walk, node: cst.ClassDef, name: str) -> Iterator[str | None]:
    """The values of a `TextChoices` of the class or of its module: `ADMIN = "admin", "Administrator"`."""
    for each in (*_statements(node), *walk.tree.body):
        if isinstance(each, cst.ClassDef) and each.name.value == name:
            for _, value in _assigned(_statements(each)):
                first = value.elements[0].value if isinstance(value, cst.Tuple) and value.elements else value
                yield string_value(first)


def _text(walk: Walk, node: cst.ClassDef, value: cst.BaseExpression) -> str | None:
    if isinstance(value, cst.Name):
        known = _known(walk, node, value.value)
        return string_value(known) if known is not None else None
    return string_value(value)


def _known(walk: Walk, node: cst.ClassDef, name: str) -> cst.BaseExpression | None:
    """What a name holds in the class, else in its module."""
    return next((value for held, value in _assigned((*_statements(node), *walk.tree.body)) if held == name), None)


def _statements(node: cst.ClassDef) -> list[cst.CSTNode]:
    return list(node.body.body)


def _assigned(statements: Iterable[cst.CSTNode]) -> Iterator[tuple[str, cst.BaseExpression]]:
    for statement in statements:
        for part in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            match part:
                case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
                    yield name, value
                case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value):
                    yield name, value
