"""Which guard a Flask route gets, and where: the app's own first, in the widest place that harms no other route."""

import pytest

from tests.transforms.joined import app_of, route_of
from transforms.app import App
from transforms.concepts import Place
from transforms.edit_kinds import AddDecorator, AddFirstParameter, Edit, InsertStatements
from transforms.edits import guard_for
from transforms.frameworks import verb
from transforms.reuse import Guard

HEAD = "from flask import Blueprint, Flask, redirect, session, url_for\nimport functools\n"
DECORATOR = """
def signed_in(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if not session.get("user"):
            return redirect(url_for("login"))
        return view({hands}*args, **kwargs)
    return wrapper
"""
OPEN = "app = Flask(__name__)\n@app.get('/orders')\ndef orders(): return read()\n"
TWO = OPEN + "@app.delete('/orders')\ndef purge(): return remove()\n"


def guard_of(source: str | dict[str, str], name: str) -> str | None:
    app = app_of(source)
    guard = guard_for(app, route_of(app, name))
    return guard.symbol if guard is not None else None


def edits_of(app: App, name: str, guard: Guard | None = None) -> tuple[Edit, ...]:
    route = route_of(app, name)
    chosen = guard or guard_for(app, route)
    assert chosen is not None
    return verb("flask", "guard_route")(app, route, chosen, lambda _: False) or ()


INSERTED = Guard("controls.auth", "require_user", own=False)


# --- which guard


def test_an_app_without_any_guard_gets_the_inserted_one() -> None:
    assert guard_of(HEAD + OPEN, "GET /orders") == "controls.auth.require_user"


def test_a_decorator_that_nobody_uses_is_still_the_app_s_own() -> None:
    assert guard_of(HEAD + DECORATOR.format(hands="") + OPEN, "GET /orders") == "app.signed_in"


HANDS = "@app.get('/me')\n@signed_in\ndef me(user): return user\n"
ONE = DECORATOR.format(hands="session['user'], ")


def test_a_decorator_that_hands_the_handler_one_thing_brings_its_parameter() -> None:
    decorated, parameter = edits_of(app_of(HEAD + ONE + OPEN + HANDS), "GET /orders")
    assert isinstance(decorated, AddDecorator)
    assert isinstance(parameter, AddFirstParameter)
    assert (decorated.code, parameter.code, parameter.place) == ("@signed_in", "user", decorated.place)


@pytest.mark.parametrize(
    ("why", "hands", "more"),
    [
        ("it hands over two things", "session['user'], session['id'], ", ""),
        ("it hands it over by name", "user=session['user'], ", ""),
        ("somebody else calls the handler", "session['user'], ", "def again():\n    return orders()\n"),
    ],
)
def test_a_decorator_is_not_put_on_a_handler_that_would_not_understand_it(why: str, hands: str, more: str) -> None:
    assert guard_of(HEAD + DECORATOR.format(hands=hands) + OPEN + HANDS + more, "GET /orders") is None, why


@pytest.mark.parametrize(
    ("why", "handler"),
    [
        ("a parameter has the name", "@app.get('/orders')\ndef orders(user=None): return read(user)\n"),
        ("the module has the name", "user = None\n@app.get('/orders')\ndef orders(): return read(user)\n"),
    ],
)
def test_a_name_that_means_something_else_is_no_new_parameter(why: str, handler: str) -> None:
    source = HEAD + ONE + "app = Flask(__name__)\n" + handler.replace("user = None", "user = find()") + HANDS
    app = app_of(source)
    guard = guard_for(app, route_of(app, "GET /orders"))
    assert guard is not None
    assert verb("flask", "guard_route")(app, route_of(app, "GET /orders"), guard, lambda _: False) is None, why


def test_a_plain_decorator_goes_before_one_that_hands_something_over() -> None:
    plain = DECORATOR.format(hands="").replace("signed_in", "known")
    used = HANDS + HANDS.replace("me", "you") + "@app.get('/us')\n@known\ndef us(): return 1\n"
    assert guard_of(HEAD + ONE + plain + OPEN + used, "GET /orders") == "app.known"


@pytest.mark.parametrize(
    ("manager", "signs_in", "guard"),
    [
        ("from flask_login import LoginManager, login_user\nmanager = LoginManager()", "login_user", "flask_login.login_required"),
        (
            "from flask_jwt_extended import JWTManager, create_access_token\ntokens = JWTManager()",
            "create_access_token",
            "flask_jwt_extended.jwt_required",
        ),
    ],
)  # fmt: skip
def test_the_decorator_of_a_library_where_somebody_can_sign_in(manager: str, signs_in: str, guard: str) -> None:
    login = f"@app.post('/login')\ndef login(): return {signs_in}(found())\n"
    assert guard_of(f"{HEAD}{manager}\n{OPEN}{login}", "GET /orders") == guard
    assert guard_of(f"{HEAD}{manager}\n{OPEN}", "GET /orders") == "controls.auth.require_user", "nobody can sign in"


