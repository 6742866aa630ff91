"""Passwords by position, and settings that a text holds: in Python code, where no name stands beside the literal."""

import textwrap

import pytest

from transforms.concepts_secrets import SecretUse
from transforms.frameworks import secret_literals
from transforms.secrets import sample
from transforms.source import SourceFile
from transforms.walk import read

GUESSED = "q7" + "Wz" + "9kTr"
RANDOM = sample("api-key", 5)


def uses(code: str, path: str = "app/seed.py") -> list[SecretUse]:
    source = SourceFile(path, textwrap.dedent(code).encode())
    return list(read(source, [secret_literals]).secrets) if secret_literals.matters(source.content) else []


FOUND = [
    # by position
    ("Django's", f'User.objects.create_user("bob", "bob@shop.io", "{GUESSED}")', "account-password"),
    ("a superuser", f'User.objects.create_superuser("root", "r@shop.io", "{GUESSED}")', "account-password"),
    ("without an address", f'create_user("bob", "{GUESSED}")', "account-password"),
    ("behind a session", f'create_user(db, "bob", "bob@shop.io", "{GUESSED}", role="admin")', "account-password"),
    ("a login", f'client.login("admin", "{GUESSED}")', "account-password"),
    ("who is authenticated", f'user = authenticate("admin", "{GUESSED}")', "account-password"),
    ("a function of the file",
     f'def seed(name, password):\n    add(name)\n\n\nseed("bob", "{GUESSED}")', "account-password"),
    ("a method of the file",
     f'class Seed:\n    def put(self, name, pwd):\n        add(name)\n\n\nSeed().put("bob", "{GUESSED}")', "account-password"),
    ("an address by position",
     f'from sqlalchemy import URL\nu = URL.create("postgresql", "shop", "{GUESSED}", "db")', "database-password"),
    ("a pair for a driver",
     f'from neo4j import GraphDatabase\nd = GraphDatabase.driver(uri, auth=("neo4j", "{GUESSED}"))', "database-password"),
    ("a method's keyword",
     f'import smtplib\ns = smtplib.SMTP(h)\ns.login("a@b.io", password="{GUESSED}")', "smtp-password"),
    ("a variable that a client is given",
     f'from openai import OpenAI\nchat = "{RANDOM}"\n\n\ndef f():\n    return OpenAI(api_key=chat)', "openai-key"),
    ("a keyword without a word for it", f'import wandb\nwandb.login(key="{"9f8e7d6c5b" * 4}")', "wandb-key"),
    # defaults of what is typed
    ("an option with a destination", f'p.add_argument("-k", dest="api_key", default="{RANDOM}")', "api-key"),
    ("an option with a short form last", f'p.add_argument("--api-key", "-z", default="{RANDOM}")', "api-key"),
    ("a field that is filled in", f'api_key = st.text_input("Key", "{RANDOM}", type="password")', "api-key"),
    ("a form's default", f'def login(password: str = Form("{GUESSED}")): ...', "account-password"),
    ("a query's default", f'def login(api_key: str = Query(default="{RANDOM}")): ...', "api-key"),
    # texts
    ("an f-string that nothing is filled into", f'ADMIN_PASSWORD = f"{GUESSED}"', "account-password"),
    ("a file that is written", f'open(".env", "w").write("DEBUG=1\\nDB_PASSWORD={GUESSED}\\n")', "database-password"),
    ("a file with a gap", f'f.write(f"HOST={{host}}\\nPAYMENTS_API_KEY={RANDOM}\\n")', "api-key"),
    ("a file in a constant", f'ENV = """\nDEBUG=1\nPAYMENTS_API_KEY={RANDOM}\n"""', "api-key"),
    ("a document in a text", f"""BODY = '{{"api_key": "{RANDOM}"}}'""", "api-key"),
    ("a message", f'print("api_key: {RANDOM}")', "api-key"),
    ("a statement that is filled in",
     f"""c.execute(f"INSERT INTO users (name, password) VALUES ('{{n}}', '{GUESSED}')")""", "account-password"),
    ("a bare key of a vendor", f'APIS = {{"openweather": {{"key": "{RANDOM}"}}}}', "openweather-key"),
    # comments
    ("a line that was commented out", f"# PAYMENTS_API_KEY={RANDOM}\nx = 1", "api-key"),
    ("code behind code", f'x = f()  # API_KEY = "{RANDOM}"', "api-key"),
    ("an address in a comment", f"# was: postgresql://app:{GUESSED}@db.shop.io/x\nx = 1", "database-url"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_it_is_found(code: str, kind: str) -> None:
    assert [use.kind for use in uses(code)] == [kind]


PASSED_OVER = [
    ("a variable that a client is not given as its key",
     f'from openai import OpenAI\nchat = "{RANDOM}"\nx = OpenAI(organization=chat)\ny = show(chat)'),
    ("a word by position", 'create_user("bob", "admin")\nregister("shop", "Shop")\nlogin("bob", password)'),
    ("a class that is registered", 'admin.site.register(User, UserAdmin)\nregister("form", "forms/v1.html")'),
    ("a mail by position", 'create_user("bob", "bob.1@shop.io")\nlogin(request, "bob@shop.io")'),
    ("a function of the file", 'def seed(name, password):\n    add(name)\n\n\nseed("room-12", make())'),
    ("an option that names something", 'p.add_argument("--sort-key", "-k", dest="order", default="name2")'),
    ("a field that shows", f'name = st.text_input("Name", "{RANDOM}")'),
    ("an f-string that is filled in", 'ADMIN_PASSWORD = f"{prefix}-1a"'),
    ("a file that is filled in", 'f.write(f"DB_PASSWORD={pw}\\nAPI_KEY=${KEY}\\n")\nx = "SECRET_KEY=your-key-1"'),
    ("words of a message", 'print("token: see the console 1")\nlog("password=%s", pw)\nx = "key=value1"'),
    ("documentation", f'def f():\n    """Set API_KEY:\n\n    API_KEY={RANDOM}\n    """'),
    ("a hint in a comment", "# API_KEY=your-key-1\n# SECRET_KEY=change-me-1\n# see postgresql://user:password@host/x\nx = 1"),
    ("a bare key of something else", f'ROWS = {{"user": {{"key": "{RANDOM}"}}}}\nx = {{"key": "{RANDOM}"}}'),
]  # fmt: skip


@pytest.mark.parametrize("code", [row[1] for row in PASSED_OVER], ids=[row[0] for row in PASSED_OVER])
def test_it_is_passed_over(code: str) -> None:
    assert [(use.kind, use.name, use.place.line) for use in uses(code)] == []


def test_a_key_that_is_made_of_a_phrase_is_a_key() -> None:
    (use,) = uses(f'SECRET_KEY = hashlib.sha256("{GUESSED}".encode()).hexdigest()')
    assert use.kind == "framework-signing-key"


def test_the_first_of_two_fields_is_no_password() -> None:
    assert uses('FIELDS = {"password": "password1", "confirm": "password2"}') == []
