"""Ask a model what a low-confidence candidate secret is, without showing it.

**The monotone rule.** A model's word alone never removes a finding, never lowers its confidence or severity, and never
turns a control off: the code that is judged was written by strangers, and one comment in it can turn a model round. The
most an answer can do is to raise a low confidence to medium (`TriageNote.raised`); every other answer is a note that is
shown beside a finding that stays as it is. No model, no budget, no usable answer: the finding stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.agent.errors import ModelUnavailable, NoUsableAnswer
from bot.agent.model import Model, Skipped
from bot.agent.prompts import Question, load, render
from bot.agent.shape import ValueShape
from bot.agent.untrusted import one_line

TASK = "triage of candidate secrets"
NAME_LIMIT = 80


class FileRole(StrEnum):
    """What the file with the candidate is for."""

    APPLICATION = "application code"
    CONFIGURATION = "configuration"
    TEST = "test"
    EXAMPLE = "example or documentation"
    SCRIPT = "script or migration"


class Opinion(StrEnum):
    """What the model takes the candidate for."""

    LIVE_CREDENTIAL = "live_credential"
    PLACEHOLDER = "placeholder"
    NOT_A_SECRET = "not_a_secret"  # noqa: S105
    UNSURE = "unsure"


class Reason(StrEnum):
    """The fact that weighed most for the model."""

    NAME_SAYS_SO = "name_says_so"
    CALL_TAKES_CREDENTIAL = "call_takes_credential"
    SHAPE_IS_RANDOM = "shape_is_random"
    SHAPE_IS_WORDS = "shape_is_words"
    PLACEHOLDER_SHAPE = "placeholder_shape"
    FILE_ROLE = "file_role"
    CONTEXT = "context"
    NO_DECIDING_FACT = "no_deciding_fact"


class SecretOpinion(BaseModel):
    """The shape of the model's answer (prompt `triage-secret`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opinion: Opinion
    reason: Reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate secret as a model may see it: there is no field for the value.

    `call` is the call or sink the value goes to; `code` comes from `bot.agent.redact.redacted_slice`.
    """

    fingerprint: str
    name: str
    file_role: FileRole
    call: str | None
    shape: ValueShape
    code: str | None


@dataclass(frozen=True, slots=True)
class TriageNote:
    """The model's opinion on one finding. `raised`: its low confidence may become medium; nothing else may change."""

    fingerprint: str
    opinion: Opinion
    reason: Reason
    raised: bool


def triage(candidate: Candidate, model: Model | None) -> TriageNote | Skipped:
    """Ask about one candidate. Never raises for what a model or its endpoint does."""
    if model is None:
        return Skipped(TASK, "no model is configured")
    try:
        answer = model.ask(question_about(candidate), SecretOpinion)
    except NoUsableAnswer:
        return TriageNote(candidate.fingerprint, Opinion.UNSURE, Reason.NO_DECIDING_FACT, raised=False)
    except ModelUnavailable as error:
        return Skipped(TASK, str(error))
    raised = answer.opinion is Opinion.LIVE_CREDENTIAL
    return TriageNote(candidate.fingerprint, answer.opinion, answer.reason, raised)


def triage_all(
    candidates: Iterable[Candidate], model: Model | None
) -> tuple[tuple[TriageNote, ...], tuple[Skipped, ...]]:
    """Notes for the candidates that could be asked about, and the distinct reasons why others were not."""
    outcomes = [triage(candidate, model) for candidate in candidates]
    notes = tuple(outcome for outcome in outcomes if isinstance(outcome, TriageNote))
    skipped = dict.fromkeys(outcome for outcome in outcomes if isinstance(outcome, Skipped))
    return notes, tuple(skipped)


def confidence_after(confidence: str, note: TriageNote) -> str:
    """The confidence (low, medium, high) of a finding after a note: low may become medium, the rest stays."""
    return "medium" if note.raised and confidence == "low" else confidence


def question_about(candidate: Candidate) -> Question:
    """The question that is sent for a candidate."""
    shape = candidate.shape
    values = {
        "name": one_line(candidate.name, NAME_LIMIT),
        "file_role": candidate.file_role.value,
        "call": one_line(candidate.call, NAME_LIMIT) if candidate.call else "(not known)",
        "length": shape.length.value,
        "characters": ", ".join(sorted(shape.characters)) or "none",
        "entropy": shape.entropy.value,
        "looks_like_words": _yes_no(shape.looks_like_words),
        "has_placeholder_word": _yes_no(shape.has_placeholder_word),
        "looks_like_a_key": _yes_no(shape.looks_like_a_key),
        "code": candidate.code or "(left out)",
    }
    return render(load("triage-secret"), values)


def _yes_no(answer: bool) -> str:
    return "yes" if answer else "no"
