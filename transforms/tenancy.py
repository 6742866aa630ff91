"""Whether each query of rows that belong to somebody is narrowed to who is calling.

A query is scoped by a filter with a value of the caller (in the query, or handed down to it), by a comparison after the
fetch, by the parent row it hangs on, or by a hook on the session. Some are unscoped by right: looking up an account at
sign-in, rows found by a secret, administrators' views. What cannot be followed is unknown.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms.callers import Source
from transforms.concepts import How, Route
from transforms.concepts_data import Operation, Query
from transforms.ownership import ColumnNames, Kind, Ownership, Scope
from transforms.public import Openness

if TYPE_CHECKING:
    from transforms.app import App


class Holds(StrEnum):
    """Whether a query is scoped."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer for one query, and why. `certain`: the app itself shows how such rows are meant to be scoped."""

    query: Query
    scope: Scope
    holds: Holds
    reason: str
    certain: bool = False
    routes: tuple[str, ...] = ()


Answer = tuple[Holds, str] | None


@dataclass(frozen=True, slots=True)
class Owned:
    """A query of rows that belong to somebody."""

    query: Query
    scopes: tuple[Scope, ...]  # of its class, the tenant's first

    @property
    def scope(self) -> Scope:
        """The one that it must respect."""
        return self.scopes[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that say whose a row is."""
        return tuple(each.column for each in self.scopes)


UNREADABLE = "?"
BUT = "!"  # in front of a column: all rows but those with that value
_BULK_INSERT = re.compile(r"(?:\w+\.)*insert\(")
_SECRET_KEYS = re.compile(
    r"token|jti|code|hash|secret|api_?key|slug|session_id|invite|nonce|state$|uuid", re.IGNORECASE
)
_NATURAL_KEYS = re.compile(
    r"e?mail|user_?name|login|phone|mobile|subdomain|domain|handle|google|github|sub$|oauth|name$"
)


class Tenancy:
    """The judgements of one app."""

    def __init__(self, app: "App", names: ColumnNames) -> None:
        self.app = app
        self.ownership = Ownership(app, names)
        self.reaching = app.reaching
        self.callers = app.callers

    @functools.cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """One for each query of owned rows that a route reaches."""
        return tuple(found for owned in self.owned for found in self._judge(owned))

    @functools.cached_property
    def owned(self) -> tuple[Owned, ...]:
        """The queries of classes with a scope, wherever they stand."""
        found = (Owned(query, self._scopes(query)) for query in self.app.queries)
        return tuple(each for each in found if each.scopes)

    @functools.cached_property
    def hooked(self) -> frozenset[tuple[str, str]]:
        """Classes (symbols) and columns that a hook on the session narrows."""
        found: set[tuple[str, str]] = set()
        for path, facts in self.app.files.items():
            for each in facts.row_scopes:
                symbol = self.app.resolve(each.entity, path)
                derived = [entity for entity in self.ownership.entities if symbol in set(self.app.ancestors(entity))]
                found |= {(entity, each.column) for entity in (symbol, *derived)}
        return frozenset(found)

    def own_value(self, query: Query) -> str | None:
        """The column by which a query is compared with, or given, a value of the caller."""
        for column, origins in query.values:
            plain = not column.startswith(("**", BUT))
            if plain and self.callers.source(query.function, origins) is Source.CALLER:
                return column
        return None

    def _scopes(self, query: Query) -> tuple[Scope, ...]:
        for reference in query.entities:
            entity = self.ownership.entity(reference, query.file)
            if entity is not None and (scopes := self.ownership.scopes.get(entity.symbol)):
                return scopes
        return ()

    def _judge(self, owned: Owned) -> Iterator[Judgement]:
        routes = self.reaching.routes(owned.query.function)
        if not routes:
            return  # a seed, a migration, a worker, or what a guard looks up about who is calling
        names = tuple(dict.fromkeys(route.name for route in routes))
        certain = self._is_evident(owned)
        for rule in (self._scoped, self._by_right, self._of_tenants, self._cannot_tell, self._unscoped):
            if (found := rule(owned)) is not None:
                yield Judgement(owned.query, owned.scope, *found, certain, names)
                return

    def _of_tenants(self, owned: Owned) -> Answer:
        """Of the tenants themselves only a list of all of them is clearly wrong."""
        if owned.scope.itself and (owned.query.operation is not Operation.SELECT or owned.query.values):
            return Holds.UNKNOWN, f"whether this {_name(owned.scope)} is the caller's cannot be told"
        return None

    def _scoped(self, owned: Owned) -> Answer:
        query = owned.query
        if any((each.entity.symbol, each.column) in self.hooked for each in owned.scopes) and not passes_by_hooks(
            query
        ):
            return Holds.YES, "every session narrows these rows to the caller's"
        if (column := self.own_value(query)) is not None:
            return Holds.YES, f"{column or 'its key'} is the caller's"
        if query.privileged:
            return Holds.YES, "only callers with a role get here"
        if query.operation is not Operation.INSERT and self._checked(query.function, owned.columns, query.result):
            return Holds.YES, "compared with the caller after the fetch"
        return None

    def _by_right(self, owned: Owned) -> Answer:
        query = owned.query
        if query.probes:
            return Holds.YES, "only whether there is such a row is asked"
        compared = [column for column, _ in query.values if not column.startswith(("**", UNREADABLE, BUT))]
        if query.operation is not Operation.INSERT:
            foreign = {each.name for each in owned.scope.entity.columns if each.foreign_key is not None}
            if any(_SECRET_KEYS.search(column) for column in compared if column not in foreign):
                return Holds.YES, "looked up by a secret of its own"
            if owned.scope.entity.symbol in self.ownership.people and any(map(_NATURAL_KEYS.search, compared)):
                return Holds.YES, "an account is looked up by its name"
        if all(self.app.publicity(route).openness is Openness.PUBLIC for route in self.reaching.routes(query.function)):
            return Holds.YES, "the route is open on purpose"
        if not self.callers.is_for_administrators(query.function):
            return None
        if owned.scope.kind is Kind.OWNER:
            return Holds.YES, "administrators see all rows"
        return Holds.UNKNOWN, "whether these administrators are of one tenant or of all cannot be told"

    def _cannot_tell(self, owned: Owned) -> Answer:
        query = owned.query
        if self.callers.session_is_scoped(query.function, query.session):
            return Holds.UNKNOWN, "its session comes from something that knows the caller"
        if all(self._may_be_open(route) for route in self.reaching.routes(query.function)):
            return Holds.UNKNOWN, "its route may be open on purpose, with rows for everybody"
        if any(column == UNREADABLE for column, _ in query.values):
            return Holds.UNKNOWN, "one of its conditions is made elsewhere"
        if any(column == BUT + each for column, _ in query.values for each in owned.columns):
            return Holds.UNKNOWN, f"it asks for all rows but those with one {owned.scope.column}, which may be meant"
        sources = {column: self.callers.source(query.function, origins) for column, origins in query.values}
        own = [sources[column] for column in owned.columns if column in sources]
        if any(column in owned.columns and not origins for column, origins in query.values):
            return Holds.UNKNOWN, f"its {owned.scope.column} is the same for everybody"
        if all(self._serves_a_machine(route) for route in self.reaching.routes(query.function)):
            return Holds.UNKNOWN, "who is calling is checked, and is no person that the handler knows"
        if Source.UNKNOWN in own:
            return Holds.UNKNOWN, f"where the value of {owned.scope.column} comes from cannot be followed"
        if Source.CHOSEN in own:
            return None
        if query.operation is Operation.INSERT:
            return self._of_new_row(owned, own)
        if Source.ROW in sources.values() or Source.UNKNOWN in sources.values():
            return Holds.UNKNOWN, "it follows a row that was fetched before"
        return None

    def _may_be_open(self, route: Route) -> bool:
        return self.app.access(route).is_open and self.app.publicity(route).openness is not Openness.NOT_PUBLIC

    def _serves_a_machine(self, route: Route) -> bool:
        """Whether a handler checks its caller in its body, a signature for one, and has nothing of a person in hand."""
        guard = self.app.access(route).guard
        inline = self.app.access(route).is_checked and guard is not None and guard.how is How.INLINE
        return inline and not self.callers.knows_somebody(route.handler)

    def _of_new_row(self, owned: Owned, own: list[Source]) -> Answer:
        """A new row is wrong where its column comes with the whole body of the request."""
        if own:
            return Holds.UNKNOWN, "its owner is another row's"
        unpacked = [origins for name, origins in owned.query.values if name == "**"]
        if any(self._has_field(owned.query.function, origins, owned.scope.column) for origins in unpacked):
            return None
        return Holds.UNKNOWN, f"it is not seen to set {owned.scope.column}"

    def _unscoped(self, owned: Owned) -> Answer:
        query, scope = owned.query, owned.scope
        if scope.kind is Kind.OWNER and not (self._is_evident(owned) or self._clearly_owned(owned)):
            return Holds.UNKNOWN, f"whether {scope.column} says whose row it is cannot be told: nothing relies on it"
        if query.operation is Operation.INSERT:
            return Holds.NO, f"{scope.column} of a new {_name(scope)} is what the request says"
        chosen = any(
            column == scope.column and self.callers.source(query.function, origins) is Source.CHOSEN
            for column, origins in query.values
        )
        if chosen:
            return Holds.NO, f"{scope.column} is compared with what the request says, not with the caller's"
        if scope.itself:
            return Holds.NO, f"every caller sees every {_name(scope)}"
        return Holds.NO, f"nothing narrows {_name(scope)} to the caller's {scope.column}"

    def _clearly_owned(self, owned: Owned) -> bool:
        """Without a query that is narrowed: the app's users own the rows, and this one changes or takes over a row."""
        if owned.scope.likely or not owned.scope.sure:
            return False
        routes = self.reaching.routes(owned.query.function)
        return owned.query.operation is not Operation.SELECT or all(route.may_write for route in routes)

    def _is_evident(self, owned: Owned) -> bool:
        """Whether the app itself narrows such rows: what is written only by its owner may still be for all to read."""
        known = (owned.scope.entity.symbol, owned.scope.kind)
        return (*known, True) in self._evident or (self._may_write(owned.query) and (*known, False) in self._evident)

    @functools.cached_property
    def _evident(self) -> frozenset[tuple[str, Kind, bool]]:
        """The classes of which some query that reads is narrowed to the caller; True: in a route that only reads."""
        found: set[tuple[str, Kind, bool]] = set()
        for owned in self.owned:
            query = owned.query
            if query.operation is Operation.INSERT or not self.reaching.routes(query.function):
                continue
            column = self.own_value(query)
            checked = self._checked(query.function, owned.columns, query.result)
            for each in owned.scopes:
                if each.column == column or checked:
                    found.add((each.entity.symbol, each.kind, not self._may_write(query)))
        return frozenset(found)

    def _may_write(self, query: Query) -> bool:
        return any(route.may_write for route in self.reaching.routes(query.function))

    def _checked(
        self, function: str, columns: tuple[str, ...], row: str | None, depth: int = 0, below: str | None = None
    ) -> bool:
        """Whether a function, or each of its callers, compares the row with who is calling; `below` gave it the row."""
        if self.callers.checks(function, columns) or self.callers.checks_with_help(function, row, below):
            return True
        callers = self.reaching.callers(function)
        if not callers or depth > 4 or function in self.reaching.handlers:
            return False
        return all(self._checked(each, columns, None, depth + 1, function) for each in callers)

    def _has_field(self, function: str, origins: str, column: str) -> bool:
        """Whether what is unpacked into a new row is a body with that column."""
        known = self.app.functions.get(function)
        head = origins.split(" ", maxsplit=1)[0].partition(".")[0]
        parameter = next((each for each in known.parameters if each.name == head), None) if known else None
        if known is None or parameter is None or parameter.reference is None:
            return False
        symbol = self.app.class_behind(parameter.reference, known.file)
        classes = [self.app.classes[each] for each in self.app.ancestors(symbol) if each in self.app.classes]
        return any(column in each.fields for each in classes)


def passes_by_hooks(query: Query) -> bool:
    """Whether a hook on sessions does not see a query: SQL text, a Table instead of a class, the bulk insert."""
    on_table = any(reference.endswith(".__table__") for reference in query.entities)
    return query.operation is Operation.RAW or on_table or _BULK_INSERT.match(query.head) is not None


def _name(scope: Scope) -> str:
    return scope.entity.symbol.rpartition(".")[2]
