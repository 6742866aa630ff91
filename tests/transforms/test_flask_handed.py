"""A handler that gets the app's decorator and its parameter runs as before for who is signed in, and for nobody else."""

import importlib.util
from pathlib import Path
from types import ModuleType

import jwt

from tests.transforms.django_apps import patched
from transforms.examples.route_requires_auth_flask import HANDS_OVER

KEY = "for tests only, and long enough for it"
HELPERS = """

def find_user(public_id):
    return {"id": public_id}


def notes_of(user):
    return [user["id"]]


def remove(note_id):
    return {"removed": note_id}
"""


def loaded(text: str, folder: Path) -> ModuleType:
    """A module with that text."""
    (folder / "notes_app.py").write_text(text)
    spec = importlib.util.spec_from_file_location("notes_app", folder / "notes_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.app.config["SECRET_KEY"] = KEY
    return module


def test_the_route_s_own_parameters_still_arrive(tmp_path: Path) -> None:
    before = HANDS_OVER + HELPERS
    after = patched({"notes_app.py": before.encode()}).files["notes_app.py"].decode()
    token = {"x-access-token": jwt.encode({"public_id": "ada"}, KEY, algorithm="HS256")}
    assert loaded(before, tmp_path).app.test_client().delete("/notes/7").status_code == 200
    client = loaded(after, tmp_path).app.test_client()
    assert client.delete("/notes/7").status_code == 401
    assert client.delete("/notes/7", headers={"x-access-token": "made up"}).status_code == 401
    assert client.delete("/notes/7", headers=token).get_json() == {"removed": "7"}
    assert client.get("/notes", headers=token).get_json() == ["ada"]
