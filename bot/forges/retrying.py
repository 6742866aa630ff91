"""The one retry policy around every call to GitHub.

Every call handed in is safe to repeat: a read, an update, or a look-up followed by a create (so a reply that got lost
is found by the look-up). Trouble on the way is waited out a few times with jitter; a rate limit is waited out only when
that is short. A longer wait is the job's to make, durably: the call raises `RateLimited` and holds no thread.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random,
    wait_random_exponential,
)

from bot.errors import ForgeUnavailable, RateLimited
from bot.forges.failures import FOREIGN, AlreadyThere, translate

T = TypeVar("T")
_JITTER = wait_random(0.0, 0.5)
_BACKOFF = wait_random_exponential(multiplier=0.5, max=5.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is tried, and the longest rate limit (seconds) that is waited out in place."""

    attempts: int = 4
    longest_wait: float = 5.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    clock: Callable[[], float] = field(default=time.time, repr=False)  # seconds since the epoch

    def call(self, doing: str, request: Callable[[], T]) -> T:
        """What `request` returns, after as many tries as it takes; `doing` completes "Tenon could not ...".

        Raises ForgeError or one of its kinds, never an exception of PyGithub's or of requests'.
        """
        retrying = Retrying(
            retry=retry_if_exception(self._may_pass),
            wait=_wait,
            stop=stop_after_attempt(self.attempts),
            sleep=self.sleep,
            reraise=True,
        )
        result: T = retrying(self._attempt, doing, request)
        return result

    def _attempt(self, doing: str, request: Callable[[], T]) -> T:
        try:
            return request()
        except FOREIGN as error:
            failure = translate(error, doing, self.clock())
        raise failure  # outside the handler: the foreign error, which holds the request, is not kept as its context

    def _may_pass(self, error: BaseException) -> bool:
        if isinstance(error, RateLimited):
            return error.wait_seconds <= self.longest_wait
        return isinstance(error, ForgeUnavailable | AlreadyThere)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    match error:
        case RateLimited():
            return error.wait_seconds + _JITTER(state)
        case AlreadyThere():
            return 0.0
    return _BACKOFF(state)
