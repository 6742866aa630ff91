"""The handlers of `secret_literals`: each knows one place where a literal can stand, and what it is called there."""

import functools
import re
from collections.abc import Iterable, Iterator

import libcst as cst

from transforms.concepts import Place, SecretRole
from transforms.frameworks.secret_emission import Candidate, Emission
from transforms.frameworks.secret_values import Literal, called, is_hasher, literals, lookup, text_of
from transforms.secrets import kinds
from transforms.secrets.keys import find_keys
from transforms.secrets.names import NameReading, read_name
from transforms.secrets.prose import SQL_MARK, accounts_in, commented_out, sql_passwords
from transforms.secrets.values import Shape, shape_of
from transforms.walk import Walk, all_parameters

_ACCOUNT = re.compile(
    r"^(?:\w+_)?(?:user|username|user_?name|userid|email|e_?mail|phone|mobile|login|account|host|hostname|dbname|"
    r"database|role|is_(?:admin|staff|superuser))$",
    re.IGNORECASE,
)
_EXAMPLES = frozenset(
    "example examples json_schema_extra schema_extra openapi_examples responses sample placeholder help description "
    "help_text error_messages label labels title messages errors".split()
)
_SPEAKS = frozenset(
    "print info warning error debug critical exception echo secho success write log markdown caption code stdout".split()
)
_STORES = frozenset(("update", "from_mapping", "dict", "configure", "setdefault"))
_ENUM = re.compile(r"(?:Enum|Flag|TextChoices|Choices)$")
_ACCOUNT_KINDS = ("account-password", "database-password", "smtp-password")


