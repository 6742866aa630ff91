"""Checks that ask whether a credential is there, and never what it says: `if "Authorization" not in request.headers`.

Whoever sends anything at all gets past one. What a session or `request.state` holds was put there by the app itself and
is no such thing; a credential that is compared, handed to a call or returned is looked at by somebody.
"""

from collections.abc import Collection, Iterator

import libcst as cst

from transforms.concepts import Signal
from transforms.frameworks import python_effects as effects
from transforms.frameworks.python_statuses import status_of
from transforms.walk import all_parameters, argument, descendants, dotted_name, string_value

_CONCERNED = frozenset({Signal.REFUSES, Signal.READS_CREDENTIAL})
_SENT = frozenset({"headers", "cookies", "query_params"})  # what a stranger may fill as he likes
_SENT_IN_EVENTS = _SENT | {"multiValueHeaders", "queryStringParameters"}
_EVENTS = frozenset({"event", "_event", "evt"})
_SHAPE = frozenset({"startswith", "lower", "strip"})  # ask what a credential looks like
_KEPT = frozenset({"session", "state", "user", "auth", "META", "client"})  # what the app or its server has put there
_TOLD_BY_GATEWAY = frozenset({"requestContext", "authorizer", "claims", "identity"})  # keys that no caller fills
_PASSES_ON = frozenset({"call_next", "app"})
_LOOKS_AT_NOTHING = _PASSES_ON | {
    "print",
    "info",
    "debug",
    "warning",
    "error",
    "exception",
    "dumps",
    "len",
    "type",
    "bool",
}


def credulity(function: cst.FunctionDef, signals: Collection[Signal]) -> tuple[str, ...] | None:
    """Whether all that a function asks of a credential is that there is one: None for one that does more.

    Else the names of the functions that it hands the request: one of them may look at the credential.
    """
    if not _CONCERNED & set(signals) or Signal.VERIFIES_TOKEN in signals:
        return None
    parameters = all_parameters(function)
    if any(_is_handed_over(each) for each in parameters):
        return None
    held = {each.name.value for each in parameters if _is_header(each)}
    requests = {each.name.value for each in parameters if _is_typed_request(each)}
    events = {each.name.value for each in parameters} & _EVENTS
    reading = _Reading(function, held, requests, events)
    return tuple(reading.shown_to) if reading.finds_only_presence() else None


class _Reading:
    """What one function does with the credentials of a request."""

    def __init__(self, function: cst.FunctionDef, held: set[str], requests: set[str], events: set[str]) -> None:
        self.body = function.body
        self.requests = requests  # names that hold one by their type
        self.events = events  # names that hold what a gateway makes of one
        self.held = held  # names that hold a credential
        self.stores: set[str] = set()  # names that hold the headers of an event
        self.shown_to: dict[str, None] = {}
        self.tested = {id(each) for each in _tested(function.body)}
        self.found = bool(held)

    def finds_only_presence(self) -> bool:
        """Whether it finds a credential, and each one that it finds is only asked for."""
        for target, value in self._bindings() if self.events else ():
            if isinstance(target, cst.Name) and self._is_sent(value):
                self.stores.add(target.value)
        credentials = list(self._credentials())
        if not all(self._is_only_asked_for(each) for each in credentials) or not self.found or self._looks_elsewhere():
            return False
        uses = list(self._uses())
        about = {id(each) for each in (*credentials, *uses)}
        return all(id(each) in self.tested for each in uses) and self._refuses_for_nothing_else(about)

    def _refuses_for_nothing_else(self, about: set[int]) -> bool:
        """Whether every refusal hangs on a condition about a credential."""
        conditional = {
            id(refusal)
            for each in descendants(self.body, cst.If)
            if any(id(part) in about for part in descendants(each.test))
            for refusal in _refusals(each.body)
        }
        return all(id(each) in conditional for each in _refusals(self.body))

    def _credentials(self) -> Iterator[cst.BaseExpression]:
        """Where something that a stranger sends as a credential is read, or asked for."""
        for each in descendants(self.body, cst.Call, cst.Subscript, cst.Comparison):
            match each:
                case cst.Call(func=cst.Attribute(value=store, attr=cst.Name(value="get"))):
                    key = argument(each, "key", 0)
                case cst.Subscript(value=store, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
                    pass
                case cst.Comparison(
                    left=cst.SimpleString() as key,
                    comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=store)],
                ):  # `"Authorization" not in request.headers`
                    pass
                case _:
                    continue
            if self._is_sent(store) and key is not None and effects.names_credential(key):
                yield each

    def _is_sent(self, store: cst.BaseExpression) -> bool:
        match store:
            case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                return name in _SENT and self._is_request(owner)
            case cst.Name(value=name):
                return name in self.stores
            case cst.BooleanOperation(left=left):  # `event.get("headers") or {}`
                return self._is_sent(left)
            case cst.DictComp(for_in=cst.CompFor(iter=cst.Call(func=cst.Attribute(value=owner)))):
                return self._is_sent(owner)
            case cst.Call(func=cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value="get")), args=[key, *_]):
                return owner in self.events and string_value(key.value) in _SENT_IN_EVENTS
            case cst.Subscript(
                value=cst.Name(value=owner), slice=[cst.SubscriptElement(slice=cst.Index(value=subscript))]
            ):
                return owner in self.events and string_value(subscript) in _SENT_IN_EVENTS
        return False

    def _is_request(self, node: cst.BaseExpression) -> bool:
        known = self.requests | self.events | self.stores
        return effects.is_request(node, None) or (isinstance(node, cst.Name) and node.value in known)

    def _is_only_asked_for(self, credential: cst.BaseExpression) -> bool:
        self.found = True
        if id(credential) in self.tested:
            return True
        for target, value in self._bindings():
            if value is credential and isinstance(target, cst.Name):
                self.held.add(target.value)
                return True
        return False

    def _bindings(self) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
        yield from ((each.targets[0].target, each.value) for each in descendants(self.body, cst.Assign))
        yield from ((each.target, each.value) for each in descendants(self.body, cst.NamedExpr))

    def _uses(self) -> Iterator[cst.Name]:
        bound = {id(target) for target, _ in self._bindings()}
        for name in descendants(self.body, cst.Name):
            if name.value in self.held and id(name) not in bound:
                yield name

    def _looks_elsewhere(self) -> bool:
        """Whether a function that sees the request, or something that only the app can have set, may tell more."""
        if any(each.attr.value in _KEPT for each in descendants(self.body, cst.Attribute)):
            return True
        if self.events and not _TOLD_BY_GATEWAY.isdisjoint(map(string_value, descendants(self.body, cst.SimpleString))):
            return True
        for each in descendants(self.body, cst.Call):
            name = each.func.attr.value if isinstance(each.func, cst.Attribute) else dotted_name(each.func) or ""
            if name not in _LOOKS_AT_NOTHING and any(self._is_request(handed.value) for handed in each.args):
                if not name:
                    return True
                self.shown_to[name] = None
        return False


