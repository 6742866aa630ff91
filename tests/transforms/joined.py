"""Apps for tests of the joins: from source text to an App."""

import textwrap
from collections.abc import Mapping

from transforms.app import App, Placement
from transforms.concepts import Route
from transforms.facts import Facts, dump, load
from transforms.frameworks import fastapi, fastapi_dependencies, flask, python, python_conditions, starlette
from transforms.source import SourceFile
from transforms.walk import read

READERS = (python, python_conditions, fastapi, fastapi_dependencies, flask, starlette)


def facts_of(source: str, path: str = "app.py") -> Facts:
    return read(SourceFile(path, textwrap.dedent(source).encode()), READERS)


def app_of(files: str | Mapping[str, str], placement: Placement | None = None) -> App:
    """One file (`app.py`) or several; facts go through the cache's form, as they do in life."""
    sources = {"app.py": files} if isinstance(files, str) else files
    return App([load(dump(facts_of(text, path))) for path, text in sources.items()], placement=placement)


def route_of(app: App, name: str) -> Route:
    """The one route that people call by this name: `GET /orders`."""
    found = [route for route in app.routes if route.name == name]
    assert len(found) == 1, [route.name for route in app.routes]
    return found[0]


def only_route(files: str | Mapping[str, str]) -> tuple[App, Route]:
    app = app_of(files)
    assert len(app.routes) == 1, [route.name for route in app.routes]
    return app, app.routes[0]
