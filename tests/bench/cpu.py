"""CPU seconds of this process and its children around a piece of work, or of one command as a whole."""

import os
import resource
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took: CPU seconds (user and system, children included)."""

    seconds: float


def of_work(work: Callable[[], object], runs: int = 3) -> Cost:
    """The least of several runs: noise on a shared machine only ever adds."""
    return Cost(min(_once(work) for _ in range(runs)))


def of_command(command: Sequence[str], runs: int = 1) -> Cost:
    """The least of several runs of a command; its output is thrown away."""
    return Cost(min(_command(command) for _ in range(runs)))


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
