"""Rows of people in an app on Flask-SQLAlchemy: who is calling is a session, a token or a row, and no parameter."""

import pytest

from tests.transforms.owned_app import app_of
from transforms.app import App
from transforms.frameworks.sqlalchemy_edits import scope_query

MODELS = """from extensions import db


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String)
    password_hash = db.Column(db.String)


class DiaryPage(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
    text = db.Column(db.String)
"""
MAIN = """from flask import Flask, abort, g, jsonify, request, session
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_login import current_user, login_required

from models import DiaryPage, User

app = Flask(__name__)


@app.get("/mine")
@login_required
def mine():
    return jsonify(DiaryPage.query.filter_by(user_id=current_user.id).all())


@app.route("/pages/<int:page_id>", methods=["GET", "POST"])
@login_required
def page(page_id):
"""


def diary(body: str) -> App:
    return app_of({"models.py": MODELS, "main.py": MAIN + body})


def holds(body: str) -> str:
    """The answer about the last query of pages."""
    return [each for each in diary(body).tenancy().judgements if each.query.function == "main.page"][-1].holds.value


@pytest.mark.parametrize(
    "caller",
    [
        "current_user.id",
        'session["user_id"]',
        'session.get("user_id")',
        "g.user.id",
        "get_jwt_identity()",
    ],
)
def test_what_names_the_caller_narrows_rows(caller: str) -> None:
    assert holds(f"    return show(DiaryPage.query.filter_by(id=page_id, user_id={caller}).first())\n") == "yes"


@pytest.mark.parametrize("caller", ['request.args.get("user_id")', "page_id", 'request.form["user_id"]'])
def test_what_the_request_says_narrows_nothing(caller: str) -> None:
    assert holds(f"    return show(DiaryPage.query.filter_by(user_id={caller}).all())\n") == "no"


def test_a_row_by_its_key_is_anybodys() -> None:
    assert holds("    return show(DiaryPage.query.get_or_404(page_id))\n") == "no"


def test_an_account_that_was_found_by_the_caller_is_theirs() -> None:
    body = (
        "    user = User.query.filter_by(email={found_by}).first()\n    page = DiaryPage.query.get_or_404(page_id)\n"
        "    if page.user_id != user.id:\n        abort(403)\n    return show(page)\n"
    )
    assert holds(body.format(found_by='session["email"]')) == "yes"
    assert holds(body.format(found_by='request.form["email"]')) == "no"


@pytest.mark.parametrize(
    ("query", "scoped"),
    [
        ("DiaryPage.query.all()", "DiaryPage.query.filter(DiaryPage.user_id == me).all()"),
        (
            "DiaryPage.query.filter_by(id=page_id)",
            "DiaryPage.query.filter(DiaryPage.user_id == me).filter_by(id=page_id)",
        ),
        (
            "DiaryPage.query.get_or_404(page_id)",
            "DiaryPage.query.filter(DiaryPage.id == page_id, DiaryPage.user_id == me).first_or_404()",
        ),
    ],
)
def test_a_query_of_a_class_is_narrowed_before_it_runs(query: str, scoped: str) -> None:
    app = diary(f"    return show({query})\n")
    found = next(each for each in app.queries if each.function == "main.page")
    entity = next(each for each in app.entities if each.symbol == "models.DiaryPage")
    (edit,) = scope_query(app, found, entity, "user_id", "me") or ()
    assert getattr(edit, "code", None) == scoped


@pytest.mark.parametrize("others", ["DiaryPage.user_id != current_user.id", "~(DiaryPage.user_id == current_user.id)"])
def test_all_rows_but_the_callers_are_not_the_callers(others: str) -> None:
    assert holds(f"    return jsonify(DiaryPage.query.filter({others}).all())\n") == "unknown"
    assert (
        holds(f"    return jsonify(DiaryPage.query.filter({others}, DiaryPage.user_id == g.user.id).all())\n") == "yes"
    )
    assert holds("    return jsonify(DiaryPage.query.filter(DiaryPage.text != 'x').first())\n") == "no"


@pytest.mark.parametrize(
    "asked",
    [
        "if DiaryPage.query.filter_by(text=text).first(): return 'taken'",
        "if DiaryPage.query.filter_by(text=text).first() is not None: return 'taken'",
        "if text and not DiaryPage.query.filter_by(text=text).count() == 0: return 'taken'",
        "if db.session.query(DiaryPage.query.filter_by(text=text).exists()).scalar(): return 'taken'",
        "if db.session.execute(db.select(DiaryPage).where(DiaryPage.text == text)).scalar_one_or_none(): return 'taken'",
        "if len(DiaryPage.query.filter_by(text=text).all()) > 0: return 'taken'",
        "taken = DiaryPage.query.filter_by(text=text).first() is not None",
        "taken = bool(DiaryPage.query.filter_by(text=text).first())",
        "other = DiaryPage.query.filter_by(text=text).first()\n    if other and other.id != page_id: return 'taken'",
    ],
)
def test_whether_a_name_is_taken_may_be_asked_of_the_rows_of_all(asked: str) -> None:
    keep = "    db.session.add(DiaryPage(text=text, user_id=current_user.id))\n    return 'kept'\n"
    app = diary(f"    from extensions import db\n    text = request.form['text']\n    {asked}\n{keep}")
    found = [each for each in app.tenancy().judgements if each.query.function == "main.page"]
    assert {each.holds.value for each in found} == {"yes"}


@pytest.mark.parametrize(
    "read",
    [
        "other = DiaryPage.query.filter_by(text=text).first()\n    if other: return jsonify(other)",
        "other = DiaryPage.query.filter_by(text=text).first()\n    if other.text != text: return 'no'",
        "if DiaryPage.query.filter_by(text=text).first().text: return 'long'",
        "return jsonify(DiaryPage.query.filter_by(text=text).first())",
    ],
)
def test_what_shows_something_of_a_row_is_no_question_whether_it_is_there(read: str) -> None:
    assert holds(f"    text = request.form['text']\n    {read}\n") == "no"
