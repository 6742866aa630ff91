"""Acts at the very moment when a request arrives at the GitHub double: before it is carried out, or right after.

The double asks its faults about every request as it comes in; these faults let a test do something there, such as
killing the process that asks. No clock is involved, so what a test provokes happens every time.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from fixtures.github.faults import Fault, Faults

Step = tuple[str, str]
"""A request: its method and a regular expression that its path contains."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What to do when the first request of this method whose path matches arrives."""

    method: str
    path: re.Pattern[str]
    act: Callable[[], None]
    carried_out: bool


class Tripwires(Faults):
    """Faults that also act. Set as `double.faults` before the double starts."""

    def __init__(self) -> None:
        super().__init__()
        self._wires: list[Wire] = []
        self._stretching = threading.Lock()

    def stretch(self, *steps: Step, act: Callable[[], None], carried_out: bool) -> threading.Event:
        """Call `act` at the last of these requests, once each has come after the one before; the event says so.

        That last request is then carried out or refused; the ones before it are answered as always.
        """
        came = threading.Event()

        def last() -> None:
            act()
            came.set()

        self._stretch(steps, last, carried_out)
        return came

    def _stretch(self, steps: tuple[Step, ...], last: Callable[[], None], carried_out: bool) -> None:
        (method, path), *more = steps
        if more:
            wire = Wire(method, re.compile(path), lambda: self._stretch(tuple(more), last, carried_out), True)
        else:
            wire = Wire(method, re.compile(path), last, carried_out)
        with self._stretching:
            self._wires.append(wire)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request; a wire it touches acts first."""
        wire = self._touched(method, path)
        if wire is None:
            return super().take(method, path)
        wire.act()
        return None if wire.carried_out else Fault(method, wire.path, status=502, times=1)

    def _touched(self, method: str, path: str) -> Wire | None:
        with self._stretching:
            found = next((each for each in self._wires if each.method == method and each.path.search(path)), None)
            if found:
                self._wires.remove(found)
        return found
