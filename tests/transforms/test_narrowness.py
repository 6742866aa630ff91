"""A page for everybody who is signed in gets no guard that lets in accounts of one kind only."""

import pytest

from tests.transforms.django_apps import site_of
from tests.transforms.joined import app_of, route_of
from transforms.edits import guard_for
from transforms.frameworks.flask_reuse import known_to
from transforms.narrowness import lets_only_some_in
from transforms.reuse import Guard

HEAD = """
import functools
from flask import Blueprint, Flask, abort, g, redirect, request, session
from flask_login import current_user
from people import find

app = Flask(__name__)
desk = Blueprint("desk", __name__)
app.register_blueprint(desk)
KEEPER = "keeper"


class Keeper: ...
"""
GUARD = """
def {name}(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        {body}
        return view(*args, **kwargs)
    return wrapper
"""
OPEN = "@app.post('/notes')\ndef write(): return keep()\n"


def guard(name: str, *tests: str) -> str:
    return GUARD.format(name=name, body="\n        ".join(f"if {each}:\n            abort(403)" for each in tests))


@pytest.mark.parametrize(
    "test",
    [
        "session.get('account_kind') != 'keeper'",
        "'user_id' not in session or session['kind'] != KEEPER",
        "session.get('account_kind') not in ('keeper', 'guide')",
        "not current_user.is_authenticated or not current_user.is_keeper",
        "not hasattr(current_user, 'keeper')",
        "not isinstance(current_user, Keeper)",
        "not g.user or g.user.badge != 'keeper'",
        "not find(session['user_id']).is_keeper",
        "session.get('role') != 'keeper'",
    ],
)
def test_a_guard_for_one_kind_of_accounts_is_known_by_what_it_asks(test: str) -> None:
    assert lets_only_some_in(app_of(HEAD + guard("checked", test)), "app.checked")


@pytest.mark.parametrize(
    "test",
    [
        "not session.get('user_id')",
        "'keeper_id' not in session",
        "session.get('logged_in') is not True",
        "not current_user.is_authenticated or not current_user.is_active",
        "find(session['user_id']) is None",
        "request.headers.get('X-Key') != app.config['KEY']",
        "not find(request.headers['Authorization']).expires_at",
        "not current_user.email_verified",
        "current_user.status != 'active'",
        "current_user.deleted_at is not None",
        "not current_user.mfa_enabled",
    ],
)
def test_a_guard_for_everybody_who_is_signed_in_is_known_by_what_it_asks(test: str) -> None:
    assert not lets_only_some_in(app_of(HEAD + guard("keeper_required", test)), "app.keeper_required")


KEEPERS = guard("keeper_required", "session.get('account_kind') != 'keeper'")
SIGNED_IN = guard("signed_in", "not session.get('user_id')")
HALLS = "@app.{method}('/halls{path}')\n@{guard}\ndef halls_{method}(): return keep()\n"


def halls(guard: str, *methods: str) -> str:
    return "".join(HALLS.format(method=each, guard=guard, path="") for each in methods)


def chosen(source: str, name: str) -> str | None:
    app = app_of(HEAD + source)
    found = guard_for(app, route_of(app, name))
    return found.symbol if found is not None else None


def test_the_guard_for_all_goes_before_one_for_some_that_is_used_more() -> None:
    source = KEEPERS + SIGNED_IN + halls("keeper_required", "get", "post", "put") + OPEN
    assert chosen(source, "POST /notes") == "app.signed_in"


def test_where_all_guards_are_for_some_there_is_no_patch() -> None:
    assert chosen(KEEPERS + halls("keeper_required", "get", "post") + OPEN, "POST /notes") is None


def test_a_page_among_others_for_the_same_people_gets_their_guard() -> None:
    forgotten = "@app.delete('/halls/<int:id>')\ndef remove(id): return keep()\n"
    source = KEEPERS + halls("keeper_required", "get", "post") + forgotten + OPEN
    assert chosen(source, "DELETE /halls/{id}") == "app.keeper_required"


