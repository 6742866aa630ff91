"""The annotated sample of Lambda Powertools: routes, what stands in front of them, and writes."""

import re
from pathlib import Path

import pytest

from fixtures import frameworks as samples
from tests.transforms.test_lambda_sample import app_of
from transforms.app import App
from transforms.concepts import Kind

FOLDER = Path(next(iter(samples.__path__))) / "aws_powertools"
ANNOTATION = re.compile(r"# route: (\S+ \S+) access=(\w+) writes=(\w+)")
ANNOTATED = ANNOTATION.findall((FOLDER / "shop.py").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def app() -> App:
    return app_of({f"cloud/{path.name}": path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())})


def test_exactly_the_annotated_routes_are_found(app: App) -> None:
    assert sorted(route.name for route in app.routes) == sorted(name for name, _, _ in ANNOTATED)
    assert {route.kind for route in app.routes} == {Kind.FUNCTION}


@pytest.mark.parametrize(("name", "access", "writes"), ANNOTATED)
def test_access_and_writes_are_as_annotated(app: App, name: str, access: str, writes: str) -> None:
    (route,) = [route for route in app.routes if route.name == name]
    body = app.judge.bodies.of(route.does)
    assert (app.access(route).answer.value, "yes" if body.writes else "no") == (access, writes)
