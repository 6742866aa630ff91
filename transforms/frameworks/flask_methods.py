"""Handlers that serve several HTTP methods by `request.method`: what runs for each, and whether that is alike.

One handler is one route as long as all its methods keep strangers out, or none does, and all ask for a role, or none
does. Where it checks who is calling for one method and not for another, each method is a route of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from transforms.concepts import Route, Runs, Signal
from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.flask_exemptions import REQUEST
from transforms.frameworks.python_dispatch import Part, emit_part
from transforms.guarding import Answer
from transforms.walk import Walk, below, descendants, string_value

if TYPE_CHECKING:
    from transforms.app import App


def tell_methods_apart(walk: Walk, function: cst.FunctionDef, symbol: str, served: Iterable[str]) -> None:
    """Leave a Function fact of what runs for each method, where the body looks at the method."""
    methods = tuple(dict.fromkeys(served))
    if not any(_is_method(walk, each) for each in descendants(function.body)):
        return
    for method in methods:
        nodes = list(_Run(walk, method).of(function.body))
        emit_part(walk, function, part_of(symbol, method), Part(), nodes, _signals(walk, function, nodes))
        _emit_runs(walk, symbol, method, [each.test for each in nodes if isinstance(each, cst.If)])


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
    return apart if Answer.NO in answers and len(answers) > 1 else None


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


class _Run:
    """Follows the statements of a function for one method; what cannot be told runs."""

    def __init__(self, walk: Walk, method: str) -> None:
        self.walk, self.method = walk, method

    def of(self, block: cst.BaseSuite) -> Iterator[cst.CSTNode]:
        """Every node that runs."""
        for statement in block.body:
            yield from self._statement(statement)
            if self._ends(statement):
                return

    def _statement(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        match node:
            case cst.If(test=test, body=body, orelse=orelse):
                known = self._holds(test)
                if known is None:
                    yield node
                    yield from descendants(test)
                if known is not False:
                    yield from self.of(body)
                if known is not True and orelse is not None:
                    yield from self._statement(orelse) if isinstance(orelse, cst.If) else self.of(orelse.body)
            case cst.Match(subject=subject, cases=cases) if _is_method(self.walk, subject):
                for case in self._cases(cases):
                    yield from self.of(case.body)
            case cst.IndentedBlock():
                yield from self.of(node)
            case _ if any(isinstance(each, cst.IndentedBlock) for each in _blocks(node)):
                yield node
                for each in below(node):
                    yield from self._statement(each)
            case _:
                yield from descendants(node)

    def _ends(self, node: cst.CSTNode) -> bool:
        """Whether nothing behind a statement runs."""
        match node:
            case cst.SimpleStatementLine(body=[*_, cst.Return() | cst.Raise()]):
                return True
            case cst.If(test=test, body=body, orelse=orelse):
                known = self._holds(test)
                first = known is False or self._block_ends(body)
                if known is True:
                    return first
                if orelse is None:
                    return False
                second = self._ends(orelse) if isinstance(orelse, cst.If) else self._block_ends(orelse.body)
                return first and second
            case cst.With(body=body):
                return self._block_ends(body)
            case cst.Try(body=body, handlers=handlers):
                return self._block_ends(body) and all(self._block_ends(each.body) for each in handlers)
            case cst.Match(subject=subject, cases=cases) if _is_method(self.walk, subject):
                met = self._cases(cases)
                return bool(met) and all(self._block_ends(each.body) for each in met)
        return False

    def _block_ends(self, block: cst.BaseSuite) -> bool:
        return any(self._ends(each) for each in block.body)

    def _holds(self, test: cst.BaseExpression) -> bool | None:
        """Whether a test is true for the method; None where it is about something else, too."""
        match test:
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                return self._compared(left, operator, right)
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                known = self._holds(inner)
                return None if known is None else not known
            case cst.BooleanOperation(left=left, operator=operator, right=right):
                found = {self._holds(left), self._holds(right)}
                decisive = isinstance(operator, cst.Or)
                return decisive if decisive in found else None if None in found else not decisive
        return None

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

    def _cases(self, cases: Sequence[cst.MatchCase]) -> list[cst.MatchCase]:
        """Those that may be met: the one that names the method, else all that name none."""
        named = [each for each in cases if self.method in _patterns(each.pattern)]
        return named[:1] or [each for each in cases if not _patterns(each.pattern)]


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


def _blocks(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What stands directly in a compound statement; not what a function inside it holds."""
    if not isinstance(node, cst.FunctionDef | cst.ClassDef):
        for each in below(node):
            yield each
            if isinstance(each, cst.ExceptHandler | cst.Finally | cst.Else):
                yield from below(each)
