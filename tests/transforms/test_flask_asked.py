"""What guards of Flask apps ask for: being signed in, or being somebody of some kind."""

import pytest

from tests.transforms.joined import app_of, only_route
from transforms.access import Answer
from transforms.frameworks import verb
from transforms.reuse import Guard

HEAD = """from flask import Flask
from flask_httpauth import HTTPTokenAuth
from flask_principal import Permission, RoleNeed
app = Flask(__name__)
tokens = HTTPTokenAuth()
managers = Permission(RoleNeed("manager"))
"""


@pytest.mark.parametrize(
    ("handler", "asks"),
    [
        ("@tokens.login_required(role='admin')\ndef purge():\n    return drop()", Answer.YES),
        ("@tokens.login_required\ndef purge():\n    return drop()", Answer.NO),
        ("@tokens.login_required(optional=True)\ndef purge():\n    return drop()", Answer.NO),
        ("def purge():\n    with managers.require(403):\n        return drop()", Answer.YES),
        ("def purge():\n    managers.can()\n    return drop()", Answer.NO),
    ],
)
def test_a_library_asks_for_a_role_by_how_it_is_called(handler: str, asks: Answer) -> None:
    app, route = only_route(f"{HEAD}@app.delete('/admin/things')\n{handler}\n")
    assert app.roles.check(route).answer is asks


def decorator(name: str, more: str = "") -> str:
    return (
        f"def {name}(view):\n    @functools.wraps(view)\n    def wrapper(**kwargs):\n"
        f"        if g.user is None{more}:\n            return redirect('/login')\n"
        "        return view(**kwargs)\n    return wrapper\n"
    )


SECURITY = "import functools\nfrom flask import g, redirect\n"
DOCTORS = """from flask import Blueprint
from security import for_doctors
doctors = Blueprint("doctors", __name__)
@doctors.get("/doctors/day")
@for_doctors
def day(): return find()
@doctors.get("/doctors/week")
@for_doctors
def week(): return find()
@doctors.get("/doctors/month")
def month(): return find()
"""
MAIN = """from flask import Flask
from doctors import doctors
app = Flask(__name__)
app.register_blueprint(doctors)
@app.get("/news")
def news(): return find()
"""


@pytest.mark.parametrize(
    ("security", "path", "guard"),
    [
        (decorator("for_doctors", " or g.kind != 'doctor'") + decorator("signed_in"), "/news", "signed_in"),
        (decorator("for_doctors", " or g.kind != 'doctor'") + decorator("signed_in"), "/doctors/month", "for_doctors"),
        (decorator("for_doctors", " or g.kind != 'doctor'"), "/news", "for_doctors"),
        (decorator("for_doctors") + decorator("signed_in"), "/news", "for_doctors"),
    ],
)
def test_a_route_gets_the_guard_that_asks_least_or_that_its_neighbours_have(
    security: str, path: str, guard: str
) -> None:
    app = app_of({"security.py": SECURITY + security, "doctors.py": DOCTORS, "main.py": MAIN})
    route = next(each for each in app.routes if each.path == path)
    assert verb("flask", "own_guard")(app, route) == Guard("security", guard, own=True)
