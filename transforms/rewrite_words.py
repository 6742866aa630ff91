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


def _token_around(text: str, edit: ReplaceWords) -> int | None:
    """The kind of the comment or string that the words are in."""
    first = (edit.place.line, edit.place.column)
    last = (edit.place.end_line, edit.place.end_column)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.start <= first and last <= token.end and token.type in (*_STRINGS, tokenize.COMMENT):
                return token.type
    except (tokenize.TokenError, SyntaxError):
        return None
    return None
