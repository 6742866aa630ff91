"""An app's own tests go on passing when its routes begin to ask who is calling, and the proofs still see the guard."""

from pathlib import Path

import pytest

from tests.apart import run_pytest
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

APP = """from fastapi import FastAPI

app = FastAPI()
notes = []


@app.post("/notes")
def add_note(text: str):
    notes.append(text)
    return {"notes": len(notes)}


@app.delete("/notes")
def drop_notes():
    notes.clear()
    return {}
"""
TESTS = """from fastapi.testclient import TestClient

from main import app


def test_a_note_is_kept():
    client = TestClient(app)
    client.delete("/notes")
    assert client.post("/notes", params={"text": "hello"}).json() == {"notes": 1}
"""
CONFTEST = 'import pytest\n\n\n@pytest.fixture\ndef shelf():\n    return "notes"\n'


FLASK_APP = """from flask import Flask, request

app = Flask(__name__)
notes = []


@app.post("/notes")
def add_note():
    notes.append(request.args["text"])
    return {"notes": len(notes)}


@app.delete("/notes")
def drop_notes():
    notes.clear()
    return {}
"""
FLASK_TESTS = """from main import app


def test_a_note_is_kept():
    client = app.test_client()
    client.delete("/notes")
    assert client.post("/notes?text=hello").get_json() == {"notes": 1}
"""
APPS = {"fastapi": (APP, TESTS), "flask": (FLASK_APP, FLASK_TESTS)}


def patched(files: dict[str, str], folder: Path) -> dict[str, bytes]:
    """The files with the guards that they lack, written to a folder."""
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    found = remedies(sources, scan(sources, Policy()), Policy(), only={"route-requires-auth"})
    for path, content in {**{each.path: each.content for each in sources}, **found.files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return found.files


@pytest.mark.parametrize("framework", APPS)
def test_tests_that_ask_anonymously_still_pass_and_so_do_the_proofs(framework: str, tmp_path: Path) -> None:
    app, tests = APPS[framework]
    patched({"main.py": app, "tests/test_notes.py": tests, "tests/conftest.py": CONFTEST}, tmp_path)
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "tests/test_controls_identity.py").exists()


@pytest.mark.parametrize("framework", APPS)
def test_without_the_fixture_the_guard_refuses_them(framework: str, tmp_path: Path) -> None:
    app, tests = APPS[framework]
    patched({"main.py": app, "tests/test_notes.py": tests, "tests/conftest.py": CONFTEST}, tmp_path)
    (tmp_path / "tests/conftest.py").write_text(CONFTEST)
    assert run_pytest(tmp_path, "tests/test_notes.py").returncode == 1


def test_the_fixtures_that_are_there_stay(tmp_path: Path) -> None:
    files = patched({"main.py": APP, "tests/test_notes.py": TESTS, "tests/conftest.py": CONFTEST}, tmp_path)
    assert files["tests/conftest.py"].decode().startswith(CONFTEST)


def test_the_fixture_lies_where_the_tests_are(tmp_path: Path) -> None:
    assert "conftest.py" in patched({"main.py": APP, "test_notes.py": TESTS}, tmp_path)


def test_an_app_without_tests_that_ask_it_gets_no_set_up(tmp_path: Path) -> None:
    unit = "from main import notes\n\n\ndef test_notes():\n    assert notes == []\n"
    files = patched({"main.py": APP, "tests/test_notes.py": unit}, tmp_path)
    assert not [path for path in files if path.endswith("conftest.py")]
