"""The code around a line, with everything that can hold a value taken out.

Strings (docstrings and whole f-strings with what they interpolate), comments and numbers become placeholders; names,
keywords and operators stay. Python's own tokenizer decides what a string is. Code that Python cannot parse is given up
on as a whole: a guess at where a string ends could let its inside through.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from bot.agent.guard import key_shaped

AROUND = 6  # lines before and after
SLICE_LIMIT = 1_500  # characters
LONGEST_NAME = 48
_STRING, _COMMENT, _NUMBER, _NAME = '"…"', "# …", "0", "name"
# f-strings are one token before Python 3.12 and a bracketed run of tokens since; t-strings came with 3.14.
_OPENING = frozenset(filter(None, (getattr(tokenize, name, None) for name in ("FSTRING_START", "TSTRING_START"))))
_CLOSING = frozenset(filter(None, (getattr(tokenize, name, None) for name in ("FSTRING_END", "TSTRING_END"))))
_LAYOUT = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER})


@dataclass(frozen=True, slots=True)
class _Piece:
    """One token as it may be shown; rows count from 1."""

    text: str
    row: int
    column: int
    end_row: int
    end_column: int


def redacted_slice(source: str, line: int) -> str | None:
    """The lines around `line` (from 1) without strings, comments and numbers; None if it cannot be done surely."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    if not _parses(text):
        return None
    try:
        pieces = [piece for piece in _pieces(text) if line - AROUND <= piece.row <= line + AROUND]
    except (tokenize.TokenError, SyntaxError):
        return None
    return _joined(pieces)[:SLICE_LIMIT] or None


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _pieces(text: str) -> Iterator[_Piece]:
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.ERRORTOKEN:
            raise tokenize.TokenError("the tokenizer and the parser disagree")
        opens, closes = token.type in _OPENING, token.type in _CLOSING
        if depth == 0 and token.type not in _LAYOUT:
            yield _Piece(_shown(token, opens), *token.start, *token.end)
        depth += opens - closes


def _shown(token: tokenize.TokenInfo, opens_string: bool) -> str:
    if opens_string or token.type == tokenize.STRING:
        return _STRING
    if token.type == tokenize.COMMENT:
        return _COMMENT
    if token.type == tokenize.NUMBER:
        return _NUMBER
    if token.type == tokenize.NAME and (len(token.string) > LONGEST_NAME or key_shaped(token.string)):
        return _NAME
    return token.string


def _joined(pieces: list[_Piece]) -> str:
    """Rows and indentation as they were; between two tokens of a row one space where there was any."""
    out: list[str] = []
    row = end = -1
    for piece in pieces:
        if piece.row != row:
            out.append(("\n" if out else "") + " " * piece.column)
        elif piece.column > end:
            out.append(" ")
        out.append(piece.text)
        row, end = piece.end_row, piece.end_column
    return "".join(out)
