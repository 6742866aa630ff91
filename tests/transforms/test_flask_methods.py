"""A Flask handler that serves several methods: one route while they are alike, one for each where they are not."""

import pytest

from tests.transforms.joined import app_of
from transforms.app import App

HEAD = """from flask import Flask, abort, g, jsonify, redirect, request, session, url_for
from flask_login import current_user, login_required

app = Flask(__name__)


@app.route("/orders", methods=["GET", "POST", "DELETE"])
def orders():
"""


def site(body: str, head: str = HEAD) -> App:
    return app_of(head + "".join(f"    {line}\n" for line in body.splitlines()))


def answers(body: str) -> dict[str, str]:
    """The answer for each route that the handler is."""
    app = site(body)
    return {route.name: app.access(route).answer.value for route in app.routes}


WHOLE = "GET,POST,DELETE /orders"
REFUSES = "if not current_user.is_authenticated:\n        abort(401)\n"


@pytest.mark.parametrize(
    "body",
    [
        f"if request.method in ('POST', 'DELETE'):\n    {REFUSES}    change()\nreturn find()",
        f"if request.method == 'GET':\n    return find()\n{REFUSES.replace('        ', '    ')}change()\nreturn 'ok'",
        f"if request.method != 'GET':\n    {REFUSES}    change()\n    return 'ok'\nreturn find()",
        f"if 'GET' == request.method:\n    return find()\nelse:\n    {REFUSES}    return change()",
        f"match request.method:\n    case 'GET':\n        return find()\n    case _:\n        {REFUSES.replace('        ', '            ')}        return change()",
        "if request.method != 'GET' and 'user' not in session:\n    return redirect(url_for('login'))\nreturn find()",
        f"try:\n    if request.method == 'GET':\n        return find()\n    {REFUSES}    return change()\nfinally:\n    done()",
    ],
)
def test_each_method_is_a_route_where_one_lets_strangers_in(body: str) -> None:
    assert answers(body) == {"GET /orders": "no", "POST /orders": "yes", "DELETE /orders": "yes"}


def test_the_methods_behind_the_one_that_is_left_out_are_told_apart() -> None:
    body = (
        "if request.method == 'DELETE':\n    return remove()\nif 'user' not in session:\n    abort(403)\nreturn find()"
    )
    assert answers(body) == {"GET /orders": "yes", "POST /orders": "yes", "DELETE /orders": "no"}


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            "if 'user' not in session:\n    abort(401)\nif request.method == 'POST':\n    return change()\nreturn find()",
            "yes",
        ),
        ("if request.method == 'POST':\n    return change()\nreturn find()", "no"),
        ("if 'user' not in session:\n    abort(401)\nreturn find()", "yes"),
        (
            "if request.method == 'POST':\n    if 'user' not in session:\n        abort(401)\n    return change()\n"
            "if 'user' not in session:\n    return 'no', 401\nreturn find()",
            "yes",
        ),
    ],
)
def test_one_route_where_all_methods_are_alike(body: str, answer: str) -> None:
    assert answers(body) == {WHOLE: answer}


def test_what_another_function_checks_counts_for_the_method_that_calls_it() -> None:
    head = HEAD.replace(
        "@app.route", "def known():\n    if 'user' not in session:\n        abort(401)\n\n\n@app.route", 1
    )
    app = site("if request.method == 'GET':\n    return find()\nknown()\nreturn change()", head)
    assert {route.name: app.access(route).answer.value for route in app.routes} == {
        "GET /orders": "no", "POST /orders": "yes", "DELETE /orders": "yes",
    }  # fmt: skip


def test_a_method_of_something_else_tells_nothing_apart() -> None:
    body = "if order.method == 'POST':\n    if 'user' not in session:\n        abort(401)\n    return change()\nreturn find()"
    assert answers(body) == {WHOLE: "yes"}


def test_a_decorator_stands_before_every_method() -> None:
    app = site(
        f"if request.method == 'GET':\n    return find()\n{REFUSES.replace('        ', '    ')}return change()",
        HEAD.replace("def orders", "@login_required\ndef orders"),
    )
    assert {app.access(route).answer.value for route in app.routes} == {"yes"}


# --- roles


def roles(body: str, head: str = HEAD) -> dict[str, str]:
    """For each route that the handler is, whether it asks for a role."""
    app = site(body, head)
    return {route.name: app.roles.check(route).answer.value for route in app.routes}


GUARDED = HEAD.replace("def orders():", "@login_required\ndef orders():")
ASKS = "if not current_user.is_admin:\n        abort(403)\n"


