"""Whether everybody who gets through a function was asked for a role: a check in one branch says nothing of another.

Each way on which a caller gets on is looked at. One that comes by a question about a role, about whose something is, or
by the app's own key, is asked. One on which the function tells its callers apart otherwise (a device from a person, one
kind of token from another) is a way around the check.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from transforms.access import Answer
from transforms.callers import Source
from transforms.concepts_data import Condition, Step, Ways
from transforms.setting_words import is_setting
from transforms.shared_secrets import compares_key

if TYPE_CHECKING:
    from transforms.app import App

# What a request asks for, and whether its sender has signed in: no kind of caller.
_PLAIN = re.compile(
    r"\.(?:method|path|endpoint|blueprint|url|view_args|is_authenticated|is_anonymous|is_active|disabled)(?:\.|$)"
)


def is_plain(origins: str) -> bool:
    """Whether a question is about what is asked for, and about settings, and not about who asks."""
    found = [each for each in origins.split() if not is_setting(each)]
    return bool(found) and all(_PLAIN.search(each) for each in found)


class _Way(IntEnum):
    """How much a way says, the worst last."""

    ASKED = 0
    PLAIN = 1  # nothing on it tells callers apart
    AROUND = 2


@dataclass
class Around:
    """Looks for a way around the question for a role in one function."""

    app: "App"
    ways: Ways
    is_about_roles: Callable[[Condition], bool]
    is_of_owner: Callable[[str, str, str], bool]
    asks: Callable[[str], bool]  # whether a function by that last name, called here, asks for a role
    in_handler: bool = False  # there, only what is asked of the caller tells callers apart
    _known: dict[int, tuple[_Way, Condition | None]] = field(default_factory=dict)

    def found(self) -> Condition | None:
        """What tells those apart who get around the question; None where nobody does."""
        way, told_by = self._step(self.ways.end)
        return told_by if way is _Way.AROUND else None

    def _step(self, number: int) -> tuple[_Way, Condition | None]:
        if number not in self._known:
            self._known[number] = self._read(self.ways.steps[number])
        return self._known[number]

    def _read(self, step: Step) -> tuple[_Way, Condition | None]:
        if step.ask is not None:
            condition = self.ways.asks[step.ask]
            return self._asked(condition, step), condition
        if not step.parts:
            return (_Way.ASKED if any(map(self.asks, step.calls)) else _Way.PLAIN), None
        parts = [self._step(each) for each in step.parts]
        if step.either:
            return max(parts, key=lambda each: each[0])
        asked = next((each for each in parts if each[0] is _Way.ASKED), None)
        return asked or max(reversed(parts), key=lambda each: each[0])

    def _asked(self, condition: Condition, step: Step) -> _Way:
        """What one question on the way comes to."""
        function = self.ways.function
        if self.is_about_roles(condition) or (step.presence and not step.met and self._is_always_there(condition)):
            return _Way.ASKED
        for pair in condition.pairs:
            if self.is_of_owner(function, pair.left, pair.right) or compares_key(self.app, function, pair):
                return _Way.ASKED
        origins = condition.asked.split()
        if all(is_setting(each) or self._is_plain(each) for each in origins):
            return _Way.PLAIN
        if self.in_handler and Source.CALLER not in {self.app.callers.source(function, each) for each in origins}:
            return _Way.PLAIN
        return _Way.AROUND

    def _is_always_there(self, condition: Condition) -> bool:
        """Whether it asks for what a dependency always hands over: nobody comes without it."""
        function = self.app.functions.get(self.ways.function)
        uses = [use for use in function.guards if use.bound_to == condition.asked] if function is not None else []
        readings = [self.app.judge.guard(use) for use in uses]
        return any(each.answer is Answer.YES and not each.optional for each in readings)

    def _is_plain(self, origin: str) -> bool:
        if _PLAIN.search(origin):
            return True
        around = self.app.functions.get(self.ways.function.rpartition(".")[0])
        return around is not None and origin.partition(".")[0] in {each.name for each in around.parameters}
