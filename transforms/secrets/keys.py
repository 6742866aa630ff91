"""Vendors' keys inside a text: found by their shape, attributed to a kind, told from the fakes that look like them.

A whole file costs one look for each kind's marks (plain substrings); its pattern runs only where one is there.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.secrets import kinds
from transforms.secrets.values import fake

_KEY_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")


@dataclass(frozen=True, slots=True)
class Found:
    """A key in a text: its kind, and where it begins and ends."""

    kind: str
    start: int
    end: int


@functools.cache
def _shapes() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    shaped = [each for each in kinds() if each.pattern is not None]
    # the longer pattern is the more telling one: a key that two patterns match belongs to the first
    ordered = sorted(shaped, key=lambda each: (each.id == "json-web-token", -len(each.pattern or "")))
    return tuple((each.id, each.marks, re.compile(each.pattern or "")) for each in ordered)


def _candidates(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for kind, marks, pattern in _shapes():
        if any(mark in text for mark in marks):
            yield kind, pattern


def find_keys(text: str) -> list[Found]:
    """Every key in a text in the order of their places, those that overlap once; obvious fakes are left out."""
    found: list[Found] = []
    for kind, pattern in _candidates(text):
        for match in pattern.finditer(text):
            start, end = match.span()
            if start and text[start - 1] in _KEY_CHARACTERS and match[0][0] in _KEY_CHARACTERS:
                continue
            if any(each.start < end and start < each.end for each in found) or fake(match[0]):
                continue
            found.append(Found(kind, start, end))
    return sorted(found, key=lambda each: each.start)
