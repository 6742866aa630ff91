"""Whom a secret is asked of: the app's own function, a library that reads files too, settings that have it already."""

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.engine import Status
from transforms.policy import Policy
from transforms.secrets import sample

GUESSED = "q7" + "Wz" + "9kTr"
VAULT = Policy(broker="vault")
ASK = "import os\n\n\ndef ask(key):\n    return os.environ[key]\n"
IN_FUNCTION = f'def f():\n    api_key = "{sample("stripe-key", 11)}"\n    return api_key\n'


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
