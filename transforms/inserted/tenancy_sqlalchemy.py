"""Each caller sees and changes only the rows of the own tenant: SQLAlchemy and SQLModel sessions in a FastAPI app.

    scope_entities(Order, Invoice)                                  # rows belong to a tenant: column tenant_id
    scope_entities(Note, column="user_id", of=current_owner)        # rows belong to the person who made them
    router = APIRouter(dependencies=[Depends(tenant_scope)])

A hook on every session adds the criterion to each select, update and delete of these entities, fills the column of a
new row, and refuses to write a row of somebody else. Another tenant's row is then like a row that is not there. If
nobody is signed in, reading raises TenantNotSet: forgotten scopes fail loudly instead of showing everything.

Not seen by the hook, so to be avoided or scoped by hand: statements on a Table instead of an entity, text(), and the
bulk form insert(Entity) with a list of rows.

Outside a request (jobs, scripts): with acting_as(tenant="acme"). Across tenants, on the record: with
all_tenants("why").
"""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, HTTPException
from sqlalchemy import bindparam, event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, with_loader_criteria

_tenant: "ContextVar[str | None]" = ContextVar("tenant", default=None)
_owner: "ContextVar[str | None]" = ContextVar("owner", default=None)
_everyone: "ContextVar[bool]" = ContextVar("everyone", default=False)


class TenantNotSet(RuntimeError):
    """Rows that belong to somebody were asked for while nobody is known to ask."""


class CrossTenantWrite(PermissionError):
    """A row of another tenant was about to be written, or a row was about to be moved to another tenant."""


def current_tenant() -> str:
    """The tenant of the caller. Raises TenantNotSet."""
    tenant = _tenant.get() or getattr(_principal(), "tenant", None)
    if not tenant:
        raise TenantNotSet("no tenant is set: use the dependency tenant_scope, acting_as() or all_tenants()")
    return str(tenant)


def current_owner() -> str:
    """The subject of the caller, for rows that belong to one person. Raises TenantNotSet."""
    owner = _owner.get() or getattr(_principal(), "subject", None)
    if not owner:
        raise TenantNotSet("no owner is set: use the dependency tenant_scope, acting_as() or all_tenants()")
    return str(owner)


def _principal() -> "Any | None":
    try:
        from .auth_fastapi import current_principal
    except ModuleNotFoundError:  # the app has a guard of its own: see scope_from()
        return None
    try:
        return current_principal()
    except LookupError:
        return None


@contextmanager
def acting_as(tenant: "object | None" = None, owner: "object | None" = None) -> Iterator[None]:
    """Do something in the name of a tenant, an owner or both, e.g. in a job."""
    tokens = (
        (_tenant, _tenant.set(None if tenant is None else str(tenant))),
        (_owner, _owner.set(None if owner is None else str(owner))),
    )
    everyone = _everyone.set(False)
    try:
        yield
    finally:
        _everyone.reset(everyone)
        for variable, token in tokens:
            variable.reset(token)


@contextmanager
def all_tenants(why: str) -> Iterator[None]:
    """Read and write the rows of every tenant. Goes on the record with its reason, which must not be empty."""
    if not why.strip():
        raise ValueError("say why the rows of all tenants are needed")
    try:
        from .audit_fastapi import record_event
    except ModuleNotFoundError:
        pass
    else:
        record_event("tenancy.all_tenants", resource="tenant", reason=why, actor=_principal())
    token = _everyone.set(True)
    try:
        yield
    finally:
        _everyone.reset(token)


def scope_from(guard: "Callable[..., Any]", tenant: str = "tenant", owner: str = "subject") -> "Callable[..., Any]":
    """A dependency that takes tenant and owner from what a guard returns: names of its attributes or keys."""

    async def tenant_scope(principal: Annotated[Any, Depends(guard)]) -> AsyncIterator[None]:
        who, whose = part_of(principal, tenant), part_of(principal, owner)
        if who is None and any(scope.of is current_tenant for scope in _scopes):
            raise HTTPException(403, "Not allowed: no tenant")
        with acting_as(tenant=who, owner=whose):
            try:
                yield
            except CrossTenantWrite:  # the same answer as for a row that is not there
                raise HTTPException(404, "Not found") from None

    return tenant_scope


def part_of(principal: object, name: str) -> "object | None":
    """An attribute or key of what a guard returned; None if there is none."""
    return principal.get(name) if isinstance(principal, dict) else getattr(principal, name, None)


try:
    from .auth_fastapi import require_user
except ModuleNotFoundError as missing:
    if not str(missing.name).endswith(".auth_fastapi"):
        raise
else:
    tenant_scope = scope_from(require_user)


@dataclass(frozen=True)
class OwnedBy:
    """Rows of a class, and of those derived from it, belong to whom a column names."""

    entity: type
    column: str
    of: "Callable[[], str]"


