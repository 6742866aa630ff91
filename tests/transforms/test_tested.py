"""Which tests of an app call a route that gets a guard."""

import pytest

from tests.transforms.owned_app import app_of
from transforms.app import App
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile
from transforms.tested import Callers, callers_of

APP = """
from fastapi import FastAPI
app = FastAPI()
@app.get("/orders/{order_id}")
def show(order_id: int): ...
@app.post("/orders")
def place(): ...
@app.get("/files/{name:path}")
def file(name: str): ...
@app.websocket("/live")
async def live(socket): ...
"""
FLASK = """
from flask import Flask, abort, session
from functools import wraps
app = Flask(__name__)
def signed_in(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "user" not in session:
            abort(401)
        return view(*args, **kwargs)
    return inner
@app.get("/account")
@signed_in
def account():
    return {}
@app.post("/orders")
def place():
    db.session.commit()
    return {}
"""


def app_with_tests(**tests: str) -> App:
    return app_of({"app.py": APP, **{f"tests/{name}.py": text for name, text in tests.items()}})


def callers(body: str, route: str, head: str = "") -> Callers:
    app = app_with_tests(test_orders=f"{head}\ndef test_it(client, order):\n    {body}\n")
    return callers_of(app, [each for each in app.routes if each.name == route], ["tests/test_orders.py"])


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("GET /orders/{order_id}", 'client.get("/orders/1")'),
        ("GET /orders/{order_id}", 'client.get("/orders/1/?full=1")'),
        ("GET /orders/{order_id}", 'client.get(url="http://testserver/orders/1")'),
        ("GET /orders/{order_id}", 'client.get(f"/orders/{order.id}")'),
        ("GET /orders/{order_id}", 'client.get("/orders/" + order.id)'),
        ("GET /orders/{order_id}", 'client.get("/orders/%s" % order.id)'),
        ("GET /orders/{order_id}", 'client.get("/orders/{}".format(order.id))'),
        ("GET /orders/{order_id}", 'client.get(f"{BASE}/orders/{order.id}")'),
        ("POST /orders", "client.post(ORDERS, json={})"),
        ("POST /orders", 'client.request("POST", "/orders")'),
        ("POST /orders", 'client.open("/orders", method="POST")'),
        ("POST /orders", 'app.test_client().post("/orders")'),
        ("GET /files/{name:path}", 'client.get("/files/a/b.txt")'),
        ("WEBSOCKET /live", 'client.websocket_connect("/live")'),
    ],
)
def test_a_test_that_asks_a_route_is_named(route: str, body: str) -> None:
    assert callers(body, route, 'ORDERS = "/orders"') == Callers({"tests/test_orders.py": ("test_it",)}, ())


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("GET /orders/{order_id}", 'client.delete("/orders/1")'),
        ("GET /orders/{order_id}", 'client.get("/orders")'),
        ("GET /orders/{order_id}", 'client.get("/orders/1/items")'),
        ("POST /orders", 'settings.get("orders")'),
        ("POST /orders", "session.delete(order)"),
    ],
)
def test_a_test_that_asks_something_else_is_not(route: str, body: str) -> None:
    assert callers(body, route) == Callers({}, ())


@pytest.mark.parametrize(
    "body", ['client.get(reverse("orders"))', "client.get(order.url)", "client.post(make_url())", 'client.get("//[")']
)
def test_a_test_whose_address_only_the_run_knows_is_worth_a_look(body: str) -> None:
    assert callers(body, "POST /orders") == Callers({}, ("tests/test_orders.py",))


def test_a_helper_that_asks_for_tests_is_named_and_each_caller_once() -> None:
    source = (
        'def place(client):\n    return client.post("/orders")\n'
        "class TestOrders:\n    def test_twice(self):\n"
        '        self.client.post("/orders")\n        self.client.post("/orders")\n'
    )
    app = app_with_tests(test_orders=source)
    found = callers_of(app, app.routes, ["tests/test_orders.py"])
    assert found.tests == {"tests/test_orders.py": ("place", "test_twice")}


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ('client.post("/orders")', "Tests that call these routes have to sign in: tests/test_it.py (test_it)."),
        ("client.post(url)", "Look at tests/test_it.py: what calls these routes as nobody is refused."),
        ('client.post("/elsewhere")', None),
    ],
)
def test_a_patch_says_which_tests_have_to_sign_in(called: str, said: str | None) -> None:
    files = {
        "app.py": FLASK,
        "tests/test_it.py": f"def test_it(client, url):\n    assert {called}.status_code == 200\n",
    }
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    planned = remedies(sources, scan(sources, Policy()), Policy())
    (patch,) = [each for each in planned.patches if each.title.startswith("Require")]
    told = [each for each in patch.todo if each.startswith(("Tests that", "Look at"))]
    assert told == ([said] if said is not None else [])
