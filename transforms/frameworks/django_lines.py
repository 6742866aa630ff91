"""In which order Python asks the classes above a view, and which of them Django's own `dispatch()` stands in front of.

`class Orders(View, LoginRequiredMixin)` answers everybody: `View.dispatch()` is found first and calls nothing above it.
"""

import functools
from typing import TYPE_CHECKING

from transforms.frameworks.django_library import tail

if TYPE_CHECKING:
    from transforms.app import App

_VIEW = "<view>"  # stands for the end of every view of a library
_VIEWS = ("View", "ViewSet")


def behind_the_view(app: "App", symbol: str) -> frozenset[str]:
    """The classes above a class whose `dispatch()` is never called."""
    order = _line(app, symbol, frozenset())
    if order is None or _VIEW not in order:
        return frozenset()
    return frozenset(order[order.index(_VIEW) + 1 :])


def _line(app: "App", symbol: str, below: frozenset[str]) -> tuple[str, ...] | None:
    """Python's order; None where there is none."""
    known = app.classes.get(symbol)
    if known is None:
        return (symbol, _VIEW) if tail(symbol).endswith(_VIEWS) else (symbol,)
    if symbol in below:
        return None
    bases = [app.resolve(base, known.file) for base in known.bases]
    lines = [_line(app, base, below | {symbol}) for base in bases]
    found = [each for each in lines if each is not None]
    if len(found) < len(lines):
        return None
    merged = _merged((*found, tuple(bases)))
    return None if merged is None else (symbol, *merged)


@functools.lru_cache(maxsize=1024)
def _merged(lines: tuple[tuple[str, ...], ...]) -> tuple[str, ...] | None:
    """The order that keeps all of these."""
    found: list[str] = []
    waiting = [list(each) for each in lines if each]
    while waiting:
        first = next((each[0] for each in waiting if not any(each[0] in other[1:] for other in waiting)), None)
        if first is None:
            return None
        found.append(first)
        waiting = [rest for each in waiting if (rest := [one for one in each if one != first])]
    return tuple(found)
