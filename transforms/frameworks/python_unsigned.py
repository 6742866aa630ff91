"""Tokens that are believed although nobody looks at their signature: `jwt.decode(token, options={...: False})`.

Such a look is no fault by itself: the issuer and the key id say how a token is checked. It is one where a way through
a function ends by handing over what the token says, and nothing on that way was given the token to check.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from transforms.walk import descendants, dotted_name, string_value

_DECODES = ("jwt.decode", "PyJWT().decode", "jws.verify")
_NEVER_CHECKS = frozenset({"get_unverified_claims"})
# What is told a token, and does not look at it for the function.
_NO_CHECK = frozenset({
    "get_unverified_header", "get_unverified_claims", "print", "len", "str", "repr", "isinstance", "bool", "type",
    "debug", "info", "warning", "error", "exception", "log",
})  # fmt: skip
_MOST_WAYS = 24


def reads_unsigned(node: cst.Call, reference: str) -> bool:
    """Whether a call reads a token and checks no signature."""
    if reference.rpartition(".")[2] in _NEVER_CHECKS:
        return True
    if not reference.endswith(_DECODES):
        return False
    return any(_says_no(arg) for arg in node.args)


def _says_no(arg: cst.Arg) -> bool:
    """`verify=False`, `options={"verify_signature": False}`."""
    if arg.keyword is None:
        return False
    if arg.keyword.value == "verify":
        return _is_false(arg.value)
    return (
        arg.keyword.value == "options"
        and isinstance(arg.value, cst.Dict)
        and any(
            isinstance(item, cst.DictElement) and string_value(item.key) == "verify_signature" and _is_false(item.value)
            for item in arg.value.elements
        )
    )


def _is_false(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "False"


def believes_unsigned(function: cst.FunctionDef, unsigned: Collection[int], verifying: Collection[int]) -> bool:
    """Whether a way through a function hands over what a token says, unchecked; calls are told by their ids."""
    looks = [each for each in descendants(function.body, cst.Call) if id(each) in unsigned]
    tokens = {dotted_name(each) for call in looks if (each := _first(call)) is not None}
    within = {id(part) for call in looks for part in descendants(call, cst.Name, cst.Attribute)}
    ways = _Ways(unsigned, verifying, tokens - {None}, within)
    ways.through(_statements(function.body), [_Way()])
    return ways.believed


@dataclass(frozen=True, slots=True)
class _Way:
    """What is known at one point: names that hold what a token says, and whether somebody has checked it."""

    held: frozenset[str] = frozenset()
    checked: bool = False


@dataclass(slots=True)
class _Ways:
    unsigned: Collection[int]
    verifying: Collection[int]
    tokens: Collection[str | None]  # the code of what is read
    within: Collection[int]  # ids of the names in calls that only read
    believed: bool = field(default=False)

    def through(self, statements: Iterable[cst.CSTNode], ways: Sequence[_Way]) -> list[_Way]:
        """The ways that come out of statements; those that return or raise do not."""
        now = list(ways)
        for each in statements:
            if not now:
                break
            now = list(dict.fromkeys(self._through_one(each, now)))[:_MOST_WAYS]
        return now

    def _through_one(self, node: cst.CSTNode, ways: list[_Way]) -> list[_Way]:
        match node:
            case cst.SimpleStatementLine(body=body):
                return self.through(body, ways)
            case cst.If(test=test, body=body, orelse=orelse):
                asked = [self._seen(test, way) for way in ways]
                inner = self.through(_statements(body), asked)
                if isinstance(orelse, cst.Else):
                    return inner + self.through(_statements(orelse.body), asked)
                return inner + (self._through_one(orelse, asked) if orelse is not None else asked)
            case cst.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                after = self.through(_statements(body), ways)
                if orelse is not None:
                    after = self.through(_statements(orelse.body), after)
                for handler in handlers:
                    after = after + self.through(_statements(handler.body), ways)
                return self.through(_statements(final.body), after) if final is not None else after
            case cst.With(items=items, body=body):
                return self.through(_statements(body), [self._all_seen([i.item for i in items], way) for way in ways])
            case cst.For(body=body) | cst.While(body=body):
                return ways + self.through(_statements(body), ways)
            case cst.Return(value=value):
                return self._returned(value, ways)
            case cst.Raise():
                return []
            case cst.Assign(targets=targets, value=value):
                return [self._bound([each.target for each in targets], value, way) for way in ways]
            case cst.AnnAssign(target=target, value=value) if value is not None:
                return [self._bound([target], value, way) for way in ways]
            case cst.Expr(value=value):
                return [self._seen(value, way) for way in ways]
        return ways

    def _returned(self, value: cst.BaseExpression | None, ways: list[_Way]) -> list[_Way]:
        if value is not None:
            self.believed |= any(self._tells(value, way) and not self._seen(value, way).checked for way in ways)
        return []

    def _bound(self, targets: list[cst.BaseAssignTargetExpression], value: cst.BaseExpression, way: _Way) -> _Way:
        after = self._seen(value, way)
        names = {each.value for target in targets for each in descendants(target, cst.Name)}
        tells = self._tells(value, way)
        return replace(after, held=after.held | names if tells else after.held - names)

    def _tells(self, value: cst.BaseExpression, way: _Way) -> bool:
        """Whether an expression says something of an unchecked token."""
        if any(id(each) in self.unsigned for each in descendants(value, cst.Call)):
            return True
        return any(each.value in way.held for each in descendants(value, cst.Name))

    def _all_seen(self, values: list[cst.BaseExpression], way: _Way) -> _Way:
        for each in values:
            way = self._seen(each, way)
        return way

    def _seen(self, value: cst.BaseExpression, way: _Way) -> _Way:
        """The way behind an expression: whoever is given the token, or compares it, may check it."""
        asking: list[cst.Call | cst.Comparison] = [*descendants(value, cst.Call)]
        asking += descendants(value, cst.Comparison)
        checks = any(self._checks(each) for each in asking)
        return replace(way, checked=True) if checks else way

    def _checks(self, node: cst.Call | cst.Comparison) -> bool:
        if isinstance(node, cst.Comparison):
            compared = (node.left, *(each.comparator for each in node.comparisons))
            return any(dotted_name(each) in self.tokens for each in compared)
        if id(node) in self.unsigned or id(node) in self.verifying:
            return id(node) in self.verifying
        name = node.func.attr.value if isinstance(node.func, cst.Attribute) else dotted_name(node.func)
        if name in _NO_CHECK:
            return False
        parts = (part for arg in node.args for part in descendants(arg.value, cst.Name, cst.Attribute))
        return any(id(part) not in self.within and dotted_name(part) in self.tokens for part in parts)


def _first(call: cst.Call) -> cst.BaseExpression | None:
    given = next((arg for arg in call.args if arg.keyword is None or arg.keyword.value in ("jwt", "token")), None)
    return given.value if given is not None else None


def _statements(body: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return body.body
