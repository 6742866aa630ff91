"""Patches as one unified diff that `git apply` takes, whatever the files are made of."""

import zlib
from base64 import b85encode
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from transforms.source import blob_sha

if TYPE_CHECKING:
    from transforms.remedying import PatchResult

CONTEXT = 3  # lines around a change
NO_NEWLINE = "\\ No newline at end of file\n"
_NOWHERE = "0" * 40
_BINARY_LINE = 52  # bytes that git writes on one line of a binary patch


def unified_diff(results: "Iterable[PatchResult]") -> str:
    """The difference that all fixed patches make together, in the order of their paths; empty for none."""
    first: dict[str, bytes | None] = {}
    last: dict[str, bytes | None] = {}
    for result in results:
        if result.status != "fixed":
            continue
        for path, (before, after) in result.files.items():
            first.setdefault(path, before)
            last[path] = after
        for path, content in result.removed.items():
            first.setdefault(path, content)
            last[path] = None
    return "".join(file_diff(path, first[path], last[path]) for path in sorted(last))


def file_diff(path: str, before: bytes | None, after: bytes | None) -> str:
    """The difference of one file; `before` is None for a new one, `after` for one that goes."""
    if before == after:
        return ""
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    sha = _NOWHERE if before is None else blob_sha(before)
    mode = "new file mode 100644\n" if before is None else "deleted file mode 100644\n" if after is None else ""
    suffix = "" if mode else " 100644"
    head = f"diff --git {old} {new}\n{mode}index {sha}..{_NOWHERE if after is None else blob_sha(after)}{suffix}\n"
    if not _is_text(before or b"") or not _is_text(after or b""):
        return head + _binary(before or b"", after or b"")
    hunks = "".join(_hunks((before or b"").decode(), (after or b"").decode()))
    if not hunks:
        return head
    source = "/dev/null" if before is None else old + "\t" * (" " in path)
    target = "/dev/null" if after is None else new + "\t" * (" " in path)
    return f"{head}--- {source}\n+++ {target}\n{hunks}"


def _hunks(before: str, after: str) -> Iterator[str]:
    old, new = _lines(before), _lines(after)
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        yield f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@\n"
        for tag, start, end, other_start, other_end in group:
            if tag == "equal":
                yield from _marked(" ", old[start:end])
            else:
                yield from _marked("-", old[start:end])
                yield from _marked("+", new[other_start:other_end])


def _lines(text: str) -> list[str]:
    """Lines with their ends, as git counts them: a lone carriage return or form feed ends none."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line if line.endswith("\n") else f"{mark}{line}\n{NO_NEWLINE}"


def _range(start: int, end: int) -> str:
    length = end - start
    return f"{start + 1 if length else start}" if length == 1 else f"{start + bool(length)},{length}"


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _binary(before: bytes, after: bytes) -> str:
    """Git's own form for what is no UTF-8: the whole new content, then the whole old one."""
    return f"GIT binary patch\n{_literal(after)}\n{_literal(before)}\n"


def _literal(content: bytes) -> str:
    packed = zlib.compress(content)
    lines = [f"literal {len(content)}\n"]
    for start in range(0, len(packed), _BINARY_LINE):
        piece = packed[start : start + _BINARY_LINE]
        length = chr(ord("A") + len(piece) - 1) if len(piece) <= 26 else chr(ord("a") + len(piece) - 27)
        lines.append(f"{length}{b85encode(piece, pad=True).decode()}\n")
    return "".join(lines)


def _quoted(path: str) -> str:
    """A path as git writes it: in quotes with octal bytes where it has characters that need it."""
    if all(" " <= character <= "~" and character not in '"\\' for character in path):
        return path
    escaped = "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\{byte:03o}" for byte in path.encode()
    )
    return f'"{escaped}"'
