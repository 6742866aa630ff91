"""One parsed file to be edited: where each node stands in its text, and which node stands at a place.

Edits never print the tree. The tree says between which tokens a change goes; the text there is spliced, so that every
other byte of the file stays as it was.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import libcst as cst

from transforms.concepts import Place
from transforms.source import BOM, parse
from transforms.walk import positions

_LINE_END = re.compile(r"\r\n|\n|\r")
_LAYOUT = re.compile(r"(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*+)*+")


SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
_WHITE = re.compile(r"whitespace|leading_lines|lines_after|header|footer|trailing|indent|newline|encoding|has_")


class CannotEdit(Exception):
    """An edit is not possible here; its text says why, in words for a reviewer."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Put `text` between two offsets (in characters of the text without its byte order mark)."""

    start: int
    end: int
    text: str
    depth: int = 0  # columns of indentation: behind the end of several blocks the deepest comes first


class Tree:
    """The tree and the text of one file. Raises Unreadable."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.module = parse(content)
        self.text = content.removeprefix(BOM).decode()
        self.newline = self.module.default_newline
        self.indent = self.module.default_indent
        self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        self.nodes: list[cst.CSTNode] = []
        self.parents: dict[int, cst.CSTNode] = {}
        self.scopes: dict[int, cst.CSTNode | None] = {}  # node -> the function, class or comprehension it is in
        self._collect()
        self._places = positions(self.module, self.nodes)
        self._at: dict[Place, list[cst.CSTNode]] = {}
        for node in self.nodes:
            if (place := self._places.get(id(node))) is not None:
                self._at.setdefault(place, []).append(node)

    def _collect(self) -> None:
        """Every node with a token of its own, in document order, with its parent and scope."""
        stack: list[tuple[cst.CSTNode, cst.CSTNode | None]] = [(self.module, None)]
        while stack:
            node, scope = stack.pop()
            self.nodes.append(node)
            self.scopes[id(node)] = scope
            inner = node if isinstance(node, SCOPES) else scope
            children = list(_children(node))
            for child in reversed(children):
                self.parents[id(child)] = node
                stack.append((child, inner))

    def offset(self, line: int, column: int) -> int:
        """Where a line and column are in the text."""
        if not 0 < line <= len(self._line_starts):
            raise CannotEdit("the file is shorter than expected")
        return self._line_starts[line - 1] + column

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end offset of a node, without its parentheses."""
        place = self._places[id(node)]
        return self.offset(place.line, place.column), self.offset(place.end_line, place.end_column)

    def start(self, statement: cst.CSTNode) -> int:
        """Where a statement begins, its decorators included."""
        decorators = getattr(statement, "decorators", ())
        return self.span(decorators[0] if decorators else statement)[0]

    def find(self, place: Place, *kinds: type) -> cst.CSTNode | None:
        """The outermost node of one of these kinds that stands at exactly this place."""
        return next((node for node in self._at.get(place, ()) if isinstance(node, kinds)), None)

    def around(self, node: cst.CSTNode, *kinds: type) -> Iterator[cst.CSTNode]:
        """The nodes of these kinds that `node` is in, innermost first; itself not included."""
        parent = self.parents.get(id(node))
        while parent is not None:
            if isinstance(parent, kinds):
                yield parent
            parent = self.parents.get(id(parent))

    def smallest(self, place: Place, *kinds: type) -> cst.CSTNode | None:
        """The innermost node of one of these kinds that the place lies in."""
        start, end = (place.line, place.column), (place.end_line, place.end_column)
        best = None
        for node in self.nodes:
            if not isinstance(node, kinds) or (own := self._places.get(id(node))) is None:
                continue
            if (own.line, own.column) <= start and end <= (own.end_line, own.end_column):
                best = node
        return best

    def line_start(self, offset: int) -> int:
        """The offset at which the line of `offset` begins."""
        before = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset))
        return before + 1

    def line_end(self, offset: int) -> int:
        """The offset of the line end at or after `offset` (of the text's end on the last line)."""
        match = _LINE_END.search(self.text, offset)
        return match.start() if match else len(self.text)

    def before_on_line(self, offset: int) -> str:
        """The text of the line up to `offset`."""
        return self.text[self.line_start(offset) : offset]

    def begins_line(self, offset: int) -> bool:
        """Whether only white space stands before `offset` on its line."""
        return not self.before_on_line(offset).strip()

    def whole_line(self, statement: cst.CSTNode) -> Splice:
        """What takes out a statement with its line, and the blank line below where it stood alone between two."""
        start, end = self.span(statement)
        if not self.begins_line(start):
            raise CannotEdit("the statement shares its line")
        if self.line_end(end) == len(self.text):  # the last line has no end: what is left shall have none either
            return Splice(len(self.text[: self.line_start(start)].rstrip("\r\n")), len(self.text), "")
        start, end = self.line_start(start), self.line_end(end) + len(self.newline)
        alone = start == 0 or self.text[:start].endswith(self.newline * 2)
        if alone and self.text.startswith(self.newline, end):
            end += len(self.newline)
        return Splice(start, min(end, len(self.text)), "")

    def skip_layout(self, offset: int) -> int:
        """The next offset that is no white space, comment or joined line."""
        match = _LAYOUT.match(self.text, offset)
        return match.end() if match else offset


def _children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, list | tuple):
            yield from value


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes with tokens; decorators stand before the name they decorate."""
    names = [field.name for field in dataclasses.fields(kind) if not _WHITE.search(field.name)]
    return tuple(sorted(names, key=lambda name: name != "decorators"))


class Splices:
    """Splices that do not disturb one another. Insertions at one place stand in the order in which they were added."""

    def __init__(self) -> None:
        self._all: list[Splice] = []

    def add(self, new: Iterable[Splice]) -> None:
        """Add some, all or none; raises CannotEdit where one meets what another replaces."""
        wanted = [each for each in new if each not in self._all]
        for each in wanted:
            if any(each.start < other.end and other.start < each.end for other in self._all):
                raise CannotEdit("another edit changes the same code")
        self._all += wanted

    def __iter__(self) -> Iterator[Splice]:
        return iter(sorted(self._all, key=lambda each: (each.start, each.end, -each.depth)))

    def close_up(self, text: str, newline: str) -> None:
        """Let several lines that go one after the other leave one blank line, as a single one does, and not two."""
        runs: list[list[Splice]] = []
        for each in (each for each in self if each.end > each.start and not each.text):
            if runs and runs[-1][-1].end == each.start:
                runs[-1].append(each)
            else:
                runs.append([each])
        for run in (run for run in runs if len(run) > 1):
            last, before = run[-1], text[: run[0].start]
            if (not before or before.endswith(newline * 2)) and text.startswith(newline, last.end):
                self._all[self._all.index(last)] = dataclasses.replace(last, end=last.end + len(newline))

    def apply(self, text: str) -> str:
        """`text` with every splice in it."""
        pieces, done = [], 0
        for each in self:
            pieces += [text[done : each.start], each.text]
            done = each.end
        return "".join([*pieces, text[done:]])
