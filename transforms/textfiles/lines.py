"""A text file while it is read, line by line: vendors' keys, passwords in addresses, names that speak of secrets."""

import bisect
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from transforms.concepts import Place
from transforms.concepts_secrets import SecretRole, SecretUse
from transforms.secrets import kind
from transforms.secrets.addresses import passwords_in
from transforms.secrets.documents import said_in_document
from transforms.secrets.files import FileRole, text_role
from transforms.secrets.judgement import Judgement, judge_key, judge_text, judge_url
from transforms.secrets.keys import KeySearch
from transforms.secrets.names import GENERIC, NameReading, read_name, secret_name
from transforms.secrets.prose import sql_passwords
from transforms.secrets.values import Shape, provisional, shape_of
from transforms.secrets.vocabulary import words
from transforms.textfiles.compose import is_compose, replaceable
from transforms.textfiles.entries import Entry, entries
from transforms.textfiles.markup import LONGEST_PAGE, MARKUP, SCRIPTS, judge_markup, markup_pairs, script_pairs
from transforms.textfiles.pairs import ASSIGNED, PROSE, QUOTED, Pair, begun, default_of, is_comment, pairs
from transforms.textfiles.recipes import SHELLS, docker, is_dockerfile, shell
from transforms.textfiles.workflows import deployed

KEYS_ONLY = words(".pem .key .ppk")  # only what has a vendor's shape
_PARTS = {"database-url": "DATABASE_PASSWORD", "basic-auth-url": "SERVICE_PASSWORD"}
_LONGEST_LINE = 2_000
_MOST_LINES = 20_000

_BARE = ("key", "secret", "token")
_VARIABLES = ("env", "environment", "variables", "vars")  # sections whose entries are variables as they are
_MAPPINGS = (".json", ".yml", ".yaml", ".toml", ".ini", ".cfg")
_NEAR = 12  # lines in which the name of a mapping is looked for
_OPENED = re.compile(r"[\"']?([A-Za-z][\w-]*)[\"']?\s*[:=]\s*\{[^{}]*$")
_BEGINS = re.compile(r"^(?P<indent>\s*)[\"']?(?P<name>[A-Za-z][\w-]*)[\"']?\s*:\s*\{?\s*$")
_SECTION = re.compile(r"^\s*\[+(?:[\w.-]+\.)?(?P<name>[\w-]+)\]+\s*$")
_IN_USE = (FileRole.ENVIRONMENT, FileRole.CONFIG, FileRole.DEPLOY)
_SWITCHED_OFF = re.compile(
    r"^\s*#+\s*(?:export\s+|-\s+)?(?P<name>[A-Z][A-Z0-9_]+)\s*[=:]\s*[\"']?(?P<value>[^\s\"'#]+)[\"']?\s*$"
)

# A line is looked at only if one of these is in it.
_WORTH = re.compile(
    r"pass|pwd|secret|token|key|pw\b|://|PASS|PWD|SECRET|TOKEN|KEY|Pass|Secret|Token|Key|-u |--user|-a |uthorization"
)


_OWN = re.compile(
    r"^[ \t]*(?:-[ \t]*)?[\"']?(?P<name>[A-Z][A-Z0-9_]*PASSWORD)[\"']?[ \t]*[=:][ \t]*"
    r"[\"']?(?P<value>[^\s\"'$#]+)[\"']?[ \t]*$",
    re.MULTILINE,
)


