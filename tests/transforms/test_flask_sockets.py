"""Events of Flask-SocketIO: who may send them is decided by their decorators and where their namespace is connected."""

import pytest

from tests.transforms.joined import app_of

HEAD = """from flask import Flask, g, request, session
from flask_login import current_user
from flask_socketio import SocketIO, disconnect, emit
import functools
import jwt

app = Flask(__name__)
socketio = SocketIO(app)

"""
MESSAGE = "\n@socketio.on('message')\ndef message(data):\n    emit('message', save(data), broadcast=True)\n"


def answers(source: str, head: str = HEAD, **files: str) -> dict[str, str]:
    """The answer for each route of a site, its files named without their ending."""
    more = {f"{name}.py": text for name, text in files.items()}
    app = app_of({"main.py": head + source, **more})
    return {route.name: app.access(route).answer.value for route in app.routes}


def connecting(body: str, arguments: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"@socketio.on('connect')\ndef connected({arguments}):\n{lines}{MESSAGE}"


def test_events_are_endpoints_by_namespace_and_name() -> None:
    source = (
        MESSAGE
        + "@socketio.on('typed', namespace='/chat')\ndef typed(data): pass\n"
        + "@socketio.event\ndef joined(data): pass\n"
        + "@socketio.event(namespace='/chat')\ndef left(data): pass\n"
        + "def seen(data): pass\nsocketio.on_event('seen', seen, namespace='/chat')\n"
        + "@socketio.on('disconnect')\ndef gone(): pass\n"
    )
    assert answers(source) == {
        "WEBSOCKET /socket.io/message": "no",
        "WEBSOCKET /socket.io/chat/typed": "no",
        "WEBSOCKET /socket.io/joined": "no",
        "WEBSOCKET /socket.io/chat/left": "no",
        "WEBSOCKET /socket.io/chat/seen": "no",
    }


@pytest.mark.parametrize(
    ("body", "arguments"),
    [
        ("if not current_user.is_authenticated:\n    return False", ""),
        ("if 'user' not in session:\n    disconnect()\n    return", ""),
        ("if session.get('user') is None:\n    raise ConnectionRefusedError('sign in')", ""),
        ("if not auth or not known(auth.get('token')):\n    raise ConnectionRefusedError('sign in')", "auth"),
        (
            "try:\n    jwt.decode(auth['token'], key(), algorithms=['HS256'])\nexcept Exception:\n    return False",
            "auth",
        ),
        ("token = request.headers.get('Authorization')\nif not known(token):\n    return False", ""),
    ],
)
def test_who_may_not_connect_sends_nothing(body: str, arguments: str) -> None:
    assert answers(connecting(body, arguments)) == {"WEBSOCKET /socket.io/message": "yes"}


@pytest.mark.parametrize(
    ("body", "arguments"),
    [("print('connected')", ""), ("emit('hello', auth)", "auth"), ("emit('hello', session.get('user'))", "")],
)
def test_who_is_only_greeted_may_send_everything(body: str, arguments: str) -> None:
    assert answers(connecting(body, arguments)) == {"WEBSOCKET /socket.io/message": "no"}


def test_a_refusal_for_something_else_is_left_open() -> None:
    assert answers(connecting("if full():\n    return False")) == {"WEBSOCKET /socket.io/message": "unknown"}


def test_each_namespace_is_connected_for_itself() -> None:
    source = connecting("if not current_user.is_authenticated:\n    return False")
    source += "@socketio.on('typed', namespace='/chat')\ndef typed(data): pass\n"
    assert answers(source) == {"WEBSOCKET /socket.io/message": "yes", "WEBSOCKET /socket.io/chat/typed": "no"}


@pytest.mark.parametrize(
    "check",
    [
        "if not current_user.is_authenticated:\n        return",
        "if not current_user.is_authenticated:\n        emit('error', 'no')\n        return",
        "if not current_user.is_authenticated:\n        disconnect()",
        "if 'user' not in session:\n        return {'error': 'sign in'}",
    ],
)
def test_an_event_may_ask_for_itself(check: str) -> None:
    source = f"@socketio.on('message')\ndef message(data):\n    {check}\n    save(data)\n"
    assert answers(source) == {"WEBSOCKET /socket.io/message": "yes"}


WRAPPER = """
def known(f):
    @functools.wraps(f)
    def wrapped(*args, **kwargs):
        if not current_user.is_authenticated:
            disconnect()
        else:
            return f(*args, **kwargs)
    return wrapped
"""


def test_a_decorator_below_the_registration_stands_in_front() -> None:
    below = "@socketio.on('message')\n@known\ndef message(data): save(data)\n"
    above = "@known\n@socketio.on('message')\ndef message(data): save(data)\n"
    assert answers(WRAPPER + below) == {"WEBSOCKET /socket.io/message": "yes"}
    assert answers(WRAPPER + above) == {"WEBSOCKET /socket.io/message": "no"}


def test_what_runs_before_requests_does_not_run_before_events() -> None:
    before = "@app.before_request\ndef check():\n    if 'user' not in session:\n        return 'no', 401\n"
    assert answers(before + MESSAGE + "@app.get('/orders')\ndef orders(): return find()\n") == {
        "GET /orders": "yes",
        "WEBSOCKET /socket.io/message": "no",
    }


def test_a_connection_alone_is_an_endpoint() -> None:
    assert answers("@socketio.on('connect')\ndef connected():\n    emit('orders', find_orders())\n") == {
        "WEBSOCKET /socket.io/connect": "no"
    }


def test_the_server_may_be_made_in_another_file() -> None:
    extensions = "from flask_socketio import SocketIO\nsocketio = SocketIO()\n"
    events = "from extensions import socketio\nfrom flask_login import current_user\n" + connecting(
        "if not current_user.is_authenticated:\n    return False"
    )
    chat = "from extensions import socketio\n@socketio.on('typed')\ndef typed(data): save(data)\n"
    assert answers("", "", extensions=extensions, events=events, chat=chat) == {
        "WEBSOCKET /socket.io/message": "yes",
        "WEBSOCKET /socket.io/typed": "yes",
    }


def test_a_server_of_another_library_is_not_read() -> None:
    head = "import socketio\nsio = socketio.AsyncServer()\n"
    assert answers("@sio.on('message')\nasync def message(sid, data): save(data)\n", head) == {}


def test_signing_in_by_an_event_comes_before_a_login() -> None:
    app = app_of(HEAD + "@socketio.on('login')\ndef login(data):\n    session['user'] = check(data)\n")
    assert app.publicity(app.routes[0]).is_public
