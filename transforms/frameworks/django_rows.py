"""Whether a view of REST framework asks about the one row that it serves: `get_object()` does, other queries do not."""

from typing import TYPE_CHECKING

from transforms.concepts import Function
from transforms.frameworks.django_library import ROW_ACTIONS, tail

if TYPE_CHECKING:
    from transforms.app import App

ASKED, PERHAPS, NEVER = "object", "perhaps", ""  # what a guard's `asked` says
_DEEPEST = 3  # functions that are followed into each other
_CHECKS = "check_object_permissions"


def row_asked(app: "App", symbol: str, function: Function | None) -> str:
    """Whether permission classes are asked about the row before a handler of a class has it; None: the library's."""
    if function is None:
        return _by_getter(app, symbol)
    return _by_calls(app, symbol, function, 0)


def _by_getter(app: "App", symbol: str) -> str:
    """By `get_object()`: the library's asks; one of the app's own may have forgotten to."""
    getter = app.method(symbol, "get_object")
    if getter is None:
        return ASKED
    called = {tail(each) for each in getter.calls}
    if called & {_CHECKS, "get_object"}:
        return ASKED
    return PERHAPS


def _by_calls(app: "App", symbol: str, function: Function, depth: int) -> str:
    found = NEVER
    for call in function.calls:
        name = tail(call)
        if name == _CHECKS:
            return ASKED
        if name == "get_object" or (call.startswith("super().") and name in ROW_ACTIONS):
            return _by_getter(app, symbol)
        if call.startswith("super()."):
            found = found or PERHAPS  # what a base of the app does there
        inner = app.functions.get(app.meaning(call, function.file)) if depth < _DEEPEST else None
        if inner is not None and inner.symbol != function.symbol:
            below = _by_calls(app, symbol, inner, depth + 1)
            if below == ASKED:
                return ASKED
            found = found or below
    return found
