"""Handlers that serve several HTTP methods by `request.method`: what runs for each, and whether that is alike.

One handler is one route as long as all its methods keep strangers out, or none does, and all ask for a role, or none
does. Where it checks who is calling for one method and not for another, each method is a route of its own.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Route, Runs, Signal
from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.flask_exemptions import REQUEST
from transforms.frameworks.flask_nobody import Strangers
from transforms.frameworks.python_dispatch import Part, emit_part
from transforms.frameworks.python_nobody import tell_strangers_apart
from transforms.frameworks.python_runs import Run, any_case, told_by
from transforms.guarding import Answer
from transforms.walk import Walk, descendants, string_value

if TYPE_CHECKING:
    from transforms.app import App


def tell_methods_apart(
    walk: Walk, function: cst.FunctionDef, symbol: str, served: Iterable[str], checks: Checks
) -> None:
    """Leave a Function fact of what runs for each method, where the body looks at the method."""
    methods = tuple(dict.fromkeys(served))
    tell_nobody_apart(walk, function, symbol, checks)
    if not any(_is_method(walk, each) for each in descendants(function.body)):
        return
    for method in methods:
        asked = _ByMethod(walk, method)
        nodes = list(Run(told_by(asked.holds), asked.cases).of(function.body))
        emit_part(walk, function, part_of(symbol, method), Part(), nodes, _signals(walk, function, nodes))
        tell_nobody_apart(walk, function, part_of(symbol, method), checks, asked)
        _emit_runs(walk, symbol, method, [each.test for each in nodes if isinstance(each, cst.If)])


def tell_nobody_apart(
    walk: Walk, function: cst.FunctionDef, symbol: str, checks: Checks, asked: "_ByMethod | None" = None
) -> None:
    """Leave a Function fact of what runs for somebody who is not signed in, for one method where that is known."""
    strangers = Strangers(walk, checks)

    def further(nodes: list[cst.CSTNode]) -> set[Signal]:
        return _signals(walk, function, nodes)

    besides, cases = (asked.holds, asked.cases) if asked is not None else (None, any_case)
    tell_strangers_apart(walk, function, symbol, strangers.holds, strangers.assigned, further, besides, cases)


def _emit_runs(walk: Walk, symbol: str, method: str, tests: list[cst.BaseExpression]) -> None:
    walk.emit(lambda *places: Runs(part_of(symbol, method), symbol, places), *tests)


def by_method(app: "App", route: Route) -> list[Route] | None:
    """One route for each method of a handler that keeps strangers out for some of them only; what one method runs."""
    parts = [(method, part_of(route.handler, method)) for method in route.methods]
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


def part_of(symbol: str, method: str) -> str:
    """The symbol of what runs for one method."""
    return f"{symbol}.<{method}>"


def _signals(walk: Walk, function: cst.FunctionDef, nodes: list[cst.CSTNode]) -> set[Signal]:
    """What Flask's ways to look at the caller and to refuse say of some of a function's nodes."""
    heard: set[Signal] = set()
    checks = Checks(walk, heard.add)
    checks.leading.function(function)
    for node in nodes:
        match node:
            case cst.Assign():
                checks.assigned(node)
            case cst.Call():
                checks.call(node)
            case cst.If():
                checks.condition(node)
            case cst.Try():
                checks.attempt(node)
            case cst.Subscript():
                checks.subscript(node)
            case cst.Attribute():
                checks.attribute(node)
            case cst.Comparison():
                checks.comparison(node)
            case cst.Del():
                checks.deleted(node)
    return heard


class _ByMethod:
    """What tests come to for one method."""

    def __init__(self, walk: Walk, method: str) -> None:
        self.walk, self.method = walk, method

    def holds(self, test: cst.BaseExpression) -> bool | None:
        """Whether a test is true for the method; None where it is about something else, too."""
        match test:
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                return self._compared(left, operator, right)
        return None

    def cases(self, node: cst.Match) -> list[cst.MatchCase] | None:
        """Those that may be met: the one that names the method, else all that name none."""
        if not _is_method(self.walk, node.subject):
            return None
        named = [each for each in node.cases if self.method in _patterns(each.pattern)]
        return named[:1] or [each for each in node.cases if not _patterns(each.pattern)]

    def _compared(self, left: cst.BaseExpression, operator: cst.BaseCompOp, right: cst.BaseExpression) -> bool | None:
        values = self._texts(right) if _is_method(self.walk, left) else None
        if values is None and _is_method(self.walk, right):
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


def _is_method(walk: Walk, node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Attribute) and node.attr.value == "method" and (walk.resolve(node.value) or "") in REQUEST
    )


def _patterns(pattern: cst.MatchPattern) -> tuple[str, ...]:
    match pattern:
        case cst.MatchValue(value=value) if text := string_value(value):
            return (text.upper(),)
        case cst.MatchOr(patterns=patterns):
            return tuple(text for each in patterns for text in _patterns(each.pattern))
    return ()
