"""Queries of SQLAlchemy and SQLModel: statements, legacy queries, look-ups by key, new rows, raw SQL.

A statement is one query, from `select(...)` on, however many calls hang on it, however many lines build it up under a
name, and whatever runs it.
"""

import dataclasses
import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_data import Operation, Query
from transforms.frameworks.python_origins import Origins
from transforms.frameworks.sqlalchemy_conditions import UNREADABLE, Conditions, Value, columns_of, tables_of
from transforms.frameworks.sqlalchemy_probes import asked_outright, only_asked
from transforms.walk import Walk, argument, dotted_name, string_value

RETURNED = "return"  # in place of a local name: what the function returns
LONGEST_HEAD = 200
_READS = frozenset({Operation.SELECT, Operation.GET})

_BUILDERS = {
    "select": Operation.SELECT, "update": Operation.UPDATE, "delete": Operation.DELETE, "insert": Operation.INSERT,
}  # fmt: skip
_LIBRARY = re.compile(r"(?:sqlalchemy|sqlmodel)\.")
_FILTERS = frozenset({"where", "filter", "having", "filter_by"})
_MORE_ENTITIES = frozenset({"join", "outerjoin", "select_from", "join_from", "with_entities"})
_RUNS = frozenset({"execute", "exec", "scalars", "scalar", "stream", "stream_scalars", "get", "one", "all", "first"})
_ENDS = _RUNS | {
    "count", "one_or_none", "scalar_one", "scalar_one_or_none", "first", "mappings", "get_one", "unique", "fetchall",
    "fetchone", "delete", "update", "add", "paginate", "get_or_404", "first_or_404", "one_or_404",
}  # fmt: skip
_COLLECTS = frozenset({"list", "set", "len", "tuple", "bool"})
_ADDS = frozenset({"add", "add_all", "merge", "bulk_save_objects"})
_VALIDATES = frozenset({"model_validate", "from_orm", "parse_obj", "validate", "construct", "model_construct"})
_RAW = frozenset({"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text"})
_STRING = re.compile(r"""(['"])(?:(?!\1).)*\1""")


@dataclasses.dataclass(slots=True, eq=False)
class Draft:
    """A query while its function is read."""

    operation: Operation
    function: str
    node: cst.BaseExpression
    root: cst.Call
    entities: list[str]
    values: list[Value] = dataclasses.field(default_factory=list)
    result: str | None = None
    bound_by: cst.BaseExpression | None = None  # what is assigned to that name
    session: str = ""
    privileged: bool = False


