"""Full paths and inherited guards, along every chain of includes."""

import pytest

from tests.transforms.joined import app_of, only_route, route_of
from transforms.frameworks import python
from transforms.walk import takes_part

ROUTER = (
    "from fastapi import APIRouter\nrouter = APIRouter(prefix='/orders')\n@router.get('/{id}')\ndef read(id): ...\n"
)
MAIN = "from fastapi import Depends, FastAPI\nfrom guards import a, b\nfrom orders import router\napp = FastAPI()\n"
GUARDS = "import fastapi\ndef a(): ...\ndef b(): ...\n"


def names(files: str | dict[str, str]) -> list[str]:
    return sorted(route.name for route in app_of(files).routes)


def with_main(lines: str, main: str = MAIN, router: str = ROUTER) -> dict[str, str]:
    return {"guards.py": GUARDS, "orders.py": router, "main.py": main + lines}


def guards(files: dict[str, str]) -> list[str]:
    _, route = only_route(files)
    return [f"{guard.how.value}:{guard.target}" for guard in route.guards]


def test_prefixes_add_up() -> None:
    assert names(with_main("app.include_router(router, prefix='/v1')\n")) == ["GET /v1/orders/{id}"]


def test_prefixes_add_up_over_several_routers() -> None:
    lines = "from fastapi import APIRouter\napi = APIRouter(prefix='/api')\napi.include_router(router, prefix='/v1')\n"
    assert names(with_main(lines + "app.include_router(api, prefix='/x')\n")) == ["GET /x/api/v1/orders/{id}"]


def test_a_router_of_which_no_app_knows_still_has_its_routes() -> None:
    assert names({"orders.py": ROUTER}) == ["GET /orders/{id}"]


def test_a_router_that_hangs_twice_has_two_routes() -> None:
    lines = "app.include_router(router, prefix='/v1')\napp.include_router(router, prefix='/v2')\n"
    assert names(with_main(lines)) == ["GET /v1/orders/{id}", "GET /v2/orders/{id}"]


def test_routers_that_include_each_other_end() -> None:
    source = (
        "from fastapi import APIRouter\na = APIRouter()\nb = APIRouter()\na.include_router(b)\nb.include_router(a)\n"
    )
    assert names(source + "@a.get('/x')\ndef f(): ...\n")[0] == "GET /x"


@pytest.mark.parametrize(
    ("config", "prefix"),
    [
        ("PREFIX = '/api'\n", "config.PREFIX"),
        ("class Settings:\n    PREFIX: str = '/api'\nsettings = Settings()\n", "config.settings.PREFIX"),
        (
            "class Settings:\n    PREFIX = '/api'\ndef get():\n    return Settings()\nsettings = get()\n",
            "config.settings.PREFIX",
        ),
        ("BASE = '/api'\nPREFIX = f'{BASE}'\n", "config.PREFIX"),
    ],
)
def test_a_prefix_may_be_a_constant_elsewhere(config: str, prefix: str) -> None:
    files = with_main(f"import config\napp.include_router(router, prefix={prefix})\n")
    assert names({**files, "config.py": f"import fastapi\n{config}"}) == ["GET /api/orders/{id}"]


def test_a_file_that_says_nothing_but_a_prefix_is_read() -> None:
    files = with_main("import config\napp.include_router(router, prefix=config.API_PREFIX)\n")
    config = 'API_PREFIX = "/api"\nLIMIT = 10\n'
    assert takes_part(python, config.encode())
    assert names({**files, "config.py": config}) == ["GET /api/orders/{id}"]


def test_a_prefix_that_cannot_be_read_leaves_the_path_unknown() -> None:
    _, route = only_route(with_main("app.include_router(router, prefix=prefix_of(router))\n"))
    assert (route.path, route.own_path, route.name) == (None, "/{id}", "GET …/{id}")


def test_guards_stand_in_order_from_the_outside_in() -> None:
    main = MAIN.replace("FastAPI()", "FastAPI(dependencies=[Depends(a)])")
    router = ROUTER.replace("import APIRouter", "import APIRouter, Depends\nfrom guards import a, b").replace(
        "'/orders'", "'/orders', dependencies=[Depends(b)]"
    )
    files = with_main("app.include_router(router, dependencies=[Depends(b)])\n", main, router)
    files["orders.py"] = files["orders.py"].replace("read(id)", "read(id, u=Depends(a))")
    assert guards(files) == ["app:guards.a", "include:guards.b", "router:guards.b", "parameter:guards.a"]


