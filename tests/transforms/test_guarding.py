"""Whether strangers are kept out is read from what guards do; a name proves nothing."""

import pytest

from tests.transforms.joined import app_of, only_route, route_of
from transforms.access import Access, Answer
from transforms.app import Placement
from transforms.concepts import How
from transforms.policy import Binding

HEAD = (
    "import hmac, jwt\nfrom fastapi import Depends, FastAPI, Header, HTTPException, Request, Security\n"
    "from fastapi.security import APIKeyHeader, HTTPBearer\nfrom fastapi.responses import JSONResponse, RedirectResponse\n"
    "bearer = HTTPBearer()\nperhaps = HTTPBearer(auto_error=False)\n"
)
ROUTE = "\napp = FastAPI()\n@app.delete('/x')\ndef handler({}): ...\n"


def access(source: str) -> Access:
    app, route = only_route(HEAD + source)
    return app.access(route)


def behind(guard: str, source: str) -> Answer:
    """The access of a route that depends on `guard`."""
    return access(source + ROUTE.format(f"x=Depends({guard})")).answer


def inside(parameters: str, body: str, before: str = "") -> Answer:
    """The access of a route with that body."""
    lines = body.replace("\n", "\n    ")
    return access(f"{before}\napp = FastAPI()\n@app.post('/x')\ndef handler({parameters}):\n    {lines}\n").answer


AUTHENTICATES = {
    "it refuses and reads a header": "def g(r: Request):\n    if not known(r.headers.get('Authorization')):\n        raise HTTPException(401)\n",
    "it refuses and verifies": "def g(t=Depends(perhaps)):\n    try:\n        return jwt.decode(t)\n"
    "    except ValueError:\n        raise HTTPException(403)\n",
    "a scheme refuses for it": "def g(t=Depends(bearer)):\n    return find(t)\n",
    "a dependency below refuses": "def h(t=Depends(bearer)):\n    raise HTTPException(401)\ndef g(u=Depends(h)):\n    return u\n",
    "a function it calls refuses": "def check(t):\n    raise HTTPException(401)\ndef g(t=Depends(perhaps)):\n    return check(t)\n",
    "an error class has the status": "class No(HTTPException):\n    def __init__(self):\n        super().__init__(status_code=401)\n"
    "def g(t=Depends(perhaps)):\n    raise No()\n",
    "an error class hands the status up": "class Problem(Exception):\n    def __init__(self, status, text):\n        self.status = status\n"
    "class No(Problem):\n    def __init__(self):\n        super().__init__(401, 'who?')\ndef g(t=Depends(perhaps)):\n    raise No()\n",
    "an error is told the status": "class Problem(Exception):\n    def __init__(self, status, text):\n        self.status = status\n"
    "def g(t=Depends(perhaps)):\n    if bad(t):\n        raise Problem(401, 'who?')\n",
    "an error class inherits the status": "class Base(Exception):\n    status_code = 401\nclass No(Base): ...\n"
    "def g(t=Depends(perhaps)):\n    raise No('x')\n",
    "an error kept under a name": "denied = HTTPException(401)\ndef g(t=Depends(perhaps)):\n    raise denied\n",
    "an error with a handler": "class No(Exception): ...\ndef answer(r, e):\n    return JSONResponse({}, status_code=401)\n"
    "def g(t=Depends(perhaps)):\n    raise No\napp0 = FastAPI()\napp0.add_exception_handler(No, answer)\n",
    "it compares a key": "key = APIKeyHeader(name='k')\ndef g(k=Security(key)):\n    if k != 'x':\n        raise HTTPException(403)\n",
    "it sends to the sign-in page": "def g(r: Request):\n    if not r.session.get('user'):\n        return RedirectResponse('/login')\n",
    "an object of a class": "class G:\n    def __call__(self, t=Depends(bearer)):\n        return t\ng = G()\n",
    "an object that inherits": "class B(HTTPBearer):\n    async def __call__(self, r: Request):\n"
    "        c = await super().__call__(r)\n        if bad(c):\n            raise HTTPException(403)\ng = B()\n",
    "a method of an object": "class S:\n    def user(self, t=Depends(bearer)):\n        return t\nservice = S()\ng = service.user\n",
    "what a function makes": "def make(role):\n    def inner(t=Depends(bearer)):\n        return t\n    return inner\ng = make('a')\n",
    "401 alone": "def g(name: str):\n    if name != 'me':\n        raise HTTPException(401)\n",
}


@pytest.mark.parametrize("why", AUTHENTICATES)
def test_a_guard_authenticates_because(why: str) -> None:
    assert behind("g", AUTHENTICATES[why]) is Answer.YES


