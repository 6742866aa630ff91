"""Passwords in running text: beside an account in a message or a comment, in SQL, in code that was commented out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.secrets.names import read_name
from transforms.secrets.values import Shape, shape_of

_MAIL = r"(?<![\w:/.+-])[\w.+-]+@[\w-]+\.[\w.]{2,10}"
_VALUE = r"(?P<value>[^\s'\"`,;(){}<>|]{4,64})"
_PAIRS = (
    re.compile(rf"{_MAIL}\s*(?:/|\||:|,|->|→|with)\s*(?:password:?\s*)?{_VALUE}", re.IGNORECASE),
    re.compile(
        rf"\b(?:user(?:name)?|login|e-?mail|account)\s*[:=]\s*\S+.{{0,60}}?\b(?:password|pass|pwd|pw)\s*[:=]\s*{_VALUE}",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(
        r"(?<![\w/])(?:admin|root|demo|superuser|administrator)\s*/\s*(?P<value>[^\s'\"`,;(){}<>|/]{4,64}+)(?!/)",
        re.IGNORECASE,  # and not `/admin/users/1`
    ),
    re.compile(
        rf"\b(?:default|admin|initial|demo|test|temporary|temp)\s+(?:password|pass|pwd)\s*(?:is|:|=)\s*{_VALUE}",
        re.IGNORECASE,
    ),
    re.compile(rf"^\W*(?:password|pass|pwd)\s*[:=]\s*{_VALUE}\W*$", re.IGNORECASE),
)
_SQL_MARK = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|update\s+\S+\s+set|(?:create|alter|grant)\s+\w+|where)\s", re.IGNORECASE
)
_ROLE = re.compile(r"\b(?:create|alter|grant)\s+(?:user|role|login|all|usage|select)\b", re.IGNORECASE)
_SQL_PASSWORD = re.compile(r"\b(?:password|identified\s+by)\s+'([^']{1,200})'", re.IGNORECASE)
_UPDATE = re.compile(
    r"\bupdate\s+[\w.\"`\[\]]+\s+set\s+[^;]{0,300}?\b(?P<name>\w*(?:passw|pwd|secret|token|api_?key)\w*)[\"`\]]?\s*=\s*"
    r"'(?P<value>[^']{1,200})'",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\b(?:where|and|or)\s{1,40}\(?(?:\w{1,60}\.)?[\"`\[]?(?P<name>\w{3,60})[\"`\]]?\s{0,9}(?:==?|\blike\b)\s{0,9}"
    r"'(?P<value>[^'\n]{3,200})'",
    re.IGNORECASE,
)
_INSERT = re.compile(
    r"\binsert\s+(?:or\s+\w+\s+)?into\s+[\"`\[]?(?:\w+\.)?(?P<table>\w+)[\"`\]]?\s*(?:\((?P<columns>[^()]*)\))?\s*values\s*",
    re.IGNORECASE,
)
_HASHED = re.compile(r"\b(?:crypt|md5|sha1|sha2|sha256|password|digest)\(\s*'([^']{3,100})'", re.IGNORECASE)
_ROW = re.compile(r"\(((?:'(?:[^']|'')*'|[^()']|\([^()]*\))*)\)\s*,?\s*")
_CELL = re.compile(r"\s*('(?:[^']|'')*'|[^,']*)\s*(?:,|$)")
_ACCOUNTS = re.compile(
    r"(?:user|account|admin|login|member|employee|staff|credential|customer)s?"
    r"(?:_?(?:accounts?|data|details?|info|list|master|profiles?|table|tbl))?\d*$",
    re.IGNORECASE,
)  # `customer_orders` is about something else
_PASSWORD_COLUMN = re.compile(r"passw|pwd|passphrase|^pass$", re.IGNORECASE)
_COMMENTED = re.compile(
    r"^[^\n\"'#]*#+[ \t]*(?:[\w.]*\.)?(?P<name>\w+)?(?:\[[\"'](?P<key>\w+)[\"']\])?[ \t]*(?::[^=\n]+)?="
    r"[ \t]*(?P<quote>[\"'])(?P<value>[^\"'\n]{3,400})(?P=quote)(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_COMMENTED_ENTRY = re.compile(
    r"^[ \t]*#[^\n]*?[(,{ \t](?P<mark>[\"']?)(?P<name>[A-Za-z_]\w{2,60})(?P=mark)[ \t]*(?P<sep>[=:])[ \t]*"
    r"(?P<quote>[\"'])(?P<value>[^\"'\n]{8,400})(?P=quote)(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_COMMENTED_LINE = re.compile(
    r"^[ \t]*#+[ \t]*(?:export[ \t]+)?(?P<name>[A-Z][A-Z0-9_]+)=(?P<value>[^\s\"'{}$<>(\[]{6,200})[ \t]*$", re.MULTILINE
)
_HINT = re.compile(r"change|example|replace|e\.g\.|placeholder|dummy|your", re.IGNORECASE)


_REMARK = re.compile(r"^[^\n\"'#]*(?P<remark>#[^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A value in a text and the name that goes with it."""

    name: str
    value: str
    start: int
    end: int


