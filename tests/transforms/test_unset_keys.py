"""A guard that lets everybody in while a variable is not set: unknown, unless the app makes sure that it is set."""

import pytest

from tests.transforms.joined import app_of, only_route
from transforms.access import Access, Answer
from transforms.api import Outcome
from transforms.controls.route_requires_auth import control, put_a_guard_in_front, strangers_are_refused

HEAD = (
    "import hmac\nimport jwt\nimport os\nfrom fastapi import Depends, FastAPI, Header, HTTPException, Request\n"
    "from fastapi.responses import JSONResponse\nfrom starlette.middleware.base import BaseHTTPMiddleware\n"
    "from pydantic_settings import BaseSettings\napp = FastAPI()\n"
)
FROM_ENVIRONMENT = "API_KEY = os.getenv('API_KEY')\n"
ROUTE = "@app.get('/x', dependencies=[Depends(g)])\ndef handler(): ...\n"
NO = "raise HTTPException(401)"
G = "def g(x_api_key: str = Header(None)):\n"
LENIENT = G + f"    if API_KEY and x_api_key != API_KEY:\n        {NO}\n"


def access(guard: str, key: str = FROM_ENVIRONMENT, route: str = ROUTE) -> Access:
    app, found = only_route(HEAD + key + guard + route)
    return app.access(found)


OPEN = {
    "it ends early": G + f"    if not API_KEY:\n        return\n    if x_api_key != API_KEY:\n        {NO}\n",
    "both in one condition": LENIENT,
    "one condition in the other": G + f"    if API_KEY:\n        if x_api_key != API_KEY:\n            {NO}\n",
    "it asks for None": G
    + f"    if API_KEY is None:\n        return None\n    if x_api_key != API_KEY:\n        {NO}\n",
    "a name of its own": "def g(request: Request):\n    key = os.environ.get('API_KEY')\n"
    f"    if key and request.headers.get('x-api-key') != key:\n        {NO}\n",
    "a function that it calls": "def check(k):\n    if not API_KEY:\n        return\n"
    f"    if k != API_KEY:\n        {NO}\n{G}    check(x_api_key)\n",
    "a function that it asks": "def verify_key(k):\n    if not API_KEY:\n        return True\n    return k == API_KEY\n"
    f"{G}    if not verify_key(x_api_key):\n        {NO}\n",
    "an answer in one line": "def is_valid_key(k):\n    return not API_KEY or hmac.compare_digest(k, API_KEY)\n"
    f"{G}    if not is_valid_key(x_api_key):\n        {NO}\n",
    "somebody else is handed over": "def g(authorization: str = Header(None)):\n    if not API_KEY:\n        return {'sub': 'dev'}\n"
    f"    try:\n        return jwt.decode(authorization, API_KEY)\n    except jwt.PyJWTError:\n        {NO}\n",
    "a warning at the start": f"def start():\n    if not API_KEY:\n        print('open')\n        return\nstart()\n{LENIENT}",
    "one of two keys is enough": f"{G}    other = os.getenv('OTHER')\n    if not API_KEY and not other:\n        return\n"
    f"    if x_api_key not in (API_KEY, other):\n        {NO}\n",
}
CLOSED = {
    "it refuses without the key": G + f"    if not API_KEY or x_api_key != API_KEY:\n        {NO}\n",
    "it fails without the key": G
    + f"    if not API_KEY:\n        raise HTTPException(500)\n    if x_api_key != API_KEY:\n        {NO}\n",
    "it asks for a token then": G
    + f"    if not API_KEY:\n        return jwt.decode(x_api_key, 'k')\n    if x_api_key != API_KEY:\n        {NO}\n",
    "the function that it asks says no": "def verify_key(k):\n    if not API_KEY:\n        return False\n    return k == API_KEY\n"
    f"{G}    if not verify_key(x_api_key):\n        {NO}\n",
    "another setting changes nothing": f"DSN = os.getenv('DSN')\n{G}    if DSN:\n        print(1)\n    if x_api_key != 'abc':\n        {NO}\n",
    "nothing is imported without it": f"if not API_KEY:\n    raise RuntimeError('set it')\n{LENIENT}",
    "it is asserted": f"assert API_KEY\n{LENIENT}",
    "nothing starts without it": f"def start():\n    if not API_KEY:\n        raise RuntimeError('set it')\nstart()\n{LENIENT}",
}
SETTINGS = "class Settings(BaseSettings):\n    api_key: {}\nsettings = Settings()\ndef get_settings():\n    return Settings()\n"
BY_SETTINGS = f"    if settings.api_key and x_api_key != settings.api_key:\n        {NO}\n"
HOLDING = {
    "an object of the module": G + BY_SETTINGS,
    "what a function gives": f"{G}    settings = get_settings()\n{BY_SETTINGS}",
    "what it is handed": "def g(x_api_key: str = Header(None), settings: Settings = Depends(get_settings)):\n"
    + BY_SETTINGS,
}


@pytest.mark.parametrize("why", OPEN)
def test_it_lets_everybody_in_while_the_key_is_not_set(why: str) -> None:
    found = access(OPEN[why])
    assert (found.answer, found.unset) == (Answer.UNKNOWN, "API_KEY")
    assert found.traces[-1].note.endswith(" lets everybody in while API_KEY is not set")
    assert found.traces[-1].line > HEAD.count("\n")


