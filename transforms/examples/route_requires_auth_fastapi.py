"""Examples of `route-requires-auth` on FastAPI: what is left alone, what is found, and what the patch makes of it."""

from transforms.api import Bad, Good

TWO_APPS = """from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route

app = FastAPI()
payments = FastAPI()


@app.put("/orders")
def change():
    return {}


@app.delete("/orders")
def purge():
    return {}


@payments.post("/")
def pay():
    return {}


@payments.delete("/")
def refund():
    return {}


def ship(request):
    return None


app.mount("/payments", payments)
app.mount("/shipping", Starlette(routes=[Route("/", ship, methods=["POST"])]))
"""

SECURITY = """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2 = OAuth2PasswordBearer(tokenUrl="login")


def require_user(token: str = Depends(oauth2)):
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    return user
"""

KEY_IF_SET = """import os

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()
API_KEY = os.getenv("API_KEY")


def require_key(x_api_key: str = Header(None)):
    if API_KEY and x_api_key != API_KEY:
        raise HTTPException(status_code=401)


@app.post("/orders", dependencies=[Depends(require_key)])
def order():
    return save()
"""

OPEN_BESIDE = """

@app.delete("/orders")
def purge():
    return clear()
"""

GATE = """from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.middleware("http")
async def gate(request, call_next):
    if {condition}find(request.headers.get("Authorization")) is None:
        return JSONResponse({{}}, status_code=401)
    return await call_next(request)


@app.delete("/orders")
def purge():
    return {{}}
"""

ORDERS = """from fastapi import APIRouter

router = APIRouter(prefix="/orders")


@router.post("")
def create_order(data: dict):
    return data


@router.delete("/{order_id}")
def delete_order(order_id: int):
    return {}
"""

MAIN = """from fastapi import FastAPI

from orders import router

app = FastAPI()


@app.get("/health")
def health():
    return {}


app.include_router(router)
"""

GUARD_IN_MAIN = MAIN.replace("app = ", SECURITY.partition("\n\n")[2] + "\n\napp = ").replace(
    "from fastapi import FastAPI\n",
    "from fastapi import Depends, FastAPI, HTTPException\nfrom fastapi.security import OAuth2PasswordBearer\n",
)

SHOP = """from fastapi import APIRouter, Depends

from security import require_user

router = APIRouter(prefix="/products")


@router.get("/{product_id}")
def read_product(product_id: int):
    return {}


@router.post("", dependencies=[Depends(require_user)])
def create_product(data: dict):
    return data
"""

FORGOTTEN = """

@router.put("/{product_id}")
def change_product(product_id: int, data: dict):
    return data
"""

