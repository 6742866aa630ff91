"""A guard that compares what may be missing with a setting that may be: who sends nothing gets in."""

import pytest

from tests.transforms.joined import app_of, only_route
from transforms.access import Access, Answer

FASTAPI = (
    "import hmac\nimport os\nfrom fastapi import Depends, FastAPI, Header, HTTPException, Request, Security\n"
    "from fastapi.security import APIKeyHeader\nfrom pydantic_settings import BaseSettings\napp = FastAPI()\n"
    "@app.get('/x', dependencies=[Depends(g)])\ndef handler(): ...\n"
)
FLASK = (
    "import os\nfrom functools import wraps\nfrom flask import Flask, abort, jsonify, request\napp = Flask(__name__)\n"
    "def g(view):\n    @wraps(view)\n    def inner(*a, **k):\n{}        return view(*a, **k)\n    return inner\n"
    "@app.route('/x')\n@g\ndef handler():\n    return jsonify(list(load()))\n"
)
FROM_ENVIRONMENT = "API_KEY = os.getenv('API_KEY')\n"
BLANK = "API_KEY = os.environ.get('API_KEY', '')\n"
NO = "        raise HTTPException(401)\n"
OPTIONAL = "def g(x_api_key: str = Header(None)):\n"
REQUIRED = "def g(x_api_key: str = Header(...)):\n"
REQUEST = "def g(request: Request):\n"
SCHEME = (
    "scheme = APIKeyHeader(name='X-API-Key'{})\ndef g(api_key: str = Security(scheme)):\n    if api_key != API_KEY:\n"
)
SETTINGS = "class Settings(BaseSettings):\n    api_key: {}\nsettings = Settings()\n"
BY_SETTINGS = OPTIONAL + "    if x_api_key != settings.api_key:\n" + NO


def access(guard: str, head: str = FASTAPI) -> Access:
    app, found = only_route(head + guard)
    return app.access(found)


OPEN = {
    "no header, no variable": FROM_ENVIRONMENT + OPTIONAL + "    if x_api_key != API_KEY:\n" + NO,
    "the other way round": FROM_ENVIRONMENT + OPTIONAL + "    if not (API_KEY == x_api_key):\n" + NO,
    "it lets in who is right": FROM_ENVIRONMENT
    + OPTIONAL
    + "    if x_api_key == API_KEY:\n        return\n    raise HTTPException(401)\n",
    "asked where it is needed": REQUEST
    + "    if request.headers.get('x-api-key') != os.environ.get('API_KEY'):\n"
    + NO,
    "names for both": REQUEST
    + "    sent = request.headers.get('x-api-key')\n    key = os.getenv('API_KEY')\n    if sent != key:\n"
    + NO,
    "a scheme that lets everybody pass": FROM_ENVIRONMENT + SCHEME.format(", auto_error=False") + NO,
    "a function that answers": FROM_ENVIRONMENT
    + "def is_valid_key(request):\n    return request.headers.get('x-api-key') == API_KEY\n"
    + REQUEST
    + "    if not is_valid_key(request):\n"
    + NO,
    "an empty header, an empty variable": BLANK + REQUIRED + "    if x_api_key != API_KEY:\n" + NO,
    "an empty header, compared safely": BLANK + REQUIRED + "    if not hmac.compare_digest(x_api_key, API_KEY):\n" + NO,
    "a default for both": BLANK + REQUEST + "    if request.headers.get('x-api-key', '') != API_KEY:\n" + NO,
    "a key that can be guessed": FROM_ENVIRONMENT
    + REQUEST
    + "    if request.headers.get('authorization') != f'Bearer {API_KEY}':\n"
    + NO,
    "a field that is None": SETTINGS.format("str | None = None") + BY_SETTINGS,
    "a field that is empty": SETTINGS.format("str = ''") + BY_SETTINGS,
}
CLOSED = {
    "it asks whether there is one": FROM_ENVIRONMENT
    + OPTIONAL
    + "    if not x_api_key or x_api_key != API_KEY:\n"
    + NO,
    "it asks whether there is a key": FROM_ENVIRONMENT
    + OPTIONAL
    + "    if not API_KEY or x_api_key != API_KEY:\n"
    + NO,
    "the header has to be sent": FROM_ENVIRONMENT + REQUIRED + "    if x_api_key != API_KEY:\n" + NO,
    "an empty header is not None": FROM_ENVIRONMENT
    + REQUEST
    + "    if request.headers.get('x-api-key', '') != API_KEY:\n"
    + NO,
    "no header is no empty text": BLANK + SCHEME.format(", auto_error=False") + NO,
    "a scheme that refuses": FROM_ENVIRONMENT + SCHEME.format("") + NO,
    "a safe comparison fails": FROM_ENVIRONMENT
    + OPTIONAL
    + "    if not hmac.compare_digest(x_api_key, API_KEY):\n"
    + NO,
    "it does not start without it": "API_KEY = os.environ['API_KEY']\n"
    + OPTIONAL
    + "    if x_api_key != API_KEY:\n"
    + NO,
    "there is another key then": "API_KEY = os.getenv('API_KEY', 'other')\n"
    + OPTIONAL
    + "    if x_api_key != API_KEY:\n"
    + NO,
    "a field that has to be set": SETTINGS.format("str") + BY_SETTINGS,
    "it is looked for before": FROM_ENVIRONMENT
    + "if not API_KEY:\n    raise RuntimeError('set it')\n"
    + OPTIONAL
    + "    if x_api_key != API_KEY:\n"
    + NO,
}
KEY = "API_KEY = os.environ['API_KEY']\n"
CHECK = "    if x_api_key != API_KEY:\n" + NO
MODES = {
    "a mode that is taken for granted": ("MODE = os.getenv('MODE', 'dev')\n", "MODE == 'dev'", "MODE"),
    "one of some modes": ("MODE = os.getenv('MODE', 'dev')\n", "MODE in ('dev', 'test')", "MODE"),
    "all modes but one": ("MODE = os.environ.get('MODE')\n", "MODE != 'production'", "MODE"),
    "in whatever case": ("", "os.getenv('APP_ENV', 'Development').lower() == 'development'", "APP_ENV"),
    "a switch that is on": ("OPEN = os.getenv('OPEN', 'true').lower() == 'true'\n", "OPEN", "OPEN"),
    "a switch that is not off": ("AUTH = os.getenv('AUTH', 'off') in ('on', '1')\n", "not AUTH", "AUTH"),
    "a field": ("class Settings(BaseSettings):\n    debug: bool = True\nsettings = Settings()\n", "settings.debug", "DEBUG"),
    "a mode of a field": (
        "class Settings(BaseSettings):\n    env: str = 'local'\nsettings = Settings()\n", "settings.env == 'local'", "ENV",
    ),
    "a mode that has to be set": ("MODE = os.environ['MODE']\n", "MODE == 'dev'", ""),
    "another mode": ("MODE = os.getenv('MODE', 'production')\n", "MODE == 'dev'", ""),
    "a switch that is off": ("OPEN = os.getenv('OPEN', 'false').lower() == 'true'\n", "OPEN", ""),
    "no mode": ("MODE = os.getenv('MODE')\n", "MODE == 'dev'", ""),
}  # fmt: skip
IN_FLASK = {
    "        if request.headers.get('X-API-Key') != os.getenv('API_KEY'):\n            abort(401)\n": "API_KEY",
    "        token = request.headers.get('Authorization')\n        if token != f\"Bearer {os.environ.get('API_TOKEN')}\":\n"
    "            return jsonify(error='no'), 401\n": "API_TOKEN",
    "        key = request.headers.get('X-API-Key')\n        if not key or key != os.getenv('API_KEY'):\n            abort(401)\n": "",
    "        if request.headers.get('X-API-Key', '') != os.getenv('API_KEY'):\n            abort(401)\n": "",
}