@pytest.mark.parametrize(
    "body",
    [
        f"if request.method == 'GET':\n    return find()\n{ASKS.replace('        ', '    ')}return change()",
        f"if request.method != 'GET':\n    {ASKS}    return change()\nreturn find()",
        f"if request.method in ('POST', 'DELETE'):\n    {ASKS}    return change()\nelse:\n    return find()",
        "if request.method != 'GET' and current_user.role != 'admin':\n    abort(403)\nreturn change()",
        f"match request.method:\n    case 'GET':\n        return find()\n    case _:\n        {ASKS.replace('        ', '            ')}        return change()",
    ],
)
def test_a_role_that_one_method_does_not_ask_for_makes_each_a_route(body: str) -> None:
    assert roles(body, GUARDED) == {"GET /orders": "no", "POST /orders": "yes", "DELETE /orders": "yes"}


def test_each_method_may_ask_for_a_role_of_its_own() -> None:
    body = (
        "if request.method == 'DELETE':\n    if current_user.role != 'owner':\n        abort(403)\n    return drop()\n"
        "if request.method == 'POST':\n    if current_user.role != 'manager':\n        abort(403)\n    return change()\n"
        "return find()"
    )
    assert roles(body, GUARDED) == {"GET /orders": "no", "POST /orders": "yes", "DELETE /orders": "yes"}


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (f"{ASKS.replace('        ', '    ')}if request.method == 'POST':\n    return change()\nreturn find()", "yes"),
        ("if request.method == 'POST':\n    return change()\nreturn find()", "no"),
        # to be shown more is no refusal
        ("if request.method == 'POST':\n    change()\nif current_user.is_admin:\n    log()\nreturn find()", "no"),
    ],
)
def test_one_route_where_all_methods_ask_alike(body: str, answer: str) -> None:
    assert roles(body, GUARDED) == {WHOLE: answer}


def test_what_another_function_asks_counts_for_the_method_that_calls_it() -> None:
    head = GUARDED.replace(
        "@app.route", "def only_admins():\n    if not current_user.is_admin:\n        abort(403)\n\n\n@app.route", 1
    )
    body = (
        "if request.method == 'GET':\n    if not current_user.is_staff:\n        abort(403)\n    return find()\n"
        "only_admins()\nreturn change()"
    )
    assert roles(body, head) == {"GET /orders": "yes", "POST /orders": "yes", "DELETE /orders": "yes"}


VIEW = """from flask import Flask, abort
from flask.views import MethodView
from flask_login import current_user, login_required
import functools

app = Flask(__name__)


def admin_only(view):
    @functools.wraps(view)
    def checked(*args, **kwargs):
        if not current_user.is_admin:
            abort(403)
        return view(*args, **kwargs)

    return checked


class Orders(MethodView):
    {attribute}
    def get(self):
        return find()

    {above}
    def delete(self):
        {inside}
        return drop()


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"GET /orders": "no", "DELETE /orders": "no"}),
        ({"attribute": "decorators = [login_required]\n"}, {"GET /orders": "no", "DELETE /orders": "no"}),
        ({"attribute": "decorators = [admin_only, login_required]\n"}, {"GET /orders": "yes", "DELETE /orders": "yes"}),
        ({"attribute": "decorators = (admin_only,)\n"}, {"GET /orders": "yes", "DELETE /orders": "yes"}),
        ({"above": "@admin_only"}, {"GET /orders": "no", "DELETE /orders": "yes"}),
        (
            {"attribute": "decorators = [login_required]\n", "inside": "if not current_user.is_admin:\n            abort(403)"},
            {"GET /orders": "no", "DELETE /orders": "yes"},
        ),
    ],
)  # fmt: skip
def test_a_class_asks_for_all_its_methods_and_a_method_for_itself(
    given: dict[str, str], expected: dict[str, str]
) -> None:
    app = app_of(VIEW.format(**{"attribute": "", "above": "", "inside": "pass", **given}))
    assert {route.name: app.roles.check(route).answer.value for route in app.routes} == expected


def test_a_path_that_serves_one_method_is_judged_by_what_that_runs() -> None:
    app = app_of(
        HEAD.replace(
            '@app.route("/orders", methods=["GET", "POST", "DELETE"])',
            "@app.route('/')\n@app.route('/send', methods=['GET', 'POST'])",
        )
        + "    if request.method == 'POST':\n        db.session.commit()\n    return 'form'\n"
    )
    assert {route.name: app.stakes(route).writes for route in app.routes} == {"GET /": False, "GET,POST /send": True}
    assert [each.route.name for each in app.auditing.changes] == ["GET,POST /send"]
