"""Who gets in: the answer for a route or for one guard, with what was seen in the code that speaks for it."""

from dataclasses import dataclass
from enum import StrEnum

from transforms.concepts import GuardUse


class Answer(StrEnum):
    """Whether somebody unknown is kept out."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trace:
    """Something seen in the code that speaks for an answer."""

    path: str
    line: int
    note: str


@dataclass(frozen=True, slots=True)
class Access:
    """The answer for one route; `guard` is what keeps people out (or what could not be read)."""

    answer: Answer
    traces: tuple[Trace, ...] = ()
    guard: GuardUse | None = None
    shows_less: bool = False  # strangers are answered as well, and see less than others
    unset: str = ""  # the setting without which the guard lets everybody in

    @property
    def is_checked(self) -> bool:
        """Strangers are kept out."""
        return self.answer is Answer.YES

    @property
    def is_guarded(self) -> bool:
        """Something is there to keep strangers out, if perhaps only where a setting is."""
        return self.is_checked or bool(self.unset)

    @property
    def is_open(self) -> bool:
        """Nothing keeps strangers out."""
        return self.answer is Answer.NO


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one callable came to. `optional`: it refuses a bad credential but lets pass who brings none."""

    answer: Answer
    traces: tuple[Trace, ...] = ()
    optional: bool = False
    asks: bool = False  # it demands a credential and leaves checking it to others
    hollow: bool = False  # it refuses some, and can tell nobody apart
    shows_less: bool = False  # it answers strangers, and does more for whoever is signed in
    unset: str = ""  # it keeps strangers out, but for this setting: without it everybody gets in

    @property
    def is_guard(self) -> bool:
        """Whether it is made to keep strangers out, and does so at least where a setting is there."""
        return self.answer is Answer.YES or bool(self.unset)


NOTHING = Reading(Answer.NO)
