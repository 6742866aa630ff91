"""Logins of Django apps: which get a sign-in at a provider beside them, and which a person has to look at."""

from transforms.api import Bad, Example, Good

ADDED = (".env.example", ".gitignore", "controls/__init__.py", "controls/secrets.py", "controls/sign_in.py")
SETTINGS = """ROOT_URLCONF = "urls"
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
"""
_LIBRARY = """from django.contrib.auth.views import LoginView
from django.urls import path

urlpatterns = [
    path("account/login/", LoginView.as_view(), name="login"),
]
"""
_URLS = """from django.urls import path

import views

urlpatterns = [path("login/", views.login_view, name="login"), path("", views.home)]
"""
_VIEWS = """from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render


def login_view(request):
    if request.method == "POST":
        username = request.POST["username"]
        password = request.POST["password"]
        user = authenticate(request, username=username, password=password)
        if user is None:
            return render(request, "login.html", {"error": "Wrong name or password"})
        login(request, user)
        return redirect("home")
    return render(request, "login.html")


@login_required
def home(request):
    return render(request, "home.html")
"""
_BESIDE = '''

@answering
def login_view_at_provider(request):
    """What `login_view` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email(request)
    username = email
    user = account_with(username)
    login(request, user)
    return redirect("home")


@login_required
'''
_CATCH_ALL = _URLS.replace('path("", views.home)', 'path("<path:rest>", views.home)')
_OWN_VIEW = """from django.contrib.auth.views import LoginView


class StaffLogin(LoginView):
    def form_valid(self, form):
        check_the_token_of(form.get_user(), self.request.POST["token"])
        return super().form_valid(form)
"""
_SUBCLASS = """from django.contrib.auth.views import LoginView


class ClubLogin(LoginView):
    template_name = "login.html"
    {body}
"""
_SUBCLASS_URLS = """from django.urls import path

from views import ClubLogin

urlpatterns = [
    path("account/login/", ClubLogin.as_view(), name="login"),
]
"""
_GOES_ON = '''

@answering
def club_login_at_provider(request):
    """What `ClubLogin` does, for somebody who signed in at the provider: it has verified the address."""
    login(request, account_with(verified_email(request)))
    view = ClubLogin()
    view.setup(request)
    return redirect(view.get_success_url())
'''
_FORM = """from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.shortcuts import redirect, render


def login_view(request):
    if request.method == "POST":
        form = AuthenticationForm(request, data=request.POST)
        if form.is_valid():
            user = form.get_user()
            login(request, user)
            request.session["greeted"] = False
            return redirect({next})
    else:
        form = AuthenticationForm()
    return render(request, "login.html", {{"form": form}})
"""
_FORM_URLS = """from django.urls import path

import views

urlpatterns = [path("login/", views.login_view, name="login")]
"""
_FORM_COPY = '''

@answering
def login_view_at_provider(request):
    """What `login_view` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email(request)
    user = account_with(email)
    login(request, user)
    request.session["greeted"] = False
    return redirect("home")
'''
_API = """from django.contrib.auth import authenticate
{top}
from rest_framework.authtoken.models import Token
{names}from rest_framework.response import Response
{views}

{head}    email = request.data.get("email")
{indent}    password = request.data.get("password")
{indent}    user = authenticate(request, username=email, password=password)
{indent}    if user is None:
{indent}        return Response({{"error": "unknown"}}, status=401)
{indent}    token, _ = Token.objects.get_or_create(user=user)
{indent}    return Response({{"token": token.key}})
"""
_NAMES = (
    "from rest_framework.decorators import api_view, permission_classes\n"
    "from rest_framework.permissions import AllowAny\n"
)
_VIEW = "from rest_framework.views import APIView\n"
_FUNCTION = '@api_view(["POST"])\n@permission_classes([AllowAny])\ndef login_view(request):\n'
_METHOD = "class SignIn(APIView):\n    permission_classes = []\n\n    def post(self, request):\n    "
_API_URLS = _FORM_URLS.replace("views.login_view", "views.SignIn.as_view()")
_ALSO = "import views\n=>import views\nfrom views import {}\n"
_SIGN_IN = "\nfrom controls.sign_in import account_with, answering, verified_email\n"
_FUNCTION_COPY = '''

@api_view(["GET"])
@permission_classes([AllowAny])
@answering
def login_view_at_provider(request):
    """What `login_view` does, for somebody who signed in at the provider: it has verified the address."""
    email = verified_email(request)
    user = account_with(email)
    token, _ = Token.objects.get_or_create(user=user)
    return Response({"token": token.key})
'''
_METHOD_COPY = '''
    def post_at_provider(self, request):
        """What `post` does, for somebody who signed in at the provider: it has verified the address."""
        email = verified_email(request)
        user = account_with(email)
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})


class SignInAtProvider(SignIn):
    """`SignIn`, for somebody who comes back from the identity provider."""

    http_method_names = ("get",)

    def get(self, request):
        return answering(self.post_at_provider)(request)
'''


def api(urls: str, **filled: str) -> dict[str, str]:
    """A site whose login is a view of REST framework."""
    return {"settings.py": SETTINGS, "urls.py": urls, "views.py": _API.format(top="", **filled)}


def _added_urls(urls: str, view: str, prefix: str = "", more: str = "") -> str:
    """The URLs with the callback and what leads to the provider."""
    return (
        urls.replace("import path\n", "import include, path\n", 1).replace(*(more.split("=>") if more else ("", "")))
        + f'urlpatterns += [\n    path("{prefix}sign-in/callback", {view}),\n'
        f'    path("{prefix}", include("controls.sign_in")),\n]\n'
    )


