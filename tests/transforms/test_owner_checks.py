"""Comparisons that keep nobody out are told from those that ask who is calling."""

import pytest

from tests.transforms.joined import app_of
from transforms.owner_checks import Flaw

HEAD = (
    "from fastapi import Depends, FastAPI, HTTPException\nfrom fastapi.security import OAuth2PasswordBearer\n"
    "oauth2 = OAuth2PasswordBearer(tokenUrl='t')\n"
    "def user(t: str = Depends(oauth2)):\n    found = read(t)\n    if found is None:\n        raise HTTPException(401)\n    return found\n"
    "app = FastAPI()\n@app.put('/users/{user_id}/orders/{order_id}')\n"
    "def change(user_id: int, order_id: int, data: Data, caller=Depends(user)):\n    order = find(order_id)\n"
)


def flaws(test: str, refusal: str = "raise HTTPException(403)") -> list[Flaw | None]:
    app = app_of(f"{HEAD}    if {test}:\n        {refusal}\n    return order\n")
    return [each.flaw for each in app.owner_checks]


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("order.user_id != caller.id", [None]),
        ("user_id != caller.id", [None]),
        ("order.user_id != order.user_id", [Flaw.ITSELF]),
        ("not order.owner_id == order.owner_id", [Flaw.ITSELF]),
        ("user_id != data.user_id", [Flaw.CHOSEN]),
        ("order.user_id != caller.id and False", [Flaw.DECIDED]),
        ("user_id != data.user_id and user_id != caller.id", [None]),
        ("order.total != order.total", []),
        ("order is None", []),
    ],
)
def test_a_comparison_is_judged(test: str, found: list[Flaw | None]) -> None:
    assert flaws(test) == found


def test_what_refuses_nobody_is_no_check() -> None:
    assert flaws("user_id != data.user_id", "raise HTTPException(400)") == []
    assert flaws("order.user_id != order.user_id", "log(order)") == []


def test_what_no_route_reaches_is_no_check() -> None:
    assert (
        app_of("def f(order):\n    if order.user_id != order.user_id:\n        raise HTTPException(403)\n").owner_checks
        == ()
    )
