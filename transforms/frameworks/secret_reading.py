"""The handlers of `secret_literals`: each knows one place where a literal can stand, and what it is called there."""

import dataclasses
import functools
import io
import re
import tokenize

import libcst as cst

from transforms.concepts import Place
from transforms.concepts_secrets import ASKED, SecretRole, Unsaid
from transforms.frameworks.secret_compared import compared_name, matched_values, written
from transforms.frameworks.secret_emission import PARTS, Candidate, Defaulted, Emission
from transforms.frameworks.secret_options import FASTAPI, TYPER, Option, own_default, own_variable
from transforms.frameworks.secret_places import (
    built_in_accounts,
    can_ask_inside,
    comes_from_outside,
    is_given,
    widened,
)
from transforms.frameworks.secret_scopes import constants, replaced
from transforms.frameworks.secret_typed import Typed
from transforms.frameworks.secret_values import Literal, literals, text_of
from transforms.secrets import kind as kind_of
from transforms.secrets.addresses import is_of_database, passwords_in
from transforms.secrets.commands import command_passwords
from transforms.secrets.judgement import judge_key
from transforms.secrets.keys import find_keys
from transforms.secrets.names import NameReading, read_name
from transforms.secrets.prose import accounts_in, commented_out, is_sql, remarks, sql_passwords
from transforms.secrets.values import Shape, fake, shape_of
from transforms.secrets.vocabulary import words
from transforms.secrets.written import settings_in
from transforms.walk import Scope, Walk, all_parameters, descendants

_ACCOUNT = re.compile(
    r"^(?:\w+_)?(?:user|username|user_?name|userid|email|e_?mail|phone|mobile|login|account|host|hostname|dbname|"
    r"database|role|is_(?:admin|staff|superuser))$",
    re.IGNORECASE,
)
EXAMPLES = words(
    "example examples json_schema_extra schema_extra openapi_examples responses sample placeholder help description "
    "help_text error_messages label labels title messages errors"
)
_DATABASE = re.compile(r"^(?:host|hostname|db|dbname|database|port|dsn|engine)$", re.IGNORECASE)
_COMMENT = re.compile(r"^[ \t]*#[^\n]*(?:[Pp]ass|[Ll]ogin|admin|@)[^\n]*$", re.MULTILINE)
_HEADERS = frozenset(("Authorization", "authorization"))
_VAGUE = words("key secret token _key _secret signing_key hmac_key")
_ASKS = re.compile(r"^_*(?:get|load|fetch|read|provide|default)_")
_ANSWERS_OTHERWISE = re.compile(
    r"(?:^|_)(?:mock|fake|dummy|test|sample|example|url|path|name|header|field|hash)(?:_|$)"
)
_TESTS_RUN = re.compile(
    r"^(?:os\.)?(?:getenv|environ\.get)\([\"'](?:TESTING|PYTEST_\w+)[\"']\)(?:\s*==\s*[\"'](?:1|[Tt]rue)[\"'])?$"
    r"|^[\"'](?:TESTING|PYTEST_\w+)[\"'] in os\.environ$|^[\"']pytest[\"'] in sys\.modules$"
)
_MADE_OF_PHRASES = ("framework-signing-key", "jwt-signing-key", "encryption-key")  # by hashing them
_LEAST = 8  # characters: shorter ones are names and numbers
_BARE = ("key", "secret", "token")
_OF_TESTS = re.compile(r"^_?Test(?:s|ing)?(?:Config|Settings|Env)|(?:Config|Settings)(?:For)?Test(?:s|ing)?$")
_IN_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,30})://[^\s\"'@/]{0,80}?:"
    r"\{(?:[\w.]{1,30}\()?(?:\w{1,30}\.)?(?P<name>\w{1,60})\)?\}@"
)
_OPEN_WEATHER = NameReading("openweather-key", strong=True)
_ENUM = re.compile(r"(?:Enum|Flag|TextChoices|Choices)$")


