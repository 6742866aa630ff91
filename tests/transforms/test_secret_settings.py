"""A literal becomes one more setting of the app where it has settings: pydantic's, Flask's, Django's."""

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.engine import Status
from transforms.policy import Binding, Policy
from transforms.secrets import sample

KEY = sample("stripe-key", 11)
VAULT = Policy(broker="vault")
PACKAGE = {"app/__init__.py": ""}
REQUIRED = "    database_url: str\n"
MADE = "\n\nsettings = Settings()\n"
GETTER = "\n\n@lru_cache\ndef get_settings() -> Settings:\n    return Settings()\n"
IMPORTS = "from app.config import settings\n"
USE = '\n\ndef charge():\n    return post("/", auth=("{}", ""))\n'
MAIN = {
    "app/main.py": "from fastapi import FastAPI\n\nfrom app import pay\nfrom app.config import settings\n\nprint(settings.debug)\n"
}


def config(fields: str = REQUIRED, made: str = MADE, more: str = "", imports: str = "") -> dict[str, str]:
    head = f"from functools import lru_cache\n\n{imports}from pydantic_settings import BaseSettings\n\n\n"
    return {
        **PACKAGE,
        "app/config.py": f"{head}class Settings(BaseSettings):\n{more}    debug: bool = False\n{fields}{made}",
    }


def pay(imports: str = IMPORTS, code: str = USE) -> dict[str, str]:
    return {"app/pay.py": f"from httpx import post\n\n{imports}" + code.format(KEY)}


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    result = remedied(files, control, policy=policy)
    assert not result.failures
    assert {each.status for each in result.patches} == {Status.FIXED}, [each.gates for each in result.patches]
    assert KEY not in "".join(map(str, result.files.values()))
    return {path: content.decode() for path, content in result.files.items()}


def asks(changed: dict[str, str], path: str = "app/pay.py") -> str:
    """What stands in the place of the literal."""
    line = next(line for line in changed[path].splitlines() if "auth=" in line)
    return line.partition("auth=(")[2].partition(", ")[0]


# --- pydantic


def test_settings_of_others_do_not_stop_where_the_secret_of_a_program_is_missing() -> None:
    script = {"app/seed.py": f'from httpx import post\n{USE.format(KEY)}\n\nif __name__ == "__main__":\n    charge()\n'}
    changed = fixed(config(made=GETTER) | script | MAIN | {"app/pay.py": "A = 1\n"})
    assert "stripe_api_key: str\n" not in changed.get("app/config.py", "")
    knows = {path: f"{IMPORTS}{text}" for path, text in script.items()}
    changed = fixed(config() | knows | MAIN | {"app/pay.py": "A = 1\n"})
    assert "def stripe_api_key(self)" in changed["app/config.py"]


def test_a_literal_becomes_a_field_without_default_of_the_settings_that_the_module_knows() -> None:
    files = config() | pay()
    changed = fixed(files)
    assert changed["app/config.py"] == files["app/config.py"].replace(REQUIRED, REQUIRED + "    stripe_api_key: str\n")
    assert changed["app/pay.py"] == files["app/pay.py"].replace(f'"{KEY}"', "settings.stripe_api_key")
    assert changed["tests/conftest.py"].endswith(
        '\nos.environ.setdefault("STRIPE_API_KEY", "for-tests-only-and-never-the-real-secret")\n'
    )
    assert "STRIPE_API_KEY=\n" in changed[".env.example"]
    assert "app/controls/secrets.py" not in changed


def test_a_constant_goes_and_each_function_asks_the_settings() -> None:
    code = f'\nSTRIPE_API_KEY = "{KEY}"\n\n\ndef charge():\n    return post("/", auth=(STRIPE_API_KEY, ""))\n'
    changed = fixed(config() | pay(code=code))
    assert changed["app/pay.py"] == "from httpx import post\n\n" + IMPORTS + (
        '\n\ndef charge():\n    return post("/", auth=(settings.stripe_api_key, ""))\n'
    )


def test_a_cached_function_that_gives_the_settings_is_asked() -> None:
    changed = fixed(config(fields="", made=GETTER) | pay(imports="from app.config import get_settings\n"))
    assert asks(changed) == "get_settings().stripe_api_key"
    assert "    debug: bool = False\n    stripe_api_key: str\n" in changed["app/config.py"]


