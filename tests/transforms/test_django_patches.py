"""Patches of Django views as a reviewer reads them: nothing twice, and strangers are led where they can sign in."""

import pytest

from tests.transforms.django_apps import patched
from transforms.concepts import Permission, Place, Said
from transforms.frameworks.django_permissions import with_guard
from transforms.reuse import Guard

DRF = "rest_framework.permissions."


@pytest.mark.parametrize(
    ("code", "classes", "guard", "wanted"),
    [
        ("[IsAuthenticatedOrReadOnly]", ["IsAuthenticatedOrReadOnly"], "IsAuthenticated", "[IsAuthenticated]"),
        ("[IsAuthenticated]", ["IsAuthenticated"], "IsAdminUser", "[IsAdminUser]"),
        ("(IsAuthenticated,)", ["IsAuthenticated"], "IsAdminUser", "(IsAdminUser,)"),
        ("[IsAuthenticated, IsOwner]", ["IsAuthenticated", "shop.IsOwner"], "IsAdminUser", "[IsAdminUser, IsOwner]"),
        ("[IsAuthenticated]", ["IsAuthenticated"], "IsManager", "[IsManager, IsAuthenticated]"),
        ("[IsAuthenticated]", ["shop.IsAuthenticated"], "IsAdminUser", "[IsAdminUser, IsAuthenticated]"),
    ],
)
def test_a_guard_takes_the_place_of_what_it_implies(code: str, classes: list[str], guard: str, wanted: str) -> None:
    groups = tuple((each if "." in each else DRF + each,) for each in classes)
    said = Permission("shop.Orders", Said.CLASS, Place(1, 0, 1, 9), groups, code=code)
    assert with_guard(said, Guard("", guard, own=True)) == wanted


VIEWS = """from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from shop.models import Order


def enter(request):
    login(request, authenticate(request, username=request.POST["name"], password=request.POST["password"]))


@login_required
def orders(request):
    return HttpResponse(Order.objects.count())


def cancel(request, pk):
    Order.objects.filter(pk=pk).delete()
    return HttpResponse("gone")
"""
URLS = """from django.urls import path
from shop import views

urlpatterns = [
    path("{login}", views.enter),
    path("orders/", views.orders),
    path("orders/<int:pk>/cancel/", views.cancel),
]
"""
SETTINGS = 'ROOT_URLCONF = "shop.urls"\nSECRET_KEY = get_key()\n'


@pytest.mark.parametrize(
    ("login", "setting", "told"),
    [
        ("people/login/", "", 'Set LOGIN_URL = "/people/login/" in shop/settings.py'),
        ("people/login/", 'LOGIN_URL = "/people/login/"\n', ""),
        ("accounts/login/", "", ""),
    ],
)
def test_who_merges_a_patch_is_told_where_strangers_are_led(login: str, setting: str, told: str) -> None:
    files = {
        "manage.py": "",
        "shop/__init__.py": "",
        "shop/settings.py": SETTINGS + setting,
        "shop/urls.py": URLS.format(login=login),
        "shop/views.py": VIEWS,
    }
    found = patched({path: text.encode() for path, text in files.items()})
    todo = [step for each in found.fixed for step in each.todo]
    assert any("Callers of these routes" in step for step in todo)
    assert [step.partition(":")[0] for step in todo if "LOGIN_URL" in step] == ([told] if told else [])
