"""Whether a literal is a secret: decided by what its name says, what its text looks like, and what it is used as.

The tables are the whole judgement. A row is a role, a column is a shape; what stands there is how sure we are, and
whether it is a placeholder that the running app would take for the real thing.
"""

from dataclasses import dataclass

from transforms.concepts_secrets import SecretRole
from transforms.secrets import Issuer, kind
from transforms.secrets.files import FileRole
from transforms.secrets.issuers import also, told_apart
from transforms.secrets.keys import Found
from transforms.secrets.names import GENERIC, NameReading
from transforms.secrets.values import Shape

HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a candidate that is, or may be, a secret."""

    kind: str
    confidence: str
    placeholder: bool = False  # not the real value, but one the app would run with
    test_only: bool = False
    alike: tuple[str, ...] = ()  # the kinds of which it has the shape, where nothing says which of them it is


_Cell = str | None
_GUESSED = (Shape.PLACEHOLDER, Shape.WEAK, Shape.NAME)
_OWN_KEYS = frozenset(
    ("framework-signing-key", "jwt-signing-key", "message-signing-key", "encryption-key", "webhook-secret")
)

# shape -> confidence, for names that surely speak of a secret
_SETTING: dict[Shape, _Cell] = {  # NAME = "..." and getattr-like storage of it
    Shape.PLACEHOLDER: MEDIUM, Shape.WEAK: MEDIUM, Shape.WORD: MEDIUM, Shape.MIXED: HIGH, Shape.RANDOM: HIGH,
}  # fmt: skip
_ENV_DEFAULT: dict[Shape, _Cell] = _SETTING | {Shape.NAME: MEDIUM}
_GIVEN: dict[Shape, _Cell] = {  # a dict's value or an argument, with nothing around that says what it is for
    Shape.PLACEHOLDER: MEDIUM, Shape.MIXED: MEDIUM, Shape.RANDOM: HIGH,
}  # fmt: skip
_GIVEN_WITH_PARTNER: dict[Shape, _Cell] = {  # beside a user name, an address or a host, or into a known call
    Shape.PLACEHOLDER: MEDIUM, Shape.WEAK: MEDIUM, Shape.NAME: MEDIUM, Shape.WORD: MEDIUM, Shape.MIXED: HIGH,
    Shape.RANDOM: HIGH,
}  # fmt: skip
_DEFAULT: dict[Shape, _Cell] = {
    Shape.PLACEHOLDER: MEDIUM, Shape.WEAK: MEDIUM, Shape.WORD: MEDIUM, Shape.MIXED: HIGH, Shape.RANDOM: HIGH,
}  # fmt: skip
_COMPARED: dict[Shape, _Cell] = {
    Shape.NAME: MEDIUM,
    Shape.WORD: MEDIUM,
    Shape.WEAK: MEDIUM,
    Shape.MIXED: HIGH,
    Shape.RANDOM: HIGH,
}
_IN_TEXT: dict[Shape, _Cell] = {Shape.MIXED: MEDIUM, Shape.RANDOM: MEDIUM}
_DOUBTED: dict[Shape, _Cell] = {Shape.RANDOM: MEDIUM}  # names that may speak of something else
_DOUBTED_TOKEN: dict[Shape, _Cell] = {Shape.RANDOM: MEDIUM, Shape.MIXED: LOW}

_TABLES = {
    SecretRole.ASSIGNED: _SETTING,
    SecretRole.ATTRIBUTE: _SETTING,
    SecretRole.ENV_DEFAULT: _ENV_DEFAULT,
    SecretRole.DICT_VALUE: _GIVEN,
    SecretRole.ARGUMENT: _GIVEN,
    SecretRole.DEFAULT: _DEFAULT,
    SecretRole.COMPARED: _COMPARED,
    SecretRole.IN_TEXT: _IN_TEXT,
}


def judge(reading: NameReading, shape: Shape, role: SecretRole, file: FileRole, partner: bool) -> Judgement | None:
    """What a candidate in Python code is; None: no secret. `partner`: an account or a known call is beside it."""
    if shape is Shape.HASH or reading.kind == "password-hash":
        stored = shape is Shape.HASH or (shape is Shape.RANDOM and role is not SecretRole.COMPARED)
        return Judgement("password-hash", MEDIUM, test_only=is_aside(file)) if stored and reading.strong else None
    if shape is Shape.PLACEHOLDER and file is FileRole.TEST:
        return None  # what tests are given to have something
    confidence = _table(reading, role, partner).get(shape)
    if confidence is None and shape is Shape.NAME and reading.kind in _GUESSABLE and role in _KEPT:
        confidence = MEDIUM  # SECRET_KEY = "secret" works, and anybody can guess it
    if file is FileRole.TEST and shape is not Shape.RANDOM and kind(reading.kind).issuer is Issuer.VENDOR:
        return None  # whatever it is, no vendor made it
    if shape is Shape.WORD and reading.kind == "message-signing-key":
        return None  # a label that a protocol prescribes: hmac.new(b"WebAppData", token, ...)
    if confidence is None or _only_vendors_could_use(reading.kind, shape, role):
        return None
    if shape is Shape.WORD and kind(reading.kind).issuer is Issuer.VENDOR and role in _KEPT:
        confidence = LOW  # a vendor would hardly have made it
    return Judgement(reading.kind, confidence, placeholder=shape in _GUESSED, test_only=is_aside(file))


_GUESSABLE = (*_OWN_KEYS, "database-password", "smtp-password")
_KEPT = (SecretRole.ASSIGNED, SecretRole.ATTRIBUTE)


def _table(reading: NameReading, role: SecretRole, partner: bool) -> dict[Shape, _Cell]:
    if not reading.strong:
        return _DOUBTED_TOKEN if reading.kind == "access-token" and role in _KEPT else _DOUBTED
    if partner and role in (SecretRole.DICT_VALUE, SecretRole.ARGUMENT):
        return _GIVEN_WITH_PARTNER
    return _TABLES[role]


def _only_vendors_could_use(kind_id: str, shape: Shape, role: SecretRole) -> bool:
    """A vendor would refuse a plain word: as a key it is a label or a stub, unless it is what the app falls back to."""
    if kind(kind_id).issuer is Issuer.SELF or role is SecretRole.ENV_DEFAULT or kind_id == "smtp-password":
        return False
    return shape in (Shape.WEAK, Shape.NAME) or (shape is Shape.WORD and role not in _KEPT)


def judge_key(
    found: Found, file: FileRole, reading: NameReading | None = None, text: str = "", name: str = ""
) -> Judgement:
    """What something with the shape of a vendor's key is; its name and the text around it tell alike ones apart."""
    kind_id = _issued_by(found, reading, text, name)
    alike = (found.kind, *also(found.kind)) if kind_id is None else ()
    kind_id = kind_id or "api-key"
    aside = is_aside(file) and file not in (FileRole.DOCS, FileRole.CI)  # whoever reads a workflow can use its keys
    doubted = kind_id in ("json-web-token", "password-hash", "aws-access-key") or not found.checked
    return Judgement(kind_id, MEDIUM if doubted else HIGH, test_only=aside, alike=alike)


