"""An assignment that becomes a function: what was worked out once, on import, is worked out when somebody asks."""

from collections.abc import Iterator

import libcst as cst

from transforms.edit_kinds import LeaveUnassigned, ReturnInstead
from transforms.rewrite_code import indented
from transforms.rewrite_tree import CannotEdit, Splice, Tree

_LEVEL = "    "


def returned(tree: Tree, edit: ReturnInstead) -> tuple[Splice, ...]:
    """The splices: the head in the place of the target, deeper lines below it, blank lines and more around it."""
    line = tree.smallest(edit.place, cst.SimpleStatementLine)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise CannotEdit("the assignment shares its line")
    start, end = tree.span(line)
    if not tree.begins_line(start):
        raise CannotEdit("the assignment does not begin its line")
    indentation = tree.before_on_line(start)
    value = _value_start(tree, line.body[0])
    blank = 1 if indentation else 2
    head = indented(tree, edit.head, indentation).removeprefix(indentation)
    above = _missing_above(tree, start, blank)
    opening = Splice(start, value, head + " ")
    before = [Splice(tree.line_start(start), tree.line_start(start), tree.newline * above)] if above else []
    after = tree.newline * _missing_below(tree, end, blank)
    more = tree.newline * (blank + 1) + indented(tree, edit.below, indentation) if edit.below else ""
    behind = [Splice(tree.line_end(end), tree.line_end(end), more + after)] if more or after else []
    return (*before, opening, *_deeper(tree, value, end), *behind)


def unassigned(tree: Tree, edit: LeaveUnassigned) -> Splice:
    """The splice that takes the value of an annotated assignment out, with the sign before it."""
    node = tree.smallest(edit.place, cst.AnnAssign)
    if not isinstance(node, cst.AnnAssign) or node.value is None:
        raise CannotEdit("there is no annotated assignment at the place")
    return Splice(tree.span(node.annotation.annotation)[1], tree.span(node)[1], "")


def _value_start(tree: Tree, assignment: cst.BaseSmallStatement) -> int:
    """Where the assigned expression begins, its parentheses included."""
    match assignment:
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            before = tree.span(target)[1]
        case cst.AnnAssign(annotation=annotation, value=cst.BaseExpression()):
            before = tree.span(annotation.annotation)[1]
        case _:
            raise CannotEdit("there is no plain assignment at the place")
    return tree.skip_layout(tree.text.index("=", before) + 1)


def _deeper(tree: Tree, start: int, end: int) -> Iterator[Splice]:
    """One more level of indentation for the further lines of an expression, unless a string goes over lines there."""
    if any(quotes in tree.text[start:end] for quotes in ('"""', "'''")):
        return
    offset = tree.line_end(start) + len(tree.newline)
    while offset < end:
        if tree.text[offset : tree.line_end(offset)].strip():
            yield Splice(offset, offset, _LEVEL)
        offset = tree.line_end(offset) + len(tree.newline)


def _missing_above(tree: Tree, start: int, wanted: int) -> int:
    above = tree.text[: tree.line_start(start)]
    if not above.strip() or above.rstrip().endswith(":"):
        return 0
    last = above.rstrip("\r\n \t")
    if last.rpartition("\n")[2].lstrip().startswith("#"):
        return 0  # a comment belongs to what stands below it
    return max(0, wanted - above[len(last) :].count("\n") + 1)


def _missing_below(tree: Tree, end: int, wanted: int) -> int:
    below = tree.text[tree.line_end(end) :]
    rest = below.lstrip()
    if not rest:
        return 0
    return max(0, wanted - below[: len(below) - len(rest)].count("\n") + 1)
