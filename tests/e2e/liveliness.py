"""What of a Markdown text comes alive on GitHub: mentions, references, links, images, HTML.

A strict reading: code spans must close on their own line (in a table: in their own cell), and what is left outside of
them may hold nothing that GitHub links, renders or runs, but for the few things Tenon writes itself.
"""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s*(~{3,}|`{3,})")
_TAGS = re.compile(r"</?(?:details|summary|sub)>")
_OWN_MARK = re.compile(r"<!-- tenon:[a-z]+ -->")
_RUN = re.compile(r"`+")
_CELL_END = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MENTION = re.compile(r"@[\w-]")
_REFERENCE = re.compile(r"(?:#|\bGH-)\d+", re.I)
_DEAD = {"<": "HTML", "](": "a link or an image", "://": "an address", "www.": "an address"}


def alive(text: str, *, links: tuple[str, ...] = (), references: tuple[int, ...] = ()) -> list[str]:
    """What comes alive in `text` besides these links and these numbers; empty if nothing does."""
    for known in links:
        text = text.replace(known, "")
    return [f"{what} in: {piece[:200]!r}" for piece in _pieces(text) for what in _of_piece(piece, references)]


def _pieces(text: str) -> Iterator[str]:
    """Lines outside of fenced blocks; of a table's row each cell."""
    fence = ""
    for line in text.split("\n"):
        if match := _FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence) and line.strip() == match[1]:
                fence = ""
        elif not fence:
            yield from _CELL_END.split(line) if line.startswith("|") else [line]
    if fence:
        yield f"an open fence {fence} <"


def _of_piece(piece: str, references: tuple[int, ...]) -> Iterator[str]:
    outside = _outside_of_code(_OWN_MARK.sub("", _TAGS.sub("", piece)))
    if outside is None:
        yield "an open code span"
        return
    shown = _ESCAPED.sub(r"\1", outside)  # a backslash keeps nobody from being mentioned
    if _MENTION.search(shown):
        yield "a mention"
    for number in _REFERENCE.findall(shown):
        if int(re.sub(r"\D", "", number)) not in references:
            yield "a reference"
    bare = _ESCAPED.sub("", outside)
    yield from (what for mark, what in _DEAD.items() if mark in bare)


def _outside_of_code(line: str) -> str | None:
    """The line without its code spans; None where one does not close."""
    left, at = [], 0
    while match := _next_run(line, at):
        left.append(line[at : match.start()])
        close = next((run for run in _RUN.finditer(line, match.end()) if run[0] == match[0]), None)
        if close is None:
            return None
        at = close.end()
    return "".join([*left, line[at:]])


def _next_run(line: str, at: int) -> re.Match[str] | None:
    """The next run of backticks that is not escaped."""
    for run in _RUN.finditer(line, at):
        before = line[at : run.start()]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return run
    return None


def linked_in_a_commit(message: str) -> list[str]:
    """Mentions and references in a commit message, where there is no Markdown and no code span helps."""
    return [*_MENTION.findall(message), *_REFERENCE.findall(message)]
