"""Settings inside a text: the lines of a `.env` file that a script writes, an entry of a document, a message.

A line `NAME=value` is written for a program to read. Anywhere else a name with something behind it may be a sentence,
and only what a machine made counts.
"""

import re
from collections.abc import Iterator

from transforms.secrets.names import read_name
from transforms.secrets.prose import Mention
from transforms.secrets.values import Shape, shape_of

_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>[^\s\"'{}$<>]{4,200})[ \t]*$", re.MULTILINE
)
_ENTRY = re.compile(r"(?<![\w?&.])(?P<name>[A-Za-z_]\w{2,60})[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"'{}$<>,;]{16,200})")
_MARKS = (b"KEY=", b"TOKEN=", b"SECRET=", b"PASSWORD=", b"PASS=", b"PWD=")
_SET = re.compile(rb"(?:KEY|TOKEN|SECRET|PASSWORD|PASS|PWD)=[^\s\"'{}$<>(\[=]{4}")
_MADE = re.compile(rb"[:=]\s?[\"']?(?=[\w+/=-]{0,30}\d)[\w+/=-]{16}")
_NAMES = (b"key", b"token", b"secret", b"password", b"passwd")


def may_hold_settings(content: bytes) -> bool:
    """Whether the bytes of a file hold something written like a setting with its value."""
    if any(mark in content for mark in _MARKS) and _SET.search(content) is not None:
        return True
    before = (content[max(0, match.start() - 12) : match.start()] for match in _MADE.finditer(content))
    return any(each.lower().rstrip(b"\"' ").endswith(_NAMES) for each in before)


def settings_in(text: str) -> Iterator[Mention]:
    """The secrets of a text that stand behind their names."""
    if "=" not in text and ":" not in text:
        return
    taken: set[int] = set()
    for pattern, shapes in ((_LINE, (Shape.MIXED, Shape.RANDOM)), (_ENTRY, (Shape.RANDOM,))):
        for match in pattern.finditer(text):
            reading = read_name(match["name"])
            if match.start("value") in taken or reading is None or not reading.strong:
                continue
            if shape_of(match["value"]) in shapes and reading.kind != "password-hash":
                taken.add(match.start("value"))
                yield Mention(match["name"], match["value"], *match.span("value"))
