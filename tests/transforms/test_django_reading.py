"""What stands in front of Django views when it is spread over files: settings, base classes, middleware, helpers."""

from collections.abc import Mapping

import pytest

from transforms.access import Answer
from transforms.app import App
from transforms.facts import dump, load
from transforms.frameworks import frameworks
from transforms.public import Openness, Publicity
from transforms.source import SourceFile
from transforms.walk import read

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
SETTINGS = 'ROOT_URLCONF = "shop.urls"\n'
PAGE = "from django.http import HttpResponse\n\n\ndef page(request):\n    return HttpResponse()\n"
URLS = "from django.urls import path\n\nfrom .views import {0}\n\nurlpatterns = [path('x/', {1})]\n"
REST = 'REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n'
API = "from rest_framework.views import APIView\n\n\nclass Api(APIView):\n    def get(self, request): ...\n"


def app_of(files: Mapping[str, str]) -> App:
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    return App([load(dump(read(source, frameworks()))) for source in sources])


def site(settings: str = "", views: str = PAGE, name: str = "page", **more: str) -> App:
    called = f"{name}.as_view()" if name[0].isupper() else name
    files = {
        "shop/settings.py": SETTINGS + settings,
        "shop/urls.py": URLS.format(name, called),
        "shop/views.py": views,
        "manage.py": "",
    }
    return app_of(files | {f"shop/{path}.py": text for path, text in more.items()})


def access(app: App) -> Answer:
    """The access of the only route."""
    (route,) = app.routes
    return app.access(route).answer


LOGIN_FOR_ALL = 'MIDDLEWARE = ["django.contrib.auth.middleware.LoginRequiredMiddleware"]\n'


def test_a_login_for_all_stands_before_every_view() -> None:
    assert access(site(LOGIN_FOR_ALL)) is YES


def test_a_view_may_be_let_through_by_the_login_for_all() -> None:
    free = PAGE.replace("def page", "@login_not_required\ndef page")
    assert access(site(LOGIN_FOR_ALL, "from django.contrib.auth.decorators import login_not_required\n" + free)) is NO


def test_the_login_for_all_does_not_stand_before_rest_views() -> None:
    assert access(site(LOGIN_FOR_ALL, API, "Api")) is NO


GATE = """from django.http import JsonResponse


class Gate:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if {0}not request.user.is_authenticated:
            return JsonResponse({{}}, status=401)
        return self.get_response(request)
"""


@pytest.mark.parametrize(("condition", "answer"), [("", YES), ("request.path.startswith('/x') and ", UNKNOWN)])
def test_own_middleware_is_read(condition: str, answer: Answer) -> None:
    assert access(site('MIDDLEWARE = ["shop.gate.Gate"]\n', gate=GATE.format(condition))) is answer


def test_middleware_added_later_counts() -> None:
    settings = 'MIDDLEWARE = []\nMIDDLEWARE += ["shop.gate.Gate"]\n'
    assert access(site(settings, gate=GATE.format(""))) is YES


def test_the_default_of_settings_stands_before_rest_views_only() -> None:
    assert access(site(REST, API, "Api")) is YES
    assert access(site(REST)) is NO


def test_settings_without_a_default_let_everybody_pass() -> None:
    assert access(site("REST_FRAMEWORK = {}\n", API, "Api")) is NO


def test_the_default_may_be_set_by_its_key() -> None:
    default = 'REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] = ("rest_framework.permissions.IsAdminUser",)\n'
    files = {"settings/base.py": SETTINGS + "REST_FRAMEWORK = {**COMMON}\n" + default}
    files |= {"shop/urls.py": URLS.format("Api", "Api.as_view()"), "shop/views.py": API, "manage.py": ""}
    assert access(app_of(files)) is YES


def test_settings_split_over_files_are_read_together() -> None:
    files = {
        "conf/base.py": SETTINGS + REST,
        "conf/production.py": "from .base import *\n\nDEBUG = False\n",
        "shop/urls.py": URLS.format("Api", "Api.as_view()"),
        "shop/views.py": API,
        "manage.py": "",
    }
    assert access(app_of(files)) is YES


def test_settings_that_disagree_leave_it_open_what_holds() -> None:
    other = 'REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}\n'
    assert access(site(REST, API, "Api", production=other)) is UNKNOWN


def test_settings_of_tests_do_not_count() -> None:
    other = 'REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}\n'
    files = {"shop/settings.py": SETTINGS + REST, "shop/urls.py": URLS.format("Api", "Api.as_view()")}
    assert access(app_of(files | {"shop/views.py": API, "tests/settings.py": other, "manage.py": ""})) is YES


