"""The proof of an app whose routes stand in files of their own: it imports the program that puts them on the app."""

from pathlib import Path

from tests.transforms.test_own_guard_proofs import proven

APP = """import functools

from flask import Flask, abort, session

app = Flask(__name__)


def signed_in(view):
    @functools.wraps(view)
    def guarded(*args, **kwargs):
        if not session.get("user_id"):
            abort(401)
        return view(*args, **kwargs)

    return guarded
"""
ROUTES = """from app import app, signed_in


@app.get("/health")
def health():
    return {}


@app.get("/me")
@signed_in
def me():
    return {}


@app.get("/mine")
@signed_in
def mine():
    return {}


@app.post("/orders/<int:number>")
def order(number):
    raise RuntimeError("no handler runs in a proof")
"""
LEFT_BEHIND = """from app import app


@app.post("/parcels/<int:number>")
def parcel(number):
    raise RuntimeError("no handler runs in a proof")
"""
PROGRAM = """from app import app as shop
import routes  # noqa: F401

if __name__ == "__main__":
    shop.run()
"""
FILES = {"app.py": APP, "routes.py": ROUTES, "main.py": PROGRAM}


def test_the_program_that_imports_the_routes_is_asked(tmp_path: Path) -> None:
    before, after, _ = proven(FILES, tmp_path)
    assert before["test_post_orders_number_refuses_an_anonymous_caller"] == "failed"
    assert after["test_post_orders_number_lets_a_signed_in_caller_pass"] == "passed"
    assert set(after.values()) == {"passed"}


def test_routes_that_nothing_imports_are_on_no_app_and_are_not_asked(tmp_path: Path) -> None:
    _, after, _ = proven({**FILES, "left_behind.py": LEFT_BEHIND}, tmp_path)
    assert not [name for name in after if "parcels" in name]
    assert set(after.values()) == {"passed"}
