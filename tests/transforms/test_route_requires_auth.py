"""The control: what it says about a route, how severe, with which patch and proof."""

import ast

import pytest

from tests.transforms.joined import app_of
from transforms.api import Outcome, Severity, Verdict
from transforms.app import App
from transforms.controls.route_requires_auth import control
from transforms.edits import Patch

HEAD = "import httpx\nfrom fastapi import Depends, FastAPI, HTTPException\nfrom fastapi.security import HTTPBearer\n"
HEAD += "bearer = HTTPBearer()\ndef user(t=Depends(bearer)):\n    raise HTTPException(401)\napp = FastAPI()\n"
HEALTH = "@app.get('/health')\ndef health(): ...\n"


def verdicts(app: App, **options: object) -> dict[str, Verdict]:
    return {verdict.subject.name: verdict for verdict in control.judge(app, options)}


def verdict(route: str, **options: object) -> Verdict:
    (found,) = verdicts(app_of(HEAD + route), **options).values()
    return found


@pytest.mark.parametrize(
    ("route", "severity"),
    [
        ("@app.get('/admin/stats')\ndef f(): ...\n", Severity.CRITICAL),
        ("@app.delete('/things')\ndef f(): ...\n", Severity.HIGH),
        ("@app.get('/things')\ndef f(db):\n    db.commit()\n", Severity.HIGH),
        ("@app.get('/answers')\ndef f():\n    httpx.get('x')\n", Severity.HIGH),
        ("@app.get('/customers')\ndef f(): ...\n", Severity.HIGH),
        ("@app.get('/things')\ndef f(): ...\n", Severity.MEDIUM),
    ],
)
def test_a_finding_is_as_severe_as_what_a_stranger_can_do(route: str, severity: Severity) -> None:
    found = verdict(route)
    assert (found.outcome, found.severity) == (Outcome.FAIL, severity)
    assert found.message.startswith("Anybody can call ")


def test_a_guarded_route_passes_and_says_through_what() -> None:
    found = verdict("@app.get('/x')\ndef f(u=Depends(user)): ...\n")
    assert found.outcome is Outcome.PASS
    assert [each.note for each in found.evidence] == ["the handler depends on user", "user answers 401"]


def test_a_public_route_passes_and_says_why() -> None:
    found = verdict(HEALTH)
    assert (found.outcome, found.message) == (
        Outcome.PASS,
        "Open on purpose: health checks are called without a login.",
    )


def test_what_cannot_be_read_is_unknown() -> None:
    found = verdict("from company.auth import login\n@app.get('/x')\ndef f(u=Depends(login)): ...\n")
    assert found.outcome is Outcome.UNKNOWN
    assert found.evidence


def test_where_people_would_differ_it_is_unknown() -> None:
    assert verdict("@app.post('/newsletter')\ndef f(): ...\n").outcome is Outcome.UNKNOWN


def test_options_declare_paths_public_and_guards_accepted() -> None:
    route = "from company.x import gate\n@app.put('/x', dependencies=[Depends(gate)])\ndef f(): ...\n"
    assert verdict(route).outcome is Outcome.FAIL
    assert verdict(route, guards=("company.x.gate",)).outcome is Outcome.PASS
    assert verdict(route, public_paths=("PUT /x",)).outcome is Outcome.PASS
    assert verdict(route, public_paths=("GET /x",)).outcome is Outcome.FAIL


def test_each_method_of_a_handler_is_judged() -> None:
    found = verdicts(app_of(HEAD + "@app.api_route('/x', methods=['GET', 'POST'])\ndef f(): ...\n"))
    assert set(found) == {"GET /x", "POST /x"}


def patch(source: str, name: str) -> Patch | None:
    app = app_of({"main.py": source})
    return control.patch_for(app, verdicts(app)[name], {})


def test_the_patch_says_what_people_have_to_do() -> None:
    bare = "from fastapi import FastAPI\napp = FastAPI()\n@app.delete('/x')\ndef f(): ...\n"
    inserted, own = patch(bare, "DELETE /x"), patch(HEAD + "@app.delete('/x')\ndef f(): ...\n", "DELETE /x")
    assert inserted is not None
    assert own is not None
    assert any("OIDC_ISSUER" in todo for todo in inserted.todo)
    assert not any("OIDC_ISSUER" in todo for todo in own.todo)
    assert own.title == "Require a signed-in user on DELETE /x"


def test_findings_on_one_router_share_their_patch() -> None:
    app = app_of({"main.py": HEAD + "@app.put('/a')\ndef a(): ...\n@app.put('/b')\ndef b(): ...\n"})
    patches = {repr(control.patch_for(app, each, {})) for each in verdicts(app).values()}
    assert len(patches) == 1
    assert "every route of app in main.py" in patches.pop()


@pytest.mark.parametrize(
    "path", ["/webhooks/paid", "/ipn", "/pay-webhook", "/paymentwebhook", "/admin/init-admin", "/setup"]
)
def test_what_cannot_sign_in_gets_advice_only(path: str) -> None:
    assert patch(HEAD + f"@app.post('{path}')\ndef f(): ...\n", f"POST {path}") is None


