"""Permission classes of REST framework chosen while the app runs, and views that never get as far as their guard."""

import pytest

from transforms.app import App
from transforms.engine import scan
from transforms.policy import Policy
from transforms.source import SourceFile

REST = 'REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n'
IMPORTS = (
    "from django.contrib.auth.decorators import login_required\nfrom django.contrib.auth.mixins import LoginRequiredMixin\n"
    "from django.utils.decorators import method_decorator\nfrom django.views import View\n"
    "from django.views.generic import TemplateView\nfrom rest_framework import viewsets\n"
    "from rest_framework import exceptions\nfrom rest_framework.authentication import BaseAuthentication\n"
    "from rest_framework.decorators import api_view, permission_classes\n"
    "from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated\nfrom rest_framework.views import APIView\n"
    "from shop.models import Order\n\n\n"
)
VIEWSET = "class X(viewsets.ModelViewSet):\n    queryset = Order.objects.all()\n"
GET = "    def get(self, request):\n        return list(Order.objects.values())\n"
ROUTER = "router = DefaultRouter()\nrouter.register('x', views.X)\nurlpatterns = router.urls\n"


def site(views: str, urls: str, settings: str = "") -> App:
    heads = "from django.urls import path\nfrom elsewhere import asks\nfrom rest_framework.routers import DefaultRouter\nfrom shop import views\n"
    files = {
        "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n' + settings,
        "shop/urls.py": heads + urls,
        "shop/views.py": IMPORTS + views,
    }
    return scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy()).app


def answers(app: App) -> dict[str, str]:
    return {route.name: app.access(route).answer.value for route in app.routes}


def of_viewset(body: str, before: str = "", settings: str = "") -> str:
    """The answers for list, retrieve, create, delete: y, n or ?."""
    found = answers(site(before + VIEWSET + body, ROUTER, settings))
    return "".join(
        {"yes": "y", "no": "n", "unknown": "?"}[found[name]]
        for name in ("GET /x/", "GET /x/{pk}/", "POST /x/", "DELETE /x/{pk}/")
    )


def of_view(views: str, named: str = "X.as_view()", settings: str = "") -> str:
    """The answer for the first route of a view."""
    return next(iter(answers(site(views, f"urlpatterns = [path('x/', views.{named})]\n", settings)).values()))


BY_ACTION = '    by_action = {"list": [AllowAny], "create": [IsAdminUser], "default": [IsAuthenticated]}\n'
GIVES = "    def get_permissions(self):\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            f"    permission_classes = [IsAuthenticated]\n{BY_ACTION}{GIVES}        try:\n"
            "            return [p() for p in self.by_action[self.action]]\n        except KeyError:\n"
            "            return [p() for p in self.permission_classes]\n",
            "nyyy",
        ),
        (
            f"{BY_ACTION}{GIVES}        classes = self.by_action.get(self.action, self.by_action['default'])\n"
            "        return [p() for p in classes]\n",
            "nyyy",
        ),
        (
            f"{BY_ACTION}{GIVES}        if self.action in self.by_action:\n"
            "            return [p() for p in self.by_action[self.action]]\n        return [AllowAny()]\n",
            "nnyn",
        ),
        (
            f"{GIVES}        match self.action:\n            case 'list' | 'retrieve':\n                return [AllowAny()]\n"
            "            case _:\n                return [IsAdminUser()]\n",
            "nnyy",
        ),
    ],
)
def test_a_table_or_a_match_says_what_each_action_asks_for(body: str, found: str) -> None:
    assert of_viewset(body) == found


def test_a_table_that_a_class_below_may_say_anew_is_not_trusted() -> None:
    base = (
        f"class Base(viewsets.ModelViewSet):\n{BY_ACTION}{GIVES}"
        "        return [p() for p in self.by_action.get(self.action, [IsAdminUser])]\n\n\n"
    )
    assert (
        of_viewset("", base.replace("Base(", "X(").replace("ModelViewSet):", "ModelViewSet):\n    queryset = 1"))
        == "nyyy"
    )
    views = f"{base}class X(Base):\n    by_action = {{'destroy': [AllowAny]}}\n"
    assert set(answers(site(views, ROUTER)).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ("PERMS = [IsAuthenticated]\n\n\nclass X(APIView):\n    permission_classes = PERMS\n", "yes"),
        ("EITHER = IsAdminUser | AllowAny\n\n\nclass X(APIView):\n    permission_classes = [EITHER]\n", "no"),
    ],
)
def test_a_list_may_be_kept_under_a_name(view: str, found: str) -> None:
    assert of_view(view + GET) == found


