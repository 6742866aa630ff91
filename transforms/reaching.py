"""Which routes reach which functions: what a seed script or a migration does is no route's doing."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import How, Route
from transforms.concepts_data import Passing

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 8  # calls between a handler and a query


@dataclass(frozen=True, slots=True)
class Argument:
    """What a caller passes for a parameter: the origins, in the caller's names; None where that is not seen."""

    caller: str
    origins: str | None


class Reaching:
    """The call graph of one app, from its routes down."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self._callees: dict[str, tuple[str, ...]] = {}
        self._below: dict[tuple[str, ...], tuple[str, ...]] = {}

    @functools.cached_property
    def handlers(self) -> dict[str, list[Route]]:
        """The routes of every handler, by its symbol."""
        found: dict[str, list[Route]] = defaultdict(list)
        for route in self.app.routes:
            found[route.handler].append(route)
        return dict(found)

    @functools.cached_property
    def _reached(self) -> dict[str, tuple[Route, ...]]:
        found: dict[str, list[Route]] = defaultdict(list)
        for handler, routes in self.handlers.items():
            for symbol in self.below(handler):
                found[symbol] += routes
        return {symbol: tuple(routes) for symbol, routes in found.items()}

    @functools.cached_property
    def _guarding(self) -> frozenset[str]:
        """Functions that run in front of handlers: dependencies and middleware, and all that they call."""
        targets: dict[str, None] = {}
        for route in self.app.routes:
            for guard in route.guards:
                for symbol in (guard.target, guard.target.removesuffix("()")):
                    targets[symbol] = None
                    if symbol in self.app.classes:
                        targets |= dict.fromkeys(f"{symbol}.{name}" for name in ("__call__", "dispatch", "__init__"))
        for function in self.app.functions.values():
            targets |= dict.fromkeys(guard.target for guard in function.guards if guard.how == How.PARAMETER)
        return frozenset(self.below(*targets))

    def routes(self, symbol: str) -> tuple[Route, ...]:
        """The routes whose handler is that function, or comes to call it."""
        return self._reached.get(symbol, ())

    def guards_only(self, symbol: str) -> bool:
        """Whether a function runs in front of handlers and never below one."""
        return symbol in self._guarding and symbol not in self._reached

    def is_on_a_way(self, symbol: str) -> bool:
        """Whether a function runs for requests: in front of handlers or below one."""
        return symbol in self._guarding or symbol in self._reached

    def callees(self, symbol: str) -> tuple[str, ...]:
        """The app's own functions that a function calls or has inside."""
        if symbol not in self._callees:
            function = self.app.functions.get(symbol)
            called = [self.app.meaning(call, function.file) for call in function.calls] if function is not None else []
            own = [self._function(each) for each in called]
            self._callees[symbol] = tuple(dict.fromkeys([*filter(None, own), *self._inside.get(symbol, ())]))
        return self._callees[symbol]

    def callers(self, symbol: str) -> tuple[str, ...]:
        """The functions on the way from routes that call it."""
        return tuple(self._callers.get(symbol, ()))

    def arguments(self, symbol: str, parameter: str) -> Iterator[Argument]:
        """What each caller passes for a parameter of a function."""
        function = self.app.functions.get(symbol)
        if function is None:
            return
        names = [each.name for each in function.parameters if each.name not in ("self", "cls")]
        position = str(names.index(parameter)) if parameter in names else ""
        name = symbol.rpartition(".")[2]
        for caller in self.callers(symbol):
            calls = [each for each in self._passings.get(caller, ()) if each.callee in (name, _class_of(symbol))]
            if not calls:
                yield Argument(caller, None)
            for call in calls:
                passed = dict(call.arguments)
                yield Argument(caller, passed.get(parameter, passed.get(position)))

    def passings(self, symbol: str) -> tuple[Passing, ...]:
        """The calls of a function whose arguments are known."""
        return tuple(self._passings.get(symbol, ()))

    def _function(self, target: str) -> str | None:
        if target in self.app.functions:
            return target
        symbol = target.removesuffix("()")
        return f"{symbol}.__init__" if f"{symbol}.__init__" in self.app.functions else None

    def below(self, *starts: str) -> tuple[str, ...]:
        """These functions and all that they come to call, the nearest first."""
        if (found := self._below.get(starts)) is None:
            found = self._below[starts] = self._found_below(starts)
        return found

    def _found_below(self, starts: Iterable[str]) -> tuple[str, ...]:
        seen = dict.fromkeys(starts)
        level = list(seen)
        for _ in range(DEEPEST):
            level = [each for symbol in level for each in self.callees(symbol) if each not in seen]
            if not level:
                break
            seen |= dict.fromkeys(level)
        return tuple(seen)

    @functools.cached_property
    def _callers(self) -> dict[str, dict[str, None]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for symbol in (*self._reached, *self._guarding):
            whole = symbol.partition(".<")[0]  # what a part calls its function calls
            for callee in self.callees(symbol):
                if callee not in (symbol, whole):
                    found[callee][whole if whole in self.app.functions else symbol] = None
        return found

    @functools.cached_property
    def _inside(self) -> dict[str, list[str]]:
        """Functions defined in functions: closures do what the function around them does."""
        found: dict[str, list[str]] = defaultdict(list)
        for symbol in self.app.functions:
            around = symbol.rpartition(".")[0]
            if around in self.app.functions:
                found[around].append(symbol)
        return found

    @functools.cached_property
    def _passings(self) -> dict[str, list[Passing]]:
        found: dict[str, list[Passing]] = defaultdict(list)
        for facts in self.app.files.values():
            for each in facts.passings:
                found[each.function].append(each)
        return found


def _class_of(symbol: str) -> str:
    """`Service` of `app.services.Service.__init__`."""
    return symbol.removesuffix(".__init__").rpartition(".")[2]