def test_settings_that_a_function_is_given_are_asked() -> None:
    code = '\n\ndef charge(conf: Settings = Depends(get_settings)):\n    return post("/", auth=("{}", ""))\n'
    imports = "from fastapi import Depends\n\nfrom app.config import Settings, get_settings\n"
    changed = fixed(config(fields="", made=GETTER) | pay(imports, code))
    assert asks(changed) == "conf.stripe_api_key"


def test_settings_that_nothing_stops_get_a_property_that_asks_when_it_is_looked_at() -> None:
    changed = fixed(config(fields="") | pay())
    assert changed["app/config.py"].endswith(
        "    debug: bool = False\n\n    @property\n    def stripe_api_key(self) -> str:\n"
        '        return get_secret("STRIPE_API_KEY")\n' + MADE
    )
    assert "tests/conftest.py" not in changed
    assert asks(changed) == "settings.stripe_api_key"


def test_so_do_settings_where_a_vault_or_the_organisation_s_function_is_asked() -> None:
    assert 'return get_secret("STRIPE_API_KEY")' in fixed(config() | pay(), VAULT)["app/config.py"]
    own = Policy(bindings={"secret": Binding("company.vault", "secret", "secret({name!r})")})
    changed = fixed(config() | pay(), own)
    assert 'return secret("STRIPE_API_KEY")' in changed["app/config.py"]
    assert "from company.vault import secret\n" in changed["app/config.py"]


SPELLED = {
    "a prefix": (
        REQUIRED,
        "    model_config = {'env_prefix': 'shop_'}\n",
        "stripe_api_key: str",
        "SHOP_STRIPE_API_KEY",
    ),
    "an older prefix": (
        REQUIRED,
        "    class Config:\n        env_prefix = 'SHOP_'\n\n",
        "stripe_api_key: str",
        "SHOP_STRIPE_API_KEY",
    ),
    "a name of its own": (
        '    url: str = Field(..., alias="DB")\n',
        "",
        'stripe_api_key: str = Field(..., alias="STRIPE_API_KEY")',
        "STRIPE_API_KEY",
    ),
    "an exact name": (
        REQUIRED,
        "    model_config = {'case_sensitive': True}\n",
        "stripe_api_key: str",
        "stripe_api_key",
    ),
    "a hidden text": ("    token: SecretStr\n", "", "stripe_api_key: SecretStr", "STRIPE_API_KEY"),
}


@pytest.mark.parametrize(("fields", "more", "field", "variable"), SPELLED.values(), ids=SPELLED)
def test_the_field_and_its_variable_are_spelled_like_the_others(
    fields: str, more: str, field: str, variable: str
) -> None:
    changed = fixed(config(fields, more=more, imports="from pydantic import Field, SecretStr\n") | pay())
    assert f"    {field}\n" in changed["app/config.py"].replace("'", '"')
    assert f"{variable}=\n" in changed[".env.example"]
    assert f'"{variable}"' in changed["tests/conftest.py"]
    hidden = ".get_secret_value()" if "SecretStr" in field else ""
    assert asks(changed) == f"settings.stripe_api_key{hidden}"


def test_settings_in_capitals_get_a_field_in_capitals() -> None:
    files = config(REQUIRED.upper().replace("STR", "str")) | pay()
    files["app/config.py"] = files["app/config.py"].replace("    debug: bool", "    DEBUG: bool")
    assert asks(fixed(files)) == "settings.STRIPE_API_KEY"


def test_two_secrets_make_two_fields() -> None:
    code = USE + f'\n\ndef post_mail():\n    login("a@b.io", password="{sample("smtp-password", 3)}")\n'
    changed = fixed(config() | pay(code=code.replace("{sample", "{{sample")))
    assert changed["app/config.py"].count(": str\n") == 3


def test_a_field_that_is_there_already_is_asked() -> None:
    files = config(REQUIRED + "    stripe_api_key: str\n") | pay()
    changed = fixed(files)
    assert "app/config.py" not in changed
    assert asks(changed) == "settings.stripe_api_key"


def test_a_module_that_runs_with_the_settings_may_begin_to_import_them() -> None:
    assert asks(fixed(config() | pay("") | MAIN)) == "settings.stripe_api_key"


