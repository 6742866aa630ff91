"""New items in what stands between brackets: arguments, elements, parameters, imported names.

The layout that is there decides: one item on each line stays one item on each line, a trailing comma stays, a comment
stays behind the item it speaks of.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from transforms.rewrite_tree import Splice, Tree

Items = Sequence[
    cst.Arg | cst.BaseElement | cst.BaseDictElement | cst.Param | cst.ParamSlash | cst.ParamStar | cst.ImportAlias
]


@dataclass(frozen=True, slots=True)
class Bracketed:
    """A comma-separated list as it stands in the text; offsets in characters."""

    opened: int  # just behind the opening bracket
    spans: tuple[tuple[int, int], ...]
    commas: tuple[int | None, ...]  # where the comma behind each item stands


def bracketed(tree: Tree, opened: int, items: Items) -> Bracketed:
    """The list of these items behind the bracket that ends at `opened`."""
    spans: list[tuple[int, int]] = []
    commas: list[int | None] = []
    behind = opened
    for item in items:
        spans.append(_span(tree, item, tree.skip_layout(behind)))
        commas.append(tree.span(item.comma)[0] if isinstance(item.comma, cst.Comma) else None)
        behind = spans[-1][1] if commas[-1] is None else commas[-1] + 1
    return Bracketed(opened, tuple(spans), tuple(commas))


def item_text(tree: Tree, item: cst.Param) -> str:
    """A parameter with its annotation and default, as written."""
    start, end = _span(tree, item, tree.span(item)[0])
    return tree.text[start:end]


def _span(tree: Tree, item: cst.CSTNode, start: int) -> tuple[int, int]:
    """Start and end of an item; libcst notes only the name of a parameter, and nothing for a bare `*` or `/`."""
    if isinstance(item, cst.ParamStar | cst.ParamSlash):
        return start, start + 1
    if not isinstance(item, cst.Param):
        return tree.span(item)
    last = item.default or (item.annotation.annotation if item.annotation else item.name)
    end = tree.span(last)[1]
    for _ in getattr(last, "rpar", ()):
        end = tree.skip_layout(end) + 1
    return start, end


def insert(tree: Tree, where: Bracketed, index: int, codes: Sequence[str]) -> list[Splice]:
    """Splices that put `codes` before the item at `index`, or behind the last one."""
    if not where.spans:
        return [Splice(where.opened, where.opened, ", ".join(codes))]
    if index >= len(where.spans):
        return _append(tree, where, codes)
    start = where.spans[index][0]
    gap = _gap(tree, start)
    return [Splice(start, start, "".join(f"{code},{gap}" for code in codes))]


def _append(tree: Tree, where: Bracketed, codes: Sequence[str]) -> list[Splice]:
    start, end = where.spans[-1]
    comma, gap = where.commas[-1], _gap(tree, start)
    if comma is None:
        added = "".join(f",{gap}{code}" for code in codes)
        behind = _behind_comment(tree, end) if gap != " " else end
        if behind == end:
            return [Splice(end, end, added)]
        return [Splice(end, end, ","), Splice(behind, behind, added.removeprefix(","))]
    added = "".join(f"{gap}{code}," for code in codes)
    behind = _behind_comment(tree, comma + 1) if gap != " " else comma + 1
    return [Splice(behind, behind, added)]


def _gap(tree: Tree, start: int) -> str:
    """What stands between two items: a new line with the item's indentation, or a space."""
    return tree.newline + tree.before_on_line(start) if tree.begins_line(start) else " "


def _behind_comment(tree: Tree, offset: int) -> int:
    """The end of the line, if nothing but a comment follows on it."""
    end = tree.line_end(offset)
    rest = tree.text[offset:end].strip()
    return end if rest.startswith("#") else offset