BASE = """from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from .rules import OnlyStaff


class Base(APIView):
    permission_classes = [{0}]
"""
RULES = """from rest_framework.permissions import BasePermission


class OnlyStaff(BasePermission):
    def has_permission(self, request, view):
        return may(request.user)


def may(user):
    return user.is_authenticated and user.is_staff
"""


@pytest.mark.parametrize("rule", ["IsAuthenticated", "OnlyStaff"])
def test_a_base_class_of_another_file_says_it(rule: str) -> None:
    views = "from .base import Base\n\n\nclass Api(Base):\n    def get(self, request): ...\n"
    assert access(site("", views, "Api", base=BASE.format(rule), rules=RULES)) is YES


def test_naming_a_class_replaces_what_the_base_says() -> None:
    views = "from rest_framework.permissions import AllowAny\n\nfrom .base import Base\n\n\n"
    views += "class Api(Base):\n    permission_classes = [AllowAny]\n\n    def get(self, request): ...\n"
    assert access(site("", views, "Api", base=BASE.format("OnlyStaff"), rules=RULES)) is NO


SIGNED = """from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.tokens import AccessToken


class Signed:
    def who(self, request):
        try:
            return AccessToken({given})["user_id"]
        except Exception:
            pass
        raise AuthenticationFailed("sign in")


class Api(APIView, Signed):
    def get(self, request):
        return find(self.who(request))
"""


@pytest.mark.parametrize(("given", "answer"), [('request.COOKIES.get("access")', YES), ("", UNKNOWN)])
def test_a_mixin_of_the_app_may_look_at_the_token(given: str, answer: Answer) -> None:
    assert access(site("", SIGNED.replace("{given}", given), "Api")) is answer


def test_a_decorator_of_the_app_that_wraps_a_known_one() -> None:
    own = "from django.contrib.auth.decorators import user_passes_test\n\n\n"
    own += "def staff_only(view):\n    return user_passes_test(lambda user: user.is_staff)(view)\n"
    views = "from .access import staff_only\n" + PAGE.replace("def page", "@staff_only\ndef page")
    assert access(site("", views, access=own)) is YES


def test_a_test_in_another_file_is_read() -> None:
    own = "def everybody(user):\n    return True\n"
    views = "from django.contrib.auth.decorators import user_passes_test\n\nfrom .access import everybody\n"
    views += PAGE.replace("def page", "@user_passes_test(everybody)\ndef page")
    assert access(site("", views, access=own)) is NO


def test_nested_includes_join_their_paths() -> None:
    files = {
        "shop/settings.py": SETTINGS,
        "shop/urls.py": "from django.urls import include, path\n\n"
        "urlpatterns = [path('api/', include([path('v1/', include('orders.urls'))]))]\n",
        "orders/urls.py": "from rest_framework.routers import SimpleRouter\n\nfrom .views import Orders\n\n"
        "router = SimpleRouter()\nrouter.register('orders', Orders)\nurlpatterns = [*router.urls]\n",
        "orders/views.py": "from rest_framework.viewsets import ReadOnlyModelViewSet\n\n\n"
        "class Orders(ReadOnlyModelViewSet): ...\n",
        "manage.py": "",
    }
    assert [route.name for route in app_of(files).routes] == ["GET /api/v1/orders/", "GET /api/v1/orders/{pk}/"]


def test_the_urls_of_a_router_may_be_all_that_a_module_has() -> None:
    urls = "from rest_framework.routers import SimpleRouter\n\nfrom .views import Orders\n\n"
    files = {
        "shop/settings.py": SETTINGS,
        "shop/urls.py": "from django.urls import include, path\n\nurlpatterns = [path('api/', include('orders.urls'))]\n",
        "orders/urls.py": urls
        + "router = SimpleRouter()\nrouter.register('orders', Orders)\nurlpatterns = router.urls\n",
        "orders/views.py": "from rest_framework import mixins, viewsets\n\n\n"
        "class Orders(mixins.CreateModelMixin, viewsets.GenericViewSet): ...\n",
    }
    (route,) = app_of(files).routes
    assert (route.name, route.app) == ("POST /api/orders/", "shop.settings.<site>")


TWICE = """from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny, IsAuthenticated


@api_view(["GET"])
@permission_classes([{0}])
def page(request): ...


@api_view(["GET"])
@permission_classes([{1}])
def page(request): ...
"""


