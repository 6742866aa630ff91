"""One file as it came from the pull request, parsed at most once, and the reasons why a file is passed over.

Hostile input is the normal case: a file is looked at as bytes first, and libcst meets only what is small, UTF-8 and not
too deeply nested: its native parser overflows the stack on some 3,000 nested brackets and takes the process with it.
"""

import ast
import functools
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

import libcst as cst

MAX_BYTES = 1_000_000
KEPT_TREES, KEPT_BYTES = 16, 64_000  # a tree takes some forty times the bytes of its file
MAX_BRACKET_DEPTH = 100
# Below both sizes no expression or `elif` chain can nest deep enough to matter; above, the standard library's parser,
# which fails where libcst's crashes, looks first. That costs a fifth of the parse, and few files are that long.
SMALL_FILE = 16_000
LONG_EXPRESSION = 4_000  # bytes without a comma or semicolon
BOM = b"\xef\xbb\xbf"

_NOT_A_BRACKET = re.compile(rb"[^\[\](){}]+")
_EXPRESSION_END = re.compile(rb"[,;]")


class SkipReason(StrEnum):
    """Why a file was not analysed. Each is counted and shown."""

    TOO_LARGE = "too_large"
    BINARY = "binary"
    NOT_UTF8 = "not_utf8"
    TOO_DEEP = "too_deep"
    UNPARSABLE = "unparsable"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was passed over, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of one file at one commit. `path` is relative to the repository's root, with forward slashes."""

    path: str
    content: bytes
    committed: bool = True  # False where git is not known to have it: somebody's own copy

    @property
    def blob_sha(self) -> str:
        """Git's own id of these bytes."""
        return blob_sha(self.content)

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")


class Unreadable(Exception):
    """A file cannot be analysed; `reason` says why."""

    def __init__(self, reason: SkipReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def blob_sha(content: bytes) -> str:
    """Git's sha-1 of a blob with this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def module_name(path: str) -> str:
    """The dotted module a path would be imported as from the repository's root: `app/api/__init__.py` -> `app.api`."""
    stem = path.removesuffix(".py").removesuffix("/__init__")
    return stem.replace("/", ".")


def parse(content: bytes) -> cst.Module:
    """Parse one file; raises Unreadable. A byte order mark is left out of the module (`rewrite` puts it back).

    What a patch writes is parsed by a gate, by the readers and by the next patch: the last few small trees are kept.
    """
    return _parsed_before(content) if len(content) <= KEPT_BYTES else _parsed(content)


def _parsed(content: bytes) -> cst.Module:
    refuse_unreadable(content)
    _refuse_nesting(content)
    try:
        return cst.parse_module(decode(content))
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        raise Unreadable(SkipReason.UNPARSABLE) from None
    except RecursionError:
        raise Unreadable(SkipReason.TOO_DEEP) from None


_parsed_before = functools.lru_cache(maxsize=KEPT_TREES)(_parsed)


def decode(content: bytes) -> str:
    """The text of a file without its byte order mark; raises Unreadable when it is not UTF-8."""
    try:
        return content.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        raise Unreadable(SkipReason.NOT_UTF8) from None


def refuse_unreadable(content: bytes) -> None:
    """Raise Unreadable for bytes that are no text of a bearable size; cheap enough to ask of every file."""
    if len(content) > MAX_BYTES:
        raise Unreadable(SkipReason.TOO_LARGE)
    if b"\0" in content:
        raise Unreadable(SkipReason.BINARY)
    decode(content)


def _refuse_nesting(content: bytes) -> None:
    """Raise Unreadable for what would overflow the parser's stack."""
    if _bracket_depth(content) > MAX_BRACKET_DEPTH:
        raise Unreadable(SkipReason.TOO_DEEP)
    if len(content) > SMALL_FILE or max(map(len, _EXPRESSION_END.split(content))) > LONG_EXPRESSION:
        _refuse_endless_chains(content)


def _bracket_depth(content: bytes) -> int:
    depth = deepest = 0
    for byte in _NOT_A_BRACKET.sub(b"", content):
        if byte in b"([{":
            depth += 1
            deepest = max(deepest, depth)
        elif depth:
            depth -= 1
    return deepest


def _refuse_endless_chains(content: bytes) -> None:
    try:
        ast.parse(content)
    except (RecursionError, MemoryError):
        raise Unreadable(SkipReason.TOO_DEEP) from None
    except (SyntaxError, ValueError):
        raise Unreadable(SkipReason.UNPARSABLE) from None