class Queries:
    """The handlers' common state: drafts under the local names that hold them."""

    def __init__(self, walk: Walk, origins: Origins) -> None:
        self.walk = walk
        self.origins = origins
        self.conditions = Conditions(walk, origins)
        self.statements: dict[str, Draft] = {}  # symbol of a local name -> the statement it holds
        self.rows: dict[str, Draft] = {}  # symbol of a local name -> the new row it holds, not yet added
        self.seen: set[int] = set()
        self.sessions: dict[int, cst.Call] = {}  # id of a statement -> the call that runs it
        self.privileged: set[int] = set()  # ids of calls that only callers with a role reach
        self.asked: tuple[cst.CSTNode | None, frozenset[int]] = (None, frozenset())  # by one function

    def bound(self, name: str, value: cst.BaseExpression) -> bool:
        """`name = <value>`: whether the name now holds a query, its result or a new row."""
        symbol = f"{self.walk.symbol}.{name}"
        draft = self._main(value)
        if draft is not None:
            draft.result, draft.bound_by = name, value
            if _is_open(_unwrapped(value)):
                self.statements[symbol] = draft
            return True
        row = self._new_row(value)
        if row is not None:
            row.result = name
            self.rows[symbol] = row
        return row is not None

    def attribute_set(self, name: str, attribute: str, value: cst.BaseExpression) -> None:
        """`row.tenant_id = user.tenant_id` of a new row."""
        if (row := self.rows.get(f"{self.walk.symbol}.{name}")) is not None:
            row.values = [each for each in row.values if each[0] != attribute]
            row.values.append((attribute, self.origins.text(value)))

    def call(self, node: cst.Call) -> Draft | None:
        """Emit the query that a call is, once."""
        if id(node) in self.seen:
            return None
        chain = list(_chain(node))
        if self._adds(node) or self._continues(chain):
            return None
        draft = self._begun(chain[-1])
        if draft is None:
            self._notice_session(chain[-1])
            return None
        self.seen.update(id(each) for each in chain)
        draft.node = node
        if (runner := self.sessions.get(id(node))) is not None:
            self._run_by(draft, runner)
        draft.privileged = not self.privileged.isdisjoint(map(id, chain))
        for each in reversed(chain[:-1]):
            self._step(draft, each)
        self._emit(draft)
        return draft

    def _begun(self, root: cst.Call) -> Draft | None:
        """A draft of the innermost call of a chain, if that begins a query."""
        reference = self.walk.resolve(root.func) or ""
        tail = reference.rpartition(".")[2]
        if reference in _RAW:
            return self._raw(root)
        is_builder = tail in _BUILDERS and _LIBRARY.match(reference) is not None
        draft = self._draft(_BUILDERS[tail], root) if is_builder else self._on_session(root)
        if draft is None:
            return self._on_class(root)
        for arg in root.args[:1] if draft.operation is Operation.GET else root.args:
            draft.entities += self._entities(arg.value)
        return draft

    def _notice_session(self, root: cst.Call) -> None:
        """Keep for `db.scalars(select(...))` in which session the statement runs."""
        if isinstance(root.func, cst.Attribute) and root.func.attr.value in _RUNS and root.args:
            self.sessions[id(_unwrapped(root.args[0].value))] = root

    def _on_session(self, root: cst.Call) -> Draft | None:
        """`db.query(Order)`, `db.get(Order, key)`."""
        match root.func:
            case cst.Attribute(value=session, attr=cst.Name(value="query")) if root.args:
                draft = self._draft(Operation.SELECT, root)
            case cst.Attribute(value=session, attr=cst.Name(value="get" | "get_one")) if len(root.args) > 1:
                first = dotted_name(root.args[0].value)
                if not first or not first.rpartition(".")[2][:1].isupper():
                    return None
                draft = self._draft(Operation.GET, root)
                draft.values.append(("", self.origins.text(root.args[1].value)))
            case _:
                return None
        draft.session = self.origins.text(session)
        return draft

    def _on_class(self, root: cst.Call) -> Draft | None:
        """`Order.query.filter_by(number=key)` of Flask-SQLAlchemy, whose session is the app's only one."""
        match root.func:
            case cst.Attribute(value=cst.Attribute(value=class_, attr=cst.Name(value="query"))):
                name = dotted_name(class_) or ""
            case _:
                return None
        if not name.rpartition(".")[2][:1].isupper():
            return None
        draft = self._draft(Operation.SELECT, root)
        draft.entities = [self.walk.resolve(name) or name]
        self._step(draft, root)
        return draft

    def _raw(self, root: cst.Call) -> Draft | None:
        sql = _text(root.args[0].value) if root.args else None
        if not sql or not (tables := tables_of(sql)):
            return None
        draft = self._draft(Operation.RAW, root)
        draft.entities = [f"table:{table}" for table in tables]
        draft.values = [(column, "") for column in columns_of(sql)]
        return draft

    def _draft(self, operation: Operation, root: cst.Call) -> Draft:
        return Draft(operation, self._function(), root, root, [])

    def _function(self) -> str:
        scope = self.walk.function
        return scope.symbol if scope is not None else f"{self.walk.module}.<module>"

    def _step(self, draft: Draft, call: cst.Call) -> None:
        """One more call that hangs on a query."""
        method = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        if method == "filter_by" or (method == "values" and draft.operation is Operation.INSERT):
            draft.values += self.conditions.of_keywords(call)
        elif method in _FILTERS:
            draft.values += self.conditions.of_filter(call)
        elif method in _MORE_ENTITIES:
            draft.entities += [each for arg in call.args[:1] for each in self._entities(arg.value)]
            for arg in call.args[1:]:
                draft.values += [each for each in self.conditions.of_filter(cst.Call(call.func, [arg]))
                                 if each[0] != UNREADABLE]  # fmt: skip
        elif method in ("get", "get_or_404") and len(call.args) == 1 and draft.operation is Operation.SELECT:
            draft.operation, draft.root = Operation.GET, call
            draft.values.append(("", self.origins.text(call.args[0].value)))
        elif method in ("update", "delete") and draft.operation is Operation.SELECT:
            draft.operation = _BUILDERS[method]
        elif method == "params" or method == "bindparams":
            draft.values = [(column, self.origins.text(call)) for column, _ in draft.values]

    def _continues(self, chain: list[cst.Call]) -> bool:
        """Whether a chain hangs on a statement that a local name holds, and adds to it."""
        match chain[-1].func:
            case cst.Attribute(value=cst.Name(value=name)):
                draft = self._statement_of(name)
            case _:
                return False
        if draft is None:
            return False
        self.seen.update(id(each) for each in chain)
        for each in reversed(chain):
            self._step(draft, each)
        return True

    def _run_by(self, draft: Draft, runner: cst.Call) -> None:
        """The session, and the parameters of raw SQL: `db.execute(text(sql), {"t": user.tenant_id})`."""
        if isinstance(runner.func, cst.Attribute):
            draft.session = self.origins.text(runner.func.value)
        if draft.operation is Operation.RAW and len(runner.args) > 1:
            given = " ".join(filter(None, (self.origins.text(arg.value) for arg in runner.args[1:])))
            draft.values = [(column, given) for column, _ in draft.values]

    def _main(self, value: cst.BaseExpression) -> Draft | None:
        """The query whose rows an expression holds: through `await`, `db.execute(...)`, `list(...)`, `.all()`."""
        inner = _unwrapped(value)
        while isinstance(inner, cst.Call):
            if (draft := self.call(inner)) is not None:
                return draft
            func = inner.func
            runs = isinstance(func, cst.Attribute) and func.attr.value in _RUNS
            if inner.args and (runs or (isinstance(func, cst.Name) and func.value in _COLLECTS)):
                inner = _unwrapped(inner.args[0].value)
            else:
                inner = _unwrapped(func.value) if isinstance(func, cst.Attribute) else func
        return self._statement_of(inner.value) if isinstance(inner, cst.Name) else None

    def _statement_of(self, name: str) -> Draft | None:
        for scope in reversed(self.walk.scopes):
            if (draft := self.statements.get(f"{scope.symbol}.{name}")) is not None:
                return draft
        return None

    def _new_row(self, value: cst.BaseExpression) -> Draft | None:
        """`Order(...)`, `Order.model_validate(payload, update={...})`: a row, once it is added."""
        call = _unwrapped(value)
        if not isinstance(call, cst.Call):
            return None
        name = dotted_name(call.func) or ""
        values: list[Value]
        if name.rpartition(".")[2] in _VALIDATES and call.args:
            name = name.rpartition(".")[0]
            values = [("**", self.origins.text(call.args[0].value))]
            if (update := argument(call, "update")) is not None:
                values += self.conditions.of_keywords(cst.Call(call.func, [cst.Arg(update)]))
        else:
            values = self.conditions.of_keywords(call)
        converts = bool(call.args) and not values  # `UUID(text)`: a row is made of names
        if converts or not name.rpartition(".")[2][:1].isupper():
            return None
        draft = Draft(Operation.INSERT, self._function(), call, call, [self.walk.resolve(name) or name], values)
        draft.privileged = id(call) in self.privileged
        return draft

    def _adds(self, node: cst.Call) -> bool:
        """`db.add(row)`, `db.add(Order(...))`, `db.add_all([...])`."""
        match node.func:
            case cst.Attribute(value=session, attr=cst.Name(value=method)) if method in _ADDS and node.args:
                for each in _elements(node.args[0].value):
                    self._added(each, session)
                return True
        return False

    def _added(self, node: cst.BaseExpression, session: cst.BaseExpression) -> None:
        row = self._new_row(node)
        if isinstance(node, cst.Name):
            row = next(
                (self.rows[symbol] for scope in reversed(self.walk.scopes)
                 if (symbol := f"{scope.symbol}.{node.value}") in self.rows),
                None,
            )  # fmt: skip
        if row is not None and id(row.node) not in self.seen:
            self.seen.add(id(row.node))
            row.session = self.origins.text(session)
            self._emit(row)

    def _entities(self, node: cst.BaseExpression) -> list[str]:
        """References of the classes (or columns of classes) that an argument names."""
        match node:
            case cst.Name() | cst.Attribute():
                found = self.walk.resolve(node)
                return [found] if found else []
            case cst.Call(func=func, args=args):
                inner = [each for arg in args for each in self._entities(arg.value)]
                return inner if isinstance(func, cst.Attribute | cst.Name) else []
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                return [each for element in elements for each in self._entities(element.value)]
        return []

    def _emit(self, draft: Draft) -> None:
        walk = self.walk
        code = _STRING.sub(r"\1\1", walk.code(draft.node))[:400]
        head = walk.code(draft.root, LONGEST_HEAD + 1)
        head = "" if len(head) > LONGEST_HEAD or "'" in head or '"' in head else head

        around = walk.function.node if walk.function is not None else None
        outright = draft.operation in _READS and id(draft.root) in self._asked_outright(around)

        def build(place: Place, root: Place) -> Query:
            return Query(
                framework="sqlalchemy",
                operation=draft.operation,
                function=draft.function,
                entities=tuple(dict.fromkeys(draft.entities)),
                filters=tuple(dict.fromkeys(column for column, _ in draft.values)),
                place=place,
                result=draft.result,
                code=code,
                file=walk.path,
                values=tuple(dict.fromkeys(draft.values)),
                root=root,
                head=head,
                session=draft.session,
                privileged=draft.privileged,
                probes=outright or only_asked(around, draft.bound_by, draft.result),
            )

        walk.emit(build, draft.node, draft.root)

    def _asked_outright(self, around: cst.CSTNode | None) -> frozenset[int]:
        """A function is looked through once for all its queries."""
        if self.asked[0] is not around:
            self.asked = around, asked_outright(around)
        return self.asked[1]


def _chain(node: cst.Call) -> Iterator[cst.Call]:
    """A call and those it hangs on, the outermost first: `a(...).b(...)` gives b's, then a's."""
    inner: cst.BaseExpression = node
    while isinstance(inner, cst.Call):
        yield inner
        inner = _unwrapped(inner.func.value) if isinstance(inner.func, cst.Attribute) else inner.func


def _unwrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.expression if isinstance(node, cst.Await) else node


def _is_open(node: cst.BaseExpression) -> bool:
    """Whether an expression is a statement that can still be added to, rather than what running it gave."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func.attr.value not in _ENDS
    return isinstance(node, cst.Call | cst.Name)


def _elements(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match node:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            yield from (element.value for element in elements)
        case cst.ListComp(elt=elt) | cst.GeneratorExp(elt=elt):
            yield elt
        case _:
            yield node


def _text(node: cst.BaseExpression) -> str | None:
    """The text of a string, with gaps where an f-string has values."""
    if isinstance(node, cst.FormattedString):
        return "".join(part.value if isinstance(part, cst.FormattedStringText) else " %s " for part in node.parts)
    return string_value(node)
