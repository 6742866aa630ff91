"""Text that strangers wrote, made visible and short before it goes anywhere.

Invisible characters (zero width, bidirectional controls, Unicode tags, variation selectors) and HTML comments are the
known carriers of instructions that a reviewer cannot see. Taking them out does not make text safe; it makes what a
model reads the same as what a person reads.
"""

import re
import unicodedata

_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# Cf: format (bidi, zero width, tags); Cc: control; Cs, Co, Cn: surrogates, private use, unassigned.
_HIDDEN_CATEGORIES = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_KEPT_CONTROLS = frozenset("\n\t")
_CUT = "…"
_LOOK_AHEAD = 8  # how many times the limit is read at all: hidden text may be long, the work may not


def visible(text: str, limit: int) -> str:
    """`text` without invisible characters and HTML comments, at most `limit` characters long."""
    shown = "".join(char for char in text[: limit * _LOOK_AHEAD] if not _hidden(char))
    # Removing one comment may join the halves of another.
    while (less := _HTML_COMMENT.sub("", shown)) != shown:
        shown = less
    return shown if len(shown) <= limit else shown[: limit - 1] + _CUT


def one_line(text: str, limit: int) -> str:
    """`visible` text with every run of white space made one space."""
    return " ".join(visible(text, limit).split())


def _hidden(char: str) -> bool:
    if char in _KEPT_CONTROLS:
        return False
    return unicodedata.category(char) in _HIDDEN_CATEGORIES or _variation_selector(ord(char))


def _variation_selector(point: int) -> bool:
    """Variation selectors can carry a hidden byte each after any visible character."""
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