def accounts_in(text: str) -> Iterator[Mention]:
    """Passwords that stand beside an account or under their own label, if they look like chosen or made ones."""
    taken: set[tuple[int, int]] = set()
    for pattern in _PAIRS:
        for match in pattern.finditer(text):
            value = match["value"].rstrip(".:!?*_")
            span = (match.start("value"), match.start("value") + len(value))
            if span not in taken and _password_like(value):
                taken.add(span)
                yield Mention("password", value, *span)


def is_sql(text: str) -> bool:
    """Whether a text may be a statement with a literal in it."""
    return "'" in text and _SQL_MARK.search(text) is not None


def makes_role(text: str) -> bool:
    """Whether a statement makes or changes a database role: those take no parameters."""
    return _ROLE.search(text) is not None


def sql_passwords(text: str) -> Iterator[Mention]:
    """Passwords in statements that make a database role, fill a table of accounts, or look for one in it."""
    for match in _SQL_PASSWORD.finditer(text) if _ROLE.search(text) else ():
        if _stored(match[1], labelled=True):
            yield Mention("database_password", match[1], *match.span(1))
    for match in _HASHED.finditer(text):
        yield Mention("password", match[1], *match.span(1))
    for match in _UPDATE.finditer(text):
        if _stored(match["value"], labelled=True):
            yield Mention(match["name"], match["value"], *match.span("value"))
    for match in _WHERE.finditer(text) if "where" in text.lower() else ():
        reading = read_name(match["name"])
        if reading is not None and reading.strong and _stored(match["value"], labelled=False):
            yield Mention(match["name"], match["value"], *match.span("value"))
    for match in _INSERT.finditer(text):
        yield from _inserted(text, match)


def commented_out(text: str) -> Iterator[Mention]:
    """`# NAME = "value"`: code that somebody switched off and left in place. Hints to change it make it an example."""
    for match in _COMMENTED.finditer(text):
        name = match["key"] or match["name"]
        if name and not _HINT.search(match["rest"]):
            yield Mention(name, match["value"], *match.span("value"))
    for match in _COMMENTED_LINE.finditer(text):
        if not _HINT.search(match[0]):
            yield Mention(match["name"], match["value"], *match.span("value"))
    yield from _commented_entries(text)


def remarks(text: str) -> Iterator[tuple[int, str]]:
    """What may be comments of a Python text, each with where it begins; not those behind a string."""
    for match in _REMARK.finditer(text):
        yield match.start("remark"), match["remark"]


def _commented_entries(text: str) -> Iterator[Mention]:
    """`# client = Client(api_key="...")`, `# "password": "...",`: an argument or an entry that was switched off."""
    for match in _COMMENTED_ENTRY.finditer(text):
        is_entry = match["sep"] == "=" or match["mark"] != ""
        if is_entry and not _HINT.search(match[0]) and shape_of(match["value"]) is Shape.RANDOM:
            yield Mention(match["name"], match["value"], *match.span("value"))


def _inserted(text: str, match: re.Match[str]) -> Iterator[Mention]:
    columns = [column.strip().strip('"`[]') for column in (match["columns"] or "").split(",")]
    wanted = {index for index, column in enumerate(columns) if _PASSWORD_COLUMN.search(column)}
    if not wanted and (match["columns"] or not _ACCOUNTS.search(match["table"])):
        return
    position = match.end()
    while row := _ROW.match(text, position):
        for index, cell in enumerate(_CELL.finditer(row[1])):
            value = cell[1][1:-1] if cell[1].startswith("'") else ""
            if (index in wanted if wanted else index > 0) and value and _stored(value, bool(wanted)):
                start = row.start(1) + cell.start(1) + 1
                yield Mention("password", value, start, start + len(value))
        position = row.end()


def _stored(value: str, labelled: bool) -> bool:
    shape = shape_of(value)
    if labelled:
        return shape not in (Shape.NOTHING, Shape.TEXT)
    return shape in (Shape.MIXED, Shape.RANDOM, Shape.HASH) and not re.fullmatch(r"[\d.:+\- ]+", value)


def _password_like(value: str) -> bool:
    return (
        shape_of(value) in (Shape.MIXED, Shape.RANDOM) and len(value) >= 6 and re.search(r"[A-Za-z]", value) is not None
    )
