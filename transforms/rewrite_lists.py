"""New items in what stands between brackets: arguments, elements, parameters, imported names.

The layout that is there decides: one item on each line stays one item on each line, a trailing comma stays, a comment
stays behind the item it speaks of. Only where a line would grow longer than the others of its file, and than most
formatters let it be, is it laid out anew: one item on each line, with a trailing comma.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from transforms.rewrite_tree import Splice, Tree

SHORT, LONG = 88, 120  # columns: lines up to the first are never too long, those beyond the second always are
_OPEN = frozenset("([{")

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


def is_too_long(tree: Tree, where: Bracketed, splices: Sequence[Splice]) -> bool:
    """Whether the one line that holds the list, and no list around it, would be longer than any line of its file."""
    start, end = tree.line_start(where.opened), tree.line_end(where.opened)
    before = tree.text[start : where.opened - 1]
    if not splices or not where.spans or where.spans[-1][1] > end or not _OPEN.isdisjoint(before):
        return False
    grown = end - start + sum(len(each.text) - (each.end - each.start) for each in splices)
    if grown <= SHORT or tree.line_end(_closing(tree, where)) != end:
        return False
    return grown > min(max(map(len, tree.text.splitlines())), LONG)


def spread(tree: Tree, where: Bracketed, new: Sequence[str]) -> list[Splice]:
    """Splices that put each item of a list on a line of its own, and new ones behind them."""
    line = tree.text[tree.line_start(where.opened) : where.opened]
    around = tree.newline + line[: len(line) - len(line.lstrip())]
    gap = around + tree.indent
    between = zip(where.commas, where.spans[1:], strict=False)
    last = where.spans[-1][1]
    return [
        Splice(where.opened, where.spans[0][0], gap),
        *(Splice(comma, following[0], f",{gap}") for comma, following in between if comma is not None),
        Splice(last, _closing(tree, where), "".join(f",{gap}{code}" for code in new) + "," + around),
    ]


def _closing(tree: Tree, where: Bracketed) -> int:
    """Where the closing bracket stands."""
    comma = where.commas[-1]
    return tree.skip_layout(where.spans[-1][1] if comma is None else comma + 1)
