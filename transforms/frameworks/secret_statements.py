"""Passwords in the text of SQL statements that a known driver executes: such a value can be bound as a parameter.

The driver has to be sure, for `?`, `%s` and `:name` mean nothing to the others: the receiver was made by its `connect`
in this file or is annotated as of its types, or the text was made by SQLAlchemy's `text`. What makes a role
(`CREATE USER`) takes no parameters anywhere.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

import libcst as cst

from transforms.concepts_secrets import ASKED
from transforms.frameworks.secret_places import LONGEST
from transforms.frameworks.secret_reading import Reading
from transforms.frameworks.secret_values import called, text_of
from transforms.secrets.prose import is_sql, makes_role, sql_passwords
from transforms.secrets.values import Shape, shape_of
from transforms.walk import descendants, dotted_name


class _Style(StrEnum):
    """How a driver is told where a parameter goes."""

    QMARK = "?"
    FORMAT = "%s"
    NAMED = ":name"


_CONNECTS = {
    "sqlite3.connect": _Style.QMARK,
    "aiosqlite.connect": _Style.QMARK,
    "psycopg2.connect": _Style.FORMAT,
    "psycopg.connect": _Style.FORMAT,
    "psycopg.Connection.connect": _Style.FORMAT,
    "psycopg.AsyncConnection.connect": _Style.FORMAT,
    "pymysql.connect": _Style.FORMAT,
    "MySQLdb.connect": _Style.FORMAT,
    "mysql.connector.connect": _Style.FORMAT,
}
_TYPES = {
    **dict.fromkeys(("sqlite3.Connection", "sqlite3.Cursor", "aiosqlite.Connection", "aiosqlite.Cursor"), _Style.QMARK),
    **dict.fromkeys(("psycopg2.extensions.connection", "psycopg2.extensions.cursor"), _Style.FORMAT),
    **dict.fromkeys(("psycopg.Connection", "psycopg.Cursor"), _Style.FORMAT),
    **dict.fromkeys(("psycopg.AsyncConnection", "psycopg.AsyncCursor"), _Style.FORMAT),
}
_TEXTS = ("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text")
_PARAMETER = {
    _Style.QMARK: re.compile(r"\?"),
    _Style.FORMAT: re.compile(r"%"),
    _Style.NAMED: re.compile(r"(?<!:):\w"),
}
_PASSES_ON = ("cursor", "execute", "closing", "enter_context", "enter_async_context")


class Statements:
    """The handlers for statements that are executed."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.walk, self.out = reading, reading.walk, reading.out
        self._makers: dict[str, _Style | None] = {}  # names that hold, or functions that give, a connection or cursor

    def module(self, node: cst.Module) -> None:
        """Which names hold what a driver made; one that means two things is none."""
        if ".execute(" not in self.walk.text or not is_sql(self.walk.text):
            return
        for parameter in descendants(node, cst.Param):
            if parameter.annotation is not None:
                self._holds(parameter.name.value, _TYPES.get(self.walk.resolve(parameter.annotation.annotation) or ""))
        bound = list(_bound(node))
        for _ in range(3):  # a cursor of a connection that a function gives
            for name, value in bound:
                self._holds(name, self._made(value))

    def _holds(self, name: str, style: _Style | None) -> None:
        if style is not None and self._makers.setdefault(name, style) is not style:
            self._makers[name] = None

    def call(self, node: cst.Call) -> None:
        """`cursor.execute("INSERT INTO users VALUES ('admin', '...')")`."""
        if called(node) != "execute" or not isinstance(node.func, cst.Attribute) or not 0 < len(node.args) < 3:
            return
        statement, style, asks = node.args[0].value, self._made(node.func.value), "{}"
        if isinstance(statement, cst.Call) and self.walk.resolve(statement.func) in _TEXTS and len(statement.args) == 1:
            style, asks = _Style.NAMED, f"{self.walk.code(statement.func)}({{}})"
            statement = statement.args[0].value
        if isinstance(statement, cst.SimpleString) and style is not None:
            self._bind(node, statement, style, asks)

    def _bind(self, node: cst.Call, statement: cst.SimpleString, style: _Style, asks: str) -> None:
        text, raw = text_of(statement) or "", statement.value
        found = sorted({each.value: each for each in sql_passwords(text)}.values(), key=lambda each: each.start)
        quoted = [f"'{each.value}'" for each in found]
        if not found or makes_role(text) or "\\" in raw or any(raw.count(each) != 1 for each in quoted):
            return
        if any(shape_of(each.value) is Shape.HASH for each in found):
            return
        names = _names(raw, len(found))
        left, places = raw, []
        for name, value in zip(names, quoted, strict=True):
            places.append(len(_PARAMETER[style].findall(left[: left.index(value)])))
            left = left.replace(value, f":{name}" if style is _Style.NAMED else style)
        given = self._given(node, style, raw, dict(zip(names, places, strict=True)))
        if given is not None:
            code = f"{self.walk.code(node.func, LONGEST)}({asks.format(left)}, {given})"
            for each in found:
                self.out.bound(statement, node, each.name, each.value, code)

    def _given(self, node: cst.Call, style: _Style, raw: str, places: dict[str, int]) -> str | None:
        """The parameters, with one more for each name; None where they cannot be told from what is given already."""
        there = node.args[1] if len(node.args) == 2 else None
        if there is None:
            if _PARAMETER[style].search(raw):
                return None
            values: list[str] = []
        elif there.keyword is None and isinstance(there.value, cst.Tuple | cst.Dict):
            values = [self.walk.code(each, LONGEST).rstrip(", \n") for each in there.value.elements]
        else:
            return None
        if style is _Style.NAMED:
            if there is not None and not isinstance(there.value, cst.Dict):
                return None
            more = ", ".join((*values, *(f'"{name}": {ASKED}' for name in places)))
            return f"{{{more}}}"
        if there is not None and not isinstance(there.value, cst.Tuple):
            return None
        for place in places.values():
            values.insert(place, ASKED)
        return f"({', '.join(values)}{',' * (len(values) == 1)})"

    def _made(self, value: cst.BaseExpression) -> _Style | None:
        """The style of the driver that made what an expression gives."""
        match value:
            case cst.Await(expression=inner):
                return self._made(inner)
            case cst.Call(func=func) if (style := _CONNECTS.get(self.walk.resolve(func) or "")) is not None:
                return style
            case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="cursor" | "execute"))):
                return self._made(inner)
            case cst.Call(args=[cst.Arg(value=inner)]) if called(value) in _PASSES_ON:
                return self._made(inner)
            case cst.Call(func=cst.Name(value=name)):
                return self._makers.get(f"{name}()")
        return self._makers.get(dotted_name(value) or "")


def _bound(module: cst.Module) -> Iterator[tuple[str, cst.BaseExpression]]:
    """What is assigned to which name; a function's answer goes by its name and `()`."""
    for node in descendants(module):
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
                yield dotted_name(target) or "", value
            case cst.WithItem(item=value, asname=cst.AsName(name=target)):
                yield dotted_name(target) or "", value
            case cst.FunctionDef(name=cst.Name(value=name), body=body):
                for each in descendants(body):
                    if isinstance(each, cst.Return) and each.value is not None:
                        yield f"{name}()", each.value


def _names(raw: str, number: int) -> list[str]:
    """Names for parameters that the statement does not have yet."""
    wanted = ("password", *(f"password_{count}" for count in range(2, 100)))
    return [name for name in wanted if f":{name}" not in raw][:number]
