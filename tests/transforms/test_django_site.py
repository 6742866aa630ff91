"""When the inserted login goes in front of a whole Django site, and when each view is better guarded for itself."""

import pytest

from tests.transforms.django_apps import site_of
from transforms.edit_kinds import AddClassAttribute, AddDecorator, AddElement, AddFile, AddInnermostDecorator, Edit
from transforms.edits import guard_for, guard_route, guarded_together

SETTINGS = """ROOT_URLCONF = "shop.urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
"""
URLS = """from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView
from . import views

urlpatterns = [
    path("orders/", views.orders),
    path("orders/<int:pk>/", views.Order.as_view()),
    path("health/", views.health),
{more}]
"""
VIEWS = """from django.http import HttpResponse
from django.views import View

def orders(request):
    return HttpResponse(find())

class Order(View):
    def get(self, request, pk):
        return HttpResponse(find(pk))

def health(request):
    return HttpResponse("well")
"""


def edits(
    more: str = "", settings: str = SETTINGS, views: str = VIEWS, files: dict[str, str] | None = None
) -> tuple[Edit, ...]:
    """What is edited for the list of orders, beside the files of the inserted module."""
    texts = {
        "manage.py": "",
        "shop/settings.py": settings,
        "shop/urls.py": URLS.format(more=more),
        "shop/views.py": views,
    }
    app = site_of({**texts, **(files or {})})
    route = next(each for each in app.routes if each.name == "GET /orders/")
    guard = guard_for(app, route)
    assert guard is not None
    found = guard_route(app, route, guard, lambda _: False) or ()
    together = guarded_together(app, route, guard, lambda _: False)
    assert (together is not None and together.is_app) == any(isinstance(each, AddElement) for each in found)
    return tuple(
        each
        for each in found
        if isinstance(each, AddElement | AddDecorator | AddClassAttribute | AddInnermostDecorator)
    )


def test_a_site_without_a_login_gets_the_middleware_behind_djangos_own() -> None:
    first, second = edits()
    assert isinstance(first, AddElement)
    assert (first.path, first.place.line, first.code) == (
        "shop/settings.py", 4, '"shop.controls.auth.UserRequiredMiddleware"',
    )  # fmt: skip
    assert isinstance(second, AddDecorator)
    assert (second.code, second.path) == ("@open_to_everybody", "shop/views.py")


def test_without_djangos_own_it_goes_to_the_end() -> None:
    settings = SETTINGS.replace('    "django.contrib.auth.middleware.AuthenticationMiddleware",\n', "")
    found = edits(settings=settings)[0]
    assert isinstance(found, AddElement)
    assert found.place.line == 4


def test_an_open_class_says_so_in_its_body() -> None:
    views = (
        VIEWS
        + "def bills(request):\n    return HttpResponse(find())\n\n"
        + "class Contact(View):\n    def post(self, request):\n        return HttpResponse(write(request.POST))\n"
    )
    more = '    path("bills/", views.bills),\n    path("contact/", views.Contact.as_view()),\n'
    found = edits(more, views=views)
    assert [(each.name, each.code) for each in found if isinstance(each, AddClassAttribute)] == [
        ("login_required", "False")
    ]


@pytest.mark.parametrize(
    ("why", "more", "settings"),
    [
        ("a library's page stays open and cannot say it", '    path("about/", TemplateView.as_view()),\n', SETTINGS),
        ("URLs that cannot be read", '    path("x/", include("silk.urls")),\n', SETTINGS),
        ("no list of middleware", "", 'ROOT_URLCONF = "shop.urls"\n'),
    ],
)
def test_where_it_could_close_too_much_the_view_alone_is_guarded(why: str, more: str, settings: str) -> None:
    assert [type(each) for each in edits(more, settings)] == [AddInnermostDecorator], why


def test_where_as_many_views_are_open_each_is_guarded_for_itself() -> None:
    views = VIEWS + "class Contact(View):\n    def post(self, request):\n        return HttpResponse(write())\n"
    found = edits('    path("contact/", views.Contact.as_view()),\n', views=views)
    assert [type(each) for each in found] == [AddInnermostDecorator]


def test_a_site_that_has_the_middleware_is_read_as_guarded() -> None:
    texts = {
        "manage.py": "",
        "shop/settings.py": SETTINGS,
        "shop/urls.py": URLS.format(more=""),
        "shop/views.py": VIEWS,
    }
    app = site_of(texts)
    route = next(each for each in app.routes if each.name == "GET /orders/")
    guard = guard_for(app, route)
    assert guard is not None
    inserted = {
        each.path: each.content
        for each in guard_route(app, route, guard, lambda _: False) or ()
        if isinstance(each, AddFile)
    }
    texts["shop/settings.py"] = SETTINGS.replace("]\n", '    "shop.controls.auth.UserRequiredMiddleware",\n]\n')
    texts["shop/views.py"] = "from .controls.auth import open_to_everybody\n" + VIEWS.replace(
        "def health", "@open_to_everybody\ndef health"
    ).replace("class Order(View):\n", "class Order(View):\n    login_required = False\n\n")
    patched = site_of({**texts, **inserted})
    answers = {each.name: patched.access(each).answer.value for each in patched.routes}
    assert answers == {"GET /orders/": "yes", "GET /orders/{pk}/": "no", "GET /health/": "no"}
