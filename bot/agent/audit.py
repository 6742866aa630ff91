"""A line for every call to a model: which prompt, which model, what it cost, how it ended. Never any content."""

import logging
from dataclasses import dataclass
from enum import StrEnum

_log = logging.getLogger("tenon.agent")


class CallVerdict(StrEnum):
    """How one try ended."""

    ANSWERED = "answered"
    WRONG_SHAPE = "wrong_shape"
    UNAVAILABLE = "unavailable"
    REFUSED_BY_GUARD = "refused_by_guard"
    OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One try. Tokens are an upper estimate where the endpoint did not say; both are 0 where nothing was sent."""

    prompt_id: str
    version: int
    question_sha256: str
    model: str
    verdict: CallVerdict
    tokens: int = 0
    seconds: float = 0.0


def log_call(record: CallRecord) -> None:
    """Write the record to the log `tenon.agent`."""
    _log.info(
        "model call prompt=%s version=%d sha256=%s model=%s verdict=%s tokens=%d seconds=%.3f",
        *(record.prompt_id, record.version, record.question_sha256, record.model),
        *(record.verdict, record.tokens, record.seconds),
    )
