"""Examples of `no-secret-in-code`: literals in Python that become a question, each in the way that fits its place."""

from transforms.api import Bad, Todo

_ADDS = (
    "controls/__init__.py",
    "controls/secrets.py",
    ".env.example",
    ".gitignore",
    "tests/test_controls_secrets.py",
)
_ADDS_EARLY = (*_ADDS, "tests/conftest.py")  # where importing the app asks for it
_ASK = "from controls.secrets import get_secret\n"
_SEED = """from passlib.hash import bcrypt


def seed(db):
    db.add(email="admin@shop.io", password=bcrypt.hash(PASSWORD))
"""
_SETTINGS = """from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False
    secret_key: str = "{{jwt-signing-key}}"
"""
_OWN = """import boto3


def get_secret(name):
    return boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
"""
_REQUIRE = """import os


def require(variable):
    value = os.getenv(variable)
    if not value:
        raise RuntimeError(f"{variable} is not set")
    return value
"""
_SEND = 'def send():\n    smtp_password = "{{smtp-password}}"\n    login(smtp_password)\n'
_CLIENT = """from openai import OpenAI

client = OpenAI(
    api_key="{{openai-key}}",
    timeout=20,
)


def ask(question):
    return client.responses.create(input=question)
"""
_MADE = "@lru_cache(maxsize=1)\ndef make_client(openai_api_key):\n"
_GIVEN = '\n\ndef get_client():\n    return make_client(get_secret("OPENAI_API_KEY"))\n'
_DJANGO = """from pathlib import Path

BASE_DIR = Path(__file__).parent.parent
DEBUG = False
SECRET_KEY = "{{framework-signing-key}}"
"""
_MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
_DATACLASS = """from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    currency: str = "eur"
    stripe_key: str = "{{stripe-key}}"
"""

EXAMPLES = (
    Bad(
        "a signing key that everybody knows, read when the app is made",
        "import os\n\nfrom flask import Flask\n\napp = Flask(__name__)\n"
        'app.secret_key = os.environ.get("SECRET_KEY", "change-me")\n',
        f'from flask import Flask\n\n{_ASK}\napp = Flask(__name__)\napp.secret_key = get_secret("SECRET_KEY")\n',
        adds=_ADDS_EARLY,
    ),
    Bad(
        "a settings field",
        _SETTINGS,
        _SETTINGS.replace(' = "{{jwt-signing-key}}"', ""),
        adds=(".env.example", "tests/test_controls_secrets.py", "tests/conftest.py"),
    ),
    Bad(
        "a password in an address",
        'def connect(host):\n    return create_engine(f"postgresql://app:{{database-password}}@{host}/shop")\n',
        f"{_ASK}\n\ndef connect(host):\n"
        """    return create_engine(f"postgresql://app:{get_secret('DATABASE_PASSWORD')}@{host}/shop")\n""",
        adds=_ADDS,
    ),
    Bad(
        "an account that a script makes",
        _SEED.replace("PASSWORD", '"{{account-password}}"'),
        _SEED.replace("bcrypt\n", f"bcrypt\n\n{_ASK}", 1).replace("PASSWORD", 'get_secret("ACCOUNT_PASSWORD")'),
        adds=_ADDS,
    ),
    Bad(
        "an app that has its own way to ask",
        {
            "broker.py": _OWN,
            "mail.py": 'def send():\n    smtp_password = "{{smtp-password}}"\n    login(smtp_password)\n',
        },
        {
            "broker.py": _OWN,
            "mail.py": "from broker import get_secret\n\n\ndef send():\n"
            '    smtp_password = get_secret("SMTP_PASSWORD")\n    login(smtp_password)\n',
        },
        adds=(".env.example",),
    ),
    Bad(
        "an app whose own way to ask has another name",
        {"settings.py": _REQUIRE, "mail.py": _SEND},
        {
            "settings.py": _REQUIRE,
            "mail.py": "from settings import require\n\n\n"
            + _SEND.replace('"{{smtp-password}}"', 'require("SMTP_PASSWORD")'),
        },
        adds=(".env.example",),
    ),
    Bad(
        "a client that is made on import",
        _CLIENT,
        _CLIENT.replace("from openai", "from functools import lru_cache\n\nfrom openai", 1)
        .replace("OpenAI\n\nclient = ", f"OpenAI\n\n{_ASK}\n\n{_MADE}    return ", 1)
        .replace('"{{openai-key}}"', "openai_api_key")
        .replace("    timeout", "        timeout")
        .replace("    api_key", "        api_key")
        .replace("\n)\n", f"\n    )\n{_GIVEN}")
        .replace("return client.", "return get_client()."),
        adds=_ADDS,
    ),
    Bad(
        "Django's settings",
        {"shop/__init__.py": "", "shop/settings.py": _DJANGO, "manage.py": _MANAGE},
        {
            "shop/settings.py": _DJANGO.replace(
                "Path\n\n", f"Path\n\nfrom django.utils.functional import SimpleLazyObject\n\n{_ASK}\n", 1
            ).replace('"{{framework-signing-key}}"', 'SimpleLazyObject(lambda: get_secret("SECRET_KEY"))'),
            "manage.py": _MANAGE,
        },
        adds=_ADDS,
    ),
    Bad(
        "the default of a dataclass",
        _DATACLASS,
        _DATACLASS.replace("import dataclass\n", f"import dataclass, field\n\n{_ASK}", 1).replace(
            '"{{stripe-key}}"', 'field(default_factory=lambda: get_secret("STRIPE_KEY"))'
        ),
        adds=_ADDS,
    ),
    Bad(
        "a key that a function gives, put together from pieces",
        'def get_api_key():\n    return "q8Zr2Lw0" + "xV4bN6mT" + "1yPc9"\n',
        f'{_ASK}\n\ndef get_api_key():\n    return get_secret("API_KEY")\n',
        adds=_ADDS,
    ),
    Todo("a password that comes from a list", 'NAMES = ["admin", "{{account-password}}"]\nlogin(NAMES[0], NAMES[1])\n'),
)