@pytest.mark.parametrize("why", OPEN)
def test_who_sends_nothing_gets_in_while_the_key_is_not_set(why: str) -> None:
    found = access(OPEN[why])
    assert (found.answer, found.unset) == (Answer.UNKNOWN, "API_KEY")
    assert found.traces[-1].note.endswith(" lets everybody in while API_KEY is not set")


@pytest.mark.parametrize("why", CLOSED)
def test_nobody_gets_in_without_the_key(why: str) -> None:
    assert access(CLOSED[why]).answer is Answer.YES


@pytest.mark.parametrize("why", MODES)
def test_a_mode_that_is_taken_for_granted_may_ask_nobody(why: str) -> None:
    setting, asked, name = MODES[why]
    found = access(KEY + setting + OPTIONAL + f"    if {asked}:\n        return\n" + CHECK)
    assert (found.is_checked, found.unset) == (not name, name)


def test_a_mode_that_changes_what_is_said_and_not_who_gets_in_is_none() -> None:
    guard = OPTIONAL + "    if MODE == 'dev':\n        print(x_api_key)\n" + CHECK
    assert access(KEY + "MODE = os.getenv('MODE', 'dev')\n" + guard).is_checked


@pytest.mark.parametrize(("check", "key"), IN_FLASK.items())
def test_a_decorator_of_flask_asks_alike(check: str, key: str) -> None:
    found = access("", FLASK.format(check))
    assert (found.is_checked, found.unset) == (not key, key)


@pytest.mark.parametrize(("value", "key"), [("os.getenv('API_KEY')", "API_KEY"), ("os.environ['API_KEY']", "")])
def test_a_key_in_another_module_is_found_there(value: str, key: str) -> None:
    guard = "from config import API_KEY\n" + OPTIONAL + "    if x_api_key != API_KEY:\n" + NO
    app = app_of({"app.py": FASTAPI + guard, "config.py": f"import fastapi\nimport os\nAPI_KEY = {value}\n"})
    assert app.access(app.routes[0]).unset == key


def test_no_word_is_kept_that_may_let_somebody_in() -> None:
    asked = "def enter(password):\n    if password == 'demo' or password == os.getenv('PIN_TOKEN', 'mock'):\n        return 1\n"
    code = "import os\nimport fastapi\nADMIN_PASSWORD = os.getenv('ADMIN_PASSWORD', 'test')\nMODE = os.getenv('MODE', 'local')\n"
    facts = repr(app_of({"app.py": code + asked}).files["app.py"])
    assert "local" in facts
    assert not any(f"={word}" in facts or f"'{word}'" in facts for word in ("demo", "mock", "test"))