@pytest.mark.parametrize("why", CLOSED)
def test_it_keeps_strangers_out(why: str) -> None:
    assert access(CLOSED[why]).answer is Answer.YES


@pytest.mark.parametrize(
    "value", ["os.environ['API_KEY']", "os.getenv('API_KEY', 'dev')", "os.getenv('API_KEY') or 'dev'", "'dev'"]
)
def test_a_constant_may_never_be_empty(value: str) -> None:
    assert access(LENIENT, f"API_KEY = {value}\n").answer is Answer.YES


@pytest.mark.parametrize("value", ["os.getenv('API_KEY', '')", "os.getenv('API_KEY') or None", "None", "load()"])
def test_a_constant_may_be_empty(value: str) -> None:
    assert access(LENIENT, f"API_KEY = {value}\n").unset == "API_KEY"


@pytest.mark.parametrize("why", HOLDING)
def test_a_field_without_a_default_is_always_set(why: str) -> None:
    assert access(HOLDING[why], SETTINGS.format("str")).answer is Answer.YES
    assert access(HOLDING[why], SETTINGS.format("str = ''")).unset == "API_KEY"
    assert access(HOLDING[why], SETTINGS.format("str | None = None")).unset == "API_KEY"


def test_settings_may_refuse_to_be_made_without_it() -> None:
    checked = "str = ''\n    def model_post_init(self, _):\n        if not self.api_key:\n            raise ValueError"
    assert access(HOLDING["an object of the module"], SETTINGS.format(checked)).answer is Answer.YES


def test_a_key_in_another_module_is_found_there() -> None:
    code = HEAD + "from config import API_KEY\n" + LENIENT + ROUTE
    for value, answer in (("os.environ['API_KEY']", Answer.YES), ("os.getenv('API_KEY')", Answer.UNKNOWN)):
        app = app_of({"app.py": code, "config.py": f"import fastapi\nimport os\nAPI_KEY = {value}\n"})
        assert app.access(app.routes[0]).answer is answer


MIDDLEWARE = {
    "a function": "@app.middleware('http')\nasync def guard(request, call_next):\n    if request.url.path == '/health':\n"
    "        return await call_next(request)\n    if API_KEY and request.headers.get('x-api-key') != API_KEY:\n"
    "        return JSONResponse({}, status_code=401)\n    return await call_next(request)\n",
    "a class that is told the key": "class Guard(BaseHTTPMiddleware):\n    def __init__(self, app, api_key=None):\n"
    "        self.api_key = api_key\n    async def dispatch(self, request, call_next):\n        if not self.api_key:\n"
    "            return await call_next(request)\n        if request.headers.get('x-api-key') != self.api_key:\n"
    "            return JSONResponse({}, status_code=401)\n        return await call_next(request)\n"
    "app.add_middleware(Guard, api_key=API_KEY)\n",
}


@pytest.mark.parametrize("why", MIDDLEWARE)
def test_a_middleware_that_lets_everybody_in(why: str) -> None:
    assert access(MIDDLEWARE[why], route="@app.get('/x')\ndef handler(): ...\n").unset == "API_KEY"


def test_a_handler_that_asks_by_itself() -> None:
    handler = (
        "@app.get('/x')\ndef handler(request: Request, number: int):\n    if {} request.headers.get('x-api-key') != API_KEY:\n"
        f"        {NO}\n    found = find(number)\n    if found is None:\n        raise HTTPException(404)\n    return found\n"
    )
    assert access("", route=handler.format("API_KEY and")).unset == "API_KEY"
    assert access("", route=handler.format("not API_KEY or")).answer is Answer.YES


def test_what_it_does_otherwise_hangs_on_no_setting() -> None:
    """A guard whose setting says where errors are told is one of all requests."""
    guard = "DSN = os.getenv('DSN')\n@app.middleware('http')\nasync def guard(request, call_next):\n    if DSN:\n        print(1)\n"
    guard += "    if request.headers.get('x-api-key') != 'abc':\n        return JSONResponse({}, status_code=401)\n"
    guard += "    return await call_next(request)\n"
    assert access(guard, route="@app.get('/x')\ndef handler(): ...\n").answer is Answer.YES


BESIDE = HEAD + FROM_ENVIRONMENT + LENIENT + ROUTE + "@app.delete('/y')\ndef other(): ...\n"


def test_the_control_says_what_is_missing() -> None:
    guarded, _ = control.judge(app_of(BESIDE), {})
    assert (guarded.outcome, guarded.message) == (Outcome.UNKNOWN, "Lets everybody in while API_KEY is not set.")


def test_it_is_still_the_guard_of_the_app() -> None:
    """A second way to sign in would be worse; the patch says what has to be set, and no test can show it."""
    app = app_of(BESIDE)
    _, found = control.judge(app, {})
    patch = put_a_guard_in_front(app, found, control.options())
    assert patch is not None
    assert "Depends(g)" in repr(patch.edits) or "'g'" in repr(patch.edits)
    assert patch.todo[0] == "Set API_KEY where the app runs: g lets everybody in while it is not set."
    assert strangers_are_refused(app, (found,), control.options()) is None
