"""Routers that libraries make are in the inventory, with what the library itself asks of callers."""

import pytest

from tests.transforms.joined import app_of, route_of
from transforms.access import Answer
from transforms.app import App

USERS = """
from fastapi import FastAPI
from fastapi_users import FastAPIUsers

from accounts import backend, get_manager

people = FastAPIUsers[int, int](get_manager, [backend])
"""
MAIN = """
from fastapi import Depends, FastAPI

from users import people

app = FastAPI()
app.include_router(people.get_auth_router(backend), prefix="/auth/jwt", tags=["auth"])
app.include_router(people.get_register_router(1, 2), prefix="/auth")
app.include_router(people.get_reset_password_router(), prefix="/auth")
app.include_router(people.get_verify_router(1), prefix="/auth")
app.include_router(people.get_users_router(1, 2), prefix="/users")
"""


@pytest.fixture(scope="module")
def people() -> App:
    return app_of({"users.py": USERS, "main.py": MAIN})


OPEN = ["POST /auth/jwt/login", "POST /auth/register", "POST /auth/forgot-password", "POST /auth/reset-password"]
OPEN += ["POST /auth/request-verify-token", "POST /auth/verify"]
ASKED = ["POST /auth/jwt/logout", "GET /users/me", "PATCH /users/me", "GET /users/{id}", "PATCH /users/{id}"]
ASKED += ["DELETE /users/{id}"]


def test_the_routes_of_fastapi_users_are_all_there(people: App) -> None:
    assert sorted(route.name for route in people.routes) == sorted(OPEN + ASKED)


@pytest.mark.parametrize("name", OPEN)
def test_what_comes_before_a_login_is_open_on_purpose(people: App, name: str) -> None:
    route = route_of(people, name)
    assert people.access(route).answer is Answer.NO
    assert people.publicity(route).is_public


@pytest.mark.parametrize("name", ASKED)
def test_what_is_about_accounts_asks_who_is_calling(people: App, name: str) -> None:
    route = route_of(people, name)
    assert people.access(route).answer is Answer.YES
    assert people.roles.check(route).is_there is ("{id}" in name)


def test_a_method_of_something_else_by_that_name_makes_nothing() -> None:
    own = "class Shop:\n    def get_auth_router(self, x): ...\npeople = Shop()\n"
    assert app_of({"users.py": own, "main.py": MAIN.partition("app.include_router(people.get_reg")[0]}).routes == ()


CRUD = """
from fastapi import Depends, FastAPI
from fastapi_crudrouter import SQLAlchemyCRUDRouter

from elsewhere import require_user

app = FastAPI()
router = SQLAlchemyCRUDRouter(schema=Order, db_model=OrderRow, db=get_db, prefix="/orders"GUARD)
app.include_router(router)
"""


@pytest.mark.parametrize(("guard", "answer"), [("", Answer.NO), (", dependencies=[Depends(require_user)]", None)])
def test_a_router_that_is_made_for_a_table_reads_and_writes_it(guard: str, answer: Answer | None) -> None:
    app = app_of(CRUD.replace("GUARD", guard))
    names = ["GET /orders", "POST /orders", "DELETE /orders"]
    names += ["GET /orders/{item_id}", "PUT /orders/{item_id}", "DELETE /orders/{item_id}"]
    assert sorted(route.name for route in app.routes) == sorted(names)
    assert {app.access(route).answer for route in app.routes} == {answer or Answer.UNKNOWN}


def test_errors_of_fastcrud_refuse() -> None:
    source = (
        "from typing import Annotated\nfrom fastapi import Depends, FastAPI\nfrom fastapi.security import OAuth2PasswordBearer\n"
        "from fastcrud.exceptions.http_exceptions import UnauthorizedException\nfrom jose import jwt\n"
        "scheme = OAuth2PasswordBearer(tokenUrl='t')\n"
        "def user(t: Annotated[str, Depends(scheme)]):\n    found = jwt.decode(t, KEY, algorithms=['HS256'])\n"
        "    if found is None:\n        raise UnauthorizedException()\n    return found\napp = FastAPI()\n"
        "@app.get('/x')\ndef x(u=Depends(user)): ...\n"
    )
    app = app_of(source)
    assert app.access(route_of(app, "GET /x")).is_checked
