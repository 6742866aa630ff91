"""What a function answers to a request of somebody unknown: its code is followed for a caller without identity.

Predicates such as `has_permission(request, view)` do not refuse; they answer True or False. Their body is followed for
one method and one action, with an anonymous user and without any credential. What cannot be told is UNSURE, and a
condition that cannot be told is followed both ways.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import libcst as cst

from transforms.concepts import Says
from transforms.frameworks.python_known import (
    UNSURE,
    Asked,
    Asks,
    Bound,
    Composed,
    Named,
    Refused,
    Table,
    Thing,
    TooLong,
    Written,
    compared,
    composed,
    role_of,
    says,
    truth,
)
from transforms.walk import argument, descendants, dotted_name, string_value

DEEPEST = 6  # own functions that are followed into each other
MOST_STEPS = 3000
_ANONYMOUS: Mapping[str, Any] = {
    "is_authenticated": False, "is_anonymous": True, "is_staff": False, "is_superuser": False, "is_active": False,
    "id": None, "pk": None, "username": "", "groups": Thing.NO_ROWS, "user_permissions": Thing.NO_ROWS,
}  # fmt: skip
_SAYS_NO = frozenset({"has_perm", "has_perms", "has_module_perms", "exists", "count", "first", "last", "get"})
_STORES = frozenset({"headers", "META", "COOKIES", "session"})
_FOLLOWED = (cst.BooleanOperation, cst.UnaryOperation, cst.Comparison, cst.IfExp)


class Stranger:
    """Follows expressions and statements for one request."""

    def __init__(
        self,
        asked: Asked,
        resolve: Callable[[cst.BaseExpression], str | None],
        functions: Mapping[str, cst.FunctionDef],
        attributes: Mapping[str, cst.BaseExpression] = MappingProxyType({}),
    ) -> None:
        self.asked, self.resolve, self.functions = asked, resolve, functions
        self.attributes = attributes  # tables of the class around, by name
        self.read: set[str] = set()  # which of them were looked at
        self.steps = 0
        self.depth = 0

    def outcomes(self, node: cst.FunctionDef, given: Mapping[str, Any] | None = None) -> list[Any]:
        """Whatever the function may return."""
        return [value for value, _ in self.endings(node, given)]

    def endings(self, node: cst.FunctionDef, given: Mapping[str, Any] | None = None) -> list[tuple[Any, Any]]:
        """Whatever the function may return, with the statement that ends it; None where it just ends or fails."""
        env = {each.name.value: self._role(each.name.value) for each in node.params.params} | dict(given or {})
        body = node.body.body if isinstance(node.body, cst.IndentedBlock) else [node.body]
        try:
            return list(self._paths(list(body), env))
        except TooLong:
            return [(UNSURE, None)]

    def _role(self, parameter: str) -> Any:
        role = role_of(parameter)
        return UNSURE if role is Thing.USER and self.asked.signed_in else role

    def value(self, node: cst.BaseExpression, env: dict[str, Any]) -> Any:
        """What an expression is for this request; raises Refused where it fails."""
        self._step()
        match node:
            case cst.Name(value="True" | "False" | "None" as word):
                return {"True": True, "False": False, "None": None}[word]
            case cst.Name(value=name):
                return env[name] if name in env else Named(self.resolve(node) or name)
            case cst.SimpleString() | cst.ConcatenatedString():
                return string_value(node) if string_value(node) is not None else UNSURE
            case cst.Integer(value=digits) if digits.isdigit():
                return int(digits)
            case cst.Attribute():
                return self._attribute(node, env)
            case cst.Call():
                return self._call(node, env)
            case cst.List(elements=elements) | cst.Tuple(elements=elements) | cst.Set(elements=elements):
                return Written.at(node, [one for each in elements for one in self._element(each, env)])
            case cst.Dict(elements=elements):
                return self._table(elements, env)
            case cst.Subscript():
                return self._entry(node, env)
            case cst.ListComp() | cst.GeneratorExp():
                return self._comprehension(node, env)
            case cst.BinaryOperation():
                return self._binary(node, env)
            case _ if isinstance(node, _FOLLOWED):
                return self._decided(node, env)
        return UNSURE

    def _element(self, node: cst.BaseElement, env: dict[str, Any]) -> tuple[Any, ...]:
        """What an element adds to its list: of `*others` all of them, where they are known."""
        found = self.value(node.value, env)
        if not isinstance(node, cst.StarredElement):
            return (found,)
        return found if isinstance(found, tuple) else (UNSURE,)

    def _table(self, elements: Sequence[cst.BaseDictElement], env: dict[str, Any]) -> Any:
        """A dictionary whose keys are texts."""
        found = Table()
        for each in elements:
            key = string_value(each.key) if isinstance(each, cst.DictElement) else None
            if key is None:
                return UNSURE
            found[key] = self.value(each.value, env)
        return found

    def _entry(self, node: cst.Subscript, env: dict[str, Any]) -> Any:
        """`headers["Authorization"]`, or `tables[self.action]`; raises Refused where there is none."""
        owner = self.value(node.value, env)
        if owner is Thing.NO_CREDENTIALS:
            raise Refused  # there is no such cookie, header, or entry of a session
        match owner, node.slice:
            case Table(), [cst.SubscriptElement(slice=cst.Index(value=key))]:
                named = self.value(key, env)
                if not isinstance(named, str):
                    return UNSURE
                if named not in owner:
                    raise Refused
                return owner[named]
        return UNSURE

    def _decided(self, node: cst.BaseExpression, env: dict[str, Any]) -> Any:
        match node:
            case cst.BooleanOperation(left=left, operator=operator, right=right):
                return self._boolean(left, right, env, conjunction=isinstance(operator, cst.And))
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                known = truth(self.value(inner, env))
                return UNSURE if known is None else not known
            case cst.UnaryOperation(operator=cst.BitInvert(), expression=inner):
                return composed("~", self.value(inner, env))
            case cst.Comparison(left=left, comparisons=[only]):
                return compared(self.value(left, env), only.operator, self.value(only.comparator, env))
            case cst.IfExp(test=test, body=body, orelse=orelse):
                known = truth(self.value(test, env))
                if known is not None:
                    return self.value(body if known else orelse, env)
                one, other = self.value(body, env), self.value(orelse, env)
                return one if one == other else UNSURE
        return UNSURE

    def _boolean(
        self, left: cst.BaseExpression, right: cst.BaseExpression, env: dict[str, Any], *, conjunction: bool
    ) -> Any:
        first = self.value(left, env)
        known = truth(first)
        if known is not None:
            return self.value(right, env) if known is conjunction else first
        try:
            second = self.value(right, env)
        except Refused:
            second = False
        decided = truth(second)
        if decided is (not conjunction):
            return decided  # whatever the left side says
        return first if decided is conjunction else UNSURE

    def _binary(self, node: cst.BinaryOperation, env: dict[str, Any]) -> Any:
        left, right = self.value(node.left, env), self.value(node.right, env)
        match node.operator:
            case cst.BitOr():
                return composed("|", left, right)
            case cst.BitAnd():
                return composed("&", left, right)
            case cst.Add() if isinstance(left, tuple) and isinstance(right, tuple):
                return left + right
        return UNSURE

    def _attribute(self, node: cst.Attribute, env: dict[str, Any]) -> Any:
        dotted = dotted_name(node)
        if dotted in env:
            return env[dotted]
        head = (dotted or "").partition(".")[0]
        if dotted is not None and head not in env and head != "self":
            return Named(self.resolve(node) or dotted)
        return self._member(self.value(node.value, env), node.attr.value)

    def _member(self, owner: Any, name: str) -> Any:
        match owner:
            case Thing.REQUEST if self.asked.signed_in and (name in _STORES or name in ("user", "auth")):
                return UNSURE
            case Thing.REQUEST if name == "user":
                return Thing.USER
            case Thing.REQUEST if name == "method":
                return self.asked.method or UNSURE
            case Thing.REQUEST if name == "auth":
                return None
            case Thing.REQUEST if name in _STORES:
                return Thing.NO_CREDENTIALS
            case Thing.OWNER if name == "request":
                return Thing.REQUEST
            case Thing.OWNER if name == "action":
                return self.asked.action
            case Thing.OWNER if name == "permission_classes":
                return Thing.INHERITED
            case Thing.OWNER if name in self.attributes:
                self.read.add(name)
                return self.value(self.attributes[name], {})
            case Thing.OWNER:
                return Bound(owner, name)
            case Thing.USER if name in _ANONYMOUS:
                return _ANONYMOUS[name]
            case Thing.USER if name in _SAYS_NO or name.startswith("get_"):
                return Bound(owner, name)
            case Thing.USER:
                raise Refused  # an anonymous user has no such thing
            case Thing.NO_ROWS | Thing.NO_CREDENTIALS | Thing.SUPER | str() | Table():
                return Bound(owner, name)
            case Named(reference=reference):
                return Named(f"{reference}.{name}")
        return UNSURE

    def _call(self, node: cst.Call, env: dict[str, Any]) -> Any:
        if isinstance(node.func, cst.Name) and node.func.value not in env:
            return self._plain_call(node, node.func.value, env)
        called = self.value(node.func, env)
        match called:
            case Bound(of=Thing.SUPER, name="get_permissions"):
                return env.get("self.permission_classes", Thing.INHERITED)
            case Bound(of=Thing.SUPER, name="has_permission" | "has_object_permission" | "test_func"):
                return Asks("super")
            case Bound(of=Thing.USER, name=name):
                return False if name in _SAYS_NO else UNSURE
            case Bound(of=Thing.NO_ROWS, name=name):
                return False if name in _SAYS_NO else Thing.NO_ROWS
            case Bound(of=Thing.NO_CREDENTIALS, name="get"):
                return self._credential(node)
            case Bound(of=Table() as table, name="get") if node.args:
                key, *default = [self.value(arg.value, env) for arg in node.args]
                return table.get(key, default[0] if default else None) if isinstance(key, str) else UNSURE
            case Bound(of=str() as text, name="upper" | "lower" as how):
                return getattr(text, how)()
            case Bound(of=Thing.OWNER, name=name) if name in self.functions:
                return self._followed(self.functions[name], node, env)
            case Named(reference=reference, called=False):
                self._handed_over(node, env)
                return self._asked_of(reference)
            case Composed():
                return called
        return UNSURE

    def _plain_call(self, node: cst.Call, name: str, env: dict[str, Any]) -> Any:
        values = [arg.value for arg in node.args if arg.keyword is None]
        match name, values:
            case "super", _:
                return Thing.SUPER
            case (("bool" | "list" | "tuple"), [only]):
                found = self.value(only, env)
                return truth(found) if name == "bool" and truth(found) is not None else found
            case "hasattr", [owner, attribute] if self.value(owner, env) is Thing.USER:
                return string_value(attribute) in _ANONYMOUS
            case "getattr", [owner, attribute, *default] if self.value(owner, env) is Thing.USER:
                known = string_value(attribute) or ""
                if known in _ANONYMOUS:
                    return _ANONYMOUS[known]
                return self.value(default[0], env) if default else self._member(Thing.USER, known)
            case (("any" | "all"), [only]):
                return self._quantified(name, self.value(only, env))
        if name in self.functions:
            return self._followed(self.functions[name], node, env)
        self._handed_over(node, env)
        return self._asked_of(self.resolve(node.func) or name)

    def _handed_over(self, node: cst.Call, env: dict[str, Any]) -> None:
        """Work out what a function is told: that may fail already."""
        for arg in node.args:
            self.value(arg.value, env)

    def _asked_of(self, reference: str) -> Any:
        """`IsAdminUser()`, or `IsAdminUser().has_permission(...)`."""
        owner, _, name = reference.rpartition(".")
        if name in ("has_permission", "has_object_permission"):
            return Asks(owner.removesuffix("()"))
        return Named(reference, called=True)

    def _followed(self, node: cst.FunctionDef, call: cst.Call, env: dict[str, Any]) -> Any:
        """What a function of the same file answers."""
        if self.depth >= DEEPEST:
            return UNSURE
        names = [each.name.value for each in node.params.params]
        if names and names[0] in ("self", "cls"):
            names = names[1:]
        given = {
            name: self.value(arg.value, env) for name, arg in zip(names, call.args, strict=False) if not arg.keyword
        }
        self.depth += 1
        try:
            found = self.outcomes(node, {"self": env.get("self", UNSURE), **given})
        finally:
            self.depth -= 1
        said = {says(each) for each in found}
        return said.pop() == Says.YES if said in ({Says.YES}, {Says.NO}) else UNSURE

    def _credential(self, node: cst.Call) -> Any:
        """A stranger brings none; where he calls from is another thing."""
        key = argument(node, "key", 0)
        named = (string_value(key) or "") if key is not None else ""
        return UNSURE if named.startswith(("REMOTE_", "SERVER_", "QUERY_")) else None

    def _quantified(self, name: str, values: Any) -> Any:
        if not isinstance(values, tuple):
            return UNSURE
        known = [truth(each) for each in values]
        decisive = name == "any"
        if decisive in known:
            return decisive
        return UNSURE if None in known else not decisive

    def _comprehension(self, node: cst.ListComp | cst.GeneratorExp, env: dict[str, Any]) -> Any:
        """`[permission() for permission in permission_classes]`."""
        loop = node.for_in
        listed = self.value(loop.iter, env)
        if loop.inner_for_in is not None or loop.ifs or not isinstance(loop.target, cst.Name):
            return UNSURE
        if listed is Thing.INHERITED or not isinstance(listed, tuple):
            return listed if listed is Thing.INHERITED else UNSURE
        found = tuple(self.value(node.elt, {**env, loop.target.value: each}) for each in listed)
        return Written.at(listed.node, found) if isinstance(listed, Written) else found

    def _paths(self, statements: list[Any], env: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
        for index, statement in enumerate(statements):
            self._step()
            rest = statements[index + 1 :]
            branches = self._branches(statement, env)
            if branches is not None:
                for branch in branches:
                    yield from self._paths([*branch, *rest], dict(env))
                return
            try:
                ends = self._small(statement, env)
            except Refused:
                yield False, None
                return
            if ends is not None:
                yield from ((value, statement) for value in ends)
                return
        yield None, None

    def _branches(self, statement: Any, env: dict[str, Any]) -> list[list[Any]] | None:
        """The bodies of a compound statement that may be run; None for a simple statement."""
        match statement:
            case cst.If(test=test, body=body, orelse=orelse):
                try:
                    known = truth(self.value(test, env))
                except Refused:
                    return [[cst.Raise()]]
                other = [orelse] if isinstance(orelse, cst.If) else _body(orelse)
                return [_body(body), other] if known is None else [_body(body) if known else other]
            case cst.Else(body=body) | cst.With(body=body):
                return [_body(body)]
            case cst.Match(subject=subject, cases=cases):
                return self._cases(self.value(subject, env), cases)
            case cst.Try(body=body, handlers=handlers):
                if (found := self._looked_up(_body(body)[0], env)) is not None:
                    return [_body(body)] if found else [_body(handler.body) for handler in handlers]
                return [_body(body), *(_body(handler.body) for handler in handlers)]
            case cst.For(body=body) | cst.While(body=body):
                return [_body(body), []]
            case cst.SimpleStatementLine(body=parts) | cst.SimpleStatementSuite(body=parts) if len(parts) > 1:
                return [[cst.SimpleStatementLine([part]) for part in parts]]
        return None

    def _looked_up(self, statement: Any, env: dict[str, Any]) -> bool | None:
        """Whether a table has what a statement first looks up in it; None where it looks nothing up."""
        for each in descendants(statement, cst.Subscript):
            if isinstance(self.value(each.value, env), Table):
                try:
                    return None if self.value(each, env) is UNSURE else True
                except Refused:
                    return False
        return None

    def _cases(self, subject: Any, cases: Sequence[cst.MatchCase]) -> list[list[Any]]:
        """The bodies of a `match` that may be run; nothing is, where no case fits."""
        found: list[list[Any]] = []
        for each in cases:
            fits = _fits(subject, each.pattern) if each.guard is None else None
            if fits is not False:
                found.append(_body(each.body))
            if fits:
                return found
        return [*found, []]

    def _small(self, statement: Any, env: dict[str, Any]) -> list[Any] | None:
        """Run a simple statement; what it returns, if it ends the function."""
        match statement:
            case cst.Raise() | cst.SimpleStatementLine(body=[cst.Raise()]):
                return [False]
            case cst.SimpleStatementLine(body=[cst.Return(value=value)]):
                return [self.value(value, env) if value is not None else None]
            case cst.SimpleStatementLine(body=[cst.Assign(targets=[target], value=value)]):
                if (name := dotted_name(target.target)) is not None:
                    env[name] = self.value(value, env)
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() as call)]):
                self._effect(call, env)
        return None

    def _effect(self, call: cst.Call, env: dict[str, Any]) -> None:
        match call.func:
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="append")) if call.args:
                if isinstance(env.get(name), tuple):
                    env[name] = (*env[name], self.value(call.args[0].value, env))

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLong


def _fits(subject: Any, pattern: cst.MatchPattern) -> bool | None:
    """Whether a text fits a pattern of `match`; None where that cannot be told."""
    match pattern:
        case cst.MatchAs(pattern=None):
            return True
        case cst.MatchValue(value=value) if isinstance(subject, str) and string_value(value) is not None:
            return string_value(value) == subject
        case cst.MatchOr(patterns=patterns):
            said = [_fits(subject, each.pattern) for each in patterns]
            return True if True in said else None if None in said else False
    return None


def _body(node: Any) -> list[Any]:
    inner = node.body if isinstance(node, cst.Else) else node
    if isinstance(inner, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(inner.body)]
    return list(inner.body) if inner is not None else []