@pytest.mark.parametrize(
    ("first", "last", "answer"), [("IsAuthenticated", "AllowAny", NO), ("AllowAny", "IsAuthenticated", YES)]
)
def test_of_a_view_that_is_written_twice_the_last_is_served(first: str, last: str, answer: Answer) -> None:
    assert access(site("", TWICE.format(first, last))) is answer


def test_a_package_stands_before_a_module_of_the_same_name() -> None:
    old = SETTINGS + 'MIDDLEWARE = ["elsewhere.access.LoginMiddleware"]\n'
    files = {
        "shop/settings.py": old,
        "shop/settings/base.py": SETTINGS,
        "shop/urls.py": URLS.format("page", "page"),
        "shop/views.py": PAGE,
        "manage.py": "",
    }
    assert access(app_of(files | {"shop/settings/__init__.py": "from .base import *\n"})) is NO
    assert [route.app for route in app_of({each: files[each] for each in files if "base" not in each}).routes] == [
        "shop.settings.<site>"
    ]


def test_a_router_may_be_filled_in_another_file() -> None:
    files = {
        "shop/settings.py": SETTINGS,
        "shop/routers.py": "from rest_framework.routers import DefaultRouter\n\nrouter = DefaultRouter()\n",
        "shop/urls.py": "from django.urls import include, path\n\nfrom .routers import router\n\n"
        "urlpatterns = [path('api/', include((router.urls, 'api')))]\n",
        "orders/api.py": "from rest_framework import mixins, viewsets\n\nfrom shop.routers import router\n\n\n"
        "class Orders(mixins.CreateModelMixin, viewsets.GenericViewSet): ...\n\n\nrouter.register('orders', Orders)\n",
        "manage.py": "",
    }
    assert [route.name for route in app_of(files).routes] == ["POST /api/orders/"]


def test_what_is_registered_elsewhere_is_no_route() -> None:
    files = {"shop/signals.py": "import rest_framework\n\nregistry.register('orders', Orders)\n"}
    assert app_of(files).routes == ()


CONSUMER = """from channels.generic.websocket import AsyncWebsocketConsumer


class Feed(AsyncWebsocketConsumer):
    async def connect(self):
        {0}await self.accept()
"""
REFUSES = 'if self.scope["user"].is_anonymous:\n            await self.close()\n            return\n        '


@pytest.mark.parametrize(("check", "answer"), [("", NO), (REFUSES, YES)])
def test_a_websocket_is_guarded_where_it_connects(check: str, answer: Answer) -> None:
    urls = "from django.urls import re_path\n\nfrom .views import Feed\n\n"
    urls += "websocket_urlpatterns = [re_path(r'^ws/(?P<key>\\d+)/$', Feed.as_asgi())]\n"
    app = app_of({"shop/routing.py": urls, "shop/views.py": CONSUMER.format(check)})
    (route,) = app.routes
    assert (route.name, route.shown, app.access(route).answer) == (
        "WEBSOCKET /ws/{key}/",
        "shop.views.Feed.connect",
        answer,
    )


KEPT = """from django.contrib.auth.decorators import login_required, user_passes_test
from django.shortcuts import render
from .models import Book, Order


def books(request):
    return render(request, "books.html", {{"books": {read}.objects.all()}})


@user_passes_test(lambda user: {asked})
def add(request):
    if request.method == "POST":
        {written}.objects.create(title=request.POST["title"])
    return render(request, "add.html")


@login_required
def take(request):
    if request.method == "POST":
        {taken}
    return render(request, "take.html")
"""
BOOKS = {
    "shop/settings.py": SETTINGS,
    "shop/models.py": "from django.db import models\nclass Book(models.Model): ...\nclass Order(models.Model): ...\n",
    "shop/urls.py": "from django.urls import path\nfrom . import views\nurlpatterns = [\n"
    "    path('shelf/', views.books), path('desk/add/', views.add), path('take/', views.take),\n]\n",
}


@pytest.mark.parametrize(
    ("read", "asked", "written", "taken", "unsure"),
    [
        ("Book", "user.is_staff", "Book", "Book.objects.get(pk=1)", True),
        ("Book", "user.is_staff", "Book", "Book.objects.update(taken=True)", False),
        ("Book", "user.is_authenticated", "Book", "pass", False),
        ("Book", "user.is_staff", "Order", "pass", False),
        ("Order", "user.is_staff", "Order", "pass", False),
    ],
)
def test_what_only_administrators_change_may_be_for_everybody_to_read(
    read: str, asked: str, written: str, taken: str, unsure: bool
) -> None:
    views = KEPT.format(read=read, asked=asked, written=written, taken=taken)
    app = app_of(BOOKS | {"shop/views.py": views})
    assert app.publicity(app.routes[0]).is_unsure is unsure


