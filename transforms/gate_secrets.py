"""No value that is a secret may appear in what a patch adds or says.

The values are read from the sources at their places, compared, and forgotten: verdicts of gates never quote one.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial

from transforms.app import App
from transforms.concepts import Place
from transforms.concepts_secrets import SecretUse
from transforms.facts import Facts
from transforms.inserted import INSERTED, source
from transforms.secrets.keys import find_keys
from transforms.source import BOM

SHORTEST = 4  # characters; what is shorter is in every text
LONGEST_WORD = 12
_PUBLIC = re.compile(r"(?:[A-Za-z0-9]{1,8}[_-]){1,2}")  # of a vendor's keys: says whose it is
_PREFIX = re.compile(r"^[rRbBuUfF]{0,2}")


def secret_values(app: App, files: Mapping[str, bytes]) -> frozenset[str]:
    """Every value that was judged a secret, as it is meant and as it is written."""
    return frozenset(value for value in _values(app, files) if len(value) >= SHORTEST)


def leaks(values: Iterable[str], before: str, after: str) -> bool:
    """Whether `after` holds a secret value, or a vendor's key of any kind, more often than `before` did."""
    if any(_count(value, after) > _count(value, before) for value in values if value in after):
        return True
    there = Counter(before[key.start : key.end] for key in find_keys(before))
    return bool(Counter(after[key.start : key.end] for key in find_keys(after)) - there)


def added_text(path: str, content: bytes) -> str:
    """The text of a changed file to look through; nothing for a module that is the same in every app."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = content.removeprefix(BOM).decode(encoding, "replace")
    return "" if path.endswith(".py") and text.replace("\r\n", "\n") in _inserted() else text


@cache
def _inserted() -> frozenset[str]:
    return frozenset(source(each.name, each.framework).text for each in INSERTED)


def valued(app: App, files: Mapping[str, bytes]) -> Iterator[tuple[SecretUse, str]]:
    """Every literal that was judged a secret, with its value as the app means it: to be moved, never to be shown."""
    for use, text in _texts(app, files):
        yield use, next(_spellings(text), "")


def _values(app: App, files: Mapping[str, bytes]) -> Iterator[str]:
    for use, text in _texts(app, files):
        if not use.placeholder:
            yield from _spellings(text)


def _texts(app: App, files: Mapping[str, bytes]) -> Iterator[tuple[SecretUse, str]]:
    for path, facts in app.files.items():
        if not facts.secrets or path not in files:
            continue
        lines = _lines(files[path])
        for use in facts.secrets:
            yield use, _text_at(lines, use.place)


def _lines(content: bytes) -> list[str]:
    return content.removeprefix(BOM).decode(errors="replace").replace("\r\n", "\n").split("\n")


def _text_at(lines: list[str], place: Place) -> str:
    found = lines[place.line - 1 : place.end_line]
    if not found:
        return ""
    found[-1] = found[-1][: place.end_column]
    found[0] = found[0][place.column :]
    return "\n".join(found)


def _spellings(text: str) -> Iterator[str]:
    """A literal's value, and what stands between its quotes."""
    try:
        value = _evaluated(ast.parse(text.strip(), mode="eval").body)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = None
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        yield value
    yield _PREFIX.sub("", text.strip()).strip("\"' \t\r\n")


def _evaluated(node: ast.expr) -> object:
    """The value of a literal, and of several that are joined by `+`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _evaluated(left) + _evaluated(right)  # type: ignore[operator]  # TypeError is what is expected then
    return ast.literal_eval(node)


def masked(text: str, values: Iterable[str]) -> str:
    """A text with `…` in the place of every secret value, and of every vendor's key behind its public prefix."""
    for key in sorted(find_keys(text), key=lambda each: each.start, reverse=True):
        prefix = _PUBLIC.match(text, key.start, key.end)
        text = text[: prefix.end() if prefix else key.start] + "…" + text[key.end :]
    lines = {line.strip() for value in values for line in value.splitlines()}
    for line in sorted((each for each in lines if len(each) >= SHORTEST), key=len, reverse=True):
        text = _found(line).sub(partial(_hidden, line), text)
    return text


def _hidden(value: str, match: re.Match[str]) -> str:
    return match[0].replace(value, "…")


def _count(value: str, text: str) -> int:
    """How often a value stands in a text."""
    return sum(1 for _ in _found(value).finditer(text))


@cache
def _found(value: str) -> re.Pattern[str]:
    """Where a value stands in a text, `mysql -p…` too; a plain word counts only where it is a literal of its own."""
    if value.isalpha() and value.islower() and len(value) <= LONGEST_WORD:
        return re.compile(rf"(?P<quote>[\"']){value}(?P=quote)")
    return re.compile(rf"(?:(?<!\w)|(?<=[\s\"']-p)){re.escape(value)}(?!\w)")


def text_of_place(content: bytes, place: Place) -> str:
    """What stands at a place of a file: to be compared, never to be shown."""
    return _text_at(_lines(content), place)


def values_in(facts: Facts, content: bytes) -> Iterator[tuple[SecretUse, str]]:
    """The secrets of one file, each with its value: to be compared, never to be shown."""
    lines = _lines(content)
    for use in facts.secrets:
        yield use, next(_spellings(_text_at(lines, use.place)), "")
