"""Guards that let everybody in while a setting is empty: `if API_KEY and sent != API_KEY: refuse`.

The same without `API_KEY and`, where a request may bring what the empty setting equals: see `unset_comparisons`.

Such a guard is meant for development, and keeps nobody out wherever the variable was forgotten. The ways through it are
gone twice for one kind of request: without the setting, and with it. Where callers get on without it of whom something
is asked with it, the setting decides. One that the app never starts without decides nothing.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from transforms.access import Trace
from transforms.callers import Source
from transforms.concepts import ALWAYS_SET, Signal
from transforms.concepts_data import Condition, Step, Ways
from transforms.known_guards import checks_a_signature, looks_like_access_control
from transforms.once import per_app
from transforms.setting_symbols import setting_symbol
from transforms.setting_words import may_be_setting
from transforms.shared_secrets import compares_key, setting_name
from transforms.unset_comparisons import said_while_unset, setting_that_nothing_equals
from transforms.ways import is_plain

if TYPE_CHECKING:
    from transforms.app import App

DEEPEST = 3  # functions that a refusal is followed through
MOST_PLAIN = 4  # questions about method and path: each is answered both ways
_STOPS = frozenset({"os.environ", "decouple.config"})  # what a row of settings asks, and fails where there is none


@dataclass(frozen=True, slots=True)
class UnsetKey:
    """The setting that decides, in upper case as variables are written, and where the guard asks for it."""

    name: str
    condition: Condition

    @classmethod
    def of(cls, condition: Condition, origins: str = "") -> "UnsetKey":
        """The setting that a condition asks for, or that it compares."""
        origin = (origins or condition.asked).partition(" ")[0]
        return cls(setting_name(origin) or origin.rpartition(".")[2].upper(), condition)

    @property
    def trace(self) -> Trace:
        """What shows it."""
        asking, asked = self.condition.function.rpartition(".")[2], self.condition
        return Trace(asked.file, asked.place.line, f"{asking} lets everybody in while {self.name} is not set")


@per_app
def unset_key(app: "App", symbol: str, *, in_handler: bool = False) -> UnsetKey | None:
    """The setting without which a function that refuses strangers refuses nobody; None where there is none."""
    return _found(app, symbol, 0, in_handler=in_handler)


def _found(app: "App", symbol: str, depth: int, *, in_handler: bool = False) -> UnsetKey | None:
    for each in (symbol, *app.inner.get(symbol, ())):
        ways = app.ways.get(each)
        if ways is not None and not ways.answers and (key := _deciding(app, ways, in_handler=in_handler)) is not None:
            return key
    return _below(app, symbol, depth)


@per_app
def _answering(app: "App", symbol: str) -> UnsetKey | None:
    """The setting without which a function answers True to everybody."""
    ways = app.ways.get(symbol)
    return _deciding(app, ways) if ways is not None and ways.answers else None


def _below(app: "App", symbol: str, depth: int) -> UnsetKey | None:
    """The same of what it calls, where nothing else refuses."""
    function = app.functions.get(symbol)
    if function is None or depth > DEEPEST or Signal.REFUSES in function.signals:
        return None
    called = (app.meaning(call, function.file) for call in function.calls if call not in function.caught)
    refusing = [each for each in called if each != symbol and app.judge.bodies.of(each).refuses is not None]
    found = [_found(app, each, depth + 1) for each in refusing]
    return found[0] if found and None not in found else None


def _deciding(app: "App", ways: Ways, *, in_handler: bool = False) -> UnsetKey | None:
    """The setting on which it hangs whether callers are asked anything."""
    asked = _Asked.of(app, ways)
    keys = asked.each_once()
    together = [keys[::-1]] if len(keys) > 1 else []  # where one of several is enough, none of them may be there
    for missing in (*([key] for key in keys), *together):
        for answers in itertools.product((True, False), repeat=len(asked.plain)):
            known = asked.sure | dict(zip(asked.plain, answers, strict=True))
            free = _Going(app, ways, known | asked.without(missing), in_handler).end() is _Way.FREE
            if free and _Going(app, ways, known | asked.with_them(missing), in_handler).end() is not _Way.FREE:
                return missing[0]
    return None


@dataclass(frozen=True)
class _Asked:
    """What a function asks, by number: settings, what is answered without one, what is asked for, what is certain."""

    settings: Mapping[int, UnsetKey]
    answered: Mapping[int, tuple[UnsetKey, bool]]
    plain: list[int]
    sure: dict[int, bool]

    @classmethod
    def of(cls, app: "App", ways: Ways) -> "_Asked":
        """What is asked on the ways through a function."""
        asks = dict(enumerate(ways.asks))
        answered = {number: found for number, each in asks.items() if (found := _without(app, each)) is not None}
        settings = {number: each for number, each in asks.items() if _is_for_presence(each) and number not in answered}
        sure = {number: True for number, each in settings.items() if _is_always_set(app, each.function, each.asked)}
        plain = [number for number, each in asks.items() if is_plain(each.asked)]
        doubtful = {number: UnsetKey.of(each) for number, each in settings.items() if number not in sure}
        return cls(doubtful, answered, plain[:MOST_PLAIN], sure)

    def each_once(self) -> list[UnsetKey]:
        """The settings, each once."""
        answering = (key for key, _ in self.answered.values())
        return list({key.name: key for key in (*answering, *reversed(list(self.settings.values())))}.values())

    def without(self, keys: list[UnsetKey]) -> dict[int, bool]:
        """What is answered where these settings are not there."""
        names = {each.name for each in keys}
        return {number: False for number, each in self.settings.items() if each.name in names} | {
            number: answer for number, (each, answer) in self.answered.items() if each.name in names
        }

    def with_them(self, keys: list[UnsetKey]) -> dict[int, bool]:
        """What is answered where they are there: of all but their presence that is not known."""
        names = {each.name for each in keys}
        return {number: True for number, each in self.settings.items() if each.name in names}


def _without(app: "App", condition: Condition) -> tuple[UnsetKey, bool] | None:
    """The setting on which a condition hangs, and what comes of it for everybody while that is not there."""
    origins = setting_that_nothing_equals(app, condition)
    if origins and not _is_always_set(app, condition.function, origins):
        return UnsetKey.of(condition, origins), True
    if (said := said_while_unset(app, condition)) is not None:
        return UnsetKey.of(condition, said[0]), said[1]
    another = _asked_of_another(app, condition)
    return (another, True) if another is not None else None


def _asked_of_another(app: "App", condition: Condition) -> UnsetKey | None:
    """`if not is_valid(key)`: the setting without which that says True to everybody."""
    origins = (each for each in condition.asked.split() if each.startswith("@") and each.endswith("()"))
    called = (app.meaning(each.removeprefix("@").removesuffix("()")) for each in origins)
    return next(filter(None, (_answering(app, each) for each in called)), None)


class _Way(IntEnum):
    """What becomes of callers on a way, the best for them last."""

    CLOSED = 0
    ASKED = 1
    FREE = 2


@dataclass
class _Going:
    """Goes the ways through one function, with some questions answered."""

    app: "App"
    ways: Ways
    known: Mapping[int, bool]
    in_handler: bool = False  # there, only what is asked of the caller keeps anybody out
    _found: dict[int, _Way] = field(default_factory=dict)

    def end(self) -> _Way:
        """What becomes of callers in the end."""
        return self._step(self.ways.end)

    def _step(self, number: int) -> _Way:
        if number not in self._found:
            self._found[number] = self._read(self.ways.steps[number])
        return self._found[number]

    def _read(self, step: Step) -> _Way:
        if step.ask is not None:
            if step.ask in self.known:
                return _Way.FREE if self.known[step.ask] is step.met else _Way.CLOSED
            return _Way.ASKED if self._is_of_caller(self.ways.asks[step.ask]) else _Way.FREE
        if not step.parts:
            return _Way.ASKED if any(map(self._may_refuse, step.calls)) else _Way.FREE
        return (max if step.either else min)(map(self._step, step.parts))

    def _is_of_caller(self, condition: Condition) -> bool:
        if not self.in_handler:
            return True
        function = self.ways.function
        if any(compares_key(self.app, function, pair) for pair in condition.pairs):
            return True
        return Source.CALLER in {self.app.callers.source(function, each) for each in condition.asked.split()}

    def _may_refuse(self, name: str) -> bool:
        """Whether a function by that last name, called here, may turn somebody away."""
        function = self.app.functions.get(self.ways.function)
        called = [each for each in function.calls if each.rpartition(".")[2] == name] if function is not None else []
        if function is None or not called:
            return looks_like_access_control(name)
        return any(_refuses(self.app, self.app.meaning(each, function.file)) for each in called)


def _refuses(app: "App", target: str) -> bool:
    if target not in app.functions:
        makes_something = target.rpartition(".")[2][:1].isupper()
        return not makes_something and (looks_like_access_control(target) or checks_a_signature(target))
    body = app.judge.bodies.of(target)
    refuses = body.refuses or body.verifies or body.needs
    return refuses is not None and unset_key(app, target) is None


def _is_for_presence(condition: Condition) -> bool:
    """`if API_KEY`, `if settings.api_key is None`."""
    against_nothing = all("None" in (each.left_code, each.right_code) for each in condition.pairs)
    return against_nothing and may_be_setting(condition.asked)


def _is_always_set(app: "App", function: str, origins: str) -> bool:
    return any(setting_symbol(app, function, each) in _always_set(app) for each in origins.split())


@per_app
def _always_set(app: "App") -> frozenset[str]:
    """What the settings are called, by symbol or origin, that the app never starts without."""
    found: set[str] = set()
    for facts in app.files.values():
        found.update(name for each in facts.settings if each.name == ALWAYS_SET for name in (each.value or "").split())
        found.update(f"{each.owner}.{each.name}" for each in facts.setting_rows if each.asks in _STOPS)
        found.update(f"{each.symbol}.{name}" for each in facts.settings_classes for name in each.required)
        found.update(_checked_first(app, facts.conditions))
    return frozenset(found | set(_checked_at_start(app)))


def _checked_first(app: "App", conditions: tuple[Condition, ...]) -> Iterator[str]:
    """`if not API_KEY: raise RuntimeError` where the module is imported."""
    for each in conditions:
        if each.function.endswith(".<module>") and each.leaves and _is_for_presence(each):
            yield from (setting_symbol(app, each.function, origin) for origin in each.asked.split())


def _checked_at_start(app: "App") -> Iterator[str]:
    """What functions fail without that stand neither before routes nor below them: at the start, in the settings."""
    for ways in app.ways.values():
        function = app.functions.get(ways.function)
        if function is None or function.raises or app.reaching.is_on_a_way(ways.function):
            continue
        for number, each in enumerate(ways.asks):
            if _is_for_presence(each) and _Going(app, ways, {number: False}).end() is _Way.CLOSED:
                yield from (setting_symbol(app, ways.function, origin) for origin in each.asked.split())
