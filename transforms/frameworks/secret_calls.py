"""What calls say about literals: named and positional arguments, lookups with a default, hashes, messages."""

import functools
import re
from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.concepts_secrets import SecretRole, Unsaid
from transforms.frameworks.secret_emission import Candidate
from transforms.frameworks.secret_options import argparse_option, own_variable
from transforms.frameworks.secret_reading import EXAMPLES, Reading, is_partner
from transforms.frameworks.secret_values import called, is_hasher, literals, lookup, text_of
from transforms.secrets import kinds
from transforms.secrets.issuers import of_host
from transforms.secrets.names import NameReading, read_name
from transforms.secrets.prose import accounts_in
from transforms.secrets.values import Shape, shape_of
from transforms.secrets.vocabulary import words
from transforms.secrets.written import settings_in
from transforms.walk import descendants, dotted_name

_SPEAKS = words("print info warning error debug critical exception echo secho success write log markdown caption code")
_SHOWN = words("print info warning error debug critical exception echo secho success")
_STORES = frozenset(("update", "from_mapping", "dict", "configure"))
_ACCOUNT = re.compile(r"(?:e_?mail|user|username|login|account)$", re.IGNORECASE)
_COMPARE = frozenset(("compare_digest", "constant_time_compare", "safe_str_cmp"))
_ADDRESSES = words("base_url api_base openai_api_base endpoint")
_OPTIONS = frozenset(("add_argument", "option", "Option"))


