"""Loops that say the same about each row of a list: `for prefix, view in ROUTES: router.register(prefix, view)`."""

from collections.abc import Iterator, Mapping

import libcst as cst

from transforms.frameworks.python_references import module_value
from transforms.walk import Walk


def rounds(walk: Walk, node: cst.For) -> Iterator[Mapping[str, cst.BaseExpression]]:
    """What the names of a loop stand for, round by round; nothing where its rows are not written out."""
    names = [each.value for each in _parts(node.target) if isinstance(each, cst.Name)]
    for row in _rows(walk, node.iter):
        values = _parts(row) if len(names) > 1 else [row]
        if len(values) != len(names):
            return
        yield dict(zip(names, values, strict=True))


def _rows(walk: Walk, node: cst.BaseExpression) -> list[cst.BaseExpression]:
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="items")), args=[]):
            table = module_value(walk, inner.value) if isinstance(inner, cst.Name) else inner
            pairs = table.elements if isinstance(table, cst.Dict) else ()
            return [
                cst.Tuple([cst.Element(each.key), cst.Element(each.value)])
                for each in pairs
                if isinstance(each, cst.DictElement)
            ]
        case cst.Name(value=name):
            kept = module_value(walk, name)
            return _parts(kept) if isinstance(kept, cst.List | cst.Tuple) else []
        case cst.List() | cst.Tuple():
            return _parts(node)
    return []


def _parts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    return [each.value for each in node.elements] if isinstance(node, cst.List | cst.Tuple) else [node]