class Reading:
    """The state of one file's reading, and a method for each kind of node."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.out = Emission(walk)

    # what a scope says about its names ----------------------------------------------------------------------------

    def body(self, node: cst.Module) -> None:
        """Literals that a later assignment of the same scope replaces are dead."""
        self.out.dead.update(map(id, _replaced(node.body)))
        self.out.constants = _constants(node)

    def class_body(self, node: cst.ClassDef) -> None:
        """As for a module; the members of an enumeration are names, not values."""
        if isinstance(node.body, cst.IndentedBlock):
            self.out.dead.update(map(id, _replaced(node.body.body)))
            bases = [_last_name(base.value) for base in node.bases]
            if any(_ENUM.search(base) for base in bases):
                self.out.exempt(node.body)

    # names with values --------------------------------------------------------------------------------------------

    def assign(self, node: cst.Assign) -> None:
        """`NAME = ...`, `self.name = ...`, `config["NAME"] = ...`."""
        for target in node.targets:
            name, role = _target(target.target)
            if name in _EXAMPLES:
                self.out.exempt(node.value)
            elif name is not None:
                self._named(name, role, node.value, statement=node)

    def annotated(self, node: cst.AnnAssign) -> None:
        """`name: type = ...`, the fields of dataclasses and settings among them."""
        if node.value is None:
            return
        name, role = _target(node.target)
        if name in _EXAMPLES:
            self.out.exempt(node.value)
        elif name is not None:
            self._named(name, role, node.value, statement=node)

    def dictionary(self, node: cst.Dict) -> None:
        """`{"password": ...}`: more telling when an account or a host is beside it."""
        pairs = [(text_of(e.key), e.value) for e in node.elements if isinstance(e, cst.DictElement)]
        partner = any(key is not None and _ACCOUNT.match(key) for key, _ in pairs)
        for key, value in pairs:
            if key in _EXAMPLES:
                self.out.exempt(value)
            elif key is not None:
                self._named(key, SecretRole.DICT_VALUE, value, partner=partner)

    def parameters(self, node: cst.FunctionDef) -> None:
        """`def f(password="...")`."""
        for parameter in all_parameters(node):
            if parameter.default is not None:
                self._named(parameter.name.value, SecretRole.DEFAULT, parameter.default)

    def comparison(self, node: cst.Comparison) -> None:
        """`password == "..."`: whoever knows the literal is in."""
        if len(node.comparisons) != 1 or not isinstance(node.comparisons[0].operator, cst.Equal | cst.NotEqual):
            return
        sides = (node.left, node.comparisons[0].comparator)
        for side, other in (sides, sides[::-1]):
            name = _compared_name(side)
            text = text_of(other)
            if name is None or text is None or (reading := read_name(name)) is None or self.out.knows(text):
                continue
            if shape_of(text) in (Shape.WORD, Shape.WEAK) and reading.kind != "account-password":
                continue
            self.out.judge(Candidate(Literal(other, text, other), name, reading, SecretRole.COMPARED))  # type: ignore[arg-type]

    # calls --------------------------------------------------------------------------------------------------------

    def call(self, node: cst.Call) -> None:
        """Keyword and positional arguments, lookups with a default, hashes of literals, messages."""
        name = called(node)
        if name in _SPEAKS:
            self._message(node)
        if is_hasher(name) or name == "set_password":
            self._password_argument(node, name)
        elif (found := lookup(node)) is not None and found.looked_up is not None:
            self._named(found.looked_up, found.role or SecretRole.DEFAULT, node)
        self._keywords(node, name)
        if name in _positions():
            self._known_call(node, name)

    def _keywords(self, node: cst.Call, name: str) -> None:
        keywords = [arg.keyword.value for arg in node.args if arg.keyword is not None]
        if not keywords:
            return
        partner = any(_ACCOUNT.match(keyword) for keyword in keywords)
        role = SecretRole.ATTRIBUTE if name in _STORES else SecretRole.ARGUMENT
        for arg in node.args:
            if arg.keyword is None:
                continue
            keyword = arg.keyword.value
            if keyword in _EXAMPLES:
                self.out.exempt(arg.value)
            elif self.out.reads_texts or read_name(keyword) is not None:
                self._named(keyword, role, arg.value, partner=partner, sink=self._reference(node))
            elif keyword == "auth" and isinstance(arg.value, cst.Tuple):
                self._pair(arg.value, node)

    def _pair(self, pair: cst.Tuple, node: cst.Call) -> None:
        """`auth=("user", "password")`."""
        if len(pair.elements) == 2:
            self._named("password", SecretRole.ARGUMENT, pair.elements[1].value, True, self._reference(node))

    def _password_argument(self, node: cst.Call, name: str) -> None:
        if node.args and node.args[0].keyword is None:
            sink = self._reference(node) or name
            self._named("password", SecretRole.ARGUMENT, node.args[0].value, partner=True, sink=sink)

    def _known_call(self, node: cst.Call, name: str) -> None:
        reference = self._reference(node) or name
        for target, argument, position, kind in _positions()[name]:
            if not _same_call(reference, target) or position >= len(node.args):
                continue
            arg = node.args[position]
            if arg.keyword is None and not arg.star:
                reading = NameReading(kind, strong=True)
                for found in literals(arg.value):
                    candidate = Candidate(found, argument, reading, SecretRole.ARGUMENT, True, reference)
                    self.out.judge(candidate)

    def _message(self, node: cst.Call) -> None:
        for text, part in _spoken(node):
            for mention in accounts_in(text):
                self.out.mention(part, mention.name, mention.value)
            self.out.repeats(part, text)

    # strings of any place -----------------------------------------------------------------------------------------

    def string(self, node: cst.SimpleString | cst.ConcatenatedString) -> None:
        """Vendors' keys, addresses with a password, SQL that sets one."""
        if id(node) in self.out.seen:
            self.out.see_parts(node)
            return
        text = text_of(node)
        if text is None or len(text) < 8:
            return
        self.out.see_parts(node)
        literal = Literal(node, text, node)
        self.out.judge(Candidate(literal, "", None, SecretRole.ARGUMENT))
        if SQL_MARK.search(text):
            for mention in sql_passwords(text):
                self.out.mention(node, mention.name, mention.value)

    def formatted(self, node: cst.FormattedString) -> None:
        """f-strings: a literal password in an address whose other parts are filled in, a key beside other text."""
        code = self.walk.code(node, limit=2_000)
        texts = [part.value for part in node.parts if isinstance(part, cst.FormattedStringText)]
        if any("://" in text or self.out.keys.find(text) for text in texts):
            self.out.template(node, code)

    # comments -----------------------------------------------------------------------------------------------------

    def comments(self) -> None:
        """Code that was commented out, with the value still in it."""
        for mention in commented_out(self.walk.text):
            reading = read_name(mention.name)
            keys = find_keys(mention.value)
            shape = shape_of(mention.value)
            if not keys and (reading is None or not reading.strong or shape not in (Shape.MIXED, Shape.RANDOM)):
                continue
            kind = keys[0].kind if keys else reading.kind if reading else "api-key"
            self.out.text_fact(kind, mention.name, mention.value, self._place(mention.start, mention.end))

    def _place(self, start: int, end: int) -> Place:
        before = self.walk.text[:start]
        line = before.count("\n") + 1
        column = start - before.rfind("\n") - 1
        return Place(line, column, line, column + end - start)

    def _reference(self, node: cst.Call) -> str | None:
        return self.walk.resolve(node.func)

    def _named(
        self,
        name: str,
        role: SecretRole,
        value: cst.BaseExpression,
        partner: bool = False,
        sink: str | None = None,
        statement: cst.CSTNode | None = None,
    ) -> None:
        reading = read_name(name)
        if reading is None and not self.out.reads_texts:
            return
        for found in literals(value):
            candidate = Candidate(found, name, reading, found.role or role, partner or found.hashed, sink, statement)
            self.out.judge(candidate)