class Reading:
    """The state of one file's reading, and a method for each kind of node."""

    def __init__(self, walk: Walk, typed: Typed | None = None) -> None:
        self.walk, self.typed = walk, typed
        self.out = Emission(walk)
        self._doors: list[tuple[cst.FunctionDef, str, Literal, tuple[Scope, ...]]] = []  # of parameters
        self._of_databases: frozenset[str] = frozenset()  # names that stand as the password in an address of one
        self.of_database = False  # what stands around the name is a connection
        self._speaks_of_tests = any(word in walk.text for word in ("TESTING", "PYTEST_", "pytest"))
        self.fixed: set[int] = set()  # comparisons that have to go
        self.doubted: dict[str, Candidate] = {}  # literals under names that say little, until a call says more

    # what a scope says about its names ----------------------------------------------------------------------------

    def body(self, node: cst.Module) -> None:
        """Literals that a later assignment of the same scope replaces are dead."""
        self.out.dead.update(map(id, replaced(node.body)))
        self.out.constants = constants(node)
        found = _IN_ADDRESS.finditer(self.walk.text) if "://" in self.walk.text and "}@" in self.walk.text else ()
        self._of_databases = frozenset(each["name"] for each in found if is_of_database(each["scheme"]))

    def class_body(self, node: cst.ClassDef) -> None:
        """As for a module; the members of an enumeration are names, not values."""
        if isinstance(node.body, cst.IndentedBlock):
            self.out.dead.update(map(id, replaced(node.body.body)))
            bases = [_last_name(base.value) for base in node.bases]
            if any(_ENUM.search(base) for base in bases):
                self.out.exempt(node.body, sparing_keys=True)
            if _OF_TESTS.search(node.name.value):
                self.out.dead.update(id(each) for each in descendants(node.body, cst.SimpleString))

    def condition(self, node: cst.If) -> None:
        """What stands in for a secret where the environment says that tests run is no secret of the app."""
        if not self._speaks_of_tests or isinstance(node.test, cst.UnaryOperation):
            return  # to print each condition would cost more than all else here
        if _TESTS_RUN.search(self.walk.code(node.test)):
            strings = (each for each in descendants(node.body) if isinstance(each, cst.SimpleString))
            self.out.dead.update(map(id, strings))

    # names with values --------------------------------------------------------------------------------------------

    def assign(self, node: cst.Assign) -> None:
        """`NAME = ...`, `self.name = ...`, `config["NAME"] = ...`."""
        for target in node.targets:
            if isinstance(target.target, cst.Tuple) and isinstance(node.value, cst.Tuple):
                self._side_by_side(target.target, node.value)
                continue
            name, role = target_of(target.target)
            if name in _HEADERS:
                self._header(node.value)
            elif name in EXAMPLES:
                self.out.exempt(node.value)
            elif name is not None:
                self._keep(name, role, node)
                self.named(name, role, node.value, statement=node)
                self._bare(name, node.value)

    def _keep(self, name: str, role: SecretRole, node: cst.Assign) -> None:
        """`chat = "..."` says nothing, until a call that takes a key is given `chat`."""
        text = text_of(node.value) if role is SecretRole.ASSIGNED and read_name(name) is None else None
        if text is not None and len(text) >= _LEAST and shape_of(text) in (Shape.MIXED, Shape.RANDOM):
            literal = Literal(node.value, text, node.value)  # type: ignore[arg-type]  # it has a text, so it is a string
            self.doubted[name] = Candidate(literal, name, None, role, statement=node)

    def _side_by_side(self, names: cst.Tuple, values: cst.Tuple) -> None:
        """`USER, PASSWORD = "admin", "..."`."""
        for target, value in zip(names.elements, values.elements, strict=False):
            name, role = target_of(target.value)
            if name is not None:
                self.named(name, role, value.value)

    def annotated(self, node: cst.AnnAssign) -> None:
        """`name: type = ...`, the fields of dataclasses and settings among them."""
        if node.value is None:
            return
        name, role = target_of(node.target)
        if name in EXAMPLES:
            self.out.exempt(node.value)
        elif name is not None:
            self.named(name, role, node.value, statement=node)

    def dictionary(self, node: cst.Dict) -> None:
        """`{"password": ...}`: more telling when an account or a host is beside it."""
        pairs = [(text_of(e.key) or "", e.value) for e in node.elements if isinstance(e, cst.DictElement)]
        if any(key == "authDomain" for key, _ in pairs):  # Firebase's web configuration is public by design
            self.out.exempt(node)
        partner = any(is_partner(key, value) for key, value in pairs)
        self.of_database = any(_DATABASE.match(key) for key, _ in pairs)
        role = SecretRole.ATTRIBUTE if self.out.variables.are_set_by(node) else SecretRole.DICT_VALUE
        for key, value in pairs:
            if key in EXAMPLES:
                self.out.exempt(value)
            elif key in _HEADERS:
                self._header(value)
            elif key:
                self.named(key, role, value, partner=partner)
                self._bare(key, value)
        self.of_database = False

    def _bare(self, owner: str, value: cst.BaseExpression) -> None:
        """`{"openweather": {"key": "..."}}`: what a bare key is of, the name before it says."""
        for element in value.elements if isinstance(value, cst.Dict) else ():
            key = text_of(element.key) if isinstance(element, cst.DictElement) else None
            reading = read_name(f"{owner}_{key}") if key in _BARE else None
            text = text_of(element.value) or ""
            if reading is not None and reading.strong and shape_of(text) is Shape.RANDOM and not fake(text):
                self.named(f"{owner}_{key}", SecretRole.DICT_VALUE, element.value)

    def _header(self, value: cst.BaseExpression) -> None:
        """`{"Authorization": "Bearer ..."}`."""
        text = text_of(value) or ""
        scheme, _, rest = text.partition(" ")
        if scheme in ("Bearer", "Token", "Basic", "token") and shape_of(rest) is Shape.RANDOM:
            reading = NameReading("access-token", strong=True)
            literal = Literal(value, rest, value)  # type: ignore[arg-type]  # it has a text, so it is a string
            self.out.judge(Candidate(literal, "authorization", reading, SecretRole.DICT_VALUE, within=True))

    def alternative(self, node: cst.BooleanOperation) -> None:
        """`getenv("NAME") or "..."`, wherever it stands; and what opens a second door beside the one that verifies."""
        self.fixed.update(map(id, built_in_accounts(node, self.walk.scopes[-1].node)))
        if isinstance(node.operator, cst.Or) and text_of(node.right) is not None:
            for found in literals(node):
                if found.looked_up is not None:
                    self.named(found.looked_up, SecretRole.DEFAULT, node)

    def settle(self, name: str, kind: str) -> None:
        """A call showed what a variable is for: a literal that was assigned to it under a vague name is judged now."""
        if (doubted := self.doubted.pop(name, None)) is not None:
            self.out.judge(dataclasses.replace(doubted, reading=NameReading(kind, strong=True)))

    def parameters(self, node: cst.FunctionDef | cst.Lambda) -> None:
        """`def f(password="...")`."""
        for parameter in all_parameters(node):
            if parameter.default is None:
                continue
            name = parameter.name.value
            variable = own_variable(self.walk, parameter) if "envvar" in self.walk.text else None
            if (option := own_default(self.walk, parameter.default, TYPER)) is not None:
                # Typer calls a default when it needs it
                self.named(name, SecretRole.DEFAULT, option, late=True, variable=variable)
            else:
                of = (node, parameter)
                self.named(name, SecretRole.DEFAULT, parameter.default, of=of, variable=variable)

    def _defaulted(self, function: cst.CSTNode, parameter: cst.Param, found: Literal) -> Defaulted | None:
        """The parameter, if its function can ask for what is its default today."""
        if not isinstance(function, cst.FunctionDef) or parameter.default is None:
            return None
        inside = own_default(self.walk, parameter.default, FASTAPI) is found.whole
        if found.whole is not parameter.default and not inside:
            return None
        annotation = widened(self.walk, parameter)
        if annotation is None or not can_ask_inside(function, parameter.name.value):
            return None
        return Defaulted(function, parameter, annotation, inside)

    def walrus(self, node: cst.NamedExpr) -> None:
        """`if (password := "..."):`."""
        name, role = target_of(node.target)
        if name is not None:
            self.named(name, role, node.value)

    def returned(self, node: cst.Return) -> None:
        """`def get_api_key(): return "..."`: a function that is called after a secret gives it back."""
        function = self.walk.scopes[-1].node
        if node.value is None or not isinstance(function, cst.FunctionDef):
            return
        name = name_of_answer(function.name.value)
        reading = read_name(name)
        if reading is None or not reading.strong or _ANSWERS_OTHERWISE.search(function.name.value):
            return
        for found in literals(node.value):
            if shape_of(found.text) in (Shape.MIXED, Shape.RANDOM):  # words say what the answer is about
                self.out.judge(Candidate(found, name, reading, found.role or SecretRole.ARGUMENT))

    def matched(self, node: cst.Match) -> None:
        """`match password:` with `case "...":`: whoever knows the literal is in."""
        name = compared_name(node.subject)
        reading = read_name(name) if name is not None else None
        if reading is None or not reading.strong:
            return
        for case in node.cases:
            for value in matched_values(case.pattern):
                self.compared(node.subject, value, fixed=True)

    def comparison(self, node: cst.Comparison) -> None:
        """`password == "..."`: whoever knows the literal is in."""
        if len(node.comparisons) != 1:
            return
        operator, right = node.comparisons[0].operator, node.comparisons[0].comparator
        fixed = id(node) in self.fixed
        if isinstance(operator, cst.Equal | cst.NotEqual):
            self.compared(node.left, right, fixed=fixed)
        elif isinstance(operator, cst.In | cst.NotIn) and isinstance(right, cst.Tuple | cst.List | cst.Set):
            for element in right.elements:
                if shape_of(text_of(element.value) or "") in (Shape.MIXED, Shape.RANDOM):  # words name what is allowed
                    self.compared(node.left, element.value, fixed=fixed)

    def compared(self, left: cst.BaseExpression, right: cst.BaseExpression, *, fixed: bool = False) -> None:
        """Two sides of which one has to be what the other is."""
        for side, other in ((left, right), (right, left)):
            name, found = compared_name(side), written(other)
            text = found.text if found is not None else ""
            if name is None or found is None or self.out.knows(text):
                continue
            if (reading := read_name(name)) is None:
                self._compared_with_typed(side, found, fixed=fixed)
                continue
            if shape_of(text) in (Shape.WORD, Shape.WEAK, Shape.NAME) and reading.kind != "account-password":
                continue
            stays = fixed or not self._is_door(side, shape_of(text))
            self.out.judge(Candidate(found, name, reading, SecretRole.COMPARED, fixed=stays))

    def _compared_with_typed(self, side: cst.BaseExpression, found: Literal, *, fixed: bool) -> None:
        """A name that says nothing may hold what somebody typed as a password; that of a parameter shows at the end."""
        if self.typed is None or shape_of(found.text) not in (Shape.MIXED, Shape.RANDOM, Shape.WEAK):
            return
        name = self.typed.name_of(side)
        if name is not None and (reading := read_name(name)) is not None:
            self.out.judge(Candidate(found, name, reading, SecretRole.COMPARED, fixed=fixed or not is_given(side)))
            return
        function = self.walk.scopes[-1].node
        if isinstance(side, cst.Name) and isinstance(function, cst.FunctionDef) and comes_from_outside(side, function):
            self._doors.append((function, side.value, found, tuple(self.walk.scopes)))

    def doors(self) -> None:
        """The parameters that are compared with a literal, and that a call of this file fills with what was typed."""
        for function, parameter, found, scopes in self._doors:
            name = self.typed.filled(function, parameter) if self.typed is not None else None
            reading = read_name(name) if name is not None else None
            if name is not None and reading is not None:
                with self.walk.inside(scopes):
                    self.out.judge(Candidate(found, name, reading, SecretRole.COMPARED))

    def _is_door(self, side: cst.BaseExpression, shape: Shape) -> bool:
        """Whether something typed is compared; a guessable word may be one that a check of the settings warns of."""
        known = shape in (Shape.MIXED, Shape.RANDOM, Shape.WORD)
        return is_given(side) and (known or comes_from_outside(side, self.walk.scopes[-1].node))

    # strings of any place -----------------------------------------------------------------------------------------

    def documentation(self, node: cst.Expr) -> None:
        """A text that stands alone is read by people, and by nothing that runs."""
        if isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
            self.out.documents.add(id(node.value))

    def string(self, node: cst.SimpleString | cst.ConcatenatedString) -> None:
        """Vendors' keys, addresses with a password, SQL that sets one."""
        if id(node) in self.out.seen:
            return
        text = text_of(node)
        if text is None or len(text) < 8:
            return
        self.out.see_parts(node)
        literal = Literal(node, text, node)
        self.out.judge(Candidate(literal, "", None, SecretRole.ARGUMENT))
        self._said_in(node, text)

    def _said_in(self, node: cst.CSTNode, text: str) -> None:
        """Statements that set a password, commands that bring one, and settings that a script writes."""
        if id(node) in self.out.seen or id(node) in self.out.documents:
            return
        for mention in command_passwords(text):
            self.out.mention(node, mention.name, mention.value)
        for mention in sql_passwords(text) if is_sql(text) else settings_in(text):
            self.out.mention(node, mention.name, mention.value)

    def formatted(self, node: cst.FormattedString) -> None:
        """f-strings: a literal password in an address whose other parts are filled in, a key beside other text."""
        texts = [part.value for part in node.parts if isinstance(part, cst.FormattedStringText)]
        if any("://" in text or self.out.keys.find(text) for text in texts):
            self.out.template(node, self.walk.code(node, limit=2_000))
        parts = (part.value if isinstance(part, cst.FormattedStringText) else "{}" for part in node.parts)
        self._said_in(node, "".join(parts))

    # comments -----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _remarked(self) -> frozenset[int]:
        """The lines that have a comment: what looks like one may be a part of a text."""
        tokens = tokenize.generate_tokens(io.StringIO(self.walk.text).readline)
        try:
            return frozenset(token.start[0] for token in tokens if token.type == tokenize.COMMENT)
        except (tokenize.TokenError, SyntaxError):
            return frozenset()

    def comments(self) -> None:
        """Code that was commented out, with the value still in it."""
        told: set[int] = set()
        for mention in commented_out(self.walk.text):
            if mention.start in told:
                continue
            reading = read_name(mention.name)
            keys = find_keys(mention.value)
            shape = shape_of(mention.value)
            if not keys and (reading is None or not reading.strong or shape not in (Shape.MIXED, Shape.RANDOM)):
                continue
            kind = reading.kind if reading else "api-key"
            if keys:
                kind = judge_key(keys[0], self.out.file, reading, self.walk.text, mention.name).kind
            told.add(mention.start)
            quoted = self.walk.text[mention.start - 1] in "\"'"
            literal = self._place(mention.start - 1, mention.end + 1) if quoted else None  # with its quotes
            self._said(kind, mention.name, mention.value, mention.start, literal)
        for start, remark in remarks(self.walk.text) if self.out.keys.possible else ():
            for key in self.out.keys.find(remark):
                if start + key.start not in told and self._is_remark(start):
                    value = remark[key.start : key.end]
                    kind = judge_key(key, self.out.file, text=self.walk.text).kind
                    self._said(kind, kind_of(kind).secret_name, value, start + key.start)
        for start, remark in remarks(self.walk.text) if self.out.addresses else ():
            for found in passwords_in(remark):
                if found.shape() not in (Shape.MIXED, Shape.RANDOM) or start + found.start in told:
                    continue
                if self._is_remark(start):
                    name = PARTS.get(found.kind, kind_of(found.kind).secret_name)
                    self._said(found.kind, name, found.password, start + found.start)
        for line in _COMMENT.finditer(self.walk.text):
            for mention in accounts_in(line[0]):
                self._said("account-password", "password", mention.value, line.start() + mention.start)

    def _is_remark(self, start: int) -> bool:
        """Whether a comment stands there: a text that explains addresses may have a line with a # as well."""
        return self.walk.text.count("\n", 0, start) + 1 in self._remarked

    def _said(self, kind: str, name: str, value: str, start: int, literal: Place | None = None) -> None:
        place = self._place(start, start + len(value))
        unsaid = Unsaid.QUESTION if literal is not None else Unsaid.NAME
        is_remark = place.line in self._remarked
        self.out.text_fact(kind, name, value, place, literal, unsaid if is_remark else None)

    def _place(self, start: int, end: int) -> Place:
        before = self.walk.text[:start]
        line = before.count("\n") + 1
        column = start - before.rfind("\n") - 1
        return Place(line, column, line, column + end - start)

    def named(
        self,
        name: str,
        role: SecretRole,
        value: cst.BaseExpression,
        partner: bool = False,
        sink: str | None = None,
        statement: cst.CSTNode | None = None,
        of: tuple[cst.CSTNode, cst.Param] | None = None,
        late: bool = False,
        fixed: bool = False,
        option: Option | None = None,
        variable: str | None = None,
    ) -> None:
        """A name with its value: judge every literal that the value may come to.

        `of`: the value is a parameter's default. `late`: a function may stand there, which is called when it is needed.
        `variable`: of the environment, which is looked at before.
        """
        reading = read_name(name)
        if name == "appid" and "openweather" in self.walk.text:
            reading = _OPEN_WEATHER
        vague = statement is not None and name.lower() in _VAGUE
        falls_back = isinstance(value, cst.BooleanOperation)
        if reading is None and not (vague or falls_back or self.out.reads_texts):
            return
        for found in literals(value):
            if reading is None and falls_back and found.looked_up is not None:
                reading = read_name(found.looked_up)
            said = self._reading(reading, found, name if statement is not None else "")
            parameter = self._defaulted(*of, found) if of is not None else None
            stays = fixed or (of is not None and parameter is None and not isinstance(of[0], cst.Lambda))
            made_late = late and found.whole is value
            literal = dataclasses.replace(found, around=f"lambda: {ASKED}") if made_late else found
            if variable is not None and found.environment_name is None:
                literal = dataclasses.replace(literal, environment_name=variable)
            candidate = Candidate(
                literal, name, said, found.role or role, partner or found.hashed, sink, statement, deferred=made_late,
                fixed=stays or late is not made_late, parameter=parameter,
                option=option if found.whole is value else None,
            )  # fmt: skip
            self.out.judge(candidate)
            if vague:
                self.doubted[name] = candidate

    def _reading(self, reading: NameReading | None, found: Literal, kept_as: str) -> NameReading | None:
        """What the name says together with what stands around it."""
        if reading is None:
            return None
        if found.hashed and reading.kind not in _MADE_OF_PHRASES:
            return NameReading("account-password", strong=True)
        if (self.of_database or kept_as in self._of_databases) and reading.kind == "account-password":
            return NameReading("database-password", strong=True)
        return reading


def is_partner(name: str, value: cst.BaseExpression) -> bool:
    """Whether a neighbour says that there is an account or a host: not if it only names or describes its field."""
    if not _ACCOUNT.match(name):
        return False
    text = text_of(value)
    return text is None or (text.lower() != name.lower() and shape_of(text) is not Shape.NOTHING)


def target_of(target: cst.BaseExpression) -> tuple[str | None, SecretRole]:
    match target:
        case cst.Name(value=name):
            return name, SecretRole.ASSIGNED
        case cst.Attribute(attr=cst.Name(value=name)):
            return name, SecretRole.ATTRIBUTE
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return text_of(key), SecretRole.ATTRIBUTE
    return None, SecretRole.ASSIGNED


def name_of_answer(function: str) -> str:
    """What a function of that name gives: `get_api_key` gives an `api_key`."""
    return _ASKS.sub("", function) or function


def _last_name(node: cst.BaseExpression) -> str:
    match node:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""
