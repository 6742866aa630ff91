"""From edits to the new bytes of files, each edit found again in the file as it is.

Nothing is reformatted: what no edit asks for stays byte for byte, with its line ends, its encoding and its missing
final newline. An edit that cannot be made fails with a reason, and the patch it belongs to goes with it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from transforms.edit_kinds import (
    AddFile,
    AddLines,
    AddRequirement,
    Edit,
    HandOn,
    InsertLine,
    RemoveFile,
    ReplaceText,
    SetUpTests,
)
from transforms.inserted import is_untouched, version_of
from transforms.rewrite_conftest import set_up
from transforms.rewrite_modules import Modules, StartFolder
from transforms.rewrite_python import PythonEdit, rewrite
from transforms.rewrite_requirements import Wanted, add_requirement
from transforms.rewrite_services import handed_on
from transforms.rewrite_text import appended, behind_line, missing_lines, newline_of, read_text, replacement
from transforms.rewrite_tree import CannotEdit, Splice, Splices
from transforms.source import Unreadable

TextEdit = ReplaceText | InsertLine | HandOn  # of a file that is not Python, at a place in it
Span = tuple[int, int]  # start and end in bytes of the file as it was


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What edits make of files: only the changed ones, where in them something may differ, and what was impossible."""

    files: Mapping[str, bytes]
    spans: Mapping[str, tuple[Span, ...]]
    failed: tuple[tuple[Edit, str], ...] = ()
    removed: frozenset[str] = frozenset()


def apply(files: Mapping[str, bytes], edits: Iterable[Edit], start_folder: StartFolder | None = None) -> Rewritten:
    """Apply edits to files. `start_folder` says which folder is on the path for a file (see placement)."""
    work = _Work(files)
    by_path: dict[str, list[PythonEdit]] = {}
    texts: dict[str, list[TextEdit]] = {}
    for edit in dict.fromkeys(edits):
        if isinstance(edit, AddFile | AddLines | AddRequirement | SetUpTests):
            work.write(edit)
        elif isinstance(edit, RemoveFile):
            work.remove(edit)
        elif isinstance(edit, TextEdit):
            texts.setdefault(edit.path, []).append(edit)
        else:
            by_path.setdefault(edit.path, []).append(edit)
    for path, within in texts.items():
        work.replace(path, within)
    modules = Modules(frozenset(files) | frozenset(work.new), start_folder)
    for path, group in by_path.items():
        work.rewrite(path, group, modules)
    return work.done()


