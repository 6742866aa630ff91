"""Passwords inside addresses: `scheme://user:password@host`, and keys in their queries: `?api_key=...`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.secrets.values import Shape, fake, made, random_looking, shape_of

# A variable is read in one way only: what could be read in two takes a text of many of them a time without end.
_VARIABLE = r"\$\{[^}\s]{0,200}\}"
_ADDRESS = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{{1,30}})://(?P<user>(?:{_VARIABLE}|[^\s:/@'\"`<>$]){{0,64}})"
    rf":(?P<password>(?:{_VARIABLE}|\$(?!{_VARIABLE[2:]})|[^\s/@'\"`$]){{1,200}})"
    r"@(?P<host>[^\s/:'\"`?,)]*)"
)
_QUERY = re.compile(
    r"[?&](?:api_?key|appid|app_?key|(?:access|auth)_?token|token|key|secret|client_secret|subscription-key)="
    r"(?P<value>[0-9A-Za-z_.~-]{16,200})",
    re.IGNORECASE,
)
MARK = re.compile(
    rb"(?i:[?&][a-z_-]{0,12}(?:key|token|appid|secret)=[0-9a-z_.~-]{16})|://[^\s:/@'\"]{0,64}:[^\s/@'\"]{1,200}@|(?i:[\s;,'\"](?:password|pwd)=[^\s;'\"=,)]{2})"
)
_DATABASE = re.compile(
    r"postgres|postgis|psql|mysql|mariadb|mongo|redis|mssql|oracle|amqp|cockroach|clickhouse|neo4j|bolt|cassandra|"
    r"couchdb|snowflake|redshift|timescale|sqlserver|driver",
    re.IGNORECASE,
)
_DSN = re.compile(r"(?i)(?:^|[\s;,])(?:password|pwd)\s*=\s*(?P<password>[^\s;'\"]{1,100})")
_DSN_PARTNER = re.compile(r"(?i)(?:^|[\s;,])(?:user|uid|user id|dbname|database|host|server)\s*=\s*(?P<host>[\w.-]*)")
# a host that is nobody's: with a guessable password before it, an address shows what one looks like
_NOWHERE = re.compile(
    r"(?:db[-_]?|your[-_]?\w*|my[-_]?)?host(?:name)?|your[-_.][\w.-]+|(?:[\w-]+\.)*example(?:\.\w+)?", re.I
)
_GUESSED = (Shape.PLACEHOLDER, Shape.WEAK, Shape.NAME)
_LOCAL = frozenset(("localhost", "127.0.0.1", "0.0.0.0", "[", "::1"))  # noqa: S104  compared, not bound


@dataclass(frozen=True, slots=True)
class AddressPassword:
    """A password in an address: where it stands in the text, and what the address is of."""

    kind: str
    password: str
    start: int
    end: int
    local: bool  # on this machine, or a host name without a dot (another container)
    user: str = ""

    def shape(self, password: str = "") -> Shape:
        """What the password looks like beside its account; `password` is the default of a variable in its place."""
        text = password or self.password
        found = shape_of(text)
        if found in (Shape.WORD, Shape.MIXED) and text.lower() == self.user.lower():
            return Shape.WEAK  # the first thing that anybody tries
        return Shape.RANDOM if found is Shape.MIXED and made(text) else found


def is_of_database(scheme: str) -> bool:
    """Whether an address with this scheme is that of a database or of a queue."""
    return _DATABASE.search(scheme) is not None


def passwords_in(text: str) -> Iterator[AddressPassword]:
    """Every password in an address within a text, templates included: their shape says that they are none."""
    if (match := _DSN.search(text)) and (partner := _DSN_PARTNER.search(text)) and "://" not in text:
        yield AddressPassword("database-url", match["password"], *match.span("password"), "." not in partner["host"])
    for match in _QUERY.finditer(text) if "=" in text else ():
        if random_looking(match["value"]) and not fake(match["value"]):
            yield AddressPassword("api-key", match["value"], *match.span("value"), False)
    if "://" not in text or "@" not in text:
        return
    for match in _ADDRESS.finditer(text):
        kind = "database-url" if is_of_database(match["scheme"]) else "basic-auth-url"
        host = match["host"].lower()
        if _NOWHERE.fullmatch(host) and shape_of(match["password"]) in _GUESSED:
            continue
        local = host in _LOCAL or "." not in host
        yield AddressPassword(kind, match["password"], *match.span("password"), local, match["user"])