EXAMPLES = (
    Good("a guard that lets everybody in while its key is not set: nobody can tell whether it is", KEY_IF_SET),
    Good(
        "health checks, the start page, and signing in are open",
        """from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root():
    return {"name": "shop"}


@app.get("/api/v1/health")
def health():
    return {"status": "ok"}


@app.post("/auth/register")
def register_user(data: dict):
    return save(data)


@app.post("/login")
def login(data: dict):
    return token_for(data)
""",
    ),
    Good(
        "a dependency two steps away refuses",
        {
            "security.py": SECURITY,
            "orders.py": """from typing import Annotated

from fastapi import APIRouter, Depends

from security import require_user

router = APIRouter()
Buyer = Annotated[dict, Depends(require_user)]


def get_basket(user: Buyer):
    return user["basket"]


@router.post("/orders")
def create_order(basket=Depends(get_basket)):
    return basket
""",
        },
    ),
    Good(
        "the guard stands where the router is included",
        {
            "security.py": SECURITY,
            "orders.py": ORDERS,
            "main.py": MAIN.replace("router)\n", "router, dependencies=[Depends(require_user)])\n").replace(
                "import FastAPI\n", "import Depends, FastAPI\n\nfrom security import require_user"
            ),
        },
    ),
    Good("middleware refuses whoever brings no token", GATE.format(condition="")),
    Good(
        "middleware refuses whoever brings no token, but on the paths that it names",
        GATE.format(condition='request.url.path not in ("/health", "/login") and '),
    ),
    Good(
        "a webhook checks a signature",
        """import stripe
from fastapi import FastAPI, HTTPException, Request

app = FastAPI()


@app.post("/webhooks/stripe")
async def paid(request: Request):
    try:
        event = stripe.Webhook.construct_event(await request.body(), request.headers["Stripe-Signature"], KEY)
    except ValueError:
        raise HTTPException(status_code=400)
    return event["id"]
""",
    ),
    Good(
        "the handler itself refuses a wrong key",
        """from fastapi import FastAPI, Header, HTTPException

app = FastAPI()


@app.post("/reindex")
def reindex(x_api_key: str = Header(None)):
    if x_api_key != KEY:
        raise HTTPException(status_code=403)
    return {}
""",
    ),
    Good("a catalogue: its writes are guarded, its reads may be open", {"security.py": SECURITY, "products.py": SHOP}),
    Good(
        "a guard that cannot be read is no finding, one that is accepted passes, and so does what is declared open",
        """from company.access import gate, require_employee
from fastapi import APIRouter, Depends

router = APIRouter()


@router.delete("/orders", dependencies=[Depends(require_employee)])
def purge():
    return {}


@router.post("/orders", dependencies=[Depends(gate)])
def create_order():
    return {}


@router.get("/prices/today")
def prices():
    return []
""",
        options={"public_paths": ("GET /prices/*",), "guards": ("company.access.gate",)},
    ),
    Bad(
        "one route was forgotten: the app's own guard goes in its decorator",
        {"security.py": SECURITY, "products.py": SHOP + FORGOTTEN},
        {
            "products.py": (SHOP + FORGOTTEN).replace(
                'put("/{product_id}")', 'put("/{product_id}", dependencies=[Depends(require_user)])'
            )
        },
    ),
    Bad(
        "every route of a router is open: the app's own guard goes on the router",
        {"main.py": MAIN, "orders.py": ORDERS, "security.py": SECURITY},
        {
            "orders.py": ORDERS.replace(
                "import APIRouter\n", "import APIRouter, Depends\n\nfrom security import require_user\n"
            ).replace('prefix="/orders")', 'prefix="/orders", dependencies=[Depends(require_user)])')
        },
        findings=2,
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "the guard is in the module that imports the router: it goes where that includes it",
        {"main.py": GUARD_IN_MAIN, "orders.py": ORDERS},
        {"main.py": GUARD_IN_MAIN.replace("router)\n", "router, dependencies=[Depends(require_user)])\n")},
        findings=2,
        adds=("tests/test_controls_identity.py",),
    ),
    Bad(
        "a dependency of the app does not reach what is mounted in it: each gets its own, Starlette's stay open",
        {"main.py": TWO_APPS, "requirements.txt": "fastapi\nPyJWT[crypto]>=2.10,<3\n"},
        {
            "main.py": TWO_APPS.replace("import FastAPI\n", "import Depends, FastAPI\n")
            .replace("import Route\n", "import Route\n\nfrom controls.auth import require_user\n")
            .replace("= FastAPI()", "= FastAPI(dependencies=[Depends(require_user)])")
        },
        findings=5,
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_identity.py",
        ),
    ),
    Bad(
        "an app without any guard gets one",
        {"main.py": MAIN, "orders.py": ORDERS, "requirements.txt": "fastapi>=0.110\n"},
        {
            "orders.py": ORDERS.replace(
                "import APIRouter\n", "import APIRouter, Depends\n\nfrom controls.auth import require_user\n"
            ).replace('prefix="/orders")', 'prefix="/orders", dependencies=[Depends(require_user)])'),
            "requirements.txt": "fastapi>=0.110\nPyJWT[crypto]>=2.10,<3\n",
        },
        findings=2,
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_identity.py",
        ),
    ),
    Bad(
        "a guard that lets everybody in while its key is not set is still the app's own",
        KEY_IF_SET + OPEN_BESIDE,
        (KEY_IF_SET + OPEN_BESIDE).replace(
            '@app.delete("/orders")', '@app.delete("/orders", dependencies=[Depends(require_key)])'
        ),
    ),
    Bad(
        "a name proves nothing: this require_user lets everybody pass, and its name is taken",
        """from fastapi import Depends, FastAPI

app = FastAPI()


def require_user(name: str = "guest"):
    return {"name": name}


@app.delete("/orders")
def purge(user=Depends(require_user)):
    return {}
""",
    ),
    Bad(
        "a webhook without a signature cannot be helped by a login",
        """from fastapi import FastAPI

app = FastAPI()


@app.post("/webhooks/paid")
def paid(event: dict):
    return save(event)
""",
    ),
    Bad(
        "middleware that guards some paths says nothing of the others; it is a sign-in, so no second one is added",
        GATE.format(condition='request.url.path.startswith("/admin") and '),
    ),
)
