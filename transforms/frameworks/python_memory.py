"""What a module keeps in memory, and which statements change it: `NOTES[key] = text`, `NOTES.pop(key)`.

It is gone with the process, and as long as that runs it is what everybody sees.
"""

from collections.abc import Collection, Iterator

import libcst as cst

_COLLECTIONS = (cst.Dict, cst.List, cst.Set, cst.DictComp, cst.ListComp, cst.SetComp)
_MADE_BY = frozenset({"dict", "list", "set", "defaultdict", "OrderedDict", "deque", "Counter"})
_CHANGES = frozenset({
    "append", "extend", "insert", "add", "update", "pop", "popitem", "popleft", "appendleft", "remove", "discard",
    "clear", "setdefault",
})  # fmt: skip


def kept_in(tree: cst.Module) -> frozenset[str]:
    """Names at the top of a module that hold a collection."""
    return frozenset(name for name, value in assigned_in(tree) if _is_collection(value))


def changed(node: cst.CSTNode, kept: Collection[str]) -> Iterator[str]:
    """The names of collections that a statement or a call changes, before a look at what is local."""
    if not kept:
        return
    match node:
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=method))) if method in _CHANGES:
            held = owner
        case cst.Assign(targets=targets):
            for each in targets:
                yield from _of_subscript(each.target, kept)
            return
        case cst.AugAssign(target=target):
            held = target
        case cst.Del(target=cst.Subscript() as target):
            held = target
        case _:
            return
    name = _root(held)
    if name in kept:
        yield name


def assigned_in(body: cst.Module | cst.BaseSuite) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The plain names that the statements of a body give a value."""
    for statement in body.body:
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
            ):
                yield name, value
            case cst.SimpleStatementLine(
                body=[cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value)]
            ):
                yield name, value


def _is_collection(value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Name | cst.Attribute):
        return (value.func.value if isinstance(value.func, cst.Name) else value.func.attr.value) in _MADE_BY
    return isinstance(value, _COLLECTIONS)


def _of_subscript(target: cst.BaseExpression, kept: Collection[str]) -> Iterator[str]:
    name = _root(target) if isinstance(target, cst.Subscript) else ""
    if name in kept:
        yield name


def _root(node: cst.BaseExpression) -> str:
    """`NOTES` of `NOTES[key]["text"]`."""
    while isinstance(node, cst.Subscript):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""