BROKER = {
    "the settings would import the module that imports them": config(
        made="\n\nfrom app import pay  # noqa\n" + MADE.lstrip("\n")
    )
    | pay(""),
    "importing the settings may fail, and a test imports the module alone": config()
    | pay("")
    | MAIN
    | {"tests/test_pay.py": "from app.pay import charge\n"},
    "nobody makes the settings": config(made="") | pay(""),
    "two are made": config(made=MADE + "\nother = Settings()\n") | pay("") | {"app/other.py": "x = 1\n"},
    "another class inherits from them": config(made="\n\nclass Test(Settings):\n    pass\n" + MADE) | pay(),
    "a field of that name has a default": config(REQUIRED + "    stripe_api_key: str = ''\n") | pay(),
    "the module has another name like that": config() | pay("from django.conf import settings\n") | MAIN,
    "the function has a parameter like that": config()
    | pay(code='\n\ndef charge(settings):\n    return post("/", auth=("{}", ""))\n'),
    "a script beside the app needs it": config()
    | {"scripts/pay.py": "from httpx import post\n" + USE.format(KEY), "app/pay.py": ""},
}
BROKER.pop("two are made")  # either of them knows it


@pytest.mark.parametrize("files", BROKER.values(), ids=BROKER)
def test_the_broker_is_asked_where(files: dict[str, str]) -> None:
    path = "scripts/pay.py" if "scripts/pay.py" in files else "app/pay.py"
    assert asks(fixed(files), path) == 'get_secret("STRIPE_API_KEY")'


def test_a_variable_that_somebody_sets_today_keeps_its_name() -> None:
    code = '\n\ndef charge():\n    return post("/", auth=(getenv("SHOP_KEY", "{}"), ""))\n'
    changed = fixed(config() | pay("from os import getenv\n\n" + IMPORTS, code))
    assert asks(changed) == "settings.shop_key"
    prefixed = config(more="    model_config = {'env_prefix': 'APP_'}\n") | pay(
        "from os import getenv\n\n" + IMPORTS, code
    )
    assert 'return get_secret("SHOP_KEY")' in fixed(prefixed)["app/config.py"].replace("'", '"')


# --- Flask

FLASK = "import os\n\nfrom flask import Flask\n\nfrom httpx import post\n\n"
ROW = 'app.config["MAIL_PASSWORD"] = os.environ["MAIL_PASSWORD"]\n'
HANDLER = '@{}.post("/charge")\ndef charge():\n    return post("/", auth=("{}", "")).text\n'


def test_a_handler_of_a_flask_app_asks_its_config_which_loads_one_more() -> None:
    app = f"{FLASK}app = Flask(__name__)\n{ROW}\n\n"
    changed = fixed({"app.py": app + HANDLER.format("app", KEY)})
    row = ROW.replace("MAIL_PASSWORD", "STRIPE_API_KEY")
    assert changed["app.py"] == app.replace(ROW, ROW + row) + HANDLER.format("app", KEY).replace(
        f'"{KEY}"', 'app.config["STRIPE_API_KEY"]'
    )
    assert '"STRIPE_API_KEY"' in changed["tests/conftest.py"]


def test_a_handler_of_a_blueprint_asks_the_app_that_serves_it() -> None:
    factory = (
        "def create_app():\n    app = Flask(__name__)\n    " + ROW + "    app.register_blueprint(bp)\n    return app\n"
    )
    changed = fixed(
        {
            "app.py": FLASK.replace("from httpx import post", "from pay import bp") + "\n" + factory,
            "pay.py": "from flask import Blueprint\nfrom httpx import post\n\nbp = Blueprint('pay', __name__)\n\n\n"
            + HANDLER.format("bp", KEY).replace('"', "'"),
        }
    )
    assert asks(changed, "pay.py") == "current_app.config['STRIPE_API_KEY']"
    assert "from flask import Blueprint, current_app\n" in changed["pay.py"]
    assert '    app.config["STRIPE_API_KEY"] = os.environ["STRIPE_API_KEY"]\n' in changed["app.py"]


def test_a_class_that_the_app_takes_as_its_config_gets_one_more() -> None:
    classes = 'import os\n\n\nclass Config:\n    DEBUG = False\n    DB_URL = os.environ["DB_URL"]\n'
    app = FLASK.replace("import os\n\n", "").replace("post\n", "post\n\nfrom config import Config\n")
    app += "app = Flask(__name__)\napp.config.from_object(Config)\n\n\n" + HANDLER.format("app", KEY)
    changed = fixed({"app.py": app, "config.py": classes})
    assert changed["config.py"] == classes + '    STRIPE_API_KEY = os.environ["STRIPE_API_KEY"]\n'
    assert asks(changed, "app.py") == 'app.config["STRIPE_API_KEY"]'


NOT_FLASK = {
    "its settings fall back": ROW.replace('os.environ["MAIL_PASSWORD"]', 'os.environ.get("MAIL_PASSWORD", "")'),
    "it has none": "",
    "there are two apps": ROW + "other = Flask('other')\n",
}


