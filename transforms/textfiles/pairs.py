"""How a line gives a name a value: almost the same everywhere; what Docker, Terraform, shell and JSON do otherwise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.secrets.commands import short_options

# NAME = value, NAME: value, - NAME=value, export NAME=value, -e NAME=value
ASSIGNED = re.compile(r"(?<!\$\{)(?<!\w)(?P<name>[A-Za-z_][\w.-]{1,78})\s*(?P<sep>:=|=>|[:=])\s*(?P<value>[^\s\"'].*)$")
# the same with quotes, any number of times in a line; "NAME": "value" too
QUOTED = re.compile(
    r"(?P<name>[A-Za-z_][\w.-]{1,78})[\"']?\s*(?::=|=>|[:=])\s*(?P<quote>[\"'])(?P<value>[^\"'\n]{1,600})(?P=quote)"
)
DEFAULT = re.compile(r"\$\{(?P<name>\w+):?-(?P<value>[^${}]+)\}")  # ${NAME:-default}
_SHELL_DEFAULT = re.compile(r"\$\{(?P<name>\w+):?=(?P<value>[^${}]+)\}")  # : "${NAME:=default}"
_DOCKER = re.compile(r"^\s*(?:ENV|ARG)\s+(?P<name>[A-Za-z_]\w*)\s+[\"']?(?P<value>[^\s\"'=]+)[\"']?\s*$")
# a variable anywhere in a line of a program: `docker run -e NAME=value`, `RUN NAME=value make`, `echo NAME=value`
_VARIABLES = re.compile(
    r"(?<![\w$.%-])(?<!\$\{)(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)=(?P<quote>[\"']?)(?P<value>[^\s\"'`$*;&|<>(){}\[\],\\]{3,})(?P=quote)"
)
# `{name: NAME, value: ...}` and the other way round; an option of a command and what is behind it
_NAMED = re.compile(
    r"[\"']?(?:key|name|Name|variable)[\"']?\s*[:=]\s*[\"']?(?P<name>[A-Za-z_]\w+)[\"']?\s*,\s*[\"']?(?:value|Value|default)"
    r"[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"'{}\[\],$]+)"
)
_OPTION = re.compile(
    r"(?<![\w-])--(?P<name>[a-z][a-z-]*[a-z])(?:\s+|=|[\"'],\s*)(?P<quote>[\"']?)(?P<value>[^\s\"'$<>\[\](){}-][^\s\"'$<>\[\](){}]+)"
)
_IN_BRACES = re.compile(
    r"[{,]\s*(?P<name>[A-Za-z_][\w.-]{1,78})\s*:\s+(?P<value>[^\s\"'{}\[\],$&*!][^\s\"'{}\[\],]*)\s*(?=[,}])"
)
_GETENV = re.compile(r"(?:getenv|environ\.get)\(\s*[\"'](?P<name>\w+)[\"']\s*,\s*[\"'](?P<value>[^\"']+)[\"']")
_HEADER = re.compile(r"\b[Aa]uthorization\s*(?::|\s[\"'])\s*(?:Bearer|Token|token|Basic)\s+(?P<value>[\w.~+/=-]{16,})")
_FIELD = re.compile(r"\s-H\s+[\"'](?P<name>[A-Za-z][\w-]+)\s*:\s*(?P<value>[^\s\"'$<>{}]{8,})[\"']")
_CELLS = re.compile(r"^\s*\|\s*`?(?P<name>[A-Za-z_]\w{2,60})`?\s*\|\s*`?(?P<value>[^\s`|]{16,})`?\s*\|")
_NETRC = re.compile(r"\bpassword\s+(?P<value>\S+)")
_PGPASS = re.compile(r"^(?:(?:[^:\\]|\\.)*:){4}(?P<value>(?:[^:\\\s]|\\.)+)\s*$")  # host:port:database:user:password
# an entry in two lines: `- key: NAME` and `value: ...`; a Terraform variable and its default
_ENTRY = re.compile(r"^\s*-?\s*(?:key|name|Name|variable)\s*:\s*[\"']?(?P<name>[A-Za-z_]\w+)[\"']?\s*$")
_VARIABLE = re.compile(r"^\s*variable\s+\"(?P<name>\w+)\"\s*\{")
_PLIST = re.compile(r"^\s*<key>(?P<name>[\w.-]+)</key>\s*$")
_ENTRY_VALUE = re.compile(
    r"^\s*-?\s*(?:value|Value|default)\s*[:=]\s*[\"']?(?P<value>[^\s\"'][^\"'#]*?)[\"']?\s*(?:#.*)?$"
)
# NAME=value of a shell, with a command behind it
_BEFORE_COMMAND = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>[^\s\"'$`;&|()<>\\]+)(?=\s*;|\s+\w)")
_SHELLS = frozenset((".sh", ".bash", ".zsh"))
PROSE = frozenset((".md", ".rst", ".txt"))
_CODE = frozenset((".sh", ".bash", ".zsh", ".ps1", ".bat", ".tf"))
_REFERS = frozenset((".tf", ".tfvars"))  # what stands without quotes there is a name
_DASHED = frozenset((".sql", ".lua", ".hs"))
_YAML = frozenset((".yml", ".yaml"))
_QUOTED_ALONE = frozenset((".json", ".ipynb"))


@dataclass(frozen=True, slots=True)
class Pair:
    """A name with its value, and the column where the value begins."""

    name: str
    value: str
    column: int
    stands_in: bool = False  # for a variable that is not set


def pairs(line: str, entry: str, suffix: str) -> Iterator[Pair]:
    """Every name with its value in a line; `entry` is the name that the line before began to give a value to."""
    if entry and (match := _ENTRY_VALUE.match(line)):
        yield Pair(entry, match["value"], match.start("value"))
    for pattern in (DEFAULT, _GETENV):
        if match := pattern.search(line):
            yield Pair(match["name"], match["value"], match.start("value"), stands_in=True)
    if match := _DOCKER.search(line):
        yield _pair(match)
    if suffix == ".netrc" and (match := _NETRC.search(line)):
        yield Pair("password", match["value"], match.start("value"))
    if suffix == ".pgpass" and (match := _PGPASS.match(line)):
        yield Pair("database_password", match["value"], match.start("value"))
    yield from _of_commands(line)
    if "alue" in line or "default" in line:
        yield from map(_pair, _NAMED.finditer(line))
    if suffix in _SHELLS and (match := _BEFORE_COMMAND.match(line) or _SHELL_DEFAULT.search(line)):
        yield _pair(match)
    for pattern in (_FIELD, _CELLS) if suffix in PROSE | _SHELLS else ():
        if match := pattern.search(line):
            yield _pair(match)
    if suffix in _YAML and "{" in line:
        yield from map(_pair, _IN_BRACES.finditer(line))
    if match := _HEADER.search(line):
        yield Pair("auth_token", match["value"], match.start("value"))
    yield from map(_pair, QUOTED.finditer(line))
    if "=" in line and suffix not in _QUOTED_ALONE:
        yield from (_pair(each) for each in _VARIABLES.finditer(line) if suffix not in _REFERS or each["quote"])
    if suffix not in _QUOTED_ALONE | _REFERS and (match := ASSIGNED.search(line)):
        value = _bare(match["sep"], match["value"], suffix)
        if value:
            yield Pair(match["name"], value, match.start("value"))


def _of_commands(line: str) -> Iterator[Pair]:
    """What options say: `--api-key ...`, `mysql -p...`."""
    if "--" in line:
        yield from (
            Pair(each["name"].replace("-", "_"), each["value"], each.start("value")) for each in _OPTION.finditer(line)
        )
    for each in short_options(line):
        yield Pair(each.name, each.value, each.start)


def begun(line: str, entry: str) -> str:
    """The name that the next line may give a value to."""
    if "key" in line or "ame" in line or "ariable" in line:
        match = _ENTRY.match(line) or _VARIABLE.match(line) or _PLIST.match(line)
        if match is not None:
            return match["name"]
    in_block = entry != "" and re.match(r"\s*(?:description|type|sensitive)\s*=", line) is not None
    return entry if in_block else ""


def default_of(password: str) -> str:
    """`${DB_PASSWORD:-default}` falls back to its default; anything else is itself."""
    match = DEFAULT.fullmatch(password)
    return match["value"] if match else password


def is_comment(line: str, suffix: str) -> bool:
    """Whether a line is a comment in a format of that suffix."""
    start = line.lstrip()[:2]
    if suffix in PROSE:
        return False
    if start == "--":
        return suffix in _DASHED  # elsewhere it begins an option
    return start[:1] == "#" or start == "//" or (start[:1] == ";" and suffix in (".ini", ".cfg"))


def _pair(match: re.Match[str]) -> Pair:
    return Pair(match["name"], match["value"], match.start("value"))


def _bare(separator: str, value: str, suffix: str) -> str:
    """A value without quotes: up to a comment; nothing where it is a word of prose or of a program."""
    value = re.split(r"\s+#|\s*;\s*$|\s*\\$", value)[0].strip().rstrip(",\"'")
    value = value if "{" in value else value.rstrip("}")
    is_program = suffix in _CODE | PROSE | {".sql"}
    if suffix in PROSE and separator == ":" and re.fullmatch(r"\S{16,}", value):
        return value  # no word of a sentence is as long
    if is_program and (separator == ":" or re.search(r"[\s()<>|$`]", value)):
        return ""
    return "" if re.search(r"\(.*\)?$|\[", value) else value
