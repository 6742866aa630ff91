"""Functions that handlers ask who is calling, wherever they are: `if not is_logged_in(): return redirect("/")`.

Two facts come together when files are joined: that a handler goes on only where a function answers something, and that
the function answers nothing to somebody who is not signed in.
"""

from collections.abc import Iterator

import libcst as cst

from transforms.concepts import How, Signal
from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.flask_exemptions import tail_of
from transforms.frameworks.flask_nobody import Strangers
from transforms.frameworks.python_guards import Draft
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, descendants

_OF_REQUEST = frozenset({"request", "session", "g"})
_ENDING = frozenset({"redirect", "abort", "url_for"})
_PLAIN_ANSWERS = _ENDING | {"jsonify", "make_response", "render_template", "Response", "dict", "str", "unauthorized"}


def tell_answers(walk: Walk, node: cst.FunctionDef, symbol: str, checks: Checks) -> None:
    """Signal that strangers get nothing out of a function that looks at who is calling."""
    looks = any(checks.sees_caller(each) for each in descendants(node.body))
    if looks and not node.decorators and set(Strangers(walk, checks).answers(node)) == {False}:
        walk.signal_of(symbol, Signal.NOTHING_FOR_STRANGERS)


def asked(walk: Walk, node: cst.FunctionDef, checks: Checks) -> Iterator[Draft]:
    """What a handler asks in the statements of its body, ending where the answer is nothing."""
    held: dict[str, cst.Call] = {}
    body = node.body.body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
            ):
                held.pop(name, None)
                if isinstance(value, cst.Call) and _is_told_nothing(value):
                    held[name] = value
            case cst.If(test=test, body=inner):
                call = _denied(test, held) if _turns_away(checks, inner) else None
                if call is None and _ends(following):  # who is known gets the page, and everybody else is led away
                    call = _granted(test, held) if checks.ends_request(inner) else None
                target = reference(walk, call.func) if call is not None else None
                if call is not None and target and "." in target:
                    yield Draft(call, target, How.ANSWER, code=walk.code(call, 200))


def _denied(test: cst.BaseExpression, held: dict[str, cst.Call]) -> cst.Call | None:
    """The call whose answer is nothing where a test holds."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return _call(inner, held)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=other)]):
            nothing = isinstance(other, cst.Name) and other.value in ("None", "False")
            return _call(left, held) if nothing and isinstance(operator, cst.Is | cst.Equal) else None
        case cst.BooleanOperation(left=left, operator=cst.Or(), right=right):
            return _denied(left, held) or _denied(right, held)
    return None


def _granted(test: cst.BaseExpression, held: dict[str, cst.Call]) -> cst.Call | None:
    """The call that has answered something where a test holds."""
    match test:
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=cst.IsNot(), comparator=cst.Name(value="None"))]
        ):
            return _call(left, held)
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            return _granted(left, held) or _granted(right, held)
    return _call(test, held)


def _call(node: cst.BaseExpression, held: dict[str, cst.Call]) -> cst.Call | None:
    if isinstance(node, cst.Name):
        return held.get(node.value)
    return node if isinstance(node, cst.Call) and _is_told_nothing(node) else None


def _is_told_nothing(call: cst.Call) -> bool:
    """A function that is told nothing but the request can only look at that."""
    return all(isinstance(arg.value, cst.Name) and arg.value.value in _OF_REQUEST for arg in call.args)


def _ends(statement: cst.CSTNode | None) -> bool:
    """`return redirect("/")`, `abort(403)`."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Return(value=cst.Call() as call) | cst.Expr(value=cst.Call() as call)]):
            return tail_of(call.func) in _ENDING
        case cst.SimpleStatementLine(body=[cst.Raise()]):
            return True
    return False


def _turns_away(checks: Checks, block: cst.BaseSuite) -> bool:
    """Whether a block ends the request, and answers with nothing that it had to look for."""
    returned = [each.value for each in descendants(block, cst.Return) if each.value is not None]
    calls = (call for value in returned for call in descendants(value, cst.Call))
    plain = all(tail_of(call.func) in _PLAIN_ANSWERS for call in calls)
    return checks.ends_request(block) and plain and not any(map(checks.gives_rows, block.body))
