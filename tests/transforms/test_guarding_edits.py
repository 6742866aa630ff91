"""Where a guard is put and how it is spelled: the app's own first, in the widest place that harms no other route."""

import pytest

from tests.transforms.joined import app_of, route_of
from transforms.app import App, Placement
from transforms.edit_kinds import AddFile, AddListArgument
from transforms.edits import advice, guard_for, guard_route, guarded_together
from transforms.policy import Binding
from transforms.rewrite import apply

SECURITY = (
    "from fastapi import Depends, HTTPException\nfrom fastapi.security import HTTPBearer\nbearer = HTTPBearer()\n"
    "def require_user(t=Depends(bearer)):\n    raise HTTPException(401)\n"
)
ME = "from fastapi import APIRouter, Depends\nfrom security import require_user\nrouter = APIRouter()\n"
ME += "@router.get('/me')\ndef me(u=Depends(require_user)): ...\n"
OPEN = "from fastapi import APIRouter\nrouter = APIRouter(prefix='/orders')\n@router.post('')\ndef make(): ...\n"
OPEN += "@router.delete('/{id}')\ndef drop(id): ...\n"


def spare_none(_route: object) -> bool:
    return False


def patched(files: dict[str, str], name: str, placement: Placement | None = None) -> dict[str, str]:
    """The changed files, when the route of that name gets a guard."""
    app = app_of(files, placement)
    edits = edits_for(app, name)
    done = apply({path: text.encode() for path, text in files.items()}, edits)
    assert not done.failed
    return {path: content.decode() for path, content in done.files.items()}


def edits_for(app: App, name: str) -> tuple[object, ...]:
    route = route_of(app, name)
    guard = guard_for(app, route)
    assert guard is not None
    return guard_route(app, route, guard, spare_none) or ()


def test_the_apps_own_guard_goes_on_a_router_whose_routes_all_need_it() -> None:
    after = patched({"security.py": SECURITY, "me.py": ME, "orders.py": OPEN}, "POST /orders")
    assert after == {
        "orders.py": OPEN.replace(
            "import APIRouter\n", "import APIRouter, Depends\n\nfrom security import require_user\n"
        ).replace("prefix='/orders')", "prefix='/orders', dependencies=[Depends(require_user)])")
    }


def test_findings_on_one_router_ask_for_the_same_edits() -> None:
    app = app_of({"security.py": SECURITY, "me.py": ME, "orders.py": OPEN})
    assert edits_for(app, "POST /orders") == edits_for(app, "DELETE /orders/{id}")
    route = route_of(app, "POST /orders")
    guard = guard_for(app, route)
    together = guarded_together(app, route, guard, spare_none) if guard else None
    assert together is not None
    assert together.symbol == "orders.router"


@pytest.mark.parametrize(
    "stays_open",
    [
        "@router.get('/health')\ndef health(): ...\n",
        "@router.post('/login')\ndef login(): ...\n",
        "from fastapi import Depends\nfrom elsewhere import require_key\n@router.put('/k', dependencies=[Depends(require_key)])\ndef k(): ...\n",
        "from fastapi import Header, HTTPException\n@router.put('/k')\ndef k(x_key: str = Header()):\n"
        "    raise HTTPException(401)\n",
    ],
)
def test_a_router_with_a_route_of_another_kind_is_left_alone(stays_open: str) -> None:
    after = patched({"security.py": SECURITY, "me.py": ME, "orders.py": OPEN + stays_open}, "POST /orders")
    assert "@router.post('', dependencies=[Depends(require_user)])" in after["orders.py"]
    assert after["orders.py"].count("dependencies=[Depends(require_user)]") == 1


def test_a_spared_route_keeps_the_guard_off_its_router() -> None:
    app = app_of({"security.py": SECURITY, "me.py": ME, "orders.py": OPEN})
    route = route_of(app, "POST /orders")
    guard = guard_for(app, route)
    assert guard is not None
    (edit,) = guard_route(app, route, guard, lambda other: other.methods == ("DELETE",)) or ()
    assert isinstance(edit, AddListArgument)
    assert edit.place == route.entry


