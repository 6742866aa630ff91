"""Passwords in tables: rows whose cells a loop names, accounts as dictionaries, rows with a mail address in them."""

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.concepts_secrets import SecretRole
from transforms.frameworks.secret_emission import Candidate
from transforms.frameworks.secret_reading import Reading, target_of
from transforms.frameworks.secret_values import Literal, text_of
from transforms.secrets.names import NameReading, read_name
from transforms.secrets.values import Shape, shape_of

_ACCOUNTS = re.compile(
    r"(?:^|_)(?:users?|accounts?|admins?|logins?|credentials?|creds|passwords?|staff)(?:_\w+)?$", re.I
)
_CREDENTIALS = re.compile(r"(?:^|_)(?:logins?|credentials?|creds|passwords?)(?:_\w+)?$", re.IGNORECASE)
_AUTH = re.compile(r"(?:^|_)auth$", re.IGNORECASE)
_NAMES = re.compile(r"(?:^|_)(?:user_?)?names$|(?:^|_)(?:users|e?mails|logins|accounts)$", re.IGNORECASE)
_MAIL = re.compile(r"^[\w.+-]+@[\w-]+\.[\w.]+$")
_CHOSEN = re.compile(
    r"^(?=.*[a-z])(?=.*[\d@#$!%&*])[^\s.,:;/\\-]{6,40}$"
)  # as people choose passwords, not codes or names
_PASSWORD = NameReading("account-password", strong=True)


class Tables:
    """The handlers for assignments of tables and for loops over them."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.out = reading, reading.out
        self._tables: dict[str, cst.BaseExpression] = {}  # lists by the name they were assigned to
        self._lists_of_names: set[tuple[str, int]] = set()  # in which scope, and of how many

    def assign(self, node: cst.Assign) -> None:
        """`USERS = [(...), ...]`, `CREDENTIALS = {"admin": "..."}`."""
        name = target_of(node.targets[0].target)[0]
        if name is None:
            return
        if name[-4:].lower() in ("keys", "kens", "ords", "rets") and (reading := read_name(name[:-1])) is not None:
            self._many(node.value, name, reading)
        if isinstance(node.value, cst.List | cst.Tuple):
            self._tables[name] = node.value
            if _NAMES.search(name):
                self._lists_of_names.add((self.reading.walk.symbol, len(node.value.elements)))
            if _CREDENTIALS.search(name) or _AUTH.search(name):
                self._pair(node.value)
            if _ACCOUNTS.search(name):
                self._rows_of_accounts(node.value)
        elif isinstance(node.value, cst.Dict) and _ACCOUNTS.search(name):
            self._accounts(node.value, plain_words=_CREDENTIALS.search(name) is not None)

    def _pair(self, table: cst.List | cst.Tuple) -> None:
        """`AUTH = ("shop", "...")`: an account and its password."""
        texts = [text_of(each.value) for each in table.elements]
        match texts:
            case [str(account), str(password)] if account and not _CHOSEN.match(account) and _CHOSEN.match(password):
                if shape_of(password) in (Shape.MIXED, Shape.RANDOM):
                    self._judge(table.elements[1].value, password)

    def loop(self, node: cst.For) -> None:
        """`for name, password in [("admin", "...")]:` names the cells of a table, even of one assigned before."""
        if not isinstance(node.target, cst.Tuple):
            return
        table = node.iter
        if isinstance(table, cst.Name):
            table = self._tables.get(table.value, table)
        names = [target_of(element.value)[0] or "" for element in node.target.elements]
        for row in _rows(table):
            for name, value in zip(names, row, strict=False):
                self.reading.named(name, SecretRole.DICT_VALUE, value, partner=True)

    def _many(self, table: cst.BaseExpression, name: str, reading: NameReading) -> None:
        """`API_KEYS = ["...", "..."]`, `API_KEYS = {"...": "user"}`: the values, or the keys of a dictionary."""
        found: list[cst.BaseExpression] = []
        if isinstance(table, cst.List | cst.Tuple | cst.Set):
            found = [element.value for element in table.elements]
        elif isinstance(table, cst.Dict):
            found = [element.key for element in table.elements if isinstance(element, cst.DictElement)]
        least = 6 if self._has_names_for(len(found)) else 10
        for node in found if reading.strong else ():
            text = text_of(node) or ""
            if shape_of(text) is Shape.RANDOM or (shape_of(text) is Shape.MIXED and len(text) >= least):
                literal = Literal(node, text, node)  # type: ignore[arg-type]  # it has a text, so it is a string
                self.out.judge(Candidate(literal, name[:-1], reading, SecretRole.DICT_VALUE))

    def _has_names_for(self, number: int) -> bool:
        """Whether a list of as many accounts stands above, in the same function: `usernames = [...]`."""
        return (self.reading.walk.symbol, number) in self._lists_of_names

    def _accounts(self, table: cst.Dict, *, plain_words: bool) -> None:
        shapes = (Shape.MIXED, Shape.RANDOM, Shape.WORD) if plain_words else (Shape.MIXED, Shape.RANDOM)
        for element in table.elements:
            text = text_of(element.value) if isinstance(element, cst.DictElement) else None
            if text is not None and shape_of(text) in shapes and (plain_words or _CHOSEN.match(text)):
                self._judge(element.value, text)

    def _rows_of_accounts(self, table: cst.List | cst.Tuple) -> None:
        for row in _rows(table):
            texts = [(cell, text_of(cell) or "") for cell in row]
            if any(_MAIL.match(text) for _, text in texts):
                for cell, text in texts:
                    if _CHOSEN.match(text) and not _MAIL.match(text) and shape_of(text) in (Shape.MIXED, Shape.RANDOM):
                        self._judge(cell, text)

    def _judge(self, node: cst.BaseExpression, text: str) -> None:
        literal = Literal(node, text, node)  # type: ignore[arg-type]  # it has a text, so it is a string
        self.out.judge(Candidate(literal, "password", _PASSWORD, SecretRole.DICT_VALUE))


def _rows(table: cst.BaseExpression) -> Iterator[Sequence[cst.BaseExpression]]:
    if not isinstance(table, cst.List | cst.Tuple):
        return
    for element in table.elements:
        if isinstance(element.value, cst.List | cst.Tuple):
            yield [cell.value for cell in element.value.elements]
