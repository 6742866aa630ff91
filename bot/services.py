"""What a job works with, as one frozen object: built by `bot.wiring` of real parts, by tests of fakes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.agent.model import Model
from bot.forge import Forge, Repository
from bot.jobs import JobRequest
from bot.mirror import Mirror
from bot.plans import Plans
from bot.snapshot import SnapshotLimits
from bot.store import Store


class MakeModel(Protocol):
    """Makes the model of one job, or says None where none is configured."""

    def __call__(self, request: JobRequest, values: Callable[[], tuple[str, ...]]) -> Model | None:
        """`values`: the job's known secret values, which no prompt may hold."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything with an effect that a job may use."""

    store: Store
    forge: Callable[[JobRequest], Forge]
    mirror: Callable[[Repository, Callable[[], str | None]], Mirror]
    model: MakeModel
    plans: Plans
    limits: SnapshotLimits = field(default_factory=SnapshotLimits)
    clock: Callable[[], float] = time.time  # seconds since the epoch
