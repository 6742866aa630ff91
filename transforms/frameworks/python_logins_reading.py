"""What of a login stays in a copy, once it is known where a password is compared and by what accounts are found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import PasswordCheck, Place
from transforms.frameworks.python_conditions import leaves
from transforms.frameworks.python_logins_shapes import (
    assigned,
    is_harmless,
    is_missing,
    is_there,
    parts_of,
    root_of,
)
from transforms.frameworks.python_references import reference
from transforms.walk import all_parameters, below, descendants, string_value

if TYPE_CHECKING:
    from transforms.frameworks.python_logins import Course

ADDRESS = re.compile(r"(?:.*[._])?e?_?mail(?:_?(?:address|id))?", re.IGNORECASE)
_FIELDS = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
_LONGEST = 400  # characters of a parameter or a decorator


@dataclass(frozen=True, slots=True)
class Check:
    """The condition that a wrong password ends in; None where another function is asked who somebody is."""

    at: int  # among the statements
    condition: cst.If | None
    call: cst.Call
    rest: str = ""
    password: cst.Arg | None = None  # what that function is handed for one
    hoisted: bool = False  # it leads on whoever is right, and the others fall through


class Reading:
    """What of a function stays in a copy, once its check and its identity are known."""

    def __init__(
        self, course: "Course", check: Check, account: str, identity: cst.BaseExpression, found_by: tuple[str, ...]
    ) -> None:
        self.course, self.check, self.account, self.identity, self.found_by = course, check, account, identity, found_by
        self.walk = course.walk
        self.code = self.walk.code(identity)
        handed = [arg.value for arg in ([check.password] if check.password is not None else check.call.args)]
        passwords = [asked for value in handed if (asked := course.asked_in(value)) is not None]
        self.password_names = {each.value for each in handed if isinstance(each, cst.Name) and each.value != account}
        self.address_names = {name for name, asked in course.aliases.items() if self.walk.code(asked) == self.code}
        if isinstance(identity, cst.Name):
            self.address_names.add(identity.value)
        self.passwords = {self.walk.code(each) for each in passwords}
        self.brings = {root_of(each) for each in (identity, *passwords)}
        if isinstance(identity, cst.Name):
            self.brings.discard(identity.value)
        if not self.brings <= course.parameters:
            self.brings.add("request")
        self.left_out: list[cst.CSTNode] = list(course.around_it)
        self.refusals: list[tuple[cst.CSTNode, str]] = []
        self.hoisted: list[tuple[cst.If, str]] = [(course.posting, "")] if course.posting is not None else []

    def emit(self) -> None:
        """Leave the fact."""
        walk, node = self.walk, self.course.node
        self._sort()
        kept = list(self._kept())
        identities = [each for each in kept if type(each) is type(self.identity) and walk.code(each) == self.code]
        absent = list(self._absent(kept))
        more = self._asks_more(kept, [*identities, *(each for each, _ in absent)])
        decorators = tuple(walk.code(each.decorator, _LONGEST) for each in node.decorators)
        parameters = tuple(
            (each.name.value, walk.code(each, _LONGEST).rstrip(",").rstrip()) for each in all_parameters(node)
        )
        given = tuple(sorted(self.brings & self.course.parameters))
        returns = walk.code(node.returns.annotation, _LONGEST) if node.returns is not None else ""
        verifies = (
            self.found_by[0].partition("#")[0]
            if self.check.password is not None
            else reference(walk, self.check.call.func) or ""
        )
        function, is_async = f"{walk.symbol}.{node.name.value}", node.asynchronous is not None
        refusing, hoisted = [each for each, _ in self.refusals], [each for each, _ in self.hoisted]
        by_address = all(ADDRESS.fullmatch(name.rpartition(".")[2]) for name in self.found_by)
        missing = [each for each, _ in absent]
        through = [self.check.call] if self.check.password is not None else []
        call = tuple(self._called()) if through else ()
        ends = [0, len(identities), len(refusing), len(self.left_out), len(missing), len(hoisted), len(through)]

        def build(place: Place, *places: Place) -> PasswordCheck:
            parts = [places[sum(ends[:at]) : sum(ends[: at + 1])] for at in range(1, 7)]
            return PasswordCheck(
                function, verifies, place, self.account, self.found_by, by_address, self.code, parts[0],
                tuple(zip(parts[1], (code for _, code in self.refusals), strict=True)), parts[2],
                tuple(zip(parts[3], (code for _, code in absent), strict=True)),
                tuple(zip(parts[4], (code for _, code in self.hoisted), strict=True)),
                given, more, parameters, returns, decorators, is_async, next(iter(parts[5]), None), call,
            )  # fmt: skip

        walk.emit(build, node, *identities, *refusing, *self.left_out, *missing, *hoisted, *through)

    def _called(self) -> Iterator[str]:
        """What is called, and its arguments but for the password."""
        yield self.walk.code(self.check.call.func, _LONGEST)
        for arg in self.check.call.args:
            if arg is not self.check.password:
                keyword = f"{arg.keyword.value}=" if arg.keyword is not None else ""
                yield f"{keyword}{self.walk.code(arg.value, _LONGEST)}"

    def _sort(self) -> None:
        """Which statements are about the password alone, and which refuse whoever has no account."""
        check, course = self.check, self.course
        for statement in course.statements[: check.at]:
            names = {name for name, _ in assigned(statement)}
            if isinstance(statement, cst.If) and statement.orelse is None and leaves(statement.body):
                if is_missing(statement.test, self.account):
                    self.refusals.append((statement, self.walk.code(statement.test)))
                elif self._is_about_password(statement.test):
                    self.left_out.append(statement)
            elif "email" in names and not isinstance(self.identity, cst.Name) and self._is_identity(statement):
                self.left_out.append(statement)  # a copy has it under this very name
            elif names & (self.password_names | (self.brings & course.brought - course.parameters)):
                self.left_out.append(statement)
        if check.condition is None:
            self._sort_after()
            return
        rest = check.rest or ("" if self.refusals else f"not {self.account}")
        if check.hoisted:
            self.left_out += course.statements[check.at + 1 :]
            self.hoisted.append((check.condition, rest))
        elif rest:
            self.refusals.append((check.condition, rest))
        else:
            self.left_out.append(check.condition)

    def _is_identity(self, statement: cst.CSTNode) -> bool:
        return all(self.walk.code(value) == self.code for _, value in assigned(statement))

    def _sort_after(self) -> None:
        """Which statements tell somebody who was found from nobody."""
        after = self.course.statements[self.check.at + 1 :]
        for index, statement in enumerate(after):
            if not isinstance(statement, cst.If) or not leaves(statement.body):
                continue
            if statement.orelse is None and is_missing(statement.test, self.account):
                self.refusals.append((statement, self.walk.code(statement.test)))
            elif not isinstance(statement.orelse, cst.If) and is_there(statement.test, self.account):
                self.hoisted.append((statement, f"not {self.account}"))
                self.left_out += after[index + 1 :]
                return

    def _is_about_password(self, test: cst.BaseExpression) -> bool:
        """Whether it asks for nothing but a password, or that something was sent: no rule about addresses is lost."""
        parts = list(parts_of(test))
        return all(self._is_presence(each) or self._is_password(each) for each in parts) and any(
            self._mentions(each) for each in parts
        )

    def _is_password(self, part: cst.BaseExpression) -> bool:
        asked = [each for each in descendants(part) if isinstance(each, _FIELDS)]
        names_identity = any(
            self.walk.code(each) == self.code or (isinstance(each, cst.Name) and each.value in self.address_names)
            for each in asked
        )
        return self._mentions(part) and not names_identity

    def _mentions(self, part: cst.BaseExpression) -> bool:
        """A password, or the request as a whole."""
        asked = [each for each in descendants(part) if isinstance(each, _FIELDS)]
        names = self.password_names | (self.brings - self.course.parameters)
        return any(
            self.walk.code(each) in self.passwords or (isinstance(each, cst.Name) and each.value in names)
            for each in asked
        )

    def _is_presence(self, part: cst.BaseExpression) -> bool:
        """`not email`, `not data`, `"email" not in data`, `email is None`."""
        match part:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self._is_sent(inner)
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                if isinstance(operator, cst.NotIn):
                    return isinstance(left, cst.SimpleString) and self._is_sent(right)
                nothing = (isinstance(right, cst.Name) and right.value == "None") or string_value(right) == ""
                return isinstance(operator, cst.Is | cst.Equal) and nothing and self._is_sent(left)
        return False

    def _is_sent(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Name):
            return node.value in self.address_names | self.password_names | self.brings
        return self.walk.code(node) in {self.code, *self.passwords}

    def _absent(self, kept: list[cst.CSTNode]) -> Iterator[tuple[cst.BaseExpression, str]]:
        """`request.args.get("next")`: nobody comes back from the provider with it; and `remember=...` of a form."""
        for each in kept:
            match each:
                case cst.Call(
                    func=cst.Attribute(value=cst.Attribute(value=cst.Name(value="request"), attr=of), attr=get),
                    args=[cst.Arg(value=cst.SimpleString()), *rest],
                ) if of.value in ("args", "GET", "query_params") and get.value == "get":
                    yield each, self.walk.code(rest[0].value) if rest else "None"
                case cst.Arg(keyword=cst.Name(value="remember"), value=value):
                    if any(name.value in self.brings for name in descendants(value, cst.Name)):
                        yield value, "False"

    def _kept(self) -> Iterator[cst.CSTNode]:
        """What stays in the copy, node by node."""
        conditions = [part for each, _ in self.hoisted for part in (each.test, each.orelse) if part is not None]
        through = [self.check.call] if self.check.password is not None else []
        gone = {id(each) for each in (*through, *self.left_out, *conditions, *(each for each, _ in self.refusals))}
        stack: list[cst.CSTNode] = list(self.course.node.body.body)[::-1]
        while stack:
            each = stack.pop()
            if id(each) not in gone:
                yield each
                stack += below(each)[::-1]

    def _asks_more(self, kept: list[cst.CSTNode], identities: Sequence[cst.CSTNode]) -> str:
        """What else of the request is used; parts of the identity do not count."""
        inside = {id(each) for whole in identities for each in descendants(whole)}
        for each in kept:
            match each:
                case cst.Attribute(value=cst.Name(value=name)) | cst.Subscript(value=cst.Name(value=name)) if (
                    name in self.brings and id(each) not in inside
                ):
                    if is_harmless(each):
                        inside.add(id(each.value))
                        continue
                    return self.walk.code(each, 80)
        plain = (each for each in kept if isinstance(each, cst.Name) and id(each) not in inside)
        return next((each.value for each in plain if each.value in self.brings - {"request"}), "")
