"""What a model-written paragraph may hold, so that it cannot say more than the patch it introduces.

An allow-list of characters closes links, images, HTML, mentions, headings, tables and emphasis at once (their marks are
not on it). Names stand in code spans and must be names of the patch, numbers must be counts of the patch, and words by
which a text would approve itself are refused.
"""

import re

TEXT_LIMIT = 600
_SPAN = re.compile(r"`([^`]*)`")
_START = re.compile(r"[A-Z`a-z]")  # no list item, heading or indented block begins with these
_PLAIN = re.compile(r"[A-Za-z0-9 .,;:'\"()/+%_\u2013\u2014\u2018\u2019\u201c\u201d-]*")
_WORD = re.compile(r"[A-Za-z0-9_./:\u2019'-]+")
_EDGE = ".,;:'/-\u2019"
_ABBREVIATIONS = frozenset({"e.g", "i.e"})
_PRODUCTS = frozenset({"FastAPI", "GitHub", "OpenAI", "OpenBao", "PostgreSQL", "SQLAlchemy", "SQLModel", "SQLite"})
_JUDGING = re.compile(
    r"\b(?:approv\w*|merg\w*|lgtm|review\w*|guarantee\w*|safe|safely|ignor\w*|disabl\w*|bypass\w*|skip\w*|trust\w*)\b",
    re.IGNORECASE,
)
_FOREIGN = "it names something that is not in the patch"


def objection(text: str, names: frozenset[str], numbers: frozenset[int]) -> str | None:
    """Why the text may not be published, or None. The reason never quotes the text."""
    if not _START.match(text):
        return "it does not begin like a sentence"
    if len(text) > TEXT_LIMIT:
        return f"it is longer than {TEXT_LIMIT} characters"
    if any(span not in names for span in _SPAN.findall(text)):
        return _FOREIGN
    return _objection_to_prose(_SPAN.sub(" ", text), numbers)


def _objection_to_prose(prose: str, numbers: frozenset[int]) -> str | None:
    if not _PLAIN.fullmatch(prose):
        return "it holds a character that plain prose does not need"
    if _JUDGING.search(prose):
        return "it holds a word that judges the change"
    words = [word.strip(_EDGE) for word in _WORD.findall(prose)]
    if any(word.isdigit() and int(word) not in numbers for word in words):
        return "it holds a number that is not a count of the patch"
    return _FOREIGN if any(map(_looks_like_a_name, words)) else None


def _looks_like_a_name(word: str) -> bool:
    """A path, identifier, route or host rather than an English word: `a/b`, `a.b`, `a_b`, `aB`, `x2`, `a-b-c`."""
    if word.isdigit() or word in _ABBREVIATIONS or word in _PRODUCTS:
        return False
    if any(mark in word for mark in "/._:") or any(map(str.isdigit, word)):
        return True
    return word.count("-") >= 2 or re.search(r"[a-z][A-Z]", word) is not None
