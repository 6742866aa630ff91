"""The proof of a guard that an app has: strangers are refused, whom the guard knows passes, public routes stay open.

Where no test can make up somebody for the guard, the text of the pull request says so.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from tests.transforms.test_role_proofs_django import site
from transforms.controls import control
from transforms.policy import Policy

AUTH, ROLES = control("route-requires-auth"), control("admin-route-requires-role")
NO_ROWS = "\n\ndef find_user(key):\n    return None\n"

FASTAPI = {
    "security.py": """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2 = OAuth2PasswordBearer(tokenUrl="login")


def read_token(token):
    return None


def get_current_user(token: str = Depends(oauth2)):
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    return user
""",
    "main.py": """from fastapi import Depends, FastAPI

from security import get_current_user

app = FastAPI()


@app.get("/health")
def health():
    return {}


@app.get("/me", dependencies=[Depends(get_current_user)])
def me():
    return {}


@app.get("/mine", dependencies=[Depends(get_current_user)])
def mine():
    return {}


@app.post("/orders/{number}")
def order(number: int):
    raise RuntimeError("no handler runs in a proof")
""",
}

FLASK = """import functools
{imports}
from flask import Flask, abort, redirect, session, url_for

app = Flask(__name__)
{setup}

@app.get("/health")
def health():
    return {{}}


@app.get("/me")
{guard}
def me():
    return {{}}


@app.get("/mine")
{guard}
def mine():
    return {{}}


@app.post("/orders/<int:number>")
def order(number):
    raise RuntimeError("no handler runs in a proof")
"""
LOGIN = """app.secret_key = load_key()
manager = LoginManager(app)
manager.user_loader(find_user)


@app.post("/login")
def login():
    login_user(find_user())
    return {}

"""
DECORATOR = """

def signed_in(view):
    @functools.wraps(view)
    def guarded(*args, **kwargs):
        {check}
        return view(*args, **kwargs)

    return guarded


@app.post("/login")
def login():
    session["user_id"] = check_password()
    return {{}}

"""
TOKENS = """app.config["JWT_SECRET_KEY"] = load_key()
JWTManager(app)


@app.post("/login")
def login():
    return create_access_token(find_user())

"""
DEFINED = "\n\ndef load_key():\n    return 'for tests only, and long enough for it'\n\n\ndef find_user(key=None):\n    return None\n"


def flask(imports: str, setup: str, guard: str) -> dict[str, str]:
    text = FLASK.format(imports=imports, setup=setup, guard=guard)
    return {"main.py": text.replace("\napp = Flask", DEFINED + "\n\napp = Flask", 1)}


SESSION = "if not session.get('user_id'):\n            abort(401)"
ROWS = "if find_user(session.get('user_id')) is None:\n            abort(401)"
FLASK_APPS = {
    "Flask-Login": flask("from flask_login import LoginManager, login_required, login_user", LOGIN, "@login_required"),
    "Flask-JWT-Extended": flask(
        "from flask_jwt_extended import JWTManager, create_access_token, jwt_required", TOKENS, "@jwt_required()"
    ),
    "a key of the session": flask("", DECORATOR.format(check=SESSION), "@signed_in"),
    "a key in the session": flask(
        "", DECORATOR.format(check="if 'user_id' not in session:\n            abort(401)"), "@signed_in"
    ),
    "a key of the session, by redirect": flask(
        "",
        DECORATOR.format(check="if not session.get('user_id'):\n            return redirect(url_for('login'))"),
        "@signed_in",
    ),
}

VIEWS = """from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.views.generic import View


@login_required
def me(request):
    return HttpResponse("me")


@login_required
def mine(request):
    return HttpResponse("mine")


class Mine(LoginRequiredMixin, View):
    def get(self, request):
        return HttpResponse("mine")


def order(request, pk):
    return HttpResponse(remove(pk))


class Orders(View):
    def post(self, request, pk):
        return HttpResponse(remove(pk))
"""
URLS = """from django.urls import include, path