def _target(target: cst.BaseExpression) -> tuple[str | None, SecretRole]:
    match target:
        case cst.Name(value=name):
            return name, SecretRole.ASSIGNED
        case cst.Attribute(attr=cst.Name(value=name)):
            return name, SecretRole.ATTRIBUTE
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return text_of(key), SecretRole.ATTRIBUTE
    return None, SecretRole.ASSIGNED


def _compared_name(node: cst.BaseExpression) -> str | None:
    match node:
        case cst.Name(value=name):
            return name
        case cst.Attribute(attr=cst.Name(value="data"), value=inner):
            return _compared_name(inner)
        case cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return text_of(key)
        case cst.Call(
            func=cst.Attribute(attr=cst.Name(value="get")), args=[cst.Arg(value=cst.SimpleString() as key), *_]
        ):
            return text_of(key)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="strip" | "lower"), value=inner)):
            return _compared_name(inner)
    return None


def _last_name(node: cst.BaseExpression) -> str:
    match node:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""


def _replaced(body: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Values that a later assignment on the same level replaces without looking at them."""
    latest: dict[str, cst.BaseExpression] = {}
    for statement in body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for small in statement.body:
            match small:
                case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
                    pass
                case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value):
                    pass
                case _:
                    continue
            if name in latest and not _mentions(value, name):
                yield from (found.node for found in literals(latest[name]))
            latest[name] = value


def _mentions(value: cst.BaseExpression, name: str) -> bool:
    match value:
        case cst.Name(value=found):
            return found == name
        case cst.BooleanOperation(left=left, right=right):
            return _mentions(left, name) or _mentions(right, name)
        case cst.Call(args=args):
            return any(_mentions(arg.value, name) for arg in args)
        case cst.IfExp(test=test, body=body, orelse=orelse):
            return any(_mentions(part, name) for part in (test, body, orelse))
    return False


def _constants(module: cst.Module) -> dict[int, str]:
    """The statements of a module that assign one name, and that name."""
    found: dict[int, str] = {}
    for statement in module.body:
        match statement:
            case (
                cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) as small]
                )
                | cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name)) as small])
            ):
                found[id(small)] = name
    return found


def _spoken(node: cst.Call) -> Iterator[tuple[str, cst.CSTNode]]:
    """The literal texts of a message, f-strings without what they fill in."""
    for arg in node.args:
        match arg.value:
            case cst.SimpleString() | cst.ConcatenatedString():
                if text := text_of(arg.value):
                    yield text, arg.value
            case cst.FormattedString(parts=parts):
                for part in parts:
                    if isinstance(part, cst.FormattedStringText):
                        yield part.value, arg.value


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


def _same_call(reference: str, target: str) -> bool:
    """The same function, or a method of that name on an object made by that library (`server.login`)."""
    if reference == target:
        return True
    method = target.count(".") > 1 and target.rsplit(".", 2)[1][:1].isupper()
    return method and reference.rpartition(".")[2] == target.rpartition(".")[2]
