"""Whether a role is asked for is read from what guards and handlers compare; a name proves nothing."""

import pytest

from tests.transforms.joined import app_of, only_route, route_of
from transforms.access import Answer
from transforms.roles import RoleCheck

HEAD = (
    "import jwt\nfrom fastapi import Depends, FastAPI, Header, HTTPException, Request, Security\n"
    "from fastapi.security import OAuth2PasswordBearer, SecurityScopes\noauth2 = OAuth2PasswordBearer(tokenUrl='t')\n"
    "def user(t: str = Depends(oauth2)):\n    found = read(t)\n    if found is None:\n        raise HTTPException(401)\n    return found\n"
)
ROUTE = "\napp = FastAPI()\n@app.delete('/x'{})\ndef handler({}):\n    {}\n"


def check(source: str) -> RoleCheck:
    app, route = only_route(HEAD + source)
    return app.roles.check(route)


def behind(guard: str, source: str) -> Answer:
    """Whether a route that depends on `guard` asks for a role."""
    return check(source + ROUTE.format("", f"x=Depends({guard})", "...")).answer


def inside(body: str, before: str = "") -> Answer:
    """Whether a signed-in route with that body asks for one."""
    return check(
        before + ROUTE.format("", "x_id: int, data: dict, user=Depends(user)", body.replace("\n", "\n    "))
    ).answer


REFUSE = "\n        raise HTTPException(403)\n    return u\n"
ASKS = {
    "a flag": f"def g(u=Depends(user)):\n    if not u.is_admin:{REFUSE}",
    "a role and a literal": f"def g(u=Depends(user)):\n    if u.role != 'admin':{REFUSE}",
    "a key of a dictionary": f"def g(u=Depends(user)):\n    if u['role'] not in ('admin', 'owner'):{REFUSE}",
    "a local name": f"def g(u=Depends(user)):\n    role = u.get('role')\n    if role != 'admin':{REFUSE}",
    "another attribute, compared with the name of a role": f"def g(u=Depends(user)):\n    if u.kind != 'admin':{REFUSE}",
    "permissions": f"def g(u=Depends(user)):\n    if 'users:write' not in u.permissions:{REFUSE}",
    "a function that answers": "def ok(u):\n    return u.role == 'admin'\n"
    f"def g(u=Depends(user)):\n    if not ok(u):{REFUSE}",
    "a function that refuses": "def must(u):\n    if not u.is_superuser:\n        raise HTTPException(403)\n"
    "def g(u=Depends(user)):\n    must(u)\n    return u\n",
    "an error kept under a name": "denied = HTTPException(403)\ndef g(u=Depends(user)):\n    if u.role != 'admin':\n        raise denied\n",
    "an error class": "class No(Exception):\n    status_code = 403\ndef g(u=Depends(user)):\n    if u.role != 'x':\n        raise No()\n",
    "who may go on leaves first": "def g(u=Depends(user)):\n    if u.is_admin:\n        return u\n    raise HTTPException(403)\n",
    "what a function makes": "def make(*roles):\n    def inner(u=Depends(user)):\n        if u.role not in roles:\n"
    "            raise HTTPException(403)\n    return inner\ng = make('admin')\n",
    "an object that is called": "class G:\n    def __call__(self, u=Depends(user)):\n        if u.role != 'a':\n"
    "            raise HTTPException(403)\ng = G()\n",
    "a dependency below": f"def h(u=Depends(user)):\n    if not u.is_admin:{REFUSE}def g(u=Depends(h)):\n    return u\n",
    "a list of administrators": f"ADMIN_EMAILS = load()\ndef g(u=Depends(user)):\n    if u.email not in ADMIN_EMAILS:{REFUSE}",
}


def test_a_question_whose_answer_is_dropped_asks_nobody() -> None:
    must = "def must(u):\n    if not u.is_superuser:\n        raise HTTPException(403)\n"
    assert inside("must(user)\nreturn 1", must) is Answer.YES
    assert inside("try:\n    must(user)\nexcept Exception:\n    pass\nreturn 1", must) is Answer.NO


