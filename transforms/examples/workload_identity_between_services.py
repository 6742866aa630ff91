"""Keys that are one for all services, and what is none: the examples of the control."""

from transforms.api import Bad, Example, Good, Todo

KEYED = """import os

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def internal_only(x_internal_token: str = Header(None)):
    if x_internal_token != os.environ["INTERNAL_TOKEN"]:
        raise HTTPException(status_code=401)


@app.post("{path}", dependencies=[Depends(internal_only)])
def sync(data: dict):
    return data
"""

LOOKED_UP = """from fastapi import Depends, FastAPI, Header, HTTPException

from keys import find

app = FastAPI()


def service(x_api_key: str = Header(None)):
    found = find(x_api_key)
    if found is None:
        raise HTTPException(status_code=401)
    return found


@app.post("/sync", dependencies=[Depends(service)])
def sync(data: dict):
    return data
"""

FLASK = """import functools
import os

from flask import Flask, abort, request
{imports}
app = Flask(__name__)


def internal_only(view):
    @functools.wraps(view)
    def inner(*args, **kwargs):
        if request.headers.get("X-Internal-Token") != os.environ["INTERNAL_TOKEN"]:
            abort(401)
        return view(*args, **kwargs)

    return inner


@app.post("/sync")
@{guard}
def sync():
    return {{}}
"""

ORDERS = KEYED.format(path="/sync")
ORDERS_AFTER = ORDERS.replace("Depends(internal_only)", "Depends(require_workload)").replace(
    "HTTPException\n\n", "HTTPException\n\nfrom controls.auth import require_workload\n\n", 1
)
ORDERS_ADD = (
    "orders/controls/__init__.py",
    "orders/controls/auth.py",
    "orders/tests/test_controls_workload_identity.py",
    "orders/.env.example",
    ".gitignore",
)
SHOP_ADD = (
    "shop/controls/__init__.py",
    "shop/controls/secrets.py",
    "shop/controls/workload.py",
    "shop/.env.example",
    "shop/tests/test_controls_workload_calls.py",
)
SHOP = """import os

import httpx
import requests
from fastapi import FastAPI
{imports}
app = FastAPI()
ORDERS = os.environ["ORDERS_URL"]


@app.get("/refresh")
{body}
"""
PLAIN = """def refresh():
    return requests.get(f"{{ORDERS}}/sync", headers={headers}, timeout=5).json()"""
LATER = """async def refresh():
    async with httpx.AsyncClient() as client:
        headers = {headers}
        return (await client.post(f"{{ORDERS}}/sync", headers=headers)).json()"""
CLIENT = """async def refresh():
    async with httpx.AsyncClient(base_url=ORDERS, {given}, timeout=5) as client:
        return (await client.post("/sync")).json()"""
SESSION = """def refresh():
    with_key = requests.Session()
    {told}
    return with_key.post(f"{{ORDERS}}/sync", timeout=5).json()"""
SENT = '{"X-Internal-Token": os.environ["INTERNAL_TOKEN"]}'


def two(body: str, orders: str = ORDERS, imports: str = "") -> dict[str, str]:
    """Two services in one repository: the shop calls the orders."""
    shop = SHOP.format(body=body, imports=f"\n{imports}\n" if imports else "")
    return {"orders/main.py": orders, "shop/main.py": shop}


def imported(*names: str) -> str:
    """The import of what the patch brings."""
    return f"from controls.workload import {', '.join(names)}"


def one(call: str, setting: str = 'os.environ["INTERNAL_TOKEN"]', header: str = "X-Internal-Token") -> str:
    """A service alone that calls another."""
    sent = f'headers={{"{header}": {setting}}}'
    return f"""import os

import httpx
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return httpx.get({call}, {sent}).json()
"""


