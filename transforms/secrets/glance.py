"""A first look at a file's bytes: may it hold a secret at all? Most files are let go here, before anything is parsed.

Everything is a search for fixed words, and a pattern only where one was found: a hundred thousand lines cost a few
tenths of a second.
"""

import functools
import re
from dataclasses import dataclass

from transforms.imported import imported
from transforms.secrets import kinds
from transforms.secrets.commands import may_hold_commands
from transforms.secrets.keys import may_hold_key
from transforms.secrets.spoken import NEAR, WORDS, names_a_secret, occurrences
from transforms.secrets.written import may_hold_settings

# What else announces a secret, in lower case. Near it must stand a literal that could be a value, as near a name.
_SIGNS = (
    b"hashpw", b"hash(", b"jwt.", b"auth=", b"authorization", b"fernet(", b".login(", b"credential", b"creds",
    b"logins", b"users = ", b"users: ", b"accounts = ", b"admins = ", b"_user(",
    b"appid", b"auth = (", b"superuser(", b"register(", b"_account(", b"authenticate(",
)  # fmt: skip
_PHRASE = re.compile(rb"secret_?key[\"'\])]*\s*[=:,]\s*[\"'][^\"'\n]{6}")  # a key that is a sentence
_LONG = re.compile(
    rb"[\"'](?=[^\"'\s]{0,40}\d)[\w+/=.~-]{16,}[\"']"
)  # a literal that may be a key, whatever it is called
_SAID = re.compile(rb"[^\n]{0,30}?[:=/]\s*[^\s\"'{}()<>,]{6}")  # `password: ...`, `password=...` inside a text
_IN_LOOP = re.compile(rb"\bfor [^\n]{0,80}passw[^\n]{0,40} in ")
_URL = re.compile(rb"://[^\s:/@'\"]{0,64}:[^\s/@'\"]{1,200}@")
_JOINED = re.compile(rb"://[\w.{}-]{0,64}:?[\"']\s{0,40}\+[^@]{1,200}?[\"'][^\"'\s@]{0,80}@")
_QUERY = re.compile(rb"[?&][a-z_-]{0,12}(?:key|token|appid|secret)=[0-9a-z_.~-]{16}")
_ACCOUNT = re.compile(rb"@[\w.-]{3,60}\s*(?:/|\||->|,|:)\s*[\w@#$!%-]{6}")
_REMARKED = re.compile(rb"#[^\n]{0,200}@[\w.-]{3,60}\s*(?:/|\||->|,|:)\s*[\w@#$!%-]{6}")  # the same in a comment
_FILLED_IN = re.compile(rb"\}\s*(?:/|\||->|,|:)\s*[\w@#$!%-]{6}")  # the same behind `{user.email}` of an f-string
_FILLED_NAMES = (b"mail}", b"user}", b"username}", b"login}")
_SQL = re.compile(
    rb"\b(?:insert\s+(?:or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|(?:create|alter)\s+(?:user|role|login)\s|identified\s+by\s+[^\w\s])"
    rb"|where\s[^;\"]{0,300}?(?:passw|pwd|secret|token|api_?key)\w{0,20}[\"`\]]?\s{0,9}(?:=|like)\s{0,9}'[^'\n]{3}"
)
_ENTERED_WORDS = (
    b"passw",
    b"getpass",
    b"pin",
    b"access code",
    b'_key"',
    b'-key"',
    b'token"',
    b'secret"',
    b"_key'",
    b"token'",
)
_ENTERED = re.compile(
    rb"getpass\(|hide_input=true|password=true|type=[\"']password|show=[\"']\*"
    rb"|(?:input|prompt|ask|askstring)\(\s{0,20}f?[\"'][^\"'\n]{0,60}"
    rb"\b(?:password|passwort|passphrase|passcode|pin|access code|key)\b"
    rb"|(?:form|request|req|data|json|body|payload|post|args|headers|cookies|params|values)(?:\(\))?"
    rb"(?:\.get\(|\[)\s?[\"'][\w-]{0,30}(?:passw|pwd|secret|token|key)"
)
_COULD_BE_ONE = re.compile(
    rb"\s{0,9}b?[\"'](?=[^\"'\s]{0,60}[\d@#$!%&*]|(?:admin|root|secret|password|postgres|test)\b)[^\"'\s]{3,60}[\"']"
)
_SQL_WORDS = (b"insert", b"update", b"create", b"alter", b"identified", b"where")  # what it begins with
# Names of settings: a file that only uses one has to be read too, for what moves takes its uses along.
_SETTING = re.compile(rb"\b[A-Z][A-Z0-9_]*(?:_KEY|_TOKEN|SECRET|PASSWORD|_PASS|_PWD|_URL|_URI|_DSN)\b")
_SETTING_ENDS = (b"_KEY", b"_TOKEN", b"SECRET", b"PASSWORD", b"_PASS", b"_PWD", b"_URL", b"_URI", b"_DSN")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a file may hold: a name with a literal near it, texts that matter whatever they are called."""

    named: bool
    texts: bool
    typed: bool  # somebody types or sends a secret, and something is compared with a literal that could be one

    @property
    def anything(self) -> bool:
        return self.named or self.texts or self.typed


@functools.lru_cache(maxsize=8)  # it is asked for again when the file is read
def glance(content: bytes) -> Glance:
    """Look at the bytes of a file. Mistakes are on the side of looking closer."""
    lower = content.lower()
    return Glance(
        named=_named(content, lower) or _calls_client(content),
        texts=_has_address(lower) or _has_sql(lower) or _has_written(content, lower),
        typed=_typed(lower),
    )


@functools.lru_cache(maxsize=8)
def setting_names(content: bytes) -> frozenset[str]:
    """The names in a file that are written like settings which hold secrets."""
    if not any(end in content for end in _SETTING_ENDS):
        return frozenset()
    return frozenset(match.decode() for match in set(_SETTING.findall(content)))


def speaks_of_secrets(part: bytes, content: bytes) -> bool:
    """Whether a part of a file has a word of secrets or calls what takes one: their values may stand elsewhere."""
    lower = part.lower()
    return any(word in lower for word in (*WORDS, *_SIGNS)) or any(call in part for call in _calls(content))


def _named(content: bytes, lower: bytes) -> bool:
    if names_a_secret(content, lower) or any(NEAR.match(lower, after) for after in occurrences(lower, _SIGNS)):
        return True
    return (b"secret" in lower and _PHRASE.search(lower) is not None) or _said(lower)


def _calls_client(content: bytes) -> bool:
    """Whether a client is made, or a method called, that takes a secret, where no word near it may say so."""
    by_place, by_name = _clients()
    packages = imported(content)
    if any(call in content for each in packages & by_place.keys() for call in by_place[each]):
        return True
    named = (call for each in packages & by_name.keys() for call in by_name[each])
    return any(call in content for call in named) and _LONG.search(content) is not None


def _calls(content: bytes) -> list[bytes]:
    """The calls that take a secret by position, of the packages that a file imports."""
    calls, _ = _clients()
    return [call for package in imported(content) & calls.keys() for call in calls[package]]


@functools.cache
def _clients() -> tuple[dict[bytes, tuple[bytes, ...]], dict[bytes, tuple[bytes, ...]]]:
    """The calls to look for in a file that imports a package: those that take a secret by position, and all others."""
    by_place, by_name = (_last_names(in_place) for in_place in (True, False))
    return by_place, by_name


def _last_names(in_place: bool) -> dict[bytes, tuple[bytes, ...]]:
    names: dict[bytes, set[bytes]] = {}
    for call in (call for kind in kinds() for call in kind.calls if (call.position is not None) is in_place):
        package, _, _ = call.reference.partition(".")
        names.setdefault(package.encode(), set()).add(call.reference.rpartition(".")[2].encode() + b"(")
    return {package: tuple(sorted(last)) for package, last in names.items()}


def _said(lower: bytes) -> bool:
    speaks = b"print(" in lower or b"log" in lower or b"echo(" in lower
    if b"@" in lower and b"#" in lower and _REMARKED.search(lower) is not None:
        return True
    if speaks and (_ACCOUNT.search(lower) is not None or _says_filled_in(lower)):
        return True
    if b"passw" in lower and _IN_LOOP.search(lower) is not None:
        return True
    said = (after for after in occurrences(lower, (b"password", b"login", b"pwd")) if _SAID.match(lower, after))
    return any(speaks or b"#" in lower[lower.rfind(b"\n", 0, after) + 1 : after] for after in said)


def _says_filled_in(lower: bytes) -> bool:
    return any(_FILLED_IN.match(lower, after - 1) for after in occurrences(lower, _FILLED_NAMES))


def _typed(lower: bytes) -> bool:
    compared = occurrences(lower, (b"== ", b"!= ", b" in (", b" in ["))
    if not any(_COULD_BE_ONE.match(lower, after) for after in compared):  # so most files are let go
        return False
    return any(word in lower for word in _ENTERED_WORDS) and _ENTERED.search(lower) is not None


def _has_address(lower: bytes) -> bool:
    if b"://" in lower and b"@" in lower and (_URL.search(lower) is not None or _JOINED.search(lower) is not None):
        return True
    if any(word in lower for word in (b"key=", b"token=", b"appid=", b"secret=")) and _QUERY.search(lower) is not None:
        return True
    return any(
        lower[after : after + 1] not in (b"", b"=", b" ") for after in occurrences(lower, (b"password=", b"pwd="))
    )


def _has_written(content: bytes, lower: bytes) -> bool:
    return may_hold_settings(content, lower) or may_hold_key(content) or may_hold_commands(content)


def _has_sql(lower: bytes) -> bool:
    return any(_SQL.match(lower, after - len(word)) for word in _SQL_WORDS for after in occurrences(lower, (word,)))
