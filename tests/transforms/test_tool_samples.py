"""The annotated samples of what agents call: each tool is read as its annotation says."""

import re
from collections import Counter
from pathlib import Path

import pytest

from fixtures import frameworks as samples
from transforms.app import App
from transforms.concepts import Route
from transforms.facts import dump, load
from transforms.frameworks import frameworks
from transforms.source import SourceFile
from transforms.walk import read

FOLDER = Path(next(iter(samples.__path__)))
ANNOTATION = re.compile(r"# tool: (\S+ \S+) access=(\w+) reach=(\w+) does=(\w+) scope=(\w+)")
NAMES = ("mcp", "mcp_by_hand", "langchain_tools", "openai_tools")


def app_of(name: str) -> App:
    facts = read(SourceFile("sample.py", (FOLDER / f"{name}.py").read_bytes()), frameworks())
    assert load(dump(facts)) == facts
    return App([facts])


APPS = {name: app_of(name) for name in NAMES}


def annotated(name: str) -> list[tuple[str, ...]]:
    return ANNOTATION.findall((FOLDER / f"{name}.py").read_text(encoding="utf-8"))


def seen(app: App, tool: Route) -> tuple[str, ...]:
    """What the annotation of a tool would have to say."""
    use = app.tool_use(tool)
    does = "writes" if use.writes else "asks" if use.external else "computes" if use.only_computes else "reads"
    return tool.name, app.access(tool).answer.value, use.reach.value, does, "yes" if use.scope else "no"


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_annotated_tools_are_found(name: str) -> None:
    assert Counter(tool.name for tool in APPS[name].tools) == Counter(each[0] for each in annotated(name))


@pytest.mark.parametrize(("name", "expected"), [(name, each) for name in NAMES for each in annotated(name)])
def test_each_tool_is_as_annotated(name: str, expected: tuple[str, ...]) -> None:
    app = APPS[name]
    assert expected in [seen(app, tool) for tool in app.tools if tool.name == expected[0]]


@pytest.mark.parametrize("name", NAMES)
def test_each_tool_points_at_its_handler(name: str) -> None:
    lines = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
    for tool in APPS[name].tools:
        handler = tool.handler.rpartition(".")[2]
        assert re.match(rf"(async )?def {handler}\(|class \w+\(", lines[tool.place.line - 1].strip())


def test_a_custom_route_is_a_route_that_no_verifier_guards() -> None:
    app = APPS["mcp"]
    (route,) = [each for each in app.routes if each.path == "/health"]
    assert app.access(route).is_open
    assert app.publicity(route).is_public
