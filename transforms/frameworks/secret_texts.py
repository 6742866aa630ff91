"""What the text of a literal says in the light of its name, and where a secret stands in it."""

import hashlib
import re

import libcst as cst

from transforms.concepts import Place
from transforms.secrets import Issuer, kind
from transforms.secrets.keys import Found
from transforms.secrets.names import GENERIC, NameReading, read_name, secret_name
from transforms.secrets.values import Shape, guessable, shape_of

_ADDRESSES = ("database-url", "basic-auth-url")
_OF_ADDRESS = re.compile(r"ur[il]|dsn|conn|address|endpoint|link|password|db$|database$", re.IGNORECASE)
_PHRASES = ("framework-signing-key", "jwt-signing-key")
_PHRASE = re.compile(r"[A-Za-z0-9][\w ,.!?'-]{6,80}")
_OWNED = re.compile(r"admin|root|default|master|super", re.IGNORECASE)


def own_name(name: str, kind_id: str) -> str:
    """What the entry of a broker is called after a name: after its kind, where the name says less than that."""
    of_kind, own = kind(kind_id).secret_name, secret_name(name)
    if GENERIC.match(name) or (of_kind.startswith(f"{own}_") and read_name(name) is None):
        return of_kind  # `{"stripe": "..."}`
    if kind_id in _ADDRESSES and not _OF_ADDRESS.search(name):
        return f"{own}_URL"
    return own


def is_all(key: Found, text: str) -> bool:
    """Whether the text is nothing but the key, or is secret as a whole where the key is."""
    if key.kind in ("private-key", "azure-storage-key", "capability-url"):
        return key.kind == "private-key" or not any(map(str.isspace, text))
    return key.end - key.start >= len(text)


def with_a_gap(node: cst.CSTNode, part: str) -> str:
    """A plain literal as an f-string with a gap for the secret; empty where that would change the rest of it."""
    raw = node.value if isinstance(node, cst.SimpleString) else ""
    if raw[:1] not in ('"', "'") or any(mark in raw for mark in ("{", "}", "\\")) or raw.count(part) != 1:
        return ""
    return "f" + raw.replace(part, "{}")


def shape_for(reading: NameReading, name: str, text: str) -> Shape:
    """The shape of a text, in the light of its name: keys of one's own may be phrases, an admin's password a word."""
    shape = shape_of(text)
    if shape is Shape.TEXT and reading.kind in _PHRASES and _PHRASE.fullmatch(text):
        return Shape.WEAK if guessable(text) else Shape.WORD
    if shape is Shape.MIXED and re.fullmatch(rf"{re.escape(name)}[_-]?\d", text, re.IGNORECASE):
        return Shape.NAME  # `{"password": "password1"}`: the first of two fields
    if shape is Shape.NAME and reading.kind == "account-password" and _OWNED.search(name):
        return Shape.WEAK
    return shape


def says_itself(name: str, reading: NameReading | None, text: str, *, excused: bool) -> bool:
    """`API_KEY = "apikey"`, `AUTH_TOKEN = "auth"`: the name of a field, unless it is an own key or a database's."""
    said = read_name(text) if text.count("_") > 1 or text.isalpha() else None
    if said is not None and said.strong and kind(said.kind).issuer is Issuer.VENDOR and said.kind != "api-key":
        return True  # SECRET_KEY = "aws_secret_access_key": where it is kept, not what it is
    if reading is None or reading.kind in ("framework-signing-key", "jwt-signing-key"):
        return False
    if excused:
        return False
    own, value = (re.sub(r"[^a-z0-9]", "", each.lower()) for each in (name, text))
    return value in own and reading.kind not in ("database-password", "smtp-password")


def inside(place: Place, raw: str, value: str) -> Place:
    """The place of a value inside a string of several lines."""
    offset = raw.find(value)
    if offset < 0:
        return place
    before = raw[:offset]
    line = place.line + before.count("\n")
    column = offset - before.rfind("\n") - 1 if "\n" in before else place.column + offset
    return Place(line, column, line, column + len(value))


def fingerprint(kind_id: str, name: str, text: str) -> str:
    """Says that two places look alike: kind, name and shape, of which the value cannot be guessed."""
    looks = f"{kind_id}\0{name}\0{shape_of(text)}\0{min(len(text) // 4, 20)}"
    return hashlib.sha256(looks.encode()).hexdigest()[:16]
