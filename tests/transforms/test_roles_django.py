"""Whether Django and REST framework views ask for a role is read from their predicates; any login is no role."""

import pytest

from transforms.access import Answer
from transforms.app import App
from transforms.facts import dump, load
from transforms.frameworks import frameworks
from transforms.source import SourceFile
from transforms.walk import read

SETTINGS = 'ROOT_URLCONF = "shop.urls"\n'
URLS = "from django.urls import path\nfrom . import views\nurlpatterns = [path('reports/', views.{view})]\n"
IMPORTS = (
    "from django.contrib.admin.views.decorators import staff_member_required\n"
    "from django.contrib.auth.decorators import login_required, permission_required, user_passes_test\n"
    "from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin\n"
    "from django.core.exceptions import PermissionDenied\nfrom django.shortcuts import redirect\n"
    "from django.views import View\nfrom functools import wraps\n"
    "from rest_framework import permissions\nfrom rest_framework.decorators import api_view, permission_classes\n"
    "from rest_framework.views import APIView\n"
)
BODY = "def reports(request):\n    return found(request)\n"
GET = "    def get(self, request):\n        return found(request)\n"


def site(code: str) -> App:
    """An app of one view."""
    view = "Reports.as_view()" if "class Reports" in code else "reports"
    files = {"shop/settings.py": SETTINGS, "shop/urls.py": URLS.format(view=view), "shop/views.py": IMPORTS + code}
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    return App([load(dump(read(source, frameworks()))) for source in sources])


def asks(code: str) -> Answer:
    """Whether its view asks for a role."""
    app = site(code)
    return app.roles.check(app.routes[0]).answer


def passing(by: str, before: str = "") -> str:
    return f"{before}@user_passes_test({by})\n{BODY}"


def permitted(body: str) -> str:
    """A view of REST framework behind a permission class with that method."""
    return (
        f"class May(permissions.BasePermission):\n    def has_permission(self, request, view):\n        {body}\n"
        f"class Reports(APIView):\n    permission_classes = [May]\n{GET}"
    )


def wrapped(test: str, away: str) -> str:
    return (
        "def only(view):\n    @wraps(view)\n    def inner(request, *args, **kwargs):\n"
        f"        if {test}:\n            {away}\n        return view(request, *args, **kwargs)\n    return inner\n"
        f"@only\n{BODY}"
    )


ASKING = {
    "a lambda": passing("lambda u: u.is_staff"),
    "a lambda with the login before it": passing("lambda u: u.is_authenticated and u.role == 'admin'"),
    "a function": passing("staff", "def staff(user):\n    return user.is_active and user.is_superuser\n"),
    "a function that answers by groups": passing(
        "boss", "def boss(user):\n    return user.groups.filter(name='manager').exists()\n"
    ),
    "a function with branches": passing(
        "boss", "def boss(user):\n    if user.is_superuser:\n        return True\n    return False\n"
    ),
    "staff": f"@staff_member_required\n{BODY}",
    "a permission": f"@permission_required('shop.view_report')\n{BODY}",
    "a mixin": "class Reports(UserPassesTestMixin, View):\n    def test_func(self):\n"
    f"        return self.request.user.is_staff\n{GET}",
    "the method before all others": "class Reports(LoginRequiredMixin, View):\n    def dispatch(self, request, *args):\n"
    "        if not request.user.is_staff:\n            return redirect('home')\n"
    f"        return super().dispatch(request, *args)\n{GET}",
    "an own decorator that redirects": wrapped("request.user.role != 'admin'", "return redirect('home')"),
    "an own decorator that refuses": wrapped("not request.user.is_superuser", "raise PermissionDenied"),
    "the view itself": "@login_required\ndef reports(request):\n    if not request.user.is_superuser:\n"
    "        raise PermissionDenied\n    return found(request)\n",
    "REST framework's own class": f"@api_view(['GET'])\n@permission_classes([permissions.IsAdminUser])\n{BODY}",
    "a permission class": permitted("return request.user.role == 'admin'"),
    "a permission class with branches": permitted(
        "if not request.user.is_authenticated:\n            return False\n        return request.user.is_staff"
    ),
    "two of which each asks": permitted("return request.user.is_staff").replace(
        "[May]", "[May | permissions.IsAdminUser]"
    ),
}
BY_TEST = (
    "def only(view=None, to='/'):\n    def test(user):\n        return user.is_active and {test}\n"
    "    def inner(request, *args, **kwargs):\n        if test(request.user):\n"
    "            return view(request, *args, **kwargs) if view else None\n        return redirect(to)\n"
    f"    return inner if view else test\n@login_required\n@only\n{BODY}"
)
ASKING["an own decorator with a test beside its wrapper"] = BY_TEST.format(test="user.is_site_admin")
ANY_LOGIN = {
    "an own decorator with a test of nothing": BY_TEST.format(test="user.age > 17"),
    "a login": f"@login_required\n{BODY}",
    "a lambda": passing("lambda u: u.is_authenticated"),
    "a lambda that nothing depends on": passing("lambda u: u.is_staff or True"),
    "a function": passing("known", "def known(user):\n    return user.is_authenticated\n"),
    "a mixin": f"class Reports(LoginRequiredMixin, View):\n{GET}",
    "an own decorator": wrapped("not request.user.is_authenticated", "return redirect('login')"),
    "a permission class": permitted("return bool(request.user and request.user.is_authenticated)"),
    "a class called after administrators": permitted("return request.user.is_authenticated").replace("May", "IsAdmin"),
}


@pytest.mark.parametrize("how", ASKING)
def test_a_view_asks_for_a_role(how: str) -> None:
    assert asks(ASKING[how]) is Answer.YES


@pytest.mark.parametrize("how", ANY_LOGIN)
def test_any_login_is_no_role(how: str) -> None:
    assert asks(ANY_LOGIN[how]) is Answer.NO


def test_where_one_of_two_classes_may_say_yes_to_anybody_nobody_can_tell() -> None:
    either = permitted("return request.user.is_staff").replace("[May]", "[May | permissions.IsAuthenticated]")
    assert asks(either) is Answer.UNKNOWN


def test_a_class_that_lets_everybody_read_asks_whoever_writes() -> None:
    body = (
        "if request.method in permissions.SAFE_METHODS:\n            return True\n        return request.user.is_staff"
    )
    code = permitted(body) + GET.replace("get", "post")
    app = site(code)
    answers = {route.methods[0]: app.roles.check(route).is_there for route in app.routes}
    assert answers == {"GET": False, "POST": True}
