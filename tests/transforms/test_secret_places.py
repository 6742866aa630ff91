"""Secrets that are more than a value under a name: what stands there afterwards, and that the app still does its work.

Patched code is run here with a broker that is a dictionary: it asks for what it needs, when it needs it, and by the
name that the patch says.
"""

import ast
import inspect
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.edits import Applicability
from transforms.engine import Status
from transforms.policy import Policy
from transforms.secrets import sample

KEY = sample("stripe-key", 11)
PASSWORD = "q7" + "Wz" + "9kTr"
OTHER = "m3" + "Pv" + "8xLd"
ASK = "from controls.secrets import get_secret\n"
ASKED = 'get_secret("ACCOUNT_PASSWORD")'
VAULT = Policy(broker="vault")


class Unavailable(Exception):
    """What the broker of these tests raises."""


class Broker:
    """A broker that is a dictionary, and remembers what it was asked for."""

    def __init__(self, **values: str) -> None:
        self.values, self.asked = values, list[str]()

    def __call__(self, name: str) -> str:
        self.asked.append(name)
        if name not in self.values:
            raise Unavailable(name)
        return self.values[name]


def patched(code: str, policy: Policy | None = None, path: str = "app.py") -> str:
    """The file after its patches; each of them is one that every gate lets through."""
    result = remedied({path: code}, control, policy=policy)
    assert [each.status for each in result.patches] == [Status.FIXED] * len(result.patches), [
        (each.title, each.gates[-1:]) for each in result.patches
    ]
    assert not result.failures
    return result.files[path].decode()


def advised(code: str, policy: Policy | None = None) -> str:
    """The words of the only patch, which edits nothing."""
    (advice,) = remedied({"app.py": code}, control, policy=policy).patches
    assert advice.status is Status.ADVICE
    return advice.title


def started(code: str, broker: Callable[[str], str], **more: Any) -> Mapping[str, Any]:
    """The names of a patched module that was imported."""
    names: dict[str, Any] = {"get_secret": broker, "__name__": "app", **more}
    source = patched(code).replace(ASK, "")
    exec(compile(source, "app.py", "exec"), names)
    return names


# --- comparisons ------------------------------------------------------------------------------------------------------

