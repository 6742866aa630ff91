"""Handlers that ask a function of another file who is calling, and go on only for whom it answers something."""

import pytest

from tests.transforms.joined import app_of

PEOPLE = """
from flask import request, session
from shelf import User


def is_known():
    return session.get("user_id") is not None


def is_in():
    if "user_id" in session:
        return True
    return False


def somebody():
    key = session.get("user_id")
    if not key:
        return None
    return User.query.get(key)


def visitor():
    return User.query.get(session["user_id"]) if "user_id" in session else User(name="a guest")


def is_open():
    return True
"""
HEAD = """
import functools
import people
from flask import Flask, abort, flash, jsonify, redirect, render_template, request
from people import is_in, is_known, is_open, somebody, visitor
from shelf import Book

app = Flask(__name__)


def for_members(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if not is_known():
            return redirect("/")
        return view(*args, **kwargs)
    return wrapper


@app.route("/books", methods=["GET", "POST"])
"""


def answer(body: str, above: str = "", before: str = "") -> str:
    handler = f"{above}def books():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    app = app_of({"people.py": PEOPLE, "main.py": HEAD + handler + before})
    (route,) = app.routes
    return app.access(route).answer.value


@pytest.mark.parametrize(
    "body",
    [
        "if not is_known():\n    return redirect('/')\nreturn find()",
        "if not people.is_in():\n    flash('Sign in')\n    return render_template('enter.html')\nreturn find()",
        "if is_in():\n    return find()\nreturn redirect('/')",
        "user = somebody()\nif not user:\n    return redirect('/')\nreturn find(user)",
        "user = somebody()\nif user is None or user.locked:\n    return '', 204\nreturn find(user)",
    ],
)
def test_strangers_are_led_away_by_what_another_file_answers(body: str) -> None:
    assert answer(body) == "yes"


@pytest.mark.parametrize(
    "body",
    [
        "if not is_open():\n    return redirect('/')\nreturn find()",
        "if not visitor():\n    return redirect('/')\nreturn find()",
        "if not is_known():\n    return jsonify(Book.query.all())\nreturn find()",
        "if not is_known():\n    return shown_to_all()\nreturn find()",
        "if not is_known():\n    greeting = 'Hello'\nreturn find()",
        "if request.method == 'POST':\n    if not is_known():\n        return redirect('/')\n    add()\nreturn find()",
        "if not is_known() and late():\n    return redirect('/')\nreturn find()",
    ],
)
def test_who_is_answered_all_the_same_is_not_led_away(body: str) -> None:
    assert answer(body) != "yes"


def test_a_decorator_and_a_check_before_all_requests_may_ask_another_file_as_well() -> None:
    assert answer("return find()", above="@for_members\n") == "yes"
    before = "\n\n@app.before_request\ndef check():\n    if not is_known():\n        return redirect('/')\n"
    assert answer("return find()", before=before) == "yes"
    assert answer("return find()", before=before.replace("is_known", "is_open")) == "no"
