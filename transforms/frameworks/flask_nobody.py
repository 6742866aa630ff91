"""What tests of Flask code come to for somebody who is not signed in: no session, no user, no token."""

from collections.abc import Iterator

import libcst as cst

from transforms.frameworks.flask_checks import Checks
from transforms.frameworks.flask_exemptions import comparison, tail_of
from transforms.frameworks.python_runs import Run, told_by
from transforms.walk import Walk, string_value

# What looks a row up: by nobody's key none is found.
_LOOKS_UP = frozenset({
    "get", "first", "one_or_none", "find_one", "scalar", "scalar_one_or_none", "fetchone", "get_or_none",
})  # fmt: skip
_DEEPEST = 3  # own functions that are followed into each other


class Strangers:
    """Reads tests for strangers, with the local names that hold nothing for them."""

    def __init__(self, walk: Walk, checks: Checks, depth: int = 0) -> None:
        self.walk, self.checks, self.depth = walk, checks, depth
        self.empty: set[str] = set()

    def assigned(self, node: cst.Assign) -> None:
        """`user = session.get("user")`."""
        nothing = self._is_nothing(node.value)
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                name = target.target.value
                self.empty.add(name) if nothing else self.empty.discard(name)

    def holds(self, test: cst.BaseExpression) -> bool | None:
        """What a plain test comes to; None where it is about something else."""
        if isinstance(test, cst.Comparison):
            return self._compared(test)
        if isinstance(test, cst.Attribute) and test.attr.value == "is_anonymous":
            return True if self.checks.sees_caller(test) or self._is_nothing(test.value) else None
        if isinstance(test, cst.Call) and (known := self._own_answer(test)) is not None:
            return known
        return False if self._is_nothing(test) else None

    def _compared(self, test: cst.Comparison) -> bool | None:
        if (compared := comparison(test)) is None:
            return None
        left, operator, right = compared
        if self.checks.sees_caller(test):  # `"user" in session`
            return isinstance(operator, cst.NotIn)
        if not (self._is_nothing(left) or self._is_nothing(right)):
            return None
        other = right if self._is_nothing(left) else left
        nothing = isinstance(other, cst.Name) and other.value in ("None", "False")
        nothing = nothing or string_value(other) == "" or self._is_nothing(other)
        match operator:
            case cst.Is() | cst.Equal():
                return nothing
            case cst.IsNot() | cst.NotEqual():
                return not nothing
            case cst.In():
                return False
            case cst.NotIn():
                return True
        return None

    def _is_nothing(self, node: cst.BaseExpression) -> bool:
        """Whether an expression holds nothing for a stranger: a look at who is calling, and what that leads to."""
        match node:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="get")), args=[_, default]):
                return self.checks.sees_caller(node) and _is_empty(default.value)
            case cst.Name(value=name):
                return name in self.empty
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                return self._is_nothing(left) or self._is_nothing(right)
            case cst.BooleanOperation(left=left, right=right):
                return self._is_nothing(left) and (self._is_nothing(right) or _is_empty(right))
            case cst.IfExp(test=test, orelse=orelse):
                return self.holds(test) is False and (_is_empty(orelse) or self._is_nothing(orelse))
        if self.checks.sees_caller(node):
            return not (isinstance(node, cst.Attribute) and node.attr.value == "is_anonymous")
        match node:
            case cst.Attribute(value=owner) | cst.Subscript(value=owner):
                return self._is_nothing(owner)
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name)), args=args):
                by_nothing = any(self._is_nothing(arg.value) for arg in args)
                return self._is_nothing(owner) or (by_nothing and name in _LOOKS_UP)
            case cst.Call(func=cst.Name(value="bool" | "int" | "str"), args=[arg]):
                return self._is_nothing(arg.value)
            case cst.Call():
                return self._own_answer(node) is False
        return False

    def _own_answer(self, call: cst.Call) -> bool | None:
        """What a function of the same file answers that is told nothing: `is_logged_in()`."""
        if self.depth >= _DEEPEST or call.args or not isinstance(call.func, cst.Name):
            return None
        own = (each for each in self.walk.tree.body if isinstance(each, cst.FunctionDef))
        function = next((each for each in own if each.name.value == tail_of(call.func)), None)
        if function is None or function.decorators:
            return None
        inner = Strangers(self.walk, self.checks, self.depth + 1)
        answers = set(inner.answers(function))
        return answers.pop() if len(answers) == 1 else None

    def answers(self, function: cst.FunctionDef) -> Iterator[bool | None]:
        """What a function may return to a stranger; one that just ends returns nothing."""
        returned = False
        for node in Run(told_by(self.holds)).of(function.body):
            if isinstance(node, cst.Assign):
                self.assigned(node)
            if isinstance(node, cst.Return):
                returned = True
                yield False if node.value is None or _is_empty(node.value) else told_by(self.holds)(node.value)
        if not returned:
            yield False


def _is_empty(node: cst.BaseExpression) -> bool:
    """`None`, `False`, an empty text or list."""
    match node:
        case cst.Name(value="None" | "False"):
            return True
        case cst.List(elements=[]) | cst.Tuple(elements=[]) | cst.Dict(elements=[]):
            return True
    return string_value(node) == ""
