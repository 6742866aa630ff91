"""Examples of `no-secret-in-code`: apps with settings of their own, which get one more."""

from transforms.api import Bad

_CONFIG = """from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False
    database_url: str


settings = Settings()
"""
_PAY = """import httpx

from config import settings


def charge(cents):
    timeout = 5 if settings.debug else 60
    return httpx.post("https://api.stripe.com/v1/charges", auth=(KEY, ""), data={"amount": cents}, timeout=timeout)
"""
_FLASK = """import os

import httpx
from flask import Flask

app = Flask(__name__)
app.config["DATABASE_URL"] = os.environ["DATABASE_URL"]


@app.post("/charge")
def charge():
    return httpx.post("https://api.stripe.com/v1/charges", auth=("{{stripe-key}}", "")).json()
"""
_DJANGO = """import os

DEBUG = False
MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]
USE_TZ = True
"""
_VIEWS = """import httpx
from django.http import JsonResponse


def charge(request):
    return JsonResponse(httpx.post("https://api.stripe.com/v1/charges", auth=("{{stripe-key}}", "")).json())
"""
_MANAGE = """import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
"""

EXAMPLES = (
    Bad(
        "an app with a settings class",
        {"config.py": _CONFIG, "pay.py": _PAY.replace("KEY", '"{{stripe-key}}"')},
        {
            "config.py": _CONFIG.replace("database_url: str\n", "database_url: str\n    stripe_api_key: str\n"),
            "pay.py": _PAY.replace("KEY", "settings.stripe_api_key"),
        },
        adds=(".env.example", "tests/conftest.py"),
    ),
    Bad(
        "a Flask app that loads its settings one by one",
        _FLASK,
        _FLASK.replace('"{{stripe-key}}"', 'app.config["STRIPE_API_KEY"]').replace(
            'os.environ["DATABASE_URL"]\n',
            'os.environ["DATABASE_URL"]\napp.config["STRIPE_API_KEY"] = os.environ["STRIPE_API_KEY"]\n',
        ),
        adds=(".env.example", "tests/conftest.py"),
    ),
    Bad(
        "a Django app that loads its settings one by one",
        {"shop/__init__.py": "", "shop/settings.py": _DJANGO, "shop/views.py": _VIEWS, "manage.py": _MANAGE},
        {
            "shop/settings.py": _DJANGO.replace(
                '["MAIL_PASSWORD"]\n', '["MAIL_PASSWORD"]\nSTRIPE_API_KEY = os.environ["STRIPE_API_KEY"]\n'
            ),
            "shop/views.py": _VIEWS.replace(
                "import httpx\n", "import httpx\nfrom django.conf import settings\n"
            ).replace('"{{stripe-key}}"', "settings.STRIPE_API_KEY"),
        },
        adds=(".env.example",),
    ),
)
