"""Load what is under test: by name, so that nothing of the app is imported before a test asks for it."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from transforms.proofs.parts.told import APP, CONTROLS, ROOT_PARENTS

ROOT = Path(__file__).resolve().parents[ROOT_PARENTS]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(autouse=True)
def signed_in_caller() -> None:
    """Nobody is signed in here, whatever the app's other tests arrange under this name."""


def load(name: str) -> Any:
    """`package.module:attribute`, or `package.module:factory()`."""
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute.removesuffix("()"))
    return found() if attribute.endswith("()") else found


def the_app() -> Any:
    """The app under test."""
    return load(APP)


def control(module: str) -> Any:
    """One of the modules that stand guard."""
    return importlib.import_module(f"{CONTROLS}.{module}")
