"""Shapes of Flask code beyond the annotated sample: files that know of each other, and what must not be taken for a check."""

import pytest

from tests.transforms.joined import app_of, only_route, route_of
from transforms.access import Answer
from transforms.public import Openness

HEAD = "from flask import Flask, Blueprint, abort, g, jsonify, redirect, render_template, request, session, url_for\n"
APP = HEAD + "app = Flask(__name__)\n"


def answer(body: str) -> Answer:
    """Whether a handler with this body keeps strangers out."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    app, route = only_route(f"{APP}@app.post('/things')\ndef handler():\n{lines}")
    return app.access(route).answer


@pytest.mark.parametrize(
    "body",
    [
        "if not session.get('logged_in'):\n    return redirect(url_for('auth.login', next=request.path))\nreturn go()",
        "if 'user' in session:\n    return go()\nelse:\n    return render_template('login.html')",
        "user = g.get('user')\nif user is None:\n    abort(404)\nreturn go()",
        "role = session.get('role', '')\nif role != 'admin':\n    return jsonify(ok=False)\nreturn go()",
        "if request.authorization is None or not known(request.authorization):\n    return 'no', 401\nreturn go()",
        "if request.headers.get('X-Api-Key') != key():\n    return jsonify(error='no'), 403\nreturn go()",
        "if session.get('user_id') == None:\n    raise Unknown()\nreturn go()",
    ],
)
def test_a_stranger_is_refused(body: str) -> None:
    assert answer(body) is Answer.YES


@pytest.mark.parametrize(
    "body",
    [
        "session['user_id'] = 1\nreturn go()",
        "session.pop('user_id', None)\nreturn redirect(url_for('login'))",
        "if not session.get('cart'):\n    return redirect(url_for('shop'))\nreturn go()",
        "if not session.get('user'):\n    log()\nreturn go()",
        "if request.args.get('page') is None:\n    return 'which?', 403\nreturn go()",
        "del session['user']\nreturn go()",
        "if request.form.get('name') is None:\n    return redirect(url_for('form'))\nreturn go()",
    ],
)
def test_a_stranger_is_let_in(body: str) -> None:
    assert answer(body) is Answer.NO


def test_a_session_that_is_needed_is_no_proof_of_a_check() -> None:
    assert answer("return go(session['user_id'])") is Answer.UNKNOWN
    assert (
        answer("try:\n    user = session['user_id']\nexcept KeyError:\n    user = None\nreturn go(user)") is Answer.NO
    )


def test_a_prefix_at_registration_stands_instead_of_the_blueprint_s_own() -> None:
    blueprint = HEAD + "bp = Blueprint('a', __name__, url_prefix='/own')\n@bp.get('/<int:id>')\ndef f(id): ...\n"
    main = APP + "from a import bp\napp.register_blueprint(bp{})\n"
    for given, path in (
        ("", "/own/{id}"),
        (", url_prefix='/given'", "/given/{id}"),
        (", url_prefix=None", "/own/{id}"),
    ):
        assert [each.name for each in app_of({"a.py": blueprint, "main.py": main.format(given)}).routes] == [
            f"GET {path}"
        ]


def test_a_check_for_the_whole_app_may_stand_in_a_blueprint() -> None:
    files = {
        "auth.py": HEAD + "auth = Blueprint('auth', __name__)\n@auth.before_app_request\ndef check():\n"
        "    if request.blueprint == 'auth':\n        return\n    if 'user' not in session:\n        abort(401)\n"
        "@auth.post('/enter')\ndef enter(): ...\n",
        "app.py": APP + "from auth import auth\napp.register_blueprint(auth)\n@app.get('/x')\ndef x(): ...\n",
    }
    app = app_of(files)
    assert app.access(route_of(app, "GET /x")).answer is Answer.YES


def test_what_a_check_lets_through_may_not_be_readable() -> None:
    source = (
        "from settings import OPEN\n" + APP + "@app.before_request\ndef check():\n"
        "    if request.endpoint not in OPEN and 'user' not in session:\n        abort(401)\n"
        "@app.get('/x')\ndef x(): ...\n"
    )
    app, route = only_route(source)
    assert app.access(route).answer is Answer.UNKNOWN


def test_a_page_is_public_only_while_there_is_no_data_in_it() -> None:
    page = APP + "@app.get('/about')\ndef about(): return render_template('about.html'{})\n"
    for given, openness in (
        ("", Openness.PUBLIC),
        (", title='Us'", Openness.PUBLIC),
        (", users=USERS", Openness.NOT_PUBLIC),
    ):
        app, route = only_route(page.format(given).replace("/about", "/x").replace("def about", "def x"))
        assert app.publicity(route).openness is openness


def test_a_view_of_another_file_is_expanded_into_its_methods() -> None:
    files = {
        "views.py": "from flask.views import MethodView\nclass Base(MethodView):\n    def get(self): ...\n"
        "class Orders(Base):\n    def post(self): ...\n",
        "app.py": APP + "from views import Orders\napp.add_url_rule('/orders', view_func=Orders.as_view('orders'))\n",
    }
    routes = app_of(files).routes
    assert [(each.name, each.handler) for each in routes] == [
        ("POST /orders", "views.Orders.post"),
        ("GET /orders", "views.Base.get"),
    ]


def test_one_handler_for_several_methods_is_one_route() -> None:
    _, route = only_route(APP + "@app.route('/x', methods=['GET', 'PUT', 'options'])\ndef x(): ...\n")
    assert route.name == "GET,PUT /x"
    assert route.may_write


def test_where_a_prefix_and_a_path_meet_there_is_one_slash() -> None:
    source = (
        "from flask import Blueprint, Flask\napp = Flask(__name__)\npages = Blueprint('pages', __name__, url_prefix='/')\n"
        "@pages.get('/about')\ndef about(): ...\n"
        "shop = Blueprint('shop', __name__)\n@shop.get('/')\ndef start(): ...\n@shop.get('/cart')\ndef cart(): ...\n"
        "app.register_blueprint(pages)\napp.register_blueprint(shop, url_prefix='/shop/')\n"
    )
    assert sorted(route.path or "" for route in app_of(source).routes) == ["/about", "/shop/", "/shop/cart"]