def test_routes_that_stand_behind_the_same_guard_do_no_harm() -> None:
    orders = OPEN.replace("import APIRouter\n", "import APIRouter, Depends\nfrom security import require_user\n")
    orders += "@router.get('')\ndef read(u=Depends(require_user)): ...\n"
    after = patched({"security.py": SECURITY, "orders.py": orders}, "POST /orders")
    assert "APIRouter(prefix='/orders', dependencies=[Depends(require_user)])" in after["orders.py"]


def test_an_app_all_of_whose_routes_need_a_guard_gets_it_once() -> None:
    source = SECURITY + "from fastapi import FastAPI\napp = FastAPI()\n"
    source += "@app.post('/a')\ndef a(): ...\n@app.post('/b')\ndef b(): ...\n"
    after = patched({"app.py": source}, "POST /a")
    assert after == {"app.py": source.replace("FastAPI()", "FastAPI(dependencies=[Depends(require_user)])")}


def test_a_guard_below_the_route_in_its_file_is_no_help() -> None:
    source = "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/a')\ndef a(): ...\n" + SECURITY
    source += "@app.get('/me')\ndef me(u=Depends(require_user)): ...\n"
    assert edits_for(app_of(source), "POST /a") == ()


def test_a_guard_in_the_file_that_imports_the_router_goes_where_that_includes_it() -> None:
    main = "from orders import router\n" + SECURITY + "from fastapi import FastAPI\napp = FastAPI()\n"
    main += "@app.get('/health')\ndef health(): ...\n@app.get('/me')\ndef me(u=Depends(require_user)): ...\n"
    main += "app.include_router(router)\n"
    after = patched({"main.py": main, "orders.py": OPEN}, "POST /orders")
    assert after == {"main.py": main.replace("(router)", "(router, dependencies=[Depends(require_user)])")}


def test_a_guard_that_would_close_a_circle_of_imports_is_not_imported() -> None:
    orders = OPEN + "@router.get('/health')\ndef health(): ...\n"
    security = SECURITY + "from orders import router\n"
    app = app_of({"security.py": security, "me.py": ME, "orders.py": orders})
    assert edits_for(app, "POST /orders") == ()


def test_the_spelling_that_the_file_uses_is_kept() -> None:
    orders = (
        "import fastapi\nfrom fastapi import Depends\nimport security\nrouter = fastapi.APIRouter()\n"
        "@router.get('/a')\ndef a(u=Depends(security.require_user)): ...\n@router.post('/b')\ndef b(): ...\n"
    )
    after = patched({"security.py": SECURITY, "orders.py": orders}, "POST /b")
    assert after == {
        "orders.py": orders.replace("post('/b')", "post('/b', dependencies=[Depends(security.require_user)])")
    }


def test_a_name_that_is_taken_is_not_imported() -> None:
    orders = OPEN + "def require_user(): ...\n"
    assert edits_for(app_of({"security.py": SECURITY, "me.py": ME, "orders.py": orders}), "POST /orders") == ()


def test_a_guard_that_no_route_uses_yet_is_found() -> None:
    app = app_of({"security.py": SECURITY, "orders.py": OPEN})
    guard = guard_for(app, route_of(app, "POST /orders"))
    assert guard is not None
    assert (guard.symbol, guard.own) == ("security.require_user", True)


def test_a_key_for_all_callers_that_no_route_asks_for_yet_is_not_begun_with() -> None:
    keyed = (
        "import os\nfrom fastapi import HTTPException, Security\nfrom fastapi.security import APIKeyHeader\n"
        "header = APIKeyHeader(name='x-api-key')\nAPI_KEY = os.environ['API_KEY']\n"
        "def known(key: str = Security(header)):\n    if key != API_KEY:\n        raise HTTPException(403)\n"
    )
    used = OPEN + "@router.get('/mine', dependencies=[Depends(known)])\ndef mine(): ...\n"
    used = "from fastapi import Depends\nfrom keys import known\n" + used
    for orders, own in ((OPEN, False), (used, True)):
        app = app_of({"keys.py": keyed, "orders.py": orders})
        guard = guard_for(app, route_of(app, "POST /orders"))
        assert guard is not None
        assert guard.own is own


