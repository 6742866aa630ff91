"""Logins of Django sites beside which people sign in at a provider: the callback answers what the login answers."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.api import Bad
from transforms.controls import control
from transforms.policy import Policy

CONTROL = control("sso-login")
EXAMPLES = {each.name: each for each in CONTROL.examples if isinstance(each, Bad)}
SETTINGS = """SECRET_KEY = "for tests only, and long enough for it"
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = []
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "rest_framework",
    "rest_framework.authtoken",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]}]
"""
WSGI = """import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
application = get_wsgi_application()
"""
MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n'
COMES_BACK = """

def comes_back_known(provider, folder):
    app = the_app()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    User.objects.create_user("ada", "somebody@example.test")
    browser = Browser(app)
    answer = provider.answer_to(browser.visit(f"{folder}/sign-in").location)
    return browser.visit(f"{folder}/sign-in/callback?{answer}")


def test_whoever_has_an_account_gets_what_the_login_answers(provider):
    found = comes_back_known(provider, {folder!r})
    from rest_framework.authtoken.models import Token

    given = [token.user.username for token in Token.objects.all()]
    assert (found.status, found.location, given) == {expected}
"""
CASES = {
    "a class below the login of the framework, which says where people go on": ("/account", (302, "/welcome/", [])),
    "a view that asks the form of the framework": ("", (302, "/welcome/", [])),
    "a function of REST framework": ("", (200, "", ["ada"])),
    "a class of REST framework": ("", (200, "", ["ada"])),
}


def site(name: str) -> dict[str, str]:
    """The files of an example as a site that can be served."""
    before = EXAMPLES[name].before
    assert isinstance(before, Mapping)
    urls = before["urls.py"].replace('name="login")', 'name="login"), path("welcome/", views.home, name="home")')
    if "import views\n" not in urls:
        urls = urls.replace("from views", "import views\nfrom views")
    home = "\n\ndef home(request):\n    return None\n"
    views = before["views.py"] + home
    return {**before, "settings.py": SETTINGS, "urls.py": urls, "views.py": views, "wsgi.py": WSGI, "manage.py": MANAGE}


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The proof of the patched site, and the site."""
    result = patched(files, Policy(), CONTROL)
    (proof,) = [each.proof for each in result.patches if each.proof is not None]
    return proof.content, {**files, **{path: content.decode() for path, content in result.files.items()}}


@pytest.mark.parametrize("name", CASES)
def test_the_callback_answers_what_the_login_answers(name: str, tmp_path: Path) -> None:
    folder, expected = CASES[name]
    proof, files = proven(site(name))
    test = COMES_BACK.replace("{folder!r}", repr(folder)).replace("{expected}", repr(expected))
    outcomes = run_proof(written(files, tmp_path), proof + test)
    assert {name: each for name, each in outcomes.items() if each != "passed"} == {}
    assert "test_whoever_has_an_account_gets_what_the_login_answers" in outcomes


FORM = """from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.shortcuts import redirect, render


def login_view(request):
    if request.method == "POST":
        form = AuthenticationForm(request, data=request.POST)
        {condition}:
            {body}
    else:
        form = AuthenticationForm()
    return render(request, "login.html", {{"form": form}})
"""
LOGS_IN = "login(request, form.get_user())"


def title(condition: str = "if form.is_valid()", body: str = f"{LOGS_IN}\n            return redirect('home')") -> str:
    """What becomes of a login by a form."""
    example = EXAMPLES["a view that asks the form of the framework"].before
    assert isinstance(example, Mapping)
    files = {**example, "views.py": FORM.format(condition=condition, body=body)}
    (patch,) = patched(files, Policy(), CONTROL).patches
    return patch.title


def test_who_was_found_need_not_have_a_name() -> None:
    assert title().startswith("Let people sign in at the identity provider")


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"condition": "if form.is_valid() and open_today()"}, "could not be read"),
        ({"body": LOGS_IN}, "could not be read"),  # nothing says what is answered
        ({"body": f"{LOGS_IN}\n            return redirect(form.cleaned_data['next'])"}, "form.cleaned_data"),
        ({"body": f"{LOGS_IN}\n            return redirect(request.GET['next'])"}, "request.GET"),
        ({"body": "greet(form.get_user())\n            login(request, form.get_user())\n            return home()"}, "read"),
    ],
)  # fmt: skip
def test_a_form_of_which_more_is_asked_is_advice(given: dict[str, str], because: str) -> None:
    found = title(**given)
    assert found.startswith("Add a sign-in at the organisation's identity provider by hand.")
    assert because in found
