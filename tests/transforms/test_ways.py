"""A guard that takes two kinds of callers asks for a role only where it asks both of them."""

import pytest

from tests.transforms.joined import app_of, only_route
from transforms.access import Answer
from transforms.facts import dump, load
from transforms.roles import RoleCheck

HEAD = (
    "import jwt\nfrom fastapi import Depends, FastAPI, Header, HTTPException, Request\n"
    "from fastapi.security import HTTPBearer\nfrom config import settings\nfrom models import Robot, User, find\n"
    "bearer = HTTPBearer()\n"
    "def caller(t=Depends(bearer)):\n    claims = jwt.decode(t.credentials, settings.key, algorithms=['HS256'])\n"
    "    found = find(claims)\n    if found is None:\n        raise HTTPException(401)\n    return found\n"
    "def maybe(t=Depends(HTTPBearer(auto_error=False))):\n    return find(t) if t else None\n"
    "def must(u):\n    if not u.is_admin:\n        raise HTTPException(403)\n"
)
ROUTE = "\napp = FastAPI()\n@app.delete('/x')\ndef handler(c=Depends(g)):\n    ...\n"
NO = "raise HTTPException(403)"


def behind(guard: str) -> RoleCheck:
    app, route = only_route(HEAD + guard + ROUTE)
    return app.roles.check(route)


AROUND = {
    "one kind alone is asked": f"def g(c=Depends(caller)):\n    if isinstance(c, User) and c.role != 'admin':\n        {NO}\n    return c\n",
    "the other kind leaves first": "def g(c=Depends(caller), x_robot: str = Header(None)):\n    robot = find(x_robot)\n"
    f"    if robot:\n        return robot\n    if c.role != 'admin':\n        {NO}\n    return c\n",
    "each kind has a branch": "def g(c=Depends(caller)):\n    if c.kind == 'person':\n        if not c.is_admin:\n"
    f"            {NO}\n    elif c.kind == 'robot':\n        if not c.active:\n            {NO}\n    else:\n        {NO}\n    return c\n",
    "another function asks, in one branch": "def g(c=Depends(caller)):\n    if c.kind == 'person':\n        must(c)\n    return c\n",
    "a match": "def g(c=Depends(caller)):\n    match c.kind:\n        case 'person':\n            must(c)\n"
    f"        case 'robot':\n            pass\n        case _:\n            {NO}\n    return c\n",
    "who brings nothing": f"def g(c=Depends(maybe)):\n    if c is not None and c.role != 'admin':\n        {NO}\n    return c\n",
    "a dependency below": f"def h(c=Depends(caller)):\n    if isinstance(c, User) and c.role != 'admin':\n        {NO}\n    return c\n"
    "def g(c=Depends(h)):\n    return c\n",
}
ASKED = {
    "both before they are asked": "def g(t=Depends(bearer)):\n    claims = jwt.decode(t.credentials, settings.key, ['HS256'])\n"
    "    if claims['typ'] == 'person':\n        c = find(claims)\n    elif claims['typ'] == 'robot':\n        c = find(claims)\n"
    f"    else:\n        raise HTTPException(401)\n    if c.role != 'admin':\n        {NO}\n    return c\n",
    "the other kind is refused": f"def g(c=Depends(caller)):\n    if not isinstance(c, User):\n        {NO}\n    if c.role != 'admin':\n        {NO}\n    return c\n",
    "one kind gets on, and must be asked": f"def g(c=Depends(caller)):\n    if isinstance(c, User) and c.role == 'admin':\n        return c\n    {NO}\n",
    "each in its branch": "def g(c=Depends(caller)):\n    if c.kind == 'person':\n        must(c)\n"
    f"    elif 'admin' not in c.scopes:\n        {NO}\n    return c\n",
    "the key of the app": f"def g(c=Depends(caller), x_api_key: str = Header(None)):\n    if x_api_key == settings.api_key:\n        return None\n    if c.role != 'admin':\n        {NO}\n    return c\n",
    "somebody who is always there": f"def g(c=Depends(caller)):\n    if c is not None and c.role != 'admin':\n        {NO}\n    return c\n",
    "a switch of the settings": f"def g(c=Depends(caller)):\n    if settings.DEBUG:\n        return c\n    if c.role != 'admin':\n        {NO}\n    return c\n",
    "an owner": f"def g(user_id: int, c=Depends(caller)):\n    if c.id != user_id and c.role != 'admin':\n        {NO}\n    return c\n",
    "a loop": f"def g(c=Depends(caller)):\n    for each in ('a', 'b'):\n        if each not in c.roles:\n            {NO}\n    return c\n",
    "an error on the way": "def g(t=Depends(bearer)):\n    try:\n        c = find(t)\n        if c is None:\n            raise HTTPException(401)\n"
    f"        if c.role != 'admin':\n            {NO}\n        return c\n    except ValueError:\n        raise HTTPException(401)\n",
    "what was made for any role": "def make(*roles):\n    def inner(c=Depends(caller)):\n        if roles and c.role not in roles:\n"
    f"            {NO}\n        return c\n    return inner\ng = make('admin')\n",
}


@pytest.mark.parametrize("why", AROUND)
def test_a_check_in_one_branch_says_nothing_of_the_others(why: str) -> None:
    found = behind(AROUND[why])
    assert (found.answer, found.partly) == (Answer.UNKNOWN, True)
    assert found.traces[0].line > HEAD.count("\n")


@pytest.mark.parametrize("why", ASKED)
def test_everybody_is_asked(why: str) -> None:
    assert behind(ASKED[why]).answer is Answer.YES


DECORATOR = (
    "def g(f):\n    def inner(*a, **k):\n        if not current():\n            return login()\n        if {}:\n"
    "            return f(*a, **k)\n        if not current().is_admin:\n            return home()\n        return f(*a, **k)\n"
    "    return inner\n\napp = FastAPI()\n@app.get('/x')\n@g\ndef handler(u=Depends(caller)): ...\n"
)


@pytest.mark.parametrize(
    ("test", "answer"), [("robot_of(a)", Answer.UNKNOWN), ("current().role == 'root'", Answer.YES)]
)
def test_a_decorator_lets_on_whom_it_hands_to_the_handler(test: str, answer: Answer) -> None:
    app, route = only_route(HEAD + DECORATOR.format(test))
    assert app.roles.check(route).answer is answer


@pytest.mark.parametrize(
    ("test", "answer"), [("c.kind == 'person'", Answer.UNKNOWN), ("data.get('colour') == 'new'", Answer.YES)]
)
def test_a_handler_that_asks_one_kind_of_caller_alone(test: str, answer: Answer) -> None:
    body = f"    if {test}:\n        must(c)\n    return data\n"
    app, route = only_route(
        HEAD + f"\napp = FastAPI()\n@app.post('/x')\ndef handler(data: dict, c=Depends(caller)):\n{body}"
    )
    assert app.roles.check(route).answer is answer


def test_only_functions_that_may_ask_for_a_role_are_gone_through_and_the_fact_can_be_kept() -> None:
    plain = "def f(a):\n    if a:\n        return 1\n    return 2\n"
    facts = app_of(HEAD + plain).files["app.py"]
    assert {each.function.rpartition(".")[2] for each in facts.ways} == {"must"}
    assert load(dump(facts)) == facts
