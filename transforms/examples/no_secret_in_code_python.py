"""Examples of `no-secret-in-code`: secrets in Python that are more than a value under a name."""

from transforms.api import Bad, Good

_ADDS = (
    "controls/__init__.py",
    "controls/secrets.py",
    ".env.example",
    ".gitignore",
    "tests/test_controls_secrets.py",
)
_ASK = "from controls.secrets import get_secret\n"
_ASKED = 'get_secret("ACCOUNT_PASSWORD")'
_DOOR = """def is_admin(password):
    return password == {}
"""
_SEVERAL = """import hmac

{}
def may_enter(form):
    return form["password"] in ({}, "guest") or hmac.compare_digest(form["api_key"], {})
"""
_BESIDE = """from werkzeug.security import check_password_hash


def sign_in(email, password, users):
    if email == "root@shop.io" and password == "{{account-password}}":
        return True
    return check_password_hash(users[email], password)
"""
_CREATE = '''def create(name="admin", password={}):
    """Make an account."""
{}    save(name, password)
'''
_CONNECT = """from typing import Optional

{}
class Mail:
    async def connect(self, host: str, /, *, smtp_password: {}) -> Optional[str]:
{}        return await login(host, smtp_password)
"""
_OWN_WAY = """def connect(password="{{account-password}}"):
    if password is None:
        password = input()
    return login(password)
"""
_OFF = """# client = Client(
#     ADMIN_PASSWORD={0},
# )
# ADMIN_PASSWORD = {0}  # as on staging
ADMIN = "root"
"""
_SAID = """def seed(email):
    print("Sign in: admin@shop.io / {0}")
    print(f"Mail: {{email}} / {0}")
    print("or at https://shop:{1}@shop.io/")
"""
_FIELDS = """from dataclasses import dataclass, field

{0}
@dataclass
class Config:
    stripe_key: str = field(
        {1},
        repr=False,  # never shown
    )
"""
_MADE_OF = """from pydantic_settings import BaseSettings
{}

class Settings(BaseSettings):
    DB_PASSWORD: str = {}
    DB_URL: str = f"postgresql://app:{{DB_PASSWORD}}@db/app"


settings = Settings()
"""
_MODEL = """from pydantic import Field
from pydantic_settings import BaseSettings

{0}
class Settings(BaseSettings):
    stripe_key: str = Field({1}, description="of the shop")
"""
_FALLS_BACK = """import os
from functools import partial

{0}
def sign_in(data, password=None, *, prod=False):
    password = password or {1}
    login(data.get("password", {1}), getattr(data, "password", {1}))
    login(**{{"password": {1}, "user": "a"}})
    if (smtp_password := {2}) and prod:
        os.environ.setdefault("SMTP_PASSWORD", {2})
    api_key = {3} if prod else None
    return partial(connect, {{"shop": {{"user": "a", "password": {1}}}}}, password=password, api_key=api_key)
"""
_ADDRESSES = """{0}def addresses(host):
    yield {1}
    yield {2}
    yield {3}
"""
_BYTES = """import hmac

{0}
def sign(text):
    secret_key = {1}
    return hmac.new(secret_key, text, "sha256"), hmac.new({2}, text, "sha256")
"""

