"""Imports that an edit leaves without a use go with it: `os` after the last `os.getenv` became a call of the broker."""

from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.complaints import UNUSED_IMPORT, new_complaints
from transforms.rewrite_lists import bracketed
from transforms.rewrite_tree import CannotEdit, Splice, Tree
from transforms.walk import dotted_name


def left_over(path: str, before: bytes, after: bytes) -> frozenset[str]:
    """The imports that only `after` does not use, as pyflakes names them; a package's `__init__` re-exports."""
    if path.endswith("__init__.py"):
        return frozenset()
    prefix = f"{UNUSED_IMPORT}: "
    new = new_complaints(path, before, after)
    return frozenset(each.removeprefix(prefix) for each in new if each.startswith(prefix))


def removals(tree: Tree, unused: frozenset[str]) -> Iterator[Splice]:
    """Splices that take these imports out, where they stand at the top level on lines of their own."""
    for statement in tree.module.body:
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            continue
        node = statement.body[0]
        if isinstance(node, cst.Import | cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            gone = [index for index, alias in enumerate(node.names) if _named(node, alias) in unused]
            if len(gone) == len(node.names):
                yield _whole_line(tree, statement)
            elif gone:
                yield from _some(tree, node.names, gone)


def _named(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
    """An imported name as pyflakes says it: `os`, `a.b`, `x.y as z`."""
    name = dotted_name(alias.name) or ""
    if isinstance(node, cst.ImportFrom):
        module = "." * len(node.relative) + (dotted_name(node.module) or "" if node.module is not None else "")
        name = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
    local = alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else None
    return f"{name} as {local}" if local is not None and local != name.rpartition(".")[2] else name


def _whole_line(tree: Tree, statement: cst.SimpleStatementLine) -> Splice:
    """The statement's line, and the blank line below where it stood alone between blank lines."""
    start, end = tree.span(statement)
    if not tree.begins_line(start):
        raise CannotEdit("the import shares its line")
    start, end = tree.line_start(start), tree.line_end(end) + len(tree.newline)
    alone = start == 0 or tree.text[:start].endswith(tree.newline * 2)
    if alone and tree.text.startswith(tree.newline, end):
        end += len(tree.newline)
    return Splice(start, min(end, len(tree.text)), "")


def _some(tree: Tree, aliases: Sequence[cst.ImportAlias], gone: Sequence[int]) -> Iterator[Splice]:
    spans = bracketed(tree, tree.span(aliases[0])[0], aliases).spans
    for index in gone:
        behind = next((each for each in range(index + 1, len(spans)) if each not in gone), None)
        if behind is not None:
            yield Splice(spans[index][0], spans[index + 1][0], "")
        else:
            yield Splice(spans[index - 1][1], spans[index][1], "")
