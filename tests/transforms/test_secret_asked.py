"""Whom a secret is asked of: the app's own function, a library that reads files too, settings that have it already."""

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.engine import Status
from transforms.policy import Policy
from transforms.secrets import sample

GUESSED = "q7" + "Wz" + "9kTr"
VAULT = Policy(broker="vault")
ASK = "import os\n\n\ndef ask(key):\n    return os.environ[key]\n"
KEY = sample("stripe-key", 11)
IN_FUNCTION = f'def f():\n    api_key = "{KEY}"\n    return api_key\n'


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    """The changed files, those that come with every patch left out."""
    result = remedied(files, control, policy=policy)
    assert not [each for each in result.patches if each.status is Status.REJECTED]
    changed = {path: content.decode() for path, content in result.files.items()}
    beside = ("controls", "conftest.py", ".env", ".gitignore")
    return {path: text for path, text in changed.items() if not any(each in path for each in beside)}


EARLY = "import os\n\n\ndef ask(key):\n    return os.environ[key]\n\n\nURL = os.getenv('A') or ask('URL')\n"


def test_a_script_that_asks_for_its_own_settings_is_asked_nothing_by_others() -> None:
    assert "controls.secrets" in fixed({"load.py": EARLY, "pay.py": IN_FUNCTION})["pay.py"]
    serves = {"main.py": "import load\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"}
    assert "from load import ask" in fixed({"load.py": EARLY, "pay.py": IN_FUNCTION, **serves})["pay.py"]


def test_a_function_of_another_program_is_not_used() -> None:
    other = {"vaults.py": ASK, "main.py": "import vaults\n"}
    changed = fixed({**other, "lessons/one/pay.py": IN_FUNCTION, "lessons/one/go.py": "import pay\n"})
    assert "vaults" not in changed["lessons/one/pay.py"]


DECOUPLE = "from decouple import config\n\nDEBUG = config('DEBUG', default=False)\n"


def test_a_library_that_reads_a_file_too_loses_no_more_than_its_default() -> None:
    key = "SECRET_KEY = config('SECRET_KEY', default='dev-secret-key')\n"
    assert fixed({"shop.py": DECOUPLE + key}) == {"shop.py": DECOUPLE + "SECRET_KEY = config('SECRET_KEY')\n"}


def test_a_vault_is_asked_in_the_place_of_such_a_library() -> None:
    key = "def f():\n    return config('API_SECRET_KEY', default='dev-secret-key')\n"
    assert "config('API" not in fixed({"shop.py": DECOUPLE + "\n\n" + key}, VAULT)["shop.py"]


def test_what_is_hashed_is_not_called_after_the_hash() -> None:
    code = f'def seed():\n    return {{"user": "ann", "password_hash": hash_password("{GUESSED}")}}\n'
    assert 'hash_password(get_secret("ACCOUNT_PASSWORD"))' in fixed({"seed.py": code})["seed.py"]


def test_settings_of_a_package_that_imports_them_do_not_import_the_package() -> None:
    files = {
        "config.py": 'class Config:\n    SECRET_KEY = "change-me-now"\n',
        "shop/__init__.py": "from flask import Flask\n\nfrom config import Config\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n    app.config.from_object(Config)\n    return app\n",
        "run.py": "from shop import create_app\n\napp = create_app()\n",
    }
    assert fixed(files)["config.py"].startswith("from controls.secrets import get_secret\n")


def test_an_upper_case_field_is_not_there_twice() -> None:
    files = {
        "config.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        '    debug: bool = False\n    SECRET_KEY: str = "x"\n\n\nsettings = Settings()\n',
        "sign.py": "import os\n\nfrom config import settings\n\n\ndef key():\n"
        '    return settings.debug, os.getenv("SECRET_KEY", "dev-secret-key")\n',
    }
    changed = fixed(files)
    assert "def secret_key" not in changed.get("config.py", "")
    assert 'get_secret("SECRET_KEY")' in changed["sign.py"]


STARLETTE = "from starlette.config import Config\nfrom starlette.datastructures import Secret\n\n"
READERS = {
    "starlette": (
        STARLETTE + 'config = Config(".env")\n',
        'config("{name}", default={value})',
        'config("{name}")',
    ),
    "starlette, with what it makes of the text": (
        STARLETTE + 'config = Config(".env")\n',
        'config("{name}", cast=Secret, default={value})',
        'config("{name}", cast=Secret)',
    ),
    "decouple": (
        "from decouple import config\n",
        'config("{name}", default={value}, cast=str)',
        'config("{name}", cast=str)',
    ),
    "decouple, with a file of its own": (
        'from decouple import Config, RepositoryEnv\n\nconfig = Config(RepositoryEnv(".env"))\n',
        'config("{name}", {value})',
        'config("{name}")',
    ),
    "environs": (
        "from environs import Env\n\nenv = Env()\nenv.read_env()\n",
        'env.str("{name}", {value})',
        'env.str("{name}")',
    ),
    "django-environ": (
        "import environ\n\nenv = environ.Env(DEBUG=(bool, False))\n",
        'env.str("{name}", default={value})',
        'env.str("{name}")',
    ),
    "of several lines": (
        STARLETTE + 'config = Config(".env")\n',
        'config(\n    "{name}",\n    default={value},\n)',
        'config("{name}")',
    ),
}
CHARGE = "from settings import STRIPE_API_KEY\n\n\ndef charge():\n    return pay(STRIPE_API_KEY)\n"


