"""What may be said about a value without saying the value: coarse classes, each with few possible answers."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.agent.guard import bits_per_character, key_shaped

_PLACEHOLDER_WORDS = re.compile(
    r"your|example|sample|change[-_ ]?me|placeholder|dummy|fake|insert|replace|todo|xxx|<[^>]*>|\.\.\.", re.IGNORECASE
)
_WORDS = re.compile(r"[A-Za-z]{2,14}(?:[-_ ./:]+[A-Za-z]{2,14})*[-_ ./:!?]*")
_VOWELS = frozenset("aeiouyAEIOUY")


class LengthClass(StrEnum):
    """How long a value is, in characters."""

    EMPTY = "empty"
    SHORT = "1 to 7"
    MIDDLE = "8 to 19"
    LONG = "20 to 63"
    VERY_LONG = "64 or more"


class EntropyClass(StrEnum):
    """How evenly its characters are spread (Shannon, bits for each character)."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class CharacterClass(StrEnum):
    """Which kinds of characters occur."""

    LOWER = "lower-case letters"
    UPPER = "upper-case letters"
    DIGIT = "digits"
    SPACE = "spaces"
    OTHER = "other characters"


@dataclass(frozen=True, slots=True)
class ValueShape:
    """All that a model learns about a value."""

    length: LengthClass
    characters: frozenset[CharacterClass]
    entropy: EntropyClass
    looks_like_words: bool
    has_placeholder_word: bool
    looks_like_a_key: bool


def shape_of(value: str) -> ValueShape:
    """The shape of a value. Nothing of the value itself is in it."""
    return ValueShape(
        length=_length(len(value)),
        characters=frozenset(map(_character, value)),
        entropy=_entropy(bits_per_character(value)),
        looks_like_words=_words(value),
        has_placeholder_word=_PLACEHOLDER_WORDS.search(value) is not None,
        looks_like_a_key=key_shaped(value) is not None,
    )


def _length(count: int) -> LengthClass:
    most = ((0, LengthClass.EMPTY), (7, LengthClass.SHORT), (19, LengthClass.MIDDLE), (63, LengthClass.LONG))
    return next((length for limit, length in most if count <= limit), LengthClass.VERY_LONG)


def _entropy(bits: float) -> EntropyClass:
    if bits < 2.5:
        return EntropyClass.LOW
    return EntropyClass.MIDDLE if bits < 3.7 else EntropyClass.HIGH


def _character(char: str) -> CharacterClass:
    if char.islower():
        return CharacterClass.LOWER
    if char.isupper():
        return CharacterClass.UPPER
    if char.isdigit():
        return CharacterClass.DIGIT
    return CharacterClass.SPACE if char.isspace() else CharacterClass.OTHER


def _words(value: str) -> bool:
    """Only short runs of letters, each with a vowel: prose and names, not random text."""
    if not _WORDS.fullmatch(value):
        return False
    return all(_VOWELS & set(run) for run in re.findall(r"[A-Za-z]{3,}", value))
