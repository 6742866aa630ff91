"""How rows are kept apart by a patch: a filter in the query where the handler knows who is calling, else one hook.

The hook (`controls.tenancy`) narrows a class in every session of the app, so it is only for classes that nothing but
routes behind the inserted sign-in reads or writes: elsewhere it would stop what works.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.access import Answer
from transforms.concepts import Function, GuardUse, Route
from transforms.concepts_data import Column, Entity
from transforms.edit_kinds import Edit, ImportOf, InsertStatements, Position
from transforms.edits import add_inserted_module, inserted_import
from transforms.frameworks import verb
from transforms.once import per_app
from transforms.ownership import Kind, Scope
from transforms.reuse import Guard
from transforms.routing import is_test
from transforms.tenancy import Holds, Judgement, Tenancy, passes_by_hooks

if TYPE_CHECKING:
    from transforms.app import App

_TEXT = re.compile(r"\b(?:str|String|Text|VARCHAR|Unicode|AutoString)\b")


@dataclass(frozen=True, slots=True)
class Filter:
    """An explicit filter: code for the caller's value, in the names of the query's function."""

    entity: Entity
    column: str
    value: str
    edits: tuple[Edit, ...] = ()  # what puts the caller into the handler's hand


@dataclass(frozen=True, slots=True)
class Hook:
    """Classes of one kind of owner that every session is to narrow, and the routes that read or write them."""

    scopes: tuple[Scope, ...]
    routes: tuple[Route, ...]


def explicit_filter(app: "App", tenancy: Tenancy, judgement: Judgement) -> Filter | None:
    """The filter for one query in a handler that has its caller at hand, or can have; None where that is not so."""
    scope, handler = judgement.scope, app.functions.get(judgement.query.function)
    if handler is None or scope.itself or handler.symbol not in tenancy.reaching.handlers:
        return None
    for name, class_ in _callers_in(app, tenancy, handler):
        if attribute := _attribute_for(app, tenancy, scope, class_):
            return Filter(scope.entity, scope.column, f"{name}.{attribute}")
    return _with_new_parameter(app, tenancy, judgement)


def _callers_in(app: "App", tenancy: Tenancy, handler: Function) -> Iterator[tuple[str, str]]:
    """The parameters of a handler that hold its caller, and their class: as annotated here, else as elsewhere."""
    principals = tenancy.callers.principals(handler.symbol)
    for parameter in handler.parameters:
        if parameter.name not in principals or parameter.name.startswith("_"):
            continue
        if parameter.reference is not None:
            yield parameter.name, app.class_behind(parameter.reference, handler.file)
            continue
        for guard in handler.guards:
            if guard.bound_to == parameter.name:
                yield from ((parameter.name, class_) for class_ in _classes_of(app, guard))


def _with_new_parameter(app: "App", tenancy: Tenancy, judgement: Judgement) -> Filter | None:
    """The filter where a guard stands before the handler without handing it what it returns."""
    scope, routes = judgement.scope, tenancy.reaching.handlers[judgement.query.function]
    for guard in routes[0].guards:
        if not all(any(each.symbol == guard.symbol for each in route.guards) for route in routes):
            continue
        for class_ in _classes_of(app, guard):
            attribute = _attribute_for(app, tenancy, scope, class_)
            bound = verb(routes[0].framework, "bind_caller")(app, routes[0], guard, class_) if attribute else None
            if bound is not None:
                name, edit = bound
                return Filter(scope.entity, scope.column, f"{name}.{attribute}", (edit,))
    return None


def _classes_of(app: "App", guard: GuardUse) -> Iterator[str]:
    """What a guard returns, as functions that are handed it say."""
    if app.judge.guard(guard).answer is not Answer.YES:
        return
    for function in app.functions.values():
        bound = {use.bound_to for use in function.guards if use.symbol == guard.symbol}
        for parameter in function.parameters:
            if parameter.name in bound and parameter.reference is not None:
                yield app.class_behind(parameter.reference, function.file)


def session_hook(app: "App", tenancy: Tenancy, judgement: Judgement) -> Hook | None:
    """The hook that closes a finding together with all others of its app; None where a hook would do harm."""
    scopes = _hookable(app, tenancy)
    if judgement.scope not in scopes or passes_by_hooks(judgement.query):
        return None
    symbols = {scope.entity.symbol for scope in scopes}
    routes = dict.fromkeys(
        route
        for owned in tenancy.owned
        if owned.scope.entity.symbol in symbols
        for route in tenancy.reaching.routes(owned.query.function)
    )
    mine = {route.app for route in tenancy.reaching.routes(judgement.query.function)}
    if len({route.app for route in routes} | mine) != 1:
        return None  # several apps of one repository: which of them makes the sessions cannot be told
    return Hook(tuple(sorted(scopes, key=lambda scope: (scope.kind, scope.entity.symbol))), tuple(routes))


@per_app
def _hookable(app: "App", tenancy: Tenancy) -> tuple[Scope, ...]:
    """The scopes of findings that a hook can close."""
    found = dict.fromkeys(each.scope for each in tenancy.judgements if each.holds is Holds.NO)
    return tuple(scope for scope in found if _fits_hook(app, tenancy, scope))


def hook_edits(app: "App", hook: Hook) -> tuple[Edit, ...] | None:
    """`controls.tenancy`, the call that names the classes beside the app's making, and the dependency on routes."""
    made = app.routers[hook.routes[0].app]
    module = inserted_import(app, "tenancy", made.file)
    statements = []
    needed = {ImportOf(module, "scope_entities"): None}
    for kind, column in dict.fromkeys((scope.kind, scope.column) for scope in hook.scopes):
        symbols = [each.entity.symbol for each in hook.scopes if (each.kind, each.column) == (kind, column)]
        if any(app.reaches(app.file_of(symbol), made.file) for symbol in symbols):
            return None  # the models import the app: a circle
        names = [symbol.rpartition(".")[2] for symbol in symbols]
        needed |= {ImportOf(*symbol.rpartition(".")[::2]): None for symbol in symbols}
        owner = ", of=current_owner" if kind == "owner" else ""
        needed |= {ImportOf(module, "current_owner"): None} if owner else {}
        by = f', column="{column}"' if column != "tenant_id" else ""
        statements.append(f"scope_entities({', '.join(names)}{by}{owner})")
    dependency = Guard(module, "tenant_scope", own=False)
    on_routes = verb(hook.routes[0].framework, "scope_routes")(app, hook.routes, dependency)
    if on_routes is None:
        return None
    call = InsertStatements(made.file, made.place, Position.AFTER, "\n".join(statements), tuple(needed))
    return (call, *on_routes, *add_inserted_module(app, "tenancy", "sqlalchemy", made.file))