@pytest.mark.parametrize("why", ASKS)
def test_a_guard_asks_for_a_role(why: str) -> None:
    assert behind("g", ASKS[why]) is Answer.YES


ASKS_NOT = {
    "a login": "g = user\n",
    "an active account": "def g(u=Depends(user)):\n    if not u.is_active:\n        raise HTTPException(403)\n    return u\n",
    "a role that is looked at and refuses nobody": "def g(u=Depends(user)):\n    if u.role == 'admin':\n        log(u)\n    return u\n",
    "only a name": "def require_admin(u=Depends(user)):\n    return u\ng = require_admin\n",
    "the kind of a token": "def g(t: str = Depends(oauth2)):\n    c = jwt.decode(t)\n    if c['scope'] != 'refresh_token':\n"
    "        raise HTTPException(401)\n",
    "a check that is decided": f"def g(u=Depends(user)):\n    if not u.is_admin and False:{REFUSE}",
    "whether there is a role at all in a function that nobody heeds": "def ok(u):\n    return True\n"
    f"def g(u=Depends(user)):\n    if not ok(u):{REFUSE}",
}


@pytest.mark.parametrize("why", ASKS_NOT)
def test_a_guard_asks_for_none(why: str) -> None:
    assert behind("g", ASKS_NOT[why]) is Answer.NO


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("if user.role != 'admin':\n    raise HTTPException(403)", Answer.YES),
        ("if not user.is_admin:\n    return {'error': 'no'}", Answer.YES),
        ("if data['role'] != 'admin':\n    raise HTTPException(403)", Answer.NO),
        ("if data['role'] == 'admin':\n    raise HTTPException(400)", Answer.NO),
        ("return data", Answer.NO),
    ],
)
def test_a_handler_asks_by_itself(body: str, answer: Answer) -> None:
    assert inside(body) is answer


def test_what_the_handler_calls_may_ask() -> None:
    service = "def remove(u, x):\n    if u.role != 'admin':\n        raise HTTPException(403)\n"
    assert inside("remove(user, x_id)", service) is Answer.YES


@pytest.mark.parametrize(
    ("error", "answer"),
    [("class NotYours(Exception): ...\n", Answer.YES), ("def NotYours():\n    return 1\n", Answer.NO)],
)
def test_an_error_of_the_apps_own_turns_away_whatever_it_says(error: str, answer: Answer) -> None:
    service = f"{error}def change(u, x):\n    if u.role != 'admin':\n        raise NotYours()\n"
    assert inside("change(user, x_id)", service) is answer


def test_a_decorator_asks_by_leaving() -> None:
    decorator = (
        "def admins(f):\n    def inner(*a, **k):\n        if not current().is_admin:\n            return go_home()\n"
        "        return f(*a, **k)\n    return inner\n"
    )
    app = app_of(HEAD + decorator + "\napp = FastAPI()\n@app.get('/x')\n@admins\ndef handler(u=Depends(user)): ...\n")
    assert app.roles.check(route_of(app, "GET /x")).is_there


SCOPED = "def scoped(scopes: SecurityScopes, u=Depends(user)):\n    {}\n    return u\n"


@pytest.mark.parametrize(
    ("body", "answer"),
    [("if not set(scopes.scopes) <= u.all:\n        raise HTTPException(403)", Answer.YES), ("pass", Answer.NO)],
)
def test_scopes_count_where_somebody_looks_at_them(body: str, answer: Answer) -> None:
    route = ROUTE.format("", "u=Security(scoped, scopes=['admin'])", "...")
    assert check(SCOPED.format(body) + route).answer is answer


def test_a_library_that_asks_is_known_and_one_that_cannot_be_read_is_unknown() -> None:
    assert behind("asked", "from company.access import require_admin as asked\n") is Answer.UNKNOWN
    assert behind(
        "active",
        "from fastapi_users import FastAPIUsers\nusers = FastAPIUsers()\nactive = users.current_user(superuser=True)\n",
    )


