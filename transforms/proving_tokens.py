"""The test that shows that a token left the URL: which routes it asks, and which function took the token there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from transforms.concepts import Function, Route
from transforms.proofs.cases import TokenCase
from transforms.proofs.tokens import TAKING, render_tokens
from transforms.proving import asked_routes, cases_of, free_name, importable

if TYPE_CHECKING:
    from transforms.app import App


def prove_tokens(app: "App", taken: Mapping[Route, tuple[Function, str]], family: str) -> tuple[str, str] | None:
    """Path and text of the test; `taken` are the function and the parameter that took the token of a route.

    None where no test can import the app or the function, or ask by full paths.
    """
    asked = asked_routes(app, taken)
    if asked is None or asked[0].framework not in TAKING:
        return None
    where, mine, opened = asked
    cases = [
        TokenCase(case, function, taken[route][1])
        for route in mine
        if (function := importable(app, taken[route][0].symbol, where)) is not None
        for case in cases_of([route])
    ]
    if not cases:
        return None
    text = render_tokens(where.app_import, dict.fromkeys(cases), opened, where.root_parents, where.framework)
    return free_name(app, where.tests, family), text
