"""A model as Tenon sees it: one typed question in, one typed answer out, or ModelUnavailable.

`GuardedModel` is the only implementation outside tests: whatever the channel below it is (a real endpoint, a recording,
a scripted liar), every question passes the outbound guard and the budget, and every try is written down.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from bot.agent.audit import CallRecord, CallVerdict, log_call
from bot.agent.budget import Budget, Spend
from bot.agent.errors import BudgetSpent, ModelUnavailable, NoUsableAnswer, OutboundRefused, PromptError
from bot.agent.guard import OutboundGuard
from bot.agent.prompts import Question

TRIES = 3  # for an answer in the asked shape; failures of the connection are retried by the SDK instead
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A task was not done, and why: a sentence for report and log."""

    task: str
    reason: str


class Model(Protocol):
    """Somebody to ask."""

    def ask(self, question: Question, schema: type[Answer]) -> Answer:
        """The answer, already of the schema's type. Raises ModelUnavailable or one of its kinds."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[Answer]):
    """What came back from one try. `answer` None: not in the asked shape. `tokens` None: the endpoint did not say."""

    answer: Answer | None
    tokens: int | None


class Channel(Protocol):
    """The way to a model, without any rule of its own."""

    @property
    def model_name(self) -> str:
        """The model's name, for the audit trail."""

    def send(self, question: Question, schema: type[Answer], timeout_seconds: float) -> Reply[Answer]:
        """Send once. Raises ModelUnavailable when the endpoint fails, refuses or is too slow."""


@dataclass(frozen=True)
class GuardedModel:
    """A channel behind the outbound guard, the budget and the audit trail."""

    channel: Channel
    guard: OutboundGuard
    budget: Budget
    record: Callable[[CallRecord], None] = log_call
    clock: Callable[[], float] = time.monotonic

    def ask(self, question: Question, schema: type[Answer]) -> Answer:
        """Ask up to TRIES times for an answer of the schema. Raises ModelUnavailable or one of its kinds."""
        if schema.__name__ != question.output:
            raise PromptError(f"prompt {question.prompt_id!r} asks for {question.output}, not {schema.__name__}")
        for _ in range(TRIES):
            if (answer := self._try(question, schema)) is not None:
                return answer
        raise NoUsableAnswer(f"the model gave no usable answer in {TRIES} tries")

    def _try(self, question: Question, schema: type[Answer]) -> Answer | None:
        seconds = self._admit(question)
        started = self.clock()
        try:
            reply = self.channel.send(question, schema, seconds)
        except ModelUnavailable:
            self._close(question, CallVerdict.UNAVAILABLE, most_tokens(question), started)
            raise
        verdict = CallVerdict.WRONG_SHAPE if reply.answer is None else CallVerdict.ANSWERED
        tokens = most_tokens(question) if reply.tokens is None else reply.tokens
        self._close(question, verdict, tokens, started)
        return reply.answer

    def _admit(self, question: Question) -> float:
        try:
            # Only what was filled in: the words of the prompt file ("changeme") may well be somebody's password.
            for value in question.filled:
                self.guard.check(value)
            return self.budget.admit(most_tokens(question))
        except OutboundRefused:
            self._note(question, CallVerdict.REFUSED_BY_GUARD)
            raise
        except BudgetSpent:
            self._note(question, CallVerdict.OVER_BUDGET)
            raise

    def _close(self, question: Question, verdict: CallVerdict, tokens: int, started: float) -> None:
        seconds = self.clock() - started
        self.budget.charge(Spend(1, tokens, seconds))
        self._note(question, verdict, tokens, seconds)

    def _note(self, question: Question, verdict: CallVerdict, tokens: int = 0, seconds: float = 0.0) -> None:
        name, version, model = question.prompt_id, question.version, self.channel.model_name
        self.record(CallRecord(name, version, question.sha256, model, verdict, tokens, seconds))


def most_tokens(question: Question) -> int:
    """An upper estimate of what one try costs: a token is hardly ever shorter than two characters of prose or code."""
    return (len(question.system) + len(question.user)) // 2 + question.max_tokens
