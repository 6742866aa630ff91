"""Views that are wrapped after they were registered: `app.view_functions["x"] = guard(app.view_functions["x"])`.

They are known by the names of their endpoints, which may be said anywhere. Where it is not clear which they are, nobody
can tell what stands before any view of the app.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import libcst as cst

from transforms.concepts import ALL_BUT, How
from transforms.frameworks.flask_exemptions import comparison
from transforms.frameworks.python_guards import Draft, decorator_guard
from transforms.frameworks.python_references import reference
from transforms.walk import Walk, descendants, string_value

TABLE = "view_functions"
EVERY = ("*",)
Tell = Callable[[str, Draft], None]  # the app, and what stands before some of its views


class Wrapped:
    """Handlers that find such assignments."""

    def __init__(self, walk: Walk, tell: Tell) -> None:
        self.walk, self.tell = walk, tell
        self.seen: set[int] = set()  # ids of assignments that are read with the loop around them

    def assigned(self, node: cst.Assign) -> None:
        """One view, or the whole table made anew."""
        if id(node) in self.seen:
            return
        target, made = node.targets[0].target, node.value
        if (found := _entry(target)) is not None:
            owner, key = found
            text = string_value(key)
            self._wrapped(owner, node.value, (text,) if text is not None else ())
        elif isinstance(made, cst.DictComp) and isinstance(target, cst.Attribute) and target.attr.value == TABLE:
            self._wrapped(target.value, made.value, () if made.for_in.ifs else EVERY)

    def loop(self, node: cst.For) -> None:
        """`for name in ("x", "y"): ...`, `for name, view in app.view_functions.items(): ...`."""
        for each in descendants(node.body, cst.Assign):
            if (found := _entry(each.targets[0].target)) is not None:
                self.seen.add(id(each))
                self._wrapped(found[0], each.value, tuple(self._named(node, each)))

    def _named(self, loop: cst.For, assignment: cst.Assign) -> Iterator[str]:
        """The endpoints that a loop wraps; none where that cannot be told."""
        listed = loop.iter.elements if isinstance(loop.iter, cst.Tuple | cst.List | cst.Set) else ()
        texts = [string_value(each.value) for each in listed]
        spared = _spared(loop, assignment)
        if spared is None or None in texts:
            return
        yield from (text for text in texts if text is not None and text not in spared)
        if not texts and any(each.attr.value == TABLE for each in descendants(loop.iter, cst.Attribute)):
            yield from (*EVERY, *(f"{ALL_BUT}{name}" for name in spared))

    def _wrapped(self, owner: cst.BaseExpression, value: cst.BaseExpression, only: tuple[str, ...]) -> None:
        app = reference(self.walk, owner)
        guard = decorator_guard(self.walk, value.func, How.APP) if isinstance(value, cst.Call) else None
        if app is None or (guard is None and not isinstance(value, cst.Call | cst.Name)):
            return
        known = guard if guard is not None and only else Draft(owner, "", How.APP, code=self.walk.code(value, 200))
        self.tell(app, replace(known, only=only or EVERY))


def _entry(target: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The app and the key of `app.view_functions[key]`."""
    match target:
        case cst.Subscript(
            value=cst.Attribute(value=owner, attr=cst.Name(value=name)),
            slice=[cst.SubscriptElement(slice=cst.Index(value=key))],
        ) if name == TABLE:
            return owner, key
    return None


def _spared(loop: cst.For, assignment: cst.Assign) -> tuple[str, ...] | None:
    """The endpoints that a loop leaves as they are; None where that hangs on something else."""
    spared: list[str] = []
    body = loop.body.body
    while True:
        for statement in body:
            match statement:
                case cst.SimpleStatementLine(body=parts) if assignment in parts:
                    return tuple(spared)
                case cst.If(test=test, body=cst.IndentedBlock(body=inner), orelse=None):
                    skips = any(isinstance(each, cst.Continue) for each in _small(inner))
                    named = _texts(test, cst.In if skips else cst.NotIn)
                    if named is None:
                        return None
                    spared.extend(named)
                    if not skips:
                        body = inner
                        break
                case cst.If() | cst.For() | cst.While() | cst.Try() | cst.With():
                    return None
        else:
            return None


def _small(statements: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    for each in statements:
        if isinstance(each, cst.SimpleStatementLine):
            yield from each.body


def _texts(test: cst.BaseExpression, wanted: type[cst.BaseCompOp]) -> tuple[str, ...] | None:
    """`name in ("login", "static")`, `name != "login"`."""
    compared = comparison(test) if isinstance(test, cst.Comparison) else None
    if compared is None:
        return None
    _, operator, right = compared
    one = cst.Equal if wanted is cst.In else cst.NotEqual
    if isinstance(operator, one) and (text := string_value(right)) is not None:
        return (text,)
    if not isinstance(operator, wanted) or not isinstance(right, cst.Tuple | cst.List | cst.Set):
        return None
    texts = [string_value(each.value) for each in right.elements]
    return tuple(text for text in texts if text is not None) if None not in texts else None
