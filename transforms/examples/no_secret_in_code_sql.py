"""Examples of `no-secret-in-code`: passwords in the text of SQL statements."""

from transforms.api import Bad

_ADDS = (
    "controls/__init__.py",
    "controls/secrets.py",
    ".env.example",
    ".gitignore",
    "tests/test_controls_secrets.py",
)
_ASK = "from controls.secrets import get_secret\n"
_ASKED = 'get_secret("ACCOUNT_PASSWORD")'
_SQLITE = """import sqlite3

{}
def connection():
    made = sqlite3.connect("shop.db")
    return made


def seed():
    db = connection()
    db.execute("INSERT INTO users (name, password) VALUES ('admin', {})"{})
    db.commit()
"""
_PSYCOPG = """import psycopg

{}
async def reset(name):
    async with await psycopg.AsyncConnection.connect("dbname=shop") as connection:
        async with connection.cursor() as cursor:
            await cursor.execute("UPDATE users SET password = {} WHERE name = %s", ({}))
"""
_ALCHEMY = """from sqlalchemy import text

{}
def seed(session):
    session.execute(text("INSERT INTO users VALUES ('a', md5({}))"){})
"""
_ROLE = """import psycopg2

connection = psycopg2.connect("dbname=shop")


def set_up():
    connection.cursor().execute("CREATE USER app PASSWORD '{{database-password}}'")
"""
_PATTERN = """import psycopg2

connection = psycopg2.connect("dbname=shop")


def reset():
    connection.cursor().execute("UPDATE users SET password = '{{account-password}}' WHERE name LIKE 'a%'")
"""

EXAMPLES = (
    Bad(
        "a password in a statement of SQLite",
        _SQLITE.format("", "'{{account-password}}'", ""),
        _SQLITE.format(f"{_ASK}\n", "?", f", ({_ASKED},)"),
        adds=_ADDS,
    ),
    Bad(
        "a password in a statement of Postgres that has a parameter already",
        _PSYCOPG.format("", "'{{account-password}}'", "name,"),
        _PSYCOPG.format(f"{_ASK}\n", "%s", f"{_ASKED}, name"),
        adds=_ADDS,
    ),
    Bad(
        "a password in a text of SQLAlchemy",
        _ALCHEMY.format("", "'{{account-password}}'", ""),
        _ALCHEMY.format(f"{_ASK}\n", ":password", f', {{"password": {_ASKED}}}'),
        adds=_ADDS,
    ),
    Bad("a role of a database, whose password is no parameter", _ROLE),
    Bad("a statement in which a parameter would change the meaning of the rest", _PATTERN),
    Bad(
        "a statement of a driver that is not seen",
        "def seed(db):\n    db.execute(\"UPDATE users SET password = '{{account-password}}'\")\n",
    ),
)
