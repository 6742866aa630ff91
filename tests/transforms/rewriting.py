"""How the tests of the rewriter speak: a snippet of the source stands for its place."""

from collections.abc import Iterable, Mapping

from transforms.concepts import Place
from transforms.edit_kinds import (
    AddKeywordArgument,
    AddListArgument,
    AddParameter,
    Edit,
    ImportOf,
    InsertStatements,
    Position,
    ReplaceExpression,
)
from transforms.rewrite import Rewritten, apply
from transforms.source import BOM

PATH = "app.py"


def place_of(source: str | bytes, snippet: str) -> Place:
    """Where the first occurrence of `snippet` stands."""
    text = source.removeprefix(BOM).decode() if isinstance(source, bytes) else source
    start = text.index(snippet)
    return Place(*_position(text, start), *_position(text, start + len(snippet)))


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1)


def replaced(source: str, snippet: str, code: str, *imports: ImportOf) -> ReplaceExpression:
    return ReplaceExpression(PATH, place_of(source, snippet), code, imports)


def item(source: str, call: str, keyword: str, code: str, *imports: ImportOf) -> AddListArgument:
    return AddListArgument(PATH, place_of(source, call), keyword, code, imports)


def keyword(source: str, call: str, name: str, code: str, *imports: ImportOf) -> AddKeywordArgument:
    return AddKeywordArgument(PATH, place_of(source, call), name, code, imports)


def parameter(source: str, function: str, code: str, *imports: ImportOf) -> AddParameter:
    return AddParameter(PATH, place_of(source, function), code, imports)


def inserted(source: str, snippet: str, position: Position, code: str, *imports: ImportOf) -> InsertStatements:
    return InsertStatements(PATH, place_of(source, snippet), position, code, imports)


def run(source: str, edits: Iterable[Edit], others: Mapping[str, str] | None = None) -> Rewritten:
    """Apply edits to `app.py` with this source, beside other files."""
    files = {path: text.encode() for path, text in (others or {}).items()}
    return apply({PATH: source.encode(), **files}, edits)


def text_after(source: str, *edits: Edit, others: Mapping[str, str] | None = None) -> str:
    """The new text of `app.py`; every edit must have been possible."""
    result = run(source, edits, others)
    assert not result.failed, result.failed
    return result.files.get(PATH, source.encode()).decode()


def refusal(source: str, *edits: Edit, others: Mapping[str, str] | None = None) -> str:
    """Why the one edit that failed did."""
    ((_, reason),) = run(source, edits, others).failed
    return reason