class Calls:
    """The handler for calls."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.walk, self.out = reading.walk, reading.out

    def call(self, node: cst.Call) -> None:
        """Everything that one call may say."""
        if not node.args:
            return
        name = called(node)
        if name in _SPEAKS:
            self._message(node)
            self._told_of_missing(node)
        if is_hasher(name) or name == "set_password":
            self._password(node, name)
        elif name in _OPTIONS:
            self._option(node)
        elif name in _COMPARE and len(node.args) == 2:
            self.reading.compared(node.args[0].value, node.args[1].value)
        elif name == "setattr" and len(node.args) == 3:
            self.reading.named(text_of(node.args[1].value) or "", SecretRole.ATTRIBUTE, node.args[2].value)
        elif (found := lookup(node)) is not None and found.looked_up is not None:
            self.reading.named(found.looked_up, found.role or SecretRole.DEFAULT, node)
        self._keywords(node, name)
        if name in _positions():
            self._known_call(node, name)

    def _keywords(self, node: cst.Call, name: str) -> None:
        pairs = [(arg.keyword.value, arg.value) for arg in node.args if arg.keyword is not None]
        if not pairs:
            return
        partner = any(is_partner(keyword, value) for keyword, value in pairs)
        role = SecretRole.ATTRIBUTE if name in _STORES else SecretRole.ARGUMENT
        for keyword, value in pairs:
            if keyword in EXAMPLES:
                self.out.exempt(value)
            elif keyword == "auth" and isinstance(value, cst.Tuple):
                self._pair(value, node, self._taken_by_keyword(node, name, keyword))
            elif (kind := self._taken_by_keyword(node, name, keyword)) is not None:
                self._into_known(node, value, keyword, kind, _address(pairs))
            elif self.out.reads_texts or read_name(keyword) is not None:
                self.reading.named(keyword, role, value, partner=partner, sink=self._reference(node))

    def _taken_by_keyword(self, node: cst.Call, name: str, keyword: str) -> str | None:
        """The kind of secret that a known call takes under this keyword."""
        for target, kind in _keywords().get((name, keyword), ()):
            if self._reference(node) == target or self._is_method(node, target):
                return kind
        return None

    def _into_known(
        self, node: cst.Call, value: cst.BaseExpression, argument: str, kind: str, address: str = ""
    ) -> None:
        reference, reading = self._reference(node), NameReading(kind, strong=True)
        if address and of_host(address) != kind:  # a library by which others are called, too
            kind = of_host(address) or "api-key"
            reading = NameReading(kind, strong=True, of_host=True)
        if (name := _encoded_name(value)) is not None:
            self.reading.settle(name, kind)
        for found in literals(value):
            role = found.role or SecretRole.ARGUMENT
            self.out.judge(Candidate(found, argument, reading, role, True, reference))

    def _pair(self, pair: cst.Tuple, node: cst.Call, kind: str | None) -> None:
        """`auth=("user", "password")`."""
        if len(pair.elements) == 2 and kind is not None:
            self._into_known(node, pair.elements[1].value, "password", kind)
        elif len(pair.elements) == 2:
            self.reading.named("password", SecretRole.ARGUMENT, pair.elements[1].value, True, self._reference(node))

    def _password(self, node: cst.Call, name: str) -> None:
        """`hash_password("...")`, `user.set_password("...")`."""
        if node.args[0].keyword is None:
            sink = self._reference(node) or name
            self.reading.named("password", SecretRole.ARGUMENT, node.args[0].value, partner=True, sink=sink)

    def _option(self, node: cst.Call) -> None:
        """`add_argument("--password", default="...")`."""
        flags = [text for arg in node.args if arg.keyword is None and (text := text_of(arg.value))]
        flags += [text_of(arg.value) or "" for arg in node.args if arg.keyword and arg.keyword.value == "dest"]
        names = [each.lstrip("-").replace("-", "_") for each in flags]
        name = next((each for each in names if (reading := read_name(each)) and reading.strong), "".join(names[-1:]))
        for arg in node.args:
            if arg.keyword is not None and arg.keyword.value == "default" and name:
                late = self._reference(node) == "click.option"  # which calls a default when it needs it
                option = argparse_option(self.walk, node) if called(node) == "add_argument" else None
                fixed = not late and option is None  # help shows it
                variable = own_variable(self.walk, node)
                self.reading.named(
                    name, SecretRole.DEFAULT, arg.value, late=late, fixed=fixed, option=option, variable=variable
                )

    def _known_call(self, node: cst.Call, name: str) -> None:
        """A call that takes a secret at a known position; a variable there says what its literal was for."""
        reference = self._reference(node) or name
        for target, argument, position, kind in _positions()[name]:
            if position >= len(node.args) or not (reference == target or self._is_method(node, target)):
                continue
            arg = node.args[position]
            if arg.star or (arg.keyword is not None and arg.keyword.value != argument):
                continue
            self._into_known(node, arg.value, argument, kind)

    def _is_method(self, node: cst.Call, target: str) -> bool:
        """Whether it may be a method of that library's class: called on a value, in a file that imports the library.

        `uvicorn.run("app:app")` is no bot's `run`, and `service.run("job")` is none where nobody imports the library.
        """
        library, _, rest = target.partition(".")
        owner = rest.rpartition(".")[0].rpartition(".")[2]
        if not owner[:1].isupper() or not isinstance(node.func, cst.Attribute):
            return False
        receiver = self.walk.imports.get((dotted_name(node.func) or "").partition(".")[0], library)
        packages = {name.partition(".")[0] for name in self.walk.imports.values()}
        return library in packages and receiver.partition(".")[0] == library

    def _message(self, node: cst.Call) -> None:
        shown = self._is_shown(node)
        for text, part in _spoken(node):
            for mention in (*accounts_in(text), *settings_in(text)):
                self.out.mention(part, mention.name, mention.value, Unsaid.NAME if shown else None)
            self.out.repeats(part, text, Unsaid.NAME if shown else None)
            if shown:
                self.out.message(part, text)

    def _told_of_missing(self, node: cst.Call) -> None:
        """`log.info("key: %s", getenv("SECRET_KEY", "Not set"))`: the default is what people read, and no key."""
        for each in (call for arg in node.args for call in descendants(arg.value, cst.Call)):
            found = lookup(each)
            if found is not None and shape_of(found.text) not in (Shape.MIXED, Shape.RANDOM):
                self.out.exempt(each)

    def _is_shown(self, node: cst.Call) -> bool:
        """Whether people read it, and no program: `print(..., file=settings)` may write what a program reads."""
        told = any(arg.keyword is not None and arg.keyword.value == "file" for arg in node.args)
        return called(node) in _SHOWN and (not told or "stderr" in self.walk.code(node))

    def _reference(self, node: cst.Call) -> str | None:
        return self.walk.resolve(node.func)


def _address(pairs: Sequence[tuple[str, cst.BaseExpression]]) -> str:
    """The address that a client is told to call, where it is written down."""
    return next((text for keyword, value in pairs if keyword in _ADDRESSES and (text := text_of(value))), "")


def _encoded_name(value: cst.BaseExpression) -> str | None:
    """The name that is given, as it is or encoded."""
    match value:
        case cst.Name(value=name):
            return name
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="encode"))):
            return name
        case cst.Call(func=cst.Name(value="bytes"), args=[cst.Arg(value=cst.Name(value=name)), *_]):
            return name
    return None


def _spoken(node: cst.Call) -> Iterator[tuple[str, cst.CSTNode]]:
    """The literal texts of a message, f-strings without what they fill in."""
    for arg in node.args:
        match arg.value:
            case cst.SimpleString() | cst.ConcatenatedString():
                if text := text_of(arg.value):
                    yield text, arg.value
            case cst.FormattedString(parts=parts):
                yield "".join(map(_as_said, parts)), arg.value


def _as_said(part: cst.BaseFormattedStringContent) -> str:
    """A part of an f-string as it will read: an account where one is filled in."""
    if isinstance(part, cst.FormattedStringText):
        return part.value
    inside = part.expression if isinstance(part, cst.FormattedStringExpression) else None
    name = dotted_name(inside) if inside is not None else None
    return "someone@example.com" if name is not None and _ACCOUNT.search(name) else "{}"


@functools.cache
def _positions() -> dict[str, list[tuple[str, str, int, str]]]:
    """Calls that take a secret by position: last name -> (reference, argument, position, kind)."""
    table: dict[str, list[tuple[str, str, int, str]]] = {}
    for kind in kinds():
        for call in kind.calls:
            if call.position is not None:
                last = call.reference.rpartition(".")[2]
                table.setdefault(last, []).append((call.reference, call.argument, call.position, kind.id))
    return table


@functools.cache
def _keywords() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Calls that take a secret by keyword: (last name, keyword) -> (reference, kind)."""
    table: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for kind in kinds():
        for call in kind.calls:
            last = call.reference.rpartition(".")[2]
            table.setdefault((last, call.argument), []).append((call.reference, kind.id))
    return table