class TextLines:
    """One text file while it is read."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        name = PurePosixPath(path).name.lower()
        self.suffix = ".pgpass" if name == "pgpass.conf" else PurePosixPath(path).suffix.lower() or name
        self.is_compose = is_compose(path)
        self.role = text_role(path)
        self.keys = KeySearch(text)
        self.names = _own_names(text) if self.is_compose else {}
        self.lines = text.splitlines()[:_MOST_LINES]
        self.longest = LONGEST_PAGE if self.suffix in SCRIPTS | MARKUP else _LONGEST_LINE

    def uses(self) -> Iterator[SecretUse]:
        """Every secret, in the order of the lines."""
        lines = self.lines
        found = tuple(self._uses(lines))
        standing = self._entries(lines, found) if found and not self.is_compose else {}
        for use in found:
            yield _as_entry(use, standing.get((use.place.line, use.place.column)) or standing.get(use.place.line))

    def _entries(self, lines: Sequence[str], found: Sequence[SecretUse]) -> Mapping[int | tuple[int, int], Entry]:
        """The entries by the line that they are alone on, or by the place of their text."""
        if is_dockerfile(PurePosixPath(self.path).name):
            secrets = {(each.place.line, each.place.column) for each in found}
            return {
                each.place.line if each.text is None else (each.text.line, each.text.column): each
                for each in docker(lines, secrets)
            }
        if self.suffix in SHELLS:
            return {each.place.line: each for each in shell(lines)}
        return {each.place.line: each for each in entries(self.suffix, self.text, lines).values()}

    def _uses(self, lines: Sequence[str]) -> Iterator[SecretUse]:
        sql = dict(self._sql()) if self.suffix in (".sql", ".sh", ".md") else {}
        prose = dict(self._prose(lines)) if self.suffix in PROSE and self.role is FileRole.DOCS else {}
        entry = ""
        for number, line in enumerate(lines, 1):
            there = sql.get(number)
            if there is not None:
                yield there
            elif entry or self.keys.possible or self.suffix == ".pgpass" or _WORTH.search(line):
                found = self._line(number, line[: self.longest], entry)
                yield from found
                there = found[0] if found else None
            if there is None and number in prose:
                yield prose[number]
            entry = begun(line, entry)

    def _line(self, number: int, line: str, entry: str) -> list[SecretUse]:
        """Every secret of a line, each once, in the order of their places."""
        found: list[SecretUse] = []
        for use in self._candidates(number, line, entry):
            before = bisect.bisect_left(found, use.place.end_column, key=lambda each: each.place.column)
            if before == 0 or found[before - 1].place.end_column <= use.place.column:
                found.insert(before, self._weighed(use))
        return found

    def _weighed(self, use: SecretUse) -> SecretUse:
        """What a job of CI writes on the machine that it deploys to is no secret of a test."""
        in_use = use.test_only and not use.placeholder and use.place.line in self._deployed
        return replace(use, test_only=False) if in_use else use

    @functools.cached_property
    def _deployed(self) -> frozenset[int]:
        return deployed(self.lines) if self.role is FileRole.CI else frozenset()

    def _candidates(self, number: int, line: str, entry: str) -> Iterator[SecretUse]:
        yield from self._shaped(number, line)
        if self.suffix in KEYS_ONLY:
            return
        if self.suffix in SCRIPTS | MARKUP:
            yield from self._in_markup(number, line, entry)
            return
        if is_comment(line, self.suffix):
            yield from self._switched_off(number, line)
            return
        for each in pairs(line, entry, self.suffix):
            if (use := self._named(number, line, each)) is not None:
                yield use

    def _in_markup(self, number: int, line: str, entry: str) -> Iterator[SecretUse]:
        """A name with its value in a program for browsers, a page, or an XML file: only what is more than a word."""
        for each in script_pairs(line) if self.suffix in SCRIPTS else markup_pairs(line, entry):
            reading = read_name(each.name)
            judgement = judge_markup(reading, each, self.role) if reading is not None else None
            if judgement is not None and self._counts(judgement.kind):
                yield self._use(judgement, each.name, each.value, number, each.column, line=line)

    def _switched_off(self, number: int, line: str) -> Iterator[SecretUse]:
        """`# NAME=value` in a file of settings: what a machine made was in use once, and opens something still."""
        match = _SWITCHED_OFF.match(line) if self.role in _IN_USE else None
        if match is not None and shape_of(match["value"]) is Shape.RANDOM:
            use = self._named(number, line, Pair(match["name"], match["value"], match.start("value")))
            if use is not None:
                yield replace(use, confidence="medium", expression=None)
        for found in passwords_in(line) if self.role in _IN_USE and not self.is_compose else ():
            if not found.local and found.shape() in (Shape.MIXED, Shape.RANDOM):
                judgement = Judgement(found.kind, "medium")
                yield self._use(judgement, _PARTS.get(found.kind, ""), found.password, number, found.start)

    def _shaped(self, number: int, line: str) -> Iterator[SecretUse]:
        """A vendor's key, or a password in an address."""
        match = QUOTED.search(line) or ASSIGNED.search(line)
        name = match["name"] if match and not line.startswith("://", match.end("name")) else ""
        for key in self.keys.find(self._with_next(number, line)):
            if key.start < len(line) and self._counts(key.kind):
                judgement = judge_key(key, self.role, read_name(name), self.text, name)
                yield self._use(judgement, name, line[key.start : key.end], number, key.start, line=line)
        if self.suffix in KEYS_ONLY | SCRIPTS or is_comment(line, self.suffix):
            return
        for found in passwords_in(line):
            shape = found.shape(default_of(found.password))
            in_address = judge_url(found.kind, shape, self.role, found.local)
            if in_address is not None:
                yield self._use(in_address, name, found.password, number, found.start, line=line)

    def _with_next(self, number: int, line: str) -> str:
        """A line that begins a private key goes on in the next one."""
        if "PRIVATE KEY" not in line or number >= len(self.lines):
            return line
        return f"{line}\n{self.lines[number].strip()}"

    def _counts(self, kind_id: str) -> bool:
        """A page in a browser shows its keys anyway; documentation shows hashes and tokens as examples."""
        if self.suffix in KEYS_ONLY | SCRIPTS:
            return kind_id not in ("google-api-key", "json-web-token", "capability-url", "password-hash")
        return self.role is not FileRole.DOCS or kind_id not in ("json-web-token", "password-hash")

    def _named(self, number: int, line: str, pair: Pair) -> SecretUse | None:
        reading = read_name(pair.name)
        if pair.name.lower() in _BARE and (owner := self._owner(number, line[: pair.column])):
            reading = _of_owner(owner, pair) or reading
        if reading is None or _same_word(pair.name, pair.value):
            return None
        shape = shape_of(pair.value)
        if pair.stands_in and provisional(pair.value):
            shape = Shape.WEAK
        judgement = judge_text(reading, shape, self.role, stands_in=pair.stands_in)
        if judgement is None or not self._counts(judgement.kind):
            return None
        if judgement.placeholder and self.role is FileRole.DOCS:
            return None  # what nobody runs needs no value
        return self._use(judgement, pair.name, pair.value, number, pair.column, line=line)

    def _owner(self, number: int, before: str) -> str:
        """The name of the mapping that a bare `key` is in: on the same line, or that of the line that began it."""
        inline = _OPENED.findall(before)
        if inline or self.suffix not in _MAPPINGS:
            return inline[-1] if inline else ""
        indent = len(before) - len(before.lstrip())
        for line in reversed(self.lines[max(0, number - 1 - _NEAR) : number - 1]):
            if head := _SECTION.match(line):
                return head["name"]
            if (match := _BEGINS.match(line)) and len(match["indent"]) < indent:
                return match["name"]
        return ""

    def _prose(self, lines: Sequence[str]) -> Iterator[tuple[int, SecretUse]]:
        """What documentation says of an account is its password, in a test or not."""
        for number, mention in said_in_document(lines):
            judgement = Judgement("account-password", "medium")
            yield (
                number,
                self._use(
                    judgement, mention.name, mention.value, number, mention.start, SecretRole.IN_TEXT, lines[number - 1]
                ),
            )

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
        number: int,
        column: int,
        role: SecretRole = SecretRole.CONFIG_FILE,
        line: str = "",
    ) -> SecretUse:
        label = name or kind(judgement.kind).secret_name
        if self.is_compose:  # what takes its place is called after the part that goes
            label = _PARTS.get(judgement.kind, label)
        variable, expression = replaceable(line, number, column, len(value)) if self.is_compose else (None, None)
        own = secret_name(label) or kind(judgement.kind).secret_name
        # what stands in for a variable says nothing of what else has the same value
        entry = self.names.setdefault(value, own) if variable is None else self.names.get(value, own)
        return SecretUse(
            kind=judgement.kind,
            name=label,
            role=role,
            place=Place(number, column, number, column + len(value)),
            symbol=self.path,
            confidence=judgement.confidence,
            test_only=judgement.test_only,
            placeholder=judgement.placeholder,
            environment_name=variable,
            secret_name=variable or entry,
            movable=False,
            file=self.path,
            expression=expression,
            alike=judgement.alike,
        )


