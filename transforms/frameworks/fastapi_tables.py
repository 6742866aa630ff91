"""Routers that are hung by a table: `for router, prefix in ROUTERS: app.include_router(router, prefix=prefix)`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from transforms.frameworks.python_references import reference, url_path
from transforms.walk import Walk

Cells = Sequence[cst.BaseExpression]


@dataclass(frozen=True, slots=True)
class Row:
    """One turn of a loop: what its variables hold; without any for a call outside of a loop."""

    walk: Walk
    cells: dict[str, cst.BaseExpression] = field(default_factory=dict)  # by the symbol of the variable

    def cell(self, node: cst.BaseExpression | None) -> cst.BaseExpression | None:
        """What an expression stands for in this turn."""
        return self.cells.get(_symbol(self.walk, node), node) if node is not None else None

    def path(self, node: cst.BaseExpression | None) -> str | None:
        """A URL path with the variables of the loop filled in; None: not readable."""
        text = url_path(self.walk, node) if node is not None else ""
        for symbol, cell in self.cells.items():
            if text is not None and f"<{symbol}>" in text:
                filled = "" if isinstance(cell, cst.Name) and cell.value == "None" else url_path(self.walk, cell)
                text = text.replace(f"<{symbol}>", filled) if filled is not None else None
        return text


class Tables:
    """Lists of rows, and the loops over them."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.named: dict[str, list[Cells]] = {}
        self.loops: dict[str, list[Row]] = {}  # by the symbol of each variable

    def bound(self, symbol: str, value: cst.List | cst.Tuple | cst.Dict) -> None:
        """A name holds a table."""
        self.named[symbol] = _rows(value)

    def loop(self, target: cst.Tuple, over: cst.BaseExpression) -> None:
        """A loop whose variables are the columns of a table."""
        names = [each.value.value for each in target.elements if isinstance(each.value, cst.Name)]
        self.walk.scopes[-1].names.update(names)
        symbols = [f"{self.walk.symbol}.{name}" for name in names]
        if len(names) == len(target.elements):
            fitting = [cells for cells in self._table(over) if len(cells) == len(names)]
            rows = [Row(self.walk, dict(zip(symbols, cells, strict=True))) for cells in fitting]
            self.loops.update((symbol, rows) for symbol in symbols)

    def rows(self, node: cst.BaseExpression) -> list[Row]:
        """The turns in which an expression is run; one where it is no variable of such a loop."""
        return self.loops.get(_symbol(self.walk, node)) or [Row(self.walk)]

    def _table(self, over: cst.BaseExpression) -> list[Cells]:
        match over:
            case cst.List() | cst.Tuple() | cst.Set():
                return _rows(over)
            case cst.Call(func=cst.Attribute(value=table, attr=cst.Name(value="items")), args=[]):
                return _rows(table) if isinstance(table, cst.Dict) else self.named.get(_symbol(self.walk, table), [])
        return self.named.get(_symbol(self.walk, over), [])


def _rows(table: cst.List | cst.Tuple | cst.Set | cst.Dict) -> list[Cells]:
    found: list[Cells] = []
    for each in table.elements:
        if isinstance(each, cst.DictElement):
            found.append((each.key, each.value))
        elif isinstance(each.value, cst.Tuple | cst.List):
            found.append([cell.value for cell in each.value.elements])
    return found


def _symbol(walk: Walk, node: cst.BaseExpression) -> str:
    return (reference(walk, node) or "") if isinstance(node, cst.Name | cst.Attribute) else ""
