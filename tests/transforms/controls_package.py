"""Puts inserted modules into a package of an app, as a patch does, and imports them from there."""

import importlib
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from transforms.inserted import source

_numbers = itertools.count()


def write_controls(folder: Path, *names: str, framework: str = "fastapi") -> Path:
    """Write `controls/` with these modules below a folder."""
    package = folder / "controls"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    for name in names:
        module = source(name, framework)
        (package / module.path_name).write_text(module.text, encoding="utf-8")
    return package


@contextmanager
def controls_of(folder: Path, *names: str, framework: str = "fastapi") -> Iterator[ModuleType]:
    """Import the modules as a package of their own: no state is shared with another test. Gives the package."""
    parent = f"app_{next(_numbers)}"
    write_controls(folder / parent, *names, framework=framework)
    sys.path.insert(0, str(folder))
    try:
        package = importlib.import_module(f"{parent}.controls")
        for name in names:
            importlib.import_module(f"{parent}.controls.{name}")
        yield package
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == parent]:
            del sys.modules[name]
