"""Rows that are made without a class of the app: documents of MongoDB, rows of an `INSERT` in SQL text.

What each field or column is set to is told by its origins, and `**` stands for all that a whole object holds.
"""

import re
from collections.abc import Sequence

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import StoredRow
from transforms.frameworks.python_origins import Origins
from transforms.walk import Walk, dotted_name, string_value

_STORES = frozenset({"insert_one", "insert_many"})
_RUNS = frozenset({"execute", "executemany", "fetchrow", "fetchval", "fetch_one", "run", "query"})
_WHOLE = frozenset({"dict", "model_dump", "jsonable_encoder", "to_dict", "asdict"})
_LEAVES_OUT = frozenset({"exclude", "include"})
_INSERT = re.compile(
    r'\s*INSERT\s+(?:OR\s+[A-Z]+\s+)?INTO\s+["`\[]?([\w.]+)["`\]]?\s*\(([^()]*)\)\s*VALUES\s*\(', re.IGNORECASE
)
_HOLDER = re.compile(r"\?|%s|:(\w+)|%\((\w+)\)s|\$(\d+)")
_Pairs = list[tuple[str, cst.BaseExpression]]


class StoredRows:
    """The handlers: what names hold first, then what is stored."""

    def __init__(self, walk: Walk, origins: Origins) -> None:
        self.walk, self.origins = walk, origins
        self.rows: dict[str, _Pairs] = {}  # by the symbol of the name that holds one
        self.texts: dict[str, cst.BaseExpression] = {}  # the same for SQL

    def bound(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        """`doc = {"email": data.email}`, `doc["role"] = data.role`."""
        match target:
            case cst.Name(value=name):
                symbol, row = f"{self.walk.symbol}.{name}", self._row(value)
                self.rows.pop(symbol, None)
                self.texts.pop(symbol, None)
                if row:
                    self.rows[symbol] = row
                elif isinstance(value, cst.SimpleString | cst.ConcatenatedString):
                    self.texts[symbol] = value
            case cst.Subscript(
                value=cst.Name(value=name), slice=[cst.SubscriptElement(slice=cst.Index(value=key))]
            ) if (text := string_value(key)) is not None:
                self.rows.setdefault(f"{self.walk.symbol}.{name}", []).append((text, value))

    def call(self, node: cst.Call, name: str) -> None:
        """`users.insert_one(doc)`, `cursor.execute("INSERT INTO users ...", (email, role))`."""
        if self.walk.function is None or not node.args or not isinstance(node.func, cst.Attribute):
            return
        if name in _STORES:
            table, pairs = _collection(node.func.value), self._row(node.args[0].value)
        elif name in _RUNS:
            table, pairs = self._inserted(node)
        else:
            return
        if table and pairs:
            self._emit(node, table, pairs)

    def _emit(self, node: cst.Call, table: str, pairs: _Pairs) -> None:
        values = tuple((key, self.origins.text(value)) for key, value in dict(pairs).items())
        function, path = self.walk.symbol, self.walk.path

        def build(place: Place) -> StoredRow:
            return StoredRow(function, table, values, place, path)

        self.walk.emit(build, node)

    def _row(self, node: cst.BaseExpression) -> _Pairs:
        """The fields of a document, the last value of each, behind all that a whole object holds."""
        match node:
            case cst.Name(value=name):
                return list(self.rows.get(f"{self.walk.symbol}.{name}", ()))
            case cst.Dict(elements=elements):
                return [pair for each in elements for pair in self._element(each)]
            case cst.List(elements=[only]):
                return self._row(only.value)
            case cst.Call(func=func, args=args) if _last(func) in _WHOLE:
                spared = any(arg.keyword is not None and arg.keyword.value in _LEAVES_OUT for arg in args)
                whole = func.value if isinstance(func, cst.Attribute) else args[0].value if args else None
                return [("**", whole)] if whole is not None and not spared else []
        return []

    def _element(self, element: cst.BaseDictElement) -> _Pairs:
        match element:
            case cst.DictElement(key=key, value=value) if (text := string_value(key)) is not None:
                return [(text, value)]
            case cst.StarredDictElement(value=value):
                return self._row(value)
        return []

    def _inserted(self, node: cst.Call) -> tuple[str, _Pairs]:
        """The table of an `INSERT`, and its columns with what stands for them."""
        found = _INSERT.match(self._text(node.args[0].value))
        if found is None:
            return "", []
        columns = (each.strip(' "`[]\n\t') for each in found[2].split(","))
        given, pairs, position = self._parameters(node.args[1:]), _Pairs(), 0
        for column, written in zip(columns, found.string[found.end() :].split(","), strict=False):
            if (holder := _HOLDER.search(written)) is not None:
                named = holder[1] or holder[2]
                value = given.get(named or str(int(holder[3]) - 1 if holder[3] else position))
                position += 1
                pairs += [(column, value)] if value is not None else []
        return found[1].rpartition(".")[2], pairs

    def _text(self, node: cst.BaseExpression) -> str:
        if isinstance(node, cst.Call) and _last(node.func) == "text" and node.args:
            node = node.args[0].value
        if isinstance(node, cst.Name):
            held = (self.texts.get(f"{home}.{node.value}") for home in (self.walk.symbol, self.walk.module))
            node = next(filter(None, held), node)
        return string_value(node) or ""

    def _parameters(self, args: Sequence[cst.Arg]) -> dict[str, cst.BaseExpression]:
        """What is handed to the database, by name or by position."""
        if len(args) == 1:
            match args[0].value:
                case cst.Tuple(elements=elements) | cst.List(elements=elements):
                    return {str(number): each.value for number, each in enumerate(elements)}
                case cst.Dict() | cst.Name() as row if pairs := self._row(row):
                    return dict(pairs)
        return {str(number): each.value for number, each in enumerate(args)}


def _collection(node: cst.BaseExpression) -> str:
    """`users` of `db.users`, `db["users"]`, `users`, `get_db().users`, `self.users`."""
    match node:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return string_value(key) or ""
        case cst.Call(func=func, args=[first, *_]) if _last(func) in ("get_collection", "collection"):
            return string_value(first.value) or ""
    return _last(node)


def _last(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return (dotted_name(node) or "").rpartition(".")[2]
