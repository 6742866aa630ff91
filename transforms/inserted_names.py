"""Under which names inserted modules stand in an app: `auth`, and `auth_mcp` where `auth` is another framework's.

A program may speak two frameworks: an MCP server beside a web app, a Flask app beside one of FastAPI. Each has a guard
of its own kind, so each has a module of its own. What is there already decides; else the framework with most routes.
"""

from collections import Counter
from typing import TYPE_CHECKING

from transforms.inserted import INSERTED, Inserted
from transforms.once import per_app
from transforms.placement import Home, controls_home

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.facts import Facts


def name_of(app: "App", name: str, framework: str | None, near: str) -> str:
    """The name of a framework's module in the app around the file `near`."""
    own = _entry(name, framework)
    alike = [each for each in INSERTED if each.name == name]
    if own is None or own.framework is None or len({each.filename for each in alike}) == 1:
        return name
    home = controls_home(app, near)
    there = app.files.get(f"{home.folder}/{name}.py")
    if there is not None and there.inserted is not None:
        return name if _speaks(there, own) else _full(own)
    most = _entry(name, _most_routes(app, name, home))
    speaks_web = any(route.framework == own.framework for route in app.routes)
    return name if most is None or not speaks_web or most.filename == own.filename else _full(own)


@per_app
def full_names(app: "App", near: str) -> frozenset[str]:
    """The modules around a file that stand under their full names: what others beside them import."""
    entries = (each for each in INSERTED if each.framework is not None)
    return frozenset(_full(each) for each in entries if name_of(app, each.name, each.framework, near) != each.name)


def _full(entry: Inserted) -> str:
    return entry.filename.removesuffix(".py")


def _entry(name: str, framework: str | None) -> Inserted | None:
    return next((each for each in INSERTED if each.name == name and each.framework in {None, framework}), None)


def _speaks(there: "Facts", entry: Inserted) -> bool:
    """Whether a module imports the framework that an entry is for."""
    package = (entry.framework or "").partition("_")[0]
    return any(reference.partition(".")[0] == package for _, reference in there.imports)


@per_app
def _most_routes(app: "App", name: str, home: Home) -> str:
    """The framework of most routes around a controls package, of those that have such a module; "" without any."""
    having = {each.framework for each in INSERTED if each.name == name}
    routes = (route for route in app.routes if route.framework in having)
    counted = Counter(route.framework for route in routes if controls_home(app, route.file) == home)
    return min(counted, key=lambda each: (-counted[each], each), default="")
