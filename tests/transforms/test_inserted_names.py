"""Inserted modules of two frameworks in one folder stand under two names, whoever comes first."""

from collections.abc import Mapping

import pytest

from tests.transforms.harness import patched, report_on
from transforms.app import App
from transforms.controls import control
from transforms.engine import Status
from transforms.inserted import source
from transforms.inserted_names import full_names, name_of
from transforms.policy import Policy

FASTAPI = (
    "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/{name}')\ndef change_{name}():\n    db.commit()\n"
)
MORE = "\n\n@app.post('/more')\ndef change_more():\n    db.commit()\n"
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.post('/{name}')\ndef change_{name}():\n    db.commit()\n"
WEB, API = FLASK.format(name="web"), FASTAPI.format(name="api")


CONTROL = control("route-requires-auth")


def app_of(files: Mapping[str, str]) -> App:
    return report_on(files, Policy(), CONTROL).app


def names(*frameworks: str, **files: str) -> list[str]:
    app = app_of({f"{name}.py": text for name, text in files.items()})
    return [name_of(app, "auth", each, "web.py") for each in frameworks]


def test_one_framework_has_the_plain_name() -> None:
    assert names("flask", "mcp", web=WEB) == ["auth", "auth"]
    assert names("fastapi", web=API) == ["auth"]


def test_of_two_frameworks_the_one_with_most_routes_has_the_plain_name() -> None:
    assert names("flask", "fastapi", web=WEB, api=API + MORE) == ["auth_flask", "auth"]
    assert names("flask", "fastapi", web=WEB + MORE, api=API) == ["auth", "auth_fastapi"]
    assert names("flask", "fastapi", web=WEB, api=API) == ["auth_flask", "auth"]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("flask", ["auth", "auth_fastapi", "auth_mcp", "auth_django"]),
        ("fastapi", ["auth_flask", "auth", "auth_mcp", "auth_django"]),
        ("mcp", ["auth_flask", "auth_fastapi", "auth", "auth_django"]),
        ("django", ["auth_flask", "auth_fastapi", "auth_mcp", "auth"]),
    ],
)
def test_what_is_there_keeps_its_name(there: str, expected: list[str]) -> None:
    files = {
        "web.py": WEB,
        "api.py": API + MORE,
        "controls/__init__.py": "",
        "controls/auth.py": source("auth", there).text,
    }
    app = app_of(files)
    assert [name_of(app, "auth", each, "web.py") for each in ("flask", "fastapi", "mcp", "django_rest")] == expected


@pytest.mark.parametrize("name", ["secrets", "workload", "tenancy", "audit"])
def test_a_module_for_all_frameworks_has_one_name(name: str) -> None:
    app = app_of(
        {"web.py": WEB, "api.py": API, "controls/__init__.py": "", f"controls/{name}.py": source(name, "fastapi").text}
    )
    assert {name_of(app, name, each, "web.py") for each in ("fastapi", "sqlalchemy", None)} == {name}


def test_modules_import_those_beside_them_under_the_names_they_have() -> None:
    plain, full = source("audit", "fastapi").text, source("auth", "fastapi", frozenset({"audit_fastapi"})).text
    assert "auth_fastapi" not in plain
    assert "from .audit_fastapi import record_denial" in full
    assert "from .audit import record_denial" in source("auth", "fastapi").text
    app = app_of({"web.py": API, "controls/__init__.py": "", "controls/auth.py": source("auth", "mcp").text})
    assert "auth_fastapi" in full_names(app, "web.py")
    assert full_names(app_of({"web.py": API}), "web.py") == frozenset()


def test_two_web_frameworks_are_both_guarded_in_one_run() -> None:
    files = {"web.py": WEB, "api.py": API + MORE}
    result = patched(files, Policy(), CONTROL)
    assert {each.status for each in result.patches} == {Status.FIXED}
    assert b"from controls.auth import require_user" in result.files["api.py"]
    assert b"from controls.auth_flask import require_user" in result.files["web.py"]
    assert {"controls/auth.py", "controls/auth_flask.py"} < result.files.keys()
    after = {**files, **result.files}
    assert not patched(after, Policy(), CONTROL).files
