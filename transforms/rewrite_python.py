"""All edits of one Python file in one pass: found in its tree, spliced into its text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from transforms.concepts import Place
from transforms.edit_kinds import (
    AddBase,
    AddClassAttribute,
    AddDecorator,
    AddDictEntry,
    AddElement,
    AddFirstParameter,
    AddInnermostDecorator,
    AddKeywordArgument,
    AddListArgument,
    AddParameter,
    AssignInstead,
    CopyFunction,
    Edit,
    ImportOf,
    InsertStatements,
    LeaveUnassigned,
    RemoveArguments,
    RemoveStatement,
    ReplaceBase,
    ReplaceExpression,
    ReplaceWords,
    ReturnInstead,
    SetDefault,
)
from transforms.rewrite_bindings import Bindings
from transforms.rewrite_calls import CallAsk, first_parameter, new_default, new_parameters
from transforms.rewrite_classes import (
    class_attribute,
    dict_entry,
    element_behind,
    first_base,
    innermost_decoration,
    other_base,
)
from transforms.rewrite_code import expression
from transforms.rewrite_copies import copied
from transforms.rewrite_fewer import without_arguments
from transforms.rewrite_functions import returned, unassigned
from transforms.rewrite_imports import Imports
from transforms.rewrite_modules import Modules
from transforms.rewrite_statements import assignment, decoration, insertion, removal
from transforms.rewrite_tree import CannotEdit, Splice, Splices, Tree
from transforms.rewrite_unused import without_left_over
from transforms.rewrite_words import said_otherwise
from transforms.source import BOM

PythonEdit = (
    ReplaceExpression
    | AddListArgument
    | AddKeywordArgument
    | RemoveArguments
    | AddParameter
    | AddFirstParameter
    | SetDefault
    | AddDecorator
    | AddInnermostDecorator
    | AddBase
    | ReplaceBase
    | AddClassAttribute
    | AddDictEntry
    | AddElement
    | AssignInstead
    | ReturnInstead
    | LeaveUnassigned
    | InsertStatements
    | CopyFunction
    | RemoveStatement
    | ReplaceWords
)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file after its edits. Spans are byte offsets of the file as it was."""

    content: bytes
    spans: tuple[tuple[int, int], ...]
    failed: tuple[tuple[Edit, str], ...]


@dataclass(slots=True)
class _Group:
    """Edits that change the same node, and the splices that all of them together ask for."""

    splices: Callable[[], Iterable[Splice]]
    edits: list[PythonEdit] = field(default_factory=list)


class _Conflict(Exception):
    """Some edits are impossible after all."""

    def __init__(self, edits: Sequence[PythonEdit], reason: str) -> None:
        super().__init__(reason)
        self.edits = edits


