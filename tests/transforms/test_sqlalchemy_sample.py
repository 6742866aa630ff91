"""The annotated sample of SQLAlchemy and SQLModel: what is read from it is what its annotations say."""

import re
from pathlib import Path

import pytest

from fixtures import frameworks
from transforms.concepts_data import Entity, Query
from transforms.facts import Facts, dump, load
from transforms.frameworks import sqlalchemy
from transforms.source import SourceFile
from transforms.walk import read

SAMPLE = Path(next(iter(frameworks.__path__))) / "sqlalchemy.py"
LINES = SAMPLE.read_text(encoding="utf-8").splitlines()
ENTITY = re.compile(r"# entity: (\w+) (\S+) (.+)")
QUERY = re.compile(r"\s*# query: (.+)")


@pytest.fixture(scope="module")
def facts() -> Facts:
    facts = read(SourceFile("sample.py", SAMPLE.read_bytes()), [sqlalchemy])
    assert load(dump(facts)) == facts
    return facts


def told_of_entity(entity: Entity) -> tuple[str, str, str]:
    columns = [
        f"{each.name}{'*' if each.primary else ''}{f'->{each.foreign_key}' if each.foreign_key else ''}"
        for each in entity.columns
    ]
    return entity.symbol.rpartition(".")[2], entity.table or "-", " ".join(columns)


def told_of_query(query: Query) -> str:
    classes = [name.rpartition(".")[2].removeprefix("table:") for name in query.entities]
    values = " ".join(f"{column}={origins}" for column, origins in query.values) or "-"
    end = " privileged" if query.privileged else ""
    return f"{query.operation} {','.join(dict.fromkeys(_classes(classes))) or '-'} {values} -> {query.result}{end}"


def _classes(names: list[str]) -> list[str]:
    """A column of a class is named like its class in the annotations."""
    return ["Order" if name == "id" else name for name in names]


def test_exactly_the_annotated_classes_are_stored(facts: Facts) -> None:
    annotated = [match.groups() for line in LINES if (match := ENTITY.search(line)) and "<" not in line]
    assert [told_of_entity(entity) for entity in facts.entities] == annotated


def annotated_queries() -> list[tuple[int, str]]:
    """The line below each annotation, and what it says."""
    return [(number + 1, match[1]) for number, line in enumerate(LINES, 1) if (match := QUERY.fullmatch(line))]


@pytest.mark.parametrize(("line", "annotation"), annotated_queries())
def test_a_query_is_read_as_annotated(facts: Facts, line: int, annotation: str) -> None:
    found = [told_of_query(query) for query in facts.queries if query.place.line == line]
    assert found == [annotation]


def test_nothing_else_is_a_query(facts: Facts) -> None:
    assert len(facts.queries) == len(annotated_queries())
    assert {query.place.line for query in facts.queries} == {line for line, _ in annotated_queries()}


def test_the_root_of_a_query_is_its_innermost_call(facts: Facts) -> None:
    for query in facts.queries:
        assert query.root is not None
        first = LINES[query.root.line - 1]
        if query.head and query.root.line == query.root.end_line:
            assert first[query.root.column : query.root.end_column] == query.head


def test_no_string_of_the_code_is_kept(facts: Facts) -> None:
    assert not any("SELECT * FROM" in query.code or '"7"' in query.head for query in facts.queries)