from shop import views

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("me/", views.me),
    path("mine/", views.mine),
    path("own/", views.Mine.as_view()),
    path("orders/<int:pk>/remove/", views.order),
    path("orders/<int:pk>/", views.Orders.as_view()),
]
"""
REST = """from django.http import HttpResponse
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class Mine(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response("mine")


class Order(APIView):
    permission_classes = []

    def delete(self, request, pk):
        return Response(remove(pk))
"""
REST_URLS = """from django.urls import path

from shop import views

urlpatterns = [
    path("mine/", views.Mine.as_view()),
    path("orders/<int:pk>/", views.Order.as_view()),
]
"""


def proven(files: Mapping[str, str], folder: Path, asked: object = AUTH) -> tuple[dict[str, str], dict[str, str], str]:
    """How the proof ends before and after, and what the patches leave to a person."""
    result = patched(files, Policy(), asked)  # type: ignore[arg-type]
    (proof,) = [each.proof for each in result.patches if each.proof is not None]
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    before = run_proof(written(files, folder / "before"), proof.content)
    todo = " ".join(line for each in result.patches for line in each.todo)
    return before, run_proof(written(after, folder / "after"), proof.content), todo


def holds(files: Mapping[str, str], folder: Path, *routes: str, health: bool = True) -> None:
    """Each route refuses strangers, which it did not, and lets pass somebody whom the guard knows."""
    before, after, todo = proven(files, folder)
    for route in routes:
        assert before[f"test_{route}_refuses_an_anonymous_caller"] == "failed"
        assert after[f"test_{route}_lets_a_signed_in_caller_pass"] == "passed"
    assert ("test_get_health_stays_open_to_everybody" in after) is health
    assert set(after.values()) == {"passed"}
    assert "No test shows" not in todo


def test_a_dependency_of_fastapi(tmp_path: Path) -> None:
    holds(FASTAPI, tmp_path, "post_orders_number")


MOUNTED = """

api = FastAPI()


@api.delete("/orders/{number}")
def cancel(number: int):
    raise RuntimeError("no handler runs in a proof")


@api.get("/mine", dependencies=[Depends(get_current_user)])
def mine_too():
    return {}


@api.get("/yours", dependencies=[Depends(get_current_user)])
def yours():
    return {}


app.mount("/api", api)
"""


def test_a_dependency_of_a_mounted_app(tmp_path: Path) -> None:
    before, after, _ = proven({**FASTAPI, "main.py": FASTAPI["main.py"] + MOUNTED}, tmp_path)
    assert before["test_post_orders_number_refuses_an_anonymous_caller"] == "failed"
    assert set(after.values()) == {"passed"}


def test_of_two_routes_with_one_path_the_first_answers(tmp_path: Path) -> None:
    twice = (
        FASTAPI["main.py"]
        + """

@app.post("/orders/{number}")
def never(number: int):
    return {}
"""
    )
    holds({**FASTAPI, "main.py": twice}, tmp_path, "post_orders_number")


@pytest.mark.parametrize("how", FLASK_APPS)
def test_a_guard_of_flask(how: str, tmp_path: Path) -> None:
    holds(FLASK_APPS[how], tmp_path, "post_orders_number")


def test_guards_of_django(tmp_path: Path) -> None:
    files = site({"shop/urls.py": URLS, "shop/views.py": VIEWS})
    holds(files, tmp_path, "get_orders_pk_remove", "post_orders_pk")


def test_a_guard_of_rest_framework(tmp_path: Path) -> None:
    files = site({"shop/urls.py": REST_URLS, "shop/views.py": REST}, more=', "rest_framework"')
    holds(files, tmp_path, "delete_orders_pk")


def test_a_guard_that_looks_for_a_row_is_left_to_a_person(tmp_path: Path) -> None:
    files = flask("", DECORATOR.format(check=ROWS), "@signed_in")
    before, after, todo = proven(files, tmp_path)
    assert before["test_post_orders_number_refuses_an_anonymous_caller"] == "failed"
    assert set(after.values()) == {"passed"}
    assert not [name for name in after if name.endswith("_pass")]
    assert "No test shows that signed_in lets signed-in callers pass" in todo


# --- checks of a role that nobody can be put in front of

BY_HAND = {
    "main.py": """from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()


def find(request):
    return None


def require_admin(request: Request):
    user = find(request.headers.get("Authorization"))
    if user is None:
        raise HTTPException(status_code=401)
    if user.role != "admin":
        raise HTTPException(status_code=403)


def require_user(request: Request):
    if find(request.headers.get("Authorization")) is None:
        raise HTTPException(status_code=401)


@app.get("/health")
def health():
    return {}


@app.get("/admin/reports", dependencies=[Depends(require_admin)])
def reports():
    return []


@app.delete("/admin/users/{number}", dependencies=[Depends(require_user)])
def delete_user(number: int):
    raise RuntimeError("no handler runs in a proof")
"""
}


def test_a_check_without_a_guard_below_is_shown_to_refuse_strangers_and_the_rest_is_said(tmp_path: Path) -> None:
    before, after, todo = proven(BY_HAND, tmp_path, ROLES)
    assert (
        before.keys()
        == after.keys()
        == {
            "test_delete_admin_users_number_refuses_an_anonymous_caller",
            "test_get_health_stays_open_to_everybody",
        }
    )
    assert set(after.values()) == {"passed"}
    assert "not that require_admin tells roles apart" in todo


def test_a_check_that_asks_for_no_one_clear_thing_is_said(tmp_path: Path) -> None:
    main = FASTAPI["main.py"].replace("import get_current_user", "import get_current_user, require_admin")
    main += """

@app.get("/admin/reports", dependencies=[Depends(require_admin)])
def reports():
    return []


@app.delete("/admin/users/{number}", dependencies=[Depends(get_current_user)])
def delete_user(number: int):
    raise RuntimeError("no handler runs in a proof")
"""
    check = """

def require_admin(user=Depends(get_current_user)):
    if not (user.is_admin or user.is_owner):
        raise HTTPException(status_code=403)
    return user
"""
    files = {"main.py": main, "security.py": FASTAPI["security.py"] + check}
    before, after, todo = proven(files, tmp_path, ROLES)
    assert before["test_delete_admin_users_number_refuses_a_caller_without_a_role"] == "failed"
    assert set(after.values()) == {"passed"}
    assert "No test shows that require_admin lets administrators pass" in todo


def test_of_two_guards_the_one_that_knows_nobody_is_left_to_a_person(tmp_path: Path) -> None:
    setup = DECORATOR.format(check=SESSION) + DECORATOR.format(check=ROWS).replace("signed_in", "of_the_house")
    setup = setup.replace('@app.post("/login")\ndef login', '@app.post("/login/again")\ndef login_again', 1)
    routes = """

@app.get("/admin/reports")
@of_the_house
def reports():
    return []


@app.delete("/admin/reports/<int:number>")
def delete_report(number):
    raise RuntimeError("no handler runs in a proof")
"""
    files = flask("", setup, "@signed_in")
    before, after, todo = proven({"main.py": files["main.py"] + routes}, tmp_path)
    assert before["test_post_orders_number_refuses_an_anonymous_caller"] == "failed"
    assert after["test_post_orders_number_lets_a_signed_in_caller_pass"] == "passed"
    assert set(after.values()) == {"passed"}
    assert "test_delete_admin_reports_number_lets_a_signed_in_caller_pass" not in after
    assert "No test shows that of_the_house lets signed-in callers pass" in todo


def test_two_guards_of_one_app_are_each_asked_at_their_own_routes(tmp_path: Path) -> None:
    check = """

def require_admin(user=Depends(get_current_user)):
    if user.get("role") != "admin":
        raise HTTPException(status_code=403)
    return user
"""
    main = FASTAPI["main.py"].replace("import get_current_user", "import get_current_user, require_admin")
    main += """

@app.get("/admin/reports", dependencies=[Depends(require_admin)])
def reports():
    return []


@app.delete("/admin/reports/{number}")
def delete_report(number: int):
    raise RuntimeError("no handler runs in a proof")


@app.post("/notes")
def add_note():
    raise RuntimeError("no handler runs in a proof")
"""
    before, after, todo = proven({"main.py": main, "security.py": FASTAPI["security.py"] + check}, tmp_path)
    assert set(after.values()) == {"passed"}
    assert {
        "test_post_orders_number_lets_a_signed_in_caller_pass",
        "test_post_notes_lets_a_signed_in_caller_pass",
        "test_delete_admin_reports_number_lets_a_signed_in_caller_pass",
    } <= after.keys()
    assert before["test_post_notes_refuses_an_anonymous_caller"] == "failed"
    assert "No test shows" not in todo
