"""The proof that comes with a route for other services: the key that all shared opens it before, and nothing after."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.controls import control
from transforms.policy import Policy

CONTROL = control("workload-identity-between-services")
FASTAPI = """import os

from fastapi import Depends, FastAPI, Header, HTTPException, Security
from fastapi.security import APIKeyHeader

{imports}
app = FastAPI()
{names}

def internal_only({parameter}):
    if {sent} != {setting}:
        raise HTTPException(status_code=401)


@app.get("/health")
def health():
    return {{}}


@app.post("/sync/{{number}}", dependencies=[Depends(internal_only)])
def sync(number: int):
    raise RuntimeError("no handler runs in a proof")
"""
FLASK = """import functools
import os

from flask import Flask, abort, request

app = Flask(__name__)


def internal_only(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        if request.headers.get("X-Internal-Token") != os.environ["INTERNAL_TOKEN"]:
            abort(401)
        return view(*args, **kwargs)

    return inner


@app.get("/health")
def health():
    return {}


@app.post("/sync/<int:number>")
@internal_only
def sync(number):
    raise RuntimeError("no handler runs in a proof")
"""
SETTINGS = """class Settings:
    internal_token = ""


settings = Settings()


def get_settings():
    return settings
"""
KEY = "not quite so static"
HEADER = "x_internal_token: str = Header(None)"
ROUTE = "test_post_sync_number"


def fastapi(
    setting: str = 'os.environ["INTERNAL_TOKEN"]',
    parameter: str = HEADER,
    sent: str = "x_internal_token",
    imports: str = "",
    names: str = "",
) -> dict[str, str]:
    text = FASTAPI.format(setting=setting, parameter=parameter, sent=sent, imports=imports, names=names)
    return {"main.py": text, "config.py": SETTINGS}


SCHEME = 'scheme = APIKeyHeader(name="X-Service-Key", auto_error=False)\n'
APPS: Mapping[str, tuple[dict[str, str], str, str]] = {  # files, how the old header is asked for, by what value
    "a variable": (fastapi(), "x-internal-token", 'environment.setenv("INTERNAL_TOKEN", key := KEY)'),
    "a variable, asked for otherwise": (
        fastapi('os.getenv("INTERNAL_TOKEN")'), "x-internal-token", 'environment.setenv("INTERNAL_TOKEN", key := KEY)'
    ),
    "a constant": (
        fastapi("INTERNAL_TOKEN", names='INTERNAL_TOKEN = os.environ.get("INTERNAL_TOKEN", "")\n'),
        "x-internal-token", 'agreed(environment, importlib.import_module("main"), "INTERNAL_TOKEN")',
    ),
    "a settings object": (
        fastapi("settings.internal_token", imports="from config import settings"),
        "x-internal-token", 'agreed(environment, load("config:settings"), "internal_token")',
    ),
    "a function that gives settings": (
        fastapi("get_settings().internal_token", imports="from config import get_settings"),
        "x-internal-token", 'agreed(environment, load("config:get_settings()"), "internal_token")',
    ),
    "a scheme": (
        fastapi(parameter="service_key: str = Security(scheme)", sent="service_key", names=SCHEME),
        "x-service-key", 'environment.setenv("INTERNAL_TOKEN", key := KEY)',
    ),
    "a bearer header": (
        fastapi(parameter="authorization: str = Header(None)", sent='authorization.removeprefix("Bearer ")'),
        "authorization", 'bringing(the_app(), "authorization", "Bearer " + key)',
    ),
    "Flask": ({"main.py": FLASK}, "x-internal-token", 'environment.setenv("INTERNAL_TOKEN", key := KEY)'),
}  # fmt: skip


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The proof of the patched app, and the app."""
    result = patched(files, Policy(), CONTROL)
    (proof,) = [each.proof for each in result.patches if each.proof is not None]
    return proof.content, {**files, **{path: content.decode() for path, content in result.files.items()}}


@pytest.mark.parametrize("kind", APPS)
def test_the_key_opens_the_route_before_and_a_programs_token_after(kind: str, tmp_path: Path) -> None:
    files, header, value = APPS[kind]
    proof, patched_files = proven(files)
    assert f'"{header}"' in proof
    assert value in proof
    before = run_proof(written(files, tmp_path / "before"), proof)
    after = run_proof(written(patched_files, tmp_path / "after"), proof)
    assert before[f"{ROUTE}_refuses_the_key_that_all_shared"] == "failed"
    assert before["test_get_health_stays_open_to_everybody"] == "passed"
    assert set(after.values()) == {"passed"}
    names = {name.partition("[")[0].removeprefix(f"{ROUTE}_") for name in after if name.startswith(ROUTE)}
    assert names == {
        "refuses_an_anonymous_caller",
        "refuses_a_forged_token",
        "refuses_the_key_that_all_shared",
        "refuses_a_person",
        "lets_a_program_pass",
    }


def test_a_header_under_another_name_is_not_guessed() -> None:
    proof, _ = proven(fastapi(parameter='internal_token: str = Header(None, alias="X-Odd")', sent="internal_token"))
    names = [node.name for node in ast.parse(proof).body if isinstance(node, ast.FunctionDef)]
    assert f"{ROUTE}_refuses_a_person" in names
    assert not [name for name in names if "shared" in name]


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ("Depends(require_workload)", "Depends(require_user)", f"{ROUTE}_refuses_a_person"),
        ('principal.kind != "workload"', "not principal.kind", "test_the_guard_lets_a_program_pass_and_no_person"),
        ('principal.kind != "workload"', "principal.kind", f"{ROUTE}_lets_a_program_pass"),
        ("issuer=settings.issuer,", "", "test_the_guard_refuses_a_forged_token"),
        ("audience=settings.audience,", 'audience="elsewhere",', f"{ROUTE}_lets_a_program_pass"),
    ],
)
def test_a_guard_with_a_mistake_is_noticed(old: str, new: str, noticed: str, tmp_path: Path) -> None:
    proof, files = proven(fastapi())
    assert any(old in text for path, text in files.items() if not path.startswith("tests/"))
    wrong = {path: text.replace(old, new) for path, text in files.items()}
    wrong["main.py"] = wrong["main.py"].replace("import require_workload", "import require_user, require_workload")
    outcomes = run_proof(written(wrong, tmp_path), proof)
    failed = {name.partition("[")[0] for name, outcome in outcomes.items() if outcome != "passed"}
    assert noticed in failed


TESTED = {
    "tests/test_sync.py": "from fastapi.testclient import TestClient\n\nfrom main import app\n\n\n"
    "def test_sync():\n"
    '    assert TestClient(app, raise_server_exceptions=False).post("/sync/1").status_code == 500\n',
}


def test_the_apps_own_tests_speak_for_a_program(tmp_path: Path) -> None:
    _, files = proven({**fastapi(), **TESTED})
    assert 'kind="workload"' in files["tests/conftest.py"]
    own = run_proof(written(files, tmp_path), TESTED["tests/test_sync.py"])
    assert own == {"test_sync": "passed"}
