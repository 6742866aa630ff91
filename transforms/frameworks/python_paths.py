"""Which paths a middleware looks at, and which of them it lets through: tests of `request.url.path` in order.

`if path in PUBLIC: return await call_next(request)` spares some paths; `if path.startswith("/admin") and not token:`
guards some. A test that is not one of these shapes makes the whole function unreadable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from transforms.concepts import PathRule
from transforms.walk import descendants, dotted_name, string_value

_HARMLESS = frozenset({"OPTIONS", "HEAD"})  # methods whose requests carry no credential


class Unreadable(Exception):
    """A test of the path that is of no known shape."""


@dataclass(frozen=True, slots=True)
class _Test:
    """What a condition asks of the path; `alone`: and of nothing else."""

    exact: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    negated: bool = False
    alone: bool = True


def path_rules(module: cst.Module, function: cst.FunctionDef) -> tuple[PathRule, ...]:
    """The rules of a middleware in the order of its tests; none where they cannot be read."""
    reader = _Reader(module, function)
    try:
        found = tuple(reader.rules(function.body.body))
    except Unreadable:
        return ()
    return found if reader.seen == reader.mentions else ()


class _Reader:
    def __init__(self, module: cst.Module, function: cst.FunctionDef) -> None:
        self.lists = dict(_literal_lists(module.body)) | _own_lists(function)
        self.names = {
            each.targets[0].target.value
            for each in descendants(function.body)
            if isinstance(each, cst.Assign) and isinstance(each.targets[0].target, cst.Name) and _is_path(each.value)
        }
        ifs = (each for each in descendants(function.body, cst.If))
        self.mentions = {id(each) for each in ifs if self._mentions(each.test)}
        self.seen: set[int] = set()

    def rules(self, statements: Sequence[cst.CSTNode]) -> Iterator[PathRule]:
        """The rules of statements that stand one behind the other."""
        for statement in statements:
            match statement:
                case cst.If() if self._mentions(statement.test):
                    yield self._rule(statement)
                    yield from self._otherwise(statement.orelse)
                case cst.If():
                    yield from self.rules(statement.body.body)
                    yield from self._otherwise(statement.orelse)
                case cst.With() | cst.Try():
                    yield from self.rules(statement.body.body)
                case cst.For(iter=cst.Name(value=name), target=cst.Name(value=each)) if name in self.lists:
                    self.lists[each] = self.lists[name]
                    yield from self.rules(statement.body.body)

    def _otherwise(self, orelse: cst.If | cst.Else | None) -> Iterator[PathRule]:
        if isinstance(orelse, cst.If):
            yield from self.rules([orelse])
        elif isinstance(orelse, cst.Else):
            yield from self.rules(orelse.body.body)

    def _rule(self, node: cst.If) -> PathRule:
        self.seen.add(id(node))
        test = self._test(node.test)
        passes_on = _calls_the_next(node.body) and not _refuses(node.body)
        if passes_on == _refuses(node.body) or (passes_on and not test.alone):
            raise Unreadable
        return PathRule(test.exact, test.prefixes, negated=test.negated, spares=passes_on)

    def _test(self, node: cst.BaseExpression) -> _Test:
        match node:
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                inner_test = self._test(inner)
                if not inner_test.alone:
                    raise Unreadable
                return _Test(inner_test.exact, inner_test.prefixes, not inner_test.negated)
            case cst.BooleanOperation(left=left, operator=cst.Or(), right=right):
                return self._either(left, right)
            case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
                return self._and(left, right)
            case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=right)]):
                if self._is_the_path(left):
                    return _compared(operator, self._texts(right))
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="startswith")), args=[first]):
                if self._is_the_path(owner):
                    return _Test(prefixes=self._texts(first.value))
            case cst.Call(func=cst.Name(value="any"), args=[cst.Arg(value=cst.GeneratorExp() as each)]):
                return self._any(each)
        raise Unreadable

    def _either(self, left: cst.BaseExpression, right: cst.BaseExpression) -> _Test:
        sides = [side for side in (left, right) if not _is_harmless(side)]
        found = [self._test(side) for side in sides]
        if any(each.negated or not each.alone for each in found) and len(found) > 1:
            raise Unreadable
        if len(found) == 1:
            return found[0]
        return _Test(found[0].exact + found[1].exact, found[0].prefixes + found[1].prefixes)

    def _and(self, left: cst.BaseExpression, right: cst.BaseExpression) -> _Test:
        """A test of the path and of something else."""
        about = [side for side in (left, right) if self._mentions(side)]
        if len(about) != 1:
            raise Unreadable
        found = self._test(about[0])
        return _Test(found.exact, found.prefixes, found.negated, alone=False)

    def _any(self, node: cst.GeneratorExp) -> _Test:
        """`any(path.startswith(prefix) for prefix in PUBLIC)`."""
        match node:
            case cst.GeneratorExp(
                elt=elt, for_in=cst.CompFor(target=cst.Name(value=name), iter=iterated, inner_for_in=None)
            ):
                self.lists[name] = self._texts(iterated)
                return self._test(elt)
        raise Unreadable

    def _texts(self, node: cst.BaseExpression) -> tuple[str, ...]:
        match node:
            case cst.Name(value=name) if name in self.lists:
                return self.lists[name]
            case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=cst.Name(value=name)) if name in self.lists:
                return self.lists[name]
        found = _literal_texts(node)
        if found is None:
            raise Unreadable
        return found

    def _mentions(self, node: cst.BaseExpression) -> bool:
        return any(isinstance(each, cst.BaseExpression) and self._is_the_path(each) for each in descendants(node))

    def _is_the_path(self, node: cst.BaseExpression) -> bool:
        return _is_path(node) or (isinstance(node, cst.Name) and node.value in self.names)


def _compared(operator: cst.BaseCompOp, texts: tuple[str, ...]) -> _Test:
    match operator:
        case cst.Equal() | cst.In():
            return _Test(exact=texts)
        case cst.NotEqual() | cst.NotIn():
            return _Test(exact=texts, negated=True)
    raise Unreadable


def _is_path(node: cst.BaseExpression) -> bool:
    """`request.url.path`, `scope["path"]`."""
    match node:
        case cst.Attribute(value=cst.Attribute(attr=cst.Name(value="url")), attr=cst.Name(value="path")):
            return True
        case cst.Subscript(value=owner, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return (dotted_name(owner) or "").endswith("scope") and string_value(key) == "path"
    return False


def _is_harmless(node: cst.BaseExpression) -> bool:
    """`request.method == "OPTIONS"`."""
    match node:
        case cst.Comparison(
            left=cst.Attribute(attr=cst.Name(value="method")), comparisons=[cst.ComparisonTarget(comparator=right)]
        ):
            return set(_literal_texts(right) or ("?",)) <= _HARMLESS
    return False


def _literal_texts(node: cst.BaseExpression) -> tuple[str, ...] | None:
    if isinstance(node, cst.Call) and node.args and dotted_name(node.func) in ("frozenset", "set", "tuple", "list"):
        node = node.args[0].value
    if isinstance(node, cst.List | cst.Tuple | cst.Set):
        texts = [string_value(element.value) for element in node.elements]
        return tuple(text for text in texts if text is not None) if None not in texts else None
    text = string_value(node)
    return (text,) if text is not None else None


def _own_lists(function: cst.FunctionDef) -> dict[str, tuple[str, ...]]:
    """The same of a function's own names; one that is bound more than once holds nobody knows what."""
    targets = [each.target for each in descendants(function.body, cst.AssignTarget)]
    targets += [each.target for each in descendants(function.body, cst.AugAssign)]
    bound = [each.value for each in targets if isinstance(each, cst.Name)]
    return {name: texts for name, texts in _literal_lists(function.body.body) if bound.count(name) < 2}


