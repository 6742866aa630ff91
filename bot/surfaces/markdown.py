"""Markdown that hostile text cannot break out of: names from a repository stand in code spans, cut and on one line."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from transforms.secrets import kinds

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]+"
)
_TICKS = re.compile("`+")
_TILDES = re.compile("~+")
_ADDRESS = re.compile(r"(https://[\w.~/%?=&+-]+)")
_LINKED = re.compile(r"://|\bwww\.", re.I)
_LIVE = re.compile(r"[\\`*\[\]<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|^[>#+-]")
_PIPE = re.compile(r"(\\*)\|")
_REFERENCE = re.compile(r"[@#]|\bGH-(?=\d)", re.I)


def code(text: str, limit: int = 120) -> str:
    """`text` as a code span: one line, at most `limit` characters, no mention, link or HTML comes alive in it."""
    flat = _flat(text, limit)
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat.strip() else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def prose(text: str, limit: int = 400) -> str:
    """A sentence that may quote names from a repository: on one line, and nothing in it but a vendor's page is a link.

    The vendors' pages, where a key is rotated, come from `transforms.secrets`; every other address stays text.
    """
    parts = _ADDRESS.split(_flat(text, limit))  # every second one is an address
    return "".join(part if part in _vendors_pages() else _quiet(part) for part in parts)


def plain(text: str, limit: int = 200) -> str:
    """The same for a text that is no Markdown, such as a commit's message, where no code span keeps anything quiet."""
    return _unlinked(_flat(text, limit))


def _flat(text: str, limit: int) -> str:
    flat = _UNSEEN.sub(" ", text)
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _quiet(text: str) -> str:
    return _unlinked(_LIVE.sub(r"\\\g<0>", text))


def _unlinked(text: str) -> str:
    # no backslash keeps GitHub from linking @name, #1 or an address; a space of no width does
    addressed = _LINKED.sub(lambda found: f"{found[0][0]}\u200b{found[0][1:]}", text)
    return _REFERENCE.sub("\\g<0>\u200b", addressed)


@cache
def _vendors_pages() -> frozenset[str]:
    return frozenset(kind.rotate_url for kind in kinds() if kind.rotate_url)


def cell(text: str) -> str:
    """Text of a table's cell: a pipe would end it, but for an odd number of backslashes in front of it."""
    return _PIPE.sub(lambda found: found[0] if len(found[1]) % 2 else f"{found[1]}\\|", text).replace("\n", " ")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell(str(each)) for each in line) + " |" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """A list, one item a line."""
    return "\n".join(f"- {item}" for item in items)


def fenced(text: str, language: str = "") -> str:
    """Lines as they are, in a fence that nothing in them can close."""
    lines = [_UNSEEN.sub(" ", line) for line in text.split("\n")]
    longest = max((len(run) for line in lines for run in _TILDES.findall(line)), default=0)
    fence = "~" * max(8, longest + 1)
    return "\n".join([fence + language, *lines, fence])


def fold(summary: str, body: str) -> str:
    """A part that is closed until somebody opens it."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, saying so when something is missing.

    The cut is between two lines: within one, half a code span would set free what stands in it.
    """
    note = "… cut here: GitHub takes no longer text."
    raw = text.encode()
    if len(raw) <= limit:
        return text
    kept = raw[: limit - len(note.encode()) - 2].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n\n{note}"
