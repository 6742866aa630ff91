"""What one control's patch adds does not break what another's proof shows: all patches at once, all proofs after them.

An open route for administrators gets a guard by one control and a check of a role by the next one.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import sources
from tests.transforms.little_shop import run_proof
from tests.transforms.test_own_guard_proofs import FASTAPI, LOGIN, URLS, VIEWS, flask
from tests.transforms.test_role_proofs import written
from tests.transforms.test_role_proofs_django import site
from transforms.policy import Policy
from transforms.remedying import remedies
from transforms.scanning import scan

REPORTS = """

@app.get("/admin/reports"{by})
def reports():
    return []


@app.delete("/admin/users/{{number}}")
def delete_user(number: int):
    raise RuntimeError("no handler runs in a proof")
"""
CHECK = """

def require_admin(user=Depends(get_current_user)):
    if user.role != "admin":
        raise HTTPException(status_code=403)
    return user
"""
FACTORY = """

def require_role(role: str):
    def check(user=Depends(get_current_user)):
        if user.role != role:
            raise HTTPException(status_code=403)
        return user

    return check
"""
COLUMN = """
from sqlalchemy import Boolean, Column, Integer
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    is_admin = Column(Boolean, default=False)
"""


def fastapi(check: str, name: str, by: str) -> dict[str, str]:
    main = FASTAPI["main.py"].replace(
        "import get_current_user", f"import {name}" if name else "import get_current_user"
    )
    return {"security.py": FASTAPI["security.py"] + check, "main.py": main + REPORTS.format(by=by)}


def by_column() -> dict[str, str]:
    files = fastapi("", "", "")
    me = '@app.get("/me")\ndef me(user: User = Depends(get_current_user))'
    main = files["main.py"].replace("from security", "from models import User\nfrom security")
    main = main.replace('@app.get("/me", dependencies=[Depends(get_current_user)])\ndef me()', me)
    return {**files, "main.py": main, "models.py": COLUMN.lstrip()}


ROLE_OF_FLASK = """

def admin_required(view):
    @functools.wraps(view)
    def guarded(*args, **kwargs):
        if current_user.role != "admin":
            abort(403)
        return view(*args, **kwargs)

    return guarded


@app.get("/admin/reports")
@login_required
@admin_required
def reports():
    return []


@app.delete("/admin/users/<int:number>")
def delete_user(number):
    raise RuntimeError("no handler runs in a proof")
"""
IMPORTS = "from flask_login import LoginManager, current_user, login_required, login_user"
ADMINISTRATION = """

def is_administrator(user):
    return user.is_superuser


@user_passes_test(is_administrator)
def reports(request):
    return HttpResponse("")


def delete_user(request, pk):
    get_user_model().objects.get(pk=pk).delete()
    return HttpResponse("")
"""


def django() -> dict[str, str]:
    urls = URLS.replace(
        "urlpatterns = [",
        """urlpatterns = [
    path("admin-panel/reports/", views.reports),
    path("admin-panel/users/<int:pk>/delete/", views.delete_user),""",
    )
    head = (
        "from django.contrib.auth import get_user_model\nfrom django.contrib.auth.decorators import user_passes_test\n"
    )
    return site({"shop/urls.py": urls, "shop/views.py": head + VIEWS + ADMINISTRATION})


APPS = {
    "a check of FastAPI": fastapi(CHECK, "get_current_user, require_admin", ", dependencies=[Depends(require_admin)]"),
    "one that a call makes": fastapi(
        FACTORY, "get_current_user, require_role", ', dependencies=[Depends(require_role("admin"))]'
    ),
    "one written after a column": by_column(),
    "Flask-Login": {"main.py": flask(IMPORTS, LOGIN, "@login_required")["main.py"] + ROLE_OF_FLASK},
    "Django": django(),
}


def all_proofs(files: Mapping[str, str], folder: Path) -> dict[str, dict[str, str]]:
    """How each proof ends on the app with all patches in it, by control."""
    given = sources(files)
    result = remedies(given, scan(given, Policy()), Policy())
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    root = written(after, folder)
    proofs = [(each.control, proof) for each in result.fixed for proof in (each.proof, *each.further) if proof]
    return {control: run_proof(root, proof.content) for control, proof in proofs}


@pytest.mark.parametrize("how", APPS)
def test_every_proof_passes_when_all_patches_are_in(how: str, tmp_path: Path) -> None:
    found = all_proofs(APPS[how], tmp_path)
    users = [name for name in found["route-requires-auth"] if "users" in name]
    assert any(name.endswith("_refuses_an_anonymous_caller") for name in users)
    assert any(name.endswith("_lets_a_signed_in_caller_pass") for name in users)
    assert {control: set(outcomes.values()) for control, outcomes in found.items()} == {
        each: {"passed"} for each in found
    }


@pytest.mark.parametrize("how", ["one that a call makes", "one written after a column", "Flask-Login", "Django"])
def test_a_check_of_a_role_in_front_of_a_new_guard_is_shown_as_well(how: str, tmp_path: Path) -> None:
    shown = all_proofs(APPS[how], tmp_path)["admin-route-requires-role"]
    assert [name for name in shown if "users" in name and name.endswith("_refuses_a_caller_without_a_role")]
    assert [name for name in shown if "users" in name and name.endswith("_lets_an_administrator_pass")]
