"""The table of routes is made from verdicts alone: what each said before the patch and after it."""

from dataclasses import replace

from bot.surfaces.route_table import render, rows
from tests.bot.surface_samples import CLOSED, OPEN, named
from transforms.api import Family, Outcome, Subject, Verdict
from transforms.concepts import Place

QUERY = replace(
    OPEN,
    control="query-is-tenant-scoped",
    family=Family.TENANCY,
    subject=Subject("query", "select Order", "shop/orders.py", Place(43, 4, 43, 20), "shop.orders.delete"),
)


def cells(*before: Verdict, after: tuple[Verdict, ...] = ()) -> tuple[tuple[str, str], ...]:
    """The cells of the only row."""
    (row,) = rows(before, after or before)
    return row.cells


def test_a_guard_that_a_patch_adds_is_a_change() -> None:
    (row,) = rows((OPEN,), (CLOSED,))
    assert row.cells == (("anyone", "signed in"), ("-", "-"), ("-", "-"), ("-", "-"))
    assert row.changed


def test_a_route_that_stays_is_no_change() -> None:
    (row,) = rows((CLOSED,), (CLOSED,))
    assert not row.changed
    assert render([row]).endswith("| `DELETE /orders/{order_id}` | signed in | - | - | - |")


def test_a_role_that_a_patch_asks_for_is_a_change() -> None:
    role = replace(OPEN, control="admin-route-requires-role", family=Family.AUTHORIZATION)
    assert cells(role, after=(replace(role, outcome=Outcome.PASS),))[1] == ("any", "asked for")


def test_a_query_counts_for_the_route_that_holds_it() -> None:
    assert cells(OPEN, QUERY)[2] == ("all rows", "all rows")


def test_a_tool_is_a_row_like_a_route() -> None:
    tool = replace(OPEN, control="tool-requires-auth", subject=replace(OPEN.subject, kind="tool", name="TOOL cancel"))
    (row,) = rows((tool,), (replace(tool, outcome=Outcome.PASS),))
    assert (row.route, row.cells[0], row.changed) == ("TOOL cancel", ("anyone", "signed in"), True)


def test_the_worst_query_of_a_route_decides() -> None:
    assert cells(OPEN, QUERY, replace(QUERY, outcome=Outcome.PASS))[2] == ("all rows", "all rows")


def test_a_query_outside_every_route_makes_no_row() -> None:
    assert rows((replace(QUERY, subject=replace(QUERY.subject, symbol="shop.jobs.nightly")),), ()) == []


def test_what_is_not_known_is_said() -> None:
    assert cells(replace(OPEN, outcome=Outcome.UNKNOWN))[0] == ("not known", "not known")


def test_what_is_open_on_purpose_is_called_public() -> None:
    assert cells(replace(CLOSED, exempt=True))[0] == ("public", "public")


def test_what_a_route_does_not_need_is_said() -> None:
    assert cells(OPEN, replace(QUERY, outcome=Outcome.PASS, exempt=True))[2] == ("not needed", "not needed")


def test_two_methods_of_one_handler_are_two_rows() -> None:
    found = rows((named("GET /a"), named("PUT /a")), ())
    assert [row.route for row in found] == ["GET /a", "PUT /a"]
