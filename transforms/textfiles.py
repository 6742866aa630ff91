"""Secrets in files that are not Python: `.env`, YAML, TOML, INI, JSON, compose, Dockerfiles, SQL, shell, Markdown.

They are read line by line, without a parser for each format: a line that gives a name a value looks much the same in
all of them. What such a file holds (a signing key in `.env`, a database password in compose) is a fact like any other,
but nothing here is ever edited.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from transforms.concepts import Place, SecretRole, SecretUse
from transforms.facts import Facts
from transforms.secrets import kind
from transforms.secrets.addresses import passwords_in
from transforms.secrets.files import FileRole, text_role
from transforms.secrets.judgement import Judgement, judge_key, judge_text, judge_url
from transforms.secrets.keys import KeySearch
from transforms.secrets.names import read_name, secret_name
from transforms.secrets.prose import sql_passwords
from transforms.secrets.values import Shape, shape_of
from transforms.secrets.vocabulary import words
from transforms.source import SourceFile, decode, refuse_unreadable

_SUFFIXES = words(
    ".yml .yaml .toml .ini .cfg .conf .json .properties .env .sql .sh .bash .zsh .ps1 .bat .md .rst .txt .tf "
    ".tfvars .ipynb .example .template .sample .dist .dockerfile"
)
_KEYS_ONLY = words(".js .jsx .ts .tsx .mjs .cjs .vue .html .htm")  # only what has a vendor's shape
_NAMES = re.compile(
    r"^(?:\.?env(?:\..*)?|.*\.env(?:\..*)?|dockerfile.*|.*dockerfile|procfile|makefile|\.npmrc|\.pypirc|\.netrc)$"
)
_PASSED_OVER = re.compile(
    r"(?:^|/)(?:package-lock\.json|composer\.lock|pnpm-lock\.yaml|yarn\.lock|poetry\.lock|uv\.lock|requirements[\w.-]*\.txt|"
    r"robots\.txt|LICENSE[\w.]*|CHANGELOG[\w.]*|tsconfig[\w.]*\.json|package\.json|swagger[\w.]*\.json|openapi[\w.]*\.ya?ml)$"
    r"|\.min\.js$|\.map$|(?:^|/)(?:locales?|i18n|translations)/",
    re.IGNORECASE,
)
_LONGEST_LINE = 2_000
_MOST_LINES = 20_000

# A line is looked at only if one of these is in it.
_WORTH = re.compile(
    r"pass|pwd|secret|token|key|pw\b|://|PASS|PWD|SECRET|TOKEN|KEY|Pass|Secret|Token|Key|-u |--user|-a "
)
# NAME = value, NAME: value, - NAME=value, export NAME=value, -e NAME=value
_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_][\w.-]{1,78})\s*(?P<sep>:=|=>|[:=])\s*(?P<value>[^\s\"'].*)$")
# the same with quotes, any number of times in a line; "NAME": "value" too
_QUOTED = re.compile(
    r"(?P<name>[A-Za-z_][\w.-]{1,78})[\"']?\s*(?::=|=>|[:=])\s*(?P<quote>[\"'])(?P<value>[^\"'\n]{1,600})(?P=quote)"
)
_DOCKER = re.compile(r"^\s*(?:ENV|ARG)\s+(?P<name>[A-Za-z_]\w*)\s+[\"']?(?P<value>[^\s\"']+)[\"']?\s*$")
_DEFAULT = re.compile(r"\$\{(?P<name>\w+):?-(?P<value>[^${}]+)\}")  # ${NAME:-default}
_GETENV = re.compile(r"(?:getenv|environ\.get)\(\s*[\"'](?P<name>\w+)[\"']\s*,\s*[\"'](?P<value>[^\"']+)[\"']")
_BASIC = re.compile(r"\b(?:curl|https?)\b.*\s(?:-u|--user|-a)\s+[\"']?[\w.@-]+:(?P<value>[^\s\"']+)")
# an entry in two lines: `- key: NAME` and `value: ...`; a Terraform variable and its default
_ENTRY = re.compile(r"^\s*-?\s*(?:key|name|Name|variable)\s*:\s*[\"']?(?P<name>[A-Za-z_]\w+)[\"']?\s*$")
_VARIABLE = re.compile(r"^\s*variable\s+\"(?P<name>\w+)\"\s*\{")
_ENTRY_VALUE = re.compile(
    r"^\s*-?\s*(?:value|Value|default)\s*[:=]\s*[\"']?(?P<value>[^\s\"'][^\"'#]*?)[\"']?\s*(?:#.*)?$"
)
_PROSE = frozenset((".md", ".rst", ".txt"))
_CODE = frozenset((".sh", ".bash", ".zsh", ".ps1", ".bat", ".tf"))


def reads(path: str) -> bool:
    """Whether a file of that name may hold secrets that this reader sees."""
    name = PurePosixPath(path).name.lower()
    if _PASSED_OVER.search(path):
        return False
    return PurePosixPath(name).suffix in _SUFFIXES | _KEYS_ONLY or _NAMES.match(name) is not None


def read(source: SourceFile) -> Facts:
    """The facts of one file; raises Unreadable. They carry no module: nothing can be imported from it."""
    refuse_unreadable(source.content)
    uses = tuple(_File(source.path, decode(source.content)).uses())
    return Facts(source.path, "", secrets=uses)


class _File:
    """One text file while it is read."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.suffix = PurePosixPath(path).suffix.lower()
        self.role = text_role(path)
        self.keys = KeySearch(text)
        self.names: dict[str, str] = {}

    def uses(self) -> Iterator[SecretUse]:
        """Every secret, in the order of the lines."""
        lines = self.text.splitlines()[:_MOST_LINES]
        if self.suffix == ".ipynb":
            lines = list(_code_lines(self.text)) or lines
        sql = dict(self._sql()) if self.suffix in (".sql", ".sh", ".md") else {}
        entry = ""
        for number, line in enumerate(lines, 1):
            if number in sql:
                yield sql[number]
            elif (entry or self.keys.possible or _WORTH.search(line)) and (
                use := self._line(number, line[:_LONGEST_LINE], entry)
            ) is not None:
                yield use
            entry = _entry(line, entry)

    def _line(self, number: int, line: str, entry: str) -> SecretUse | None:
        if (use := self._shaped(number, line)) is not None or self.suffix in _KEYS_ONLY:
            return use
        if _is_comment(line, self.suffix):
            return None
        for name, value, column in self._pairs(line, entry):
            if (use := self._named(number, name, value, column)) is not None:
                return use
        return None

    def _shaped(self, number: int, line: str) -> SecretUse | None:
        """A vendor's key, or a password in an address."""
        match = _QUOTED.search(line) or _ASSIGNED.search(line)
        name = match["name"] if match else ""
        for key in self.keys.find(line):
            if self._counts(key.kind):
                judgement = judge_key(key, self.role, read_name(name))
                return self._use(judgement, name, line[key.start : key.end], number, key.start)
        if self.suffix in _KEYS_ONLY or _is_comment(line, self.suffix):
            return None
        for found in passwords_in(line):
            shape = shape_of(_default_of(found.password))
            in_address = judge_url(found.kind, shape, self.role, found.local)
            if in_address is not None:
                return self._use(in_address, name, found.password, number, found.start)
        return None

    def _counts(self, kind_id: str) -> bool:
        """A page in a browser shows its keys anyway; documentation shows hashes and tokens as examples."""
        if self.suffix in _KEYS_ONLY:
            return kind_id not in ("google-api-key", "json-web-token", "capability-url", "password-hash")
        return self.role is not FileRole.DOCS or kind_id not in ("json-web-token", "password-hash")

    def _pairs(self, line: str, entry: str) -> Iterator[tuple[str, str, int]]:
        """Every name with its value in a line, and where the value begins."""
        if entry and (match := _ENTRY_VALUE.match(line)):
            yield entry, match["value"], match.start("value")
        for pattern in (_DEFAULT, _GETENV, _DOCKER):
            if match := pattern.search(line):
                yield match["name"], match["value"], match.start("value")
        if match := _BASIC.search(line):
            yield "password", match["value"], match.start("value")
        for match in _QUOTED.finditer(line):
            yield match["name"], match["value"], match.start("value")
        if self.suffix not in (".json", ".ipynb") and (match := _ASSIGNED.search(line)):
            value = self._bare(match["sep"], match["value"])
            if value:
                yield match["name"], value, match.start("value")

    def _bare(self, separator: str, value: str) -> str:
        """A value without quotes: up to a comment; nothing where it is a word of prose or of a program."""
        value = re.split(r"\s+#|\s*;\s*$|\s*\\\\$", value)[0].strip().rstrip(",")
        is_program = self.suffix in _CODE | _PROSE | {".sql"}
        if is_program and (separator == ":" or re.search(r"[\s()<>|$`]", value)):
            return ""
        return "" if re.search(r"\(.*\)?$|\[", value) else value

    def _named(self, number: int, name: str, value: str, column: int) -> SecretUse | None:
        reading = read_name(name)
        if reading is None or _same_word(name, value):
            return None
        judgement = judge_text(reading, shape_of(value), self.role)
        return None if judgement is None else self._use(judgement, name, value, number, column)

    def _sql(self) -> Iterator[tuple[int, SecretUse]]:
        for mention in sql_passwords(self.text):
            number = self.text.count("\n", 0, mention.start) + 1
            column = mention.start - self.text.rfind("\n", 0, mention.start) - 1
            reading = read_name(mention.name)
            kind_id = reading.kind if reading else "account-password"
            if shape_of(mention.value) is Shape.HASH:
                kind_id = "password-hash"
            judgement = Judgement(
                kind_id, "medium", test_only=self.role in (FileRole.TEST, FileRole.EXAMPLE, FileRole.CI)
            )
            if self.role is not FileRole.DOCS and judge_text(reading, shape_of(mention.value), self.role) is not None:  # type: ignore[arg-type]
                yield number, self._use(judgement, mention.name, mention.value, number, column, SecretRole.IN_TEXT)

    def _use(
        self,
        judgement: Judgement,
        name: str,
        value: str,
        line: int,
        column: int,
        role: SecretRole = SecretRole.CONFIG_FILE,
    ) -> SecretUse:
        label = name or kind(judgement.kind).secret_name
        entry = self.names.setdefault(value, secret_name(label) or kind(judgement.kind).secret_name)
        return SecretUse(
            kind=judgement.kind,
            name=label,
            role=role,
            place=Place(line, column, line, column + len(value)),
            symbol=self.path,
            confidence=judgement.confidence,
            test_only=judgement.test_only,
            placeholder=judgement.placeholder,
            secret_name=entry,
            movable=False,
            file=self.path,
        )


