"""Look-ups of which a function asks only whether there is such a row: `if existing is not None: raise taken`.

Nothing of the row goes anywhere, and a name that must be free has to be looked for among everybody's. Whether the row
that has it is the one at hand, `existing.id != book.id`, is asked of it as well.
"""

from collections.abc import Iterator

import libcst as cst

from transforms.walk import below, descendants

_BOUND, _ASKED, _USED = "bound", "asked", "used"
_KEYS = frozenset({"id", "pk", "uuid"})
# How a statement ends that finds one row, or says how many there are.
_FINDS = frozenset({
    "all", "first", "one_or_none", "scalar", "scalar_one_or_none", "exists", "count", "get", "fetchone",
})  # fmt: skip
_ORDERS = (cst.GreaterThan, cst.GreaterThanEqual, cst.Equal, cst.NotEqual, cst.LessThan)


def only_asked(function: cst.CSTNode | None, value: cst.BaseExpression | None, name: str | None) -> bool:
    """Whether a name is only asked for being there, from where it gets this value until it gets another."""
    if not isinstance(function, cst.FunctionDef) or value is None or name is None:
        return False
    waiting, asked = True, False
    for event, node in _events(function.body, name):
        if waiting:
            waiting = not (event == _BOUND and node is value)
        elif event == _ASKED:
            asked = True
        else:
            return asked and event == _BOUND
    return asked


def asked_outright(function: cst.CSTNode | None) -> frozenset[int]:
    """The ids of calls in a function whose result is only asked for being there: `if query.first():`."""
    if not isinstance(function, cst.FunctionDef):
        return frozenset()
    return frozenset(id(each) for call in _asked_calls(function) for each in descendants(call, cst.Call))


def _asked_calls(function: cst.FunctionDef) -> Iterator[cst.Call]:
    for node in descendants(function.body):
        match node:
            case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test) | cst.Assert(test=test):
                yield from _of_test(test)
            case cst.Call(func=cst.Name(value="bool"), args=[only]):
                yield from _of_test(only.value)
            case cst.UnaryOperation(operator=cst.Not()) | cst.Comparison():
                yield from _of_test(node)


def _of_test(test: cst.BaseExpression) -> Iterator[cst.Call]:
    match test:
        case cst.Await(expression=inner) | cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _of_test(inner)
        case cst.BooleanOperation(left=left, right=right):
            yield from _of_test(left)
            yield from _of_test(right)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=other)]):
            nothing = isinstance(other, cst.Name) and other.value == "None"
            if nothing or (isinstance(other, cst.Integer) and isinstance(operator, _ORDERS)):
                yield from _of_test(left)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))) if name in _FINDS:
            yield test
        case cst.Call(func=cst.Name(value="len"), args=[only]):
            yield from _of_test(only.value)


def _events(node: cst.CSTNode, name: str) -> Iterator[tuple[str, cst.CSTNode]]:
    """What happens to a name, in the order of the source."""
    match node:
        case cst.Assign(targets=targets, value=value):
            yield from _events(value, name)
            for target in targets:
                yield from _bound(target.target, value, name)
        case cst.AnnAssign(target=left, value=cst.BaseExpression() as value):
            yield from _events(value, name)
            yield from _bound(left, value, name)
        case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test) | cst.Assert(test=test):
            yield from _tested(test, name)
            for each in below(node):
                if each is not test:
                    yield from _events(each, name)
        case cst.Name(value=found):
            if found == name:
                yield _USED, node
        case cst.Attribute(value=owner):
            yield from _events(owner, name)
        case cst.Arg(value=given):
            yield from _events(given, name)
        case _:
            for each in below(node):
                yield from _events(each, name)


def _bound(target: cst.CSTNode, value: cst.CSTNode, name: str) -> Iterator[tuple[str, cst.CSTNode]]:
    if isinstance(target, cst.Name):
        if target.value == name:
            yield _BOUND, value
    else:
        yield from _events(target, name)


def _tested(test: cst.BaseExpression, name: str) -> Iterator[tuple[str, cst.CSTNode]]:
    """The name in a test, where no more is asked than whether it is there."""
    match test:
        case cst.Name(value=found) if found == name:
            yield _ASKED, test
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _tested(inner, name)
        case cst.BooleanOperation(left=left, right=right):
            yield from _tested(left, name)
            yield from _tested(right, name)
        case cst.Comparison(
            left=cst.Name(value=found),
            comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.IsNot() | cst.Equal() | cst.NotEqual(),
                                              comparator=cst.Name(value="None"))],
        ) if found == name:  # fmt: skip
            yield _ASKED, test
        case cst.Comparison(
            left=cst.Attribute(value=cst.Name(value=found), attr=cst.Name(value=key)),
            comparisons=[cst.ComparisonTarget(operator=cst.Equal() | cst.NotEqual(), comparator=other)],
        ) if found == name and key in _KEYS:
            yield _ASKED, test
            yield from _events(other, name)
        case _:
            yield from _events(test, name)