EXAMPLES: tuple[Example, ...] = (
    Good("a key that is looked up belongs to somebody", LOOKED_UP),
    Good("a webhook with a secret: its sender cannot get a token", KEYED.format(path="/webhooks/paid")),
    Good(
        "a signature over the body is no key",
        """import hashlib
import hmac
import os

from fastapi import FastAPI, Header, HTTPException, Request

app = FastAPI()


@app.post("/events")
async def received(request: Request, x_signature: str = Header(None)):
    expected = hmac.new(os.environ["SIGNING_KEY"].encode(), await request.body(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, x_signature):
        raise HTTPException(status_code=401)
    return {}
""",
    ),
    Good(
        "what a token says is compared with a setting",
        """import os

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def caller(authorization: str = Header(None)):
    claims = jwt.decode(authorization, KEY, algorithms=["RS256"])
    if claims["iss"] != os.environ["ISSUER"]:
        raise HTTPException(status_code=401)
    return claims


@app.post("/sync", dependencies=[Depends(caller)])
def sync(data: dict):
    return data
""",
    ),
    Bad(
        "one key between services: each shows a token of its own instead",
        {"app.py": KEYED.format(path="/sync"), "requirements.txt": "fastapi>=0.110\n"},
        {
            "app.py": KEYED.format(path="/sync")
            .replace("Depends(internal_only)", "Depends(require_workload)")
            .replace("HTTPException\n\n", "HTTPException\n\nfrom controls.auth import require_workload\n\n", 1),
            "requirements.txt": "fastapi>=0.110\nPyJWT[crypto]>=2.10,<3\n",
        },
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_workload_identity.py",
        ),
    ),
    Bad(
        "a handler that compares by itself: who calls it is not known",
        """import os

from fastapi import FastAPI, Header, HTTPException

app = FastAPI()
API_KEY = os.getenv("API_KEY")


@app.post("/reindex")
def reindex(x_api_key: str = Header(None)):
    if x_api_key != API_KEY:
        raise HTTPException(status_code=403)
    return {}
""",
    ),
    Bad(
        "a scheme of the framework in front of the comparison",
        """import secrets

from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader

from config import settings

app = FastAPI()
header = APIKeyHeader(name="X-API-Key")


def with_key(api_key: str = Security(header)):
    if not secrets.compare_digest(api_key, settings.api_key):
        raise HTTPException(status_code=403)


@app.post("/reindex", dependencies=[Depends(with_key)])
def reindex():
    return {}
""",
    ),
    Bad(
        "one key between services on Flask",
        {"app.py": FLASK.format(imports="", guard="internal_only")},
        {"app.py": FLASK.format(imports="\nfrom controls.auth import require_workload\n", guard="require_workload")},
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_workload_identity.py",
        ),
    ),
    Bad(
        "both sides in one repository: the caller gets a token of its own, the receiver asks for it",
        two(PLAIN.format(headers=SENT)),
        two(PLAIN.format(headers="workload_headers()"), ORDERS_AFTER, imported("workload_headers")),
        findings=2,
        adds=(*ORDERS_ADD, *SHOP_ADD),
    ),
    Bad(
        "an async caller with other headers: they stay, and the event loop does not wait",
        two(LATER.format(headers=SENT.replace("}", ', "Accept": "application/json"}'))),
        two(
            LATER.format(
                headers='{"Authorization": await workload_bearer_async(), "Accept": "application/json"}',
            ),
            ORDERS_AFTER,
            imported("workload_bearer_async"),
        ),
        findings=2,
        adds=(*ORDERS_ADD, *SHOP_ADD),
    ),
    Bad(
        "a client that sends it with every request asks for a token for each",
        two(CLIENT.format(given=f"headers={SENT}")),
        two(
            CLIENT.format(given="timeout=5, auth=WorkloadAuth()").replace("(), timeout=5)", "())"),
            ORDERS_AFTER,
            imported("WorkloadAuth"),
        ),
        findings=2,
        adds=(*ORDERS_ADD, *SHOP_ADD),
    ),
    Bad(
        "a session of requests that is told the key once asks for a token by each request",
        two(SESSION.format(told=f"with_key.headers.update({SENT})")),
        two(SESSION.format(told="with_key.auth = WorkloadAuth()"), ORDERS_AFTER, imported("WorkloadAuth")),
        findings=2,
        adds=(*ORDERS_ADD, *SHOP_ADD),
    ),
    Bad(
        "a session of requests that is told more than the key",
        two(SESSION.format(told=f"with_key.headers.update({SENT[:-1]}, 'Accept': 'text/csv'}})")),
        findings=2,
    ),
    Bad(
        "a header that is kept for long: neither side changes without the other",
        two(
            """def refresh():
    headers = {"X-Internal-Token": os.environ["INTERNAL_TOKEN"]}
    while True:
        requests.post(f"{ORDERS}/sync", headers=headers, timeout=5)"""
        ),
        findings=2,
    ),
    Bad(
        "a service that the policy names checks tokens already",
        {"app.py": one('"https://orders.acme.example/sync"')},
        {
            "app.py": one('"https://orders.acme.example/sync"')
            .replace('{"X-Internal-Token": os.environ["INTERNAL_TOKEN"]}', 'workload_headers("urn:orders")')
            .replace("import os\n\n", "")
            .replace("FastAPI\n\n", "FastAPI\n\nfrom controls.workload import workload_headers\n\n", 1),
        },
        adds=(
            "controls/__init__.py",
            "controls/secrets.py",
            "controls/workload.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_workload_calls.py",
        ),
        options={"services": ("orders.acme.example=urn:orders",)},
    ),
    Bad(
        "a service inside whose code is not here: whether it checks tokens is not known",
        {"app.py": one('"http://orders.internal/sync"')},
    ),
    Good(
        "a service of somebody else has keys, and no tokens of ours",
        {"app.py": one('"https://api.vendor.example/v1/orders"')},
    ),
    Good(
        "where the call goes is not known",
        {"app.py": one('os.environ["ORDERS_URL"]', header="X-API-Key", setting='os.environ["VENDOR_API_KEY"]')},
    ),
    Good(
        "a database inside has a key of its own",
        {"app.py": one('"http://qdrant:6333/collections"', header="api-key", setting='os.environ["QDRANT_API_KEY"]')},
    ),
    Bad(
        "a vendor is given a key under the same names: the call is left alone",
        two(PLAIN.format(headers=SENT).replace('f"{ORDERS}/sync"', '"https://api.vendor.example/sync"')),
        two(PLAIN.format(headers=SENT).replace('f"{ORDERS}/sync"', '"https://api.vendor.example/sync"'), ORDERS_AFTER),
        adds=ORDERS_ADD,
    ),
    Bad(
        "two settings of a name that any service may have are not one key",
        two(
            PLAIN.format(headers='{"X-API-Key": os.environ["API_KEY"]}'),
            ORDERS.replace("x_internal_token", "x_api_key").replace("INTERNAL_TOKEN", "API_KEY"),
        ),
        two(
            PLAIN.format(headers='{"X-API-Key": os.environ["API_KEY"]}'),
            ORDERS_AFTER.replace("x_internal_token", "x_api_key").replace("INTERNAL_TOKEN", "API_KEY"),
        ),
        adds=ORDERS_ADD,
    ),
    Todo(
        "headers that a function of the caller makes",
        """import os

import httpx
from fastapi import FastAPI

app = FastAPI()


def headers():
    return {"X-Internal-Token": os.environ["INTERNAL_TOKEN"]}


@app.get("/health")
def health():
    return httpx.get("http://orders.internal/sync", headers=headers()).json()
""",
    ),
    Bad(
        "headers that a session is given later",
        """import os

import requests
from fastapi import FastAPI

app = FastAPI()
session = requests.Session()
session.headers.update({"X-Internal-Token": os.environ["INTERNAL_TOKEN"]})


@app.get("/health")
def health():
    return session.get("http://orders.internal/sync").json()
""",
    ),
)
