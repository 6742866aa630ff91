"""Handlers of Flask that ask who is calling and answer strangers as well: judged by what they do for strangers."""

import pytest

from tests.transforms.joined import only_route
from transforms.access import Answer

HEAD = """from flask import Flask, abort, g, jsonify, redirect, render_template, request, session, url_for
from flask_login import current_user
app = Flask(__name__)
def is_known():
    return "user_id" in session
def caller():
    if "user_id" in session:
        return find_user(session["user_id"])
    return None
"""
WRITES = "db.session.delete(found)\ndb.session.commit()"


def answer(body: str, registered: str = "@app.get('/things')") -> Answer:
    """Whether a handler with this body keeps strangers out."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    app, route = only_route(f"{HEAD}{registered}\ndef handler():\n{lines}")
    return app.access(route).answer


@pytest.mark.parametrize(
    "body",
    [
        "if current_user.is_authenticated:\n    return mine()\nreturn render_template('start.html', things=find())",
        "things = mine(g.user) if g.user else []\nreturn render_template('start.html', things=things)",
        "user = session.get('user')\nif user:\n    note(user)\nreturn render_template('start.html')",
        "if is_known():\n    return jsonify(mine())\nreturn jsonify([])",
        "user = caller()\nif user is not None and user.is_admin:\n    things = every()\nelse:\n    things = some()\n"
        "return jsonify(things)",
        "if 'user' in session:\n    return redirect(url_for('index'))\nreturn form()",
        f"if session.get('role') == 'admin':\n    {WRITES.replace(chr(10), chr(10) + '    ')}\nreturn jsonify(some())",
    ],
)
def test_nobody_can_tell_of_a_page_that_shows_more_to_whoever_is_signed_in(body: str) -> None:
    assert answer(body) is Answer.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        f"if g.user:\n    found.by = g.user.id\n{WRITES}\nreturn redirect(url_for('index'))",
        f"if 'user' in session:\n    if session['role'] != 'admin':\n        return redirect('/login')\n{WRITES}",
        f"if not current_user.is_authenticated:\n    log()\n{WRITES}\nreturn ''",
        "if session.get('user'):\n    mail(session['user'])\nimport requests\nrequests.post('https://example.com')\nreturn ''",
    ],
)
def test_what_is_changed_for_strangers_as_well_is_open(body: str) -> None:
    assert answer(body) is Answer.NO


@pytest.mark.parametrize(
    "body",
    [
        f"if 'user' in session:\n    if session['role'] != 'admin':\n        abort(403)\nelse:\n    abort(401)\n{WRITES}",
        f"user = caller()\nif not user:\n    return redirect('/login')\n{WRITES}",
        f"if current_user.is_anonymous:\n    abort(401)\n{WRITES}",
        f"if 'user' in session:\n    {WRITES.replace(chr(10), chr(10) + '    ')}\n    return ''\nreturn redirect('/login')",
    ],
)
def test_whoever_is_refused_on_the_way_of_strangers_is_kept_out(body: str) -> None:
    assert answer(body) is Answer.YES


def test_a_form_is_judged_by_what_it_leaves_for_strangers_to_do() -> None:
    both = "@app.route('/things', methods=['GET', 'POST'])"
    inside = WRITES.replace("\n", "\n        ")
    kept = f"if request.method == 'POST':\n    if g.user:\n        {inside}\nreturn redirect(url_for('index'))"
    assert answer(kept, both) is Answer.UNKNOWN
    assert answer(kept.replace("if g.user", "if not g.user"), both) is Answer.NO
    assert answer("if g.user:\n    note()\nreturn jsonify(save(request.form))", "@app.post('/things')") is Answer.NO


def test_what_is_of_administrators_or_lists_what_is_peoples_stays_open() -> None:
    body = "things = every()\nif g.user:\n    note()\nreturn jsonify(things)"
    assert answer(body) is Answer.UNKNOWN
    assert answer(body, "@app.get('/admin/things')") is Answer.NO
    assert answer(body, "@app.get('/users')") is Answer.NO


def test_rows_that_are_fetched_where_strangers_are_answered_are_no_refusal() -> None:
    body = "if not g.user:\n    return render_template('start.html', things=Thing.query.limit(3).all())\nreturn mine()"
    assert answer(body) is Answer.UNKNOWN
    assert answer(body.replace(", things=Thing.query.limit(3).all()", "")) is Answer.YES


LOGIN = """from flask import Flask, request
from flask_login import current_user, login_required, login_user
from werkzeug.security import check_password_hash
app = Flask(__name__)
@app.route("/", methods=["GET", "POST"])
def front():
    user = User.query.filter_by(name=request.form["name"]).first()
    if user and check_password_hash(user.password, request.form["password"]):
        login_user(user)
    return "done"
"""


def test_a_login_is_one_under_any_path() -> None:
    app, route = only_route(LOGIN)
    assert app.publicity(route).reason == "it compares a password, and lets its owner in"
    assert [(each.action, each.signs_in) for each in app.auditing.changes] == [("auth.login", True)]
    for other in (
        LOGIN.replace("login_user(user)", "remember(user)"),
        LOGIN.replace("def front", "def change_password"),
    ):
        app, route = only_route(other)
        assert not app.publicity(route).is_public
