"""Views that are wrapped behind their registration, by the names of their endpoints."""

import pytest

from tests.transforms.joined import app_of

HEAD = """
from flask import Blueprint, Flask
from flask_login import login_required
from flask_wtf.csrf import CSRFProtect

app = Flask(__name__)
csrf = CSRFProtect(app)
desk = Blueprint("desk", __name__)


@app.get("/")
def home(): return find()


@app.get("/notes")
def notes(): return find()


@desk.get("/desk")
def show(): return find()


app.add_url_rule("/old", "ancient", notes_of_old := notes)
app.register_blueprint(desk)
"""


def answers(source: str, head: str = HEAD) -> dict[str, str]:
    app = app_of(head + source)
    return {each.path or "": app.access(each).answer.value for each in app.routes if each.path != "/old"}


OPEN = {"/": "no", "/notes": "no", "/desk": "no"}


@pytest.mark.parametrize(
    ("wrapping", "guarded"),
    [
        ('app.view_functions["notes"] = login_required(app.view_functions["notes"])', {"/notes"}),
        ('app.view_functions["desk.show"] = login_required(app.view_functions["desk.show"])', {"/desk"}),
        (
            'for name in ("home", "notes"):\n    app.view_functions[name] = login_required(app.view_functions[name])',
            {"/", "/notes"},
        ),
        (
            "for name, view in app.view_functions.items():\n    app.view_functions[name] = login_required(view)",
            {"/", "/notes", "/desk"},
        ),
        (
            'for name, view in app.view_functions.items():\n    if name in ("home", "static"):\n        continue\n'
            "    app.view_functions[name] = login_required(view)",
            {"/notes", "/desk"},
        ),
        (
            'for name, view in list(app.view_functions.items()):\n    if name != "home":\n'
            "        app.view_functions[name] = login_required(view)",
            {"/notes", "/desk"},
        ),
        (
            "app.view_functions = {name: login_required(view) for name, view in app.view_functions.items()}",
            {"/", "/notes", "/desk"},
        ),
    ],
)
def test_what_is_wrapped_is_guarded_and_the_rest_is_not(wrapping: str, guarded: set[str]) -> None:
    assert answers(wrapping) == OPEN | dict.fromkeys(guarded, "yes")


@pytest.mark.parametrize(
    "wrapping",
    [
        "app.view_functions[chosen()] = login_required(app.view_functions[chosen()])",
        "for name in names:\n    app.view_functions[name] = login_required(app.view_functions[name])",
        "for name, view in app.view_functions.items():\n    if is_private(name):\n"
        "        app.view_functions[name] = login_required(view)",
        "app.view_functions = {name: login_required(view) for name, view in app.view_functions.items() if name in OURS}",
    ],
)
def test_where_the_names_cannot_be_read_nothing_is_claimed(wrapping: str) -> None:
    assert set(answers(wrapping).values()) == {"unknown"}


def test_what_wraps_for_another_purpose_is_no_guard() -> None:
    assert answers('app.view_functions["notes"] = csrf.exempt(app.view_functions["notes"])') == OPEN


def test_the_name_that_a_route_is_registered_by_counts() -> None:
    named = HEAD.replace('@app.get("/notes")', '@app.get("/notes", endpoint="pages")')
    assert (
        answers('app.view_functions["pages"] = login_required(app.view_functions["pages"])', named)["/notes"] == "yes"
    )
    assert answers('app.view_functions["notes"] = login_required(app.view_functions["notes"])', named)["/notes"] == "no"
