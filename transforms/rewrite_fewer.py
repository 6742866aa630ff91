"""Calls with fewer arguments, dicts with fewer entries: each goes with its comma, and the others keep their layout."""

from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.edit_kinds import RemoveArguments
from transforms.rewrite_tree import CannotEdit, Splice, Tree
from transforms.walk import string_value

_Items = Sequence[cst.Arg] | Sequence[cst.BaseDictElement]


def without_arguments(tree: Tree, edit: RemoveArguments) -> tuple[Splice, ...]:
    """The splices that take out keyword arguments or entries; raises CannotEdit where one is not there."""
    node = tree.find(edit.place, cst.Call) or tree.find(edit.place, cst.Dict)
    if not isinstance(node, cst.Call | cst.Dict):
        raise CannotEdit("there is no call at the place")
    items: _Items = node.args if isinstance(node, cst.Call) else node.elements
    going = [_name(each) in edit.keywords for each in items]
    if sum(going) != len(edit.keywords):
        raise CannotEdit("the call does not have these arguments")
    return tuple(_runs(tree, node, items, going))


def _name(item: cst.Arg | cst.BaseDictElement) -> str | None:
    if isinstance(item, cst.Arg):
        return item.keyword.value if item.keyword is not None else None
    return string_value(item.key) if isinstance(item, cst.DictElement) else None


def _runs(tree: Tree, node: cst.Call | cst.Dict, items: _Items, going: list[bool]) -> Iterator[Splice]:
    """One splice for each run of neighbours that go."""
    index = 0
    while index < len(going):
        if not going[index]:
            index += 1
            continue
        first = index
        while index < len(going) and going[index]:
            index += 1
        yield _run(tree, node, items, first, index)


def _run(tree: Tree, node: cst.Call | cst.Dict, items: _Items, first: int, after: int) -> Splice:
    """Up to the next item that stays; behind the last one from the end of the one before."""
    if after < len(items):
        return Splice(_start(tree, items[first]), _start(tree, items[after]), "")
    end = _end(tree, items[after - 1])
    if first > 0:
        return Splice(_end(tree, items[first - 1]), end, "")
    bracket = "(" if isinstance(node, cst.Call) else "{"
    return Splice(tree.text.rindex(bracket, 0, _start(tree, items[0])) + 1, tree.span(node)[1] - 1, "")


def _start(tree: Tree, item: cst.Arg | cst.BaseDictElement) -> int:
    if isinstance(item, cst.DictElement):
        return _outside(tree, item.key)
    if isinstance(item, cst.Arg) and item.keyword is not None:
        return tree.span(item.keyword)[0]
    start = tree.span(item.value)[0]
    if isinstance(item, cst.Arg):
        return _outside(tree, item.value) if getattr(item.value, "lpar", ()) else start - len(item.star)
    return tree.text.rindex("**", 0, start)


def _outside(tree: Tree, value: cst.BaseExpression) -> int:
    """Where an expression begins, with a bracket around it."""
    start = tree.span(value)[0]
    return tree.text.rindex("(", 0, start) if getattr(value, "lpar", ()) else start


def _end(tree: Tree, item: cst.Arg | cst.BaseDictElement) -> int:
    end = tree.span(item.value)[1]
    for _ in getattr(item.value, "rpar", ()):
        end = tree.text.index(")", end) + 1
    return end
