"""The annotated sample of Celery: tasks are found, and nothing is found wrong with them."""

import re
from pathlib import Path

import pytest

from fixtures import frameworks as samples
from transforms.app import App
from transforms.concepts import Kind
from transforms.facts import dump, load
from transforms.frameworks import frameworks
from transforms.policy import Policy
from transforms.scanning import judge
from transforms.source import SourceFile
from transforms.walk import read

SAMPLE = Path(next(iter(samples.__path__))) / "celery.py"


@pytest.fixture(scope="module")
def app() -> App:
    facts = read(SourceFile("sample.py", SAMPLE.read_bytes()), frameworks())
    assert load(dump(facts)) == facts
    return App([facts])


def test_exactly_the_annotated_tasks_are_found(app: App) -> None:
    tasks = [each.path for each in app.endpoints if each.kind is Kind.TASK]
    assert sorted(map(str, tasks)) == sorted(re.findall(r"# task: (\S+)", SAMPLE.read_text(encoding="utf-8")))


def test_a_task_is_neither_a_route_nor_a_tool(app: App) -> None:
    assert [route.name for route in app.routes] == ["POST /orders"]
    assert app.tools == ()


def test_nothing_is_judged_about_a_task(app: App) -> None:
    subjects = {verdict.subject.name for verdict in judge(app, Policy()).verdicts}
    assert not [name for name in subjects if name.startswith("TASK")]