def test_middleware_that_asks_on_some_paths_is_unknown() -> None:
    source = (
        "\napp = FastAPI()\n@app.middleware('http')\nasync def gate(request, call_next):\n"
        "    if request.url.path.startswith('/admin') and request.state.user.role != 'admin':\n"
        "        raise HTTPException(403)\n    return await call_next(request)\n@app.get('/x')\ndef handler(): ...\n"
    )
    assert check(source).answer is Answer.UNKNOWN


def test_who_holds_the_only_key_runs_the_app() -> None:
    key = "import os\ndef g(x_api_key: str = Header(None)):\n    if x_api_key != os.environ['KEY']:\n        raise HTTPException(401)\n"
    assert behind("g", key) is Answer.YES


def test_where_only_administrators_sign_in_a_login_is_the_role() -> None:
    app = app_of(
        HEAD
        + "app = FastAPI()\n@app.post('/admin/login')\ndef admin_login(d: dict): ...\n@app.get('/x')\ndef x(u=Depends(user)): ...\n"
    )
    assert app.roles.check(route_of(app, "GET /x")).is_there


def test_the_app_says_whether_it_knows_roles() -> None:
    assert app_of(HEAD + ASKS["a flag"]).roles.exist
    assert not app_of(HEAD).roles.exist


def test_ones_own_account_is_spared() -> None:
    app, route = only_route(
        HEAD + ROUTE.format("", "x_id: int, u=Depends(user)", "if x_id != u.id:\n        raise HTTPException(403)")
    )
    assert app.roles.spares_own(route)
    app, route = only_route(
        HEAD
        + ROUTE.format(
            "", "x_id: int, other: int, u=Depends(user)", "if x_id != other:\n        raise HTTPException(403)"
        )
    )
    assert not app.roles.spares_own(route)


@pytest.mark.parametrize(("method", "answer"), [("get", Answer.NO), ("delete", Answer.YES)])
def test_a_guard_that_lets_everybody_read_asks_only_of_who_writes(method: str, answer: Answer) -> None:
    guard = (
        "SAFE_METHODS = ('GET', 'HEAD')\ndef g(request: Request, u=Depends(user)):\n"
        "    if request.method in SAFE_METHODS:\n        return u\n    if not u.is_admin:\n        raise HTTPException(403)\n"
    )
    app, route = only_route(HEAD + guard + f"\napp = FastAPI()\n@app.{method}('/x')\ndef handler(u=Depends(g)): ...\n")
    assert app.roles.check(route).answer is answer


def test_a_role_in_a_form_is_nobodys_role() -> None:
    source = "from flask import request\n" + HEAD.replace("Request, ", "")
    app, route = only_route(
        source
        + ROUTE.format("", "u=Depends(user)", "if request.form['role'] != 'admin':\n        raise HTTPException(403)")
    )
    assert app.roles.check(route).is_missing


def test_the_scope_of_an_asgi_server_is_no_scope_of_a_token() -> None:
    server = "def g(r: Request, u=Depends(user)):\n    if r.scope['type'] == 'websocket':" + REFUSE
    assert behind("g", server) is Answer.NO


@pytest.mark.parametrize("asked", ["HTTPConnection(scope)", "scope.get('state')", "request.scope['state']['user']"])
def test_a_server_that_hands_over_its_scope_makes_no_roles(asked: str) -> None:
    middleware = f"class M:\n    async def __call__(self, scope, receive, send):\n        if {asked} is None:\n            return\n"
    assert not app_of("from starlette.requests import HTTPConnection\n" + middleware).roles.exist


def test_the_inserted_guard_alone_asks_for_no_role() -> None:
    from transforms.inserted import source

    module = source("auth", "fastapi").text
    app = app_of({"controls/auth.py": module, "app.py": GUARDED_BY_INSERTED})
    (route,) = [each for each in app.routes if each.path == "/x"]
    assert app.roles.check(route).answer is Answer.NO


GUARDED_BY_INSERTED = (
    "from fastapi import Depends, FastAPI\nfrom controls.auth import require_user\napp = FastAPI()\n"
    "@app.delete('/x', dependencies=[Depends(require_user)])\ndef handler():\n    ...\n"
)
