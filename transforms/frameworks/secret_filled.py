"""Addresses that are filled in by `%` or `format`, or joined by `+`: a literal where the password goes is one."""

import re
from collections.abc import Iterator

import libcst as cst

from transforms.concepts_secrets import SecretRole
from transforms.frameworks.secret_places import one_more_value
from transforms.frameworks.secret_reading import Reading
from transforms.frameworks.secret_values import text_of
from transforms.secrets.addresses import is_of_database, passwords_in

_GAP = r"(?:%s|%\(\w+\)s|\{\w*(?:![rsa])?\})"
_ADDRESS = re.compile(rf"(?P<scheme>[A-Za-z][\w+.-]{{1,30}})://(?:[^\s:/@{{}}%]|{_GAP})*:(?P<gap>{_GAP})@")
_EACH = re.compile(_GAP)
_NAMED = re.compile(r"\w+")


class Filled:
    """The handlers for what fills in an address."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._within: set[int] = set()  # sums that are a part of another one

    def operation(self, node: cst.BinaryOperation) -> None:
        """`"mysql://%s:%s@%s/shop" % ("app", "...", HOST)`."""
        match node:
            case cst.BinaryOperation(operator=cst.Modulo(), right=cst.Tuple(elements=elements)):
                by_place = [each.value for each in elements]
                self._address(node.left, by_place, {})
            case cst.BinaryOperation(operator=cst.Modulo(), right=cst.Dict(elements=pairs)):
                named = {text_of(each.key) or "": each.value for each in pairs if isinstance(each, cst.DictElement)}
                self._address(node.left, [], named)
            case cst.BinaryOperation(operator=cst.Modulo(), right=cst.SimpleString() as only):
                self._address(node.left, [only], {})
        if isinstance(node.operator, cst.Modulo) and isinstance(node.left, cst.SimpleString):
            self._written_in(node, node.left)
        if isinstance(node.operator, cst.Add) and id(node) not in self._within:
            self._joined(tuple(self._summed(node)))

    def _summed(self, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """What a sum is made of, in order."""
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            self._within.add(id(node))
            yield from self._summed(node.left)
            yield from self._summed(node.right)
        else:
            yield node

    def _joined(self, pieces: tuple[cst.BaseExpression, ...]) -> None:
        """`"mysql://" + USER + ":...@" + HOST`: the password may be a piece of its own, or a part of one."""
        texts = [_as_text(piece) for piece in pieces]
        whole = "".join(texts)
        for found in passwords_in(whole) if "://" in whole else ():
            start = 0
            for piece, text in zip(pieces, texts, strict=True):
                if start <= found.start and found.end <= start + len(text) and text_of(piece) is not None:
                    self.reading.out.joined(piece, found, whole=text == found.password)
                start += len(text)

    def call(self, node: cst.Call) -> None:
        """`"postgresql://{}:{}@{}/shop".format("app", "...", HOST)`."""
        match node.func:
            case cst.Attribute(value=cst.BaseString() as template, attr=cst.Name(value="format")):
                if all(arg.star == "" for arg in node.args):
                    by_place = [arg.value for arg in node.args if arg.keyword is None]
                    named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
                    self._address(template, by_place, named)
                if isinstance(template, cst.SimpleString):
                    self._written_in(node, template)

    def _written_in(self, node: cst.BaseExpression, template: cst.SimpleString) -> None:
        """A password that is no gap: `"postgresql://app:...@{}/shop".format(HOST)`."""
        text = text_of(template) or ""
        for found in passwords_in(text) if "://" in text else ():
            if _EACH.search(found.password) is None:
                name = "database_password" if found.kind == "database-url" else "service_password"
                code = one_more_value(self.reading.walk, node, template, found.password, name)
                self.reading.out.filled_in(node, template, found.password, code)

    def _address(
        self, template: cst.BaseExpression, by_place: list[cst.BaseExpression], named: dict[str, cst.BaseExpression]
    ) -> None:
        text = text_of(template) or ""
        match = _ADDRESS.search(text) if "://" in text else None
        if match is None:
            return
        said = _NAMED.search(match["gap"].removeprefix("%s"))
        before = len(_EACH.findall(text, 0, match.start("gap")))
        key = said[0] if said else str(before)
        value = named.get(key) or (by_place[int(key)] if key.isdigit() and int(key) < len(by_place) else None)
        if value is not None:
            name = "database_password" if is_of_database(match["scheme"]) else "service_password"
            self.reading.named(name, SecretRole.ARGUMENT, value, partner=True)


def _as_text(piece: cst.BaseExpression) -> str:
    """The text of a piece, with a gap for what is filled in."""
    if isinstance(piece, cst.FormattedString):
        return "".join(part.value if isinstance(part, cst.FormattedStringText) else "{}" for part in piece.parts)
    text = text_of(piece)
    return "{}" if text is None else text