def _own_names(text: str) -> dict[str, str]:
    """The variable that a password has to itself, by password: an address with the same one goes by it."""
    return {match["value"]: match["name"] for match in reversed(list(_OWN.finditer(text)))}


def _as_entry(use: SecretUse, entry: Entry | None) -> SecretUse:
    """A use with the entry that it is the text of, as a whole or as an address with a password."""
    if entry is None or use.role is not SecretRole.CONFIG_FILE:
        return use
    is_whole = use.place.end_column - use.place.column == len(entry.value)
    if not is_whole and use.kind != "database-url":
        return use
    inside = entry.text or entry.place
    if not inside.column <= use.place.column <= use.place.end_column <= inside.end_column:
        return use  # it stands behind the entry, in the same line
    of_section = len(entry.keys) > 1 and GENERIC.match(use.name) and entry.keys[-2].lower() not in _VARIABLES
    named = "_".join(entry.keys[-2:]) if of_section else use.name
    name = "DATABASE_URL" if use.name == "sqlalchemy.url" else secret_name(named)
    return replace(
        use, entry=entry.place, keys=entry.keys, entry_left=entry.instead, secret_name=name or use.secret_name
    )


def _of_owner(owner: str, pair: Pair) -> NameReading | None:
    """What a bare `key` of something named is, if a machine made it."""
    reading = read_name(f"{owner}_{pair.name}")
    made = reading is not None and reading.strong and shape_of(pair.value) is Shape.RANDOM
    return reading if made else None


def _same_word(name: str, value: str) -> bool:
    """`password: password` names a field, except where both are written as settings (`DB_PASSWORD=password`)."""
    return name.lower() == value.lower() and not name.isupper()
