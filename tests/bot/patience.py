"""Waiting for a condition with a deadline, for tests with real processes and threads."""

import time
from collections.abc import Callable

DEADLINE = 180.0  # seconds; generous, because the machine may be busy


def until(condition: Callable[[], bool], what: str) -> None:
    """Poll a condition; fail with `what` when the deadline is over."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"never came true: {what}"
        time.sleep(0.02)
