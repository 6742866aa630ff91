"""The tests that show scoped rows and recorded routes, for the app of a repository that most of them belong to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from transforms.concepts import How, Route
from transforms.concepts_data import Operation, Query
from transforms.edits import proof_path
from transforms.ownership import Kind, Scope
from transforms.placement import controls_home, start_folder
from transforms.proofs import AuditCase, RouteCase, TenancyCase, render_audit, render_tenancy
from transforms.proving import Reach, reach
from transforms.scoping import behind_inserted_auth, session_hook

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.tenancy import Tenancy

RETURNED = "return"  # see the reader of queries


def prove_scoped(app: "App", tenancy: "Tenancy", queries: Iterable[Query]) -> tuple[str, str] | None:
    """Path and text of a test that rows of somebody else are neither listed, found, changed nor deleted.

    Only behind the inserted sign-in: what a guard of the app's own accepts is not known to a test.
    """
    wanted = set(map(_what, queries))
    owned = [each for each in tenancy.owned if _what(each.query) in wanted]
    routes = [route for each in owned for route in tenancy.reaching.routes(each.query.function)]
    if not routes or not all(behind_inserted_auth(app, route) for route in routes):
        return None
    symbol, where = _most_used(app, routes) or ("", None)
    if where is None:
        return None
    scopes = dict.fromkeys(each.scope for each in owned)
    cases = [case for scope in scopes for case in _scoped_case(app, tenancy, scope, symbol)]
    if not cases:
        return None
    package = controls_home(app, where.file).import_name
    text = render_tenancy(where.app_import, package, cases, where.root_parents)
    return proof_path(app, where.file, "tenancy"), text


def prove_recorded(app: "App", actions: Mapping[Route, str]) -> tuple[str, str] | None:
    """Path and text of a test that each of these routes leaves one line for a success and one for a refusal.

    Only routes that a test can pass: open ones, and those behind the inserted sign-in.
    """
    routes = [route for route in actions if route.path and _can_be_passed(app, route)]
    symbol, where = _most_used(app, routes) or ("", None)
    if where is None:
        return None
    cases = [
        AuditCase(_case(route), actions[route], guarded=not app.access(route).is_open)
        for route in routes
        if route.app == symbol
    ]
    package = controls_home(app, where.file).import_name
    text = render_audit(where.app_import, package, dict.fromkeys(cases), where.root_parents)
    return proof_path(app, where.file, "audit"), text


def _what(query: Query) -> tuple[str, Operation, tuple[str, ...]]:
    """A query, wherever an earlier patch has moved it."""
    return query.function, query.operation, query.entities


def _most_used(app: "App", routes: Iterable[Route]) -> tuple[str, Reach] | None:
    """The app that most of these routes belong to, and how a test reaches it."""
    counted = Counter(route.app for route in routes)
    reached = {symbol: found for symbol in counted if (found := reach(app, symbol)) is not None}
    if not reached:
        return None
    symbol = min(reached, key=lambda each: (-counted[each], each))
    return symbol, reached[symbol]


def _scoped_case(app: "App", tenancy: "Tenancy", scope: Scope, symbol: str) -> Iterator[TenancyCase]:
    """One class, with the routes of the app that list its rows and read one, where a test can call them."""
    listing: RouteCase | None = None
    reading: RouteCase | None = None
    session: str | None = None
    for owned in tenancy.owned:
        query = owned.query
        if owned.scope != scope or query.file not in app.files:
            continue
        for route in tenancy.reaching.handlers.get(query.function, ()):
            found = _session_of(app, query)
            if route.app != symbol or found is None or (session or found) != found:
                continue
            if _lists(route, query) and listing is None:
                listing, session = _case(route), found
            elif _reads_one(route, query) and reading is None:
                reading, session = _case(route), found
    by = "tenant" if scope.kind is Kind.TENANT else "owner"
    hooks = (session_hook(app, tenancy, each) for each in tenancy.judgements if each.scope == scope)
    hook = any(each is not None for each in hooks)
    if hook or session is not None:
        yield TenancyCase(_import_of(app, scope.entity.symbol), scope.column, by, session, listing, reading, hook)


def _lists(route: Route, query: Query) -> bool:
    """`GET /orders` that returns all rows, as they are."""
    plain = route.methods == ("GET",) and "{" not in (route.path or "{")
    return plain and query.operation is Operation.SELECT and query.result == RETURNED and query.head.endswith(")")


def _reads_one(route: Route, query: Query) -> bool:
    """`GET /orders/{order_id}` that fetches a row by its key."""
    one = route.methods == ("GET",) and (route.path or "").count("{") == 1 and (route.path or "").endswith("}")
    by_key = len(query.values) == 1 and query.values[0][1] == (route.path or "").rpartition("{")[2].partition("}")[0]
    return one and by_key and query.operation in (Operation.GET, Operation.SELECT)


def _session_of(app: "App", query: Query) -> str | None:
    """The dependency that gives the query's session, as a test imports it; None for one that is asynchronous."""
    function = app.functions.get(query.function)
    for guard in function.guards if function is not None else ():
        known = app.functions.get(guard.target)
        if guard.how is How.PARAMETER and guard.bound_to == query.session and known is not None:
            return None if known.is_async or function is None or function.is_async else _import_of(app, guard.target)
    return None


def _import_of(app: "App", symbol: str) -> str:
    """`shop.models:Order`, as the app itself imports it from the folder that it starts in."""
    path = app.file_of(symbol)
    root = start_folder(app, path)
    dotted = path.removesuffix(".py").removesuffix("/__init__").removeprefix(f"{root}/" if root else "")
    return f"{dotted.replace('/', '.')}:{symbol.rpartition('.')[2]}"


def _can_be_passed(app: "App", route: Route) -> bool:
    return app.access(route).is_open or behind_inserted_auth(app, route)


def _case(route: Route) -> RouteCase:
    return RouteCase(route.methods[0], route.path or "/", _role(route))


def _role(route: Route) -> str | None:
    """The role that the inserted guard asks for: `Depends(require_role("admin"))`."""
    for guard in route.guards:
        _, called, rest = guard.code.partition("require_role(")
        if called and rest[:1] in "\"'":
            return rest[1:].partition(rest[0])[0]
    return None
