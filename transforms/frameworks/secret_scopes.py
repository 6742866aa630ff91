"""What the statements of one scope say together: which assignment a later one replaces, which name is constant."""

from collections import Counter
from collections.abc import Iterable, Iterator

import libcst as cst

from transforms.frameworks.secret_values import literals


def replaced(body: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Values that a later assignment on the same level replaces without looking at them."""
    latest: dict[str, cst.BaseExpression] = {}
    for statement in body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for small in statement.body:
            match small:
                case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
                    pass
                case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value):
                    pass
                case _:
                    continue
            if name in latest and not _mentions(value, name):
                yield from (found.node for found in literals(latest[name]))
            latest[name] = value


def _mentions(value: cst.BaseExpression, name: str) -> bool:
    match value:
        case cst.Name(value=found):
            return found == name
        case cst.BooleanOperation(left=left, right=right):
            return _mentions(left, name) or _mentions(right, name)
        case cst.Call(args=args):
            return any(_mentions(arg.value, name) for arg in args)
        case cst.IfExp(test=test, body=body, orelse=orelse):
            return any(_mentions(part, name) for part in (test, body, orelse))
    return False


def constants(module: cst.Module) -> dict[int, str]:
    """The statements of a module that assign a name which nothing else on its level assigns, and that name."""
    found: dict[int, str] = {}
    for statement in module.body:
        match statement:
            case (
                cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) as small]
                )
                | cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name)) as small])
            ):
                found[id(small)] = name
    times = Counter(found.values())
    return {statement: name for statement, name in found.items() if times[name] == 1}
