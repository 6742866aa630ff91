"""Functions that let somebody go on by a password, and which find an account by an address.

What a login does besides comparing a password (whether the account is active, which token or session it begins) is
what signing in elsewhere has to do, too. So its course is read: where the account is looked up and by what, where the
password is compared and what of that condition is left without it, and what else the caller is asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import libcst as cst

from transforms.concepts import AddressLookup
from transforms.frameworks import python_announced as announced
from transforms.frameworks.python_conditions import leaves
from transforms.frameworks.python_logins_forms import FormLogin
from transforms.frameworks.python_logins_reading import ADDRESS, Check, Reading
from transforms.frameworks.python_logins_shapes import (
    PLAIN,
    assigned,
    called,
    comparisons,
    executes,
    is_bare,
    is_missing,
    is_posting,
    joined,
    parts_of,
    root_of,
    validated_form,
)
from transforms.frameworks.python_references import annotated_type, reference
from transforms.walk import Handlers, Walk, all_parameters, descendants, dotted_name

NAME = "python-logins"
TOKENS = (b"verify", b"check_password", b"checkpw", b"password", b"mail", b"AuthenticationForm")

_BODIES = frozenset({"get_json", "json", "form", "values", "data"})  # what a request is asked for as a whole


def matters(content: bytes) -> bool:
    """Whether a file is of a web app, and has to do with passwords or addresses."""
    return any(token in content for token in TOKENS) and announced.matters(content)


def read(walk: Walk) -> Handlers:
    """Leave PasswordCheck and AddressLookup facts."""
    return {cst.FunctionDef: lambda node: _read(walk, node)}


def _read(walk: Walk, node: cst.FunctionDef) -> None:
    if not isinstance(node.body, cst.IndentedBlock) or not _is_plain(node.params):
        return
    if (form := FormLogin.of(walk, node)) is not None:
        form.emit()
        return
    course = Course(walk, node)
    check = next(course.checks(), None)
    if check is not None:
        course.emit(check)
    elif (node.decorators or course.takes_request) and course.hand_over():
        return
    elif b"mail" in walk.content and (parameter := course.looked_up()) is not None:
        fact = AddressLookup(f"{walk.symbol}.{node.name.value}", parameter)
        walk.emit(lambda: fact)


def _is_plain(parameters: cst.Parameters) -> bool:
    stars = isinstance(parameters.star_arg, cst.Param) or parameters.star_kwarg is not None
    return not stars and not parameters.posonly_params


@dataclass
class Course:
    """The statements of a function in order, those inside of `try` and `with` among them."""

    walk: Walk
    node: cst.FunctionDef
    statements: list[cst.CSTNode] = field(default_factory=list)
    posting: "cst.If | None" = None  # the condition that the request brings a form
    around_it: list[cst.CSTNode] = field(default_factory=list)  # what runs only where it brings none
    aliases: dict[str, cst.BaseExpression] = field(default_factory=dict)  # a name -> the field of the request in it
    brought: set[str] = field(default_factory=set)  # names that hold what the caller sent

    def __post_init__(self) -> None:
        self.parameters = {each.name.value for each in all_parameters(self.node)}
        self.brought = {*self.parameters, "request"}
        self.statements = list(self._flat(self.node.body.body))
        if self.posting is not None and (form := validated_form(self.posting.test)):
            self.brought.add(form)
        for statement in self.statements:
            for name, value in assigned(statement):
                if self._is_whole_body(value):
                    self.brought.add(name)
                elif (asked := self.field_of(value)) is not None:
                    self.aliases.setdefault(name, asked)

    @property
    def takes_request(self) -> bool:
        """Whether it may be a view."""
        return "request" in self.parameters

    def _flat(self, statements: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
        listed = list(statements)
        for index, each in enumerate(listed):
            match each:
                case cst.Try(body=cst.IndentedBlock(body=body)) | cst.With(body=cst.IndentedBlock(body=body)):
                    yield from self._flat(body)
                case cst.If(test=test, orelse=None, body=cst.IndentedBlock(body=body)) if is_posting(test):
                    self.posting, self.around_it = each, listed[index + 1 :]
                    yield from self._flat(body)
                    return
                case _:
                    yield each

    def _is_whole_body(self, value: cst.BaseExpression) -> bool:
        """`data = request.get_json()`, `await request.json()`, `request.form`."""
        match value:
            case cst.Await(expression=inner):
                return self._is_whole_body(inner)
            case cst.BooleanOperation(left=inner, operator=cst.Or()):
                return self._is_whole_body(inner)
            case cst.Call(func=inner):
                return self._is_whole_body(inner)
            case cst.Attribute(value=cst.Name(value="request"), attr=cst.Name(value=name)):
                return name in _BODIES
        return False

    def field_of(self, value: cst.BaseExpression) -> cst.BaseExpression | None:
        """The one thing of the request that an expression is: `data.email` of `data.email.strip().lower()`."""
        match value:
            case cst.Name(value=name):
                return value if name in self.parameters and name != "self" else None
            case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name)), args=[]) if name in PLAIN:
                return self.field_of(inner)
            case cst.Call(func=cst.Name(value="str"), args=[cst.Arg(value=inner)]):
                return self.field_of(inner)
            case cst.BooleanOperation(left=inner, operator=cst.Or()):
                return self.field_of(inner)
            case cst.Attribute(value=cst.Attribute(value=cst.Name(value=name)), attr=cst.Name(value="data")) if (
                name in self.brought - self.parameters
            ):
                return value  # form.email.data
            case cst.Attribute(value=cst.Name(value=name)) if name in self.brought and name != "self":
                return value
            case cst.Subscript(value=owner) if self._brings(owner):
                return value
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="get"))) if self._brings(owner):
                return value
        return None

    def _brings(self, owner: cst.BaseExpression) -> bool:
        match owner:
            case cst.Name(value=name):
                return name in self.brought and name != "self"
            case cst.Attribute():
                return self._is_whole_body(owner) or dotted_name(owner) == "request.POST"
        return False

    def asked_in(self, value: cst.BaseExpression) -> cst.BaseExpression | None:
        """The same, where a name may hold it."""
        asked = self.field_of(value)
        if asked is None or isinstance(asked, cst.Name):
            inner = next((each for each in descendants(value, cst.Name)), None)
            return self.aliases.get(inner.value, asked) if inner is not None and is_bare(value) else asked
        return asked

    def checks(self) -> Iterator[Check]:
        """The conditions that may compare a password."""
        for at, each in enumerate(self.statements):
            if not isinstance(each, cst.If) or not self.assigned_before(at):
                continue
            if each.orelse is None and leaves(each.body):
                yield from self._refusing(at, each)
            if self.posting is not None or leaves(each.body):
                yield from self._letting_on(at, each)

    def _refusing(self, at: int, condition: cst.If) -> Iterator[Check]:
        """`if not user or not verify(password, user.hash): raise ...`."""
        parts = list(joined(condition.test, cst.Or))
        for part in parts:
            if isinstance(part, cst.UnaryOperation) and isinstance(part.operator, cst.Not):
                call = called(part.expression)
                if call is not None and self._compares(call):
                    rest = " or ".join(self.walk.code(each) for each in parts if each is not part)
                    yield Check(at, condition, call, rest)

    def _letting_on(self, at: int, condition: cst.If) -> Iterator[Check]:
        """`if user and verify(password, user.hash): ... return`, and whoever is wrong falls through."""
        if condition.orelse is not None and not isinstance(condition.orelse, cst.Else):
            return
        parts = list(joined(condition.test, cst.And))
        for part in parts:
            call = called(part)
            if call is not None and self._compares(call) and leaves(condition.body):
                others = [each for each in parts if each is not part]
                if all(isinstance(each, cst.Name) for each in others):
                    rest = " or ".join(f"not {self.walk.code(each)}" for each in others)
                    yield Check(at, condition, call, rest, hoisted=True)

    def _compares(self, call: cst.Call) -> bool:
        """Whether it is handed something of the request, and something that was looked up."""
        values = [each.value for each in call.args]
        owner = call.func.value if isinstance(call.func, cst.Attribute) else None
        return any(self.asked_in(each) is not None for each in values) and (
            len(values) > 1 or isinstance(owner, cst.Name)
        )

    def assigned_before(self, at: int) -> set[str]:
        """What was looked up or worked out so far: names that hold nothing of the request."""
        found = {name for each in self.statements[:at] for name, _ in assigned(each)}
        return found - self.aliases.keys() - self.brought

    def compared(self, at: int) -> Iterator[tuple[str, cst.BaseExpression]]:
        """By what an account is found before a statement: name of a column or key, and the field of the request."""
        for statement in self.statements[:at]:
            if any(assigned(statement)) or executes(statement):
                for name, value in comparisons(self.walk, statement):
                    asked = self.asked_in(value)
                    if asked is not None:
                        yield name, asked

    def _target(self, func: cst.BaseExpression) -> str | None:
        """What is called; a method of a parameter or of a local object is one of its class."""
        if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Name):
            name, method = func.value.value, func.attr.value
            made = next((value for each in self.statements for one, value in assigned(each) if one == name), None)
            if made is not None and (owner := reference(self.walk, made)):
                return f"{owner}.{method}"
            for each in all_parameters(self.node):
                if each.name.value == name and each.annotation is not None:
                    owner = annotated_type(self.walk, each.annotation.annotation)
                    return f"{owner}().{method}" if owner else None
        return reference(self.walk, func)

    def hand_over(self) -> bool:
        """`user = authenticate(db, data.email, data.password)`: whether facts are left of such a statement."""
        found = False
        for at, statement in enumerate(self.statements):
            for name, value in assigned(statement):
                call = called(value)
                target = self._target(call.func) if call is not None else None
                for where, (one, other) in enumerate(pairwise(call.args)) if call is not None and target else ():
                    identity = self.asked_in(one.value)
                    if call is not None and identity is not None and self.asked_in(other.value) is not None:
                        found_by = f"{target}#{one.keyword.value if one.keyword is not None else where}()"
                        check = Check(at, None, call, password=other)
                        Reading(self, check, name, identity, (found_by,)).emit()
                        found = True
        return found

    def looked_up(self) -> str | None:
        """The parameter by which a function finds somebody by address."""
        for statement in self.statements[:8]:
            for name, value in comparisons(self.walk, statement):
                if ADDRESS.fullmatch(name) and isinstance(asked := self.asked_in(value), cst.Name):
                    return asked.value
        return None

    def chain(self, at: int, identity: str) -> list[str]:
        """The names that hold who was found, or what that was made of."""
        found: list[str] = []
        for statement in self.statements[:at]:
            for name, value in assigned(statement):
                said = {self.walk.code(each) for each in descendants(value) if isinstance(each, cst.BaseExpression)}
                held = {alias for alias, asked in self.aliases.items() if self.walk.code(asked) == identity}
                if name not in self.aliases and said & {identity, *held, *found}:
                    found.append(name)
            found += executes(statement)
        return found

    def emit(self, check: Check) -> None:
        """Leave the fact, unless nothing is compared with what the caller says to be."""
        known = [*self.compared(check.at)]
        by_column = [each for each in known if not each[0].endswith("()")]
        if by_column:
            self._emit(check, by_column[0][1], tuple(dict.fromkeys(name for name, _ in by_column)))
            return
        for name, identity in dict.fromkeys(known):
            self._emit(check, identity, (name,))

    def _emit(self, check: Check, identity: cst.BaseExpression, found_by: tuple[str, ...]) -> None:
        chain = self.chain(check.at, self.walk.code(identity))
        tests = [each.test for each in self.statements[: check.at + 1] if isinstance(each, cst.If)]
        missing = [name for test in tests for part in parts_of(test) for name in chain if is_missing(part, name)]
        test = parts_of(check.condition.test) if check.condition is not None else ()
        present = [part.value for part in test if isinstance(part, cst.Name)]
        compared = [root_of(each) for each in (check.call.func, *(arg.value for arg in check.call.args))]
        account = next((name for name in (*missing, *present, *compared) if name in chain), None)
        if account is not None:
            Reading(self, check, account, identity, found_by).emit()
