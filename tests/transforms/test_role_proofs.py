"""The tests that a check of a role brings along fail on the app as it was and pass on the patched one."""

from collections.abc import Mapping
from pathlib import Path

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from transforms.controls import control
from transforms.examples.admin_route_requires_role import FACTORY, MAIN, REPORTS, SECURITY, SIGNED_IN, shop
from transforms.policy import Policy

NOBODY = "\n\ndef read_token(token):\n    return None\n"
FOR_ROLES = control("admin-route-requires-role")


def outcomes(files: Mapping[str, str], folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """How the proof of a patched app ends on the app before and after."""
    result = patched(files, Policy(), FOR_ROLES)
    (proof,) = [each.proof for each in result.patches if each.proof is not None]
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    return run_proof(written(files, folder / "before"), proof.content), run_proof(
        written(after, folder / "after"), proof.content
    )


def written(files: Mapping[str, str], folder: Path) -> Path:
    (folder / "tests").mkdir(parents=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_a_check_like_the_apps_own_guard_refuses_who_has_no_role(tmp_path: Path) -> None:
    files = {**shop(), "security.py": SECURITY + NOBODY}
    before, after = outcomes(files, tmp_path)
    assert before["test_delete_users_user_id_refuses_a_caller_without_a_role"] == "failed"
    assert "test_delete_users_user_id_lets_an_administrator_pass" in after
    assert set(after.values()) == {"passed"}


def test_the_apps_own_check_refuses_who_has_no_role(tmp_path: Path) -> None:
    files = {
        **shop(security=SECURITY + NOBODY + FACTORY),
        "users.py": REPORTS.format(other=SIGNED_IN),
        "main.py": MAIN,
    }
    before, after = outcomes(files, tmp_path)
    assert before == {
        "test_get_admin_audit_refuses_an_anonymous_caller": "passed",
        "test_get_admin_audit_refuses_a_caller_without_a_role": "failed",
        "test_get_admin_audit_lets_an_administrator_pass": "passed",
    }
    assert set(after.values()) == {"passed"}


def test_the_inserted_check_tells_roles_apart(tmp_path: Path) -> None:
    files = {
        "main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/health')\ndef health():\n    return {}\n\n\n"
        "@app.get('/users')\ndef list_users():\n    return []\n"
    }
    before, after = outcomes(files, tmp_path)
    assert before["test_get_users_refuses_a_caller_without_role_admin"] == "failed"
    assert set(after.values()) == {"passed"}


def test_a_role_of_the_apps_own_kind_is_loaded_by_name(tmp_path: Path) -> None:
    kinds = "import enum\n\nfrom sqlalchemy import Enum\n\n\nclass Role(enum.Enum):\n    ADMIN = 'admin'\n    CLERK = 'clerk'\n\n\n"
    models = kinds + shop()["models.py"].replace(
        "    is_admin = Column(Boolean, default=False)", "    role = Column(Enum(Role), default=Role.CLERK)"
    )
    before, after = outcomes({**shop(), "models.py": models, "security.py": SECURITY + NOBODY}, tmp_path)
    assert before["test_delete_users_user_id_refuses_a_caller_without_a_role"] == "failed"
    assert after["test_delete_users_user_id_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}