EXAMPLES: tuple[Example, ...] = (
    Good(
        "URLs of a library by which people sign in elsewhere",
        {
            "settings.py": SETTINGS,
            "urls.py": _LIBRARY.replace("import path", "import include, path").replace(
                "]", '    path("oidc/", include("mozilla_django_oidc.urls")),\n]'
            ),
        },
    ),
    Good(
        "the directory of the organisation is asked whether a password is right",
        {
            "settings.py": f'{SETTINGS}AUTHENTICATION_BACKENDS = ["django_auth_ldap.backend.LDAPBackend"]\n',
            "urls.py": _LIBRARY,
        },
    ),
    Bad(
        "the login of the framework",
        {"settings.py": SETTINGS, "urls.py": _LIBRARY},
        {
            "urls.py": _LIBRARY.replace("import path", "import include, path")
            + 'urlpatterns += [path("account/", include("controls.sign_in"))]\n'
        },
        adds=ADDED,
    ),
    Bad(
        "a view of the app's own: it is not asked for a password, and goes on as it does",
        {"settings.py": SETTINGS, "urls.py": _URLS, "views.py": _VIEWS},
        {
            "urls.py": _URLS.replace("import path\n", "import include, path\n").replace(
                "import views\n", "import views\nfrom views import login_view_at_provider\n"
            )
            + 'urlpatterns += [\n    path("sign-in/callback", login_view_at_provider),\n'
            '    path("", include("controls.sign_in")),\n]\n',
            "views.py": _VIEWS.replace("\n\n@login_required\n", _BESIDE).replace(
                "redirect, render\n",
                "redirect, render\n\nfrom controls.sign_in import account_with, answering, verified_email\n",
            ),
        },
        adds=ADDED,
    ),
    Bad(
        "a login that is behind a view for every other URL",
        {"settings.py": SETTINGS, "urls.py": _CATCH_ALL, "views.py": _VIEWS},
    ),
    Bad(
        "a login of the framework that asks for more",
        {
            "settings.py": SETTINGS,
            "urls.py": _LIBRARY.replace(
                "from django.contrib.auth.views import LoginView", "from views import StaffLogin"
            ).replace("LoginView.", "StaffLogin."),
            "views.py": _OWN_VIEW,
        },
    ),
    Bad(
        "a class below the login of the framework, which says where people go on",
        {
            "settings.py": SETTINGS,
            "urls.py": _SUBCLASS_URLS,
            "views.py": _SUBCLASS.format(body='next_page = "home"'),
        },
        {
            "urls.py": _added_urls(
                _SUBCLASS_URLS,
                "club_login_at_provider",
                "account/",
                "import ClubLogin=>import ClubLogin, club_login_at_provider",
            ),
            "views.py": "from django.contrib.auth import login\n"
            + _SUBCLASS.format(body='next_page = "home"').replace(
                "import LoginView\n",
                "import LoginView\nfrom django.shortcuts import redirect\n\n"
                "from controls.sign_in import account_with, answering, verified_email\n",
            )
            + _GOES_ON,
        },
        adds=ADDED,
    ),
    Bad(
        "a class below the login of the framework that only looks otherwise",
        {"settings.py": SETTINGS, "urls.py": _SUBCLASS_URLS, "views.py": _SUBCLASS.format(body="extra_context = None")},
        {
            "urls.py": _SUBCLASS_URLS.replace("import path\n", "import include, path\n", 1)
            + 'urlpatterns += [path("account/", include("controls.sign_in"))]\n'
        },
        adds=ADDED,
    ),
    Bad(
        "a form of the app's own that decides who may pass",
        {
            "settings.py": SETTINGS,
            "urls.py": _SUBCLASS_URLS,
            "views.py": _SUBCLASS.format(body="authentication_form = Members").replace(
                "\n\nclass ClubLogin",
                "from django.contrib.auth.forms import AuthenticationForm\n\n\n"
                "class Members(AuthenticationForm):\n    def confirm_login_allowed(self, user):\n        asked(user)\n"
                "\n\nclass ClubLogin",
            ),
        },
    ),
    Bad(
        "a view that asks the form of the framework",
        {"settings.py": SETTINGS, "urls.py": _FORM_URLS, "views.py": _FORM.format(next='"home"')},
        {
            "urls.py": _added_urls(_FORM_URLS, "login_view_at_provider", "", _ALSO.format("login_view_at_provider")),
            "views.py": _FORM.format(next='"home"').replace(
                "redirect, render\n",
                "redirect, render\n\nfrom controls.sign_in import account_with, answering, verified_email\n",
            )
            + _FORM_COPY,
        },
        adds=ADDED,
    ),
    Bad(
        "a view that asks the form of the framework, and the request for more",
        {"settings.py": SETTINGS, "urls.py": _FORM_URLS, "views.py": _FORM.format(next='request.POST["next"]')},
    ),
    Bad(
        "a function of REST framework",
        api(_FORM_URLS, names=_NAMES, views="", head=_FUNCTION, indent=""),
        {
            "urls.py": _added_urls(_FORM_URLS, "login_view_at_provider", "", _ALSO.format("login_view_at_provider")),
            "views.py": _API.format(top="", names=_NAMES, views=_SIGN_IN, head=_FUNCTION, indent="") + _FUNCTION_COPY,
        },
        adds=ADDED,
    ),
    Bad(
        "a class of REST framework",
        api(_API_URLS, names="", views=_VIEW, head=_METHOD, indent="    "),
        {
            "urls.py": _added_urls(_API_URLS, "SignInAtProvider.as_view()", "", _ALSO.format("SignInAtProvider")),
            "views.py": _API.format(top="", names="", views=_VIEW + _SIGN_IN, head=_METHOD, indent="    ")
            + _METHOD_COPY,
        },
        adds=ADDED,
    ),
)
