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
)
