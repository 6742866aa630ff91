"""What of a function runs under a condition: its statements are followed by what is known of their tests.

Who asks says what a test comes to; a branch of which nobody can tell runs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.walk import below

Holds = Callable[[cst.BaseExpression], bool | None]  # what a test comes to; None where it cannot be told
Cases = Callable[[cst.Match], list[cst.MatchCase] | None]  # the cases that may be met; None for a match of anything


def any_case(_match: cst.Match) -> list[cst.MatchCase] | None:
    """Nothing is known of what is matched."""
    return None


def _never(_test: cst.BaseExpression) -> bool:
    return False


@dataclass(frozen=True)
class Run:
    """Follows the statements of a function; what cannot be told runs."""

    holds: Holds
    cases: Cases = any_case
    kept: Callable[[cst.BaseExpression], bool] = _never  # whether a condition is handed on that is known

    def of(self, block: cst.BaseSuite) -> Iterator[cst.CSTNode]:
        """Every node that runs."""
        for statement in block.body:
            yield from self._statement(statement)
            if self._ends(statement):
                return

    def _statement(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        match node:
            case cst.If(test=test, body=body, orelse=orelse):
                known = self.holds(test)
                if known is None or self.kept(test):
                    yield node
                if known is None:
                    yield from self._expression(test)
                if known is not False:
                    yield from self.of(body)
                if known is not True and orelse is not None:
                    yield from self._statement(orelse) if isinstance(orelse, cst.If) else self.of(orelse.body)
            case cst.Match() if (met := self.cases(node)) is not None:
                for case in met:
                    yield from self.of(case.body)
            case cst.IndentedBlock():
                yield from self.of(node)
            case _ if any(isinstance(each, cst.IndentedBlock) for each in _blocks(node)):
                yield node
                for each in below(node):
                    yield from self._statement(each)
            case _:
                yield from self._expression(node)

    def _expression(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """A node and what is below it, without the side of `a if known else b` that is not taken."""
        waiting = [node]
        while waiting:
            found = waiting.pop()
            yield found
            if isinstance(found, cst.IfExp) and (known := self.holds(found.test)) is not None:
                waiting.append(found.body if known else found.orelse)
            else:
                waiting.extend(below(found))

    def _ends(self, node: cst.CSTNode) -> bool:
        """Whether nothing behind a statement runs."""
        match node:
            case cst.SimpleStatementLine(body=[*_, cst.Return() | cst.Raise()]):
                return True
            case cst.If(test=test, body=body, orelse=orelse):
                known = self.holds(test)
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
            case cst.Match():
                met = self.cases(node)
                return bool(met) and all(self._block_ends(each.body) for each in met or ())
        return False

    def _block_ends(self, block: cst.BaseSuite) -> bool:
        return any(self._ends(each) for each in block.body)


def told_by(*plain: Holds) -> Holds:
    """What `not`, `and` and `or` come to as well, by what is known of their plain parts."""

    def holds(test: cst.BaseExpression) -> bool | None:
        match test:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                known = holds(inner)
                return None if known is None else not known
            case cst.BooleanOperation(left=left, operator=operator, right=right):
                found = {holds(left), holds(right)}
                decisive = isinstance(operator, cst.Or)
                return decisive if decisive in found else None if None in found else not decisive
        return next((known for each in plain if (known := each(test)) is not None), None)

    return holds


def _blocks(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What stands directly in a compound statement; not what a function inside it holds."""
    if not isinstance(node, cst.FunctionDef | cst.ClassDef):
        for each in below(node):
            yield each
            if isinstance(each, cst.ExceptHandler | cst.Finally | cst.Else):
                yield from below(each)