def _issued_by(found: Found, reading: NameReading | None, text: str, name: str) -> str | None:
    """The kind of a key; None where it has the shape of several, and nothing says which."""
    if reading is not None:
        if reading.kind == found.kind or found.kind in kind(reading.kind).looks_like:
            return reading.kind
        if reading.of_host and not found.certain:
            return reading.kind
    if found.certain:
        return found.kind
    return told_apart((found.kind, *also(found.kind)), text, by_words=not name or GENERIC.match(name) is not None)


def judge_url(kind_id: str, shape: Shape, file: FileRole, local: bool) -> Judgement | None:
    """What a password inside an address is. `local`: the address is on this machine or a bare host name."""
    if shape in (Shape.NOTHING, Shape.TEXT):
        return None
    placeholder = shape in _GUESSED
    if placeholder and file in (FileRole.EXAMPLE, FileRole.DOCS, FileRole.CI, FileRole.TEST):
        return None
    if placeholder and file is FileRole.CONFIG and (local or shape is not Shape.WEAK):
        return None
    confidence = MEDIUM if placeholder or (local and shape is not Shape.RANDOM) else HIGH
    theirs = kind_id in _OF_ACCOUNTS and shape is Shape.RANDOM and not local  # of a server that anybody can reach
    aside = is_aside(file) and not (file is FileRole.DOCS and theirs)
    return Judgement(kind_id, confidence, placeholder=placeholder, test_only=aside)


def judge_text(reading: NameReading, shape: Shape, file: FileRole, *, stands_in: bool = False) -> Judgement | None:
    """What `NAME=value` in a file that is not Python is; None: no secret, or a placeholder that nobody would use.

    `stands_in`: it is what counts where a variable is not set.
    """
    if shape in (Shape.NOTHING, Shape.TEXT) or (shape is Shape.HASH and not reading.strong):
        return None
    if reading.kind == "password-hash" and shape is not Shape.HASH:
        return None
    if shape is Shape.HASH:
        return Judgement("password-hash", MEDIUM, test_only=is_aside(file))
    if not reading.strong:
        return Judgement(reading.kind, MEDIUM, test_only=is_aside(file)) if shape is Shape.RANDOM else None
    if shape in (*_GUESSED, Shape.WORD):
        if stands_in and reading.kind in _ANYBODYS and shape is Shape.WEAK and file in _RUNS:
            return Judgement(reading.kind, LOW, placeholder=True)  # of a key that the app itself may have made
        return _guessable(reading, shape, file)
    if file is FileRole.DOCS and shape is not Shape.RANDOM:
        return None
    theirs = shape is Shape.RANDOM and kind(reading.kind).issuer is Issuer.VENDOR  # nobody makes one up for a test
    named = file is FileRole.DOCS and reading.kind not in _ANYBODYS
    aside = is_aside(file) and not (theirs and (file is FileRole.CI or named))
    doubted = shape is Shape.MIXED and kind(reading.kind).issuer is Issuer.VENDOR and kind(reading.kind).pattern
    return Judgement(reading.kind, HIGH if file in _RUNS and not doubted else MEDIUM, test_only=aside)


_OF_ACCOUNTS = ("database-url", "basic-auth-url")
# of no vendor: documentation shows answers that hold one
_ANYBODYS = ("api-key", "access-token", "oauth-client-secret", "json-web-token")
_RUNS = (FileRole.DEPLOY, FileRole.ENVIRONMENT, FileRole.CONFIG)


def _guessable(reading: NameReading, shape: Shape, file: FileRole) -> Judgement | None:
    """A word or a placeholder works where the app itself decides what is right, in files that say what runs."""
    if kind(reading.kind).issuer is not Issuer.SELF or file not in _RUNS:
        return None
    if shape is Shape.PLACEHOLDER and file is not FileRole.DEPLOY and reading.kind not in _OWN_KEYS:
        return None
    if shape is Shape.NAME and file is FileRole.CONFIG:
        return None
    return Judgement(reading.kind, MEDIUM, placeholder=shape is not Shape.WORD)


def is_aside(file: FileRole) -> bool:
    """Whether a file is beside the running app, so that what it holds weighs less."""
    return file in (FileRole.TEST, FileRole.EXAMPLE, FileRole.CI, FileRole.DOCS)
