"""New imports: joined to an import of the same module, else on a line of their own beside their kind."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from transforms.edit_kinds import ImportOf
from transforms.rewrite_lists import bracketed, insert
from transforms.rewrite_modules import Modules
from transforms.rewrite_tree import Splice, Tree
from transforms.walk import dotted_name

STDLIB, LIBRARY, OWN = range(3)
Key = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An import statement of the module's top level, outside of any `try` or `if`."""

    statement: cst.SimpleStatementLine
    module: str  # as written, with its dots
    origin: str  # the stem of a file of the app, or the library's dotted name
    section: int
    is_from: bool

    @property
    def key(self) -> tuple[bool, str]:
        """Where isort would put it within its section."""
        return self.is_from, self.module.casefold()


class Imports:
    """The imports of one file as they stand, and the splices for more of them."""

    def __init__(self, tree: Tree, modules: Modules, before: int) -> None:
        self.tree, self.modules = tree, modules
        self.lines = list(self._header(before))
        self.relative = self._is_relative()

    def splices(self, wanted: Iterable[ImportOf]) -> Iterator[Splice]:
        """What to put where for imports that are missing."""
        names: dict[str, list[str]] = {}
        for each in wanted:
            found = names.setdefault(each.module, [])
            if each.name is not None and each.name not in found:
                found.append(each.name)
        new = []
        for module, imported in names.items():
            if imported and (line := self._same_module(module)) is not None:
                yield from self._join(line, imported)
            else:
                new.append(self._new_line(module, imported))
        yield from self._place(sorted(new, key=lambda each: (each[1], each[0].casefold())))

    def _header(self, before: int) -> Iterator[Line]:
        """The import lines before the first definition and before the first use."""
        for statement in self.tree.module.body:
            if self.tree.start(statement) >= before or isinstance(statement, cst.FunctionDef | cst.ClassDef):
                return
            if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
                yield from self._line(statement)

    def _line(self, statement: cst.SimpleStatementLine) -> Iterator[Line]:
        node = statement.body[0]
        if isinstance(node, cst.ImportFrom):
            module = "." * len(node.relative) + (dotted_name(node.module) or "" if node.module else "")
            origin = self.modules.imported(self.tree.path, node)
            if module != "__future__":
                own = bool(node.relative) or "/" in origin or self._is_own(module)
                yield Line(statement, module, origin, OWN if own else _section(module), True)
        elif isinstance(node, cst.Import):
            module = dotted_name(node.names[0].name) or ""
            yield Line(statement, module, module, OWN if self._is_own(module) else _section(module), False)

    def _is_own(self, module: str) -> bool:
        return self.modules.stem(self.tree.path, module) is not None

    def _is_relative(self) -> bool:
        """Whether the file imports what is the app's own relatively."""
        own = [line for line in self.lines if line.section == OWN]
        relative = [line for line in own if line.module.startswith(".")]
        return len(relative) * 2 > len(own)

    def _same_module(self, module: str) -> Line | None:
        origin = self.modules.stem(self.tree.path, module) or module
        for line in self.lines:
            node = line.statement.body[0]
            if (
                isinstance(node, cst.ImportFrom)
                and line.origin == origin
                and not isinstance(node.names, cst.ImportStar)
            ):
                return line
        return None

    def _join(self, line: Line, names: Sequence[str]) -> Iterator[Splice]:
        node = line.statement.body[0]
        if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
            return
        there = [dotted_name(alias.name) or "" for alias in node.names]
        at: dict[int, list[str]] = {}
        for name in sorted(names, key=_isort_name):
            at.setdefault(_sorted_index(there, name), []).append(name)
        opened = self.tree.span(node.names[0])[0]
        for index, codes in at.items():
            yield from insert(self.tree, bracketed(self.tree, opened, node.names), index, codes)

    def _new_line(self, module: str, names: Sequence[str]) -> tuple[str, int]:
        """The text of an import statement and its section."""
        section = OWN if self._is_own(module) else _section(module)
        if not names:
            return f"import {self.modules.spelled(self.tree.path, module, relatively=False)}", section
        spelled = self.modules.spelled(self.tree.path, module, relatively=self.relative)
        return f"from {spelled} import {', '.join(sorted(names, key=_isort_name))}", section

    def _place(self, new: Sequence[tuple[str, int]]) -> Iterator[Splice]:
        """Each new line beside the lines of its section, or where that section would begin."""
        if not self.lines:
            if new:
                sections = ([text for text, its in new if its == section] for section in (STDLIB, LIBRARY, OWN))
                yield self._at_top([self.tree.newline.join(texts) for texts in sections if texts])
            return
        for section in (STDLIB, LIBRARY, OWN):
            texts = [text for text, its_section in new if its_section == section]
            if texts:
                yield from self._in_section(section, texts)

    def _in_section(self, section: int, texts: list[str]) -> Iterator[Splice]:
        same = [line for line in self.lines if line.section == section]
        gap = self.tree.newline if self._separates_sections() else ""
        if same:
            for text in texts:
                yield self._in_order(same, text)
        elif lower := [line for line in self.lines if line.section < section]:
            yield self._behind(lower[-1], gap + self.tree.newline.join(texts))
        else:
            yield self._before(self.lines[0], self.tree.newline.join(texts) + gap)

    def _in_order(self, same: Sequence[Line], text: str) -> Splice:
        """Behind the last line of the section, or at its place in the last sorted run of lines."""
        run = self._last_run(same)
        _, module, *_ = text.split()
        key = (text.startswith("from "), module.casefold())
        keys = [line.key for line in run]
        if keys == sorted(keys):
            greater = next((line for line in run if line.key > key), None)
            if greater is not None:
                return self._before(greater, text)
        return self._behind(same[-1], text)

    def _last_run(self, same: Sequence[Line]) -> list[Line]:
        """The last lines of a section that follow one another without anything between."""
        run = [same[-1]]
        for line in reversed(same[:-1]):
            between = self.tree.text[self.tree.span(line.statement)[1] : self.tree.span(run[0].statement)[0]]
            if between != self.tree.newline:
                break
            run.insert(0, line)
        return run

    def _behind(self, line: Line, text: str) -> Splice:
        offset = self.tree.line_end(self.tree.span(line.statement)[1])
        return Splice(offset, offset, self.tree.newline + text)

    def _before(self, line: Line, text: str) -> Splice:
        offset = self.tree.line_start(self.tree.span(line.statement)[0])
        return Splice(offset, offset, text + self.tree.newline)

    def _separates_sections(self) -> bool:
        """Whether the file keeps a blank line between kinds of imports, as far as that can be seen."""
        changes = [pair for pair in zip(self.lines, self.lines[1:], strict=False) if pair[0].section != pair[1].section]
        if not changes:
            return True
        return any(
            self.tree.newline * 2 in self.tree.text[self.tree.span(a.statement)[1] : self.tree.span(b.statement)[0]]
            for a, b in changes
        )

    def _at_top(self, sections: Sequence[str]) -> Splice:
        """Behind docstring and `__future__`, before the first statement."""
        newline = self.tree.newline
        block = (newline * 2).join(sections)
        body = self.tree.module.body
        opening = [statement for statement in body if _stays_first(statement, body)]
        if opening:
            offset = self.tree.line_end(self.tree.span(opening[-1])[1])
            follows = self.tree.text[offset : offset + 2 * len(newline)]
            crowded = len(opening) < len(body) and follows != newline * 2
            return Splice(offset, offset, newline * 2 + block + newline * crowded)
        if not body:
            start = "" if not self.tree.text or self.tree.text.endswith(("\n", "\r")) else newline
            return Splice(len(self.tree.text), len(self.tree.text), start + block + newline)
        first = body[0]
        offset = self.tree.line_start(self.tree.start(first))
        blank = 3 if isinstance(first, cst.FunctionDef | cst.ClassDef) else 2
        return Splice(offset, offset, block + newline * blank)


def _stays_first(statement: cst.CSTNode, body: Sequence[cst.CSTNode]) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    node = statement.body[0]
    if isinstance(node, cst.ImportFrom):
        return node.module is not None and dotted_name(node.module) == "__future__"
    is_text = isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)
    return is_text and statement is body[0]


def _section(module: str) -> int:
    return STDLIB if module.partition(".")[0] in sys.stdlib_module_names else LIBRARY


def _isort_name(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions."""
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return rank, name


def _sorted_index(there: Sequence[str], name: str) -> int:
    """Where a name goes among names: in order if they are in one, else last."""
    orders: tuple[Key, ...] = (_isort_name, str.casefold, str)
    for key in orders:
        if list(there) == sorted(there, key=key):
            return next((index for index, each in enumerate(there) if key(each) > key(name)), len(there))
    return len(there)
