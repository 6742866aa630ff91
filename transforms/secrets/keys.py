"""Vendors' keys inside a text: found by their shape, attributed to a kind, told from the fakes that look like them.

A whole file costs two searches, however many vendors there are: one for its long runs of the characters that keys are
made of, and one for any key in these runs. Only where that finds something is each kind asked for its own.
"""

import base64
import binascii
import functools
import re
from dataclasses import dataclass

from transforms.secrets import SecretKind, kind, kinds
from transforms.secrets.values import fake

_KEY_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_LEAST = 16  # characters: no pattern matches less
_RUNS = re.compile(r"[0-9A-Za-z_.~+/=$:?&@%-]{16,}")


@dataclass(frozen=True, slots=True)
class Found:
    """A key in a text: its kind, where it begins and ends, and whether its check digits, if it has some, are right."""

    kind: str
    start: int
    end: int
    checked: bool = True
    certain: bool = True  # no other vendor has keys that look like it


class KeySearch:
    """Looks for the keys that a file may hold, judged by what is in its whole text."""

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
        for kind_id, pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.span()
                if start and text[start - 1] in _KEY_CHARACTERS and match[0][0] in _KEY_CHARACTERS:
                    continue
                if not any(each.start < end and start < each.end for each in found) and not _harmless(
                    kind_id, match[0]
                ):
                    check, certain = kind(kind_id).check, kind(kind_id).certain
                    checked = check is None or check(match[0])
                    sure = certain is None or re.fullmatch(certain, match[0]) is not None
                    found.append(Found(kind_id, start, end, checked, sure))
        return sorted(found, key=lambda each: each.start)


def _harmless(kind_id: str, key: str) -> bool:
    """An obvious fake, or a token that is meant to be public: Supabase's anonymous key is a JWT that says so."""
    if fake(key):
        return True
    return kind_id == "json-web-token" and b'"role":"anon"' in _claims(key)


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
    if not _may_hold(text):
        return ()
    marked = (each.id for each in _shapes() if any(mark in text for mark in each.marks))
    return tuple((kind_id, _compiled(kind_id)) for kind_id in marked if _compiled(kind_id).search(text))


def _may_hold(text: str) -> bool:
    """Whether some kind's pattern matches, by one search of the runs; kinds that no run holds have a rare mark."""
    if any(mark in text for mark in _spaced_marks()):
        return True
    return _any_shape().search("\n".join(_RUNS.findall(text))) is not None


@functools.cache
def _any_shape() -> re.Pattern[str]:
    patterns = (each.pattern for each in _shapes() if each.pattern is not None and not each.spaced)
    return re.compile(f"(?<![0-9A-Za-z_])(?:{'|'.join(patterns)})")


@functools.cache
def _spaced_marks() -> tuple[str, ...]:
    return tuple(mark for each in _shapes() if each.spaced for mark in each.marks)


@functools.cache
def _shapes() -> tuple[SecretKind, ...]:
    shaped = [each for each in kinds() if each.pattern is not None]
    # the longer pattern is the more telling one: a key that two patterns match belongs to the first
    return tuple(sorted(shaped, key=lambda each: (each.id == "json-web-token", -len(each.pattern or ""))))


@functools.cache
def _compiled(kind_id: str) -> re.Pattern[str]:
    return re.compile(kind(kind_id).pattern or "")
