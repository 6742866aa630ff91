"""The real channel: any OpenAI-compatible chat endpoint, through langchain's structured output.

langchain and openai are imported on first use only. Facts that shape this file: openai 3 speaks httpx2 (an injected
client must be one); strict JSON schema is the one feature that local servers and vendors share, native tool calls are
not; langchain hands prompts to a tracing host when LANGSMITH_TRACING is set, so tracing is switched off for each call.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError

from bot.agent.budget import Budget
from bot.agent.errors import ModelUnavailable
from bot.agent.guard import OutboundGuard
from bot.agent.model import Answer, GuardedModel, Reply
from bot.agent.prompts import Question

if TYPE_CHECKING:
    import httpx2
    from langchain_openai import ChatOpenAI


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where the model is. `temperature` None leaves it to the endpoint (some models allow no other)."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    timeout_seconds: float = 30.0
    max_retries: int = 2  # of the SDK, which honours Retry-After; nothing else retries
    temperature: float | None = 0.0


@dataclass(frozen=True)
class ChatChannel:
    """Sends questions to the endpoint of the settings. `http_client` is for recordings and tests."""

    settings: ModelSettings
    http_client: "httpx2.Client | None" = None

    @property
    def model_name(self) -> str:
        return self.settings.model

    @cached_property
    def _chat(self) -> "ChatOpenAI":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=self.settings.model,
            base_url=self.settings.base_url,
            api_key=SecretStr(self.settings.api_key),
            temperature=self.settings.temperature,
            max_retries=self.settings.max_retries,
            use_responses_api=False,
            cache=False,
            http_client=self.http_client,
        )

    def send(self, question: Question, schema: type[Answer], timeout_seconds: float) -> Reply[Answer]:
        """One call (and the SDK's retries of it). Raises ModelUnavailable with the kind of failure, no content."""
        from langsmith import tracing_context
        from openai import LengthFinishReasonError, OpenAIError

        ask = self._chat.with_structured_output(
            schema,
            method="json_schema",
            strict=True,
            include_raw=True,
            timeout=self._timeout(timeout_seconds),
            max_completion_tokens=question.max_tokens,
        )
        try:
            with tracing_context(enabled=False):
                outcome = ask.invoke([("system", question.system), ("human", question.user)])
        except (ValidationError, LengthFinishReasonError):
            return Reply(None, None)
        except OpenAIError as error:
            raise ModelUnavailable(f"the model endpoint failed ({type(error).__name__})") from None
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            # langchain takes a 200 apart without looking: an endpoint that is not OpenAI-compatible ends here.
            raise ModelUnavailable(f"the endpoint's reply is no chat completion ({type(error).__name__})") from None
        return _reply(outcome, schema)

    def _timeout(self, seconds_left: float) -> float:
        """Seconds for one attempt, so that all attempts together stay within what is left of the budget."""
        return min(self.settings.timeout_seconds, seconds_left / (self.settings.max_retries + 1))


def _reply(outcome: Any, schema: type[Answer]) -> Reply[Answer]:
    parsed, usage = outcome["parsed"], outcome["raw"].usage_metadata
    tokens = usage["total_tokens"] if usage else None
    return Reply(parsed if isinstance(parsed, schema) else None, tokens)


def model_for_job(
    settings: ModelSettings | None, budget: Budget, values: Callable[[], Iterable[str]]
) -> GuardedModel | None:
    """The model of one job, or None where none is configured. `values`: the job's known secret values, asked anew."""
    if settings is None:
        return None
    return GuardedModel(ChatChannel(settings), OutboundGuard(values), budget)
