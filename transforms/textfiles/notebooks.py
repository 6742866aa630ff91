"""Notebooks: each code cell is read as Python, and what is found there stands in the line of the `.ipynb` file.

Of what a cell has printed, and of its remarks, vendors' keys alone count.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from transforms.concepts import Place
from transforms.concepts_secrets import SecretUse
from transforms.frameworks import secret_literals
from transforms.secrets.keys import KeySearch
from transforms.source import SourceFile, Unreadable
from transforms.textfiles.lines import TextLines
from transforms.walk import read

_MAGIC = re.compile(r"^\s*[%!?]")  # a command of the notebook or of the shell, in a line of its own


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a code cell, and where it stands in the file."""

    code: str
    number: int
    column: int  # where its text begins


def notebook_uses(path: str, text: str) -> tuple[SecretUse, ...] | None:
    """Every secret in the code cells of a notebook; None for a file that is none."""
    try:
        cells = json.loads(text)["cells"]
        sources = [_lines_of(cell.get("source", "")) for cell in cells if cell.get("cell_type") == "code"]
        shown = [_lines_of(each) for cell in cells for each in _shown(cell)] if KeySearch(text).possible else []
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return None
    placed = _placed(text, sources)
    printed = (_printed(path, cell) for cell in _placed(text, shown))
    return tuple(use for found in (*(_in_cell(path, cell) for cell in placed), *printed) for use in found)


def _shown(cell: dict[str, Any]) -> Iterator[str | list[str]]:
    """What people read in a cell: its text, if it has no code, and what the code has printed."""
    if cell.get("cell_type") != "code":
        yield cell.get("source", "")
    for output in cell.get("outputs") or ():
        yield output.get("text") or ""
        yield (output.get("data") or {}).get("text/plain") or ""


def _printed(path: str, cell: list[_Line]) -> Iterator[SecretUse]:
    text = "\n".join(line.code for line in cell) + "\n"
    yield from (_moved(use, path, cell) for use in TextLines(f"{path}.key", text).uses())


def _lines_of(source: str | list[str]) -> list[str]:
    return ("".join(source) if isinstance(source, list) else source).split("\n")


def _placed(text: str, cells: list[list[str]]) -> list[list[_Line]]:
    """The lines of all code cells with their places, found one after the other in the text of the file."""
    position, placed = 0, []
    for cell in cells:
        lines = []
        for code in cell:
            found = next((at for each in _spellings(code) if (at := text.find(each, position)) >= 0), -1)
            start = found if code and found >= 0 else position
            lines.append(_Line(code, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start) - 1))
            position = start + (len(code) if found >= 0 else 0)
        placed.append(lines)
    return placed


def _spellings(code: str) -> Iterator[str]:
    """How a line may be written within a JSON string."""
    yield json.dumps(code, ensure_ascii=False)[1:-1]
    yield json.dumps(code)[1:-1]


def _in_cell(path: str, cell: list[_Line]) -> Iterator[SecretUse]:
    code = "\n".join("" if _MAGIC.match(line.code) else line.code for line in cell) + "\n"
    source = SourceFile(path, code.encode(errors="replace"))
    shell = "\n".join(line.code if _MAGIC.match(line.code) else "" for line in cell)
    yield from (_moved(use, path, cell) for use in TextLines(f"{path}.sh", shell).uses())
    if not secret_literals.matters(source.content):
        return
    try:
        found = read(source, [secret_literals]).secrets
    except Unreadable:  # half a program: what looks like `name = "value"` is read without it
        found = tuple(TextLines(f"{path}.toml", code).uses())
    yield from (_moved(use, path, cell) for use in found)


def _moved(use: SecretUse, path: str, cell: list[_Line]) -> SecretUse:
    """A use at its place in the file; nothing in a notebook is patched."""
    line = cell[min(use.place.line, len(cell)) - 1]
    inside = line.code[use.place.column : use.place.end_column if use.place.end_line == use.place.line else None]
    bare = inside.strip("\"'")
    lead = line.code[: use.place.column] + inside[: inside.find(bare)]
    column = line.column + len(json.dumps(lead, ensure_ascii=False)) - 2
    place = Place(line.number, column, line.number, column + len(json.dumps(bare, ensure_ascii=False)) - 2)
    return replace(
        use, place=place, file=path, symbol=path, movable=False, expression=None, constant=None, template="",
        at_import=False, settings_field=False,
    )  # fmt: skip
