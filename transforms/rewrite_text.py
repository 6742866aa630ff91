"""Text files that are not Python: read in the encoding they have, lines added only where they are missing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from posixpath import basename

from transforms.concepts import Place
from transforms.rewrite_tree import CannotEdit, Splice, Splices
from transforms.source import BOM

_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_VARIABLE = re.compile(r"\s*(?:#\s*)?(?:export\s+)?([A-Za-z_]\w*)\s*=")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text and what is needed to write it as it was."""

    text: str
    encoding: str
    mark: bytes  # the byte order mark
    newline: str

    def spliced(self, splices: Splices) -> bytes:
        """The bytes of the file with these splices."""
        return self.mark + splices.apply(self.text).encode(self.encoding)

    def span(self, each: Splice) -> tuple[int, int]:
        """Where a splice is in the bytes of the file."""
        return self._bytes(each.start), self._bytes(each.end)

    def _bytes(self, offset: int) -> int:
        return len(self.mark) + len(self.text[:offset].encode(self.encoding))


def read_text(content: bytes, default_newline: str = "\n") -> TextFile:
    """A text file; raises CannotEdit for bytes that are none."""
    mark = next((each for each in (BOM, *_UTF_16) if content.startswith(each)), b"")
    encoding = _UTF_16.get(mark, "utf-8")
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        if b"\0" in content or mark:
            raise CannotEdit("the file is no text") from None
        encoding = "latin-1"  # every byte comes back as it was
        text = content.decode(encoding)
    if "\0" in text:
        raise CannotEdit("the file is no text")
    return TextFile(text, encoding, mark, newline_of(text) or default_newline)


def newline_of(text: str) -> str | None:
    """The line end that most lines have; None for a text without one."""
    windows = text.count("\r\n")
    unix = text.count("\n") - windows
    return None if windows == unix == 0 else "\r\n" if windows > unix else "\n"


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends."""
    return LINE.findall(text)


def missing_lines(path: str, text: str, wanted: Iterable[str]) -> list[str]:
    """Those of the wanted lines that the file lacks, each with the comment lines it brings."""
    there = [line.strip() for line in lines_of(text)]
    is_ignore = basename(path).endswith("ignore")
    return [block for block in wanted if not _has(there, block.rsplit("\n", 1)[-1].strip(), is_ignore=is_ignore)]


def _has(there: list[str], line: str, *, is_ignore: bool) -> bool:
    if line in there:
        return True
    if is_ignore:
        return any(fnmatch(line, pattern.removeprefix("**/").strip("/")) for pattern in there if pattern)
    variable = _VARIABLE.match(line)
    names = (match[1] for each in there if (match := _VARIABLE.match(each)))
    return variable is not None and variable[1] in names


def appended(text: str, lines: list[str], newline: str) -> Splice:
    """Lines at the end of a text, which keeps its missing final newline if it misses one."""
    block = newline.join(line.replace("\n", newline) for line in lines)
    ended = not text or text.endswith(("\n", "\r"))
    return Splice(len(text), len(text), block + newline if ended else newline + block)


def replacement(text: str, place: Place, code: str) -> Splice:
    """A text replaced; raises CannotEdit where its lines are not as long as that."""
    lines = lines_of(text)
    if not 0 < place.line <= place.end_line <= len(lines):
        raise CannotEdit("there is no such line")
    start, end = (sum(map(len, lines[: line - 1])) for line in (place.line, place.end_line))
    if place.end_column > len(lines[place.end_line - 1].rstrip("\r\n")):
        raise CannotEdit("the line is shorter than that")
    return Splice(start + place.column, end + place.end_column, code)


def behind_line(text: str, index: int, line: str, newline: str) -> Splice:
    """A line behind the line at `index` (-1: first of all)."""
    lines = lines_of(text)
    offset = sum(map(len, lines[: index + 1]))
    if index >= 0 and not lines[index].endswith(("\n", "\r")):
        return Splice(offset, offset, newline + line)
    return Splice(offset, offset, line + newline)
