"""Which routes are for administrators in spirit, how sure that is, and what only looks like it."""

import pytest

from tests.transforms import page_samples
from tests.transforms.joined import app_of
from transforms.administration import Spirit

HEAD = (
    "from fastapi import Depends, FastAPI, HTTPException\nfrom fastapi.responses import RedirectResponse\n"
    "from fastapi.security import OAuth2PasswordBearer\noauth2 = OAuth2PasswordBearer(tokenUrl='t')\n"
    "def user(t: str = Depends(oauth2)):\n    if read(t) is None:\n        raise HTTPException(401)\n    return t\n"
    "def knows(u=Depends(user)):\n    if u.role != 'admin':\n        raise HTTPException(403)\napp = FastAPI()\n"
)


def spirit(method: str, path: str, handler: str = "handle", parameters: str = "", body: str = "...") -> Spirit | None:
    source = f"{HEAD}@app.{method}('{path}')\ndef {handler}({parameters}):\n    {body}\n"
    app = app_of(source)
    return app.spirit(app.routes[0])


@pytest.mark.parametrize(
    ("method", "path", "sureness"),
    [
        ("get", "/admin/orders", "high"),
        ("get", "/api/v1/users", "high"),
        ("delete", "/users/{user_id}", "high"),
        ("put", "/users/{id}", "high"),
        ("get", "/users/{id}", "medium"),
        ("post", "/users", "medium"),
        ("post", "/users/{id}/ban", "high"),
        ("get", "/list_users", "high"),
        ("get", "/export/users", "high"),
        ("post", "/roles", "high"),
        ("get", "/roles", "medium"),
        ("put", "/users/{id}/role", "high"),
        ("post", "/configure", "medium"),
        ("patch", "/settings", "medium"),
        ("get", "/logs", "medium"),
        ("get", "/audit-logs", "medium"),
        ("post", "/ingest", "medium"),
        ("post", "/seed", "medium"),
        ("get", "/teams/{team_id}/users", "low"),
    ],
)
def test_a_route_is_for_administrators(method: str, path: str, sureness: str) -> None:
    found = spirit(method, path)
    assert found is not None
    assert found.sureness == sureness


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/users/me"),
        ("patch", "/users/me/settings"),
        ("get", "/users/{session_id}"),
        ("get", "/users/{id}/orders"),
        ("get", "/orders"),
        ("delete", "/orders/{id}"),
        ("get", "/settings"),
        ("put", "/devices/{id}/config"),
        ("post", "/auth/users/login"),
        ("post", "/data"),
        ("post", "/logs"),
        ("get", "/profile"),
        ("post", "/auth/totp/setup"),
    ],
)
def test_a_route_is_for_everybody(method: str, path: str) -> None:
    assert spirit(method, path) is None


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ("return u", True),
        ("if u is None:\n        return None\n    return u", True),
        ("return find_all(u)", False),
        ("return Shown(KEPT)", False),
        ("return KEPT", False),
        ("return [each for each in KEPT]", False),
    ],
)
def test_who_looks_nobody_up_shows_the_caller_alone(body: str, own: bool) -> None:
    shown = "class Shown: ...\nfrom store import find_all\nKEPT = []\n"
    source = f"{HEAD}{shown}@app.get('/users')\ndef get_user(u=Depends(user)):\n    {body}\n"
    app = app_of(source)
    assert (app.spirit(app.routes[0]) is None) is own


def test_settings_of_who_is_calling_are_theirs() -> None:
    assert spirit("put", "/settings", parameters="u=Depends(user)") is None


def test_a_handler_called_after_administrators() -> None:
    found = spirit("get", "/x", "admin_dashboard")
    assert found is not None
    assert found.is_sure


def test_what_leads_back_to_an_administrators_page_is_a_button_on_it() -> None:
    found = spirit("post", "/requests/{id}/status", body="return RedirectResponse('/admin/requests')")
    assert found is not None
    assert found.reason == "afterwards it leads to an administrators' page"
    assert spirit("get", "/requests", body="return RedirectResponse('/admin/requests')") is None


def test_in_an_app_without_roles_a_list_of_members_is_a_doubt() -> None:
    source = (
        HEAD.partition("def knows")[0] + "app = FastAPI()\n@app.get('/users')\ndef list_users(u=Depends(user)): ...\n"
    )
    app = app_of(source)
    found = app.spirit(app.routes[0])
    assert found is not None
    assert not found.is_sure


def test_where_only_administrators_sign_in_all_else_is_theirs_or_for_visitors() -> None:
    app = app_of(
        HEAD
        + "@app.post('/admin/login')\ndef admin_login(d: dict): ...\n@app.delete('/gallery/{id}')\ndef delete_item(id: int): ...\n"
        "@app.get('/gallery')\ndef gallery(): ...\n"
    )
    known = {route.name: app.spirit(route) for route in app.routes}
    assert known["DELETE /gallery/{id}"] is not None
    assert known["GET /gallery"] is None


def test_making_the_first_administrator_is_told_apart() -> None:
    found = spirit("post", "/admin/init")
    assert found is not None
    assert found.first
    other = spirit("post", "/admin/users")
    assert other is not None
    assert not other.first


SIGN_UP = "@app.post('/users')\ndef create_user(d: dict): ...\n@app.get('/users/{{id}}')\ndef read(id: int{0}): ...\n@app.put('/users/{{id}}')\ndef change(id: int{0}): ...\n"


@pytest.mark.parametrize(("guard", "sure"), [(", u=Depends(user)", False), ("", True)])
def test_making_an_account_may_be_signing_up_where_all_beside_it_is_guarded(guard: str, sure: bool) -> None:
    app = app_of(HEAD + SIGN_UP.format(guard))
    (route,) = [each for each in app.routes if each.name == "POST /users"]
    found = app.spirit(route)
    assert found is not None
    assert found.is_sure is sure


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        ("st.write(db.execute('select * from users').fetchall())", "it lists the accounts of everybody"),
        ("st.write(db.execute('insert into users values (1)'))", "it makes accounts"),
    ],
)
def test_a_page_about_accounts_is_judged_by_what_it_does(statement: str, because: str) -> None:
    page = f"import sqlite3\nimport streamlit as st\ndb = sqlite3.connect('x.db')\n{statement}\n"
    files = {"app.py": "import streamlit as st\nst.title('Stock')\n", "pages/users.py": page}
    app = page_samples.app_of(files)
    assert [each.reason for route in app.routes if (each := app.spirit(route)) is not None] == [because]


def test_a_websocket_of_somebody_changes_no_account() -> None:
    assert spirit("websocket", "/ws/users/{user_id}") is None
    assert spirit("websocket", "/ws/admin/{user_id}") is not None


def test_a_page_that_asks_who_is_calling_may_be_about_their_own_account() -> None:
    handles = "from flask import Blueprint, Flask\nfrom flask_login import current_user, login_required\napp = Flask(__name__)\n"
    page = (
        "@users.route('/', methods=['GET', 'POST'])\n@login_required\ndef {name}():\n    return show(current_user.id)\n"
    )
    admin = "@app.post('/admin/purge')\n@login_required\ndef purge():\n    if not current_user.is_admin:\n        abort(403)\n"
    start = f"{handles}users = Blueprint('users', __name__, url_prefix='/users')\n{admin}"

    def sureness(name: str) -> str | None:
        app = app_of(f"{start}{page.format(name=name)}app.register_blueprint(users)\n")
        found = app.spirit(next(route for route in app.routes if route.path == "/users/"))
        return found.sureness if found is not None else None

    assert sureness("overview") == "low"
    assert sureness("create") == "medium"
