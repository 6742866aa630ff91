"""Vendors' keys inside a text: found by their shape, attributed to a kind, told from the fakes that look like them.

A whole file costs one look for each kind's marks (plain substrings); a pattern runs only where one of them is.
"""

import base64
import binascii
import functools
import re
from dataclasses import dataclass

from transforms.secrets import kinds
from transforms.secrets.values import fake

_KEY_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_LEAST = 16  # characters: no pattern matches less


@dataclass(frozen=True, slots=True)
class Found:
    """A key in a text: its kind, and where it begins and ends."""

    kind: str
    start: int
    end: int


class KeySearch:
    """Looks for the keys that a file may hold, judged by the marks in its whole text."""

    def __init__(self, text: str) -> None:
        self._patterns = _present(text)

    @property
    def possible(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._patterns)

    def find(self, text: str) -> list[Found]:
        """Every key in a text in the order of their places, those that overlap once; obvious fakes are left out."""
        if not self._patterns or len(text) < _LEAST:
            return []
        found: list[Found] = []
        for kind, pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.span()
                if start and text[start - 1] in _KEY_CHARACTERS and match[0][0] in _KEY_CHARACTERS:
                    continue
                if not any(each.start < end and start < each.end for each in found) and not _harmless(kind, match[0]):
                    found.append(Found(kind, start, end))
        return sorted(found, key=lambda each: each.start)


def _harmless(kind: str, key: str) -> bool:
    """An obvious fake, or a token that is meant to be public: Supabase's anonymous key is a JWT that says so."""
    if fake(key):
        return True
    return kind == "json-web-token" and b'"role":"anon"' in _claims(key)


def _claims(token: str) -> bytes:
    part = token.split(".")[1]
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return b""


def find_keys(text: str) -> list[Found]:
    """Every key in a text, of whatever kind."""
    return KeySearch(text).find(text)


def may_hold_key(content: bytes) -> bool:
    """Whether the bytes of a file hold something with the shape of a key."""
    return KeySearch(content.decode(errors="replace")).possible


@functools.lru_cache(maxsize=8)  # it is asked once before a file is read and once more when it is
def _present(text: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The kinds of which a text may hold a key, and their patterns."""
    return tuple(
        (kind, pattern)
        for kind, marks, pattern in _shapes()
        if any(mark in text for mark in marks) and pattern.search(text)
    )


@functools.cache
def _shapes() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    shaped = [each for each in kinds() if each.pattern is not None]
    # the longer pattern is the more telling one: a key that two patterns match belongs to the first
    ordered = sorted(shaped, key=lambda each: (each.id == "json-web-token", -len(each.pattern or "")))
    return tuple((each.id, each.marks, re.compile(each.pattern or "")) for each in ordered)
