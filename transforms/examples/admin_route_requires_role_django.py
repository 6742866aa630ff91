"""Views of Django and its REST framework, for `admin-route-requires-role`."""

from transforms.api import Bad, Good

SETTINGS = 'ROOT_URLCONF = "shop.urls"\n'
URLS = """from django.urls import path

from . import views

urlpatterns = [
    path("", views.home),
    path("admin-panel/reports/", views.reports),
    path("admin-panel/users/<int:pk>/delete/", views.delete_user),
]
"""
HOME = """

@login_required
def home(request):
    return HttpResponse("yours")
"""
REPORTS = """

@login_required
{guard}
def reports(request):
    return HttpResponse(find_reports())
"""
DELETE = """

@login_required{guard}
def delete_user(request, pk):
    Users.objects.filter(pk=pk).delete()
    return HttpResponse("gone")
"""
HEAD = """from django.contrib.auth.decorators import login_required, user_passes_test
from django.http import HttpResponse
"""
OWN = """

def is_manager(user):
    return user.groups.filter(name="manager").exists()
"""
STAFF = "from django.contrib.admin.views.decorators import staff_member_required\n"
ASKS = "@user_passes_test(is_manager)"


def shop(views: str) -> dict[str, str]:
    """A site with two views of administrators."""
    return {"shop/settings.py": SETTINGS, "shop/urls.py": URLS, "shop/views.py": views}


API_URLS = """from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import AdminReports, AdminUsers

router = DefaultRouter()
router.register("admin/reports", AdminReports)
router.register("admin/users", AdminUsers)
urlpatterns = [path("api/", include(router.urls))]
"""
API = """from rest_framework import viewsets
from rest_framework.permissions import BasePermission, IsAuthenticated


class {name}(BasePermission):
    def has_permission(self, request, view):
        return {says}


class AdminReports(viewsets.ReadOnlyModelViewSet):
    queryset = Report.objects.all()
    permission_classes = [{name}]


class AdminUsers(viewsets.ModelViewSet):
    queryset = User.objects.all()
    permission_classes = [{users}]
"""
BY_ROLE = 'request.user.is_authenticated and request.user.role == "admin"'
BY_LOGIN = "request.user.is_authenticated"


def api(*, users: str, says: str = BY_ROLE, name: str = "IsAdministrator") -> dict[str, str]:
    """An API with two viewsets of administrators."""
    views = API.format(name=name, says=says, users=users)
    return {"shop/settings.py": SETTINGS, "shop/urls.py": API_URLS, "shop/views.py": views}


MODELS = """from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    role = models.CharField(max_length=20, choices=[("admin", "Administrator"), ("customer", "Customer")])
"""
DECORATORS = '''"""What stands in front of views."""

from functools import wraps

from django.core.exceptions import PermissionDenied


def administrators_only(view):
    """Let only administrators reach a view."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not (request.user.is_authenticated and request.user.role == "admin"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
'''
PERMISSIONS = """from rest_framework.permissions import BasePermission


class IsOwner(BasePermission):
    def has_object_permission(self, request, view, obj):
        return obj.owner == request.user
"""
ADMINISTRATORS = '''

class IsAdministrator(BasePermission):
    """Only administrators."""

    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.is_site_admin
'''
FLAG = """from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    is_site_admin = models.BooleanField(default=False)
"""
ONLY_API = """from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticated


class AdminReports(viewsets.ReadOnlyModelViewSet):
    queryset = Report.objects.all()
    permission_classes = [{asked}IsAuthenticated]


class AdminUsers(viewsets.ModelViewSet):
    queryset = User.objects.all()
    permission_classes = [{asked}IsAuthenticated]
"""
CLASSES = """from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View


class Reports(LoginRequiredMixin, View):
    def get(self, request):
        return HttpResponse(find_reports())
"""
CLASS_URLS = """from django.urls import path

from .views import Reports

urlpatterns = [path("admin-panel/reports/", Reports.as_view())]
"""
MIXINS = '''"""What stands in front of class-based views."""

from django.contrib.auth.mixins import UserPassesTestMixin


class AdministratorsOnlyMixin(UserPassesTestMixin):
    """Only administrators."""

    def test_func(self):
        return self.request.user.is_authenticated and self.request.user.role == "admin"
'''


EXAMPLES = (
    Good(
        "Django: a test of groups in front of a view",
        shop(HEAD + OWN + HOME + REPORTS.format(guard=ASKS) + DELETE.format(guard=f"\n{ASKS}")),
    ),
    Good("REST framework: a permission class compares the role", api(users="IsAdministrator")),
    Bad(
        "Django: the test that other views of administrators have is missing",
        shop(HEAD + OWN + HOME + REPORTS.format(guard=ASKS) + DELETE.format(guard="")),
        shop(HEAD + OWN + HOME + REPORTS.format(guard=ASKS) + DELETE.format(guard=f"\n{ASKS}")),
    ),
    Bad(
        "Django: staff is asked for elsewhere",
        shop(STAFF + HEAD + HOME + REPORTS.format(guard="@staff_member_required") + DELETE.format(guard="")),
        shop(
            STAFF
            + HEAD
            + HOME
            + REPORTS.format(guard="@staff_member_required")
            + DELETE.format(guard="\n@staff_member_required")
        ),
    ),
    Bad(
        "REST framework: the app's own permission class is missing on a viewset",
        api(users="IsAuthenticated"),
        api(users="IsAdministrator, IsAuthenticated"),
        findings=6,
    ),
    Bad(
        "REST framework: a permission class that is called after administrators lets any login pass",
        api(users="IsAdministrator", says=BY_LOGIN),
        findings=8,
    ),
    Bad(
        "Django: the site's users have a column for their role, and nothing asks for it",
        {
            **shop(HEAD + HOME + REPORTS.replace("{guard}\n", "") + DELETE.format(guard="")),
            "shop/models.py": MODELS,
            "manage.py": "",
        },
        {
            **shop(
                HEAD
                + "\nfrom shop.decorators import administrators_only\n"
                + HOME
                + REPORTS.format(guard="@administrators_only")
                + DELETE.format(guard="\n@administrators_only")
            ),
            "shop/decorators.py": DECORATORS,
        },
        findings=2,
    ),
    Bad(
        "Django: a class-based view gets a mixin that asks for the column",
        {
            "shop/settings.py": SETTINGS,
            "shop/urls.py": CLASS_URLS,
            "shop/views.py": CLASSES,
            "shop/models.py": MODELS,
            "manage.py": "",
        },
        {
            "shop/views.py": CLASSES.replace(
                "(LoginRequiredMixin", "(AdministratorsOnlyMixin, LoginRequiredMixin"
            ).replace(
                "import View\n",
                "import View\n\nfrom shop.mixins import AdministratorsOnlyMixin\n",
            ),
            "shop/mixins.py": MIXINS,
        },
    ),
    Bad(
        "REST framework: a flag of the site's users is asked for beside its other permission classes",
        {
            "shop/settings.py": SETTINGS,
            "shop/urls.py": API_URLS,
            "shop/views.py": ONLY_API.format(asked=""),
            "shop/models.py": FLAG,
            "shop/permissions.py": PERMISSIONS,
            "manage.py": "",
        },
        {
            "shop/views.py": ONLY_API.format(asked="IsAdministrator, ").replace(
                "IsAuthenticated\n", "IsAuthenticated\n\nfrom shop.permissions import IsAdministrator\n", 1
            ),
            "shop/permissions.py": PERMISSIONS + ADMINISTRATORS,
        },
        findings=8,
    ),
)
