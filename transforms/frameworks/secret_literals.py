"""Literals in Python code that are secrets, or look like ones: read by name, text and role, never kept.

The file is looked at as bytes first. Only if a word for secrets stands near a quote, or a vendor's mark, an address
with a password or a statement that sets one is in it, do handlers take part in the walk; each asks its cheap question
(what does this name say?) before any other. A fact says what was learned from a literal; the literal itself leaves
this module nowhere.
"""

import re
from collections.abc import Callable
from typing import Any

import libcst as cst

from transforms.frameworks.secret_calls import Calls
from transforms.frameworks.secret_reading import Reading
from transforms.secrets import keys
from transforms.secrets.addresses import MARK
from transforms.walk import Handlers, Walk

NAME = "secret_literals"
TOKENS = (b"",)  # `matters` decides: a list of plain tokens would let every file in

# a word for secrets, and near it a quote that opens a literal of some length
_NAMED = re.compile(
    rb"(?i)(?:passw|passphrase|pwd|passcode|_pass\b|pass[\"']|secret|token|api_?key|_key\b|senha|kennwort|login|hashpw|"
    rb"hash\(|jwt|authorization|auth=|fernet)[^\n]{0,120}?(?:\n[^\n]{0,60}?)?[\"'][^\"'\n]{2}"
    rb"|\bfor [^\n]{0,80}passw[^\n]{0,40} in "
)
_SQL = re.compile(
    rb"(?i)\b(?:insert\s+(?:or\s+\w+\s+)?into\s|(?:create|alter)\s+(?:user|role|login)\s|identified\s+by\s)"
)


def matters(content: bytes) -> bool:
    """Whether a file may hold a secret: decided on its bytes, before anything is parsed."""
    return _NAMED.search(content) is not None or _texts_matter(content)


def read(walk: Walk) -> Handlers:
    """Handlers for every place where a literal can stand with a name, and, if need be, for each string."""
    texts = _texts_matter(walk.content)
    if not texts and _NAMED.search(walk.content) is None:
        return {}
    reading = Reading(walk)
    reading.comments()
    handlers: dict[type[cst.CSTNode], Callable[[Any], None]] = {
        cst.Module: reading.body,
        cst.ClassDef: reading.class_body,
        cst.Assign: reading.assign,
        cst.AnnAssign: reading.annotated,
        cst.Dict: reading.dictionary,
        cst.Call: Calls(reading).call,
        cst.For: reading.loop,
        cst.FunctionDef: reading.parameters,
        cst.Comparison: reading.comparison,
    }
    if texts:
        handlers[cst.SimpleString] = handlers[cst.ConcatenatedString] = reading.string
        handlers[cst.FormattedString] = reading.formatted
    return handlers


def _texts_matter(content: bytes) -> bool:
    return MARK.search(content) is not None or keys.may_hold_key(content) or _SQL.search(content) is not None