def test_the_guard_of_most_routes_of_the_same_kind_is_taken() -> None:
    security = SECURITY + "def require_admin(u=Depends(require_user)):\n    raise HTTPException(403)\n"
    routes = "from fastapi import APIRouter, Depends\nfrom security import *\nrouter = APIRouter()\n"
    for number, guard in enumerate(("require_user", "require_user", "require_admin")):
        path = "admin" if guard == "require_admin" else "things"
        routes += f"@router.get('/{path}/{number}')\ndef f{number}(u=Depends({guard})): ...\n"
    routes += "@router.post('/things')\ndef make(): ...\n@router.post('/admin/x')\ndef make_x(): ...\n"
    app = app_of({"security.py": security, "routes.py": routes})
    chosen = {name: guard_for(app, route_of(app, name)) for name in ("POST /things", "POST /admin/x")}
    assert {name: guard.name for name, guard in chosen.items() if guard} == {
        "POST /things": "require_user",
        "POST /admin/x": "require_admin",
    }


def test_below_a_guard_that_is_made_stands_the_one_that_signs_in() -> None:
    security = (
        SECURITY + "def role(name):\n    def inner(u=Depends(require_user)):\n        return u\n    return inner\n"
    )
    orders = OPEN.replace("import APIRouter\n", "import APIRouter, Depends\nfrom security import role\n")
    orders += "@router.get('/x')\ndef x(u=Depends(role('a'))): ...\n"
    app = app_of({"security.py": security, "orders.py": orders})
    guard = guard_for(app, route_of(app, "POST /orders"))
    assert guard is not None
    assert guard.name == "require_user"


def test_a_guard_that_would_ask_for_a_parameter_in_the_url_is_not_taken() -> None:
    security = SECURITY.replace("(t=Depends(bearer))", "(name: str, t=Depends(bearer))")
    app = app_of({"security.py": security, "me.py": ME, "orders.py": OPEN})
    assert guard_for(app, route_of(app, "POST /orders")) is None


def test_a_websocket_gets_no_guard_that_may_want_a_request() -> None:
    orders = OPEN + "@router.websocket('/ws')\nasync def ws(socket): ...\n"
    security = SECURITY.replace("import Depends", "import Depends, Request").replace("(t=", "(request: Request, t=")
    app = app_of({"security.py": security, "me.py": ME, "orders.py": orders})
    assert guard_for(app, route_of(app, "WEBSOCKET /orders/ws")) is None
    (edit,) = edits_for(app, "POST /orders")
    assert isinstance(edit, AddListArgument)
    assert edit.place == route_of(app, "POST /orders").entry


def test_an_app_without_a_guard_gets_the_inserted_one() -> None:
    app = app_of({"orders.py": OPEN})
    first, *rest = edits_for(app, "POST /orders")
    assert isinstance(first, AddListArgument)
    assert first.item == "Depends(require_user)"
    assert [each.path for each in rest if isinstance(each, AddFile)] == ["controls/__init__.py", "controls/auth.py"]


def test_the_organisations_own_guard_comes_before_the_inserted_one() -> None:
    placement = Placement(bindings={"guard": Binding("company.gate", "gate", "gate")})
    after = patched({"orders.py": OPEN}, "POST /orders", placement)
    assert set(after) == {"orders.py"}
    assert "from company.gate import gate" in after["orders.py"]
    assert "dependencies=[Depends(gate)]" in after["orders.py"]


def test_a_guard_that_a_route_cannot_see_is_moved_by_a_person() -> None:
    route = "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/x')\ndef make(): ...\n"
    below = app_of(route + SECURITY + "@app.get('/me')\ndef me(u=Depends(require_user)): ...\n")
    assert edits_for(below, "POST /x") == ()
    said = advice(below, route_of(below, "POST /x"))
    assert said is not None
    assert "Move require_user, and what it is made of, above line 3 of app.py" in said
    circle = {"app.py": route + "import users\n", "users.py": "import app\n" + SECURITY}
    apart = app_of({**circle, "me.py": ME.replace("security", "users"), "all.py": "import app, me\n"})
    said = advice(apart, route_of(apart, "POST /x"))
    assert said is not None
    assert "app.py cannot import it, since users.py imports app.py" in said
    assert advice(app_of({"app.py": route}), route_of(app_of({"app.py": route}), "POST /x")) is None