LETS_PASS = {
    "it does nothing": "def g():\n    return 1\n",
    "it is only called like a guard": "def get_current_user(name: str = 'guest'):\n    return name\ng = get_current_user\n",
    "it answers another status": "def g(r: Request):\n    if not r.headers.get('X-Tenant'):\n        raise HTTPException(400)\n",
    "it answers None without a credential": "def g(t=Depends(perhaps)):\n    if t is None:\n        return None\n"
    "    if bad(t):\n        raise HTTPException(401)\n    return t\n",
    "it swallows the refusal": "def check(t):\n    raise HTTPException(401)\ndef g(t=Depends(perhaps)):\n    try:\n"
    "        return check(t)\n    except HTTPException:\n        return {}\n",
    "its scheme asks nobody": "def g(t=Depends(perhaps)):\n    return t\n",
    "it is a database session": "from sqlalchemy.orm import Session\ndef g():\n    yield Session()\n",
    "it is a class of parameters": "class G:\n    def __init__(self, page: int = 1): ...\ng = G\n",
}


@pytest.mark.parametrize("why", LETS_PASS)
def test_strangers_pass_because(why: str) -> None:
    assert behind("g", LETS_PASS[why]) is Answer.NO


UNREADABLE = {
    "a library nobody wrote down": "from company.access import require_login as g\n",
    "403 for a reason that cannot be seen": "def g():\n    if closed():\n        raise HTTPException(403)\n",
    "it believes a header that anybody can send": "def g(x_user_id: str = Header(None)):\n    if not x_user_id:\n"
    "        raise HTTPException(401)\n",
    "a token is checked, a bad one answered elsewhere": "def g(t=Depends(perhaps)):\n    return jwt.decode(t)\n",
}


@pytest.mark.parametrize("why", UNREADABLE)
def test_it_cannot_be_told_because(why: str) -> None:
    assert behind("g", UNREADABLE[why]) is Answer.UNKNOWN


def test_a_library_that_guards_nothing_is_not_unknown() -> None:
    assert behind("g", "from slowapi import limit_by_user as g\n") is Answer.NO


def test_an_own_module_without_any_word_of_refusal_is_not_unknown() -> None:
    app = app_of(
        {
            "auth_names.py": "x = 1\n",
            "app.py": f"{HEAD}from auth_names import user_of\n{ROUTE.format('u=Depends(user_of)')}",
        }
    )
    assert app.access(app.routes[0]).answer is Answer.NO


KNOWN = [
    "from fastapi_users import FastAPIUsers\nusers = FastAPIUsers[int](1)\ng = users.current_user(active=True)\n",
    "from fastapi_login import LoginManager\ng = LoginManager('s', '/login')\n",
    "from authx import AuthX\nauth = AuthX()\ng = auth.access_token_required\n",
    "from fastapi_clerk_auth import ClerkHTTPBearer\ng = ClerkHTTPBearer(1)\n",
    "from propelauth_fastapi import init_auth\nauth = init_auth(1)\ng = auth.require_user\n",
    "from fastapi_azure_auth import SingleTenantAzureAuthorizationCodeBearer\n"
    "g = SingleTenantAzureAuthorizationCodeBearer(app_client_id='x')\n",
]


@pytest.mark.parametrize("source", KNOWN)
def test_guards_of_libraries_are_known_by_reference(source: str) -> None:
    assert behind("g", source) is Answer.YES


def test_an_optional_user_of_a_library_keeps_nobody_out() -> None:
    assert behind("g", KNOWN[0].replace("active=True", "optional=True")) is Answer.NO


def test_a_library_may_be_asked_in_the_body() -> None:
    body = "auth.jwt_required()\nreturn 1"
    assert inside("auth: AuthJWT = Depends()", body, "from fastapi_jwt_auth import AuthJWT") is Answer.YES


@pytest.mark.parametrize(
    ("parameters", "body", "answer"),
    [
        ("x_api_key: str = Header(None)", "if x_api_key != K:\n    raise HTTPException(401)", Answer.YES),
        ("r: Request", "if not known(r.cookies.get('session')):\n    return RedirectResponse('/login')", Answer.YES),
        ("user=Depends(perhaps)", "if user is None:\n    raise HTTPException(401)", Answer.YES),
        ("token=Depends(bearer)", "if bad(token):\n    raise HTTPException(403)", Answer.YES),
        ("r: Request", "if not hmac.compare_digest(a, b):\n    raise HTTPException(400)", Answer.YES),
        ("token=Depends(bearer)", "return 1", Answer.UNKNOWN),
        ("data: dict", "if data['old'] != K:\n    raise HTTPException(401)", Answer.UNKNOWN),
        ("data: dict", "if data['owner'] != 1:\n    raise HTTPException(403)", Answer.NO),
        ("data: dict", "raise HTTPException(404)", Answer.NO),
    ],
)
def test_a_body_may_decide(parameters: str, body: str, answer: Answer) -> None:
    assert inside(parameters, body) is answer


