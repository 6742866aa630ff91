"""Websockets of FastAPI, for `route-requires-auth`: an open one beside routes that ask who is calling."""

from transforms.api import Bad, Good

SECURITY = '''import jwt
from fastapi import Depends, HTTPException, WebSocket, WebSocketException
from fastapi.security import {names}

bearer = {scheme}({told})


def get_db():
    yield open_session()


async def get_current_user(token: {type} = Depends(bearer), db=Depends(get_db)):
    """Who sends the token."""
    try:
        return find(db, jwt.decode({text}, key(), algorithms=["HS256"])["sub"])
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, detail="Not authenticated")
{more}'''
OAUTH = {
    "names": "OAuth2PasswordBearer", "scheme": "OAuth2PasswordBearer", "told": 'tokenUrl="login"', "type": "str",
    "text": "token",
}  # fmt: skip
HTTP = {
    "names": "HTTPAuthorizationCredentials, HTTPBearer", "scheme": "HTTPBearer", "told": "",
    "type": "HTTPAuthorizationCredentials", "text": "token.credentials",
}  # fmt: skip
HELD = 'HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)'
MADE = '''

async def get_current_user_of_websocket(websocket: WebSocket, db=Depends(get_db)):
    """Who opens a websocket: the token is in its Authorization header, or in its subprotocols behind "bearer".

    For the second, answer with websocket.accept(subprotocol="bearer").
    """
    scheme, _, token = websocket.headers.get("authorization", "").partition(" ")
    offered = list(websocket.scope.get("subprotocols", ()))
    if scheme.lower() != "bearer":
        token = offered[1] if len(offered) == 2 and offered[0] == "bearer" else ""
    if not token:
        raise WebSocketException(code=1008, reason="Not authenticated")
    return await get_current_user(token={given}, db=db)
'''
MAIN = """from fastapi import Depends, FastAPI, WebSocket
from security import {names}

app = FastAPI()


@app.get("/orders")
def orders(user=Depends(get_current_user)):
    return orders_of(user)


@app.websocket("/orders/live"{guard})
async def live(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json(find_orders())
"""
OPEN = MAIN.format(names="get_current_user", guard="")
CLOSED = MAIN.format(
    names="get_current_user, get_current_user_of_websocket",
    guard=", dependencies=[Depends(get_current_user_of_websocket)]",
)
READY = """from fastapi import Depends, FastAPI, WebSocket, WebSocketException
from starlette.requests import HTTPConnection

app = FastAPI()


def signed_in(connection: HTTPConnection):
    user = connection.session.get("user")
    if user is None:
        raise WebSocketException(code=1008)
    return user


@app.get("/orders")
def orders(user=Depends(signed_in)):
    return orders_of(user)


@app.websocket("/orders/live"{guard})
async def live(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json(find_orders())
"""
INSERTED = """from fastapi import {names}FastAPI, WebSocket{more}

app = FastAPI()


@app.websocket("/orders/live"{guard})
async def live(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json(find_orders())
"""

EXAMPLES = (
    Good("a websocket that asks who opens it", READY.format(guard=", dependencies=[Depends(signed_in)]")),
    Bad(
        "a websocket gets the app's own guard, which takes any connection",
        READY.format(guard=""),
        READY.format(guard=", dependencies=[Depends(signed_in)]"),
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "a websocket cannot stand behind a guard that wants a request: a function beside it hands it the token",
        {"security.py": SECURITY.format(**OAUTH, more=""), "main.py": OPEN},
        {"security.py": SECURITY.format(**OAUTH, more=MADE.replace("{given}", "token")), "main.py": CLOSED},
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "the token of a websocket is handed over as the guard takes it",
        {"security.py": SECURITY.format(**HTTP, more=""), "main.py": OPEN},
        {"security.py": SECURITY.format(**HTTP, more=MADE.replace("{given}", HELD)), "main.py": CLOSED},
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "a websocket of an app without any guard gets the inserted one",
        INSERTED.format(names="", more="", guard=""),
        INSERTED.format(
            names="Depends, ",
            more="\n\nfrom controls.auth import require_user",
            guard=", dependencies=[Depends(require_user)]",
        ),
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_identity.py",
        ),
    ),
)
