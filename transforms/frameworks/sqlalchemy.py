"""SQLAlchemy and SQLModel: stored classes, queries, and where the values they are filtered by come from.

Beside its queries a function's comparisons and the arguments it passes on are kept: a row may be compared with its
owner after it was fetched, and a tenant may reach a query through several functions.
"""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts_data import Comparison, Passing, RowScope
from transforms.frameworks.python_announced import OF_SELF
from transforms.frameworks.python_origins import Origins
from transforms.frameworks.sqlalchemy_edits import scope_query
from transforms.frameworks.sqlalchemy_entities import read_class
from transforms.frameworks.sqlalchemy_queries import RETURNED, Queries
from transforms.walk import Handlers, Walk, argument, descendants, dotted_name, string_value

__all__ = ["NAME", "TOKENS", "read", "scope_query"]

NAME = "sqlalchemy"
# Beside the libraries' names: what stands between a route and its queries, in files that name no library.
TOKENS: tuple[bytes, ...] = (
    b"sqlalchemy", b"sqlmodel", b"Depends(", b"scope_entities(", b".query(", b".query.", b"db.Model", *OF_SELF, b"(db,",
    b"(db)", b"self.session", b"(session,", b"session.add(", b"session.get(", b"session.exec", b"session.scalar",
    b"repo.", b"repository.", b"_service.",
)  # fmt: skip

_PRIVILEGE = re.compile(r"admin|superuser|staff|role|permission|privileged|is_owner", re.IGNORECASE)
_SCOPES = frozenset({"scope_entities", "with_loader_criteria"})
# Calls of every file that lead to no query of the app's own: functions, and methods of anything.
_PLAIN_FUNCTIONS = frozenset({
    "print", "len", "str", "int", "float", "bool", "range", "isinstance", "setattr", "getattr", "hasattr",
    "HTTPException", "Depends", "Query", "Path", "UUID", "list", "dict", "set", "sum", "sorted", "enumerate", "zip",
    "select", "type", "repr", "tuple",
})  # fmt: skip
_HANDED = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.IfExp)  # arguments that may hold somebody's value
_PLAIN_METHODS = frozenset({
    "append", "extend", "join", "format", "refresh", "execute", "scalars", "scalar", "exec", "select_from",
    "order_by", "limit", "offset", "options", "info", "debug", "warning", "error", "exception", "where", "filter_by",
    "add_task", "startswith", "endswith",
})  # fmt: skip


def read(walk: Walk) -> Handlers:
    """Leave Entity, Query, Comparison and Passing facts."""
    reader = _Reader(walk)
    return {
        cst.ClassDef: lambda node: read_class(walk, node),
        cst.Assign: reader.assigned,
        cst.AnnAssign: reader.annotated,
        cst.NamedExpr: reader.named,
        cst.For: reader.loop,
        cst.CompFor: reader.loop,
        cst.With: reader.with_,
        cst.If: reader.condition,
        cst.Return: reader.returned,
        cst.Comparison: reader.compared,
        cst.Call: reader.call,
    }


