"""Imports that an edit leaves without a use go with it: `os` after the last `os.getenv` became a call of the broker."""

from collections.abc import Iterator, Sequence

import libcst as cst

from transforms.complaints import UNUSED_IMPORT, new_complaints
from transforms.rewrite_lists import bracketed
from transforms.rewrite_tree import CannotEdit, Splice, Splices, Tree
from transforms.source import BOM, Unreadable
from transforms.walk import dotted_name


def without_left_over(old: Tree, before: bytes, after: bytes) -> tuple[bytes, list[Splice]]:
    """`after` without the imports that only it does not use, and what that takes from `before`, whose tree is `old`.

    Where one of them cannot be taken out, all stay, and a gate says so. A package's `__init__` re-exports: it is left.
    """
    unused = frozenset[str]() if old.path.endswith("__init__.py") else _left_over(old.path, before, after)
    unused &= _imported(old)
    if not unused:
        return after, []
    try:
        tree, splices = Tree(old.path, after), Splices()
        splices.add(_removals(tree, unused))
        bom = BOM if after.startswith(BOM) else b""
        return bom + splices.apply(tree.text).encode(), list(_removals(old, unused))
    except (CannotEdit, Unreadable):
        return after, []


def _left_over(path: str, before: bytes, after: bytes) -> frozenset[str]:
    """As pyflakes names them."""
    prefix = f"{UNUSED_IMPORT}: "
    new = new_complaints(path, before, after)
    return frozenset(each.removeprefix(prefix) for each in new if each.startswith(prefix))


def _imported(tree: Tree) -> frozenset[str]:
    return frozenset(_named(node, alias) for _, node in _statements(tree) for alias in _aliases(node))


def _removals(tree: Tree, unused: frozenset[str]) -> Iterator[Splice]:
    """Splices that take these imports out, where they stand at the top level on lines of their own."""
    for statement, node in _statements(tree):
        names = _aliases(node)
        gone = [index for index, alias in enumerate(names) if _named(node, alias) in unused]
        if gone and len(gone) == len(names):
            yield tree.whole_line(statement)
        elif gone:
            yield from _some(tree, names, gone)


def _statements(tree: Tree) -> Iterator[tuple[cst.SimpleStatementLine, cst.Import | cst.ImportFrom]]:
    for statement in tree.module.body:
        if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
            node = statement.body[0]
            if isinstance(node, cst.Import | cst.ImportFrom):
                yield statement, node


def _aliases(node: cst.Import | cst.ImportFrom) -> Sequence[cst.ImportAlias]:
    return () if isinstance(node.names, cst.ImportStar) else node.names


def _named(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str:
    """An imported name as pyflakes says it: `os`, `a.b`, `x.y as z`."""
    name = dotted_name(alias.name) or ""
    if isinstance(node, cst.ImportFrom):
        module = "." * len(node.relative) + (dotted_name(node.module) or "" if node.module is not None else "")
        name = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
    local = alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else None
    return f"{name} as {local}" if local is not None and local != name.rpartition(".")[2] else name


def _some(tree: Tree, aliases: Sequence[cst.ImportAlias], gone: Sequence[int]) -> Iterator[Splice]:
    spans = bracketed(tree, tree.span(aliases[0])[0], aliases).spans
    for index in gone:
        behind = next((each for each in range(index + 1, len(spans)) if each not in gone), None)
        if behind is not None:
            yield Splice(spans[index][0], spans[index + 1][0], "")
        else:
            yield Splice(spans[index - 1][1], spans[index][1], "")
