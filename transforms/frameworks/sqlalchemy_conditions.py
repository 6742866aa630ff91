"""The conditions of a query: which columns it compares, and where the other side comes from."""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.frameworks.python_origins import Origins
from transforms.walk import Walk, dotted_name, string_value

UNREADABLE = "?"  # in place of a column: a condition that is made elsewhere
BUT = "!"  # in front of a column: all rows but those with that value
Value = tuple[str, str]  # a column and the origins of what it is compared with

_COMPARING = frozenset({"in_", "is_", "like", "ilike", "any_", "contains", "has", "any", "op", "between"})
_NOT_CONDITIONS = frozenset({"True", "False", "None"})
_TABLES = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+[\"`\[]?(?:\w+\.)?(\w+)", re.IGNORECASE)
_COLUMNS = re.compile(r"\b(?:\w+\.)?(\w+)\s*(?:=|\bIN\b)\s*\(?\s*[:%?$]", re.IGNORECASE)
_WHERE = re.compile(r"\bWHERE\b(.*)", re.IGNORECASE | re.DOTALL)


class Conditions:
    """Reads conditions, and remembers those that functions keep under a name before they use them."""

    def __init__(self, walk: Walk, origins: Origins) -> None:
        self.walk = walk
        self.origins = origins
        self.named: dict[str, list[Value]] = {}  # symbol of a local name -> its conditions

    def remember(self, name: str, node: cst.BaseExpression) -> None:
        """`conditions = [Order.tenant_id == tenant_id]`."""
        if not isinstance(node, cst.List | cst.Tuple | cst.Comparison | cst.BinaryOperation | cst.Call):
            return
        found = list(self._compared(node))
        if found or (isinstance(node, cst.List) and not node.elements):
            self.named[f"{self.walk.symbol}.{name}"] = found

    def append(self, call: cst.Call) -> None:
        """`conditions.append(Order.status == status)`."""
        match call.func:
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="append" | "extend")):
                known = self.named.get(f"{self.walk.symbol}.{name}")
                if known is not None:
                    for arg in call.args:
                        known.extend(self._compared(arg.value))

    def of_filter(self, call: cst.Call) -> list[Value]:
        """The conditions of `.where(...)` or `.filter(...)`; one that cannot be read is UNREADABLE."""
        found: list[Value] = []
        for arg in call.args:
            compared = list(self._compared(arg.value))
            if not compared and not _is_constant(arg.value):
                compared = [(UNREADABLE, self.origins.text(arg.value))]
            found += compared
        return found

    def of_keywords(self, call: cst.Call) -> list[Value]:
        """The columns that `filter_by(...)`, `values(...)` or a constructor names; `**` stands for unpacked ones."""
        found: list[Value] = []
        for arg in call.args:
            if arg.keyword is not None:
                found.append((arg.keyword.value, self.origins.text(arg.value)))
            elif arg.star == "**" or isinstance(arg.value, cst.Dict):
                found += self._of_mapping(arg.value)
        return found

    def _of_mapping(self, node: cst.BaseExpression) -> list[Value]:
        if not isinstance(node, cst.Dict):
            return [("**", self.origins.text(node))]
        found: list[Value] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                found.append((string_value(element.key) or UNREADABLE, self.origins.text(element.value)))
            else:
                found += self._of_mapping(element.value)
        return found

    def _compared(self, node: cst.BaseExpression) -> Iterator[Value]:
        match node:
            case cst.UnaryOperation(operator=cst.BitInvert(), expression=inner):
                yield from ((BUT + name, origins) for name, origins in self._compared(inner))
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                others = BUT if isinstance(operator, cst.NotEqual | cst.IsNot | cst.NotIn) else ""
                yield from ((others + name, origins) for name, origins in self._sides(left, right))
            case cst.Call(func=cst.Attribute(value=column, attr=cst.Name(value=method)), args=args) if (
                method in _COMPARING and (name := self._column(column))
            ):
                yield name, " ".join(filter(None, (self.origins.text(arg.value) for arg in args)))
            case cst.Call(func=func, args=args) if _last(func) in ("and_", "or_", "not_", "all_", "exists", "col"):
                for arg in args:
                    yield from self._compared(arg.value)
            case cst.BinaryOperation(left=left, operator=cst.BitAnd() | cst.BitOr(), right=right):
                yield from self._compared(left)
                yield from self._compared(right)
            case cst.UnaryOperation(expression=inner) | cst.Await(expression=inner):
                yield from self._compared(inner)
            case cst.List(elements=elements) | cst.Tuple(elements=elements):
                for element in elements:
                    yield from self._compared(element.value)
            case cst.IfExp(body=body, orelse=orelse):
                yield from self._compared(body)
                yield from self._compared(orelse)
            case cst.Name(value=name):
                yield from self._known(name)

    def _known(self, name: str) -> list[Value]:
        for scope in reversed(self.walk.scopes):
            if (known := self.named.get(f"{scope.symbol}.{name}")) is not None:
                return known
        return []

    def _sides(self, left: cst.BaseExpression, right: cst.BaseExpression) -> Iterator[Value]:
        for one, other in ((left, right), (right, left)):
            if name := self._column(one):
                yield name, self.origins.text(other)

    def _column(self, node: cst.BaseExpression) -> str | None:
        """The name of `Order.tenant_id`, `orders.c.tenant_id`, `col(Order.tenant_id)`, `func.lower(User.email)`."""
        if isinstance(node, cst.Call) and len(node.args) == 1:
            return self._column(node.args[0].value)
        if not isinstance(node, cst.Attribute):
            return None
        head = (dotted_name(node) or "").partition(".")[0]
        is_class = bool(head) and (not self.origins.is_local(head) or head[:1].isupper())
        return node.attr.value if is_class or ".c." in f"{dotted_name(node)}" else None


def tables_of(sql: str) -> tuple[str, ...]:
    """The tables that SQL text names, each once."""
    return tuple(dict.fromkeys(_TABLES.findall(sql)))


def columns_of(sql: str) -> tuple[str, ...]:
    """The columns that the WHERE part of SQL text compares with a parameter."""
    where = _WHERE.search(sql)
    return tuple(dict.fromkeys(_COLUMNS.findall(where[1]))) if where else ()


def _is_constant(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value in _NOT_CONDITIONS


def _last(node: cst.BaseExpression) -> str:
    return (dotted_name(node) or "").rpartition(".")[2]
