"""Names for secrets in the bytes of a file, with a literal near them that could be their value.

A word such as `token` stands in every other file. Most of the names it is a part of (`has_key`, `keywords`) speak of no
secret, and those that may (`token`) hold one only if it is assigned to them or looks random. Each name is read as by
`names`, so that what is let go here would not have been judged a secret later.
"""

import functools
import re
from collections.abc import Iterator
from enum import IntEnum

from transforms.secrets.names import read_name

# Parts of names, in lower case.
WORDS = (
    b"passw", b"passphrase", b"passcode", b"pwd", b"_pass", b"pass\"", b"pass'", b"secret", b"token", b"api_key",
    b"apikey", b"-key", b"_key", b"senha", b"kennwort",
)  # fmt: skip
NEAR = re.compile(
    rb"[^\n]{0,120}?(?:\n[^\n]{0,60}?)?[\"'](?:[^\"'\s]{2,}|[a-z]{4}(?: [a-z]{4}){3}|(?:bearer|token|basic) \S+)[\"']"
)
_NEAR_AND_LONG = re.compile(rb"[^\n]{0,120}?(?:\n[^\n]{0,60}?)?[\"'](?:[^\"'\s]{16,}|[a-z]{4}(?: [a-z]{4}){3})[\"']")
_ASSIGNED = re.compile(rb"[\"'\])]{0,4}\s*(?::[^=\n]{0,80})?=(?!=)")
_DEFINED = re.compile(rb"(?:async )?def (\w+)\(")
_LITERAL = re.compile(rb"(?:[^\n\"'():]{0,60},)?\s*[\"'][^\"'\n]{0,80}[\"']\s*[,)]")
_LATER = (b"def ", b"async def ", b"match ")
_ANSWER = re.compile(rb"\b(?:return|case)\b[^\n]*(?:\n[^\n]*)?[\"']")
_ASKS = re.compile(r"^_*(?:get|load|fetch|read|provide|default)_", re.IGNORECASE)
_BEFORE = 60  # bytes in which the words before a name are looked for: a key may be called "Access token"
_WORDS_BEFORE = re.compile(r"[\w :./-]*$")
_OF_NAMES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
# Calls that are told a password, and tables of people: they are read although their names hold no secret.
_TAKES_ONE = re.compile(
    r"hash|(?:set|make|encrypt)_pass|(?:^|_)(?:users?|accounts?|admins?|logins?|credentials?|creds|passwords?|staff)(?:_\w+)?$",
    re.IGNORECASE,
)


class _Says(IntEnum):
    """What a name says about a literal near it."""

    NOTHING = 0
    PERHAPS = 1  # a secret if the literal is assigned to it, or looks random
    SURELY = 2


def names_a_secret(content: bytes, lower: bytes) -> bool:
    """Whether a name that may hold a secret stands near a literal; `lower` is the same in lower case."""
    return any(_holds_one(content, lower, start, after) for start, after in _names(content, lower))


def _holds_one(content: bytes, lower: bytes, start: int, after: int) -> bool:
    return _near(content, lower, start, after) or _below(content, lower, start, after)


def _below(content: bytes, lower: bytes, start: int, after: int) -> bool:
    """Whether a function or a subject may be about a secret: its literal stands further down, behind a word for it."""
    begun = content[content.rfind(b"\n", 0, start) + 1 : start].lstrip()
    if not begun.startswith(_LATER):
        return False
    name = content[start:after].decode(errors="replace")
    if _says(name) is _Says.SURELY and _is_given_later(content, begun):
        return True
    known = _says(name) is not _Says.NOTHING or _says(_ASKS.sub("", name)) is not _Says.NOTHING
    return known and _ANSWER.search(lower, after) is not None


def _is_given_later(content: bytes, begun: bytes) -> bool:
    """Whether a function that takes a secret is called with a literal in this file."""
    match = _DEFINED.match(begun)
    if match is None or content.count(match[1] + b"(") < 2:
        return False
    return any(_LITERAL.match(content, after) for after in occurrences(content, (match[1] + b"(",)))


def _near(content: bytes, lower: bytes, start: int, after: int) -> bool:
    said = _says(content[start:after].decode(errors="replace"))
    if said is _Says.NOTHING or NEAR.match(lower, after) is None:
        return False
    if said is _Says.SURELY or _NEAR_AND_LONG.match(lower, after) is not None:
        return True
    assigned = _ASSIGNED.match(lower, after)
    if assigned is not None and NEAR.match(lower, assigned.end()) is not None:
        return True
    return _more_before(content, start, after)


def occurrences(lower: bytes, words: tuple[bytes, ...]) -> Iterator[int]:
    """Where each occurrence of a word ends."""
    for word in words:
        position = lower.find(word)
        while position >= 0:
            yield position + len(word)
            position = lower.find(word, position + len(word))


def _names(content: bytes, lower: bytes) -> Iterator[tuple[int, int]]:
    """Where names with one of the words in them begin and end."""
    for found in occurrences(lower, WORDS):
        start = after = found - 1 if content[found - 1] not in _OF_NAMES else found
        while start and content[start - 1] in _OF_NAMES:
            start -= 1
        while after < len(content) and content[after] in _OF_NAMES:
            after += 1
        yield start, after


@functools.lru_cache(maxsize=16384)
def _says(name: str) -> _Says:
    reading = read_name(name)
    if (reading is not None and reading.strong) or _TAKES_ONE.search(name):
        return _Says.SURELY
    if (several := read_name(name[:-1])) is not None and several.strong:  # `API_KEYS = [...]`
        return _Says.SURELY
    return _Says.NOTHING if reading is None else _Says.PERHAPS


def _more_before(content: bytes, start: int, after: int) -> bool:
    """Whether one of the words before a name makes it surely a secret's."""
    before = content[max(0, start - _BEFORE) : start].decode(errors="replace")
    match = _WORDS_BEFORE.search(before)
    name = content[start:after].decode(errors="replace")
    words = re.findall(r"\w+", match[0]) if match else []
    return any(_says(f"{word}_{name}") is _Says.SURELY for word in words)
