"""URLs that a Django site includes from libraries, and views that it takes from them as they are."""

import pytest

from tests.transforms.django_apps import site_of
from transforms.access import Answer
from transforms.accounts import password_logins
from transforms.app import App
from transforms.public import Openness

URLS = """from django.contrib import admin
from django.urls import include, path
from django.views.defaults import page_not_found
from django.views.generic import RedirectView, TemplateView
from django.views.i18n import JavaScriptCatalog
from elsewhere.views import Board
from shop.views import Hall, Shelf

urlpatterns = [{entries}]
"""
VIEWS = """from django.views.generic import TemplateView


class Hall(TemplateView):
    template_name = "hall.html"


class Shelf(TemplateView):
    template_name = "shelf.html"

    def get_context_data(self, **kwargs):
        return {"books": Book.objects.all()}
"""


def site(*entries: str) -> App:
    urls = URLS.format(entries=", ".join(entries))
    return site_of({"shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n', "shop/urls.py": urls, "shop/views.py": VIEWS})


def answers(included: str) -> dict[str, Answer | str]:
    """What is known of each route of a list that is included: who is asked, or why nobody is."""
    app = site(f"path('people/', include('{included}'))")
    found = {each.name: (app.access(each), app.publicity(each)) for each in app.routes}
    return {
        name: "open" if publicity.is_public and not access.is_checked else access.answer
        for name, (access, publicity) in found.items()
    }


def test_the_framework_s_own_list_signs_in_and_changes_passwords() -> None:
    found = answers("django.contrib.auth.urls")
    assert found["POST /people/login/"] == found["POST /people/reset/{uidb64}/{token}/"] == "open"
    assert found["POST /people/password_change/"] is Answer.YES


@pytest.mark.parametrize(
    ("included", "opened", "closed"),
    [
        ("rest_framework.urls", "POST /people/login/", None),
        ("allauth.urls", "POST /people/signup/", "POST /people/password/change/"),
        ("djoser.urls", "POST /people/users/", "PATCH /people/users/me/"),
        ("djoser.urls.jwt", "POST /people/jwt/create/", None),
        ("djoser.urls.authtoken", "POST /people/token/login/", "POST /people/token/logout/"),
        ("dj_rest_auth.urls", "POST /people/login/", "PATCH /people/user/"),
        ("dj_rest_auth.registration.urls", "POST /people/", None),
        ("knox.urls", "POST /people/login/", "POST /people/logoutall/"),
        ("django.contrib.admindocs.urls", None, "GET /people/"),
        ("django.conf.urls.i18n", "POST /people/setlang/", None),
        ("debug_toolbar.urls", None, "GET /people/render_panel/"),
        ("oauth2_provider.urls", "POST /people/token/", "GET /people/applications/"),
        ("oauth2_provider.urls", "GET /people/.well-known/openid-configuration", "POST /people/userinfo/"),
        ("allauth.urls", "POST /people/3rdparty/signup/", "POST /people/3rdparty/"),
        ("allauth.mfa.urls", "POST /people/authenticate/", "POST /people/totp/deactivate/"),
        ("allauth.mfa.urls", "GET /people/authenticate/", "POST /people/webauthn/keys/{pk}/remove/"),
        (
            "social_django.urls",
            "GET /people/complete/{backend}/",
            "POST /people/disconnect/{backend}/{association_id}/",
        ),
        ("mozilla_django_oidc.urls", "GET /people/callback/", None),
    ],
)
def test_what_is_in_the_list_of_a_library_is_known(included: str, opened: str | None, closed: str | None) -> None:
    found = answers(included)
    assert opened is None or found[opened] == "open"
    assert closed is None or found[closed] is Answer.YES
    assert Answer.NO not in found.values()


def test_accounts_in_a_library_s_list_are_for_their_owners_and_administrators() -> None:
    app = site("path('people/', include('djoser.urls'))")
    others = [each for each in app.routes if app.spirit(each) is not None and not app.publicity(each).is_public]
    assert others
    assert all(app.roles.check(each).is_there for each in others)


def test_the_admin_site_asks_for_staff_by_itself() -> None:
    app = site("path('admin/', admin.site.urls)")
    assert app.roles.check(app.routes[0]).is_there


@pytest.mark.parametrize(
    "view",
    [
        "JavaScriptCatalog.as_view()",
        "page_not_found",
        "TemplateView.as_view(template_name='hall.html')",
        "RedirectView.as_view(url='/')",
        "Hall.as_view()",
    ],
)
def test_a_library_s_view_that_shows_everybody_the_same_is_open(view: str) -> None:
    app = site(f"path('hall/', {view})")
    assert app.publicity(app.routes[0]).is_public
    admin = site(f"path('admin/hall/', {view})")
    assert admin.publicity(admin.routes[0]).openness is Openness.UNSURE


@pytest.mark.parametrize("view", ["Shelf.as_view()", "Board.as_view()"])
def test_a_view_that_adds_data_or_cannot_be_read_is_not(view: str) -> None:
    app = site(f"path('hall/', {view})")
    assert not app.publicity(app.routes[0]).is_public


def test_people_sign_in_by_a_password_in_a_library_s_list() -> None:
    app = site("path('people/', include('djoser.urls.jwt'))", "path('', include('django.contrib.auth.urls'))")
    (login,) = password_logins(app)
    assert login.login.name == "POST /people/jwt/create/"
    (login,) = password_logins(site("path('', include('django.contrib.auth.urls'))"))
    assert login.login.name == "POST /login/"


def test_a_list_that_nobody_knows_is_shown_as_unknown() -> None:
    app = site("path('board/', include('elsewhere.urls'))", "path('shop/', include('shop.more'))")
    (route,) = (each for each in app.routes if each.name == "GET /board/")
    (trace,) = app.access(route).traces
    assert (app.access(route).answer, trace.note) == (Answer.UNKNOWN, "what is in elsewhere.urls could not be read")


@pytest.mark.parametrize(("setting", "answer"), [("SILKY_AUTHENTICATION = True\n", Answer.YES), ("", Answer.UNKNOWN)])
def test_a_profiler_asks_for_a_login_where_a_setting_says_so(setting: str, answer: Answer) -> None:
    urls = URLS.format(entries="path('silk/', include('silk.urls'))")
    app = site_of({"shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n' + setting, "shop/urls.py": urls})
    assert {app.access(each).answer for each in app.routes} == {answer}


DOCUMENTS = """from django.urls import path
from drf_spectacular.views import SpectacularRedocView
from drf_yasg.views import get_schema_view
from rest_framework.documentation import include_docs_urls
from rest_framework.permissions import AllowAny, IsAdminUser

shown = get_schema_view(public=True, permission_classes=[AllowAny])
kept = get_schema_view(public=True, permission_classes=(IsAdminUser,))
urlpatterns = [path('x/', {view})]
"""


@pytest.mark.parametrize(
    ("view", "answer"),
    [
        ("shown.with_ui('swagger', cache_timeout=0)", Answer.NO),
        ("kept.without_ui(cache_timeout=0)", Answer.YES),
        ("SpectacularRedocView.as_view(url_name='schema')", Answer.NO),
        ("SpectacularRedocView.as_view(permission_classes=[IsAdminUser])", Answer.YES),
        ("include_docs_urls(title='Shop')", Answer.NO),
    ],
)
def test_documents_of_the_api_are_for_whom_they_are_made(view: str, answer: Answer) -> None:
    app = site_of({"shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n', "shop/urls.py": DOCUMENTS.format(view=view)})
    (route,) = app.routes
    assert (app.access(route).answer, app.publicity(route).openness) == (answer, Openness.PUBLIC)
