"""CPU seconds of this process and its children around a piece of work, or of one command as a whole."""

import os
import resource
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took: CPU seconds (user and system, children included)."""

    seconds: float  # the least of several runs: noise on a shared machine only ever adds
    median: float

    @property
    def in_ms(self) -> str:
        """Both figures, as they are shown."""
        return f"{1000 * self.seconds:.0f} ms CPU (median {1000 * self.median:.0f})"


def of_work(work: Callable[[], object], runs: int = 3) -> Cost:
    """Several runs of some work in this process."""
    return _cost([_once(work) for _ in range(runs)])


def of_command(command: Sequence[str], runs: int = 1, before: Callable[[], object] = lambda: None) -> Cost:
    """Several runs of a command, `before` each of them; its output is thrown away."""
    spent = []
    for _ in range(runs):
        before()
        spent.append(_command(command))
    return _cost(spent)


def _cost(spent: Sequence[float]) -> Cost:
    return Cost(min(spent), statistics.median(spent))


def _once(work: Callable[[], object]) -> float:
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def _command(command: Sequence[str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # it was reaped above
    return usage.ru_utime + usage.ru_stime