OWN_ROWS = """from django.contrib.auth import get_user_model
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticated

User = get_user_model()


class Users(viewsets.ModelViewSet):
    permission_classes = [IsAuthenticated]

    def get_queryset(self):
        {0}
"""


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ("return User.objects.filter(id=self.request.user.id).order_by('name')", True),
        ("user = self.request.user\n        return User.objects.filter(pk=user.pk)", True),
        (
            "user = self.request.user\n        if user.is_staff:\n            return User.objects.all()\n"
            "        return User.objects.filter(pk=user.pk)",
            True,
        ),
        ("return User.objects.filter(tenant=self.request.user.tenant)", False),
        ("return User.objects.filter(id=self.request.GET['id'])", False),
        (
            "if self.action == 'list':\n            return User.objects.all()\n"
            "        return User.objects.filter(id=self.request.user.id)",
            False,
        ),
    ],
)
def test_a_view_that_knows_no_rows_but_the_caller_s_is_not_for_administrators(body: str, own: bool) -> None:
    urls = "from rest_framework.routers import DefaultRouter\nfrom .views import Users\n"
    urls += "router = DefaultRouter()\nrouter.register('users', Users)\nurlpatterns = router.urls\n"
    app = app_of({"shop/settings.py": SETTINGS, "shop/urls.py": urls, "shop/views.py": OWN_ROWS.format(body)})
    spirits = {each.name: app.spirit(each) is not None for each in app.routes}
    assert spirits.pop("POST /users/")
    assert set(spirits.values()) == {not own}


def test_a_view_that_shows_a_form_and_takes_it_may_be_for_visitors() -> None:
    views = PAGE.replace("return", "if request.method == 'POST':\n        mail(request.POST)\n    return")
    app = app_of({"shop/settings.py": SETTINGS, "shop/urls.py": URLS.format("page", "page"), "shop/views.py": views})
    assert not app.publicity(app.routes[0]).is_unsure
    contact = URLS.format("page", "page").replace("'x/'", "'contact/submit/'")
    app = app_of({"shop/settings.py": SETTINGS, "shop/urls.py": contact, "shop/views.py": views})
    assert (app.routes[0].name, app.publicity(app.routes[0]).is_unsure) == ("GET,POST /contact/submit/", True)


STEP = """from django.contrib import messages
from django.shortcuts import redirect, render
from elsewhere import send
from .models import Book


def step(request, kind="plain"):
    {about}if request.method == "POST":
        {does}
        messages.info(request, "well")
        return redirect("next")
    return render(request, "step.html", {{"kind": kind}})
"""
TO_STEP = "from django.urls import path\nfrom . import views\nurlpatterns = [path('{0}/', views.step)]\n"


def of_step(path: str = "kinds", does: str = "pass", about: str = "") -> Publicity:
    files = BOOKS | {"shop/urls.py": TO_STEP.format(path), "shop/views.py": STEP.format(does=does, about=about)}
    app = app_of(files)
    return app.publicity(app.routes[0])


def test_a_page_with_a_form_behind_which_nothing_happens_may_be_open() -> None:
    assert of_step().is_unsure
    assert of_step("orders").openness is Openness.NOT_PUBLIC
    for does in ("Book.objects.create()", "request.user.delete()", "send(request.POST)"):
        assert of_step(does=does).openness is Openness.NOT_PUBLIC


def test_what_the_documentation_of_a_view_calls_public_is_in_doubt() -> None:
    writes = "Book.objects.create()"
    said = [
        of_step(does=writes, about=f'"""{text}"""\n    ') for text in ("The first step (public).", "The first step.")
    ]
    app_has_login = BOOKS | {
        "shop/urls.py": TO_STEP.format("kinds").replace("]", ", path('desk/', views.desk)]"),
        "shop/views.py": STEP.format(does=writes, about='"""The first step (public or known)."""\n    ')
        + "\n\nfrom django.contrib.auth.decorators import login_required\n@login_required\ndef desk(request): ...\n",
    }
    app = app_of(app_has_login)
    assert [each.is_unsure for each in said] == [False, False]  # nobody can sign in: it says so of all
    assert app.publicity(app.routes[0]).is_unsure


def test_a_parameter_that_is_not_in_the_path_is_not_the_caller_s() -> None:
    views = "from django.shortcuts import render\n\n\ndef gone(request, exception=None):\n"
    app = site("", views + "    return render(request, '404.html')\n", "gone")
    assert app.publicity(app.routes[0]).is_public