@pytest.mark.parametrize("rows", NOT_FLASK.values(), ids=NOT_FLASK)
def test_a_flask_handler_asks_the_broker_where(rows: str) -> None:
    code = f"{FLASK}app = Flask(__name__)\n{rows}\n\n" + HANDLER.format("app", KEY)
    assert asks(fixed({"app.py": code}), "app.py") == 'get_secret("STRIPE_API_KEY")'


def test_what_is_no_handler_asks_the_broker() -> None:
    code = f"{FLASK}app = Flask(__name__)\n{ROW}\n" + USE.format(KEY)
    assert asks(fixed({"app.py": code}), "app.py") == 'get_secret("STRIPE_API_KEY")'
    code = f"{FLASK}app = Flask(__name__)\n{ROW}\n\n" + HANDLER.format("app", KEY)
    assert asks(fixed({"app.py": code}, VAULT), "app.py") == 'get_secret("STRIPE_API_KEY")'


# --- Django

MANAGE = {"manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'}
VIEWS = "from django.http import HttpResponse\nfrom httpx import post\n" + USE
ROWS = {
    "the environment": ("import os\n", 'DB_PASSWORD = os.environ["DB_PASSWORD"]\n'),
    "django-environ": ("import django\nimport environ\n\nenv = environ.Env()\n", 'DB_PASSWORD = env("DB_PASSWORD")\n'),
    "environs": ("import django\nfrom environs import Env\n\nenv = Env()\n", 'DB_PASSWORD = env.str("DB_PASSWORD")\n'),
    "decouple": ("from decouple import config\n", "DB_PASSWORD = config('DB_PASSWORD')\n"),
    "a function of its own": ("from shop.vaults import ask\n", 'DB_PASSWORD = ask("DB_PASSWORD")\n'),
}
ASK = "import os\n\n\ndef ask(name):\n    return os.environ[name]\n"


@pytest.mark.parametrize(("head", "row"), ROWS.values(), ids=ROWS)
def test_a_django_app_gets_one_more_setting_in_the_style_of_its_settings(head: str, row: str) -> None:
    files = {"shop/settings.py": f"{head}\n{row}DEBUG = False\n", "shop/views.py": VIEWS.format(KEY), **MANAGE}
    files |= {"shop/__init__.py": "", "shop/vaults.py": ASK} if "vaults" in head else {"shop/__init__.py": ""}
    changed = fixed(files)
    more = row.replace("DB_PASSWORD", "STRIPE_API_KEY")
    assert changed["shop/settings.py"] == f"{head}\n{row}{more}DEBUG = False\n"
    assert asks(changed, "shop/views.py") == "settings.STRIPE_API_KEY"
    assert "from django.conf import settings\n" in changed["shop/views.py"]


def test_that_a_setting_is_needed_before_any_set_up_of_tests_is_said() -> None:
    head, row = ROWS["the environment"]
    files = {"shop/settings.py": head + row, "shop/views.py": VIEWS.format(KEY), **MANAGE, "shop/__init__.py": ""}
    (patch,) = remedied(files, control).patches
    assert any("read when shop/settings.py is imported, which is before any set-up" in each for each in patch.todo)


NOT_DJANGO = {
    "its settings fall back": ("import os\n", 'DB_PASSWORD = os.getenv("DB_PASSWORD", "")\n'),
    "a default is given": ("from decouple import config\n", 'DB_PASSWORD = config("DB_PASSWORD", default="")\n'),
    "who reads is not known": ("from shop.reading import env\n", 'DB_PASSWORD = env("DB_PASSWORD")\n'),
}


@pytest.mark.parametrize(("head", "row"), NOT_DJANGO.values(), ids=NOT_DJANGO)
def test_a_django_app_asks_the_broker_where(head: str, row: str) -> None:
    files = {"shop/settings.py": head + row, "shop/views.py": VIEWS.format(KEY), **MANAGE, "shop/__init__.py": ""}
    assert asks(fixed(files), "shop/views.py") == 'get_secret("STRIPE_API_KEY")'


def test_a_script_that_knows_no_django_asks_the_broker() -> None:
    head, row = ROWS["the environment"]
    script = VIEWS.format(KEY).replace("from django.http import HttpResponse\n", "")
    files = {"shop/settings.py": head + row, "load.py": script, **MANAGE, "shop/__init__.py": ""}
    assert asks(fixed(files), "load.py") == 'get_secret("STRIPE_API_KEY")'
