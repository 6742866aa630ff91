"""Examples of `workload-identity-between-services` on Django: decorators, mixins and permission classes."""

from transforms.api import Bad, Good

INSERTED = (
    "shop/controls/__init__.py",
    "shop/controls/auth.py",
    ".env.example",
    ".gitignore",
    "tests/test_controls_workload_identity.py",
)
SITE = {
    "shop/__init__.py": "",
    "shop/settings.py": 'import os\n\nROOT_URLCONF = "shop.urls"\nINTERNAL_TOKEN = os.environ["INTERNAL_TOKEN"]\n',
    "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n",
}
URLS = """from django.urls import path
from shop import views

urlpatterns = [
    path("sync/<int:number>", views.{view}),
]
"""
HEAD = """import functools

from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
{imports}

def internal_only(view):
    @functools.wraps(view)
    def checked(request, *args, **kwargs):
        if request.headers.get("X-Internal-Token") != settings.INTERNAL_TOKEN:
            return HttpResponse(status=401)
        return view(request, *args, **kwargs)

    return checked


class InternalOnly:
    def dispatch(self, request, *args, **kwargs):
        if request.headers.get("X-Internal-Token") != settings.INTERNAL_TOKEN:
            return HttpResponse(status=401)
        return super().dispatch(request, *args, **kwargs)

"""
FUNCTION = """
@{guard}
def sync(request, number):
    raise RuntimeError("no view runs in a proof")
"""
DECORATED = """
@method_decorator({guard}, name="dispatch")
class Sync(View):
    def post(self, request, number):
        raise RuntimeError("no view runs in a proof")
"""
METHOD = """
class Sync(View):
    @method_decorator({guard})
    def post(self, request, number):
        raise RuntimeError("no view runs in a proof")
"""
MIXED_IN = """
class Sync({guard}, View):
    def post(self, request, number):
        raise RuntimeError("no view runs in a proof")
"""
REST = """from django.conf import settings
from rest_framework.decorators import api_view, {first}permission_classes
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView
{imports}

class InternalOnly(BasePermission):
    def has_permission(self, request, view):
        return request.headers.get("X-Internal-Token") == settings.INTERNAL_TOKEN


"""
API = """class Sync(APIView):
{attribute}    permission_classes = [{guard}]

    def post(self, request, number):
        raise RuntimeError("no view runs in a proof")
"""
API_FUNCTION = """@api_view(["POST"])
@permission_classes([{guard}])
{second}def sync(request, number):
    raise RuntimeError("no view runs in a proof")
"""
READS = "    authentication_classes = [OidcAuthentication]\n"
FROM = "\nfrom shop.controls.auth import {}\n"
BOTH = FROM.format("OidcAuthentication, WorkloadRequired")


def plain(view: str, guard: str, name: str = "", served: str = "Sync.as_view()") -> dict[str, str]:
    """A site of one view of Django itself; `name` is what a patch imports."""
    views = HEAD.format(imports=FROM.format(name) if name else "") + view.format(guard=guard)
    return {**SITE, "shop/urls.py": URLS.format(view=served), "shop/views.py": views}


def rest(view: str, served: str, imports: str = "", first: str = "", **filled: str) -> dict[str, str]:
    """A site of one view of REST framework."""
    views = REST.format(imports=imports, first=first) + view.format(**filled)
    return {**SITE, "shop/urls.py": URLS.format(view=served), "shop/views.py": views}


CASES = {
    "a function": (
        plain(FUNCTION, "internal_only", served="sync"),
        plain(FUNCTION, "require_workload", "require_workload", "sync"),
    ),
    "a class, by a decorator": (
        plain(DECORATED, "internal_only"),
        plain(DECORATED, "require_workload", "require_workload"),
    ),
    "a method, by a decorator": (
        plain(METHOD, "internal_only"),
        plain(METHOD, "require_workload", "require_workload"),
    ),
    "a class, by a mixin": (
        plain(MIXED_IN, "InternalOnly"),
        plain(MIXED_IN, "WorkloadRequiredMixin", "WorkloadRequiredMixin"),
    ),
    "a class of REST framework": (
        rest(API, "Sync.as_view()", guard="InternalOnly", attribute=""),
        rest(API, "Sync.as_view()", BOTH, guard="WorkloadRequired", attribute=READS),
    ),
    "a function of REST framework": (
        rest(API_FUNCTION, "sync", guard="InternalOnly", second=""),
        rest(
            API_FUNCTION,
            "sync",
            BOTH,
            "authentication_classes, ",
            guard="WorkloadRequired",
            second="@authentication_classes([OidcAuthentication])\n",
        ),
    ),
}
OF_A_PERSON = """from rest_framework.permissions import BasePermission
from rest_framework.views import APIView


class OfService(BasePermission):
    def has_permission(self, request, view):
        return find(request.headers.get("X-Internal-Token")) is not None


class Sync(APIView):
    permission_classes = [OfService]

    def post(self, request, number):
        return run(number)
"""

EXAMPLES = (
    Good(
        "a permission class that looks a key up knows whose it is",
        {**SITE, "shop/urls.py": URLS.format(view="Sync.as_view()"), "shop/views.py": OF_A_PERSON},
    ),
    *(Bad(f"one key in front of {name}", before, after, adds=INSERTED) for name, (before, after) in CASES.items()),
    Bad(
        "a class that reads its callers in its own way is advice",
        rest(API, "Sync.as_view()", guard="InternalOnly", attribute=READS.replace("Oidc", "Token")),
    ),
    Bad(
        "a mixin that does more than compare is advice",
        {
            path: text.replace("class InternalOnly:\n", "class InternalOnly:\n    timeout = 5\n\n")
            for path, text in plain(MIXED_IN, "InternalOnly").items()
        },
    ),
    Bad(
        "one permission class of several that may say yes is advice",
        rest(
            API, "Sync.as_view()", "from rest_framework.permissions import IsAuthenticated\n",
            guard="IsAuthenticated | InternalOnly", attribute="",
        ),
    ),
)  # fmt: skip
