"""Secrets in files that are not Python: `.env`, YAML, TOML, INI, JSON, compose, Dockerfiles, CI, SQL, shell, Markdown.

They are read line by line, without a parser for each format: a line that gives a name a value looks much the same in all
of them. What such a file says about the Python beside it (a signing key in `.env`, a database password in compose) is a
fact like any other, but nothing here is ever edited.
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
from transforms.secrets.values import shape_of
from transforms.source import SourceFile, decode, refuse_unreadable

_SUFFIXES = frozenset(
    ".yml .yaml .toml .ini .cfg .conf .json .properties .env .sql .sh .bash .zsh .ps1 .bat .md .rst .txt .tf .tfvars "
    ".ipynb .example .template .sample .dist .dockerfile".split()
)
_KEYS_ONLY = frozenset(".js .jsx .ts .tsx .mjs .cjs .vue .html .htm".split())  # only what has a vendor's shape
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

# NAME = value, NAME: value, "NAME": "value", - NAME=value, export NAME=value, ENV NAME value, -e NAME=value
_ASSIGNMENT = re.compile(
    r"""(?P<name>[A-Za-z_][\w.-]{1,78})["']?\s*(?P<sep>:=|=>|[:=])\s*(?P<quote>["']?)(?P<value>[^\s"'].*)$"""
)
_DOCKER = re.compile(r"^\s*(?:ENV|ARG)\s+(?P<name>[A-Za-z_]\w*)\s+(?P<quote>[\"']?)(?P<value>\S.*)$")
_DEFAULT = re.compile(r"\$\{(?P<name>\w+):?-(?P<value>[^${}]+)\}")  # ${NAME:-default}
_GETENV = re.compile(r"(?:getenv|environ\.get)\(\s*[\"'](?P<name>\w+)[\"']\s*,\s*(?P<quote>[\"'])(?P<value>[^\"']+)")
_ENTRY_NAME = re.compile(r"^\s*-?\s*(?:key|name|Name|variable)\s*:\s*[\"']?(?P<name>[A-Za-z_]\w+)[\"']?\s*$")
_ENTRY_VALUE = re.compile(r"^\s*-?\s*(?:value|Value|default)\s*[:=]\s*(?P<quote>[\"']?)(?P<value>[^\s\"'].*)$")
_BASIC = re.compile(r"(?:curl|http)\b.*\s(?:-u|--user|-a)\s+[\"']?[\w.@-]+:(?P<value>[^\s\"']+)")
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
        pending: str | None = None
        for number, line in enumerate(lines, 1):
            if number in sql:
                yield sql[number]
            elif (use := self._line(number, line[:_LONGEST_LINE], pending)) is not None:
                yield use
            entry = _ENTRY_NAME.match(line)
            pending = entry["name"] if entry else None

    def _line(self, number: int, line: str, pending: str | None) -> SecretUse | None:
        if (use := self._shaped(number, line)) is not None or self.suffix in _KEYS_ONLY:
            return use
        for match in self._named(line, pending):
            name = match.groupdict().get("name") or pending or ""
            if (use := self._pair(number, name, match)) is not None:
                return use
        return None

    def _shaped(self, number: int, line: str) -> SecretUse | None:
        """A vendor's key, or a password in an address."""
        name_match = _ASSIGNMENT.search(line)
        name = name_match["name"] if name_match else ""
        for key in self.keys.find(line):
            if self.suffix in _KEYS_ONLY and key.kind in ("google-api-key", "json-web-token", "capability-url"):
                continue
            return self._use(judge_key(key.kind, self.role), name, line[key.start : key.end], number, key.start)
        if self.suffix in _KEYS_ONLY or _is_comment(line, self.suffix):
            return None
        for found in passwords_in(line):
            judgement = judge_url(found.kind, shape_of(found.password), self.role, found.local)
            if judgement is not None:
                return self._use(judgement, name, found.password, number, found.start)
        return None

    def _named(self, line: str, pending: str | None) -> Iterator[re.Match[str]]:
        if _is_comment(line, self.suffix):
            return
        if pending is not None and (match := _ENTRY_VALUE.match(line)):
            yield match
        for pattern in (_DEFAULT, _GETENV, _DOCKER, _ASSIGNMENT):
            if match := pattern.search(line):
                yield match

    def _pair(self, number: int, name: str, match: re.Match[str]) -> SecretUse | None:
        reading = read_name(name)
        if reading is None:
            return None
        value = self._value(match)
        if value is None or _same_word(name, value):
            return None
        judgement = judge_text(reading, shape_of(value), self.role)
        return None if judgement is None else self._use(judgement, name, value, number, match.start("value"))

    def _value(self, match: re.Match[str]) -> str | None:
        """The value without its quotes, a comment behind it, or the comma of a JSON line."""
        value, quote = match["value"], match.groupdict().get("quote") or ""
        if quote:
            value, closed, _ = value.partition(quote)
            return value if closed else None
        if match.re is _ASSIGNMENT and self.suffix in (".json", ".ipynb"):
            return None  # only strings are values there
        value = re.split(r"\s+#|\s*;\s*$|\s*\\$", value)[0].strip().rstrip(",")
        if self.suffix in _CODE | _PROSE | {".sql"} and (
            match.groupdict().get("sep") == ":" or re.search(r"[\s()<>|$`]", value)
        ):
            return None
        return value if not re.search(r"\(.*\)?$|\[", value) else None

    def _sql(self) -> Iterator[tuple[int, SecretUse]]:
        for mention in sql_passwords(self.text):
            number = self.text.count("\n", 0, mention.start) + 1
            column = mention.start - self.text.rfind("\n", 0, mention.start) - 1
            reading = read_name(mention.name)
            kind_id = reading.kind if reading else "account-password"
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
