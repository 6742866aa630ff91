"""What of a handler runs for somebody who is not signed in, where its code asks whether somebody is.

A page that shows more to whoever is signed in answers strangers on purpose: what it does for them is a Function fact of
its own, so that `guarding` can judge it by what it does and not by what others get.
"""

from collections.abc import Callable, Iterable, Iterator

import libcst as cst

from transforms.concepts import Signal
from transforms.frameworks.python_dispatch import Part, emit_part
from transforms.frameworks.python_runs import Cases, Holds, Run, any_case, told_by
from transforms.part_names import for_nobody
from transforms.walk import Walk, descendants

Assigned = Callable[[cst.Assign], None]
Further = Callable[[list[cst.CSTNode]], Iterable[Signal]]  # what a framework sees in nodes besides


def tell_strangers_apart(
    walk: Walk,
    function: cst.FunctionDef,
    symbol: str,
    strangers: Holds,
    assigned: Assigned,
    further: Further,
    besides: Holds | None = None,
    cases: Cases = any_case,
) -> None:
    """Leave a Function fact of what runs for strangers, where a condition of the body asks for who is calling.

    It stands where the first of these conditions does. `strangers` says what tests come to for them, `assigned` is told
    what names hold, and `besides` and `cases` are what else is known of the request that is answered.
    """
    decided: list[cst.BaseExpression] = []

    def asked(test: cst.BaseExpression) -> bool | None:
        known = strangers(test)
        if known is not None:
            decided.append(test)
        return known

    others = (besides,) if besides is not None else ()
    nodes = []
    run = Run(told_by(asked, *others), cases, kept=lambda test: told_by(*others)(test) is None)
    for node in run.of(function.body):
        if isinstance(node, cst.Assign):
            assigned(node)
        nodes.append(node)
    if decided and _leaves_out(function, Run(told_by(*others), cases).of(function.body), nodes):
        asking = (
            each for each in _conditions(function) if any(found is decided[0] for found in descendants(each.test))
        )
        emit_part(walk, function, for_nobody(symbol), Part(body=next(asking)), nodes, further(nodes))


def _leaves_out(function: cst.FunctionDef, whole: Iterable[cst.CSTNode], nodes: list[cst.CSTNode]) -> bool:
    """Whether something runs for those only who are signed in."""
    run = set(map(id, nodes))
    tests = {id(each) for node in _conditions(function) for each in descendants(node.test)}
    said = (
        each for each in whole if isinstance(each, cst.Call | cst.Subscript | cst.Attribute | cst.Return | cst.Raise)
    )
    return any(id(each) not in run and id(each) not in tests for each in said)


def _conditions(function: cst.FunctionDef) -> Iterator[cst.If | cst.IfExp]:
    yield from descendants(function.body, cst.If)
    yield from descendants(function.body, cst.IfExp)
