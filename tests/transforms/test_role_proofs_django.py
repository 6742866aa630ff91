"""The proofs that a check of a role brings along on Django: they fail on the app as it was and pass on the patched one."""

from collections.abc import Mapping
from pathlib import Path

from tests.transforms.test_role_proofs import outcomes
from transforms.examples import admin_route_requires_role_django as example

SETTINGS = """SECRET_KEY = "for tests only"
ROOT_URLCONF = "shop.urls"
ALLOWED_HOSTS = []
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"{more}]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
LOGIN_URL = "/login/"
"""
WSGI = """import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
"""
MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
ADMIN = ', "django.contrib.admin", "django.contrib.messages"'
HEALTH = '\n\ndef health(request):\n    return HttpResponse("well")\n'
DELETE = "test_get_admin_panel_users_pk_delete"


def site(files: Mapping[str, str], more: str = "") -> dict[str, str]:
    """The files of an example as an app that can be served."""
    urls = files["shop/urls.py"].replace("urlpatterns = [\n", 'urlpatterns = [\n    path("health/", views.health),\n')
    return {
        **files,
        "shop/__init__.py": "",
        "shop/settings.py": SETTINGS.format(more=more),
        "shop/urls.py": urls,
        "shop/views.py": files["shop/views.py"] + HEALTH,
        "shop/wsgi.py": WSGI,
        "manage.py": MANAGE,
    }


def test_the_apps_own_test_refuses_who_has_no_role(tmp_path: Path) -> None:
    views = example.HEAD + example.OWN + example.HOME + example.REPORTS.format(guard=example.ASKS)
    before, after = outcomes(site(example.shop(views + example.DELETE.format(guard=""))), tmp_path)
    assert before[f"{DELETE}_refuses_a_caller_without_a_role"] == "failed"
    assert before[f"{DELETE}_refuses_an_anonymous_caller"] == "passed"
    assert "test_get_health_stays_open_to_everybody" in after
    assert set(after.values()) == {"passed"}


def test_staff_passes_where_staff_is_asked_for(tmp_path: Path) -> None:
    views = example.STAFF + example.HEAD + example.HOME + example.REPORTS.format(guard="@staff_member_required")
    files = site(example.shop(views + example.DELETE.format(guard="")), more=ADMIN)
    urls = files["shop/urls.py"].replace("urlpatterns = [", 'urlpatterns = [\n    path("admin/", admin.site.urls),')
    files["shop/urls.py"] = "from django.contrib import admin\n" + urls
    before, after = outcomes(files, tmp_path)
    assert before[f"{DELETE}_refuses_a_caller_without_a_role"] == "failed"
    assert after[f"{DELETE}_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}


REST = """from django.contrib.auth.models import User
from rest_framework import serializers, viewsets
from rest_framework.permissions import {permissions}


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id"]

{own}
class AdminReports(viewsets.ReadOnlyModelViewSet):
    queryset = User.objects.all()
    serializer_class = UserSerializer
    permission_classes = [{asked}]


class AdminUsers(viewsets.ModelViewSet):
    queryset = User.objects.all()
    serializer_class = UserSerializer
    permission_classes = [IsAuthenticated]
"""
OWN = """
class IsAdministrator(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.role == "admin"

"""


def api(*, own: str, permissions: str, asked: str) -> dict[str, str]:
    views = REST.format(own=own, permissions=permissions, asked=asked)
    files = {
        "shop/urls.py": example.API_URLS.replace("AdminReports)", "AdminReports, basename='report')"),
        "shop/views.py": views + "\n\n" + "from django.http import HttpResponse\n",
    }
    return site(files, more=', "rest_framework"')


def test_a_permission_class_of_the_apps_own_refuses_who_has_no_role(tmp_path: Path) -> None:
    files = api(own=OWN, permissions="BasePermission, IsAuthenticated", asked="IsAdministrator")
    before, after = outcomes(files, tmp_path)
    assert before["test_delete_api_admin_users_pk_refuses_a_caller_without_a_role"] == "failed"
    assert set(after.values()) == {"passed"}


def test_rest_frameworks_class_for_staff_lets_staff_pass(tmp_path: Path) -> None:
    before, after = outcomes(api(own="", permissions="IsAdminUser, IsAuthenticated", asked="IsAdminUser"), tmp_path)
    assert before["test_delete_api_admin_users_pk_refuses_a_caller_without_a_role"] == "failed"
    assert after["test_delete_api_admin_users_pk_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}


def test_the_inserted_decorator_tells_roles_apart(tmp_path: Path) -> None:
    views = "from django.http import HttpResponse\n\n\ndef home(request):\n    return HttpResponse('in')\n\n\n"
    views += "def reports(request):\n    return HttpResponse(find())\n\n\ndef delete_user(request, pk):\n    return HttpResponse(gone(pk))\n"
    before, after = outcomes(site(example.shop(views)), tmp_path)
    assert before["test_get_admin_panel_reports_refuses_a_caller_without_role_admin"] == "failed"
    assert set(after.values()) == {"passed"}
