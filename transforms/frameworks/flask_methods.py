"""How Flask's handlers tell HTTP methods and strangers apart: what of a body runs for each."""

from collections.abc import Iterable

import libcst as cst

from transforms.concepts import Signal
from transforms.frameworks import python_methods
from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.flask_exemptions import REQUEST
from transforms.frameworks.flask_nobody import Strangers
from transforms.frameworks.python_methods import ByMethod
from transforms.frameworks.python_nobody import tell_strangers_apart
from transforms.frameworks.python_runs import any_case
from transforms.part_names import part_for
from transforms.walk import Walk


def tell_methods_apart(
    walk: Walk, function: cst.FunctionDef, symbol: str, served: Iterable[str], checks: Checks
) -> None:
    """Leave a Function fact of what runs for each method, where the body looks at the method."""

    def is_method(node: cst.CSTNode) -> bool:
        asked = isinstance(node, cst.Attribute) and node.attr.value == "method"
        return asked and isinstance(node, cst.Attribute) and (walk.resolve(node.value) or "") in REQUEST

    def further(nodes: list[cst.CSTNode]) -> set[Signal]:
        return _signals(walk, function, nodes)

    tell_nobody_apart(walk, function, symbol, checks)
    for asked in python_methods.tell_methods_apart(walk, function, symbol, served, is_method, further):
        tell_nobody_apart(walk, function, part_for(symbol, asked.method), checks, asked)


def tell_nobody_apart(
    walk: Walk, function: cst.FunctionDef, symbol: str, checks: Checks, asked: ByMethod | None = None
) -> None:
    """Leave a Function fact of what runs for somebody who is not signed in, for one method where that is known."""
    strangers = Strangers(walk, checks)

    def further(nodes: list[cst.CSTNode]) -> set[Signal]:
        return _signals(walk, function, nodes)

    besides, cases = (asked.holds, asked.cases) if asked is not None else (None, any_case)
    tell_strangers_apart(walk, function, symbol, strangers.holds, strangers.assigned, further, besides, cases)


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
