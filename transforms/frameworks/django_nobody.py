"""What of a Django view runs for somebody who is not signed in, where the view asks whether somebody is."""

from typing import Any

import libcst as cst

from transforms.concepts import Signal
from transforms.frameworks.django_predicates import functions_around
from transforms.frameworks.python_known import UNSURE, Asked, Refused, TooLong, role_of, truth
from transforms.frameworks.python_nobody import tell_strangers_apart
from transforms.frameworks.python_references import reference
from transforms.frameworks.python_strangers import Stranger
from transforms.walk import Walk, descendants, dotted_name

_KNOWS = frozenset({"user", "session"})  # what of a request tells who is calling


def tell_nobody_apart(walk: Walk, function: cst.FunctionDef, symbol: str) -> None:
    """Leave a Function fact of what runs for strangers, whatever the method."""
    if any(each.attr.value in _KNOWS for each in descendants(function.body, cst.Attribute)):
        strangers = _Strangers(walk, function)
        tell_strangers_apart(walk, function, symbol, strangers.holds, strangers.assigned, _nothing_more)


def _nothing_more(_nodes: list[cst.CSTNode]) -> tuple[Signal, ...]:
    return ()


class _Strangers:
    """Reads tests for strangers, with what local names hold for them."""

    def __init__(self, walk: Walk, function: cst.FunctionDef) -> None:
        self.stranger = Stranger(Asked(None), lambda each: reference(walk, each), functions_around(walk))
        self.about: set[str] = set()  # local names that hold who is calling, or what follows from that
        self.env: dict[str, Any] = {each.name.value: role_of(each.name.value) for each in function.params.params}

    def assigned(self, node: cst.Assign) -> None:
        """`user = request.user`."""
        for target in node.targets:
            if (name := dotted_name(target.target)) is not None:
                self.about.add(name) if self._is_about_caller(node.value) else self.about.discard(name)
                self.env[name] = self._value(node.value)

    def holds(self, test: cst.BaseExpression) -> bool | None:
        """What a plain test comes to; None where that hangs on something else."""
        return truth(self._value(test)) if self._is_about_caller(test) else None

    def _value(self, node: cst.BaseExpression) -> Any:
        try:
            return self.stranger.value(node, self.env)
        except (Refused, TooLong):
            return UNSURE

    def _is_about_caller(self, node: cst.BaseExpression) -> bool:
        """Whether it looks at who is calling: what else it is about comes to the same for everybody."""
        found = (dotted_name(each) or "" for each in descendants(node, cst.Attribute, cst.Name))
        return any(each in self.about or not _KNOWS.isdisjoint(each.split(".")[1:]) for each in found)
