"""The generic verbs: what an inserted module brings along, and what it leaves alone."""

import pytest

from tests.transforms.test_placement import APP, ROUTER, app_of
from transforms.edit_kinds import AddFile, AddLines, AddRequirement
from transforms.edits import (
    add_env_example,
    add_inserted_module,
    inserted_import,
    inserted_path,
    proof_path,
    require_package,
)
from transforms.inserted import EnvVar, source

FILES = {"backend/app/main.py": APP + "from app.orders import router\n", "backend/app/orders.py": ROUTER}
NEAR = "backend/app/orders.py"


def test_an_inserted_module_brings_its_package_requirements_and_settings() -> None:
    app = app_of({**FILES, "backend/requirements.txt": "", "pyproject.toml": ""})
    edits = add_inserted_module(app, "auth", "fastapi", NEAR)
    files = [edit.path for edit in edits if isinstance(edit, AddFile)]
    assert files == ["backend/app/controls/__init__.py", "backend/app/controls/auth.py"]
    assert AddRequirement("backend/requirements.txt", "PyJWT[crypto]", ">=2.10,<3", ("pyproject.toml",)) in edits
    env, ignore = [edit for edit in edits if isinstance(edit, AddLines)]
    assert env.path == "backend/.env.example"
    assert env.lines[0] == "# URL of the OpenID Connect issuer\nOIDC_ISSUER="
    assert all(line.endswith("=") for line in env.lines), "names only, never a value"
    assert ignore == AddLines(".gitignore", (".env",))


def test_the_package_file_of_an_earlier_patch_is_not_asked_for_again() -> None:
    module = source("secrets", None).text
    files = {**FILES, "backend/app/controls/__init__.py": "# mine now\n", "backend/app/controls/secrets.py": module}
    edits = add_inserted_module(app_of(files), "auth", "fastapi", NEAR)
    assert [edit.path for edit in edits if isinstance(edit, AddFile)] == ["backend/app/controls/auth.py"]


def test_an_app_without_requirements_gets_no_requirement() -> None:
    assert require_package(app_of(FILES), "PyJWT", ">=2", NEAR) == ()


def test_an_unknown_module_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        add_inserted_module(app_of(FILES), "auth", "bottle", NEAR)


def test_the_import_and_the_path_belong_together() -> None:
    app = app_of(FILES)
    assert inserted_import(app, "auth", NEAR) == "app.controls.auth"
    assert inserted_path(app, "auth", NEAR) == "backend/app/controls/auth.py"


def test_settings_are_named_without_a_value() -> None:
    (edit,) = add_env_example(app_of(FILES), NEAR, EnvVar("STRIPE_API_KEY", "the Stripe key", None))
    assert edit == AddLines("backend/.env.example", ("# the Stripe key\nSTRIPE_API_KEY=",))


def test_a_proof_never_takes_the_name_of_a_file_that_is_there() -> None:
    assert proof_path(app_of(FILES), NEAR, "workload-identity") == "backend/tests/test_controls_workload_identity.py"
    taken = {**FILES, "backend/tests/test_controls_identity.py": ""}
    assert proof_path(app_of(taken), NEAR, "identity") == "backend/tests/test_controls_identity_2.py"
