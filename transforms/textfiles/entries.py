"""Entries of TOML, YAML, INI, JSON and Terraform files that stand on a line of their own: their path, and what may go.

What is not plainly one text on one line under names that can be followed (lists, anchors, blocks, flow mappings) is no
entry here: a patch leaves it alone.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from transforms.concepts import Place

_TEXT = r"(?P<value>\"[^\"\\]*\"|'[^'\\]*')\s*(?:#.*)?$"
_TOML_TABLE = re.compile(r"^\s*\[(?P<path>[\w.\" '-]+)\]\s*(?:#.*)?$")
_TOML_ENTRY = re.compile(r"^\s*(?P<key>[\w.\"'-]+)\s*=\s*" + _TEXT)
_INI_SECTION = re.compile(r"^\[(?P<path>[^\]]+)\]\s*$")
_INI_ENTRY = re.compile(r"^(?P<key>[A-Za-z_][\w.-]*)\s*[=:]\s*(?P<value>\S[^;#]*?)\s*$")
_YAML_ENTRY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z_][\w.-]*|\"[\w.-]+\"|'[\w.-]+')\s*:(?:\s+(?P<value>\S.*))?$")
_YAML_TEXT = re.compile(r"(?:\"[^\"\\]*\"|'[^']*'|[^\s\"'#&*!|>%@`{\[][^#]*?)\s*(?:\s#.*)?$")
_TERRAFORM_BLOCK = re.compile(r"^variable\s+\"(?P<name>\w+)\"\s*\{\s*$")
_TERRAFORM_DEFAULT = re.compile(r"^\s*default\s*=\s*\"(?P<value>[^\"\\$%]*)\"\s*(?:#.*)?$")
_JSON_ENTRY = re.compile(r"^\s*\"(?P<key>[^\"\\]+)\"\s*:\s*(?P<text>\"(?P<value>[^\"\\]*)\")\s*,?\s*$")
_JSON_OPENS = re.compile(r"^\s*(?:\"(?P<key>[^\"\\]+)\"\s*:\s*)?(?P<bracket>[\[{])\s*$")
_JSON_CLOSES = re.compile(r"^\s*[\]}]\s*,?\s*$")
_JSON_PLAIN = re.compile(r"^\s*(?:\"[^\"\\]+\"\s*:\s*)?(?:\"(?:[^\"\\]|\\.)*\"|[\w.+-]+|\[[^\[\]{}]*\]|\{\})\s*,?\s*$")
_SENSITIVE = re.compile(r"^\s*sensitive\s*=")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the keys that lead to it, its place without the indentation, and its text."""

    keys: tuple[str, ...]
    place: Place
    value: str
    instead: str = ""  # what stands in its place once it is gone, where that is no comment
    text: Place | None = None  # where its text is, where others share its place


def entries(suffix: str, text: str, lines: Sequence[str]) -> dict[int, Entry]:
    """The entries of a file by the number of their line."""
    if suffix not in _READERS or (suffix == ".toml" and not _is_toml(text)):
        return {}
    return {each.place.line: each for each in _READERS[suffix](lines)}


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return '"""' not in text and "'''" not in text


def _entry(number: int, line: str, keys: tuple[str, ...], value: str, instead: str = "") -> Entry:
    start = len(line) - len(line.lstrip())
    return Entry(keys, Place(number, start, number, len(line.rstrip())), value, instead)


def _toml(lines: Sequence[str]) -> Iterator[Entry]:
    table: tuple[str, ...] | None = ()
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("["):
            head = _TOML_TABLE.match(line)
            table = _parts(head["path"]) if head else None  # a table of a list has no name of its own
        elif (match := _TOML_ENTRY.match(line)) and table is not None:
            yield _entry(number, line, (*table, *_parts(match["key"])), match["value"][1:-1])


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in path.split("."))


def _ini(lines: Sequence[str]) -> Iterator[Entry]:
    section = ""
    for number, line in enumerate(lines, 1):
        goes_on = number < len(lines) and lines[number][:1].isspace() and lines[number].strip() != ""
        if head := _INI_SECTION.match(line):
            section = head["path"]
        elif (match := _INI_ENTRY.match(line)) and section and section != "DEFAULT" and not goes_on:
            yield _entry(number, line, (section, match["key"].lower()), match["value"])


def _yaml(lines: Sequence[str]) -> Iterator[Entry]:
    if any(re.search(r"^\s*<<\s*:|:\s+[&*]\w|^---\s*$|\t", line) for line in lines[1:]):
        return
    above: list[tuple[int, str | None]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        while above and above[-1][0] >= indent:
            above.pop()
        match = _YAML_ENTRY.match(line)
        if match is None:
            above.append((indent, None))  # an element of a list, a text of several lines: nothing below is followed
            continue
        key, value = match["key"].strip("\"'"), match["value"]
        above.append((indent, key if value is None or value.startswith("#") else None))
        around = [each for _, each in above[:-1]]
        if value is None or None in around or not _YAML_TEXT.fullmatch(value) or _goes_on(lines, number, indent):
            continue
        plain = re.split(r"\s#", value)[0].strip()
        yield _entry(number, line, (*(each for each in around if each is not None), key), plain.strip("\"'"))


def _goes_on(lines: Sequence[str], number: int, indent: int) -> bool:
    """Whether the next line belongs to the text of this one."""
    after = next((line for line in lines[number:] if line.strip()), "")
    return len(after) - len(after.lstrip(" ")) > indent


def _json(lines: Sequence[str]) -> Iterator[Entry]:
    """The texts of a document with one entry on a line: JSON has no comments, so that null is what is left."""
    above: list[str | None] = []
    for number, line in enumerate(lines, 1):
        if opened := _JSON_OPENS.match(line):
            above.append(opened["key"] if opened["bracket"] == "{" else None)
        elif _JSON_CLOSES.match(line):
            above = above[:-1]
        elif (match := _JSON_ENTRY.match(line)) and above and None not in above[1:]:
            keys = (*(each for each in above[1:] if each is not None), match["key"])
            yield Entry(keys, Place(number, match.start("text"), number, match.end("text")), match["value"], "null")
        elif not match and line.strip() and not _JSON_PLAIN.match(line):
            return  # something of several lines, or several things on one


def _terraform(lines: Sequence[str]) -> Iterator[Entry]:
    """The default of a variable: without it Terraform asks, and `sensitive` keeps the answer out of what it prints."""
    name, sensitive = "", False
    for number, line in enumerate(lines, 1):
        if head := _TERRAFORM_BLOCK.match(line):
            name, sensitive = head["name"], _is_sensitive(lines[number:])
        elif line.startswith("}"):
            name = ""
        elif name and (match := _TERRAFORM_DEFAULT.match(line)):
            instead = f"# no default: set TF_VAR_{name}" if sensitive else _aligned(line)
            yield _entry(number, line, (name,), match["value"], instead)


def _is_sensitive(lines: Sequence[str]) -> bool:
    for line in lines:
        if line.startswith("}"):
            return False
        if _SENSITIVE.match(line):
            return True
    return False


def _aligned(line: str) -> str:
    """`sensitive = true` with its `=` where it is in the line that it replaces, if there is room."""
    column = line.index("=") - (len(line) - len(line.lstrip()))
    return f"{'sensitive ':<{column}}= true"


_READERS: dict[str, Callable[[Sequence[str]], Iterator[Entry]]] = {
    ".toml": _toml, ".ini": _ini, ".cfg": _ini, ".yml": _yaml, ".yaml": _yaml, ".tf": _terraform, ".json": _json,
}  # fmt: skip
