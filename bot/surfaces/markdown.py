"""Markdown that hostile text cannot break out of: names from a repository stand in code spans, cut and on one line."""

import re
from collections.abc import Iterable, Sequence

_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_TICKS = re.compile("`+")
_ADDRESS = re.compile(r"(https://[\w.~/%?=&+-]+)")
_LIVE = re.compile(r"[\\`*\[\]<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|^[>#+-]")
_REFERENCE = re.compile(r"[@#]")


def code(text: str, limit: int = 120) -> str:
    """`text` as a code span: one line, at most `limit` characters, no mention, link or HTML comes alive in it."""
    flat = _UNSEEN.sub(" ", text)
    if len(flat) > limit:
        flat = flat[: limit - 1] + "…"
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat.strip() else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def prose(text: str, limit: int = 400) -> str:
    """A sentence that may quote names from a repository: on one line, and nothing but a plain address comes alive."""
    flat = _UNSEEN.sub(" ", text)
    if len(flat) > limit:
        flat = flat[: limit - 1] + "…"
    parts = _ADDRESS.split(flat)  # every second one is an address
    return "".join(part if index % 2 else _quiet(part) for index, part in enumerate(parts))


def _quiet(text: str) -> str:
    # no backslash keeps GitHub from linking @name or #1; a space of no width does
    return _REFERENCE.sub("\\g<0>\u200b", _LIVE.sub(r"\\\g<0>", text))


def cell(text: str) -> str:
    """Text of a table's cell: a pipe would end it."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell(str(each)) for each in line) + " |" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """A list, one item a line."""
    return "\n".join(f"- {item}" for item in items)


def fold(summary: str, body: str) -> str:
    """A part that is closed until somebody opens it."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, saying so when something is missing."""
    note = "\n\n… cut here: the full text is in the check run."
    return text if len(text) <= limit else text[: limit - len(note)] + note
