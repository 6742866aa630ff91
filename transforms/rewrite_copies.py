"""A copy of a function below it, in which some things are said otherwise: the same lines, with the same comments."""

import re

import libcst as cst

from transforms.concepts import Place
from transforms.edit_kinds import CopyFunction
from transforms.rewrite_code import expression, indented
from transforms.rewrite_tree import CannotEdit, Splice, Splices, Tree

_STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


def copied(tree: Tree, edit: CopyFunction) -> Splice | None:
    """The splice below the function; None if the copy stands there already."""
    function = tree.find(edit.place, cst.FunctionDef)
    if not isinstance(function, cst.FunctionDef) or not isinstance(function.body, cst.IndentedBlock):
        raise CannotEdit("there is no function with a body of its own lines at the place")
    start = tree.start(function)
    if not tree.begins_line(start):
        raise CannotEdit("the function does not begin its line")
    indentation = tree.before_on_line(start)
    end = tree.line_end(tree.span(function)[1])
    apart = tree.newline * (2 if indentation else 3)
    new = apart + indented(tree, edit.head, indentation) + tree.newline + _body(tree, function, edit)
    if edit.below:
        new += apart + indented(tree, edit.below, indentation)
    return None if tree.text.startswith(new, end) else Splice(end, end, new, len(indentation))


def _body(tree: Tree, function: cst.FunctionDef, edit: CopyFunction) -> str:
    """The lines of the function's body as they are in the copy; its docstring is another."""
    statements = function.body.body[1 if function.get_docstring() is not None else 0 :]
    if not statements:
        raise CannotEdit("the function does nothing")
    first, last = tree.start(statements[0]), tree.span(statements[-1])[1]
    first = _above(tree, first)
    conditions = [(_condition(tree, place), code) for place, code in edit.hoisted]
    splices = Splices()
    hoisted = [condition for condition, _ in conditions]
    for place, code in edit.changes:
        splices.add([_change(tree, place, code, hoisted)])
    for condition, code in conditions:
        indentation = _indentation(tree, condition, tree.start(condition), hoisted)
        splices.add([_without_head(tree, condition, indented(tree, code, indentation) if code else "")])
        splices.add(_without_else(tree, condition))
    splices.add(_further_out(tree, hoisted, list(splices)))
    inside = Splices()
    inside.add(Splice(each.start - first, each.end - first, each.text, each.depth) for each in splices)
    return _without_gaps(tree, inside.apply(tree.text[first : tree.line_end(last)]).rstrip())


def _without_gaps(tree: Tree, body: str) -> str:
    """One blank line where statements that were left out stood between two."""
    if any(quotes in body for quotes in ('"""', "'''")):
        return body  # blank lines may be part of a text
    return re.sub(rf"(?:[ \t]*{tree.newline}){{3,}}", tree.newline * 2, body)


def _change(tree: Tree, place: Place, code: str, hoisted: list[cst.If]) -> Splice:
    statement = tree.find(place, *_STATEMENTS)
    if statement is None:
        node = tree.find(place, cst.BaseExpression)
        if node is None:
            raise CannotEdit("there is nothing at the place")
        return Splice(*tree.span(node), expression(tree, code, node))
    start, end = tree.start(statement), tree.line_end(tree.span(statement)[1])
    if not tree.begins_line(start):
        raise CannotEdit("the statement shares its line")
    above = _above(tree, start)
    if code:
        return Splice(above, end, indented(tree, code, _indentation(tree, statement, start, hoisted)))
    after = end + len(tree.newline)
    stands_alone = not _line_above(tree, above).strip() and not tree.text[after : tree.line_end(after)].strip()
    return Splice(above, tree.line_end(after) + len(tree.newline) if stands_alone else after, "")


def _indentation(tree: Tree, statement: cst.CSTNode, start: int, hoisted: list[cst.If]) -> str:
    """That of a statement in the copy: further out by what no longer stands around it."""
    indentation = tree.before_on_line(start)
    for condition in tree.around(statement, cst.If):
        if any(condition is each for each in hoisted):
            indentation = indentation[len(tree.indent) :]
    return indentation


def _condition(tree: Tree, place: Place) -> cst.If:
    condition = tree.find(place, cst.If)
    if not isinstance(condition, cst.If) or not isinstance(condition.body, cst.IndentedBlock):
        raise CannotEdit("there is no condition with lines of its own at the place")
    return condition


def _without_head(tree: Tree, condition: cst.If, instead: str) -> Splice:
    """Something else in the place of `if ...:` and of the comments above it."""
    below = tree.line_end(tree.span(condition.test)[1]) + len(tree.newline)
    return Splice(_above(tree, tree.start(condition)), below, instead + tree.newline if instead else "")


def _without_else(tree: Tree, condition: cst.If) -> list[Splice]:
    """Nothing of what happens otherwise."""
    if condition.orelse is None:
        return []
    start, end = tree.span(condition.orelse)
    return [Splice(_above(tree, start), tree.line_end(end) + len(tree.newline), "")]


def _further_out(tree: Tree, hoisted: list[cst.If], changed: list[Splice]) -> list[Splice]:
    """The bodies of conditions without the indentation that these gave them; lines inside of texts stay."""
    bodies = [(tree.start(each.body.body[0]), tree.span(each.body.body[-1])[1]) for each in hoisted]
    texts = [tree.span(each) for each in tree.nodes if isinstance(each, cst.SimpleString | cst.FormattedString)]
    taken: list[Splice] = []
    offset, end = min((start for start, _ in bodies), default=0), max((end for _, end in bodies), default=0)
    offset = tree.line_start(offset)
    while offset < end:
        depth = sum(tree.line_start(start) <= offset < end for start, end in bodies)
        unit = tree.indent * depth
        one = Splice(offset, offset + len(unit), "")
        in_text = any(start < offset < end for start, end in texts)
        if depth and tree.text.startswith(unit, offset) and not in_text and not _meets(one, changed):
            taken.append(one)
        offset = tree.line_end(offset) + len(tree.newline)
    return taken


def _meets(one: Splice, others: list[Splice]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _above(tree: Tree, start: int) -> int:
    """The start of the line, or of the first of the comments right above it."""
    line = tree.line_start(start)
    while line > 0 and _line_above(tree, line).lstrip().startswith("#"):
        line = tree.line_start(line - 1 - tree.text.startswith("\r\n", line - 2))
    return line


def _line_above(tree: Tree, line: int) -> str:
    above = tree.line_start(line - 1 - tree.text.startswith("\r\n", line - 2)) if line else 0
    return tree.text[above:line]