def _refusals(body: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    """What may turn somebody away: calls that name 401 or 403, and errors of which no status can be seen."""
    yield from (each for each in descendants(body, cst.Call) if status_of(each) in (401, 403))
    for answer in descendants(body, cst.Return):
        if any(each.value in ("401", "403") for each in descendants(answer, cst.Integer)):
            yield answer
    for raised in descendants(body, cst.Raise):
        if raised.exc is not None and not (isinstance(raised.exc, cst.Call) and status_of(raised.exc) is not None):
            yield raised


def _tested(body: cst.BaseSuite) -> Iterator[cst.BaseExpression]:
    """The expressions of which a condition asks no more than whether they are there, or what they look like."""
    tests = (
        *(each.test for each in descendants(body, cst.If)),
        *(each.test for each in descendants(body, cst.IfExp)),
        *(each.test for each in descendants(body, cst.Assert)),
        *(each.value for each in descendants(body, cst.Return) if each.value is not None and _says_whether(each.value)),
    )
    for test in tests:
        yield from _asked(test)


def _says_whether(value: cst.BaseExpression) -> bool:
    """`return bool(key)`, `return "x-api-key" in headers`, `return key is not None`."""
    match value:
        case cst.Call(func=cst.Name(value="bool")) | cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.Comparison(comparisons=[cst.ComparisonTarget(operator=operator)]):
            return isinstance(operator, cst.In | cst.NotIn | cst.Is | cst.IsNot)
    return False


def _asked(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match node:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _asked(inner)
        case cst.BooleanOperation(left=left, right=right):
            yield from _asked(left)
            yield from _asked(right)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.IsNot())]):
            yield from _asked(left)
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name))) if name in _SHAPE:
            yield from _asked(inner)
        case cst.Call(func=cst.Name(value="bool"), args=[cst.Arg(value=inner)]):
            yield from _asked(inner)
        case cst.NamedExpr(target=target, value=value):
            yield from (target, value)
        case _:
            yield node


def _is_handed_over(parameter: cst.Param) -> bool:
    """Whether a dependency gives the parameter: it may have been looked at there."""
    texts = [parameter.default, parameter.annotation.annotation if parameter.annotation is not None else None]
    calls = (call for each in texts if each is not None for call in descendants(each, cst.Call))
    return any((dotted_name(call.func) or "").rpartition(".")[2] in ("Depends", "Security") for call in calls)


def _is_typed_request(parameter: cst.Param) -> bool:
    typed = parameter.annotation.annotation if parameter.annotation is not None else None
    return typed is not None and effects.is_request_type(dotted_name(typed))


def _is_header(parameter: cst.Param) -> bool:
    """`authorization: str = Header(None)`; one with a name of its own says it in `alias`."""
    texts = [parameter.default, parameter.annotation.annotation if parameter.annotation is not None else None]
    for call in (call for each in texts if each is not None for call in descendants(each, cst.Call)):
        if (dotted_name(call.func) or "").rpartition(".")[2] in ("Header", "Cookie"):
            alias = argument(call, "alias")
            return effects.names_credential(
                alias if alias is not None else cst.SimpleString(f'"{parameter.name.value}"')
            )
    return False
