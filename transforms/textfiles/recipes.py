"""Dockerfiles and shell scripts: what can stand in the place of a value there.

A variable of an image is given when the container runs, one of a build when it is built, and a script stops where its
variable is not set. Only assignments that stand on a line of their own are moved: what continues on the next line, is
inside a text or a here-document, or is used while the image is built, is left to a person.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.concepts import Place
from transforms.textfiles.entries import Entry

_DOCKERFILE = re.compile(r"^dockerfile|\.dockerfile$", re.IGNORECASE)
_DOCKER = re.compile(
    r"^\s*(?P<what>ENV|ARG)\s+(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<quote>[\"']?)(?P<value>[^\s\"'\\$=]+)(?P=quote)\s*$",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"^\s*(?:(?:export|readonly|declare\s+-\w+)\s+)?(?P<name>[A-Za-z_]\w*)="
    r"(?P<text>\"[^\"$`\\!]*\"|'[^']*'|[^\s\"'$`;&|()<>\\*?~]+)(?=\s|;|$)"
)
_HERE = re.compile(r"<<-?\s*[\"']?(?P<word>\w+)[\"']?")
SHELLS = (".sh", ".bash", ".zsh")


def is_dockerfile(name: str) -> bool:
    """Whether a file of that name says how an image is built."""
    return _DOCKERFILE.search(name) is not None


def docker(lines: Sequence[str]) -> Iterator[Entry]:
    """`ENV NAME=value` and `ARG NAME=value`, alone on their lines."""
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
