"""One file for each library: what it says, in concepts, and the edits it can write. The folder is the list.

A framework module has `NAME`, `TOKENS` (bytes that announce it) and `read(walk) -> Handlers`; one that leaves routes
has `PACKAGES`, the top-level packages whose import says that a file speaks it. `matters(content)` and `wanted(content)`
tell more closely which files, and which functions of them, are for it. One that can be edited also has verbs:
functions that take an App and a concept and return edits, or None when no safe edit is known. `entered(app, route)`
says under which entrances of a deployment a route is reached, where code does not tell; `told_apart(app, route)` gives
one route for each method of a handler whose methods differ. A module without `read`
is a part of the framework whose name it begins with.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any


@functools.cache
def frameworks() -> tuple[ModuleType, ...]:
    """Every framework module, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return tuple(module for module in modules if hasattr(module, "read"))


def framework(name: str) -> ModuleType:
    """The framework module with that NAME; raises KeyError."""
    return _by_name()[name]


@functools.cache
def _by_name() -> dict[str, ModuleType]:
    return {module.NAME: module for module in frameworks()}


@functools.cache
def verb(name: str, called: str) -> Callable[..., Any]:
    """A verb of the framework with that NAME; one that a framework does not have knows no safe edit: it gives None."""
    found: Callable[..., Any] = getattr(framework(name), called, _unknown)
    return found


def _unknown(*_: object) -> None:
    """The answer of a framework that has no such verb."""
