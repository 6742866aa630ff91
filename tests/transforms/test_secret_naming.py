"""What a secret is called where it is kept: one name for one value, and never somebody else's name."""

import pytest

from tests.transforms.tiny import remedied, report_on
from transforms.controls.no_secret_in_code import control
from transforms.frameworks.secret_naming import name_of
from transforms.secrets import sample

ONE, OTHER = sample("api-key", 61), sample("api-key", 62)
CALL = 'def call():\n    api_key = "{}"\n    return api_key\n'
ENV = 'import os\n\n\ndef call():\n    return os.getenv("API_KEY", "{}")\n'


def names(files: dict[str, str]) -> dict[str, str]:
    """What the secret of each file is called."""
    app = report_on(files, control).app
    return {use.file: name_of(app, use) for use in app.secrets}


def test_two_values_of_two_files_have_two_names_and_one_has_one() -> None:
    assert names({"pay.py": CALL.format(ONE), "mail.py": CALL.format(OTHER)}) == {
        "pay.py": "PAY_API_KEY",
        "mail.py": "MAIL_API_KEY",
    }
    assert names({"pay.py": CALL.format(ONE), "mail.py": CALL.format(ONE)}) == {
        "pay.py": "API_KEY",
        "mail.py": "API_KEY",
    }


def test_a_secret_is_called_after_the_app_and_not_after_a_script_beside_it() -> None:
    script = f'import bcrypt\n\nif __name__ == "__main__":\n    api_key = "{ONE}"\n    print(bcrypt.hashpw(api_key))\n'
    files = {
        "fix_rows.py": script,
        "pay.py": CALL.format(ONE),
        "serve.py": "import pay\n",
        "web.py": CALL.format(OTHER),
    }
    assert names(files) == {"fix_rows.py": "PAY_API_KEY", "pay.py": "PAY_API_KEY", "web.py": "WEB_API_KEY"}


def test_the_values_of_one_file_are_called_alike() -> None:
    two = f'def call():\n    api_key = "{ONE}"\n    return api_key\n\n\ndef ask():\n    api_key = "{OTHER}"\n    return api_key\n'
    app = report_on({"pay.py": two, "mail.py": CALL.format(sample("api-key", 63))}, control).app
    assert {name_of(app, use) for use in app.secrets} == {"PAY_API_KEY", "PAY_API_KEY_2", "MAIL_API_KEY"}


