"""What visitors of a Flask app may do before they sign in, or without that, whatever its path says."""

import pytest

from tests.transforms.joined import app_of, route_of
from transforms.public import Openness

HEAD = """
from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required
from werkzeug.security import check_password_hash
from shelf import Visit, Book, User, db

app = Flask(__name__)


def knows(name, password):
    row = User.query.filter_by(name=name).first()
    return row is not None and check_password_hash(row.password, password)


"""


def openness(source: str, name: str) -> Openness:
    app = app_of(HEAD + source)
    return app.publicity(route_of(app, name)).openness


ENTER = '@app.post("/")\ndef enter():\n    if knows(request.form["name"], request.form["password"]):\n        {}\n    return redirect("/")\n'


def test_who_compares_a_password_and_remembers_whose_it_is_lets_people_in() -> None:
    assert openness(ENTER.format('session["user_name"] = request.form["name"]'), "POST /") is Openness.PUBLIC
    for other in ('session["last_book"] = "Emma"', 'db.session.add(Book()); flash("Kept")'):
        assert openness(ENTER.format(other), "POST /") is not Openness.PUBLIC


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/set_language/<language>", "session['lang'] = language\n    return redirect('/')", Openness.PUBLIC),
        ("/theme/<name>", "session['theme'] = name\n    return redirect('/')", Openness.PUBLIC),
        ("/set_language/<language>", "db.session.add(Book())\n    return redirect('/')", Openness.NOT_PUBLIC),
        ("/languages/<name>", "return render_template('x.html', books=Book.query.all())", Openness.NOT_PUBLIC),
        ("/language", "return render_template('x.html', books=Book.query.all())", Openness.NOT_PUBLIC),
    ],
)
def test_a_choice_that_a_visitor_keeps_is_theirs(path: str, body: str, expected: Openness) -> None:
    parameter = path.partition("<")[2].rstrip(">")
    handler = f"@app.get('{path}')\ndef choose({parameter}):\n    {body}\n"
    assert openness(handler, f"GET {path.replace('<', '{').replace('>', '}')}") is expected


def test_a_start_page_that_counts_its_visitors_is_in_doubt() -> None:
    body = "def home():\n    db.session.add(Visit()); db.session.commit()\n    return render_template('home.html')\n"
    assert openness(f'@app.get("/")\n{body}', "GET /") is Openness.UNSURE
    assert openness(f'@app.get("/")\n{body.replace("home()", "visits()")}', "GET /") is Openness.NOT_PUBLIC


def test_a_page_that_only_greets_has_no_data() -> None:
    body = "    if not current_user.is_authenticated:\n        flash('Register first')\n    return render_template('index.html')\n"
    assert openness(f'@app.get("/index")\ndef index():\n{body}', "GET /index") is Openness.PUBLIC


ROLE = '@app.get("/role")\n@login_required\ndef role():\n    {}\n    return render_template("role.html", books=books)\n'


def test_a_page_that_shows_administrators_some_more_is_hardly_for_them_alone() -> None:
    some = 'books = Book.query.all() if current_user.role == "admin" else []'
    more = 'books = []\n    if current_user.role == "admin":\n        books = Book.query.all()'
    for body, sure in ((more, False), ("books = Book.query.all()", True), (some, True)):
        app = app_of(HEAD + ROLE.format(body))
        spirit = app.spirit(route_of(app, "GET /role"))
        assert spirit is not None
        assert spirit.is_sure is sure, body


SENT = """
from flask import Flask, abort, request
from linebot import WebhookHandler
from linebot.exceptions import InvalidSignatureError
from shelf import Book, db

app = Flask(__name__)
sender = WebhookHandler(app.config["SECRET"])


@app.post("/told")
def told():
    try:
        sender.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
    except InvalidSignatureError:
        {refusal}
    db.session.add(Book()); db.session.commit()
    return "ok"
"""


@pytest.mark.parametrize(("refusal", "answer"), [("abort(400)", "yes"), ("return 'no'", "unknown")])
def test_what_checks_the_signature_of_its_sender_is_not_open(refusal: str, answer: str) -> None:
    app = app_of(SENT.format(refusal=refusal))
    assert app.access(app.routes[0]).answer.value == answer