DOORS = {
    "==": "password == {}",
    "!=": "password != {}",
    "the literal first": "{} == password",
    "stripped": "password.strip() == {}",
    "of a form": 'form["password"] == {}',
    "of a form, if there is one": 'form.get("password") == {}',
    "of a body": "form.password == {}",
    "of a field of WTForms": "form.password.data == {}",
    "in a tuple": 'password in ({}, "guest")',
    "in a list": "password not in [{}]",
    "in constant time": "hmac.compare_digest(password, {})",
    "by Django": "constant_time_compare(password, {})",
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_what_is_typed_is_compared_with_what_the_broker_says(door: str) -> None:
    code = "def enter(password, form):\n    return {}\n"
    assert patched(code.format(door.format(f'"{PASSWORD}"'))) == f"{ASK}\n\n" + code.format(door.format(ASKED))


def test_bytes_are_compared_with_bytes() -> None:
    code = "def enter(password):\n    return hmac.compare_digest(password.encode(), {})\n"
    expected = f"{ASK}\n\n" + code.format(f"{ASKED}.encode()")
    assert patched(code.format(f'b"{PASSWORD}"')) == expected
    assert patched(code.format(f'"{PASSWORD}".encode()')) == expected


def test_the_door_opens_for_the_new_password_alone() -> None:
    code = f'def enter(password):\n    return password == "{PASSWORD}"\n'
    broker = Broker(ACCOUNT_PASSWORD=OTHER)
    enter = started(code, broker)["enter"]
    assert broker.asked == []
    assert enter(OTHER)
    assert not enter(PASSWORD)
    assert not enter(None)


def test_without_a_value_the_door_stays_shut() -> None:
    enter = started(f'def enter(password):\n    return password == "{PASSWORD}"\n', Broker())["enter"]
    with pytest.raises(Unavailable, match="ACCOUNT_PASSWORD"):
        enter("")


def test_the_patch_says_that_one_password_for_all_names_nobody() -> None:
    (patch,) = remedied({"app.py": f'def f(password):\n    return password == "{PASSWORD}"\n'}, control).patches
    assert any("nobody can tell who it was" in each for each in patch.todo)


STAYS_OPEN = {
    "check_password_hash(users[name], password)": "a hash",
    "authenticate(name, password)": "a framework",
    "bcrypt.checkpw(password, users[name])": "bcrypt",
    "context.verify(password, users[name])": "passlib",
}


@pytest.mark.parametrize("login", STAYS_OPEN, ids=STAYS_OPEN.values())
def test_an_account_in_the_code_beside_a_login_that_verifies_has_to_go(login: str) -> None:
    code = f'def enter(name, password):\n    if name == "root" and password == "{PASSWORD}":\n        return True\n'
    assert "Take the comparison out" in advised(f"{code}    return {login}\n")


def test_the_only_login_there_is_asks_for_its_password() -> None:
    code = 'def enter(name, password):\n    if name == "root" and password == {}:\n        return True\n'
    assert patched(code.format(f'"{PASSWORD}"')) == f"{ASK}\n\n" + code.format(ASKED)


LOOKED_AT = ("settings.password", "config['password']", "PASSWORD", "os.environ['PASSWORD']", "app.config['PASSWORD']")


@pytest.mark.parametrize("side", LOOKED_AT)
def test_a_setting_that_is_looked_at_is_no_door(side: str) -> None:
    """`if settings.password == "admin123": warn()` would warn always, if it asked the same broker as the setting."""
    assert "is compared with" in advised(f'def check():\n    return {side} == "{PASSWORD}"\n')


def test_a_guessable_word_is_a_door_only_for_what_comes_from_outside() -> None:
    assert ASKED in patched('def enter(password):\n    return password == "admin"\n')
    assert "is compared with" in advised('def enter():\n    password = load()\n    return password == "admin"\n')


# --- defaults of parameters -------------------------------------------------------------------------------------------

SIGNATURES = {
    "plain": ("password={}", "password=None"),
    "by keyword alone": ("*, password={}", "*, password=None"),
    "by position alone": ("password={}, /", "password=None, /"),
    "beside others": ('user="a", password={}, timeout=3', 'user="a", password=None, timeout=3'),
}


@pytest.mark.parametrize("kind", ["def", "async def"])
@pytest.mark.parametrize(("before", "after"), SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_function_asks_where_nothing_was_given(before: str, after: str, kind: str) -> None:
    code = f"{kind} connect({before.format(repr(PASSWORD))}):\n    return password\n".replace("'", '"')
    asks = f"    if password is None:\n        password = {ASKED}\n"
    assert patched(code) == f"{ASK}\n\n{kind} connect({after}):\n{asks}    return password\n"


ANNOTATED = {
    "nothing tells": ("", "from typing import Optional\n\n", "Optional[str]"),
    "the file says Optional": (
        "from typing import Optional\n\nname: Optional[str] = None\n\n\n",
        "",
        "Optional[str]",
    ),
    "the file says | None": ("name: str | None = None\n\n\n", "", "str | None"),
    "annotations are not evaluated": ("from __future__ import annotations\n\n\n", "", "str | None"),
}


@pytest.mark.parametrize(("head", "more", "annotation"), ANNOTATED.values(), ids=ANNOTATED.keys())
def test_its_annotation_allows_for_none_in_the_style_of_the_file(head: str, more: str, annotation: str) -> None:
    after = patched(f'{head}def connect(password: str = "{PASSWORD}"):\n    return password\n')
    assert f"def connect(password: {annotation} = None):\n    if password is None:\n" in after
    assert after.startswith(more)
    ast.parse(after)


def test_the_docstring_stays_first_and_the_secret_is_asked_for_once_it_is_needed() -> None:
    broker = Broker(ACCOUNT_PASSWORD=OTHER)
    connect = started(f'def connect(password="{PASSWORD}"):\n    """Sign in."""\n    return password\n', broker)[
        "connect"
    ]
    assert connect.__doc__ == "Sign in."
    assert broker.asked == []
    assert connect("given") == "given"
    assert broker.asked == []
    assert connect() == connect(None) == OTHER
    assert broker.asked == ["ACCOUNT_PASSWORD"] * 2


def test_several_defaults_of_one_function_are_asked_for_in_order() -> None:
    code = f'def connect(password="{PASSWORD}", api_key="{KEY}"):\n    return password, api_key\n'
    broker = Broker(ACCOUNT_PASSWORD=OTHER, STRIPE_API_KEY="new")
    assert started(code, broker)["connect"]() == (OTHER, "new")
    assert broker.asked == ["ACCOUNT_PASSWORD", "STRIPE_API_KEY"]


def test_a_method_asks_too_and_nothing_is_asked_on_import() -> None:
    code = f'class Mail:\n    def __init__(self, host, smtp_password="{PASSWORD}"):\n        self.key = smtp_password\n'
    broker = Broker(SMTP_PASSWORD=OTHER)
    mail = started(code, broker)["Mail"]
    assert broker.asked == []
    assert mail("a").key == OTHER
    assert inspect.signature(mail).parameters["smtp_password"].default is None


def test_a_default_is_asked_for_late_even_where_secrets_come_over_a_network() -> None:
    code = f'def connect(password="{PASSWORD}"):\n    return password\n'
    assert f"        password = {ASKED}\n" in patched(code, VAULT)


def test_the_import_that_only_the_default_needed_goes() -> None:
    code = f'import os\n\n\ndef connect(password=os.getenv("DB_PASSWORD", "{PASSWORD}")):\n    return password\n'
    after = patched(code)
    assert "import os" not in after
    assert 'password = get_secret("DB_PASSWORD")' in after


PARAMETERS_STAY = {
    "a body on the line of its def": 'def connect(password="{}"): return sign_in(password)\n',
    "it knows what to do without one": 'def connect(password="{}"):\n    return sign_in(password) if password is not None else 0\n',
    "it asks in its own way": 'def connect(password="{}"):\n    if not password:\n        password = input()\n    return password\n',
    "an annotation of another kind": 'def connect(password: Secret = "{}"):\n    return password\n',
    "what a web framework reads": 'def connect(password: str = Form("{}")):\n    return password\n',
}


@pytest.mark.parametrize("code", PARAMETERS_STAY.values(), ids=PARAMETERS_STAY.keys())
def test_a_default_stays_where_none_would_mean_something_else(code: str) -> None:
    assert "is the default of password" in advised(code.format(PASSWORD))


def test_a_command_asks_when_it_runs_and_a_help_text_never_does() -> None:
    code = 'import click\n\n\n@click.option("--password", default={})\ndef main(password):\n    sign_in(password)\n'
    assert code.format(f"lambda: {ASKED}") in patched(code.format(f'"{PASSWORD}"'), VAULT).replace(f"\n{ASK}", "")
    parser = f'def add(parser):\n    parser.add_argument("--password", default="{PASSWORD}")\n'
    assert "is the default of password" in advised(parser)


# --- what is fallen back to -------------------------------------------------------------------------------------------

FALLEN_BACK_TO = {
    "or": "password or {}",
    "a key that may lack": 'data.get("password", {})',
    "an attribute that may lack": 'getattr(data, "password", {})',
    "one that is taken out": 'data.pop("password", {})',
    "one of two": "{} if data else None",
    "the other of two": "None if data else {}",
}


@pytest.mark.parametrize("value", FALLEN_BACK_TO.values(), ids=FALLEN_BACK_TO.keys())
def test_only_the_literal_that_is_fallen_back_to_is_replaced(value: str) -> None:
    code = "def f(data, password=None):\n    password = {}\n    return password\n"
    assert patched(code.format(value.format(f'"{PASSWORD}"'))) == f"{ASK}\n\n" + code.format(value.format(ASKED))


def test_nothing_is_asked_where_there_is_something() -> None:
    broker = Broker()
    f = started(f'def f(password=None):\n    password = password or "{PASSWORD}"\n    return password\n', broker)["f"]
    assert f("given") == "given"
    assert broker.asked == []


def test_a_field_asks_when_its_class_is_made_and_never_before() -> None:
    code = (
        "from dataclasses import dataclass, field\n\n\n@dataclass\nclass Config:\n"
        f'    smtp_password: str = field(default="{PASSWORD}", repr=False)\n'
    )
    broker = Broker(SMTP_PASSWORD=OTHER)
    config = started(code, broker)["Config"]
    assert broker.asked == []
    assert config().smtp_password == OTHER
    assert OTHER not in repr(config())
    assert config("given").smtp_password == "given"


FIELDS = {
    'Field("{}")': f"Field(default_factory=lambda: {ASKED})",
    'Field(default="{}", min_length=3)': f"Field(default_factory=lambda: {ASKED}, min_length=3)",
    'Field(title="P", default="{}")': f'Field(title="P", default_factory=lambda: {ASKED})',
    'Field(default_factory=lambda: "{}")': f"Field(default_factory=lambda: {ASKED})",
}


@pytest.mark.parametrize(("before", "after"), FIELDS.items())
def test_a_field_of_a_model_gets_a_factory(before: str, after: str) -> None:
    code = "from pydantic import BaseModel, Field\n\n\nclass Login(BaseModel):\n    password: str = {}\n"
    assert code.format(after) in patched(code.format(before.format(PASSWORD)), VAULT).replace(f"\n{ASK}", "")


def test_a_field_of_several_lines_keeps_them() -> None:
    code = (
        "from pydantic import BaseModel, Field\n\n{}\nclass Login(BaseModel):\n    password: str = Field(\n"
        "        {},\n        min_length=3,  # at least\n    )\n"
    )
    expected = code.format(f"{ASK}\n", f"default_factory=lambda: {ASKED}")
    assert patched(code.format("", f'default="{PASSWORD}"')) == expected


# --- bytes and addresses ----------------------------------------------------------------------------------------------


def test_bytes_stay_bytes_wherever_they_are_used() -> None:
    files = {
        "config.py": f'SECRET_KEY = b"{PASSWORD}"\n',
        "use.py": "from config import SECRET_KEY\n\n\ndef sign():\n    return SECRET_KEY\n",
    }
    result = remedied(files, control)
    assert b'return get_secret("SECRET_KEY").encode()' in result.files["use.py"]
    assert result.files["config.py"] == b""


def test_an_encoded_text_stays_encoded() -> None:
    code = f'def sign():\n    secret_key = "{PASSWORD}".encode("utf-8")\n    return secret_key\n'
    assert started(code, Broker(SECRET_KEY=OTHER))["sign"]() == OTHER.encode()


ADDRESSES = {
    '"postgresql://app:{}@{{}}/shop".format(host)': "format",
    '"postgresql://app:{}@{{host}}/shop".format(host=host)': "format by name",
    '"postgresql://app:{}@{{0}}/shop".format(host)': "format by number",
    '"postgresql://app:{}@%s/shop" % host': "one value",
    '"postgresql://app:{}@%s/shop" % (host,)': "a tuple",
    '"postgresql://%s:{}@%s/shop" % ("app", host)': "a place between two",
    '"postgresql://app:{}@%(host)s/shop" % {{"host": host}}': "a dictionary",
    'f"postgresql://app:{}@{{host}}/shop"': "an f-string",
}


@pytest.mark.parametrize("address", ADDRESSES, ids=ADDRESSES.values())
def test_an_address_that_is_filled_in_gets_its_password_from_the_broker(address: str) -> None:
    code = f"def connect(host):\n    return {address.format(PASSWORD)}\n"
    broker = Broker(DATABASE_PASSWORD=OTHER)
    assert started(code, broker)["connect"]("db") == f"postgresql://app:{OTHER}@db/shop"
    assert broker.asked == ["DATABASE_PASSWORD"]


def test_braces_and_signs_of_a_password_mean_nothing_in_an_address() -> None:
    code = f'def connect(host):\n    return "postgresql://app:{PASSWORD}@{{}}/shop".format(host)\n'
    assert started(code, Broker(DATABASE_PASSWORD="{0}%s"))["connect"]("db") == "postgresql://app:{0}%s@db/shop"


def test_a_client_with_a_secret_inside_a_text_is_made_with_it() -> None:
    code = (
        "from openai import OpenAI\n\n"
        f'client = OpenAI(api_key="Key {KEY} of the shop")\n\n\ndef ask():\n    return client.models.list()\n'
    )
    after = patched(code)
    assert 'OpenAI(api_key=f"Key {stripe_api_key} of the shop")' in after


# --- SQL --------------------------------------------------------------------------------------------------------------

SEED = """import sqlite3


def seed(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE users (name, password)")
        db.execute({statement})
        return db.execute("SELECT name, password FROM users ORDER BY name").fetchall()
"""
STATEMENTS = {
    f"\"INSERT INTO users VALUES ('admin', '{PASSWORD}')\"": [("admin", "one")],
    f"\"INSERT INTO users (name, password) VALUES ('admin', '{PASSWORD}'), ('b', '{OTHER}')\"": [
        ("admin", "one"),
        ("b", "two"),
    ],
    f'"""\n            INSERT INTO users (password, name)\n            VALUES (\'{PASSWORD}\', \'admin\')\n        """': [
        ("admin", "one")
    ],
    f'"INSERT INTO users (name, password) VALUES (?, \'{PASSWORD}\')", ("c",)': [("c", "one")],
    f'"INSERT INTO users (password, name) VALUES (\'{PASSWORD}\', ?)", ("c",)': [("c", "one")],
}


@pytest.mark.parametrize(("statement", "rows"), STATEMENTS.items())
def test_a_statement_is_given_its_passwords_as_parameters(statement: str, rows: list[tuple[str, str]]) -> None:
    broker = Broker(ACCOUNT_PASSWORD="one", ACCOUNT_PASSWORD_2="two")
    seed = started(SEED.format(statement=statement), broker, sqlite3=sqlite3)["seed"]
    assert seed(":memory:") == rows


DRIVERS = {
    "psycopg2": ("import psycopg2\n", "db = psycopg2.connect(dsn)\n    db.cursor()", "%s"),
    "psycopg": ("import psycopg\n", "db = psycopg.connect(dsn)\n    db", "%s"),
    "PyMySQL": ("import pymysql\n", "db = pymysql.connect(dsn)\n    cursor = db.cursor()\n    cursor", "%s"),
    "mysql": ("import mysql.connector\n", "db = mysql.connector.connect(dsn)\n    db.cursor()", "%s"),
    "sqlite": ("import sqlite3\n", "db = sqlite3.connect(dsn)\n    db", "?"),
    "what encloses a connection": (
        "import sqlite3\nfrom contextlib import closing\n",
        "db = closing(sqlite3.connect(dsn))\n    db",
        "?",
    ),
}


@pytest.mark.parametrize(("head", "receiver", "mark"), DRIVERS.values(), ids=DRIVERS.keys())
def test_each_driver_is_spoken_to_in_its_own_way(head: str, receiver: str, mark: str) -> None:
    code = f"{head}\n\ndef seed(dsn):\n    {receiver}.execute(\"UPDATE users SET password = '{PASSWORD}'\")\n"
    assert f'.execute("UPDATE users SET password = {mark}", ({ASKED},))\n' in patched(code)


ANNOTATED = {
    "sqlite3.Connection": ("import sqlite3\n", "?"),
    "psycopg.Cursor": ("import psycopg\n", "%s"),
    "psycopg2.extensions.connection": ("import psycopg2.extensions\n", "%s"),
}


@pytest.mark.parametrize("annotation", ANNOTATED)
def test_a_connection_that_is_handed_over_tells_its_driver_by_its_type(annotation: str) -> None:
    head, mark = ANNOTATED[annotation]
    code = f"{head}\n\ndef seed(db: {annotation}):\n    db.execute(\"UPDATE users SET password = '{PASSWORD}'\")\n"
    assert f'db.execute("UPDATE users SET password = {mark}", ({ASKED},))\n' in patched(code)


def test_sqlalchemy_is_told_by_name() -> None:
    code = (
        "from sqlalchemy import text\n\n\ndef seed(session):\n"
        f"    session.execute(text(\"UPDATE users SET password = '{PASSWORD}' WHERE name = :name\"), {{\"name\": 'a'}})\n"
    )
    wanted = f'text("UPDATE users SET password = :password WHERE name = :name"), {{"name": "a", "password": {ASKED}}}'
    assert wanted in patched(code).replace("'a'", '"a"')


STATEMENTS_STAY = {
    "nobody knows the driver": 'def f(db):\n    db.execute("{}")\n',
    "two drivers share a parameter": (
        "import psycopg\nimport sqlite3\n\n\ndef g(db: sqlite3.Connection): ...\n\n\ndef f(db: psycopg.Connection):\n"
        '    db.execute("{}")\n'
    ),
    "two drivers share a name": (
        "import psycopg2\nimport sqlite3\n\n\ndef f():\n    db = sqlite3.connect(1)\n    db = psycopg2.connect(2)\n"
        '    db.execute("{}")\n'
    ),
    "a sign of the driver's stands in it": (
        "import psycopg2\n\n\ndef f():\n    db = psycopg2.connect(1)\n    db.execute(\"{} WHERE name LIKE 'a%'\")\n"
    ),
    "it is put together": 'import sqlite3\n\n\ndef f(t):\n    db = sqlite3.connect(1)\n    db.execute("{}" + t)\n',
    "its parameters are elsewhere": 'import sqlite3\n\n\ndef f(t):\n    db = sqlite3.connect(1)\n    db.execute("{}", t)\n',
    "a script": 'import sqlite3\n\n\ndef f():\n    db = sqlite3.connect(1)\n    db.executescript("{}")\n',
}


@pytest.mark.parametrize("code", STATEMENTS_STAY.values(), ids=STATEMENTS_STAY.keys())
def test_a_statement_stays_where_a_parameter_might_not_be_one(code: str) -> None:
    assert "stands in a text" in advised(code.format(f"UPDATE users SET password = '{PASSWORD}'"))


@pytest.mark.parametrize(
    "statement",
    ["CREATE USER app PASSWORD '{}'", "ALTER ROLE app WITH PASSWORD '{}'", "CREATE USER app IDENTIFIED BY '{}'"],
)
def test_what_makes_a_role_takes_no_parameters_and_that_is_said(statement: str) -> None:
    code = 'import psycopg2\n\n\ndef f():\n    db = psycopg2.connect(1)\n    db.cursor().execute("{}")\n'
    assert "takes no parameters" in advised(code.format(statement.format(PASSWORD)))


# --- remarks and messages ---------------------------------------------------------------------------------------------

REMARKS = {
    f'# ADMIN_PASSWORD = "{PASSWORD}"': '# ADMIN_PASSWORD = get_secret("ADMIN_PASSWORD")',
    f"    #    settings.admin_password = '{PASSWORD}'  # staging": (
        '    #    settings.admin_password = get_secret("ADMIN_PASSWORD")  # staging'
    ),
    f'# client = Client(api_key="{KEY}")': '# client = Client(api_key=get_secret("STRIPE_API_KEY"))',
    f"# admin@shop.io / {PASSWORD}": "# admin@shop.io / <ACCOUNT_PASSWORD>",
    f"# the key of the shop is {KEY} for now": "# the key of the shop is <STRIPE_API_KEY> for now",
}


@pytest.mark.parametrize(("before", "after"), REMARKS.items())
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_remark_names_the_secret(before: str, after: str, newline: str) -> None:
    code = newline.join(("def f():", "    a = 1", "{}", "    return a", ""))
    assert patched(code.format(before)) == code.format(after)


def test_what_only_looks_like_a_remark_stays() -> None:
    code = f'TEXT = """\n# ADMIN_PASSWORD = "{PASSWORD}"\n"""\nadmin_password = input()\n'
    assert "stands in a text" in advised(code)


def test_nobody_has_to_provide_what_nobody_asks_for_but_it_has_to_be_rotated() -> None:
    (patch,) = remedied({"app.py": f'# ADMIN_PASSWORD = "{PASSWORD}"\nA = 1\n'}, control).patches
    assert patch.applicability is Applicability.REVIEW
    assert patch.handover == ()
    assert any(each.startswith("Rotate ADMIN_PASSWORD") for each in patch.todo)


MESSAGES = {
    "a print": 'print("Sign in: admin@shop.io / {}")',
    "a log": 'logger.info("Sign in: admin@shop.io / {}")',
    "an f-string": 'print(f"Sign in: {{email}} / {}")',
    "on the standard error": 'print("Sign in: admin@shop.io / {}", file=sys.stderr)',
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
def test_a_message_names_the_secret(message: str) -> None:
    code = f"def seed(email):\n    {message.format(PASSWORD)}\n"
    assert patched(code) == code.replace(PASSWORD, "<ACCOUNT_PASSWORD>")


def test_a_message_never_says_what_the_broker_keeps() -> None:
    code = f'def f():\n    print("at https://shop:{PASSWORD}@shop.io/")\n    print("with {KEY}")\n'
    after = patched(code)
    assert "get_secret" not in after
    assert "https://shop:<SERVICE_PASSWORD>@shop.io/" in after
    assert "with <STRIPE_API_KEY>" in after


def test_what_a_program_may_read_stays() -> None:
    code = f'def f(out):\n    print("admin@shop.io / {PASSWORD}", file=out)\n'
    assert "stands in a text" in advised(code)


def test_a_password_that_moves_and_is_said_again_has_one_name() -> None:
    code = f'def seed():\n    create("admin@shop.io", password="{PASSWORD}")\n    print("password is {PASSWORD}")\n'
    after = patched(code)
    assert f"password={ASKED}" in after
    assert '"password is <ACCOUNT_PASSWORD>"' in after
