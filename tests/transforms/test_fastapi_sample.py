"""The annotated sample of FastAPI: what is read from it is what its annotations say."""

import re
from pathlib import Path

import pytest

from fixtures import frameworks
from tests.transforms.joined import READERS
from transforms.app import App
from transforms.concepts import GuardUse
from transforms.facts import dump, load
from transforms.source import SourceFile
from transforms.walk import read

SAMPLE = Path(next(iter(frameworks.__path__))) / "fastapi.py"
ANNOTATION = re.compile(r"# route: (\S+ \S+) guards=(\S*) access=(\w+)")


def called(guard: GuardUse) -> str:
    """How the annotations name a guard."""
    return guard.target.rsplit(".", 1)[-1]


@pytest.fixture(scope="module")
def app() -> App:
    facts = read(SourceFile("sample.py", SAMPLE.read_bytes()), READERS)
    assert load(dump(facts)) == facts
    return App([facts])


def annotated() -> dict[str, tuple[str, str]]:
    return {name: (guards, access) for name, guards, access in ANNOTATION.findall(SAMPLE.read_text(encoding="utf-8"))}


def test_exactly_the_annotated_routes_are_found(app: App) -> None:
    assert sorted(route.name for route in app.routes) == sorted(annotated())


@pytest.mark.parametrize("name", sorted(annotated()))
def test_guards_and_access_are_as_annotated(app: App, name: str) -> None:
    route = next(route for route in app.routes if route.name == name)
    guards = ",".join(map(called, route.guards))
    assert (guards, app.access(route).answer.value) == annotated()[name]


def test_each_route_points_at_its_handler(app: App) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    for route in app.routes:
        assert re.match(rf"(async )?def {route.handler.rpartition('.')[2]}\(", lines[route.place.line - 1].strip())
