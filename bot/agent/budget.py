"""How much a model may be asked: calls, tokens and seconds, for one job and for one installation.

A budget is checked before a call and charged after it, also when the call failed. Two jobs of one installation that
run at the same moment may overshoot by one call each; that is accepted.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.agent.errors import BudgetSpent


@dataclass(frozen=True, slots=True)
class Spend:
    """What calls have cost: number, prompt plus completion tokens, seconds of waiting."""

    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(self.calls + other.calls, self.tokens + other.tokens, self.seconds + other.seconds)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that may be spent on one account."""

    calls: int
    tokens: int
    seconds: float


JOB_LIMITS = Limits(calls=12, tokens=40_000, seconds=120.0)
INSTALLATION_LIMITS_PER_DAY = Limits(calls=500, tokens=1_500_000, seconds=3_600.0)


class SpendLedger(Protocol):
    """Where spending is remembered. An account is a word such as `job:7f…` or `installation:42`."""

    def spent(self, account: str) -> Spend:
        """What the account has spent within the ledger's period."""

    def add(self, account: str, spend: Spend) -> None:
        """Remember one more spending."""


@dataclass
class MemoryLedger:
    """A ledger in this process, over the last `period_seconds`. Several processes each have their own."""

    period_seconds: float = 86_400.0
    clock: Callable[[], float] = time.monotonic
    _entries: defaultdict[str, deque[tuple[float, Spend]]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spent(self, account: str) -> Spend:
        with self._lock:
            return sum((spend for _, spend in self._recent(account)), Spend())

    def add(self, account: str, spend: Spend) -> None:
        with self._lock:
            self._recent(account).append((self.clock(), spend))

    def _recent(self, account: str) -> deque[tuple[float, Spend]]:
        entries = self._entries[account]
        while entries and entries[0][0] <= self.clock() - self.period_seconds:
            entries.popleft()
        return entries


@dataclass(frozen=True, slots=True)
class Allowance:
    """One account and its limits; `owner` is the word for it in sentences ("this job")."""

    account: str
    owner: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Budget:
    """All allowances that a call must fit in."""

    allowances: tuple[Allowance, ...]
    ledger: SpendLedger

    def admit(self, tokens: int) -> float:
        """Seconds a call of at most so many tokens may take. Raises BudgetSpent, naming whose budget and of what."""
        return min(self._seconds_left(allowance, tokens) for allowance in self.allowances)

    def charge(self, spend: Spend) -> None:
        """Charge a call, answered or not, to every allowance."""
        for allowance in self.allowances:
            self.ledger.add(allowance.account, spend)

    def _seconds_left(self, allowance: Allowance, tokens: int) -> float:
        limits, spent = allowance.limits, self.ledger.spent(allowance.account)
        if spent.calls >= limits.calls:
            raise BudgetSpent(f"{allowance.owner} has used its {limits.calls} model calls")
        if spent.tokens + tokens > limits.tokens:
            raise BudgetSpent(f"{allowance.owner} has used its {limits.tokens} model tokens")
        if spent.seconds >= limits.seconds:
            raise BudgetSpent(f"{allowance.owner} has used its {limits.seconds:g} seconds of model time")
        return limits.seconds - spent.seconds


def job_budget(
    job_id: str,
    installation_id: int,
    ledger: SpendLedger,
    *,
    per_job: Limits = JOB_LIMITS,
    per_installation: Limits = INSTALLATION_LIMITS_PER_DAY,
) -> Budget:
    """The usual budget: one allowance for the job, one for the installation."""
    job = Allowance(f"job:{job_id}", "this job", per_job)
    installation = Allowance(f"installation:{installation_id}", "this installation", per_installation)
    return Budget((job, installation), ledger)
