"""The proof of a tenant scope: rows of another tenant are neither listed nor found, changed or deleted."""

from collections.abc import Iterable, Iterator

from transforms.proofs.cases import RouteCase, TenancyCase
from transforms.proofs.naming import PARAMETER, Names, quoted, route_slug, slug
from transforms.proofs.weave import ISSUER, tell, weave

ABOUT = """Proof that callers of {app} see and change only rows of their own.

The database is in memory and the issuer is the test's own: nothing here needs a network."""


def render_tenancy(app_import: str, controls_package: str, cases: Iterable[TenancyCase], root_parents: int = 1) -> str:
    """The test file for scoped entities."""
    names, parts = Names(), ["load", "rows"]
    tests: list[str] = []
    for case in cases:
        tests += hook_tests(case, names) if case.hook else ()
        tests += route_tests(case, names) if case.session else ()
        if case.session and "served" not in parts:
            parts += ["ask", *ISSUER, "served"]
    told = tell(app_import, controls_package, root_parents)
    return weave(ABOUT.format(app=app_import), tuple(parts), told, [HEAD, *tests])


HEAD = '''import pytest
from sqlalchemy import delete, select, update

MINE, THEIRS = 7100001, 7100002


def two_rows(entity: Any, column: str) -> "tuple[Any, Any, Any]":
    """A database with one row of the caller and one of somebody else: gives it with the two keys."""
    the_app()  # whatever scopes the entity is loaded with the app
    engine = database(entity)
    mine, theirs = (add_row(engine, entity, key, column, owner(entity, column, key)) for key in (MINE, THEIRS))
    return engine, mine, theirs


'''


KEY = "key = getattr(entity, entity.__table__.primary_key.columns[0].key)"


def hook_tests(case: TenancyCase, names: Names) -> Iterator[str]:
    """What every session does to the entity."""
    about = slug(case.entity.partition(":")[2])

    def test(name: str, *body: str) -> str:
        return (
            f"def {names(f'{about}_{name}')}() -> None:\n"
            f"    entity, column = load({quoted(case.entity)}), {quoted(case.column)}\n"
            "    engine, mine, theirs = two_rows(entity, column)\n" + "".join(f"    {line}\n" for line in body)
        )

    acting = f'with control("tenancy").acting_as({case.by}=owner(entity, column, MINE)), session_of(engine) as session:'
    yield test(
        "of_somebody_else_is_not_listed",
        KEY,
        acting,
        "    assert session.scalars(select(key)).all() == [mine]",
    )
    yield test(
        "of_somebody_else_is_not_found",
        acting,
        "    assert session.get(entity, mine) is not None",
        "    assert session.get(entity, theirs) is None",
    )
    yield test(
        "of_somebody_else_is_not_changed_or_deleted",
        KEY,
        acting,
        "    assert session.execute(update(entity).where(key == theirs).values({column: None})).rowcount == 0",
        "    assert session.execute(delete(entity).where(key == theirs)).rowcount == 0",
    )
    yield test(
        "is_not_readable_while_nobody_is_signed_in",
        'with session_of(engine) as session, pytest.raises(control("tenancy").TenantNotSet):',
        "    session.scalars(select(entity)).all()",
    )


def route_tests(case: TenancyCase, names: Names) -> Iterator[str]:
    """What the entity's routes answer."""

    def test(name: str, body: str) -> str:
        return (
            f"def {names(name)}(issuer: Issuer) -> None:\n"
            f"    entity, column = load({quoted(case.entity)}), {quoted(case.column)}\n"
            f"    engine, mine, theirs = two_rows(entity, column)\n"
            f"    {caller(case)}\n"
            f"    with served_from(engine, {quoted(case.session or '')}) as app:\n"
            + "".join(f"        {line}\n" for line in body.splitlines())
        )

    if route := case.list_route:
        yield test(
            f"{route_slug(route.method, route.path)}_lists_only_the_caller_s_own_rows",
            f"status, body = ask(app, {quoted(route.method)}, {quoted(route.path)}, token)\n"
            "assert status == 200\n"
            "assert (str(mine) in body, str(theirs) in body) == (True, False)",
        )
    if route := case.item_route:
        yield test(
            f"{route_slug(route.method, route.path)}_of_somebody_else_is_like_one_that_is_not_there",
            f"assert ask(app, {quoted(route.method)}, {with_key(route, 'mine')}, token)[0] == 200\n"
            f"assert ask(app, {quoted(route.method)}, {with_key(route, 'theirs')}, token)[0] == 404",
        )


def caller(case: TenancyCase) -> str:
    """The line that makes the caller's token."""
    claim = "sub" if case.by == "owner" else "tenant_id"
    roles = sorted({route.role for route in (case.list_route, case.item_route) if route and route.role})
    extra = f", roles=[{', '.join(map(quoted, roles))}]" if roles else ""
    return f"token = issuer.token({claim}=str(owner(entity, column, MINE)){extra})"


def with_key(route: RouteCase, variable: str) -> str:
    """The route's path as an f-string with the row's key in its one parameter."""
    found = PARAMETER.search(route.path)
    start, end = found.span() if found else (len(route.path), len(route.path))
    before, behind = (
        quoted(part)[1:-1].replace("{", "{{").replace("}", "}}") for part in (route.path[:start], route.path[end:])
    )
    return f'f"{before}{{{variable}}}{behind}"'
