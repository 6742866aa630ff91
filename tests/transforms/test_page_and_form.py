"""Handlers that show a page and take what is sent from it: each of the two is judged by what it does."""

import pytest

from tests.transforms.django_apps import patched, site_of
from tests.transforms.joined import app_of, route_of
from transforms.app import App
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

HEAD = """
from flask import Flask, flash, redirect, render_template, request, session
from flask_login import LoginManager, login_required, login_user
from shelf import BookForm, Book, User, db, ring

app = Flask(__name__)
login_manager = LoginManager(app)


@app.post("/login")
def log_in():
    login_user(User.query.get(1))
    return redirect("/")


"""
BOTH = '@app.route("/books/new", methods=["GET", "POST"])\ndef new():\n'
SENT = '    if request.method == "POST":\n        {}\n        return redirect("/books")\n    return {}\n'
KEPT = "db.session.add(Book(name=request.form['name'])); db.session.commit()"
PAGE = 'render_template("new.html", title="New")'


def verdicts(source: str) -> dict[str, tuple[str, str]]:
    """Outcome and words of the first control for each route, by its name."""
    report = scan([SourceFile("app.py", (HEAD + source).encode())], Policy())
    found = (each for each in report.verdicts if each.control == "route-requires-auth")
    return {each.subject.name: (each.outcome.value, each.message) for each in found}


def test_a_form_without_data_is_open_and_what_is_sent_from_it_is_not() -> None:
    found = verdicts(BOTH + SENT.format(KEPT, PAGE))
    assert found["GET /books/new"][0] == "pass"
    assert found["POST /books/new"][0] == "fail"
    assert "change data" in found["POST /books/new"][1]


def test_a_form_object_without_arguments_is_no_data() -> None:
    body = "    form = BookForm()\n    if form.validate_on_submit():\n        db.session.commit()\n        return redirect('/')\n"
    assert "GET /books/new" in verdicts(BOTH + body + "    return render_template('new.html', form=form)\n")


@pytest.mark.parametrize(
    "page",
    [
        'render_template("new.html", books=Book.query.all())',
        'render_template("new.html", form=BookForm(obj=Book.query.first()))',
    ],
)
def test_a_page_with_data_is_judged_with_what_is_sent_from_it(page: str) -> None:
    found = verdicts(BOTH + SENT.format(KEPT, page))
    assert found["GET,POST /books/new"][0] == "fail"


def test_the_patch_guards_both_and_loses_no_route() -> None:
    sources = [SourceFile("app.py", (HEAD + BOTH + SENT.format(KEPT, PAGE)).encode())]
    made = remedies(sources, scan(sources, Policy()), Policy(), only={"route-requires-auth"})
    assert b'methods=["GET", "POST"])\n@login_required\ndef new' in made.files["app.py"]


USERS = '@app.route("/users", methods=["GET", "POST"])\ndef users():\n    name = request.form.get("name", "")\n'


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("found = User.query.filter_by(name=name).all()", "read what belongs to people"),
        ("found = User.query.filter_by(name=name).first(); found.name = name; db.session.commit()", "change data"),
        ("found = ring.send_all(name)", "change data"),
    ],
)
def test_a_handler_of_both_methods_changes_something_only_where_it_may(does: str, words: str) -> None:
    source = USERS + f"    {does}\n    return render_template('users.html', users=found)\n"
    assert words in verdicts(source)["GET,POST /users"][1]


def spirit_of(source: str, name: str) -> str:
    app: App = app_of(HEAD + source)
    found = app.spirit(route_of(app, name))
    return found.reason if found is not None else ""


def test_who_searches_accounts_by_a_form_changes_none() -> None:
    listing = USERS + "    return render_template('users.html', users=User.query.filter_by(name=name).all())\n"
    making = USERS + "    db.session.add(User(name=name)); db.session.commit()\n    return redirect('/')\n"
    assert "lists the accounts" in spirit_of(listing, "GET,POST /users")
    assert "makes accounts" in spirit_of(making, "GET,POST /users")


VIEWS = """
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from shelf.forms import BookForm
from shelf.models import Book, Note


@login_required
def mine(request):
    return render(request, "mine.html", {"books": Book.objects.filter(owner=request.user)})


def new(request):
    if request.method == "POST":
        form = BookForm(request.POST)
        if form.is_valid():
            form.save()
            return redirect("/")
    else:
        form = BookForm()
    return render(request, "new.html", {"form": form})


def notes(request):
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect("login")
        Note.objects.create(text=request.POST["text"])
    return render(request, "notes.html", {"notes": Note.objects.all()})


def orders(request):
    if request.method == "POST":
        Note.objects.create(text=request.POST["text"])
    return render(request, "orders.html", {"mine": request.user.orders.all()})
"""
URLS = """
from django.urls import include, path
from shelf import views

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")), path("mine/", views.mine),
    path("new/", views.new), path("notes/", views.notes), path("orders/", views.orders),
]
"""
SITE = {"shelf/settings.py": 'ROOT_URLCONF = "shelf.urls"\n', "shelf/urls.py": URLS, "shelf/views.py": VIEWS}


def test_a_view_of_django_that_asks_who_is_calling_for_one_method_is_two_routes() -> None:
    app = site_of(SITE)
    checked = {each.name: app.access(each).is_checked for each in app.routes if each.path == "/notes/"}
    assert checked == {"GET /notes/": False, "POST /notes/": True}


def test_a_form_of_django_is_told_apart_from_what_is_sent_and_guarded_with_it() -> None:
    app = site_of(SITE)
    by_path = {each.path: app.form_apart(each) for each in app.routes}
    assert by_path["/new/"] is not None
    assert by_path["/orders/"] is None
    made = patched({path: text.encode() for path, text in SITE.items()})
    assert b"@login_required\ndef new(request)" in made.files["shelf/views.py"]


SIGNED = """
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from shelf.models import Book
from svix.webhooks import Webhook, WebhookVerificationError


@csrf_exempt
def told(request):
    if request.method != "POST":
        return HttpResponse(status=405)
    sender = Webhook(settings.SENDER)
    try:
        sender.verify(request.body, request.headers)
    except WebhookVerificationError:
        return HttpResponse(status=400)
    Book.objects.create(name="told")
    return HttpResponse()
"""


def test_a_view_for_one_method_is_read_as_a_whole() -> None:
    urls = 'from django.urls import path\nfrom shelf import views\nurlpatterns = [path("told/", views.told)]\n'
    app = site_of(SITE | {"shelf/urls.py": urls, "shelf/views.py": SIGNED})
    assert {each.name: app.access(each).answer.value for each in app.routes} == {"POST /told/": "yes"}
