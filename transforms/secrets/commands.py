"""Passwords in commands that a program runs: `PGPASSWORD=... pg_dump`, `mysql -p...`, `curl -u name:...`.

A command is one text for a shell, or a list of its words. What an option is for, the manual of each command says.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.secrets.names import read_name
from transforms.secrets.prose import Mention
from transforms.secrets.values import Shape, shape_of

_VALUE = r"[\"']?(?P<value>[^\s\"'$`{}<>|;&]{4,200})"
_BEFORE = re.compile(rf"(?:^|[\s;&|])(?P<name>[A-Z][A-Z0-9_]*)={_VALUE}[\"']?\s+\S")  # NAME=value command
_OPTION = re.compile(rf"\s--(?P<name>[a-z][a-z-]*[a-z])(?:=|\s+){_VALUE}")
_DATABASES = r"(?:mysql(?:dump|admin|import)?|mariadb(?:-dump)?)"
# Options without a word for it, and whose password it is; bounded, for a hostile line names a command very often.
_WORD = r"[\"']?(?P<value>[^\s\"'$]{1,400})"
_SHORT = (
    ("database_password", re.compile(rf"\b{_DATABASES}\b[^|;]{{0,2000}}\s-p{_WORD}")),
    ("database_password", re.compile(rf"\bredis-cli\b[^|;]{{0,2000}}\s-a\s+{_WORD}")),
    ("account_password", re.compile(rf"\bsshpass\s+-p\s*{_WORD}")),
    ("password", re.compile(rf"\b(?:curl|wget|https?)\b.{{0,2000}}\s(?:-u|--user|-a)[\s=]+[\"']?[\w.@-]+:{_WORD}")),
)
# The same in a file, where the words of a command may be strings of their own, and on lines of their own.
_NEAR, _OPENS, _GIVEN = r"\b(?s:.){0,300}?", r"[\s\"']", r"[^\s\"'$`{}<>]{4}"
_MARKS = re.compile(
    "|".join((
        rf"\b(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|SSHPASS)={_GIVEN}",
        rf"\b{_DATABASES}{_NEAR}{_OPENS}(?:-p|--password[=\s\"',]{{1,6}}){_GIVEN}",
        rf"\bredis-cli{_NEAR}{_OPENS}-a[\s\"',]{{1,6}}{_GIVEN}",
        rf"\bsshpass[\s\"',]{{1,6}}-p[\s\"',]{{0,6}}{_GIVEN}",
        rf"\b(?:curl|wget){_NEAR}{_OPENS}(?:-u|--user)[\s\"',=]{{1,6}}[\w.@-]{{1,60}}:{_GIVEN}",
    )).encode()
)  # fmt: skip
_FIRST = (
    b"PGPASSWORD=", b"MYSQL_PWD=", b"REDISCLI_AUTH=", b"SSHPASS=", b"mysql", b"mariadb", b"sshpass", b"curl",
    b"wget", b"redis-cli",
)  # fmt: skip


def may_hold_commands(content: bytes) -> bool:
    """Whether the bytes of a file may hold a command with a password."""
    return any(word in content for word in _FIRST) and _MARKS.search(content) is not None


def short_options(text: str) -> Iterator[Mention]:
    """What stands behind options that have no word for it, whatever it looks like."""
    for name, pattern in _SHORT:
        for match in pattern.finditer(text):
            yield Mention(name, match["value"], *match.span("value"))


def command_passwords(text: str) -> Iterator[Mention]:
    """The passwords of a command for a shell, if they look like chosen or made ones."""
    if not may_hold_commands(text.encode(errors="replace")):
        return
    found = [*short_options(text), *_long_options(text)]
    for each in {each.start: each for each in reversed(found)}.values():
        reading = read_name(each.name)
        if reading is not None and reading.strong and shape_of(each.value) in (Shape.MIXED, Shape.RANDOM):
            yield each


def _long_options(text: str) -> Iterator[Mention]:
    for pattern in (_BEFORE, _OPTION):
        for match in pattern.finditer(text):
            yield Mention(match["name"].replace("-", "_"), match["value"], *match.span("value"))


def password_in_words(words: Sequence[str | None]) -> Iterator[tuple[int, Mention]]:
    """The same for a list of words, with the number of the word; None for one that is no literal."""
    line, starts = "", []
    for word in words:
        starts.append(len(line))
        line += "{} " if word is None or any(map(str.isspace, word)) else f"{word} "
    for mention in command_passwords(line):
        number = max(place for place, start in enumerate(starts) if start <= mention.start)
        yield number, mention
