"""The annotated samples of frameworks with routes: what is read from each is what its annotations say."""

import re
from functools import cache
from pathlib import Path

import pytest

from fixtures import frameworks
from tests.transforms.joined import READERS
from transforms.app import App
from transforms.concepts import GuardUse, Route
from transforms.facts import dump, load
from transforms.source import SourceFile
from transforms.walk import read

FOLDER = Path(next(iter(frameworks.__path__)))
NAMES = ("fastapi", "flask", "starlette")
ANNOTATION = re.compile(r"# route: (\S+ \S+) guards=(\S*) access=(\w+)")


def text_of(framework: str) -> str:
    return (FOLDER / f"{framework}.py").read_text(encoding="utf-8")


def called(guard: GuardUse) -> str:
    """How the annotations name a guard."""
    return guard.target.rsplit(".", 1)[-1]


@cache
def app_of(framework: str) -> App:
    facts = read(SourceFile("sample.py", text_of(framework).encode()), READERS)
    assert load(dump(facts)) == facts
    return App([facts])


def routes_of(framework: str) -> list[Route]:
    return [route for route in app_of(framework).routes if route.framework == framework]


def annotated(framework: str) -> dict[str, tuple[str, str]]:
    return {name: (guards, access) for name, guards, access in ANNOTATION.findall(text_of(framework))}


@pytest.mark.parametrize("framework", NAMES)
def test_exactly_the_annotated_routes_are_found(framework: str) -> None:
    assert sorted(route.name for route in app_of(framework).routes) == sorted(annotated(framework))


@pytest.mark.parametrize(("framework", "name"), [(each, name) for each in NAMES for name in sorted(annotated(each))])
def test_guards_and_access_are_as_annotated(framework: str, name: str) -> None:
    route = next(route for route in routes_of(framework) if route.name == name)
    guards = ",".join(map(called, route.guards))
    assert (guards, app_of(framework).access(route).answer.value) == annotated(framework)[name]


@pytest.mark.parametrize("framework", NAMES)
def test_each_route_points_at_its_handler(framework: str) -> None:
    lines = text_of(framework).splitlines()
    for route in routes_of(framework):
        assert route.by_library or re.match(
            rf"(async )?def {route.handler.rpartition('.')[2]}\(", lines[route.place.line - 1].strip()
        )
