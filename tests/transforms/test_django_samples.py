"""The annotated samples of Django, and of what serves views by itself: what is read is what their annotations say."""

import re
from pathlib import Path

import pytest

from fixtures import frameworks
from transforms.app import App
from transforms.concepts import GuardUse, Route
from transforms.facts import dump, load
from transforms.frameworks import frameworks as readers
from transforms.source import SourceFile
from transforms.walk import read

FOLDER = Path(next(iter(frameworks.__path__)))
ANNOTATION = re.compile(r"# route: (\S+ \S+) guards=(\S*) access=(\w+)")
SAMPLES = ("django", "django_rest", "flask_admin", "ninja")


def text_of(sample: str) -> str:
    return (FOLDER / f"{sample}.py").read_text(encoding="utf-8")


def app_of(sample: str) -> App:
    facts = read(SourceFile("sample.py", text_of(sample).encode()), readers())
    assert load(dump(facts)) == facts
    return App([facts])


APPS = {sample: app_of(sample) for sample in SAMPLES}


def called(guard: GuardUse) -> str:
    """How the annotations name a guard: predicates of which one has to say yes are joined by a bar."""
    names = guard.predicates if len(guard.predicates) > 1 or guard.asked else (guard.target,)
    return "|".join(("~" if name.startswith("~") else "") + name.rsplit(".", 1)[-1] for name in names if name)


def annotated(sample: str) -> dict[str, tuple[str, str]]:
    return {name: (guards, access) for name, guards, access in ANNOTATION.findall(text_of(sample))}


def one_route(sample: str, name: str) -> Route:
    return next(route for route in APPS[sample].routes if route.name == name)


@pytest.mark.parametrize("sample", SAMPLES)
def test_exactly_the_annotated_routes_are_found(sample: str) -> None:
    assert sorted(route.name for route in APPS[sample].routes) == sorted(annotated(sample))


@pytest.mark.parametrize(
    ("sample", "name"), [(sample, name) for sample in SAMPLES for name in sorted(annotated(sample))]
)
def test_guards_and_access_are_as_annotated(sample: str, name: str) -> None:
    route = one_route(sample, name)
    guards = ",".join(filter(None, map(called, route.guards)))
    assert (guards, APPS[sample].access(route).answer.value) == annotated(sample)[name]


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_route_points_at_its_function_or_class(sample: str) -> None:
    lines = text_of(sample).splitlines()
    for route in APPS[sample].routes:
        if route.handler.startswith("sample."):
            named = {part for symbol in (route.handler, route.shown) for part in symbol.split(".")}
            assert re.match(rf"(def|class) ({'|'.join(named)})\b", lines[route.place.line - 1].strip()), route.name