def test_a_function_called_in_the_body_may_decide() -> None:
    before = "def check(request):\n    if known(request.headers.get('authorization')) is None:\n        raise HTTPException(401)\n"
    assert inside("r: Request", "check(r)", before) is Answer.YES


def middleware(condition: str = "", answer: str = "JSONResponse({}, status_code=401)") -> Answer:
    return access(
        f"app = FastAPI()\n@app.middleware('http')\nasync def m(request, call_next):\n    if {condition}"
        f"not known(request.headers.get('authorization')):\n        return {answer}\n    return await call_next(request)\n"
        "@app.delete('/x')\ndef handler(): ...\n"
    ).answer


def test_middleware_keeps_strangers_out() -> None:
    assert middleware() is Answer.YES


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("request.url.path != '/y' and ", Answer.YES),
        ("request.url.path != '/x' and ", Answer.NO),
        ("request.url.path not in {'/y', '/z'} and ", Answer.YES),
        ("request.url.path.startswith(('/x', '/y')) and ", Answer.YES),
        ("not request.url.path.startswith('/x') and ", Answer.NO),
        ("any(request.url.path.startswith(p) for p in ['/y']) and ", Answer.NO),
        ("request.url.path not in settings.public and ", Answer.UNKNOWN),
        ("PATTERN.match(request.url.path) and ", Answer.UNKNOWN),
        ("request.url.path == '/x' and request.url.path != other and ", Answer.UNKNOWN),
    ],
)
def test_middleware_that_looks_at_the_path_is_judged_for_each_path(condition: str, answer: Answer) -> None:
    assert middleware(condition) is answer


def test_middleware_that_refuses_nobody_is_no_guard() -> None:
    assert middleware(answer="None") is Answer.NO


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("from fastapi.middleware.cors import CORSMiddleware as M", Answer.NO),
        ("from company.web import AuthMiddleware as M", Answer.UNKNOWN),
    ],
)
def test_middleware_of_libraries(reference: str, answer: Answer) -> None:
    source = f"{reference}\napp = FastAPI()\napp.add_middleware(M)\n@app.delete('/x')\ndef handler(): ...\n"
    assert access(source).answer is answer


def test_the_organisations_own_guard_is_accepted_by_its_binding() -> None:
    placement = Placement(bindings={"guard": Binding("company.gate", "gate", "gate")})
    source = f"{HEAD}from company.gate import gate\n{ROUTE.format('u=Depends(gate)')}"
    app = app_of(source, placement)
    assert app.access(app.routes[0]).is_checked


def test_the_answer_names_the_guard_and_the_way_to_it() -> None:
    app = app_of(
        {
            "deps.py": f"{HEAD}def user(t=Depends(bearer)):\n    raise HTTPException(401)\ndef admin(u=Depends(user)): ...\n",
            "app.py": f"{HEAD}from deps import admin\n{ROUTE.format('u=Depends(admin)')}",
        }
    )
    found = app.access(app.routes[0])
    assert found.guard is not None
    assert (found.guard.symbol, found.guard.how) == ("deps.admin", How.PARAMETER)
    assert [(trace.path, trace.note) for trace in found.traces] == [
        ("app.py", "the handler depends on admin"),
        ("deps.py", "admin needs a signed-in caller"),
        ("deps.py", "user answers 401"),
    ]


def test_functions_that_call_each_other_end() -> None:
    assert behind("g", "def h():\n    return g()\ndef g():\n    return h()\n") is Answer.NO


def test_dependencies_on_each_other_end() -> None:
    assert behind("g", "def g(x=Depends(lambda: h)): ...\ndef h(x=Depends(g)): ...\n") is Answer.NO


SOFTLY = (
    "from fastapi import FastAPI, Request\nfrom doors import is_known, who\napp = FastAPI()\nROWS = {{}}\n"
    "@app.post('/x')\ndef x(request: Request, data: dict):\n    {}\n    ROWS['a'] = data\n"
)
DOORS = "def who(request):\n    return request.session.get('user')\ndef is_known(request):\n    return who(request) is not None\n"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("if not is_known(request):\n        return {'error': 'sign in'}", Answer.UNKNOWN),
        ("user = who(request)\n    if not user:\n        return {'error': 'sign in'}", Answer.UNKNOWN),
        ("user = who(request)\n    if user:\n        print(user)", Answer.NO),
        ("print(who(request))\n    if data.get('colour'):\n        return {}", Answer.NO),
    ],
)
def test_a_handler_that_ends_early_for_strangers_without_refusing_is_unknown(body: str, answer: Answer) -> None:
    app = app_of({"app.py": SOFTLY.format(body), "doors.py": DOORS})
    assert app.access(route_of(app, "POST /x")).answer is answer
