"""What a patch does to a file as such: does it still parse, and did bytes move that no edit named?"""

import warnings
from collections.abc import Iterator, Sequence

from transforms.source import BOM, SkipReason, Unreadable, parse

Span = tuple[int, int]


def unparsable(path: str, content: bytes) -> str | None:
    """Why a Python file is none, or None."""
    try:
        parse(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(content, path, "exec", dont_inherit=True)
    except Unreadable as error:
        return SkipReason(error.reason).value
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "it does not compile"
    return None


def moved_bytes(before: bytes, after: bytes, spans: Sequence[Span]) -> str | None:
    """What changed outside of the spans (start and end in `before`), or None."""
    if before.startswith(BOM) != after.startswith(BOM):
        return "the byte order mark"
    if before.strip() and not _newlines(after) <= (_newlines(before) or _newlines(after)):
        return "line ends"
    if before.strip() and after and _ends_a_line(before) != _ends_a_line(after):
        return "the final newline"
    if not spans:
        return None if before == after else "bytes outside of the edits"
    kept = list(_kept(before, spans))
    if not after.startswith(kept[0]) or not after.endswith(kept[-1]) or len(after) < sum(map(len, kept)):
        return "bytes outside of the edits"
    position, end = len(kept[0]), len(after) - len(kept[-1])
    for piece in kept[1:-1]:
        found = after.find(piece, position, end)
        if found < 0:
            return "bytes outside of the edits"
        position = found + len(piece)
    return None if position <= end else "bytes outside of the edits"


def _newlines(content: bytes) -> frozenset[str]:
    windows = content.count(b"\r\n")
    return frozenset(["crlf"] * (windows > 0) + ["lf"] * (content.count(b"\n") > windows))


def _ends_a_line(content: bytes) -> bool:
    return content.endswith((b"\n", b"\r", b"\n\0", b"\0\n"))


def _kept(before: bytes, spans: Sequence[Span]) -> Iterator[bytes]:
    """The pieces of a file between the spans."""
    done = 0
    for start, end in sorted(spans):
        yield before[done : max(start, done)]
        done = max(done, end)
    yield before[done:]