EXAMPLES = (
    Bad(
        "a door with a known password",
        _DOOR.format('"{{account-password}}"'),
        f"{_ASK}\n\n{_DOOR.format(_ASKED)}",
        adds=_ADDS,
    ),
    Bad(
        "doors of other shapes",
        _SEVERAL.format("", '"{{account-password}}"', '"{{stripe-key}}"'),
        _SEVERAL.format(f"{_ASK}\n", _ASKED, 'get_secret("STRIPE_API_KEY")'),
        findings=2,
        adds=_ADDS,
    ),
    Bad("a known password beside a login that verifies", _BESIDE),
    Good(
        "a check that a setting is no longer what everybody knows",
        'def check(settings):\n    if settings.admin_password == "changeme":\n        raise SystemExit("choose one")\n',
    ),
    Bad(
        "such a check for a word that people choose: a question would turn it around",
        'def check(settings):\n    if settings.admin_password == "admin123":\n        raise SystemExit("choose one")\n',
    ),
    Bad(
        "a default password",
        _CREATE.format('"{{account-password}}"', ""),
        f"{_ASK}\n\n" + _CREATE.format("None", f"    if password is None:\n        password = {_ASKED}\n"),
        adds=_ADDS,
    ),
    Bad(
        "a default with an annotation, in a method",
        _CONNECT.format("", 'str = "{{smtp-password}}"', ""),
        _CONNECT.format(
            f"{_ASK}\n",
            "Optional[str] = None",
            '        if smtp_password is None:\n            smtp_password = get_secret("SMTP_PASSWORD")\n',
        ),
        adds=_ADDS,
    ),
    Bad("a default of a function that has its own way where nothing is given", _OWN_WAY),
    Bad(
        "a default of a function without a name",
        'def connect():\n    return lambda password="{{account-password}}": login(password)\n',
        f"{_ASK}\n\ndef connect():\n    return lambda password={_ASKED}: login(password)\n",
        adds=_ADDS,
    ),
    Bad(
        "a default of a command line, which its help would show",
        'def add(parser):\n    parser.add_argument("--password", default="{{account-password}}")\n',
    ),
    Bad(
        "defaults of many kinds",
        _FALLS_BACK.format("", '"{{account-password}}"', '"{{smtp-password}}"', '"{{stripe-key}}"'),
        _FALLS_BACK.format(f"{_ASK}\n", _ASKED, 'get_secret("SMTP_PASSWORD")', 'get_secret("STRIPE_API_KEY")'),
        findings=8,
        adds=_ADDS,
    ),
    Bad(
        "the default of a dataclass's field",
        _FIELDS.format("", 'default="{{stripe-key}}"'),
        _FIELDS.format(f"{_ASK}\n", 'default_factory=lambda: get_secret("STRIPE_KEY")'),
        adds=_ADDS,
    ),
    Bad(
        "the default of a setting that says more about itself",
        _MODEL.format("", '"{{stripe-key}}"'),
        _MODEL.format(f"{_ASK}\n", 'default_factory=lambda: get_secret("STRIPE_KEY")'),
        adds=(*_ADDS, "tests/conftest.py"),
    ),
    Bad(
        "the default of a setting of which the class makes an address",
        _MADE_OF.format("", '"{{account-password}}"'),
        _MADE_OF.format(f"\n{_ASK}", 'get_secret("DB_PASSWORD")'),
        adds=(*_ADDS, "tests/conftest.py"),
    ),
    Bad(
        "bytes, which stay bytes",
        _BYTES.format("", 'b"{{jwt-signing-key}}"', '"{{jwt-signing-key}}".encode()'),
        _BYTES.format(f"{_ASK}\n", 'get_secret("SECRET_KEY").encode()', 'get_secret("SECRET_KEY").encode()'),
        findings=2,
        adds=_ADDS,
    ),
    Bad(
        "addresses that are filled in",
        _ADDRESSES.format(
            "",
            '"postgresql://app:{{database-password}}@{}/shop".format(host)',
            '"postgresql://app:{{database-password}}@%s:%d/shop" % (host, 5432)',
            '"postgresql://app:{{database-password}}@%(host)s/shop" % {"host": host}',
        ),
        _ADDRESSES.format(
            f"{_ASK}\n\n",
            '"postgresql://app:{database_password}@{}/shop".format(host, database_password=ASK)',
            '"postgresql://app:%s@%s:%d/shop" % (ASK, host, 5432)',
            '"postgresql://app:%(database_password)s@%(host)s/shop" % {"host": host, "database_password": ASK}',
        )
        .replace("ASK)", 'get_secret("DATABASE_PASSWORD"))')
        .replace("(ASK", '(get_secret("DATABASE_PASSWORD")')
        .replace("ASK}", 'get_secret("DATABASE_PASSWORD")}'),
        findings=3,
        adds=_ADDS,
    ),
    Bad(
        "a password that is printed",
        _SAID.format("{{account-password}}", "{{database-password}}"),
        _SAID.format("<ACCOUNT_PASSWORD>", "<SERVICE_PASSWORD>"),
        findings=3,
    ),
    Bad(
        "code that was switched off",
        _OFF.format('"{{account-password}}"'),
        _OFF.format('get_secret("ADMIN_PASSWORD")'),
        findings=2,
    ),
    Bad(
        "a password that opens a case",
        'def enter(password):\n    match password:\n        case "{{account-password}}":\n            return True\n',
    ),
)
