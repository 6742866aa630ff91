"""Handlers that serve several things: which part of a function runs for which name, method or path.

`if name == "query": ...`, `match name`, and a dictionary of functions are read alike. Each part becomes a Function fact
of its own, so that what one tool of a dispatcher does is not held against the others.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator

import libcst as cst

from transforms.concepts import Function, Place, Signal
from transforms.frameworks import python_effects as effects
from transforms.frameworks.python_references import named, reference
from transforms.frameworks.python_statuses import status_from, status_of
from transforms.walk import Walk, all_parameters, argument, below, dotted_name, string_value

Key = Callable[[cst.BaseExpression], str | None]  # what an expression is compared for: "name", "method", "path"
Conditions = tuple[tuple[str, tuple[str, ...]], ...]  # key and the values it is compared with
Tables = Callable[[str], cst.Dict | None]  # a dictionary of functions by the name it is kept under

MOST_PARTS = 60


@dataclasses.dataclass(eq=False)
class Part:
    """What runs under some conditions: its own nodes, and the parts that further conditions make."""

    conditions: Conditions = ()
    nodes: list[cst.CSTNode] = dataclasses.field(default_factory=list)
    parts: list["Part"] = dataclasses.field(default_factory=list)
    body: cst.CSTNode | None = None

    def value(self, key: str) -> str | None:
        """What the key is compared with on the way here: the innermost counts."""
        return next((values[0] for each, values in reversed(self.conditions) if each == key), None)


def parts_of(function: cst.FunctionDef, key: Key, tables: Tables) -> list[tuple[Part, list[cst.CSTNode]]]:
    """The innermost parts of a function, each with every node that runs for it; none where nothing is told apart."""
    root = Part()
    _gather(function.body, root, key, tables)
    return list(_leaves(root, []))[:MOST_PARTS] if root.parts else []


def aliases(function: cst.FunctionDef, key: Key) -> dict[str, str]:
    """The local names that hold what is compared: `tool = params["name"]` -> {"tool": "name"}."""
    found: dict[str, str] = {}
    waiting: list[cst.CSTNode] = [function.body]
    while waiting:
        node = waiting.pop()
        match node:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
                if (asked := _through_calls(value, key)) is not None:
                    found[name] = asked
        waiting.extend(below(node))
    return found


def emit_part(
    walk: Walk,
    function: cst.FunctionDef,
    symbol: str,
    part: Part,
    nodes: list[cst.CSTNode],
    further: Iterable[Signal] = (),
) -> None:
    """Leave the Function fact of a part of `function`, in front of which the walk stands."""
    names = _Names(walk, function, nodes)
    calls: dict[str, None] = {}
    signals, statuses = set(further), set[int]()
    for node in nodes:
        signals.update(_signals(walk, node))
        if isinstance(node, cst.Call):
            if (target := names.reference(node.func)) is not None and "." in target:
                calls[target] = None
            if (status := status_of(node)) is not None:
                statuses.add(status)
        if isinstance(node, cst.Return) and isinstance(node.value, cst.Tuple) and len(node.value.elements) > 1:
            status = status_from(node.value.elements[1].value)  # return body, 401
            statuses.update((status,) if status is not None else ())
    if statuses & {401, 403}:
        signals.add(Signal.REFUSES)
    if isinstance(part.body, cst.Name | cst.Attribute) and (target := names.reference(part.body)) is not None:
        calls[target] = None  # the function that a dictionary names
    path, kept, raised, told = walk.path, tuple(calls), tuple(sorted(statuses)), tuple(sorted(signals))

    def build(place: Place) -> Function:
        return Function(symbol, place, is_async=False, calls=kept, raises=raised, signals=told, file=path)

    walk.emit(build, part.body if part.body is not None else function)


class _Names:
    """What names mean inside a function that is not walked yet: its imports count, its local names hold anything."""

    def __init__(self, walk: Walk, function: cst.FunctionDef, nodes: Iterable[cst.CSTNode]) -> None:
        self.walk = walk
        self.imports: dict[str, str] = {}
        self.local = {each.name.value for each in all_parameters(function)}
        for node in nodes:
            self._read(node)

    def reference(self, node: cst.BaseExpression) -> str | None:
        """The reference of an expression; None where it begins with a local name."""
        found = reference(self.walk, node, self._named)
        return found if found is not None and not found.startswith("<local>") else None

    def _named(self, name: str) -> str:
        if name in self.imports:
            return self.imports[name]
        if name in ("self", "cls") and isinstance(self.walk.scopes[-1].node, cst.ClassDef):
            return self.walk.symbol
        return "<local>" if name in self.local else named(self.walk, name)

    def _read(self, node: cst.CSTNode) -> None:
        match node:
            case cst.ImportFrom(module=module, names=names) if module is not None and not isinstance(
                names, cst.ImportStar
            ):
                for each in names:
                    name = dotted_name(each.name) or ""
                    local = each.asname.name if each.asname is not None else each.name
                    self.imports[getattr(local, "value", name)] = f"{dotted_name(module)}.{name}"
            case cst.AssignTarget(target=cst.Name(value=name)) | cst.AsName(name=cst.Name(value=name)):
                self.local.add(name)
            case cst.For(target=cst.Name(value=name)) | cst.CompFor(target=cst.Name(value=name)):
                self.local.add(name)


def literal_key(node: cst.BaseExpression) -> str | None:
    """`name` of `params["name"]`, `params.get("name")` and `request.name`."""
    match node:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=index))]):
            return string_value(index)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="get")), args=[first, *_]):
            return string_value(first.value)
        case cst.Attribute(attr=cst.Name(value=name)):
            return name
    return None


def _signals(walk: Walk, node: cst.CSTNode) -> Iterator[Signal]:
    def is_request(asked: cst.BaseExpression) -> bool:
        return effects.is_request(asked, None)

    match node:
        case cst.Call():
            yield from effects.of_call(node, reference(walk, node.func), is_request)
        case cst.Subscript():
            yield from effects.of_subscript(node, is_request)
        case cst.Attribute():
            yield from effects.of_attribute(node, is_request)


def _gather(node: cst.CSTNode, part: Part, key: Key, tables: Tables) -> None:
    match node:
        case cst.If(test=test) if conditions := tuple(conditions_of(test, key)):
            part.nodes.append(test)
            _part(part, conditions, node.body, key, tables)
            if isinstance(node.orelse, cst.If):
                _gather(node.orelse, part, key, tables)
            return  # what runs for no known value belongs to no part
        case cst.Match(subject=subject) if (asked := key(subject)) is not None:
            for case in node.cases:
                if values := tuple(_patterns(case.pattern)):
                    _part(part, ((asked, values),), case.body, key, tables)
            return
        case cst.Subscript(value=cst.Name(value=name), slice=[cst.SubscriptElement(slice=cst.Index(value=index))]):
            _from_table(part, key(index), tables(name))
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="get")), args=[first, *_]):
            _from_table(part, key(first.value), tables(name))
    part.nodes.append(node)
    for each in below(node):
        _gather(each, part, key, tables)


def _part(part: Part, conditions: Conditions, body: cst.CSTNode, key: Key, tables: Tables) -> None:
    """One part for each value: `if name in ("a", "b")` runs for two."""
    asked, values = conditions[0]
    for value in values:
        inner = Part((*part.conditions, (asked, (value,)), *conditions[1:]), body=body)
        part.parts.append(inner)
        _gather(body, inner, key, tables)


def _from_table(part: Part, asked: str | None, table: cst.Dict | None) -> None:
    if asked is None or table is None:
        return
    for element in table.elements:
        if isinstance(element, cst.DictElement) and (name := string_value(element.key)):
            inner = Part((*part.conditions, (asked, (name,))), [element.value], body=element.value)
            part.parts.append(inner)


def _leaves(part: Part, above: list[cst.CSTNode]) -> Iterator[tuple[Part, list[cst.CSTNode]]]:
    nodes = [*above, *part.nodes]
    if not part.parts and part.conditions:
        yield part, nodes
    for each in part.parts:
        yield from _leaves(each, nodes)


def conditions_of(test: cst.BaseExpression, key: Key) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a test compares a key with."""
    match test:
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            yield from conditions_of(left, key)
            yield from conditions_of(right, key)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=cst.Equal(), comparator=right)]):
            for asked, value in ((key(left), string_value(right)), (key(right), string_value(left))):
                if asked is not None and value:
                    yield asked, (value,)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=cst.In(), comparator=right)]):
            asked = key(left)
            if asked is not None and isinstance(right, cst.List | cst.Tuple | cst.Set):
                values = tuple(filter(None, (string_value(each.value) for each in right.elements)))
                if values:
                    yield asked, values


def _patterns(pattern: cst.MatchPattern) -> Iterator[str]:
    match pattern:
        case cst.MatchValue(value=value) if text := string_value(value):
            yield text
        case cst.MatchOr(patterns=patterns):
            for each in patterns:
                yield from _patterns(each.pattern)


def _through_calls(node: cst.BaseExpression, key: Key) -> str | None:
    """`event["httpMethod"].upper()` is still the method."""
    while (asked := key(node)) is None:
        match node:
            case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="upper" | "lower" | "strip"))):
                node = inner
            case cst.BooleanOperation(left=left, operator=cst.Or()):
                node = left
            case cst.Call(func=cst.Name(value="str"), args=[first]):
                node = first.value
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="get"))) if second := argument(node, "default", 1):
                node = second
            case _:
                return None
    return asked