@dataclass(frozen=True)
class Learned:
    """Which mapped class is scoped how, and the criterion for each."""

    owned: "dict[Mapper[Any], tuple[OwnedBy, ...]]"
    criteria: "tuple[Any, ...]"


_lock = threading.RLock()
_scopes: "list[OwnedBy]" = []
_learned: "list[Learned]" = []


def scope_entities(*entities: "type[Any]", column: str = "tenant_id", of: "Callable[[], str]" = current_tenant) -> None:
    """Scope mapped classes, or a base class or mixin with all mapped classes derived from it that have the column."""
    for entity in entities:
        mapper: Any = inspect(entity, raiseerr=False)
        if isinstance(mapper, Mapper) and column not in mapper.column_attrs:
            raise ValueError(f"{entity.__name__} has no column {column!r}")
        scope = OwnedBy(entity, column, of)
        if scope not in _scopes:
            _scopes.append(scope)
    forget()


@event.listens_for(Mapper, "after_configured")
def forget() -> None:
    """Classes were mapped or scoped: find out anew what belongs to whom."""
    with _lock:
        _learned.clear()


def mapped_classes(entity: "type[Any]") -> "Iterator[Mapper[Any]]":
    """The class itself if it is mapped, and every mapped class derived from it."""
    mapper: Any = inspect(entity, raiseerr=False)
    if isinstance(mapper, Mapper):
        yield from mapper.self_and_descendants
        return
    for derived in entity.__subclasses__():
        yield from mapped_classes(derived)


def learn() -> Learned:
    """What belongs to whom, worked out again only if classes were added."""
    with _lock:
        if not _learned:
            _learned.append(work_out())
        return _learned[0]


def work_out() -> Learned:
    """Find the mapped classes of every scope."""
    owned: dict[Mapper[Any], tuple[OwnedBy, ...]] = {}
    criteria: list[Any] = []
    for scope in _scopes:
        for mapper in mapped_classes(scope.entity):
            known = owned.get(mapper, ())
            if scope.column not in mapper.column_attrs or any(other.column == scope.column for other in known):
                continue
            owned[mapper] = (*known, scope)
            if mapper.inherits is None or scope.column not in mapper.inherits.column_attrs:
                criteria.append(criterion(mapper, scope))
    return Learned(owned, tuple(criteria))


def criterion(mapper: "Mapper[Any]", scope: OwnedBy) -> Any:
    """The condition that is added wherever the class is read. Its value is asked for when the statement runs."""
    column = getattr(mapper.class_, scope.column)
    value = bindparam(None, callable_=lambda: current_value(mapper, scope), type_=column.type, unique=True)
    return with_loader_criteria(mapper.class_, column == value, include_aliases=True)


def current_value(mapper: "Mapper[Any]", scope: OwnedBy) -> Any:
    """Whom rows must belong to now, in the type of the column. Raises TenantNotSet."""
    text = scope.of()
    try:
        kind = mapper.column_attrs[scope.column].columns[0].type.python_type
    except NotImplementedError:
        return text
    try:
        return kind(text) if kind in {int, UUID} else text
    except ValueError:
        raise TenantNotSet(f"the caller's {scope.of.__name__} does not fit the column {scope.column!r}") from None


@event.listens_for(Session, "do_orm_execute")
def _read_own_rows(state: ORMExecuteState) -> None:
    if _everyone.get() or not state.is_orm_statement or not (state.is_select or state.is_update or state.is_delete):
        return
    learned = learn()
    for mapper in state.all_mappers:
        for scope in learned.owned.get(mapper, ()):
            scope.of()  # nobody is set: say so plainly, before the statement is on its way
    if learned.criteria:
        state.statement = state.statement.options(*learned.criteria)


@event.listens_for(Mapper, "before_insert")
def _fill_new_row(mapper: "Mapper[Any]", _connection: Any, row: Any) -> None:
    for scope, now in _expected(mapper):
        if getattr(row, scope.column) is None:
            setattr(row, scope.column, now)
        elif str(getattr(row, scope.column)) != str(now):
            raise CrossTenantWrite(f"{mapper.class_.__name__} would belong to another {scope.column}")


@event.listens_for(Mapper, "before_update")
@event.listens_for(Mapper, "before_delete")
def _write_own_row(mapper: "Mapper[Any]", _connection: Any, row: Any) -> None:
    for scope, now in _expected(mapper):
        history = inspect(row).attrs[scope.column].load_history()
        if any(str(value) != str(now) for value in (*history.added, *history.unchanged, *history.deleted)):
            raise CrossTenantWrite(f"{mapper.class_.__name__} belongs to another {scope.column}")


def _expected(mapper: "Mapper[Any]") -> "list[tuple[OwnedBy, Any]]":
    if _everyone.get():
        return []
    return [(scope, current_value(mapper, scope)) for scope in learn().owned.get(mapper, ())]
