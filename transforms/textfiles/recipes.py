"""Dockerfiles and shell scripts: what can stand in the place of a value there.

A variable of an image is given when the container runs, one of a build when it is built, and a script stops where its
variable is not set. Only assignments that stand on a line of their own are moved: what continues on the next line, is
inside a text or a here-document, or is used while the image is built, is left to a person.
"""

import itertools
import re
from collections.abc import Collection, Iterator, Sequence

from transforms.concepts import Place
from transforms.textfiles.entries import Entry

_DOCKERFILE = re.compile(r"^dockerfile|\.dockerfile$", re.IGNORECASE)
_DOCKER = re.compile(
    r"^\s*(?P<what>ENV|ARG)\s+(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<quote>[\"']?)(?P<value>[^\s\"'\\$=]+)(?P=quote)\s*$",
    re.IGNORECASE,
)
_ENV = re.compile(r"\s*(?P<what>ENV)\s+", re.IGNORECASE)
_PAIR = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<quote>[\"']?)(?P<value>[^\s\"'\\=]*)(?P=quote)(?!\S)")
_BETWEEN = re.compile(r"(?:[ \t]|\\[ \t]*\n)*")
_ASSIGNED = re.compile(
    r"^\s*(?:(?:export|readonly|declare\s+-\w+)\s+)?(?P<name>[A-Za-z_]\w*)="
    r"(?P<text>\"[^\"$`\\!]*\"|'[^']*'|[^\s\"'$`;&|()<>\\*?~]+)(?=\s|;|$)"
)
_HERE = re.compile(r"<<-?\s*[\"']?(?P<word>\w+)[\"']?")
SHELLS = (".sh", ".bash", ".zsh")


def is_dockerfile(name: str) -> bool:
    """Whether a file of that name says how an image is built."""
    return _DOCKERFILE.search(name) is not None


def docker(lines: Sequence[str], secrets: Collection[tuple[int, int]] = ()) -> Iterator[Entry]:
    """`ENV NAME=value` and `ARG NAME=value`, alone on their lines; of several on one, those at the given places."""
    yield from _several(lines, secrets)
    for number, line in enumerate(lines, 1):
        match = _DOCKER.match(line)
        if match is None or (number > 1 and lines[number - 2].rstrip().endswith("\\")):
            continue
        name, is_argument = match["name"], match["what"].upper() == "ARG"
        used = re.compile(rf"\$\{{?{name}\b")
        if not is_argument and any(used.search(each) for each in lines):
            continue  # while the image is built
        start = len(line) - len(line.lstrip())
        left = f"{match['what']} {name}" if is_argument else f"# {name} is given when the container runs"
        yield Entry((name,), Place(number, start, number, len(line.rstrip())), match["value"], left)


def _several(lines: Sequence[str], secrets: Collection[tuple[int, int]]) -> Iterator[Entry]:
    """The secrets among several variables of one `ENV`: the same text without them is left of it."""
    for first, text in _instructions(lines):
        head = _ENV.match(text)
        given = list(_PAIR.finditer(text, head.end())) if head is not None else []
        if head is None or len(given) < 2 or "#" in text or not _is_all(text, head.end(), given):
            continue
        goes = []
        for each in given:
            place = _place(text, first, each.start("value"), each.end("value"))
            used = re.compile(rf"\$\{{?{each['name']}\b")
            if (place.line, place.column) in secrets and not any(used.search(line) for line in lines):
                goes.append((each, place))
        left = _without(text, head.end(), given, [each for each, _ in goes])
        whole = _place(text, first, head.start("what"), given[-1].end())
        for each, place in goes:
            yield Entry((each["name"],), whole, each["value"], left, place)


def _instructions(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each instruction with the lines that it goes on in, and the number of its first line."""
    text, first = "", 0
    for number, line in enumerate(lines, 1):
        text, first = (f"{text}\n{line}", first) if text else (line, number)
        if not line.rstrip().endswith("\\"):
            yield first, text
            text = ""


def _is_all(text: str, start: int, given: Sequence[re.Match[str]]) -> bool:
    """Whether an instruction has nothing else in it."""
    ends = [start, *(each.end() for each in given)]
    starts = [*(each.start() for each in given), len(text)]
    return all(_BETWEEN.fullmatch(text[end:begin]) for end, begin in zip(ends, starts, strict=True))


def _without(text: str, start: int, given: Sequence[re.Match[str]], goes: Sequence[re.Match[str]]) -> str:
    """The instruction without some of its variables, each that stays with what stands before it."""
    stays = [each for each in given if each not in goes]
    if not stays:
        names = " and ".join(each["name"] for each in goes)
        return f"# {names} {'is' if len(goes) == 1 else 'are'} given when the container runs"
    before = {id(each): text[last.end() : each.start()] for last, each in itertools.pairwise(given)}
    parts = (f"{before[id(each)] if number else ''}{each[0]}" for number, each in enumerate(stays))
    return text[:start].lstrip() + "".join(parts)


def _place(text: str, first: int, start: int, end: int) -> Place:
    """Where a part of an instruction is in its file."""
    begun, done = text[:start], text[:end]
    column, end_column = start - begun.rfind("\n") - 1, end - done.rfind("\n") - 1
    return Place(first + begun.count("\n"), column, first + done.count("\n"), end_column)


def shell(lines: Sequence[str]) -> Iterator[Entry]:
    """`export NAME=value` and the like."""
    inside = _inside(lines)
    for number, line in enumerate(lines, 1):
        match = _ASSIGNED.match(line)
        if match is not None and number not in inside:
            name, text = match["name"].upper(), match["text"]
            value = text[1:-1] if text[0] in "\"'" else text
            left = f'"${{{name}:?set {name}}}"'
            yield Entry((name,), Place(number, match.start("text"), number, match.end("text")), value, left)


def _inside(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that begin inside a text or a here-document."""
    found, quote, word = set[int](), "", ""
    for number, line in enumerate(lines, 1):
        if quote or word:
            found.add(number)
        if word:
            word = "" if line.strip() == word else word
            continue
        quote = _quote_after(line, quote)
        if not quote and (here := _HERE.search(line)) is not None and "<<<" not in line:
            word = here["word"]
    return frozenset(found)


def _quote_after(line: str, quote: str) -> str:
    """The quote of the text that goes on behind a line, if one does."""
    escaped, before = False, " "
    for character in line:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#" and before.isspace():
            break
        before = character
    return quote