def test_two_kinds_of_accounts_with_keys_of_their_own_are_told_apart() -> None:
    doctors = guard("doctor_in", "'doctor_id' not in session")
    patients = guard("patient_in", "'patient_id' not in session")
    wards = "@app.get('/wards')\n@doctor_in\ndef wards(): return 1\n"
    visits = "@app.get('/visits')\n@patient_in\ndef visits(): return 1\n"
    assert chosen(doctors + wards + OPEN, "POST /notes") == "app.doctor_in"
    assert chosen(doctors + patients + wards + visits + OPEN, "POST /notes") is None


def test_a_test_is_not_signed_in_by_any_word_in_the_key_that_a_guard_compares() -> None:
    app = app_of(HEAD + KEEPERS + SIGNED_IN)
    assert known_to(app, Guard("app", "signed_in", own=True)) == ("flask_session", "user_id")
    assert known_to(app, Guard("app", "keeper_required", own=True)) is None


VIEWS = """
from functools import wraps
from django.contrib.auth import login
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import HttpResponseForbidden
from django.shortcuts import redirect
from django.views.generic import CreateView
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView


def keeper_required(view):
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not request.user.is_authenticated or not hasattr(request.user, "keeper"):
            return HttpResponseForbidden()
        return view(request, *args, **kwargs)
    return inner


class KeeperMixin(UserPassesTestMixin):
    def test_func(self):
        return self.request.user.profile.kind == "keeper"


class IsKeeper(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.kind == "keeper"


@keeper_required
def halls(request):
    Hall.objects.create()


class AddHall(KeeperMixin, CreateView):
    model = Hall


class Halls(APIView):
    permission_classes = [IsKeeper]
    def post(self, request):
        Hall.objects.create()


def send(request):
    Note.objects.create(text=request.POST["text"])


class Send(CreateView):
    model = Note


class Notes(APIView):
    def post(self, request):
        Note.objects.create()
"""
URLS = """
from django.urls import include, path
from shop import views

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("halls/", views.halls), path("add/", views.AddHall.as_view()), path("api/halls/", views.Halls.as_view()),
    path("send/", views.send), path("note/", views.Send.as_view()), path("api/notes/", views.Notes.as_view()),
]
"""


@pytest.mark.parametrize(
    ("path", "guard"),
    [
        ("/send/", "django.contrib.auth.decorators.login_required"),
        ("/note/", "django.contrib.auth.mixins.LoginRequiredMixin"),
        ("/api/notes/", "rest_framework.permissions.IsAuthenticated"),
    ],
)
def test_a_view_of_django_for_everybody_gets_the_login_and_not_a_guard_for_some(path: str, guard: str) -> None:
    files = {"shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n', "shop/urls.py": URLS, "shop/views.py": VIEWS}
    app = site_of(files)
    found = guard_for(app, next(each for each in app.routes if each.path == path))
    assert found is not None
    assert found.symbol == guard


DEPENDING = """
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2 = OAuth2PasswordBearer(tokenUrl="login")
app = FastAPI()


def signed_in(token: str = Depends(oauth2)):
    user = find(token)
    if user is None:
        raise HTTPException(401)
    return user


def of_house(user=Depends({below})):
    if user.role != "keeper":
        raise HTTPException(403)
    return user


@app.get("/animals/{{number}}", dependencies=[Depends(of_house)])
def animal(number: int): ...


@app.delete("/animals/{{number}}", dependencies=[Depends(of_house)])
def away(number: int): ...


@app.post("/animals")
def arrive(): ...


@app.post("/notes")
def write(): ...
"""


def test_a_dependency_for_accounts_of_one_kind_is_none_for_all() -> None:
    """The wider one below it is taken, though no route uses it by itself; else none; beside its own routes it stays."""
    wide = app_of(DEPENDING.format(below="signed_in"))
    assert guard_for(wide, route_of(wide, "POST /notes")) == Guard("app", "signed_in", own=True)
    assert guard_for(wide, route_of(wide, "POST /animals")) == Guard("app", "of_house", own=True)


def test_where_there_is_no_wider_dependency_none_is_taken() -> None:
    wide = DEPENDING.format(below="signed_in")
    guard = wide[wide.index("def signed_in") : wide.index("@app.get")]
    alone = "def of_house(token: str = Depends(oauth2)):\n    user = find(token)\n    if user.role != 'keeper':\n"
    narrow = app_of(wide.replace(guard, f"{alone}        raise HTTPException(403)\n    return user\n\n\n"))
    assert guard_for(narrow, route_of(narrow, "POST /notes")) is None
