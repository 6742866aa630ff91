"""The code that an edit brings, made to look like the file it goes into: quotes, indentation, line ends."""

import io
import re
import tokenize
from collections.abc import Iterator

import libcst as cst

from transforms.rewrite_tree import CannotEdit, Tree

# What may stand anywhere an expression may without being put in parentheses.
_TIGHT = (
    cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString, cst.FormattedString, cst.Integer, cst.Float,
    cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp,
)  # fmt: skip
# Around these an expression of any kind may stand as it is.
_ROOMY = (
    cst.Arg, cst.Element, cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Return, cst.Param, cst.Expr, cst.DictElement,
    cst.Index, cst.Decorator, cst.Annotation,
)  # fmt: skip
_LEVEL = "    "
_PLAIN_STRING = re.compile(r'"([^"\'\\\n{}]*)"|\'([^"\'\\\n{}]*)\'')


def expression(tree: Tree, code: str, instead_of: cst.CSTNode) -> str:
    """`code` to stand where `instead_of` stands: its quotes, and parentheses where its parts would fall apart."""
    if isinstance(tree.parents.get(id(instead_of)), cst.ConcatenatedString):
        raise CannotEdit("the place is a part of a longer string")
    try:
        parsed = cst.parse_expression(code)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        raise CannotEdit("the new code is no expression") from None
    styled = _in_format_string(tree, code, instead_of) or in_style(tree, code)
    parent = tree.parents.get(id(instead_of))
    tight = isinstance(parsed, _TIGHT) or bool(getattr(parsed, "lpar", ()))
    roomy = isinstance(parent, _ROOMY) or bool(getattr(instead_of, "lpar", ()))
    return styled if tight or roomy or _binds_alike(parsed, instead_of) else f"({styled})"


def _binds_alike(new: cst.CSTNode, old: cst.CSTNode) -> bool:
    """Whether both are an operation of the same kind: what the old one did not need, the new one does not either."""
    match new, old:
        case cst.BinaryOperation(operator=one), cst.BinaryOperation(operator=other):
            return type(one) is type(other)
    return False


def in_style(tree: Tree, code: str) -> str:
    """`code` with the file's quotes and line ends."""
    quote = preferred_quote(tree)
    return requoted(code, quote).replace("\n", tree.newline)


def preferred_quote(tree: Tree) -> str:
    """The quote that most of the file's plain strings have; `"` when in doubt."""
    strings = [node.value for node in tree.nodes if isinstance(node, cst.SimpleString)]
    plain = [value[0] for value in strings if value[0] in "\"'" and not value.startswith(('"""', "'''"))]
    return "'" if plain.count("'") > plain.count('"') else '"'


def requoted(code: str, quote: str) -> str:
    """`code` with simple strings (without quotes, escapes or braces in them) in the given quote."""
    pieces, done = [], 0
    for start, end in _string_tokens(code):
        if match := _PLAIN_STRING.fullmatch(code, start, end):
            pieces += [code[done:start], quote, match[1] or match[2] or "", quote]
            done = end
    return "".join([*pieces, code[done:]])


def indented(tree: Tree, code: str, indentation: str) -> str:
    """Dedented statements at an indentation, in the file's style; lines inside long strings stay as they are."""
    styled = requoted(code.strip("\n"), preferred_quote(tree))
    inside = set(_continued_string_lines(styled))
    lines = [
        line if number in inside or not line.strip() else indentation + _reindented(line, tree.indent)
        for number, line in enumerate(styled.split("\n"), 1)
    ]
    return tree.newline.join(lines)


def _reindented(line: str, unit: str) -> str:
    """A line whose levels of four spaces become the file's own levels."""
    body = line.lstrip(" ")
    levels, rest = divmod(len(line) - len(body), len(_LEVEL))
    return unit * levels + " " * rest + body


def _in_format_string(tree: Tree, code: str, instead_of: cst.CSTNode) -> str | None:
    """Inside an f-string, code with the quote that the f-string does not have; None elsewhere."""
    outer = next(tree.around(instead_of, cst.FormattedString), None)
    if not isinstance(outer, cst.FormattedString):
        return None
    used = outer.start[-1]
    styled = requoted(code, "'" if used == '"' else '"')
    if used in styled or "\\" in styled:
        raise CannotEdit("the new code has quotes that cannot stand inside this f-string")
    return styled


def _string_tokens(code: str) -> Iterator[tuple[int, int]]:
    """Start and end offset of every string token; none for code that cannot be tokenised."""
    starts = [0]
    for line in code.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for token in _tokens(code):
        if token.type == tokenize.STRING:
            yield starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]


def _continued_string_lines(code: str) -> Iterator[int]:
    for token in _tokens(code):
        if token.type == tokenize.STRING:
            yield from range(token.start[0] + 1, token.end[0] + 1)


def _tokens(code: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
