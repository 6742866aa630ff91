"""Handlers that serve several HTTP methods by `request.method`: what runs for each, and whether that is alike.

One handler is one route as long as all its methods keep strangers out, or none does, and all ask for a role, or none
does. Where it checks who is calling for one method and not for another, each method is a route of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from transforms.access import Answer
from transforms.concepts import Route, Runs, Signal
from transforms.frameworks.python_dispatch import Part, emit_part
from transforms.frameworks.python_runs import Run, told_by
from transforms.part_names import part_for
from transforms.walk import Walk, descendants, string_value

if TYPE_CHECKING:
    from transforms.app import App

IsMethod = Callable[[cst.CSTNode], bool]  # whether an expression is the method of the request
Further = Callable[[list[cst.CSTNode]], Iterable[Signal]]  # what a framework sees in nodes besides
_SENT_ONLY = frozenset({"validate_on_submit", "is_submitted"})  # of a form: false where nothing was sent


def tell_methods_apart(
    walk: Walk, function: cst.FunctionDef, symbol: str, served: Iterable[str], is_method: IsMethod, further: Further
) -> "list[ByMethod]":
    """Leave a Function fact of what runs for each method, where the body looks at the method; gives what tells them."""
    if not any(is_method(each) or is_asked_of_a_form(each) for each in descendants(function.body)):
        return []
    found = [ByMethod(is_method, method) for method in dict.fromkeys(served)]
    for asked in found:
        nodes = list(Run(told_by(asked.holds), asked.cases).of(function.body))
        emit_part(walk, function, part_for(symbol, asked.method), Part(), nodes, further(nodes))
        _emit_runs(walk, symbol, asked.method, [each.test for each in nodes if isinstance(each, cst.If)])
    return found


def _emit_runs(walk: Walk, symbol: str, method: str, tests: list[cst.BaseExpression]) -> None:
    walk.emit(lambda *places: Runs(part_for(symbol, method), symbol, places), *tests)


def by_method(app: "App", route: Route) -> list[Route] | None:
    """One route for each method of a handler that keeps strangers out for some of them only; what one method runs."""
    parts = [(method, part_for(route.handler, method)) for method in route.methods]
    if not parts or not all(part in app.functions for _, part in parts):
        return None
    if len(parts) == 1:  # the handler may do more for a method that this path does not serve
        return [replace(route, part=parts[0][1])]
    apart = [replace(route, methods=(method,), part=part) for method, part in parts]
    if len({app.roles.places_asking(part) for _, part in parts}) > 1:
        return apart
    if app.judge.body(route, offered=False).answer is not Answer.YES:
        return None
    answers = {app.judge.body(each, offered=False).answer for each in apart}
    return apart if len(answers) > 1 else None


class ByMethod:
    """What tests come to for one method."""

    def __init__(self, is_method: IsMethod, method: str) -> None:
        self.is_method, self.method = is_method, method

    def holds(self, test: cst.BaseExpression) -> bool | None:
        """Whether a test is true for the method; None where it is about something else, too."""
        match test:
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                return self._compared(left, operator, right)
            case cst.Call() if is_asked_of_a_form(test) and self.method == "GET":
                return False
        return None

    def cases(self, node: cst.Match) -> list[cst.MatchCase] | None:
        """Those that may be met: the one that names the method, else all that name none."""
        if not self.is_method(node.subject):
            return None
        named = [each for each in node.cases if self.method in _patterns(each.pattern)]
        return named[:1] or [each for each in node.cases if not _patterns(each.pattern)]

    def _compared(self, left: cst.BaseExpression, operator: cst.BaseCompOp, right: cst.BaseExpression) -> bool | None:
        values = self._texts(right) if self.is_method(left) else None
        if values is None and self.is_method(right):
            values = self._texts(left)
        if not values:
            return None
        match operator:
            case cst.Equal() | cst.In():
                return self.method in values
            case cst.NotEqual() | cst.NotIn():
                return self.method not in values
        return None

    def _texts(self, node: cst.BaseExpression) -> tuple[str, ...] | None:
        listed = [each.value for each in node.elements] if isinstance(node, cst.List | cst.Tuple | cst.Set) else [node]
        texts = tuple(text.upper() for each in listed if (text := string_value(each)))
        return texts if len(texts) == len(listed) else None


def is_asked_of_a_form(node: cst.CSTNode) -> bool:
    """`form.validate_on_submit()`."""
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)), args=[]):
            return name in _SENT_ONLY
    return False


def _patterns(pattern: cst.MatchPattern) -> tuple[str, ...]:
    match pattern:
        case cst.MatchValue(value=value) if text := string_value(value):
            return (text.upper(),)
        case cst.MatchOr(patterns=patterns):
            return tuple(text for each in patterns for text in _patterns(each.pattern))
    return ()
