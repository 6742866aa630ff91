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
)