class _Reader:
    """The handlers: names first, then what is done with them."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.origins = Origins(walk)
        self.queries = Queries(walk, self.origins)

    def assigned(self, node: cst.Assign) -> None:
        for target in node.targets:
            match target.target:
                case cst.Name(value=name):
                    self._bound(name, node.value)
                case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=attribute)):
                    self.queries.attribute_set(name, attribute, node.value)
                case cst.Tuple(elements=elements):
                    for element in elements:
                        if isinstance(element.value, cst.Name):
                            self.origins.assign(element.value.value, node.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        if isinstance(node.target, cst.Name) and node.value is not None:
            self._bound(node.target.value, node.value)

    def named(self, node: cst.NamedExpr) -> None:
        """`if (order := db.get(Order, key)) is None`."""
        if isinstance(node.target, cst.Name):
            self._bound(node.target.value, node.value)

    def loop(self, node: cst.For | cst.CompFor) -> None:
        if isinstance(node.target, cst.Name):
            self._bound(node.target.value, node.iter)

    def with_(self, node: cst.With) -> None:
        for item in node.items:
            if item.asname is not None and isinstance(item.asname.name, cst.Name):
                self.origins.assign(item.asname.name.value, item.item)

    def condition(self, node: cst.If) -> None:
        """`if user.is_admin:` makes what stands below it privileged."""
        if not any(_PRIVILEGE.search(name) for name in _mentioned(node.test)):
            return
        match node.test:
            case (
                cst.UnaryOperation(operator=cst.Not())
                | cst.Comparison(comparisons=[cst.ComparisonTarget(operator=cst.NotEqual() | cst.NotIn())])
            ):
                below: cst.CSTNode | None = node.orelse
            case _:
                below = node.body
        if below is not None:
            self.queries.privileged.update(id(each) for each in descendants(below, cst.Call))

    def returned(self, node: cst.Return) -> None:
        if isinstance(node.value, cst.Call | cst.Await):
            self.queries.bound(RETURNED, node.value)

    def compared(self, node: cst.Comparison) -> None:
        """A comparison outside of queries; one with a column of a class belongs to a query."""
        if self.walk.function is None or len(node.comparisons) != 1:
            return
        left, right = self.origins.text(node.left), self.origins.text(node.comparisons[0].comparator)
        if left and right and not (_is_column(left) or _is_column(right)):
            fact = Comparison(self.walk.symbol, left, right)
            self.walk.emit(lambda: fact)

    def call(self, node: cst.Call) -> None:
        self.queries.conditions.append(node)
        self.queries.call(node)
        scope = self.walk.function
        callee = (dotted_name(node.func) or _attribute(node.func)).rpartition(".")[2]
        if callee in _SCOPES:
            self._row_scope(node)
        plain = _PLAIN_FUNCTIONS if isinstance(node.func, cst.Name) else _PLAIN_METHODS
        if scope is None or not node.args or not callee or callee in plain:
            return
        arguments = tuple(self._arguments(node))
        if arguments:
            fact = Passing(scope.symbol, callee, arguments)
            self.walk.emit(lambda: fact)

    def _row_scope(self, node: cst.Call) -> None:
        """`scope_entities(Order, Note, column="user_id")`, `with_loader_criteria(Owned, lambda cls: ...)`."""
        named = argument(node, "column")
        column = (string_value(named) or "") if named is not None else "tenant_id"
        if _attribute(node.func) == "with_loader_criteria" or dotted_name(node.func) == "with_loader_criteria":
            column = next((each.attr.value for each in descendants(node, cst.Attribute)), "")
        for arg in node.args:
            reference = self.walk.resolve(arg.value) if arg.keyword is None else None
            if reference is not None and column:
                self._emit_scope(node, reference, column)

    def _emit_scope(self, node: cst.Call, reference: str, column: str) -> None:
        path = self.walk.path
        self.walk.emit(lambda place: RowScope(reference, column, place, path), node)

    def _arguments(self, node: cst.Call) -> Iterator[tuple[str, str]]:
        """Position or keyword of each argument with local origins, and these."""
        for index, arg in enumerate(node.args):
            if arg.star or not isinstance(arg.value, _HANDED):
                continue
            origins = self.origins.text(arg.value)
            if not all(origin.startswith("@") for origin in origins.split()):
                yield (arg.keyword.value if arg.keyword is not None else str(index)), origins

    def _bound(self, name: str, value: cst.BaseExpression) -> None:
        self.walk.scopes[-1].names.add(name)
        if self.queries.bound(name, value):
            self.origins.keep(name)
            return
        self.queries.conditions.remember(name, value)
        self.origins.assign(name, value)


def _is_column(origins: str) -> bool:
    return origins.startswith("@") and "()" not in origins and "." in origins


def _attribute(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else ""


def _mentioned(node: cst.CSTNode) -> Iterator[str]:
    for each in descendants(node):
        if isinstance(each, cst.Name | cst.SimpleString):
            yield each.value
