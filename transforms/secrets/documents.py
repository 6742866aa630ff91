"""Passwords that documentation says: in a sentence, under a label, in a column of a table.

Documentation is full of words about passwords and of examples that show what one looks like. What counts is a value as
people choose them, said of an account, outside of code; a rule about passwords, or a hint to put one's own there, says
nothing.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.secrets.prose import Mention
from transforms.secrets.values import Shape, shape_of

_VALUE = r"(?P<mark>[`*_\"']{0,3})(?P<value>[^\s`*\"'|<>(){}\[\]]{6,64})(?P=mark)"
_WHOSE = (
    r"(?:admin(?:istrator)?|root|default|initial|master|super\s?user|demo|staff|manager|owner|dashboard|login|account|"
    r"user|database|db|production|staging|test)"
)
_SAID = re.compile(
    rf"(?:\b{_WHOSE}(?:'s)?\s+(?:login\s+)?(?:password|passphrase|pwd|passwort)\b"
    rf"|\b(?:password|passphrase|passwort)\s+(?:for|of)\s+(?:the\s+)?[`*\w.@-]{{1,40}}(?:\s+(?:account|user|login))?)"
    rf"[`*]*\s*(?:is|are|=|:|->|→)[`*]*\s*{_VALUE}(?=[\s.,;)!]|$)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"^[\s>]*(?:[-*+•]|\d+[.)])?[\s(]*[`*_]*(?:password|passwort|pwd|pass)[`*_]*\s*[:=][`*_]*\s*{_VALUE}"
    rf"\s*(?:[.,;)]|\(.*\))?\s*$",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b(?:user(?:name)?|e-?mail|login|account|admin\w*|role)\b[`*_]*\s*[:=]|\S@\S+\.\w", re.IGNORECASE
)
_MAIL_PAIR = re.compile(
    rf"(?<![\w:/.+-])[\w.+-]+@[\w-]+\.[\w.]{{2,10}}[`*]*\s*(?:/|\||,|→|->|with)\s*(?:password:?\s*)?{_VALUE}(?=[\s.,;)]|$)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"(?<![\w/])(?:admin|root|administrator|superuser)[`*]*\s*/\s*{_VALUE}(?=[\s.,;)]|$)", re.IGNORECASE
)
_SET_APART = re.compile(
    rf"(?:^|[\s(:])(?:admin|root|administrator|superuser|demo)(?:\s+/\s+|\s*:\s*){_VALUE}\s*$", re.IGNORECASE
)
_NO_VALUE = re.compile(
    r"\b(?:example|e\.g|for instance|your|must|should|minimum|at least|characters|choose|strong|any)\b", re.IGNORECASE
)
_SAME_LINE = re.compile(
    rf"\b(?:user(?:name)?|e-?mail|login|account)[`*_]*\s*[:=]\s*\S{{3,60}}\s*[|,;/]\s*[`*_]*"
    rf"(?:password|passwort|pwd|pass)[`*_]*\s*[:=][`*_]*\s*{_VALUE}(?=[\s.,;)|]|$)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s*(?:```|~~~)\s*(?P<language>\S*)")
_PLAIN = frozenset(("text", "txt", "plaintext"))  # no program: a list of accounts, set apart
_COLUMN = re.compile(r"^[`*_]*(?:password|passwort|pwd|pass)[`*_]*$", re.IGNORECASE)
_PEOPLE = re.compile(r"user|e-?mail|login|account|role|name", re.IGNORECASE)
_RULE = re.compile(r"^[\s|:-]+$")
_NO_PASSWORD = re.compile(r"://|@[\w-]+\.\w|\.(?:html?|py|md|js|json|ya?ml|txt|sh|php)$", re.IGNORECASE)
_CHOSEN = re.compile(r"^(?=.*[A-Za-z])(?=.*\d)[^\s/\\]{6,64}$")
NEAR = 3  # lines between an account and its password under a label of their own


def said_in_document(lines: Sequence[str]) -> Iterator[tuple[int, Mention]]:
    """Passwords by the number of their line."""
    fence, table = "", _Table()
    for number, line in enumerate(lines, 1):
        if match := _FENCE.match(line):
            fence = "" if fence else match["language"].lower() or "text"
        if fence and fence not in _PLAIN:
            if line.lstrip().startswith("#") and (remark := _in_list(line)) is not None:
                yield number, remark
            continue
        mention = table.row(line) if "|" in line and not fence else None
        if mention is None and not _NO_VALUE.search(line):
            said = _in_sentence(line) if not fence else _in_list(line)
            mention = said or _on_one_line(line) or _under_label(line, lines[max(0, number - 1 - NEAR) : number - 1])
        if mention is not None:
            yield number, mention


def _in_sentence(line: str) -> Mention | None:
    for pattern in (_SAID, _MAIL_PAIR, _BETWEEN):
        for match in pattern.finditer(line):
            if (found := _mention(match)) is not None:
                return found
    return None


def _in_list(line: str) -> Mention | None:
    """`admin@shop.io / ...`, `admin: ...` in a list of their own, where a path is more likely than a sentence."""
    for pattern in (_MAIL_PAIR, _SET_APART):
        if (match := pattern.search(line)) is not None and (found := _mention(match)) is not None:
            return found
    return None


def _on_one_line(line: str) -> Mention | None:
    match = _SAME_LINE.search(line)
    return _mention(match) if match is not None else None


def _under_label(line: str, above: Sequence[str]) -> Mention | None:
    match = _LABEL.match(line)
    return _mention(match) if match is not None and any(map(_ACCOUNT.search, above)) else None


def _mention(match: re.Match[str]) -> Mention | None:
    value = match["value"].rstrip(".,;:!?" if not match["mark"] else "")
    start = match.start("value")
    return Mention("password", value, start, start + len(value)) if _is_chosen(value) else None


def _is_chosen(value: str) -> bool:
    if _CHOSEN.match(value) is None or _NO_PASSWORD.search(value) is not None:
        return False
    return shape_of(value) in (Shape.MIXED, Shape.RANDOM)


class _Table:
    """A table while its lines are read: where its passwords stand, once its head was seen."""

    def __init__(self) -> None:
        self.head: list[str] = []
        self.column: int | None = None

    def row(self, line: str) -> Mention | None:
        """The password in a row; None for a head, a rule, and tables of something else."""
        cells = list(re.finditer(r"[^|]+", line.strip().strip("|")))
        texts = [each[0].strip() for each in cells]
        if _RULE.match(line):
            columns = [index for index, text in enumerate(self.head) if _COLUMN.match(text)]
            people = any(map(_PEOPLE.search, self.head))
            self.column = columns[0] if len(columns) == 1 and people else None
            return None
        if self.column is None or len(texts) != len(self.head):
            self.head, self.column = texts, None
            return None
        value = texts[self.column].strip("`*_ ")
        start = line.rfind(value) if value else -1
        return Mention("password", value, start, start + len(value)) if start >= 0 and _is_chosen(value) else None