def test_the_most_used_decorator_wins_and_one_for_a_role_is_not_taken() -> None:
    both = (
        "from flask_login import login_required\nfrom flask_security import roles_required\n"
        "@app.get('/a')\n@roles_required('admin')\ndef a(): return 1\n"
        "@app.get('/b')\n@roles_required('admin')\ndef b(): return 1\n"
        "@app.get('/c')\n@login_required\ndef c(): return 1\n"
    )
    assert guard_of(HEAD + OPEN + both, "GET /orders") == "flask_login.login_required"


def test_beside_checks_by_hand_there_is_no_patch() -> None:
    by_hand = "@app.get('/me')\ndef me():\n    if 'user' not in session:\n        return redirect('/')\n    return 1\n"
    assert guard_of(HEAD + OPEN + by_hand, "GET /orders") is None


def test_a_closure_cannot_be_imported() -> None:
    inside = "def make():\n" + "".join(f"    {line}\n" for line in DECORATOR.format(hands="").splitlines())
    used = "    app = Flask(__name__)\n    @app.get('/me')\n    @signed_in\n    def me(): return 1\n    return app\n"
    assert guard_of(HEAD + inside + used + OPEN, "GET /orders") is None


# --- where it goes


def test_an_app_whose_routes_all_need_it_is_guarded_as_a_whole() -> None:
    (edit,) = edits_of(app_of(HEAD + TWO), "GET /orders", INSERTED)
    assert isinstance(edit, InsertStatements)
    assert edit.code == "app.before_request(require_user)"


def test_one_public_route_keeps_the_guard_off_the_app() -> None:
    app = app_of(HEAD + TWO + "@app.get('/health')\ndef health(): return 'ok'\n")
    (edit,) = edits_of(app, "GET /orders", INSERTED)
    assert isinstance(edit, AddDecorator)
    assert edit.code == "@require_user"
    assert isinstance(edit.under, Place)


def test_a_blueprint_of_a_library_keeps_the_guard_off_the_app() -> None:
    """It may be the one by which people sign in."""
    app = app_of(f"from flask_dance.contrib.github import github\n{HEAD}{TWO}app.register_blueprint(github)\n")
    assert [type(edit) for edit in edits_of(app, "GET /orders", INSERTED)] == [AddDecorator]


def test_a_check_before_a_blueprint_stands_before_those_below_it() -> None:
    nested = (
        "outer = Blueprint('outer', __name__, url_prefix='/outer')\ninner = Blueprint('inner', __name__)\n"
        "@outer.get('/a')\ndef a(): return read()\n@outer.get('/b')\ndef b(): return read()\n"
        "@inner.get('/health')\ndef health(): return 'ok'\n"
        "outer.register_blueprint(inner)\napp = Flask(__name__)\napp.register_blueprint(outer)\n"
    )
    assert [type(edit) for edit in edits_of(app_of(HEAD + nested), "GET /outer/a", INSERTED)] == [AddDecorator]
    without = nested.replace("'/health'", "'/c'").replace("def health", "def c")
    (edit,) = edits_of(app_of(HEAD + without.replace("return 'ok'", "return read()")), "GET /outer/a", INSERTED)
    assert isinstance(edit, InsertStatements)


def test_the_app_s_own_decorator_stays_on_routes_because_a_preflight_request_meets_it_elsewhere() -> None:
    (edit,) = edits_of(app_of(HEAD + DECORATOR.format(hands="") + TWO), "GET /orders")
    assert isinstance(edit, AddDecorator)


def test_a_handler_that_also_serves_a_public_route_is_left_to_a_person() -> None:
    source = "app = Flask(__name__)\n@app.get('/')\n@app.get('/reports')\ndef index(): return read()\n"
    assert edits_of(app_of(HEAD + source), "GET /reports", INSERTED) == ()


def test_several_routes_of_one_handler_ask_for_one_edit() -> None:
    source = (
        "app = Flask(__name__)\n@app.get('/health')\ndef health(): return 'ok'\n"
        "@app.get('/a')\n@app.get('/b')\ndef both(): return read()\n"
    )
    app = app_of(HEAD + source)
    assert edits_of(app, "GET /a", INSERTED) == edits_of(app, "GET /b", INSERTED) != ()


def test_a_decorator_is_written_as_the_app_writes_it() -> None:
    files = {
        "security.py": "from flask_httpauth import HTTPBasicAuth\nauth = HTTPBasicAuth()\n",
        "app.py": "from security import auth as gate\nfrom flask import Flask\napp = Flask(__name__)\n"
        "@app.get('/me')\n@gate.login_required\ndef me(): return 1\n@app.get('/orders')\ndef orders(): return read()\n",
        "other.py": "from app import app\n@app.get('/bills')\ndef bills(): return read()\n",
    }
    app = app_of(files)
    (edit,) = edits_of(app, "GET /orders")
    assert isinstance(edit, AddDecorator)
    assert (edit.code, edit.imports) == ("@gate.login_required", ())
    (elsewhere,) = edits_of(app, "GET /bills")
    assert isinstance(elsewhere, AddDecorator)
    assert elsewhere.code == "@auth.login_required"
    assert [(each.module, each.name) for each in elsewhere.imports] == [("security", "auth")]
