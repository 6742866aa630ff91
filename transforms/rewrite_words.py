"""Words of comments and strings that are replaced by others: nothing that runs may be touched by it."""

import io
import re
import tokenize

from transforms.edit_kinds import ReplaceWords
from transforms.rewrite_code import in_style
from transforms.rewrite_tree import CannotEdit, Splice, Tree

_PLAIN = re.compile(r"[\w<>./-]+", re.ASCII)  # what means the same in every string
_STRINGS = frozenset(
    getattr(tokenize, name) for name in ("STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE") if hasattr(tokenize, name)
)


def said_otherwise(tree: Tree, edit: ReplaceWords) -> Splice:
    """The splice for the words at a place; raises CannotEdit where they are neither in a comment nor in a string."""
    place = edit.place
    start, end = tree.offset(place.line, place.column), tree.offset(place.end_line, place.end_column)
    around = _token_around(tree.text, edit)
    if around is None or place.line != place.end_line:
        raise CannotEdit("these words are neither in a comment nor in a string")
    if "\n" in edit.code or (around in _STRINGS and not _PLAIN.fullmatch(edit.code)):
        raise CannotEdit("these words cannot stand there")
    return Splice(start, end, in_style(tree, edit.code))


def _is_filled_in(token: tokenize.TokenInfo, place: tuple[int, int]) -> bool:
    """Whether a place is in the braces of an f-string that is one token, as it is before Python 3.12."""
    if token.type != tokenize.STRING or "f" not in token.string.partition(token.string[-1])[0].lower():
        return False
    lines = token.string.split("\n")[: place[0] - token.start[0] + 1]
    skipped = token.start[1] if len(lines) == 1 else 0
    before = "\n".join((*lines[:-1], lines[-1][: place[1] - skipped])).replace("{{", "").replace("}}", "")
    return before.count("{") > before.count("}")


def _token_around(text: str, edit: ReplaceWords) -> int | None:
    """The kind of the comment or string that the words are in."""
    first = (edit.place.line, edit.place.column)
    last = (edit.place.end_line, edit.place.end_column)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.start <= first and last <= token.end and token.type in (*_STRINGS, tokenize.COMMENT):
                return None if _is_filled_in(token, first) else token.type
    except (tokenize.TokenError, SyntaxError):
        return None
    return None