SETTINGS = {
    "a setting": 'import os\n\nAPI_KEY = os.environ["API_KEY"]\n',
    "a field": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    api_key: str\n",
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_a_name_that_says_little_is_not_taken_for_that_of_a_setting_elsewhere(settings: str) -> None:
    assert names({"pay.py": CALL.format(ONE), "settings.py": settings}) == {"pay.py": "PAY_API_KEY"}
    assert names({"pay.py": CALL.format(ONE), "tests/settings.py": settings}) == {"pay.py": "API_KEY"}


def test_the_patch_does_not_take_such_a_setting_either() -> None:
    files = {"pay.py": CALL.format(ONE), "settings.py": SETTINGS["a setting"]}
    after = remedied(files, control).files["pay.py"].decode()
    assert 'api_key = get_secret("PAY_API_KEY")' in after


def test_a_name_that_says_what_it_is_for_is_the_same_everywhere() -> None:
    code = CALL.replace("api_key", "stripe_api_key")
    files = {"pay.py": code.format(ONE), "settings.py": SETTINGS["a setting"].replace("API_KEY", "STRIPE_API_KEY")}
    assert names(files) == {"pay.py": "STRIPE_API_KEY"}


def test_an_app_has_one_signing_key() -> None:
    code = f'def sign():\n    secret_key = "{ONE}"\n    return secret_key\n'
    settings = SETTINGS["a setting"].replace("API_KEY", "SECRET_KEY")
    assert names({"pay.py": code, "settings.py": settings}) == {"pay.py": "SECRET_KEY"}


def test_a_placeholder_stands_in_for_the_same_variable_where_files_run_together() -> None:
    together = {"pay.py": CALL.format(ONE), "mail.py": "import pay\n" + ENV.format("change-me")}
    assert names(together) == {"pay.py": "API_KEY", "mail.py": "API_KEY"}


def test_the_same_variable_of_another_program_is_another_secret() -> None:
    apart = {"pay/main.py": CALL.format(ONE), "mail/main.py": ENV.format("change-me")}
    assert names(apart) == {"pay/main.py": "PAY_MAIN_API_KEY", "mail/main.py": "API_KEY"}


def test_compose_asks_by_the_name_that_it_hands_on() -> None:
    compose = "services:\n  web:\n    environment:\n      {}\n"
    signing = sample("framework-signing-key", 63)
    code = f'def sign():\n    secret_key = "{ONE}"\n    return secret_key\n'
    assert names({"app.py": code, "compose.yaml": compose.format(f"SECRET_KEY: {signing}")}) == {
        "app.py": "SECRET_KEY",
        "compose.yaml": "SECRET_KEY",
    }
    default = compose.format("SECRET_KEY: ${SHOP_KEY:-" + signing + "}")
    assert names({"app.py": code, "compose.yaml": default})["compose.yaml"] == "SHOP_KEY"


HANDED_ON = {
    "Dockerfile": "FROM python:3.11-slim\nENV PARCEL_API_KEY={}\n",
    "run.sh": "export PARCEL_API_KEY={}\npython pay.py\n",
    "compose.yaml": "services:\n  shop:\n    image: shop\n    environment:\n      PARCEL_API_KEY: {}\n",
}


@pytest.mark.parametrize("path", HANDED_ON)
def test_the_variable_by_which_a_program_is_handed_the_value_names_it(path: str) -> None:
    assert names({"pay.py": CALL.format(ONE), path: HANDED_ON[path].format(ONE)}) == {
        "pay.py": "PARCEL_API_KEY",
        path: "PARCEL_API_KEY",
    }


def test_a_variable_with_another_value_names_nothing_else() -> None:
    assert names({"pay.py": CALL.format(ONE), "run.sh": HANDED_ON["run.sh"].format(OTHER)})["pay.py"] == "API_KEY"


def test_a_variable_that_has_two_values_names_neither() -> None:
    files = {path: HANDED_ON[path].format(value) for path, value in {"Dockerfile": ONE, "run.sh": OTHER}.items()}
    assert names({"pay.py": CALL.format(ONE), **files})["pay.py"] == "API_KEY"


def test_a_name_of_the_programs_own_stays() -> None:
    code = CALL.replace("api_key", "stripe_api_key").format(ONE)
    assert names({"pay.py": code, "run.sh": HANDED_ON["run.sh"].format(ONE)})["pay.py"] == "STRIPE_API_KEY"


def test_a_remark_about_a_secret_does_not_name_it() -> None:
    key = sample("stripe-key", 61)
    code = f'import stripe\n\n# old: stripe.api_key = "{key}"\nstripe.api_key = "{key}"\n'
    assert names({"pay.py": code}) == {"pay.py": "STRIPE_API_KEY"}


GUESSED = "q7" + "Wz" + "9kTr"
CALLED = {
    "a vendor alone": (f'KEYS = {{"stripe": "{sample("stripe-key", 3)}"}}\n', "STRIPE_API_KEY"),
    "an address under a name that says none": (f'c = Celery("x", broker="amqp://a:{GUESSED}@mq.io//")\n', "BROKER_URL"),
    "an address under its scheme": (f'p = {{"https": "http://a:{GUESSED}@gate.io:70"}}\n', "SERVICE_URL"),
    "a password in a connection": (f'DSN = "host=db.io dbname=x user=a password={GUESSED}"\n', "DATABASE_PASSWORD"),
    "a token in an address": (f'FEED_URL = "wss://feed.io/v1?token={ONE}"\n', "API_KEY"),
    "the password of an address": (
        f'PASSWORD = "{GUESSED}"\nURL = f"mysql://a:{{PASSWORD}}@db.io/x"\n',
        "DATABASE_PASSWORD",
    ),
    "a hidden attribute": (
        f'class A:\n    def __init__(self):\n        self._password = "{GUESSED}"\n',
        "ACCOUNT_PASSWORD",
    ),
    "one of several": (f'API_KEYS = ["{ONE}"]\n', "API_KEY"),
    "a comment": (f'# URL = "postgresql://a:{GUESSED}@db.io/x"\n', "DATABASE_PASSWORD"),
}


@pytest.mark.parametrize(("code", "name"), CALLED.values(), ids=CALLED)
def test_a_secret_is_called_after_what_it_is(code: str, name: str) -> None:
    assert names({"shop.py": code}) == {"shop.py": name}


def test_what_stands_in_for_a_secret_is_called_like_it() -> None:
    code = f'if PRODUCTION:\n    DB_PASSWORD = "{GUESSED}"\nelse:\n    DB_PASSWORD = "postgres"\n'
    app = report_on({"shop.py": code}, control).app
    assert {name_of(app, use) for use in app.secrets} == {"DB_PASSWORD"}


def test_a_build_and_a_section_of_variables_name_what_they_have() -> None:
    build = f"FROM python\nRUN pip install git+https://bot:{sample('github-token')}@github.com/a/b.git\n"
    files = {"Dockerfile": build, "fly.toml": f'app = "shop"\n[env]\n  SECRET_KEY = "{ONE}"\n'}
    assert names(files) == {"Dockerfile": "GITHUB_TOKEN", "fly.toml": "SECRET_KEY"}
