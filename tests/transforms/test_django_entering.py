"""How a Django app lets people in: by a login, by an account that they make, by a link, or by asking for nothing."""

from dataclasses import replace

import pytest

from transforms.app import App
from transforms.concepts import Route
from transforms.engine import scan
from transforms.policy import Policy
from transforms.public import Openness
from transforms.source import SourceFile

IMPORTS = (
    "from django.contrib.auth import authenticate, login\nfrom django.contrib.auth.decorators import login_required\n"
    "from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin\n"
    "from django.contrib.auth.models import User\nfrom django.shortcuts import get_object_or_404, redirect, render\n"
    "from django.views import View\nfrom django.views.generic import TemplateView\n"
    "from rest_framework.authtoken.models import Token\nfrom rest_framework.decorators import api_view\n"
    "from rest_framework.response import Response\nfrom rest_framework_simplejwt.tokens import RefreshToken\n"
    "from elsewhere import check_code\nfrom shop.models import Invite, Term\n\n\n"
)


def site(views: str, *urls: str) -> App:
    """A site with these views; URLs as `path view`."""
    listed = ", ".join(f"path('{path}', views.{view})" for path, view in (each.split() for each in urls))
    files = {
        "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n',
        "shop/urls.py": f"from django.urls import path\nfrom shop import views\nurlpatterns = [{listed}]\n",
        "shop/views.py": IMPORTS + views,
    }
    return scan([SourceFile(path, text.encode()) for path, text in files.items()], Policy()).app


def of(app: App, path: str) -> Route:
    return next(each for each in app.routes if each.path == path)


def openness(views: str, url: str) -> Openness:
    app = site(views, url)
    return app.publicity(app.routes[0]).openness


SIGNS_IN = "@api_view(['POST'])\ndef enter(request):\n    name = request.data.get('name')\n    {}\n    return Response({{'token': token.key}})\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("user = authenticate(username=name, password=request.data['password'])", Openness.PUBLIC),
        ("user = User.objects.get(username=name)\n    known = check_code(user, request.data)", Openness.PUBLIC),
        ("user, made = User.objects.get_or_create(username=name)", Openness.UNSURE),
        ("user = User.objects.filter(username=name).first()", Openness.UNSURE),
    ],
)
def test_a_login_that_asks_for_nothing_is_in_doubt(body: str, found: Openness) -> None:
    views = SIGNS_IN.format(f"{body}\n    token, _ = Token.objects.get_or_create(user=user)")
    assert openness(views, "login/ enter") is found


@pytest.mark.parametrize(
    ("then", "found"),
    [
        ("return Response({'access': str(RefreshToken.for_user(user).access_token)})", Openness.PUBLIC),
        ("return Response({'id': user.id})", Openness.NOT_PUBLIC),
    ],
)
def test_who_makes_an_account_and_is_signed_in_to_it_signs_up(then: str, found: Openness) -> None:
    views = f"@api_view(['POST'])\ndef nuevo(request):\n    user = User.objects.create_user(request.data['name'])\n    {then}\n"
    assert openness(views, "nuevo/ nuevo") is found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("account/forgotpass/ enter", Openness.PUBLIC),
        ("password-reset/<str:pass_hash> enter", Openness.PUBLIC),
        ("teams/invite/<str:my_hash> enter", Openness.UNSURE),
        ("orders/<str:my_hash> enter", Openness.NOT_PUBLIC),
    ],
)
def test_a_link_that_was_sent_to_somebody_may_be_opened_without_a_login(url: str, found: Openness) -> None:
    views = "def enter(request, **known):\n    Invite.objects.filter(**known).delete()\n    return redirect('home')\n"
    assert openness(views, url) is found


@pytest.mark.parametrize(
    ("data", "found"), [("{}", Openness.PUBLIC), ("{'terms': Term.objects.all()}", Openness.UNSURE)]
)
def test_a_first_page_without_data_is_for_everybody(data: str, found: Openness) -> None:
    views = f"class Front(View):\n    def get(self, request):\n        return render(request, 'front.html', {data})\n"
    app = site(views, "x/ Front.as_view()")
    assert app.publicity(replace(app.routes[0], path="/")).openness is found


@pytest.mark.parametrize(
    ("path", "shows", "found"),
    [
        ("terms/", "'terms.html'", Openness.PUBLIC),
        ("terms/", "'terms.html', {'terms': Term.objects.all()}", Openness.NOT_PUBLIC),
        ("admin/terms/", "'terms.html', {'terms': Term.objects.all()}", Openness.NOT_PUBLIC),
    ],
)
def test_a_text_for_everybody_is_no_list_of_rows(path: str, shows: str, found: Openness) -> None:
    assert openness(f"def listed(request):\n    return render(request, {shows})\n", f"{path} listed") is found


PANEL = (
    "def enter(request):\n    login(request, authenticate(request))\n\n"
    "class Panel({}TemplateView):\n    permission_required = 'shop.view_term'\n\n"
    "class Settings(LoginRequiredMixin, TemplateView):\n    def post(self, request):\n        Term.objects.create()\n"
)
PANEL_URLS = ("panel/admin/login/ enter", "panel/admin/ Panel.as_view()", "panel/admin/terms/ Settings.as_view()")


@pytest.mark.parametrize(("mixins", "asks"), [("PermissionRequiredMixin, ", False), ("LoginRequiredMixin, ", True)])
def test_where_guards_tell_accounts_apart_a_login_is_no_role(mixins: str, asks: bool) -> None:
    app = site(PANEL.format(mixins), *PANEL_URLS)
    assert app.roles.check(of(app, "/panel/admin/terms/")).is_there is asks


def test_a_login_of_the_library_before_administrators_pages_alone_is_no_role() -> None:
    app = site(PANEL.format("PermissionRequiredMixin, "), *PANEL_URLS)
    assert not app.roles.has_guard_of_its_own(of(app, "/panel/admin/terms/"))


def test_everybody_may_change_their_own_password() -> None:
    views = "@login_required\ndef mine(request):\n    request.user.set_password(request.POST['new'])\n    request.user.save()\n"
    app = site(views, "admin/change-password/ mine")
    assert app.spirit(app.routes[0]) is None


@pytest.mark.parametrize(
    "body",
    [
        "User.objects.create_user(request.POST['name'])",
        "group = get_object_or_404(Term, pk=1)\n    group.members.set(request.POST.getlist('ids'))",
        "Term.objects.get(pk=1).members.add(request.user)",
    ],
)
def test_making_accounts_and_joining_rows_changes_something(body: str) -> None:
    app = site(f"def change(request):\n    {body}\n    return redirect('home')\n", "change/ change")
    assert app.judge.bodies.of(app.routes[0].handler).writes is not None