def _literal_lists(statements: Sequence[cst.CSTNode]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of a module or class that hold literal texts, and what its objects hold from the beginning."""
    for statement in statements:
        match statement:
            case cst.ClassDef(body=body) | cst.FunctionDef(name=cst.Name(value="__init__"), body=body):
                yield from _literal_lists(body.body)
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)
                    | cst.Assign(
                        targets=[
                            cst.AssignTarget(
                                target=cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name))
                            )
                        ],
                        value=value,
                    )
                    | cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value)
                ]
            ) if (texts := _literal_texts(value)) is not None:
                yield name, texts


def _calls_the_next(body: cst.BaseSuite) -> bool:
    calls = (each.func for each in descendants(body, cst.Call))
    return any((dotted_name(func) or "").rpartition(".")[2] in ("call_next", "app") for func in calls)


def _refuses(body: cst.BaseSuite) -> bool:
    """Whether a suite answers by itself: it raises, or returns something that is not the next answer."""
    for each in descendants(body):
        if isinstance(each, cst.Raise):
            return True
        if isinstance(each, cst.Return) and each.value is not None and not _is_next(each.value):
            return True
    return False


def _is_next(node: cst.BaseExpression) -> bool:
    """`await call_next(request)`, or a name that may hold its answer."""
    inner = node.expression if isinstance(node, cst.Await) else node
    if isinstance(inner, cst.Call):
        return (dotted_name(inner.func) or "").rpartition(".")[2] in ("call_next", "app")
    return isinstance(inner, cst.Name) and inner.value in ("response", "resp")
