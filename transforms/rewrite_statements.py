"""New statements before or after one that is there, or first in a function's body; new decorators of a function."""

import libcst as cst

from transforms.edit_kinds import AddDecorator, AssignInstead, InsertStatements, Position, RemoveStatement
from transforms.rewrite_code import in_style, indented
from transforms.rewrite_tree import CannotEdit, Splice, Tree

_DEFINITIONS = ("def ", "async def ", "class ", "@")  # blank lines keep them apart: two, inside a class or function one
_STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


def insertion(tree: Tree, edit: InsertStatements) -> Splice | None:
    """The splice for one insertion; None if the same statements stand there already."""
    if edit.position is Position.BODY_START:
        return _at_body_start(tree, edit)
    statement = _statement(tree, edit)
    put = _before if edit.position is Position.BEFORE else _after
    return put(tree, statement, edit.code)


def decoration(tree: Tree, edit: AddDecorator) -> Splice | None:
    """The splice for one decorator; None if the function has it already."""
    function = tree.find(edit.place, cst.FunctionDef)
    if not isinstance(function, cst.FunctionDef):
        raise CannotEdit("there is no function at the place")
    code = in_style(tree, edit.code)
    below = tree.offset(edit.under.end_line, edit.under.end_column) if edit.under is not None else 0
    spans = (tree.span(each.decorator) for each in function.decorators)
    if code.removeprefix("@") in {tree.text[start:end] for start, end in spans if start >= below}:
        return None
    if edit.under is None:
        start = tree.start(function)
        indentation = _indentation(tree, start)
        offset = tree.line_start(start)
        return Splice(offset, offset, f"{indentation}{code}{tree.newline}")
    wanted = tree.find(edit.under, cst.BaseExpression)
    decorator = next((each for each in function.decorators if each.decorator is wanted), None)
    if decorator is None:
        raise CannotEdit("the function has no such decorator")
    start, end = tree.span(decorator)
    offset = tree.line_end(end)
    return Splice(offset, offset, f"{tree.newline}{_indentation(tree, start)}{code}")


def removal(tree: Tree, edit: RemoveStatement) -> Splice:
    """The splice that takes out one statement, with its lines and the blank line that it leaves."""
    found = tree.find(edit.place, cst.If) or tree.smallest(edit.place, cst.SimpleStatementLine)
    if not isinstance(found, cst.SimpleStatementLine | cst.If):
        raise CannotEdit("there is no statement at the place")
    block = tree.parents.get(id(found))
    if not isinstance(block, cst.Module) and not (isinstance(block, cst.IndentedBlock) and len(block.body) > 1):
        raise CannotEdit("nothing would be left of the block that it is in")
    if isinstance(found, cst.SimpleStatementLine) and len(found.body) != 1:
        raise CannotEdit("the statement shares its line")
    return tree.whole_line(found)


def assignment(tree: Tree, edit: AssignInstead) -> Splice | None:
    """The splice that puts an assignment in the place of a call of a method of an attribute; None if it is there."""
    call = tree.find(edit.place, cst.Call)
    line = tree.smallest(edit.place, cst.SimpleStatementLine)
    code = in_style(tree, edit.code)
    match line, call:
        case cst.SimpleStatementLine(body=[cst.Expr(value=value)]), cst.Call(
            func=cst.Attribute(value=cst.Attribute(value=owner))
        ) if value is call:
            start, end = tree.span(owner)
            return Splice(*tree.span(call), f"{tree.text[start:end]}.{edit.name} = {code}")
    raise CannotEdit("there is no call of its own line at the place")


def _statement(tree: Tree, edit: InsertStatements) -> cst.CSTNode:
    statement = tree.find(edit.place, *_STATEMENTS) or tree.smallest(edit.place, *_STATEMENTS)
    if statement is None:
        raise CannotEdit("there is no statement at the place")
    if isinstance(statement, cst.BaseCompoundStatement) and _is_in_one_line_body(tree, edit, statement):
        raise CannotEdit("the statement shares its line with the one around it")
    return statement


def _is_in_one_line_body(tree: Tree, edit: InsertStatements, statement: cst.BaseCompoundStatement) -> bool:
    """Whether the place lies in the body of `if x: y`, which has no line of its own."""
    suite = tree.smallest(edit.place, cst.SimpleStatementSuite)
    return suite is not None and statement in set(tree.around(suite, *_STATEMENTS))


def _at_body_start(tree: Tree, edit: InsertStatements) -> Splice | None:
    function = tree.find(edit.place, cst.FunctionDef)
    if not isinstance(function, cst.FunctionDef):
        raise CannotEdit("there is no function at the place")
    if not isinstance(function.body, cst.IndentedBlock):
        raise CannotEdit("the function has its body on the line of its def")
    first = function.body.body[0]
    if function.get_docstring() is not None:
        return _after(tree, first, edit.code)
    return _before(tree, first, edit.code)


def _before(tree: Tree, statement: cst.CSTNode, code: str) -> Splice | None:
    start = tree.start(statement)
    if tree.text.startswith(("elif", "from __future__"), start):
        raise CannotEdit(f"nothing can stand before {tree.text[start:].split()[0]}")
    indentation = _indentation(tree, start)
    offset = _above_comments(tree, start, indentation)
    new = indented(tree, code, indentation) + tree.newline
    return None if tree.text.endswith(new, 0, offset) else Splice(offset, offset, new)


def _after(tree: Tree, statement: cst.CSTNode, code: str) -> Splice | None:
    start, end = tree.start(statement), tree.span(statement)[1]
    offset = tree.line_end(end)
    rest = tree.text[end:offset].strip().lstrip(";").strip()
    if rest and not rest.startswith("#"):
        raise CannotEdit("another statement stands on the same line")
    indentation = _indentation(tree, start)
    apart = tree.newline * (1 if indentation else 2) if code.lstrip().startswith(_DEFINITIONS) else ""
    new = tree.newline + apart + indented(tree, code, indentation)
    return None if tree.text.startswith(new, offset) else Splice(offset, offset, new, len(indentation))


def _indentation(tree: Tree, start: int) -> str:
    if not tree.begins_line(start):
        raise CannotEdit("the statement does not begin its line")
    return tree.before_on_line(start)


def _above_comments(tree: Tree, start: int, indentation: str) -> int:
    """The start of the line of `start`, or of the first comment that stands right above it."""
    line = tree.line_start(start)
    while line > 0:
        above = tree.line_start(line - 1 - tree.text.startswith("\r\n", line - 2))
        text = tree.text[above:line]
        if not text.startswith(f"{indentation}#"):
            break
        line = above
    return line
