"""Literals that are bound to a SQL statement whose column is for a password: in a tuple, a dict, or one by one.

Statement and parameters may stand in the call, or under names that were assigned before.
"""

from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from transforms.concepts_secrets import SecretRole
from transforms.frameworks.secret_reading import Reading
from transforms.frameworks.secret_values import called, text_of
from transforms.secrets.queries import STATEMENT, parameter_columns
from transforms.secrets.vocabulary import words

_RUNS = words(
    "execute executemany execute_many exec_driver_sql fetch fetchrow fetchval fetch_one fetch_all fetch_val scalar "
    "scalars read_sql read_sql_query raw query bindparams"
)
_ALL_AT_ONCE = words("params parameters values args seq_of_params vars")


class Queries:
    """The handlers for what is bound to statements."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._kept: dict[str, cst.BaseExpression] = {}  # statements and parameters by the name they were assigned to

    def assign(self, node: cst.Assign) -> None:
        """`sql = "INSERT ..."`, `params = ("admin", "...")`."""
        target, value = node.targets[0].target, node.value
        if type(target) is cst.Name and type(value) in _KEPT and (value.__class__ in _GIVEN or _said(value)):
            self._kept[target.value] = value

    def call(self, node: cst.Call) -> None:
        """`cursor.execute("SELECT ... WHERE name = ? AND password = ?", ("admin", "..."))`."""
        if called(node) not in _RUNS or not isinstance(node.func, cst.Attribute):
            return
        args = [arg for arg in node.args if not arg.star]
        if called(node) == "bindparams":
            self._bound(parameter_columns(self._statement(node.func.value)), args)
        elif len(args) > 1 and args[0].keyword is None and (statement := self._statement(args[0].value)):
            self._bound(parameter_columns(statement), args[1:])

    def _statement(self, node: cst.BaseExpression) -> str:
        """The text of a statement, one that SQLAlchemy's `text` makes too; "" for anything else."""
        if isinstance(node, cst.Name):
            node = self._kept.get(node.value, node)
        if isinstance(node, cst.Call) and called(node) == "text" and node.args:
            node = node.args[0].value
        return _said(node)

    def _bound(self, columns: Mapping[str | int, str], args: Sequence[cst.Arg]) -> None:
        for place, arg in enumerate(args if columns else ()):
            keyword = arg.keyword.value if arg.keyword is not None else None
            given = self._kept.get(arg.value.value, arg.value) if isinstance(arg.value, cst.Name) else arg.value
            if keyword is None or keyword in _ALL_AT_ONCE:
                self._row(columns, given, place)
            elif keyword in columns:
                self._named(columns[keyword], given)

    def _row(self, columns: Mapping[str | int, str], given: cst.BaseExpression, place: int) -> None:
        match given:
            case cst.Tuple() | cst.List():
                for row in _rows(given):
                    if isinstance(row, cst.Dict):
                        self._row(columns, row, 0)
                    for index, value in enumerate(row if isinstance(row, list) else ()):
                        self._named(columns.get(index), value)
            case cst.Dict(elements=elements):
                for each in elements:
                    if isinstance(each, cst.DictElement):
                        self._named(columns.get(text_of(each.key) or ""), each.value)
            case _:
                self._named(columns.get(place), given)  # asyncpg's way

    def _named(self, column: str | None, value: cst.BaseExpression) -> None:
        if column is not None:
            self.reading.named(column, SecretRole.DICT_VALUE, value, partner=True)


_GIVEN = frozenset((cst.Tuple, cst.List, cst.Dict))
_KEPT = _GIVEN | {cst.SimpleString, cst.ConcatenatedString, cst.FormattedString, cst.Call}


def _said(node: cst.BaseExpression) -> str:
    """The text of a statement, with a word for what is filled in."""
    text = text_of(node)
    if isinstance(node, cst.FormattedString):
        parts = (part.value if isinstance(part, cst.FormattedStringText) else "x" for part in node.parts)
        text = "".join(parts)
    elif isinstance(node, cst.Call) and called(node) == "text" and node.args:
        text = text_of(node.args[0].value)
    return text if text is not None and STATEMENT.match(text) else ""


def _rows(given: cst.Tuple | cst.List) -> Iterator[list[cst.BaseExpression] | cst.Dict]:
    """The rows of parameters: one, or several."""
    values = [element.value for element in given.elements]
    if values and all(isinstance(value, cst.Tuple | cst.List | cst.Dict) for value in values):
        for value in values:
            if isinstance(value, cst.Dict):
                yield value
            elif isinstance(value, cst.Tuple | cst.List):
                yield [element.value for element in value.elements]
    else:
        yield values