def test_middleware_is_a_guard_of_the_app() -> None:
    lines = "class M: ...\napp.add_middleware(M)\napp.include_router(router)\n"
    assert guards(with_main(lines)) == ["middleware:main.M"]


def test_middleware_put_on_a_parameter_is_on_the_app_that_is_handed_over() -> None:
    lines = "class M: ...\ndef secure(target):\n    target.add_middleware(M)\napp.include_router(router)\nsecure(app)\n"
    assert guards(with_main(lines)) == ["middleware:main.M"]


def test_middleware_put_on_a_parameter_is_on_every_app_that_is_handed_over() -> None:
    head = "from fastapi import FastAPI\nfrom doors import lock\n"
    files = {
        "doors.py": "from fastapi import FastAPI\nclass M: ...\ndef lock(target):\n    target.add_middleware(M)\n",
        "one.py": head + "app = FastAPI()\nlock(app)\n@app.get('/top')\ndef f(): ...\n",
        "two.py": head
        + "def create():\n    app = FastAPI()\n    lock(app)\n    @app.get('/inside')\n    def f(): ...\n",
    }
    found = {route.path: [guard.target for guard in route.guards] for route in app_of(files).routes}
    assert found == {"/top": ["doors.M"], "/inside": ["doors.M"]}


def test_a_mounted_app_inherits_middleware_and_no_dependency() -> None:
    main = MAIN.replace("FastAPI()", "FastAPI(dependencies=[Depends(a)])")
    lines = "class M: ...\napp.add_middleware(M)\nsub = FastAPI()\nsub.include_router(router)\napp.mount('/sub', sub)\n"
    files = with_main(lines, main)
    assert names(files) == ["GET /sub/orders/{id}"]
    assert guards(files) == ["middleware:main.M"]


@pytest.mark.parametrize(
    "lines",
    [
        "def create_app():\n    made = FastAPI()\n    made.include_router(router, prefix='/v1')\n    return made\n",
        "ROUTERS = [router]\nfor each in ROUTERS:\n    app.include_router(each, prefix='/v1')\n",
        "for each, prefix in [(router, '/v1')]:\n    app.include_router(each, prefix=prefix)\n",
        "ROWS = [(router, '1', 'orders')]\nfor each, which, tag in ROWS:\n"
        "    app.include_router(each, prefix=f'/v{which}', tags=[tag])\n",
        "HANGING = {'/v1': router}\nfor prefix, each in HANGING.items():\n    app.include_router(each, prefix=prefix)\n",
        "def wire(target):\n    target.include_router(router, prefix='/v1')\nwire(app)\n",
        "def wire(*, target):\n    target.include_router(router, prefix='/v1')\nwire(target=app)\n",
        "import orders\napp.include_router(orders.router, prefix='/v1')\n",
        "holder = Holder()\nclass Holder:\n    def __init__(self):\n        self.app = FastAPI()\n"
        "        self.app.include_router(router, prefix='/v1')\n",
    ],
)
def test_a_router_is_hung_in_many_ways(lines: str) -> None:
    assert names(with_main(lines)) == ["GET /v1/orders/{id}"]


def test_a_table_of_routers_may_say_what_guards_each() -> None:
    rows = "for each, needs in [(router, [Depends(a)])]:\n    app.include_router(each, dependencies=needs)\n"
    assert guards(with_main(rows)) == ["include:guards.a"]


def test_a_router_made_by_a_function_is_found_where_the_function_is_called() -> None:
    files = {
        "orders.py": "from fastapi import APIRouter\ndef make():\n    router = APIRouter()\n    @router.get('/x')\n"
        "    def read(): ...\n    return router\n",
        "main.py": "from fastapi import FastAPI\nfrom orders import make\napp = FastAPI()\n"
        "app.include_router(make(), prefix='/v1')\n",
    }
    assert names(files) == ["GET /v1/x"]


