"""What can go wrong when a model is asked. None of it stops a job: the caller goes on without the model's help."""

from bot.errors import TenonError


class PromptError(TenonError):
    """A prompt file or a value put into it breaks the rules; a defect of the prompt, found by its tests."""


class ModelUnavailable(TenonError):
    """No answer can be had: the endpoint failed, the question may not be sent, or nothing usable came back."""


class BudgetSpent(ModelUnavailable):
    """The calls, tokens or seconds of a job or an installation are used up."""


class OutboundRefused(ModelUnavailable):
    """The outbound guard saw a secret in the question; the sentence never holds what it saw."""


class NoUsableAnswer(ModelUnavailable):
    """The model answered, but not once in the allowed tries in the shape it was asked for."""
