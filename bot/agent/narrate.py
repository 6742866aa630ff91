"""Ask a model for the opening paragraph of a follow-up pull request, and publish it only if every name in it is true.

The model sees typed facts of the patch, never code or the parent pull request's text. What it writes is checked by
`bot.agent.wording`; a text that fails is dropped as a whole, and the body stands without it.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from bot.agent.errors import ModelUnavailable
from bot.agent.model import Model, Skipped
from bot.agent.prompts import Question, load, render
from bot.agent.untrusted import one_line
from bot.agent.wording import objection

TASK = "narration of the pull request"
SHOWN_LIMIT = 40  # names of one kind in a prompt
NAME_LIMIT = 120


class NarrationText(BaseModel):
    """The shape of the model's answer (prompt `narrate`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the patch with Tenon's own words for it: (3, "routes guarded")."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """What a patch does, in names and numbers. All names but the control ids come from the app: hostile text."""

    controls: tuple[str, ...]
    paths: tuple[str, ...]
    symbols: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()

    def names(self) -> frozenset[str]:
        """Every name a text about this patch may hold: those that a model was shown as they are."""
        return frozenset(_plain(self.controls + self.paths + self.symbols + self.routes))

    def numbers(self) -> frozenset[int]:
        """Every number a text about this patch may hold."""
        return frozenset(count.number for count in self.counts)


@dataclass(frozen=True, slots=True)
class Narration:
    """A checked paragraph: one line, at most 600 characters, to be marked as model-written where it is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """The model wrote something that may not be published; `reason` is a sentence without its words."""

    reason: str


def narrate(facts: PatchFacts, model: Model | None) -> Narration | Dropped | Skipped:
    """Ask for the paragraph and check it. Never raises for what a model or its endpoint does."""
    if model is None:
        return Skipped(TASK, "no model is configured")
    try:
        answer = model.ask(question_about(facts), NarrationText)
    except ModelUnavailable as error:
        return Skipped(TASK, str(error))
    if reason := objection(answer.text, facts.names(), facts.numbers()):
        return Dropped(f"the model's text was dropped: {reason}")
    return Narration(answer.text.strip())


def question_about(facts: PatchFacts) -> Question:
    """The question that is sent for a patch."""
    values = {
        "controls": _listed(facts.controls),
        "paths": _listed(facts.paths),
        "symbols": _listed(facts.symbols),
        "routes": _listed(facts.routes),
        "counts": "\n".join(f"{count.number} {count.label}" for count in facts.counts) or "none",
    }
    return render(load("narrate"), values)


def _listed(names: tuple[str, ...]) -> str:
    """One name on a line."""
    return "\n".join(_plain(names)[:SHOWN_LIMIT]) or "(none)"


def _plain(names: tuple[str, ...]) -> list[str]:
    """The names that need no altering to be shown in a code span; a link is none, whatever it is used for."""
    return [name for name in names if name == one_line(name, NAME_LIMIT) and "`" not in name and "://" not in name]