def _entry(line: str, entry: str) -> str:
    """The name that the next line may give a value to."""
    if match := _ENTRY.match(line) or _VARIABLE.match(line):
        return match["name"]
    in_block = entry != "" and re.match(r"\s*(?:description|type|sensitive)\s*=", line) is not None
    return entry if in_block else ""


def _default_of(password: str) -> str:
    """`${DB_PASSWORD:-default}` falls back to its default; anything else is itself."""
    match = _DEFAULT.fullmatch(password)
    return match["value"] if match else password


def _same_word(name: str, value: str) -> bool:
    """`password: password` names a field, except where both are written as settings (`DB_PASSWORD=password`)."""
    return name.lower() == value.lower() and not name.isupper()


def _is_comment(line: str, suffix: str) -> bool:
    start = line.lstrip()[:2]
    if suffix in _PROSE:
        return False
    return start[:1] == "#" or start in ("//", "--") or (start[:1] == ";" and suffix in (".ini", ".cfg"))


def _code_lines(text: str) -> Iterator[str]:
    """The lines of a notebook in which only those of code cells are kept, at their places in the file."""
    try:
        cells = json.loads(text).get("cells", [])
        code = {
            line.rstrip("\n") for cell in cells if cell.get("cell_type") == "code" for line in cell.get("source", ())
        }
    except (ValueError, AttributeError, TypeError, RecursionError):
        return
    for line in text.splitlines():
        bare = line.strip().removesuffix(",")
        yield _notebook_line(bare, code)


def _notebook_line(bare: str, code: set[str]) -> str:
    try:
        value = json.loads(bare) if bare.startswith('"') and bare.endswith('"') else None
    except (ValueError, RecursionError):
        return ""
    return value.rstrip("\n") if isinstance(value, str) and value.rstrip("\n") in code else ""
