"""The tests of a Flask app that gets a guard: they ask as somebody who is signed in from now on."""

from typing import TYPE_CHECKING

from transforms.edits import AddFile, Edit, ImportOf, InsertStatements, Position

if TYPE_CHECKING:
    from transforms.app import App

FIXTURE = "signed_in_caller"
_CODE = '''@pytest.fixture(autouse=True)
def {name}(request, monkeypatch):
    """Let tests ask as a signed-in caller; those of the guard itself ask as they are."""
    try:
        auth = importlib.import_module("{module}")
    except ImportError:
        return
    if not request.path.name.startswith("test_controls_"):
        monkeypatch.setattr(auth, "sign_in", lambda: setattr(g, "principal", auth.Principal("test-user")))
'''
_NEW = '''"""What the tests of this app share."""

import importlib

import pytest
from flask import g


'''
_IMPORTS = (ImportOf("importlib"), ImportOf("pytest"), ImportOf("flask", "g"))


def sign_in_tests(app: "App", folder: str, module: str) -> tuple[Edit, ...]:
    """A fixture for all tests of a folder that stands in for a signed-in caller; nothing where it cannot be placed.

    `module` is how the inserted guard is imported.
    """
    path = f"{folder}/conftest.py"
    code = _CODE.format(name=FIXTURE, module=module)
    if path not in app.paths:
        return (AddFile(path, _NEW + code),)
    if path not in app.files:
        return ()
    facts = app.files[path]
    shared = [each for each in facts.functions if "." not in each.symbol.removeprefix(f"{facts.module}.")]
    if not shared or any(each.symbol.endswith(f".{FIXTURE}") for each in shared):
        return ()
    last = max(shared, key=lambda each: each.place.line)
    return (InsertStatements(path, last.place, Position.AFTER, code, _IMPORTS),)
