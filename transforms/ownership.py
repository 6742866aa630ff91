"""Whose rows: which stored classes belong to a tenant or to a person, and by which column."""

import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms.concepts_data import Column, Entity

if TYPE_CHECKING:
    from transforms.app import App


class Kind(StrEnum):
    """Whom a row belongs to."""

    TENANT = "tenant"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The names by which columns are known. `likely` ones count only where something else in the app agrees."""

    tenant: tuple[str, ...] = ("tenant_id", "org_id", "organization_id", "organisation_id", "workspace_id")
    likely_tenant: tuple[str, ...] = ("company_id", "account_id", "business_id", "team_id", "client_id")
    owner: tuple[str, ...] = ("user_id", "owner_id", "owner")
    likely_owner: tuple[str, ...] = ("created_by", "created_by_id", "creator_id", "author_id", "assigned_to")
    shared: tuple[str, ...] = ()  # names of classes whose rows everybody may see


@dataclass(frozen=True, slots=True)
class Scope:
    """One class of rows and the column that says whose they are."""

    entity: Entity
    column: str
    kind: Kind
    sure: bool  # a foreign key, or the same column on the app's users, says so too
    likely: bool = False  # only a name that may mean it
    target: str | None = None  # "users.id", what the column refers to
    itself: bool = False  # the class holds the tenants themselves, and the column is their key


_PEOPLE = frozenset({
    "user", "users", "usermodel", "userdb", "dbuser", "appuser", "account", "useraccount", "member", "person",
    "customuser", "userorm", "usertable",
})  # fmt: skip
_COLLECTION = re.compile(r"(?:collection|coll?|table)$")
_PASSWORDS = ("password", "hashed_password", "password_hash", "passwd", "pwd_hash", "hashed_pw")


class Ownership:
    """The scopes of one app's stored classes."""

    def __init__(self, app: "App", names: ColumnNames) -> None:
        self.app = app
        self.names = names

    @functools.cached_property
    def entities(self) -> dict[str, Entity]:
        """Every class with a table by symbol, with the columns that bases and mixins lend it."""
        plain = {each.symbol: each for each in self.app.entities}
        return {
            symbol: replace(each, columns=tuple(self._columns(each, plain).values()))
            for symbol, each in plain.items()
            if each.table is not None
        }

    @functools.cached_property
    def people(self) -> dict[str, Entity]:
        """The classes that hold the app's users."""
        return {symbol: each for symbol, each in self.entities.items() if holds_people(each)}

    @functools.cached_property
    def scopes(self) -> dict[str, tuple[Scope, ...]]:
        """The scopes of every class that has one, the tenant's first."""
        found = {symbol: tuple(self._scopes(each)) for symbol, each in self.entities.items()}
        targets = {scope.target for scopes in found.values() for scope in scopes if scope.kind is Kind.TENANT}
        for entity in filter(None, (self.table(target) for target in targets if target)):
            key = next((column.name for column in entity.columns if column.primary), None)
            if key is not None and not found[entity.symbol]:
                found[entity.symbol] = (Scope(entity, key, Kind.TENANT, sure=False, itself=True),)
        return {symbol: scopes for symbol, scopes in found.items() if scopes}

    def entity(self, reference: str, near: str) -> Entity | None:
        """The class that a reference means: itself, one of its columns, or a table in SQL text."""
        if reference.startswith("table:"):
            name = reference.removeprefix("table:")
            return next((each for each in self.entities.values() if each.table == name), None)
        for candidate in (reference, reference.rpartition(".")[0]):
            found = self.entities.get(self.app.resolve(candidate, near)) if candidate else None
            if found is not None:
                return found
        return None

    def table(self, target: str) -> Entity | None:
        """The class that a foreign key refers to: `users.id`, `shop.users.id`, `User.id`."""
        table = target.rpartition(".")[0]
        name = table.rpartition(".")[2]
        return next(
            (each for each in self.entities.values() if each.table in (table, name) or _name(each) == name), None
        )

    def _scopes(self, entity: Entity) -> Iterator[Scope]:
        if _name(entity) in self.names.shared:
            return
        columns = {column.name: column for column in entity.columns if not column.primary}
        for name in (*self.names.tenant, *self.names.likely_tenant):
            if (column := columns.get(name)) is not None and (scope := self._tenant(entity, column)) is not None:
                yield scope
        if entity.symbol in self.people:
            return
        for name in (*self.names.owner, *self.names.likely_owner):
            if (column := columns.get(name)) is not None and (scope := self._owner(entity, column)) is not None:
                yield scope

    def _tenant(self, entity: Entity, column: Column) -> Scope | None:
        likely = column.name in self.names.likely_tenant
        on_people = any(column.name == other.name for each in self.people.values() for other in each.columns)
        if likely and not on_people:
            return None
        sure = column.foreign_key is not None or on_people
        return Scope(entity, column.name, Kind.TENANT, sure, target=column.foreign_key)

    def _owner(self, entity: Entity, column: Column) -> Scope | None:
        target = self.table(column.foreign_key) if column.foreign_key else None
        is_person = target is not None and target.symbol in self.people
        likely = column.name in self.names.likely_owner
        if not is_person and (column.foreign_key is not None or likely):
            return None
        return Scope(entity, column.name, Kind.OWNER, is_person, likely, column.foreign_key)

    def _columns(self, entity: Entity, plain: dict[str, Entity], depth: int = 0) -> dict[str, Column]:
        """Columns by name, those of bases first; what a class says itself wins."""
        found: dict[str, Column] = {}
        for base in entity.bases if depth < 6 else ():
            symbol = self.app.resolve(base, entity.file)
            if (above := plain.get(symbol)) is not None and symbol != entity.symbol:
                found |= self._columns(above, plain, depth + 1)
            elif symbol in self.app.classes:  # a class without columns of its own
                for ancestor in self.app.ancestors(symbol):
                    if (above := plain.get(ancestor)) is not None:
                        found |= self._columns(above, plain, depth + 1)
        return found | {column.name: column for column in entity.columns}


def _name(entity: Entity) -> str:
    return entity.symbol.rpartition(".")[2]


def holds_people(entity: Entity) -> bool:
    """Whether the rows of a class are the app's users."""
    named = entity.symbol.rpartition(".")[2].lower() in _PEOPLE
    return named or any(column.name in _PASSWORDS for column in entity.columns)


def are_people(table: str, columns: Collection[str]) -> bool:
    """Whether the rows of a table or collection that no class stands for are the app's users."""
    named = _COLLECTION.sub("", table.lower().replace("_", ""))
    return named in _PEOPLE or named.removesuffix("s") in _PEOPLE or not set(columns).isdisjoint(_PASSWORDS)
