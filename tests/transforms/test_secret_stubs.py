"""What tests are given where the app asks for a secret on import: it works as one, is none, and is there in time."""

import base64
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.apart import run_pytest
from tests.transforms.tiny import remedied, report_on
from transforms.controls.no_secret_in_code import control
from transforms.engine import Status
from transforms.secrets import kinds, sample
from transforms.secrets.stubs import stub

KEY = sample("stripe-key", 11)
SIGNING = sample("framework-signing-key", 5)
SETTINGS = f"""from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False
    secret_key: str = "{SIGNING}"


settings = Settings()
"""
MAIN = "from fastapi import FastAPI\n\nfrom shop.config import settings\n\napp = FastAPI(debug=settings.debug)\n"
OWN_TEST = "from shop.main import app\n\n\ndef test_it_is_there():\n    assert app.debug is False\n"
APP = {"shop/__init__.py": "", "shop/config.py": SETTINGS, "shop/main.py": MAIN}
NAMES = ("SECRET_KEY", "JWT_SECRET", "DB_PASSWORD", "ENCRYPTION_KEY", "DATABASE_URL")


def patched(files: dict[str, str]) -> dict[str, str]:
    """All files with the patch of the control in them."""
    result = remedied(files, control)
    assert {patch.status for patch in result.patches} == {Status.FIXED}
    return files | {path: content.decode() for path, content in result.files.items()}


def set_up(files: dict[str, str]) -> dict[str, list[str]]:
    """What each conftest of the patched files sets."""
    lines = {path: text.splitlines() for path, text in patched(files).items() if path.endswith("conftest.py")}
    return {path: [line for line in text if "setdefault" in line] for path, text in lines.items()}


def suite(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The tests of the files, run where nothing is set."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return run_pytest(folder, "--rootdir", str(folder), str(folder))


# --- the values


@pytest.mark.parametrize("path", ["tests/conftest.py", "conftest.py", "shop/tests/conftest.py"])
def test_no_stub_is_taken_for_a_secret(path: str) -> None:
    told = [
        f'os.environ.setdefault("{name}", "{stub(kind.id, scheme)}")\n'
        for kind in kinds()
        for scheme in ("", "postgresql+asyncpg", "mongodb+srv")
        for name in (kind.secret_name, *NAMES)
    ]
    assert report_on({path: "import os\n\n" + "".join(dict.fromkeys(told))}, control).findings == ()


def test_stubs_are_words_and_long_enough_to_sign_with() -> None:
    for kind in kinds():
        assert len(stub(kind.id)) >= 32 or "://" in stub(kind.id)
        assert not any(map(str.isdigit, stub(kind.id)))


def test_an_encryption_key_of_words_has_the_form_of_one() -> None:
    assert len(base64.urlsafe_b64decode(stub("encryption-key"))) == 32


def test_an_address_keeps_its_scheme_and_leads_to_this_machine() -> None:
    assert make_url(stub("database-url", "postgresql+asyncpg")).drivername == "postgresql+asyncpg"
    assert create_engine(stub("database-url")).url.drivername == "sqlite"
    assert stub("database-url", "mongodb+srv") == "mongodb://localhost/for-tests-only"  # the other one asks DNS at once
    code = f'URL = "{sample("database-url", 3)}"\nengine = make(URL)\n'
    assert set_up({"db.py": code})["tests/conftest.py"] == [
        'os.environ.setdefault("DATABASE_URL", "postgresql://localhost/for-tests-only")'
    ]


# --- where they are set


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ({}, ["tests/conftest.py"]),
        ({"tests/test_shop.py": OWN_TEST}, ["tests/conftest.py"]),
        ({"tests/api/test_shop.py": OWN_TEST}, ["tests/conftest.py"]),
        ({"test_shop.py": OWN_TEST}, ["conftest.py"]),
        ({"shop/tests/test_shop.py": OWN_TEST}, ["shop/tests/conftest.py"]),
    ],
)
def test_the_set_up_is_around_the_app_s_tests_and_the_proofs(tests: dict[str, str], expected: list[str]) -> None:
    found = set_up(APP | tests)
    assert sorted(found) == expected
    assert all(
        lines == [f'os.environ.setdefault("SECRET_KEY", "{stub("jwt-signing-key")}")'] for lines in found.values()
    )


def test_what_the_set_up_sets_already_stays() -> None:
    own = 'import os\n\nos.environ["SECRET_KEY"] = "x"\n'
    after = patched(APP | {"tests/conftest.py": own, "tests/test_shop.py": OWN_TEST})
    assert after["tests/conftest.py"] == own


def test_nothing_is_set_for_what_is_asked_for_later() -> None:
    assert set_up({"pay.py": f'def pay():\n    api_key = "{KEY}"\n    return api_key\n'}) == {}
    lazy = "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    assert set_up({"shop/settings.py": f'SECRET_KEY = "{SIGNING}"\n', "manage.py": lazy}) == {}


def test_settings_that_django_loads_first_are_said_instead() -> None:
    manage = "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    database = f"DATABASES = {{'default': {{'USER': 'shop', 'PASSWORD': '{sample('database-password', 4)}'}}}}\n"
    result = remedied({"shop/settings.py": database, "manage.py": manage}, control)
    (patch,) = result.patches
    assert not [path for path in patch.files if path.endswith("conftest.py")]
    assert any("before any set-up of the tests: set it to some other value" in line for line in patch.todo)


def test_settings_that_django_s_settings_take_as_a_whole_are_loaded_first_too() -> None:
    manage = "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')\n"
    database = f"DATABASES = {{'default': {{'USER': 'shop', 'PASSWORD': '{sample('database-password', 4)}'}}}}\n"
    files = {
        "manage.py": manage,
        "shop/__init__.py": "",
        "shop/settings/__init__.py": "",
        "shop/settings/base.py": f'SECRET_KEY = "{SIGNING}"\n{database}',
        "shop/settings/dev.py": "from .base import *\n\nDEBUG = True\n",
    }
    assert set_up(files) == {}
    assert "SimpleLazyObject(lambda: get_secret(" in patched(files)["shop/settings/base.py"]


# --- that it helps


def test_the_suite_and_the_proofs_run_where_nothing_is_set(tmp_path: Path) -> None:
    before = APP | {"tests/test_shop.py": OWN_TEST}
    after = patched(before)
    assert "1 passed" in suite(tmp_path / "before", before).stdout
    done = suite(tmp_path / "after", after)
    assert done.returncode == 0, done.stdout
    without = {path: text for path, text in after.items() if path != "tests/conftest.py"}
    assert "secret_key\n" in suite(tmp_path / "without", without).stdout
    asking = before | {
        "shop/config.py": SETTINGS.replace("debug:", "model_config = dict(alias_generator=str)\n    debug:")
    }
    after = patched(asking)
    done = suite(tmp_path / "asking", after)
    assert "4 passed" in done.stdout
    without = {path: text for path, text in after.items() if path != "tests/conftest.py"}
    assert "SecretUnavailable" in suite(tmp_path / "asking without", without).stdout


def test_a_part_of_an_address_gets_words_and_no_address() -> None:
    assert stub("database-url", "postgresql", "f'postgresql://app:{}@db/x'") == stub("database-password")
