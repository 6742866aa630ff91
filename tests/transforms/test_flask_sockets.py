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
    head = "import rooms\nsio = rooms.AsyncServer()\n"
    assert answers("@sio.on('message')\nasync def message(sid, data): save(data)\n", head) == {}


def test_signing_in_by_an_event_comes_before_a_login() -> None:
    app = app_of(HEAD + "@socketio.on('login')\ndef login(data):\n    session['user'] = check(data)\n")
    assert app.publicity(app.routes[0]).is_public


# --- namespaces that are classes

CHAT = """
from flask_socketio import Namespace


class Chat(Namespace):
    def on_connect(self{arguments}):
        {body}

    def on_message(self, data):
        emit('message', save(data))

    def on_disconnect(self):
        pass

    def helper(self):
        pass

"""


def test_the_methods_of_a_namespace_are_events() -> None:
    source = CHAT.format(arguments="", body="print('hello')") + "\nsocketio.on_namespace(Chat('/chat'))\n"
    assert answers(source) == {"WEBSOCKET /socket.io/chat/message": "no"}


def test_a_namespace_of_another_file_is_where_the_server_has_it() -> None:
    head = "from flask_socketio import emit\n"
    chat = head + CHAT.format(arguments="", body="pass")
    source = "\nfrom chat import Chat\nsocketio.on_namespace(Chat('/chat'))\nsocketio.on_namespace(Chat('/other'))\n"
    assert answers(source, chat=chat) == {
        "WEBSOCKET /socket.io/chat/message": "no",
        "WEBSOCKET /socket.io/other/message": "no",
    }


def test_a_namespace_that_no_server_was_given_serves_nobody() -> None:
    assert answers(CHAT.format(arguments="", body="pass")) == {}


@pytest.mark.parametrize(
    ("body", "arguments", "answer"),
    [
        ("if not current_user.is_authenticated:\n            return False", "", "yes"),
        ("if not auth or not known(auth['token']):\n            raise ConnectionRefusedError('no')", ", auth", "yes"),
        ("emit('hello', auth)", ", auth", "no"),
        ("if full():\n            return False", "", "unknown"),
    ],
)
def test_the_method_of_connect_decides_for_its_namespace(body: str, arguments: str, answer: str) -> None:
    source = CHAT.format(arguments=arguments, body=body) + "\nsocketio.on_namespace(Chat('/chat'))\n"
    assert answers(source) == {"WEBSOCKET /socket.io/chat/message": answer}


def test_a_class_with_nothing_but_connect_is_one_event() -> None:
    source = "from flask_socketio import Namespace\nclass C(Namespace):\n    def on_connect(self): greet()\n"
    assert answers(source + "socketio.on_namespace(C('/c'))\n") == {"WEBSOCKET /socket.io/c/connect": "no"}


# --- python-socketio beside another framework

ASGI = """import socketio
from fastapi import FastAPI

api = FastAPI()
sio = socketio.AsyncServer(async_mode="asgi")
app = socketio.ASGIApp(sio, api)

"""


@pytest.mark.parametrize(
    ("connect", "answer"),
    [
        ("@sio.event\nasync def connect(sid, environ, auth):\n    await sio.emit('hello', to=sid)\n", "no"),
        (
            "@sio.event\nasync def connect(sid, environ, auth):\n    if not await known(auth):\n        return False\n",
            "yes",
        ),
        (
            "@sio.on('connect')\nasync def opened(sid, environ, auth):\n    if not known(environ.get('HTTP_AUTHORIZATION')):\n"
            "        raise socketio.exceptions.ConnectionRefusedError('no')\n",
            "yes",
        ),
        ("", "no"),
    ],
)
def test_events_of_an_asgi_server_stand_behind_its_connect(connect: str, answer: str) -> None:
    events = (
        "\n@sio.event\nasync def typed(sid, data):\n    save(data)\n\n@sio.on('sent')\nasync def sent(sid, data): ...\n"
    )
    assert answers(connect + events, ASGI) == {
        "WEBSOCKET /socket.io/typed": answer,
        "WEBSOCKET /socket.io/sent": answer,
    }


def test_the_methods_of_an_async_namespace_are_events() -> None:
    source = (
        "class Chat(socketio.AsyncNamespace):\n    async def on_connect(self, sid, environ):\n"
        "        if 'HTTP_COOKIE' not in environ:\n            return False\n"
        "    async def on_sent(self, sid, data): ...\n\nsio.register_namespace(Chat('/chat'))\n"
    )
    assert answers(source, ASGI) == {"WEBSOCKET /socket.io/chat/sent": "yes"}


# --- what a patch does

LOGIN = """from flask import Flask
from flask_login import LoginManager, login_user
from flask_socketio import SocketIO, emit

app = Flask(__name__)
manager = LoginManager(app)
socketio = SocketIO(app)


@app.post("/login")
def login():
    login_user(find_user())
    return {{}}


{connect}@socketio.on("message")
def message(data):
    emit("message", save(data))
"""
CONNECTED = '@socketio.on("connect")\ndef connected():\n    {body}emit("hello")\n\n\n'
REFUSES = "if not current_user.is_authenticated:\n        return False\n    "


def fixed(connect: str) -> tuple[str, str]:
    """The patched file, and the title of the patch."""
    from transforms.engine import remedies, scan
    from transforms.policy import Policy
    from transforms.source import SourceFile

    sources = [SourceFile("main.py", LOGIN.format(connect=connect).encode())]
    result = remedies(sources, scan(sources, Policy()), Policy(), only={"route-requires-auth"})
    (patch,) = result.patches
    return result.files.get("main.py", b"").decode(), patch.title


def test_the_handler_of_connect_refuses_whoever_is_not_signed_in() -> None:
    after, title = fixed(CONNECTED.format(body=""))
    expected = LOGIN.format(connect=CONNECTED.format(body=REFUSES))
    assert after == expected.replace("import LoginManager, login_user", "import LoginManager, current_user, login_user")
    assert title == "Require a signed-in user on WEBSOCKET /socket.io/message"


def test_where_nothing_handles_connect_a_person_is_told_what_to_do() -> None:
    after, title = fixed("")
    assert after == ""
    assert title == (
        "Let the handler of connect of WEBSOCKET /socket.io/message refuse whoever is not signed in: "
        "`return False` there."
    )
