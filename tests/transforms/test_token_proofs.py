"""The proof that comes with a token that leaves the URL: it opens the route there before, and in the header after."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.controls import control
from transforms.policy import Policy

CONTROL = control("no-token-in-url")
PROOF = "tests/test_controls_session.py"
REFUSES, TAKES = "refuses_a_token_in_its_url", "takes_a_token_from_its_header"

SECURITY = """{future}from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")


def read_token(token):
    raise RuntimeError("nothing of the app is asked whether a token is good")


{kind} decode_token(token: {type} = {default}):
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    {gives} user


def get_db():
    raise RuntimeError("no database is there")


def current_user(user=Depends(decode_token), db=Depends(get_db)):
    return user


def signed_in(token: str = Depends(oauth2_scheme)):
    return read_token(token)
"""
MAIN = """from fastapi import APIRouter, Depends, FastAPI

from security import current_user, decode_token, get_db, oauth2_scheme, read_token

app = FastAPI()
router = APIRouter()


@app.get("/health")
def health():
    return {{}}


{route}


app.include_router(router, prefix="/v1")
"""
ROUTE = """@{on}.post("{path}"{more})
def change({parameters}):
    raise RuntimeError("no handler runs in a proof")"""


def app(
    parameters: str = "number: int, body: dict, user=Depends(decode_token)",
    on: str = "app",
    more: str = "",
    path: str = "/orders/{number}",
    kind: str = "def",
    gives: str = "return",
    future: str = "",
    annotation: str = "str",
    default: str = "",
) -> dict[str, str]:
    security = SECURITY.format(kind=kind, gives=gives, future=future, type=annotation, default=default)
    security = security if default else security.replace(" = ):", "):")
    route = ROUTE.format(on=on, path=path, more=more, parameters=parameters)
    return {"main.py": MAIN.format(route=route), "security.py": security}


HANDLER = """@app.post("/orders/{number}")
def change(number: int, body: dict, token: str, db=Depends(get_db)):
    if read_token(token) is None:
        raise HTTPException(status_code=401)
    return {}"""
APPS: Mapping[str, tuple[dict[str, str], str]] = {
    "a dependency of the handler": (app(), "post_orders_number"),
    "a dependency of the route": (app("number: int", more=", dependencies=[Depends(decode_token)]"), "post_orders_number"),
    "a dependency of a dependency": (app("number: int, user=Depends(current_user)"), "post_orders_number"),
    "a dependency of a router": (app(on="router"), "post_v1_orders_number"),
    "an async dependency": (app(kind="async def"), "post_orders_number"),
    "a dependency that gives and cleans up": (app(gives="yield"), "post_orders_number"),
    "annotations that are read late": (app(future="from __future__ import annotations\n\n"), "post_orders_number"),
    "a token that may be missing": (app(annotation="str | None", default="None"), "post_orders_number"),
    "the handler itself": (
        {
            "main.py": MAIN.format(route=HANDLER).replace("Depends, FastAPI", "Depends, FastAPI, HTTPException"),
            "security.py": app()["security.py"],
        },
        "post_orders_number",
    ),
}  # fmt: skip


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str], str]:
    """The proof of the patched app, the app, and what the patch leaves to a person."""
    result = patched(files, Policy(), CONTROL)
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    return after.pop(PROOF, ""), after, " ".join(line for each in result.patches for line in each.todo)


@pytest.mark.parametrize("how", APPS)
def test_a_token_is_taken_in_the_url_before_and_in_the_header_after(how: str, tmp_path: Path) -> None:
    files, route = APPS[how]
    proof, after, todo = proven(files)
    assert run_proof(written(files, tmp_path / "before"), proof) == {
        f"test_{route}_{REFUSES}": "failed",
        f"test_{route}_{TAKES}": "failed",
        "test_get_health_stays_open_to_everybody": "passed",
    }
    outcomes = run_proof(written(after, tmp_path / "after"), proof)
    assert set(outcomes.values()) == {"passed"}
    assert len(outcomes) == 3
    assert "No test shows" not in todo


def test_each_route_is_asked_that_took_the_token(tmp_path: Path) -> None:
    twice = app()
    twice["main.py"] += '\n\n@app.get("/orders")\ndef orders(user=Depends(decode_token)):\n    return []\n'
    proof, after, _ = proven(twice)
    outcomes = run_proof(written(after, tmp_path), proof)
    assert {
        f"test_{route}_{what}" for route in ("post_orders_number", "get_orders") for what in (REFUSES, TAKES)
    } < set(outcomes)
    assert set(outcomes.values()) == {"passed"}


@pytest.mark.parametrize(
    ("wrong", "noticed"),
    [
        ("token: str", {REFUSES, TAKES}),  # as it was
        ('token: str = ""', {REFUSES, TAKES}),
        ("token: str = Depends(lambda token: token)", {REFUSES, TAKES}),
        ("token: str = Depends(lambda: None)", {REFUSES, TAKES}),
    ],
)
def test_a_token_that_is_taken_from_elsewhere_is_noticed(wrong: str, noticed: set[str], tmp_path: Path) -> None:
    proof, after, _ = proven(app())
    right = "decode_token(token: str = Depends(oauth2_scheme))"
    assert right in after["security.py"]
    after["security.py"] = after["security.py"].replace(right, f"decode_token({wrong})")
    outcomes = run_proof(written(after, tmp_path), proof)
    failed = {name.removeprefix("test_post_orders_number_") for name, how in outcomes.items() if how != "passed"}
    assert failed == noticed


def test_the_proof_says_what_it_does_not_ask() -> None:
    proof, _, _ = proven(app())
    assert "What a token is good for is not asked" in " ".join(proof.split())


INSIDE = """from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")


def create_app():
    app = FastAPI()

    def decode_token(token: str):
        if read_token(token) is None:
            raise HTTPException(status_code=401)

    @app.get("/orders")
    def orders(user=Depends(decode_token)):
        return []

    @app.get("/mine")
    def mine(token: str = Depends(oauth2_scheme)):
        return read_token(token)

    return app


def read_token(token):
    return None
"""


def test_what_no_test_can_import_is_left_to_a_person() -> None:
    proof, _, todo = proven({"main.py": INSIDE})
    assert proof == ""
    assert "No test shows that a token in the URL is refused: call GET /orders once with each." in todo
