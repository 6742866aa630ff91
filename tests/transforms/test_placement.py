"""Where a patch puts things, as the app's own imports and files show it."""

from transforms import placement
from transforms.app import App, Placement
from transforms.engine import read_facts
from transforms.facts import Facts
from transforms.placement import (
    Home,
    controls_home,
    env_example,
    gitignore,
    requirements_file,
    requirements_files,
    start_folder,
)
from transforms.source import SourceFile

FASTAPI = "from fastapi import APIRouter, FastAPI\n"
APP = FASTAPI + "app = FastAPI()\n"
ROUTER = FASTAPI + "router = APIRouter()\n"


def app_of(files: dict[str, str], given: Placement | None = None) -> App:
    read = [read_facts(SourceFile(path, text.encode())) for path, text in files.items()]
    return App([facts for facts in read if isinstance(facts, Facts)], files, given)


def test_a_flat_app_gets_its_controls_beside_the_module_that_makes_it() -> None:
    app = app_of({"main.py": APP + "from orders import router\n", "orders.py": ROUTER})
    assert controls_home(app, "orders.py") == Home("controls", "controls", "")


def test_a_router_folder_of_a_flat_app_shares_the_controls_beside_main() -> None:
    app = app_of({"main.py": APP + "from routers.orders import router\n", "routers/orders.py": ROUTER})
    assert controls_home(app, "routers/orders.py") == Home("controls", "controls", "")


def test_an_app_in_a_folder_is_imported_from_that_folder_when_its_imports_say_so() -> None:
    files = {"backend/app/main.py": APP + "from app.orders import router\n", "backend/app/orders.py": ROUTER}
    assert controls_home(app_of(files), "backend/app/orders.py") == Home(
        "backend/app/controls", "app.controls", "backend"
    )


def test_an_app_imported_from_the_root_gets_its_controls_inside_its_top_package() -> None:
    files = {"src/api/main.py": APP + "from src.api.orders import router\n", "src/api/orders.py": ROUTER}
    assert controls_home(app_of(files), "src/api/orders.py") == Home("src/controls", "src.controls", "")


def test_relative_imports_show_the_package_by_its_init_files() -> None:
    files = {
        "backend/app/__init__.py": "",
        "backend/app/main.py": APP + "from .api.orders import router\n",
        "backend/app/api/__init__.py": "",
        "backend/app/api/orders.py": ROUTER,
    }
    app = app_of(files)
    assert controls_home(app, "backend/app/api/orders.py") == Home("backend/app/controls", "app.controls", "backend")
    assert start_folder(app, "backend/app/main.py") == "backend"


def test_a_flat_app_in_a_folder_starts_in_that_folder() -> None:
    files = {"api/main.py": APP + "from models import Order\n", "api/models.py": "import sqlalchemy\n"}
    assert controls_home(app_of(files), "api/models.py") == Home("api/controls", "controls", "api")


def test_a_library_of_the_same_name_as_a_folder_does_not_show_anything() -> None:
    files = {"app/main.py": APP, "alembic/env.py": "from alembic import op\nimport fastapi\n"}
    assert start_folder(app_of(files), "alembic/env.py") == "alembic"


def test_two_apps_of_one_repository_keep_their_own_controls() -> None:
    files = {
        "billing/main.py": APP + "from routes import router\n",
        "billing/routes.py": ROUTER,
        "users/main.py": APP + "from routes import router\n",
        "users/routes.py": ROUTER,
    }
    app = app_of(files)
    assert controls_home(app, "billing/routes.py").folder == "billing/controls"
    assert controls_home(app, "users/routes.py").folder == "users/controls"


def test_a_controls_package_of_the_apps_own_is_left_alone() -> None:
    files = {"main.py": APP, "controls/__init__.py": "", "controls/steering.py": "import fastapi\n"}
    assert controls_home(app_of(files), "main.py") == Home("tenon_controls", "tenon_controls", "")
    assert controls_home(app_of({"main.py": APP, "controls.py": ""}), "main.py").folder == "tenon_controls"


def test_a_controls_package_that_an_earlier_patch_made_is_used_again() -> None:
    module = "# tenon: auth v1 sha256:" + "0" * 64 + "\nimport fastapi\n"
    files = {"main.py": APP, "controls/__init__.py": "", "controls/auth.py": module}
    assert controls_home(app_of(files), "main.py").folder == "controls"


def test_the_policy_may_name_the_package() -> None:
    app = app_of({"app/main.py": APP + "from app.x import y\n", "app/x.py": ""}, Placement("security"))
    assert controls_home(app, "app/main.py") == Home("app/security", "app.security", "")


def test_requirements_are_taken_from_the_nearest_file() -> None:
    app = app_of({"requirements.txt": "", "backend/requirements.txt": "", "backend/app/main.py": APP})
    assert requirements_file(app) == "backend/requirements.txt"
    assert requirements_files(app, "other/x.py") == ("requirements.txt",)


def test_what_a_lock_file_is_made_of_comes_first() -> None:
    app = app_of({"main.py": APP, "requirements.txt": "", "pyproject.toml": "", "uv.lock": ""})
    assert requirements_files(app) == ("pyproject.toml", "requirements.txt")
    assert (
        requirements_file(app_of({"main.py": APP, "requirements.in": "", "requirements.txt": ""})) == "requirements.in"
    )


def test_an_app_without_requirements_has_none() -> None:
    assert requirements_file(app_of({"main.py": APP, "requirements-dev.txt": ""})) is None


def test_settings_go_to_the_example_file_that_is_there() -> None:
    app = app_of({"backend/main.py": APP, ".env.sample": "", ".gitignore": ""})
    assert env_example(app, "backend/main.py") == ".env.sample"
    assert gitignore(app, "backend/main.py") == ".gitignore"
    assert env_example(app_of({"backend/main.py": APP}), "backend/main.py") == "backend/.env.example"


def test_tests_go_where_the_tests_are() -> None:
    imports = "from app.x import y\n"
    files = {"backend/app/main.py": APP + imports, "backend/app/x.py": "", "backend/test/test_x.py": ""}
    assert placement.tests_folder(app_of(files), "backend/app/main.py") == "backend/test"
    assert placement.tests_folder(app_of({"main.py": APP}), "main.py") == "tests"


def test_a_site_has_one_controls_package_whatever_its_settings_and_whatever_else_is_started_there() -> None:
    files = {
        "manage.py": "",
        "config/__init__.py": "",
        "config/settings/base.py": 'ROOT_URLCONF = "config.urls"\n',
        "config/settings/live.py": 'from .base import *\nROOT_URLCONF = "config.urls"\n',
        "shop/__init__.py": "",
        "shop/views.py": "from shop.models import Order\n",
        "shop/models.py": "",
        "blog/__init__.py": "",
        "blog/side.py": APP,
        "blog/views.py": "from blog import side\n",
    }
    found = {controls_home(app_of(files), near).folder for near in files}
    assert found == {"config/controls"}