def behind_inserted_auth(app: "App", route: Route) -> bool:
    """Whether the guard of a route is the one that a patch inserted."""
    access = app.access(route)
    if not access.is_checked or access.guard is None:
        return False
    facts = app.files.get(app.file_of(access.guard.symbol))
    return facts is not None and facts.inserted is not None and facts.inserted[0] == "auth"


def _fits_hook(app: "App", tenancy: Tenancy, scope: Scope) -> bool:
    """Whether a class is only used by signed-in routes, and by a value that a token can carry."""
    if scope.itself or scope.likely or scope.entity.symbol in tenancy.ownership.people:
        return False
    column = _column(scope)
    if scope.kind is Kind.OWNER and (scope.sure or not _TEXT.search(column.type or "")):
        return False  # ids of the app's own users: what the issuer calls a person is another name
    for owned in tenancy.owned:
        if owned.scope.entity.symbol != scope.entity.symbol or is_test(owned.query.file):
            continue
        routes = tenancy.reaching.routes(owned.query.function)
        if not all(behind_inserted_auth(app, route) for route in routes):
            return False
        if not routes and any(_loads(app, router.file, owned.query.file) for router in app.routers.values()):
            return False  # what the app runs at its start has no caller
    return True


def _loads(app: "App", path: str, other: str) -> bool:
    return path == other or app.reaches(path, other)


def _attribute_for(app: "App", tenancy: Tenancy, scope: Scope, symbol: str) -> str | None:
    """The attribute of the caller's class that holds what the column refers to."""
    entity = tenancy.ownership.entities.get(symbol)
    names = set(_fields(app, entity, symbol))
    if scope.kind is Kind.TENANT:
        if scope.column in names:
            return scope.column
        inserted = (facts := app.files.get(app.file_of(symbol))) is not None and facts.inserted is not None
        return "tenant" if inserted and "tenant" in names and _TEXT.search(_column(scope).type or "") else None
    target = tenancy.ownership.table(scope.target) if scope.target else None
    if target is not None and entity is not None and target.symbol == entity.symbol and scope.target:
        return scope.target.rpartition(".")[2]
    return None


def _fields(app: "App", entity: Entity | None, symbol: str) -> Iterable[str]:
    if entity is not None:
        return [column.name for column in entity.columns]
    return list(_annotated(app, symbol))


def _annotated(app: "App", symbol: str) -> Iterator[str]:
    for each in app.ancestors(symbol):
        if each in app.classes:
            yield from app.classes[each].fields


def _column(scope: Scope) -> Column:
    return next(column for column in scope.entity.columns if column.name == scope.column)