def test_a_route_that_may_be_the_sign_up_says_so() -> None:
    found = patch(HEAD + "@app.post('/users')\ndef create_user(): ...\n", "POST /users")
    assert found is not None
    assert any("declare it public instead" in todo for todo in found.todo)


def proof(files: dict[str, str]) -> tuple[str, str] | None:
    app = app_of(files)
    failed = tuple(each for each in verdicts(app).values() if each.outcome is Outcome.FAIL)
    found = control.proofs_for(app, failed, {})
    return (found[0].path, found[0].content) if found else None


OPEN = "from fastapi import FastAPI\napp = FastAPI()\n@app.delete('/x')\ndef f(): ...\n" + HEALTH


def test_the_proof_asks_every_route_and_the_public_ones() -> None:
    found = proof({"shop/__init__.py": "", "shop/main.py": OPEN})
    assert found is not None
    path, text = found
    names = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert path == "tests/test_controls_identity.py"
    assert 'APP = "shop.main:app"' in text
    assert {
        "test_delete_x_refuses_an_anonymous_caller",
        "test_delete_x_refuses_a_forged_token",
        "test_get_health_stays_open_to_everybody",
    } <= names


def test_the_proof_of_an_own_guard_only_asks_for_refusals() -> None:
    found = proof({"main.py": HEAD + "@app.delete('/x')\ndef f(): ...\n"})
    assert found is not None
    assert "forged" not in found[1]


def test_the_proof_of_an_app_in_a_folder_lies_where_it_can_find_it() -> None:
    main = "from orders import router\n" + OPEN + "app.include_router(router)\n"
    orders = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.put('/o')\ndef o(): ...\n"
    found = proof({"backend/main.py": main, "backend/orders.py": orders})
    assert found is not None
    assert found[0].startswith("backend/tests/")
    assert 'APP = "main:app"' in found[1]
    assert "ROOT_PARENTS = 1" in found[1]


def test_an_app_that_a_function_makes_is_made_by_the_proof() -> None:
    made = "def create_app():\n    app = FastAPI()\n    @app.delete('/x')\n    def f(): ...\n    return app\n"
    found = proof({"main.py": f"from fastapi import FastAPI\n{made}"})
    assert found is not None
    assert 'APP = "main:create_app()"' in found[1]


@pytest.mark.parametrize(
    "source",
    [
        "from fastapi import APIRouter\nrouter = APIRouter()\n@router.delete('/x')\ndef f(): ...\n",
        "from fastapi import FastAPI\ndef make(config):\n    app = FastAPI()\n    @app.delete('/x')\n    def f(): ...\n",
        "from fastapi import FastAPI\napp = FastAPI()\n@app.delete(PATH)\ndef f(): ...\n",
    ],
)
def test_there_is_no_proof_where_no_test_could_ask(source: str) -> None:
    assert proof({"main.py": source}) is None


SOCKETS = """from fastapi import WebSocket
from starlette.endpoints import WebSocketEndpoint
@app.websocket("/ws")
async def ws(websocket: WebSocket):
    {body}
"""
ENDPOINT = """from starlette.endpoints import WebSocketEndpoint
@app.websocket_route("/ws")
class Feed(WebSocketEndpoint):
    async def on_connect(self, websocket):
        await websocket.accept()
    async def on_receive(self, websocket, data):
        {body}
"""


@pytest.mark.parametrize("shape", [SOCKETS, ENDPOINT])
@pytest.mark.parametrize(
    ("body", "severity", "said"),
    [
        ("db.session.add(data); db.session.commit()", Severity.HIGH, "change data"),
        ("httpx.post('https://models.invalid')", Severity.HIGH, "make the app pay, mail or call other services"),
        ("await websocket.send_text('tick')", Severity.MEDIUM, "read and send what goes over it"),
    ],
)
def test_what_comes_in_over_a_websocket_decides(shape: str, body: str, severity: Severity, said: str) -> None:
    found = verdict(shape.format(body=body))
    assert (found.severity, found.message) == (
        severity,
        f"Anybody can call WEBSOCKET /ws and {said}: nothing checks who is calling.",
    )


KEYED = """import os
from fastapi import Header
def internal_only(x_key: str = Header(None)):
    if x_key != os.environ["KEY"]:
        raise HTTPException(401)
def admins(u=Depends(user)):
    if not u.is_admin:
        raise HTTPException(403)
@app.get("/x/a", dependencies=[Depends({guard})])
def a(): ...
@app.get("/x/b", dependencies=[Depends({guard})])
def b(): ...
@app.post("/x/c")
def c(): ...
"""


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        ("user", "a signed-in user"),
        ("internal_only", "the key that internal_only asks for"),
        ("admins", "the role that admins asks for"),
    ],
)
def test_the_title_says_what_the_guard_that_is_used_again_asks_for(guard: str, wanted: str) -> None:
    app = app_of(HEAD + KEYED.format(guard=guard))
    (finding,) = [each for each in control.judge(app, {}) if each.outcome is Outcome.FAIL]
    patch = control.patch_for(app, finding, {})
    assert patch is not None
    assert patch.title == f"Require {wanted} on POST /x/c"