class _File:
    """Collects what the edits of one file ask for."""

    def __init__(self, path: str, content: bytes, modules: Modules) -> None:
        self.content = content
        self.tree = Tree(path, content)
        self.modules = modules
        self.bindings = Bindings(self.tree, modules)
        self.splices = Splices()
        self.calls: dict[int, CallAsk] = {}
        self.parameters: dict[int, list[str]] = {}
        self.groups: dict[int, _Group] = {}
        self.imports: list[ImportOf] = []
        self.first_use = len(self.tree.text) + 1

    def ask(self, edit: PythonEdit) -> None:
        """Take one edit in, or raise CannotEdit."""
        missing = [each for each in edit.imports if not self.bindings.has(each)]
        self.bindings.refuse_shadowed(edit.place, edit.imports)
        match edit:
            case ReplaceExpression():
                self._replace(edit)
            case ReplaceWords():
                self.splices.add([said_otherwise(self.tree, edit)])
            case AddListArgument():
                self._call(edit).add_item(edit.keyword, edit.item)
            case AddKeywordArgument():
                self._call(edit).add_value(edit.keyword, edit.code)
            case RemoveArguments():
                self.splices.add(without_arguments(self.tree, edit))
            case AddFirstParameter():
                self.splices.add(first_parameter(self.tree, edit))
            case AddParameter():
                self._parameters(edit).append(edit.code)
            case SetDefault():
                self._default(edit)
            case AddDecorator():
                if (new := decoration(self.tree, edit)) is not None:
                    self.splices.add([new])
            case InsertStatements():
                if (new := insertion(self.tree, edit)) is not None:
                    self.splices.add([new])
            case CopyFunction():
                if (new := copied(self.tree, edit)) is not None:
                    self.splices.add([new])
            case RemoveStatement():
                self.splices.add([removal(self.tree, edit)])
            case AssignInstead():
                if (put := assignment(self.tree, edit)) is not None:
                    self.splices.add([put])
            case ReturnInstead():
                self.splices.add(returned(self.tree, edit))
            case LeaveUnassigned():
                self.splices.add([unassigned(self.tree, edit)])
            case AddInnermostDecorator():
                self.splices.add(innermost_decoration(self.tree, edit))
            case AddBase():
                self.splices.add(first_base(self.tree, edit))
            case ReplaceBase():
                self.splices.add(other_base(self.tree, edit))
            case AddClassAttribute():
                self.splices.add(class_attribute(self.tree, edit))
            case AddElement():
                self.splices.add(element_behind(self.tree, edit))
            case AddDictEntry():
                self.splices.add(dict_entry(self.tree, edit))
        self.imports += missing
        if missing:
            self.first_use = min(self.first_use, self._top_statement(edit.place))

    def finish(self) -> bytes:
        """The new bytes; raises _Conflict for the edits that exclude others."""
        for group in self.groups.values():
            try:
                self.splices.add(group.splices())
            except CannotEdit as reason:
                raise _Conflict(group.edits, str(reason)) from None
        self.splices.add(Imports(self.tree, self.modules, self.first_use).splices(dict.fromkeys(self.imports)))
        self.splices.close_up(self.tree.text, self.tree.newline)
        return self._bytes()

    def _bytes(self) -> bytes:
        bom = BOM if self.content.startswith(BOM) else b""
        return bom + self.splices.apply(self.tree.text).encode()

    def _replace(self, edit: ReplaceExpression) -> None:
        node = self.tree.find(edit.place, cst.BaseExpression)
        if node is None:
            raise CannotEdit("there is no expression at the place")
        start, end = self.tree.span(node)
        code = expression(self.tree, edit.code, node)
        if code != self.tree.text[start:end]:
            self.splices.add([Splice(start, end, self._apart(start, end, code))])

    def _apart(self, start: int, end: int, code: str) -> str:
        """`code` with a space where it would run into a keyword: `return"x"`."""
        before = self.tree.text[start - 1 : start] if start else ""
        after = self.tree.text[end : end + 1]
        return " " * (before.isidentifier() and code[0].isalnum()) + code + " " * after.isidentifier()

    def _call(self, edit: AddListArgument | AddKeywordArgument) -> CallAsk:
        node = self.tree.find(edit.place, cst.Call)
        if not isinstance(node, cst.Call):
            raise CannotEdit("there is no call at the place")
        if next(self.tree.around(node, cst.FormattedString), None) is not None:
            raise CannotEdit("the call stands inside an f-string")
        ask = self.calls.setdefault(id(node), CallAsk(node))
        self.groups.setdefault(id(node), _Group(lambda: ask.splices(self.tree, self.splices))).edits.append(edit)
        return ask

    def _parameters(self, edit: AddParameter) -> list[str]:
        node = self.tree.find(edit.place, cst.FunctionDef)
        if not isinstance(node, cst.FunctionDef):
            raise CannotEdit("there is no function at the place")
        codes = self.parameters.setdefault(id(node), [])
        self.groups.setdefault(id(node), _Group(lambda: new_parameters(self.tree, node, codes))).edits.append(edit)
        return codes

    def _default(self, edit: SetDefault) -> None:
        node = self.tree.find(edit.place, cst.Param)
        if not isinstance(node, cst.Param):
            raise CannotEdit("there is no parameter at the place")
        self.splices.add(new_default(self.tree, node, edit.code))

    def _top_statement(self, place: Place) -> int:
        """Where the statement of the module's top level that holds the place begins."""
        offset = self.tree.offset(place.line, place.column)
        starts = [self.tree.start(statement) for statement in self.tree.module.body]
        return max((start for start in starts if start <= offset), default=0)


def rewrite(path: str, content: bytes, edits: Sequence[PythonEdit], modules: Modules) -> Rewrite:
    """Apply edits to one file. An edit that is impossible fails, and the others go on. Raises Unreadable."""
    failed: dict[PythonEdit, str] = {}
    while True:
        file = _File(path, content, modules)
        for edit in [each for each in edits if each not in failed]:
            try:
                file.ask(edit)
            except CannotEdit as reason:
                failed[edit] = str(reason)
        try:
            new = file.finish()
        except _Conflict as conflict:
            failed |= dict.fromkeys(conflict.edits, str(conflict))
            continue
        spans = [_in_bytes(file.tree.text, each, content) for each in file.splices]
        if any(isinstance(edit, ReplaceExpression | RemoveStatement | RemoveArguments | SetDefault) for edit in edits):
            new, removed = without_left_over(file.tree, content, new)
            spans += [_in_bytes(file.tree.text, each, content) for each in removed]
        return Rewrite(new, tuple(sorted(spans)), tuple(failed.items()))


def _in_bytes(text: str, each: Splice, content: bytes) -> tuple[int, int]:
    skipped = len(BOM) if content.startswith(BOM) else 0
    return skipped + len(text[: each.start].encode()), skipped + len(text[: each.end].encode())