@pytest.mark.parametrize(
    ("main", "nowhere"),
    [
        ("from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n", True),
        ("from fastapi import FastAPI\nimport orders\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n", False),
        ("from fastapi import FastAPI\nimport importlib\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n", False),
        (
            "from fastapi import FastAPI\nfrom orders import router\napp = FastAPI()\napp.include_router(router)\n",
            False,
        ),
        ("def work(): ...\n", False),
    ],
)
def test_a_router_that_nothing_imports_is_served_nowhere(main: str, nowhere: bool) -> None:
    app = app_of({"orders.py": ROUTER, "main.py": main})
    route = next(route for route in app.routes if route.file == "orders.py")
    assert app.is_served_nowhere(route) is nowhere


def test_a_router_beside_an_app_may_be_served() -> None:
    app = app_of({"main.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n" + ROUTER})
    assert not any(map(app.is_served_nowhere, app.routes))


def test_apps_that_tests_build_say_nothing() -> None:
    lines = "app.include_router(router, prefix='/v1')\n"
    test = "from fastapi import FastAPI\nfrom orders import router\ntested = FastAPI()\ntested.include_router(router)\n"
    files = {**with_main(lines), "tests/test_orders.py": test + "@tested.get('/only-here')\ndef f(): ...\n"}
    assert names(files) == ["GET /v1/orders/{id}"]


def test_a_flask_app_is_no_fastapi_app() -> None:
    app = app_of("from flask import Flask\nfastapi = None\napp = Flask('x')\n@app.get('/x')\ndef f(): ...\n")
    assert [(each.framework, each.name) for each in app.routes] == [("flask", "GET /x")]


def test_each_method_is_a_route() -> None:
    source = (
        "from fastapi import FastAPI\napp = FastAPI()\n@app.api_route('/x', methods=['GET', 'POST'])\ndef f(): ...\n"
    )
    assert names(source) == ["GET /x", "POST /x"]


def test_a_handler_in_another_file_is_found() -> None:
    files = {
        "handlers.py": "import fastapi\n\ndef read(): ...\n",
        "main.py": "from fastapi import FastAPI\nfrom handlers import read\napp = FastAPI()\n"
        "app.add_api_route('/x', read, methods=['PUT'])\n",
    }
    _, route = only_route(files)
    assert (route.name, route.file, route.place.line, route.registered_in) == ("PUT /x", "handlers.py", 3, "main.py")


def test_a_starlette_route_takes_no_guard() -> None:
    source = "from starlette.applications import Starlette\nfrom starlette.routing import Route\ndef f(r): ...\n"
    _, route = only_route(source + "app = Starlette(routes=[Route('/x', f, methods=['POST'])])\n")
    assert (route.name, route.takes_guards) == ("POST /x", False)


def test_a_class_based_view_has_the_guards_of_its_class() -> None:
    source = (
        "from fastapi import APIRouter, Depends\nfrom fastapi_utils.cbv import cbv\nrouter = APIRouter()\n"
        "def get_user(): ...\n@cbv(router)\nclass View:\n    user: str = Depends(get_user)\n"
        "    @router.get('/x')\n    def read(self): ...\n"
    )
    app = app_of(source)
    assert [guard.target for guard in route_of(app, "GET /x").guards] == ["app.get_user"]


def test_a_route_knows_the_app_that_serves_it() -> None:
    files = with_main("app.include_router(router)\n")
    assert only_route(files)[1].app == "main.app"
    assert only_route({"orders.py": ROUTER})[1].app == ""


@pytest.mark.parametrize(
    ("said", "public"),
    [
        ('    """Public endpoint, no login needed."""\n', True),
        ('    """No authentication required."""\n', True),
        ('    """Make a trial key for visitors."""\n', True),
        ('    """Accepts both authenticated and anonymous submissions."""\n', True),
        ('    """Rename anonymous visitors."""\n', False),
        ('    """Publish the public key."""\n', False),
        ("    pass\n", False),
    ],
)
def test_what_the_documentation_says_is_kept(said: str, public: bool) -> None:
    source = f"from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef f():\n{said}"
    assert only_route(source)[1].called_public is public


def test_a_comment_above_counts_as_documentation() -> None:
    source = "from fastapi import FastAPI\napp = FastAPI()\n\n# Public endpoint\n@app.get('/x')\ndef f(): ...\n"
    assert only_route(source)[1].called_public
