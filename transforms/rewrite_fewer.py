"""Calls with fewer arguments: each goes with its comma, and the layout of the others stays."""

from collections.abc import Iterator

import libcst as cst

from transforms.edit_kinds import RemoveArguments
from transforms.rewrite_tree import CannotEdit, Splice, Tree


def without_arguments(tree: Tree, edit: RemoveArguments) -> tuple[Splice, ...]:
    """The splices that take out keyword arguments; raises CannotEdit where one is not there."""
    call = tree.find(edit.place, cst.Call)
    if not isinstance(call, cst.Call):
        raise CannotEdit("there is no call at the place")
    going = [arg.keyword is not None and arg.keyword.value in edit.keywords for arg in call.args]
    if sum(going) != len(edit.keywords):
        raise CannotEdit("the call does not have these arguments")
    return tuple(_runs(tree, call, going))


def _runs(tree: Tree, call: cst.Call, going: list[bool]) -> Iterator[Splice]:
    """One splice for each run of neighbours that go."""
    index = 0
    while index < len(going):
        if not going[index]:
            index += 1
            continue
        first = index
        while index < len(going) and going[index]:
            index += 1
        yield _run(tree, call, first, index)


def _run(tree: Tree, call: cst.Call, first: int, after: int) -> Splice:
    """Up to the next argument that stays; behind the last one from the end of the one before."""
    if after < len(call.args):
        return Splice(_start(tree, call.args[first]), _start(tree, call.args[after]), "")
    end = _end(tree, call.args[after - 1])
    if first > 0:
        return Splice(_end(tree, call.args[first - 1]), end, "")
    closing = tree.span(call)[1] - 1
    return Splice(tree.text.rindex("(", 0, _start(tree, call.args[0])) + 1, closing, "")


def _start(tree: Tree, arg: cst.Arg) -> int:
    if arg.keyword is not None:
        return tree.span(arg.keyword)[0]
    start = tree.span(arg.value)[0]
    return tree.text.rindex("(", 0, start) if getattr(arg.value, "lpar", ()) else start - len(arg.star)


def _end(tree: Tree, arg: cst.Arg) -> int:
    end = tree.span(arg.value)[1]
    for _ in getattr(arg.value, "rpar", ()):
        end = tree.text.index(")", end) + 1
    return end
