"""New decorators of functions, bases and attributes of classes, entries of dicts and elements of lists."""

import libcst as cst

from transforms.concepts import Place
from transforms.edit_kinds import (
    AddBase,
    AddClassAttribute,
    AddDictEntry,
    AddElement,
    AddInnermostDecorator,
    ReplaceBase,
)
from transforms.rewrite_code import in_style, indented
from transforms.rewrite_lists import bracketed, insert
from transforms.rewrite_tree import CannotEdit, Splice, Tree
from transforms.walk import string_value


def innermost_decoration(tree: Tree, edit: AddInnermostDecorator) -> list[Splice]:
    """A decorator on the line above the `def`, below the decorators that are there."""
    node = tree.find(edit.place, cst.FunctionDef)
    if not isinstance(node, cst.FunctionDef):
        raise CannotEdit("there is no function at the place")
    code = in_style(tree, edit.code)
    if any(_text(tree, each) == code for each in node.decorators):
        return []
    start = tree.span(node)[0]
    if not tree.begins_line(start):
        raise CannotEdit("the function does not begin its line")
    line = tree.line_start(start)
    return [Splice(line, line, tree.before_on_line(start) + code + tree.newline)]


def first_base(tree: Tree, edit: AddBase) -> list[Splice]:
    """A base class before all others: one more, or one that stands further behind."""
    node = _class(tree, edit.place)
    code = in_style(tree, edit.code)
    there = [_text(tree, each.value) for each in node.bases]
    if code in there:
        return [] if there[0] == code else [_moved_to_front(tree, node, code, there)]
    behind = tree.span(node.name)[1]
    opened = tree.skip_layout(behind)
    if not tree.text.startswith("(", opened):
        return [Splice(behind, behind, f"({code})")]
    return insert(tree, bracketed(tree, opened + 1, [*node.bases, *node.keywords]), 0, [code])


def _moved_to_front(tree: Tree, node: cst.ClassDef, code: str, there: list[str]) -> Splice:
    start, end = tree.span(node.bases[0].value)[0], tree.span(node.bases[-1].value)[1]
    if tree.text[start:end] != ", ".join(there):
        raise CannotEdit("the bases of the class do not stand on one line")
    return Splice(start, end, ", ".join([code, *(each for each in there if each != code)]))


def other_base(tree: Tree, edit: ReplaceBase) -> list[Splice]:
    """Another base class in the place of one that is there."""
    node = _class(tree, edit.place)
    code = in_style(tree, edit.code)
    there = [each for each in node.bases if _text(tree, each.value) == edit.old]
    if not there and any(_text(tree, each.value) == code for each in node.bases):
        return []
    if len(there) != 1:
        raise CannotEdit(f"the class does not inherit from {edit.old} once")
    return [Splice(*tree.span(there[0].value), code)]


def class_attribute(tree: Tree, edit: AddClassAttribute) -> list[Splice]:
    """An attribute first in the body of a class, after its docstring."""
    node = _class(tree, edit.place)
    if not isinstance(node.body, cst.IndentedBlock):
        raise CannotEdit("the class has its body on the line of its name")
    if any(_assigns(each, edit.name) for each in node.body.body):
        raise CannotEdit(f"the class has {edit.name} already")
    first = node.body.body[0]
    start = tree.start(first)
    if not tree.begins_line(start):
        raise CannotEdit("the body does not begin its line")
    indentation = tree.before_on_line(start)
    code = indented(tree, f"{edit.name} = {edit.code}", indentation)
    if node.get_docstring() is None:
        line = tree.line_start(start)
        blank = tree.newline if isinstance(first, cst.FunctionDef | cst.ClassDef) else ""
        return [Splice(line, line, code + tree.newline + blank)]
    offset = tree.line_end(tree.span(first)[1])
    return [Splice(offset, offset, _below_docstring(tree, offset, code), len(indentation))]


def _below_docstring(tree: Tree, offset: int, code: str) -> str:
    """The attribute with a blank line above it, as most people write it; whatever follows stays as it is."""
    rest = tree.text[offset + len(tree.newline) :]
    separated = rest.startswith(tree.newline)
    return f"{tree.newline * 2}{code}" if separated else f"{tree.newline}{code}"


def dict_entry(tree: Tree, edit: AddDictEntry) -> list[Splice]:
    """One more entry behind the last one of a dict."""
    node = tree.find(edit.place, cst.Dict)
    if not isinstance(node, cst.Dict):
        raise CannotEdit("there is no dict at the place")
    there = [each.key for each in node.elements if isinstance(each, cst.DictElement)]
    if any(string_value(key) == edit.key for key in there):
        raise CannotEdit(f"the dict has {edit.key} already")
    code = in_style(tree, f'"{edit.key}": {edit.code}')
    opened = tree.span(node)[0] + 1
    return insert(tree, bracketed(tree, opened, node.elements), len(node.elements), [code])


def element_behind(tree: Tree, edit: AddElement) -> list[Splice]:
    """One more element behind one that is known."""
    node = tree.find(edit.place, cst.BaseExpression)
    around = next(tree.around(node, cst.List, cst.Tuple), None) if node is not None else None
    if not isinstance(around, cst.List | cst.Tuple) or not any(each.value is node for each in around.elements):
        raise CannotEdit("there is no element of a list at the place")
    code = in_style(tree, edit.code)
    if any(_text(tree, each.value) == code for each in around.elements):
        return []
    index = next(index for index, each in enumerate(around.elements) if each.value is node)
    opened = tree.span(around)[0] + (isinstance(around, cst.List) or bool(around.lpar))
    return insert(tree, bracketed(tree, opened, around.elements), index + 1, [code])


def _class(tree: Tree, place: Place) -> cst.ClassDef:
    node = tree.find(place, cst.ClassDef)
    if not isinstance(node, cst.ClassDef):
        raise CannotEdit("there is no class at the place")
    return node


def _assigns(statement: cst.CSTNode, name: str) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=found))])]):
            return found == name
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=found))]):
            return found == name
    return False


def _text(tree: Tree, node: cst.CSTNode) -> str:
    start, end = tree.span(node)
    return tree.text[start:end]
