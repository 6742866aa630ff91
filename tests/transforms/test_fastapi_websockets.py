"""A websocket behind the app's own guard: who may open it in a patched app, and which guards can stand there at all."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from tests.transforms.django_apps import patched
from tests.transforms.joined import app_of, route_of
from transforms.edit_kinds import AddListArgument, InsertStatements
from transforms.edits import guard_for, guard_route
from transforms.examples.route_requires_auth_fastapi_websockets import HTTP, OAUTH, OPEN, SECURITY

KEY = "for tests only, and long enough for it"
HELPERS = f"""

def key():
    return {KEY!r}


def open_session():
    return {{"ada": "Ada"}}


def find(db, name):
    return db[name]
"""
ORDERS = "\n\ndef find_orders():\n    return ['one']\n\n\ndef orders_of(user):\n    return [user]\n"
REFUSED = (WebSocketDisconnect, WebSocketDenialResponse)


@pytest.fixture(params=[OAUTH, HTTP], ids=["OAuth2PasswordBearer", "HTTPBearer"])
def client(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The patched app of the example, with what its functions call."""
    files = {"security.py": SECURITY.format(**request.param, more=""), "main.py": OPEN}
    after = {path: text.encode() for path, text in files.items()}
    after |= patched(after).files
    (tmp_path / "security.py").write_text(after["security.py"].decode() + HELPERS)
    (tmp_path / "main.py").write_text(after["main.py"].decode() + ORDERS)
    monkeypatch.syspath_prepend(str(tmp_path))
    import main

    yield TestClient(main.app)
    for name in ("main", "security"):
        sys.modules.pop(name, None)


def token(key: str = KEY) -> str:
    return jwt.encode({"sub": "ada"}, key, algorithm="HS256")


@pytest.mark.parametrize(
    "handshake",
    [
        {},
        {"headers": {"Authorization": f"Bearer {token('another key that is long enough for it')}"}},
        {"headers": {"Authorization": "Basic YTpi"}},
        {"subprotocols": ["bearer"]},
        {"subprotocols": ["bearer", "made.up.token"]},
        {"subprotocols": [token(), "bearer"]},
        {"subprotocols": ["chat", token()]},
    ],
)
def test_strangers_are_refused_before_the_websocket_is_accepted(client: TestClient, handshake: dict[str, Any]) -> None:
    with pytest.raises(REFUSED), client.websocket_connect("/orders/live", **handshake) as socket:
        socket.receive_json()


def test_a_token_in_the_url_opens_nothing(client: TestClient) -> None:
    with pytest.raises(REFUSED), client.websocket_connect(f"/orders/live?token={token()}") as socket:
        socket.receive_json()


def test_nobody_without_a_token_is_closed_for_the_policy(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/orders/live"):
        raise AssertionError("it was accepted")
    assert closed.value.code == 1008


@pytest.mark.parametrize(
    "handshake", [{"headers": {"Authorization": f"Bearer {token()}"}}, {"subprotocols": ["bearer", token()]}]
)
def test_who_is_signed_in_gets_through(client: TestClient, handshake: dict[str, Any]) -> None:
    with client.websocket_connect("/orders/live", **handshake) as socket:
        assert socket.receive_json() == ["one"]


def test_requests_are_asked_as_before(client: TestClient) -> None:
    assert client.get("/orders").status_code in (401, 403)
    assert client.get("/orders", headers={"Authorization": f"Bearer {token()}"}).json() == ["Ada"]


GUARD = """from fastapi import Depends, FastAPI, Header, HTTPException, Request, WebSocket
from fastapi.security import OAuth2PasswordBearer
bearer = OAuth2PasswordBearer(tokenUrl="login")
app = FastAPI()
{above}
def signed_in({parameters}):
    if not known(token):
        raise HTTPException(401)
    return token
@app.get("/me")
def me(user=Depends(signed_in)): return user
@app.websocket("/live")
async def live(websocket: WebSocket):
    await websocket.send_text(read())
"""


def chosen(parameters: str, above: str = "") -> str | None:
    app = app_of(GUARD.format(parameters=parameters, above=above))
    guard = guard_for(app, route_of(app, "WEBSOCKET /live"))
    return guard.name if guard is not None else None


@pytest.mark.parametrize(
    ("parameters", "above", "name"),
    [
        ("token: str = Depends(bearer)", "", "signed_in_of_websocket"),
        ("token: str = Depends(bearer), db=Depends(get_db)", "def get_db(): yield 1", "signed_in_of_websocket"),
        ("websocket: WebSocket, token: str = Header('')", "", "signed_in"),
        ("request: Request, token: str = Depends(bearer)", "", None),
        ("token: str = Depends(bearer), db=Depends(get_db)", "def get_db(request: Request): yield 1", None),
        ("token: str = Depends(bearer), again: str = Depends(bearer)", "", None),
        ("token: str = Depends(bearer), lang: str = Header('en')", "", None),
    ],
)
def test_a_guard_that_looks_at_the_request_cannot_be_asked_for_a_websocket(
    parameters: str, above: str, name: str | None
) -> None:
    assert chosen(parameters, above) == name


def test_of_two_guards_the_one_nearer_to_the_token_is_asked() -> None:
    above = "def caller(token: str = Depends(bearer)):\n    if not known(token):\n        raise HTTPException(401)\n    return token"
    assert chosen("token=Depends(caller)", above) == "caller_of_websocket"


def test_a_second_websocket_uses_the_function_that_is_there() -> None:
    source = GUARD.format(parameters="token: str = Depends(bearer)", above="")
    made = (
        "def signed_in_of_websocket(websocket: WebSocket):\n    token = websocket.headers.get('authorization', '')\n"
        "    if not token:\n        raise WebSocketException(code=1008)\n    return signed_in(token=token)\n"
    )
    source = source.replace("@app.get", made + "@app.get").replace("WebSocket\n", "WebSocket, WebSocketException\n", 1)
    app = app_of(source)
    route = route_of(app, "WEBSOCKET /live")
    guard = guard_for(app, route)
    assert guard is not None
    (edit,) = guard_route(app, route, guard, lambda _: False) or ()
    assert isinstance(edit, AddListArgument)
    assert edit.item == "Depends(signed_in_of_websocket)"


def test_the_function_goes_behind_the_guard_and_is_imported_where_it_stands() -> None:
    security, rest = GUARD.format(parameters="token: str = Depends(bearer)", above="").split("@app.get", 1)
    main = f"from fastapi import Depends, FastAPI, WebSocket\nfrom security import signed_in\napp = FastAPI()\n@app.get{rest}"
    app = app_of({"security.py": security.replace("app = FastAPI()\n", ""), "main.py": main})
    route = route_of(app, "WEBSOCKET /live")
    guard = guard_for(app, route)
    assert guard is not None
    edits = guard_route(app, route, guard, lambda _: False) or ()
    assert {(type(each), each.path) for each in edits} == {
        (AddListArgument, "main.py"),
        (InsertStatements, "security.py"),
    }
