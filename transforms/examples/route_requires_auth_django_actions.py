"""Viewsets of REST framework whose actions, or branches of `get_permissions()`, say for themselves who may pass."""

from transforms.api import Bad, Good

SETTINGS = """ROOT_URLCONF = "shop.urls"
REST_FRAMEWORK = {
    "PAGE_SIZE": 20,
}
"""
ROUTER = """from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import OrderViewSet

router = DefaultRouter()
router.register("orders", OrderViewSet)

urlpatterns = [path("api/", include(router.urls))]
"""
HEAD = """from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import {names}

from .models import Order


class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
"""
ACTION = """    permission_classes = [IsAuthenticated]

    @action(detail=True, methods=["post"], permission_classes=[{said}])
    def cancel(self, request, pk=None):
        return self.get_object().cancel()
"""
BRANCHES = """
    def get_permissions(self):
        if self.action in ("update", "partial_update"):
            return [{updates}()]
        elif self.action == "destroy":
            return [IsAuthenticated()]
        return [IsAuthenticated()]
"""
AS_DOCUMENTED = """
    def get_permissions(self):
        if self.action == "create":
            permission_classes = [{creates}]
        else:
            permission_classes = [IsAuthenticated]
        return [permission() for permission in permission_classes]
"""
SHARED = """
    def get_permissions(self):{first}
        if self.action == "destroy":
            return [IsAuthenticated()]
        return [AllowAny()]
"""
BRANCH = """
        if self.action in ("create", "update", "partial_update"):
            return [IsAuthenticated()]"""
FOR_EVERYBODY = """    permission_classes = [{said}]
"""
ENQUIRIES = """from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated

from .models import Enquiry


class EnquiryViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Enquiry.objects.all()
    permission_classes = [AllowAny]

    @action(detail=True, methods=["post"]{said})
    def answer(self, request, pk=None):
        return self.get_object().answer(request.data)


class MeViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [IsAuthenticated]
"""
FORMS = ROUTER.replace("OrderViewSet", "EnquiryViewSet, MeViewSet", 1).replace(
    'register("orders", OrderViewSet)', 'register("contact", EnquiryViewSet)\nrouter.register("me", MeViewSet, "me")'
)
PRODUCTS = ROUTER.replace('"orders"', '"articles"')
MORE = """

class MeViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [IsAuthenticated]
"""
CATALOGUE = PRODUCTS.replace("OrderViewSet", "MeViewSet, OrderViewSet", 1).replace(
    "\nurlpatterns", 'router.register("me", MeViewSet, "me")\n\nurlpatterns'
)


def site(views: str, urls: str = ROUTER) -> dict[str, str]:
    """A site whose settings leave it to the views who may pass."""
    return {"manage.py": "", "shop/settings.py": SETTINGS, "shop/urls.py": urls, "shop/views.py": views}


def viewset(body: str, more: str = "", names: str = "AllowAny, IsAuthenticated") -> str:
    """A module with one viewset, and what it imports of permission classes."""
    return HEAD.format(names=names) + body + more


EXAMPLES = (
    Good("REST framework: an action asks for a login", site(viewset(ACTION.format(said="IsAuthenticated")))),
    Good(
        "REST framework: the row is refused to strangers before it is shown",
        site(
            "from rest_framework import mixins, viewsets\nfrom rest_framework.permissions import BasePermission\n\n\n"
            "class Owns(BasePermission):\n    def has_object_permission(self, request, view, obj):\n"
            "        return obj.owner == request.user\n\n\n"
            "class OrderViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):\n    permission_classes = [Owns]\n"
        ),
    ),
    Bad(
        "REST framework: an action says that everybody may do it",
        site(viewset(ACTION.format(said="AllowAny"))),
        site(viewset(ACTION.format(said="IsAuthenticated"), names="IsAuthenticated")),
    ),
    Bad(
        "REST framework: a branch of get_permissions() lets everybody change rows",
        site(viewset(BRANCHES.format(updates="AllowAny"))),
        site(viewset(BRANCHES.format(updates="IsAuthenticated"), names="IsAuthenticated")),
        findings=2,
    ),
    Bad(
        "REST framework: a branch written as in the documentation lets everybody create",
        site(viewset(AS_DOCUMENTED.format(creates="AllowAny"))),
        site(viewset(AS_DOCUMENTED.format(creates="IsAuthenticated"), names="IsAuthenticated")),
    ),
    Bad(
        "REST framework: what is not for everybody gets a branch in front of the one for everything else",
        site(viewset(SHARED.format(first=""), more=MORE), CATALOGUE),
        site(viewset(SHARED.format(first=BRANCH), more=MORE), CATALOGUE),
        findings=3,
    ),
    Bad(
        "REST framework: a catalogue that everybody may also change is left open to readers",
        site(viewset(FOR_EVERYBODY.format(said="AllowAny"), more=MORE), CATALOGUE),
        site(
            viewset(
                FOR_EVERYBODY.format(said="IsAuthenticatedOrReadOnly"),
                more=MORE,
                names="IsAuthenticated, IsAuthenticatedOrReadOnly",
            ),
            CATALOGUE,
        ),
        findings=4,
    ),
    Bad(
        "REST framework: beside a form for visitors an action asks for itself",
        site(ENQUIRIES.format(said=""), FORMS),
        site(ENQUIRIES.format(said=", permission_classes=[IsAuthenticated]"), FORMS),
    ),
)
