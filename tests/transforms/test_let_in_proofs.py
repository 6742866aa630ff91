"""Who may pass gets through the app itself as far as the handler, which does not run: by the guard that a patch adds."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_own_guard_proofs import FASTAPI as OWN
from tests.transforms.test_own_guard_proofs import URLS, VIEWS
from tests.transforms.test_role_proofs import written
from tests.transforms.test_role_proofs_django import site
from transforms.controls import control
from transforms.policy import Policy

AUTH = control("route-requires-auth")
PASSES = "lets_a_signed_in_caller_pass"
STOPS = "raise RuntimeError('no handler runs in a proof')"
FASTAPI = """from fastapi import APIRouter, Depends, FastAPI, Response, WebSocket
from pydantic import BaseModel

app = FastAPI()
{more}

class Order(BaseModel):
    number: int


def get_db():
    raise RuntimeError("no database is there")


{route}
"""
FLASK = """from flask import Blueprint, Flask

app = Flask(__name__)
{more}

{route}
"""
ROUTE = "@{on}.post('/orders/{{number}}')\ndef change(number: int{more}):\n    db.commit()\n    " + STOPS + "\n"
ROUTER = ROUTE.format(on="router", more="") + "\n\napp.include_router(router, prefix='/v1')\n"
APPS: Mapping[str, tuple[str, str]] = {  # the app, and the route by which its test is named
    "a route": (FASTAPI.format(more="", route=ROUTE.format(on="app", more="")), "post_orders_number"),
    "a handler that wants a body and rows": (
        FASTAPI.format(more="", route=ROUTE.format(on="app", more=", order: Order, db=Depends(get_db)")),
        "post_orders_number",
    ),
    "an async handler with a model for its answer": (
        FASTAPI.format(
            more="",
            route=ROUTE.format(on="app", more="")
            .replace("def ", "async def ")
            .replace("}')", "}', response_model=Order)"),
        ),
        "post_orders_number",
    ),
    "a router": (FASTAPI.format(more="router = APIRouter()\n", route=ROUTER), "post_v1_orders_number"),
    "a mounted app": (
        FASTAPI.format(
            more="inner = FastAPI()\n", route=ROUTE.format(on="inner", more="") + "\n\napp.mount('/in', inner)\n"
        ),
        "post_in_orders_number",
    ),
    "a websocket": (
        FASTAPI.format(
            more="",
            route="@app.websocket('/live')\nasync def live(socket: WebSocket):\n    await socket.accept()\n    db.commit()\n    "
            + STOPS,
        ),
        "websocket_live",
    ),
    "a view of Flask": (
        FLASK.format(more="", route=ROUTE.format(on="app", more="").replace("{number}", "<int:number>")),
        "post_orders_number",
    ),
    "a blueprint of Flask": (
        FLASK.format(
            more="orders = Blueprint('orders', __name__)\n",
            route=ROUTE.format(on="orders", more="").replace("{number}", "<int:number>")
            + "\n\napp.register_blueprint(orders, url_prefix='/v1')\n",
        ),
        "post_v1_orders_number",
    ),
}


def proven(files: Mapping[str, str], folder: Path) -> tuple[dict[str, str], dict[str, str], str, dict[str, str]]:
    """How the proof ends before and after, its text, and the patched app."""
    result = patched(files, Policy(), AUTH)
    (proof,) = [each.proof for each in result.patches if each.proof is not None]
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    before = run_proof(written(files, folder / "before"), proof.content)
    return before, run_proof(written(after, folder / "after"), proof.content), proof.content, after


@pytest.mark.parametrize("how", APPS)
def test_a_valid_token_gets_as_far_as_the_handler(how: str, tmp_path: Path) -> None:
    code, route = APPS[how]
    before, after, _, _ = proven({"main.py": code}, tmp_path)
    assert before[f"test_{route}_refuses_an_anonymous_caller"] == "failed"
    assert after[f"test_{route}_{PASSES}"] == "passed"
    assert set(after.values()) == {"passed"}


def test_a_valid_token_gets_as_far_as_a_view_of_django(tmp_path: Path) -> None:
    views = VIEWS.replace("@login_required\n", "").replace("LoginRequiredMixin, ", "")
    urls = URLS.replace('    path("accounts/", include("django.contrib.auth.urls")),\n', "")
    _, after, _, _ = proven(site({"shop/urls.py": urls, "shop/views.py": views}), tmp_path)
    assert after[f"test_get_orders_pk_remove_{PASSES}"] == "passed"
    assert after[f"test_post_orders_pk_{PASSES}"] == "passed"
    assert set(after.values()) == {"passed"}


REFUSER = """

@app.middleware("http")
async def refuse(request, call_next):
    if request.method == "POST":
        return Response(status_code=403)
    return await call_next(request)
"""


def test_something_in_the_app_that_refuses_everybody_is_noticed(tmp_path: Path) -> None:
    _, _, proof, after = proven({"main.py": APPS["a route"][0]}, tmp_path)
    after["main.py"] += REFUSER
    outcomes = run_proof(written(after, tmp_path / "refusing"), proof)
    assert outcomes[f"test_post_orders_number_{PASSES}"] == "failed"
    assert outcomes["test_the_guard_lets_a_signed_in_caller_pass"] == "passed"


def test_the_same_behind_a_guard_of_the_apps_own_is_noticed(tmp_path: Path) -> None:
    before, after, proof, files = proven(OWN, tmp_path)
    assert before[f"test_post_orders_number_{PASSES}"] == "failed"
    assert set(after.values()) == {"passed"}
    files["main.py"] = files["main.py"].replace("import Depends,", "import Depends, Response,") + REFUSER
    outcomes = run_proof(written(files, tmp_path / "refusing"), proof)
    assert outcomes[f"test_post_orders_number_{PASSES}"] == "failed"


def test_a_guard_before_the_handlers_parameters_counts_as_well(tmp_path: Path) -> None:
    _, _, proof, files = proven({"main.py": APPS["a route"][0]}, tmp_path)
    moved = files["main.py"].replace(", dependencies=[Depends(require_user)]", "")
    assert moved != files["main.py"]
    files["main.py"] = moved.replace("number: int)", "number: int, caller=Depends(require_user))")
    assert set(run_proof(written(files, tmp_path / "moved"), proof).values()) == {"passed"}