@pytest.mark.parametrize(("head", "before", "after"), READERS.values(), ids=READERS)
def test_the_app_s_own_reader_goes_on_to_be_asked_where_it_was(head: str, before: str, after: str) -> None:
    row = head + "STRIPE_API_KEY = {}\n"
    code = row.format(before.format(name="STRIPE_API_KEY", value=f'"{KEY}"'))
    changed = fixed({"settings.py": code, "pay.py": CHARGE})
    assert changed == {"settings.py": row.format(after.format(name="STRIPE_API_KEY"))}


def test_a_literal_beside_the_app_s_own_reader_is_asked_of_it() -> None:
    code = STARLETTE.splitlines(keepends=True)[0] + '\nconfig = Config(".env")\nSTRIPE_API_KEY = {}\n\n\n' + IN_FUNCTION
    assert fixed({"settings.py": code.format(f'"{KEY}"'), "pay.py": CHARGE})["settings.py"] == code.format(
        'config("STRIPE_API_KEY")'
    ).replace(f'"{KEY}"', 'config("STRIPE_API_KEY")')


def test_a_reader_that_is_made_later_or_means_something_else_is_not_asked() -> None:
    late = STARLETTE.splitlines()[0] + f'\n\nSTRIPE_API_KEY = "{KEY}"\nconfig = Config(".env")\nprint(STRIPE_API_KEY)\n'
    assert "config(" not in fixed({"settings.py": late})["settings.py"].partition("config = ")[0].partition("\n")[2]
    other = 'from starlette.config import Config\n\nconfig = Config(".env")\n\n\n' + IN_FUNCTION.replace(
        "()", "(config)"
    )
    assert 'get_secret("STRIPE_API_KEY")' in fixed({"settings.py": other})["settings.py"]


def test_a_reader_of_another_file_is_asked_as_before() -> None:
    code = f'from settings import config\n\n\ndef f():\n    return config("STRIPE_API_KEY", default="{KEY}")\n'
    settings = 'from starlette.config import Config\n\nconfig = Config(".env")\n'
    assert 'return config("STRIPE_API_KEY")' in fixed({"settings.py": settings, "pay.py": code})["pay.py"]
    unknown = "def config(name, default=None):\n    return default\n"
    assert 'return get_secret("STRIPE_API_KEY")' in fixed({"settings.py": unknown, "pay.py": code})["pay.py"]


def test_a_vault_is_asked_for_what_such_a_reader_makes_something_of() -> None:
    head = 'from starlette.config import Config\n\nfrom urls import URL\n\nconfig = Config(".env")\n\n\n'
    code = (
        head
        + f'def f():\n    return config("DATABASE_URL", cast=URL, default="postgresql://shop:{GUESSED}@db.io/shop")\n'
    )
    assert 'return URL(get_secret("DATABASE_URL"))' in fixed({"settings.py": code}, VAULT)["settings.py"]


def test_a_reader_that_is_asked_is_no_literal() -> None:
    assert not fixed({"settings.py": 'from environs import Env\n\nenv = Env()\nSECRET_KEY = env.str("SECRET_KEY")\n'})


def test_two_secrets_of_one_client_are_asked_of_it_by_their_own_names() -> None:
    head = 'from starlette.config import Config\n\nconfig = Config(".env")\n'
    made = f'client = Client(api_key=config("API_KEY", default="{KEY}"), password="{GUESSED}")\n'
    code = f"{head}{made}\n\ndef f():\n    return client.get()\n"
    changed = fixed({"settings.py": code})["settings.py"]
    assert 'make_client(config("API_KEY"), config("ACCOUNT_PASSWORD"))' in changed


BESIDE = (
    'os.environ["SECRET_KEY"] if PRODUCTION else "dev-secret-key"',
    '"dev-secret-key" if DEBUG else os.getenv("SECRET_KEY")',
    'os.environ.get("SECRET_KEY") if "SECRET_KEY" in os.environ else "dev-secret-key"',
)


@pytest.mark.parametrize("value", BESIDE)
def test_what_a_condition_has_beside_a_variable_is_its_default(value: str) -> None:
    code = f"import os\n\n\ndef key():\n    return sign(secret_key={value})\n"
    assert 'return sign(secret_key=get_secret("SECRET_KEY"))' in fixed({"shop.py": code})["shop.py"]
