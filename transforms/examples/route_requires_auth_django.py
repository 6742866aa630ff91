"""Django and its REST framework: views that must be left alone, and views that were forgotten."""

from transforms.api import Bad, Good, Todo

SETTINGS = 'ROOT_URLCONF = "shop.urls"\n'
DEFAULT = """
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
"""
NO_DEFAULT = """
REST_FRAMEWORK = {
    "PAGE_SIZE": 20,
}
"""

VIEWS = """from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.views import View


@login_required
def orders(request):
    return HttpResponse("yours")


class Order(LoginRequiredMixin, View):
    def get(self, request, pk):
        return HttpResponse("yours")
"""

URLS = """from django.contrib.auth.views import LoginView
from django.urls import path

from . import views

urlpatterns = [
    path("login/", LoginView.as_view()),
    path("orders/", views.orders),
    path("orders/<int:pk>/", views.Order.as_view()),
]
"""

FORGOTTEN = """

def cancel(request, pk):
    Orders.objects.filter(pk=pk).delete()
    return HttpResponse("gone")


class Lines(View):
    def post(self, request, pk):
        return HttpResponse("added")
"""

MORE_URLS = """    path("orders/<int:pk>/cancel/", views.cancel),
    path("orders/<int:pk>/lines/", views.Lines.as_view()),
]
"""

ROUTER = """from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import OrderViewSet

router = DefaultRouter()
router.register("orders", OrderViewSet)

urlpatterns = [path("api/", include(router.urls))]
"""

VIEWSET = """from rest_framework import viewsets

from .models import Order


class OrderViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Order.objects.all()
"""

BY_ACTION = """from rest_framework import viewsets
from rest_framework.permissions import IsAdminUser, IsAuthenticated

from .models import Order


class OrderViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Order.objects.all()

    def get_permissions(self):
        if self.action == "list":
            return [IsAdminUser()]
        return [IsAuthenticated()]
"""

GUARDED = """    permission_classes = [UserRequired]
    authentication_classes = [OidcAuthentication]
    queryset"""

READ_ONLY = """from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework import viewsets


class IsAdminOrReadOnly(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.is_staff


class MeViewSet(viewsets.ReadOnlyModelViewSet):
    permission_classes = [IsAuthenticated]


class OrderViewSet(viewsets.ModelViewSet):
    permission_classes = [IsAdminOrReadOnly]
"""


CATALOGUE = READ_ONLY.replace("class MeViewSet", "class CartViewSet").replace("class Order", "class Price")
SILENT = """

class LineViewSet(viewsets.ModelViewSet):
    queryset = Line.objects.all()


class OrderViewSet(viewsets.ModelViewSet):
    queryset = Order.objects.all()
"""
THREE = """from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import LineViewSet, OrderViewSet, PriceViewSet

router = DefaultRouter()
router.register("lines", LineViewSet, basename="line")
router.register("orders", OrderViewSet, basename="order")
router.register("prices", PriceViewSet, basename="price")
urlpatterns = [path("", include(router.urls))]
"""


def project(views: str, urls: str, settings: str = SETTINGS) -> dict[str, str]:
    """The files of a site."""
    return {"manage.py": "", "shop/settings.py": settings, "shop/urls.py": urls, "shop/views.py": views}


ELSEWHERE = """from django.contrib.auth.decorators import login_required
from django.http import HttpResponse


@login_required(login_url="people:enter")
def orders(request):
    return HttpResponse("yours")

{login}
def cancel(request, pk):
    Orders.objects.filter(pk=pk).delete()
    return HttpResponse("gone")
"""
ELSEWHERE_URLS = URLS.replace(
    '    path("orders/<int:pk>/", views.Order.as_view()),', '    path("orders/<int:pk>/", views.cancel),'
)

SHOWS_MORE = """from django.shortcuts import render

from .models import Offer


def offers(request):
    user = request.user
    found = Offer.objects.filter(public=True)
    if user.is_authenticated:
        found = Offer.objects.filter(owner=user)
    return render(request, "offers.html", {"offers": found})
"""

EXAMPLES = (
    Bad(
        "Django: the app's views say where people sign in",
        {"shop/settings.py": SETTINGS, "shop/urls.py": ELSEWHERE_URLS, "shop/views.py": ELSEWHERE.format(login="")},
        {"shop/views.py": ELSEWHERE.format(login='\n@login_required(login_url="people:enter")')},
    ),
    Good("Django: decorators and mixins ask who is calling, and the login is open", project(VIEWS, URLS)),
    Good(
        "REST framework: the default of the settings stands before what says nothing",
        project(VIEWSET, ROUTER, SETTINGS + DEFAULT),
    ),
    Good("REST framework: get_permissions() asks for a login in every branch", project(BY_ACTION, ROUTER)),
    Good(
        "Django: a page that shows more to whoever is signed in answers strangers on purpose",
        project(
            SHOWS_MORE,
            'from django.urls import path\n\nfrom . import views\n\nurlpatterns = [path("offers/", views.offers)]\n',
        ),
    ),
    Bad(
        "Django: forgotten views get the decorator and the mixin that the others have",
        project(VIEWS + FORGOTTEN, URLS.replace("]\n", MORE_URLS)),
        {
            "shop/views.py": (VIEWS + FORGOTTEN)
            .replace("def cancel", "@login_required\ndef cancel")
            .replace("class Lines(View)", "class Lines(LoginRequiredMixin, View)")
        },
        findings=2,
    ),
    Bad(
        "REST framework: a class that lets everybody read takes the place of the default",
        project(READ_ONLY, ROUTER.replace("OrderViewSet)", "OrderViewSet, basename='order')"), SETTINGS + DEFAULT),
        {
            "shop/views.py": READ_ONLY.replace(
                "classes = [IsAdminOrReadOnly]", "classes = [IsAuthenticated, IsAdminOrReadOnly]"
            )
        },
        findings=2,
    ),
    Bad(
        "REST framework: a default would make a catalogue look forgotten, so each class gets the guard itself",
        project(CATALOGUE + SILENT, THREE, SETTINGS + NO_DEFAULT),
        {
            "shop/views.py": CATALOGUE
            + SILENT.replace("    queryset", "    permission_classes = [IsAuthenticated]\n    queryset")
        },
        findings=12,
    ),
    Bad(
        "REST framework: an app without any login gets token checks in the class",
        {**project(VIEWSET, ROUTER, SETTINGS + NO_DEFAULT), "requirements.txt": "djangorestframework\n"},
        {
            "shop/views.py": VIEWSET.replace(
                "from .models", "from .controls.auth import OidcAuthentication, UserRequired\nfrom .models"
            ).replace("    queryset", GUARDED),
            "requirements.txt": "djangorestframework\nPyJWT[crypto]>=2.10,<3\n",
        },
        findings=2,
        adds=("shop/controls/__init__.py", "shop/controls/auth.py", ".env.example", ".gitignore"),
    ),
    Todo(
        "Django: a view that is made by a function of the app",
        project(
            "from django.http import HttpResponse\n\n\ndef made(text):\n    def view(request):\n"
            "        return HttpResponse(text)\n\n    return view\n",
            "from django.urls import path\n\nfrom .views import made\n\nurlpatterns = [path('orders/', made('x'))]\n",
        ),
    ),
)
