"""APIs of Django Ninja over several files: what stands before an operation, for whom, and what a patch may add."""

import pytest

from tests.transforms.django_apps import site_of
from transforms.app import App
from transforms.concepts import Route
from transforms.edits import guard_for
from transforms.public import Openness

URLS = 'from django.urls import path\nfrom desk.api import api\nurlpatterns = [path("api/", api.urls)]\n'
API = """
from ninja import NinjaAPI, Router
from ninja.security import HttpBearer
from desk.tokens import find

class Staff(HttpBearer):
    def authenticate(self, request, token):
        user = find(token)
        if user and user.is_staff:
            return user

class Careful(HttpBearer):
    def authenticate(self, request, token):
        user = find(token)
        if user is None or not user.is_staff:
            return None
        return user

class Known(HttpBearer):
    def authenticate(self, request, token):
        try:
            return find(token)
        except LookupError:
            return None

api = NinjaAPI({auth})
api.add_router("/notes", "desk.notes.router"{hung})
{more}
"""
NOTES = """
from ninja import Router

router = Router({auth})


@router.get("/")
def listing(request):
    return find_all()


@router.post("/"{own})
def add(request, text: str):
    Note.objects.create(text=text)
"""


def site(auth: str = "", hung: str = "", own: str = "", router: str = "", more: str = "") -> App:
    return site_of({
        "desk/settings.py": 'ROOT_URLCONF = "desk.urls"\n', "desk/urls.py": URLS,
        "desk/api.py": API.format(auth=auth, hung=hung, more=more),
        "desk/notes.py": NOTES.replace("{own}", own).replace("{auth}", router),
    })  # fmt: skip


def route(app: App, name: str) -> Route:
    return next(each for each in app.routes if each.name == name)


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ({}, ["no", "no"]),
        ({"auth": "auth=Known()"}, ["yes", "yes"]),
        ({"hung": ", auth=Known()"}, ["yes", "yes"]),
        ({"auth": "auth=Known()", "own": ", auth=None"}, ["yes", "no"]),
        ({"auth": "auth=Known()", "router": "auth=None"}, ["no", "no"]),
        ({"auth": "auth=Known()", "hung": ", auth=None", "router": "auth=known"}, ["no", "no"]),
        ({"own": ", auth=[Known(), lost]"}, ["no", "unknown"]),
    ],
)
def test_the_nearest_word_counts(said: dict[str, str], answers: list[str]) -> None:
    app = site(**said)
    found = [app.access(route(app, f"{method} /api/notes/")).answer.value for method in ("GET", "POST")]
    assert found == answers


def test_an_operation_that_takes_the_question_away_may_mean_it() -> None:
    app = site(auth="auth=Known()", own=", auth=None")
    assert app.publicity(route(app, "POST /api/notes/")).openness is Openness.UNSURE


def test_what_answers_staff_only_asks_for_a_role() -> None:
    asked = {each: site(auth=f"auth={each}()") for each in ("Staff", "Careful", "Known")}
    assert {each: app.roles.check(route(app, "GET /api/notes/")).is_there for each, app in asked.items()} == {
        "Staff": True, "Careful": True, "Known": False,
    }  # fmt: skip


def test_an_operation_for_all_asks_what_others_for_all_ask() -> None:
    def of(auth: str) -> str:
        return f'@api.get("/{auth.lower()}", auth={auth}())\ndef for_{auth.lower()}(request): return find_all()\n'

    app = site(more=of("Staff") + of("Known"))
    guard = guard_for(app, route(app, "POST /api/notes/"))
    assert guard is not None
    assert guard.symbol == "desk.api.Known()"
    app = site(more=of("Staff"))
    assert guard_for(app, route(app, "POST /api/notes/")) is None


CONTROLLERS = """
from ninja_extra import NinjaExtraAPI, api_controller, http_get, http_post, permissions
from ninja_extra.permissions import BasePermission, IsAdminUser, IsAuthenticated, IsAuthenticatedOrReadOnly

class IsOpen(BasePermission):
    def has_permission(self, request, controller):
        return True

class IsStaff(BasePermission):
    def has_permission(self, request, controller):
        return bool(request.user.is_authenticated and request.user.is_staff)

@api_controller("/notes"{shared})
class Notes:
    @http_get("/")
    def listing(self):
        return find_all()

    @http_post("/"{own})
    def add(self, text: str):
        Note.objects.create(text=text)

api = NinjaExtraAPI()
api.register_controllers(Notes)
"""


def controllers(shared: str = "", own: str = "") -> App:
    written = CONTROLLERS.replace("{shared}", shared and f", permissions=[{shared}]")
    return site_of({
        "desk/settings.py": 'ROOT_URLCONF = "desk.urls"\n', "desk/urls.py": URLS,
        "desk/api.py": written.replace("{own}", own and f", permissions=[{own}]"),
    })  # fmt: skip


@pytest.mark.parametrize(
    ("shared", "own", "answers"),
    [
        ("", "", ["no", "no"]),
        ("IsAuthenticated", "", ["yes", "yes"]),
        ("permissions.IsAuthenticated", "permissions.AllowAny", ["yes", "no"]),
        ("IsAuthenticatedOrReadOnly", "", ["no", "yes"]),
        ("IsOpen", "IsStaff", ["no", "yes"]),
        ("IsOpen, IsStaff", "", ["yes", "yes"]),
        ("IsOpen | IsStaff", "IsAdminUser | IsStaff", ["no", "yes"]),
        ("", "*more", ["no", "unknown"]),
    ],
)
def test_permissions_of_a_controller_have_to_say_yes(shared: str, own: str, answers: list[str]) -> None:
    app = controllers(shared, own)
    assert [app.access(route(app, f"{method} /api/notes/")).answer for method in ("GET", "POST")] == answers


@pytest.mark.parametrize(("own", "answer"), [("IsAdminUser", "yes"), ("IsStaff", "yes"), ("IsAuthenticated", "no")])
def test_permissions_that_let_staff_pass_ask_for_a_role(own: str, answer: str) -> None:
    app = controllers("IsAuthenticated", own)
    assert app.roles.check(route(app, "POST /api/notes/")).answer == answer
