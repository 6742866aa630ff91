"""The proofs that a check of a role brings along on Flask: they fail on the app as it was and pass on the patched one."""

from collections.abc import Mapping
from pathlib import Path

from tests.transforms.test_role_proofs import outcomes
from transforms.examples import admin_route_requires_role_flask as example

MODELS = """from flask_login import UserMixin
from sqlalchemy import Boolean, Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(UserMixin, Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String)
    is_admin = Column(Boolean, default=False)
"""
HEALTH = '\n\n@app.get("/health")\ndef health():\n    return {}\n'
CLASS_VIEW = """

class Accounts(MethodView):
    @login_required
    def delete(self, user_id):
        return remove(user_id)


app.add_url_rule("/admin/users/<int:user_id>", view_func=Accounts.as_view("accounts"))
"""


def shop(files: Mapping[str, str]) -> dict[str, str]:
    main = files["main.py"].replace("load_key()", "'for tests only'") + HEALTH
    return {**files, "models.py": MODELS, "main.py": main}


DELETE = "test_post_admin_users_user_id_delete"


def test_the_apps_own_decorator_leads_who_has_no_role_elsewhere(tmp_path: Path) -> None:
    before, after = outcomes(shop(example.shop()), tmp_path)
    assert before[f"{DELETE}_refuses_a_caller_without_a_role"] == "failed"
    assert before[f"{DELETE}_refuses_an_anonymous_caller"] == "passed"
    assert "test_get_health_stays_open_to_everybody" in after
    assert set(after.values()) == {"passed"}


def test_a_decorator_after_the_columns_of_the_app_lets_administrators_pass(tmp_path: Path) -> None:
    before, after = outcomes(shop(example.shop(security=None, rest="")), tmp_path)
    assert before[f"{DELETE}_refuses_a_caller_without_a_role"] == "failed"
    assert after[f"{DELETE}_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}


def test_the_method_of_a_class_is_decorated(tmp_path: Path) -> None:
    files = shop(example.shop())
    main = files["main.py"].replace(
        "from flask import Flask", "from flask import Flask\nfrom flask.views import MethodView"
    )
    cut = main[: main.index('\n\n@app.post("/admin/users')]
    before, after = outcomes({**files, "main.py": cut + CLASS_VIEW}, tmp_path)
    assert before["test_delete_admin_users_user_id_refuses_a_caller_without_a_role"] == "failed"
    assert set(after.values()) == {"passed"}


def test_the_method_that_was_forgotten_is_asked_for_and_no_other(tmp_path: Path) -> None:
    before, after = outcomes(shop(example.shared()), tmp_path)
    forgotten = "test_delete_admin_users_user_id"
    assert before[f"{forgotten}_refuses_a_caller_without_a_role"] == "failed"
    assert f"{forgotten}_lets_an_administrator_pass" not in after  # that would run what the handler does
    assert set(after.values()) == {"passed"}


def test_the_inserted_decorator_tells_roles_apart(tmp_path: Path) -> None:
    main = (
        "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/admin/users')\ndef users():\n    return []\n"
    )
    before, after = outcomes({"main.py": main + HEALTH}, tmp_path)
    assert before["test_get_admin_users_refuses_a_caller_without_role_admin"] == "failed"
    assert set(after.values()) == {"passed"}