def test_what_is_said_above_api_view_comes_too_late() -> None:
    views = "@permission_classes([AllowAny])\n@api_view(['POST'])\ndef x(request):\n    Order.objects.create()\n"
    assert of_view(views, "x", REST) == "yes"
    assert of_view(views.replace("@permission_classes([AllowAny])\n", ""), "x", REST) == "yes"


@pytest.mark.parametrize(
    ("method", "found"),
    [
        ("initial(self, request, *args, **kwargs):\n        self.shop = 1", "no"),
        ("initial(self, request, *args, **kwargs):\n        super().initial(request, *args, **kwargs)", "yes"),
        ("initial(self, request, *args, **kwargs):\n        self.check_permissions(request)", "yes"),
        ("check_permissions(self, request):\n        pass", "no"),
        (
            "check_permissions(self, request):\n        if not request.user.is_authenticated:\n"
            "            self.permission_denied(request)",
            "yes",
        ),
    ],
)
def test_a_method_in_the_place_of_the_library_s_asks_what_it_asks(method: str, found: str) -> None:
    assert of_view(f"class X(APIView):\n    def {method}\n\n{GET}", settings=REST) == found


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        ("class X(LoginRequiredMixin, View):\n", "yes"),
        ("class X(View, LoginRequiredMixin):\n", "no"),
        ("class Mine(View):\n    pass\n\n\nclass X(Mine, LoginRequiredMixin):\n", "no"),
        ("class Mine(LoginRequiredMixin, View):\n    pass\n\n\nclass X(TemplateView, Mine):\n", "yes"),
        ("class X(LoginRequiredMixin, Elsewhere, View):\n", "yes"),
    ],
)
def test_a_mixin_behind_the_view_is_never_asked(classes: str, found: str) -> None:
    assert of_view(classes + GET) == found


@pytest.mark.parametrize(
    ("told", "said", "found"),
    [
        ("[views.AllowAny]", "[IsAuthenticated]", "no"),
        ("[]", "[IsAuthenticated]", "no"),
        ("(views.IsAdminUser,)", "[AllowAny]", "yes"),
        ("[asks]", "[AllowAny]", "unknown"),
    ],
)
def test_what_the_urls_say_replaces_what_the_class_says(told: str, said: str, found: str) -> None:
    views = f"class X(APIView):\n    permission_classes = {said}\n{GET}"
    assert of_view(views, f"X.as_view(permission_classes={told})") == found


AUTHENTICATOR = (
    "class Mine(BaseAuthentication):\n    def authenticate(self, request):\n"
    "        key = request.headers.get('Authorization')\n        if not key:\n            {}\n        return find(key), None\n\n\n"
)
RAISES = AUTHENTICATOR.format("raise exceptions.AuthenticationFailed('who are you?')")
LEAVES = AUTHENTICATOR.format("return None")
BY_DEFAULT = 'REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["shop.views.Mine"]}\n'


@pytest.mark.parametrize(
    ("views", "settings", "found"),
    [
        (f"{RAISES}class X(APIView):\n    authentication_classes = [Mine]\n", "", "yes"),
        (f"{LEAVES}class X(APIView):\n    authentication_classes = [Mine]\n", "", "no"),
        (f"{RAISES}class X(APIView):\n    throttle_classes = []\n", BY_DEFAULT, "yes"),
        (f"{LEAVES}class X(APIView):\n    throttle_classes = []\n", BY_DEFAULT, "no"),
        (f"{RAISES}class X(APIView):\n    authentication_classes = []\n", BY_DEFAULT, "no"),
        (
            f"{RAISES}class Base(APIView):\n    authentication_classes = [Mine]\n\n\n"
            "class X(Base):\n    authentication_classes = [Other]\n",
            "",
            "no",
        ),
    ],
)
def test_who_finds_out_who_is_calling_may_refuse_strangers(views: str, settings: str, found: str) -> None:
    assert of_view(views + GET, settings=settings) == found


def test_decorators_may_be_kept_under_a_name() -> None:
    views = "BOTH = [login_required]\n\n\n@method_decorator(BOTH, name='dispatch')\nclass X(View):\n"
    assert of_view(views + GET) == "yes"


@pytest.mark.parametrize(
    "loop",
    [
        "for prefix, view in [('x', views.X)]:\n    router.register(prefix, view)\n",
        "ROWS = (('x', views.X, 'x'),)\nfor prefix, view, name in ROWS:\n    router.register(prefix, view, basename=name)\n",
        "ROWS = {'x': views.X}\nfor prefix, view in ROWS.items():\n    router.register(prefix, view)\n",
        "for view in (views.X,):\n    router.register('x', view)\n",
    ],
)
def test_a_router_may_be_filled_in_a_loop(loop: str) -> None:
    app = site(VIEWSET, f"router = DefaultRouter()\n{loop}urlpatterns = router.urls\n", REST)
    assert answers(app)["DELETE /x/{pk}/"] == "yes"