class _Work:
    """The files as they become."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.new: dict[str, bytes] = {}
        self.spans: dict[str, tuple[Span, ...]] = {}
        self.failed: list[tuple[Edit, str]] = []
        self.removed: set[str] = set()

    @cached_property
    def newline(self) -> str:
        """The line end of new files."""
        return repository_newline(self.files)

    def done(self) -> Rewritten:
        """What came of it."""
        changed = {path: content for path, content in self.new.items() if self.files.get(path) != content}
        spans = {path: self.spans.get(path, ()) for path in changed}
        return Rewritten(
            MappingProxyType(changed), MappingProxyType(spans), tuple(self.failed), frozenset(self.removed)
        )

    def write(self, edit: AddFile | AddLines | AddRequirement | SetUpTests) -> None:
        """Make an edit of a whole file or of a text file."""
        try:
            match edit:
                case AddFile():
                    self._add_file(edit)
                case AddLines():
                    self._add_lines(edit)
                case AddRequirement():
                    self._add_requirement(edit)
                case SetUpTests():
                    self._set_up_tests(edit)
        except CannotEdit as reason:
            self.failed.append((edit, str(reason)))

    def rewrite(self, path: str, edits: Sequence[PythonEdit], modules: Modules) -> None:
        """Make all edits of one Python file."""
        if path not in self.files or path in self.new:
            reason = "there is no such file" if path not in self.files else "the whole file is edited already"
            self.failed += [(edit, reason) for edit in edits]
            return
        try:
            done = rewrite(path, self.files[path], edits, modules)
        except Unreadable as error:
            self.failed += [(edit, f"the file cannot be read: {error.reason}") for edit in edits]
            return
        self.failed += done.failed
        self.new[path], self.spans[path] = done.content, done.spans

    def remove(self, edit: RemoveFile) -> None:
        """Take a file away; one that is gone already is well."""
        if edit.path in self.new:
            self.failed.append((edit, "another edit changes the file"))
        elif edit.path in self.files:
            self.removed.add(edit.path)

    def replace(self, path: str, edits: Sequence[TextEdit]) -> None:
        """Make all edits within one text file, each at its place in the file as it was."""
        content = self.files.get(path)
        if content is None or path in self.removed or path in self.new:
            self.failed += [(edit, "there is no such file, or another edit changes it") for edit in edits]
            return
        try:
            there = read_text(content, self.newline)
            splices = Splices()
            for edit in edits:
                if isinstance(edit, ReplaceText):
                    splices.add([replacement(there.text, edit.place, edit.code)])
                elif isinstance(edit, InsertLine):
                    splices.add([behind_line(there.text, edit.line - 1, edit.code, there.newline)])
            splices.add(handed_on(there.text, [each for each in edits if isinstance(each, HandOn)], there.newline))
        except CannotEdit as reason:
            self.failed += [(edit, str(reason)) for edit in edits]
            return
        self.new[path] = there.spliced(splices)
        self.spans[path] = tuple(there.span(each) for each in splices)

    def _content(self, path: str) -> bytes | None:
        return self.new.get(path, self.files.get(path))

    def _add_file(self, edit: AddFile) -> None:
        new = edit.content.replace("\n", self.newline).encode()
        there = self._content(edit.path)
        if there is None or same_text(there, new):
            self.new.setdefault(edit.path, new if there is None else there)
            return
        text = there.decode(errors="replace")
        if version_of(text) is None or version_of(edit.content) is None:
            raise CannotEdit("another file stands in the place of the new one")
        if is_untouched(text):
            self.new[edit.path] = new
            self.spans[edit.path] = ((0, len(there)),)

    def _add_lines(self, edit: AddLines) -> None:
        there = read_text(self._content(edit.path) or b"", self.newline)
        missing = missing_lines(edit.path, there.text, edit.lines)
        if missing:
            self._splice(edit.path, appended(there.text, missing, there.newline))

    def _add_requirement(self, edit: AddRequirement) -> None:
        reason = CannotEdit("the app keeps no requirements")
        for path in (edit.path, *edit.otherwise):
            content = self._content(path)
            if content is None:
                continue
            try:
                there = read_text(content, self.newline)
                new = add_requirement(path, there.text, Wanted(edit.name, edit.version_range), there.newline)
            except CannotEdit as error:
                reason = error
                continue
            if new is not None:
                self._splice(path, new)
            return
        raise reason

    def _set_up_tests(self, edit: SetUpTests) -> None:
        there = read_text(self._content(edit.path) or b"", self.newline)
        after = set_up(there.text, edit, there.newline)
        if after != there.text:
            self._splice(edit.path, Splice(0, len(there.text), after))

    def _splice(self, path: str, new: Splice) -> None:
        """Splice a text file that may have been spliced before; its spans stay those of the file as it was."""
        there = read_text(self._content(path) or b"", self.newline)
        splices = Splices()
        splices.add([new])
        before = self.files.get(path, b"")
        self.new[path] = there.spliced(splices)
        self.spans[path] = (_difference(before, self.new[path]),)


def repository_newline(files: Mapping[str, bytes]) -> str:
    """The line end that most Python files of a repository have."""
    ends = Counter(
        newline_of(content[:4000].decode("latin-1")) for path, content in files.items() if path.endswith(".py")
    )
    return "\r\n" if ends["\r\n"] > ends["\n"] else "\n"


def same_text(one: bytes, other: bytes) -> bool:
    """Whether two files say the same, whatever their line ends."""
    return one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")


def _difference(before: bytes, after: bytes) -> Span:
    """The part of `before` between what it has in common with `after` at its start and at its end."""
    shorter = min(len(before), len(after))
    start = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    end = next((i for i in range(shorter - start) if before[-1 - i] != after[-1 - i]), shorter - start)
    return start, len(before) - end
