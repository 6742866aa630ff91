"""A small shop whose secrets stand in every odd place: patched, it does its work with new values, and stops without.

The patched files are written to a folder and run by a Python of their own, with the module that the patch brings. The
old values are canaries: they may be in no file, in no word of the patches and in nothing that the shop says.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.diffs import unified_diff
from transforms.engine import Remedies, Status
from transforms.secrets import sample

DOOR, SEEDED, MAILED, STORED = (start + "Wz" + "9kTr" for start in ("q7", "m3", "x5", "b8"))
STRIPE, SIGNING = sample("stripe-key", 71), sample("jwt-signing-key", 71)
CANARIES = (DOOR, SEEDED, MAILED, STORED, STRIPE, SIGNING)

DOORS = f'''"""Who may come in."""

import hmac


def enter(name, password):
    """Let the owner in."""
    if name == "owner" and password == "{DOOR}":
        return True
    return False


def show_up(form):
    return hmac.compare_digest(form["password"].encode(), b"{DOOR}")
'''
MAIL = f'''"""Mail goes out."""

# SMTP_PASSWORD = "{MAILED}"  # until the move


class Mailer:
    def __init__(self, host: str, smtp_password: str = "{MAILED}"):
        """Remember how to sign in."""
        self.login = (host, smtp_password)


async def send(host, *, smtp_password="{MAILED}"):
    return Mailer(host, smtp_password).login
'''
SEED = f'''"""Fill the shop."""

import sqlite3


def seed(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE users (name, password)")
        db.execute("INSERT INTO users (name, password) VALUES ('admin', '{SEEDED}')")
        print("Sign in: admin@shop.io / {SEEDED}")
        return db.execute("SELECT password FROM users").fetchone()[0]
'''
STORE = f'''"""Where things are kept."""

from dataclasses import dataclass, field


@dataclass
class Settings:
    stripe_key: str = field(
        default="{STRIPE}",
        repr=False,
    )


def sign(text):
    jwt_secret = "{SIGNING}".encode()
    return jwt_secret + text


def address(host, data):
    password = data.get("password", "{STORED}")
    return "postgresql://app:{STORED}@{{}}/shop".format(host), password
'''
SHOP = {"doors.py": DOORS, "mail.py": MAIL, "seed.py": SEED, "store.py": STORE}
WORK = """
import asyncio, json, doors, mail, seed, store

said = {
    "doors": [doors.enter("owner", "new-door"), doors.enter("owner", OLD), doors.show_up({"password": "new-door"})],
    "mail": [mail.Mailer("a").login, mail.Mailer("a", "given").login, asyncio.run(mail.send("b"))],
    "seed": seed.seed(":memory:"),
    "settings": [store.Settings().stripe_key, store.Settings("given").stripe_key, repr(store.Settings("given"))],
    "signed": store.sign(b"x").decode(),
    "address": store.address("db", {}),
}
print(json.dumps(said))
"""
ONE = {
    "a door": ("import doors; doors.enter('owner', 'x')", "ACCOUNT_PASSWORD"),
    "a door in constant time": ("import doors; doors.show_up({'password': 'x'})", "ACCOUNT_PASSWORD"),
    "a default": ("import mail; mail.Mailer('a')", "SMTP_PASSWORD"),
    "a default of a coroutine": ("import asyncio, mail; asyncio.run(mail.send('a'))", "SMTP_PASSWORD"),
    "a parameter of a statement": ("import seed; seed.seed(':memory:')", "ACCOUNT_PASSWORD"),
    "a field": ("import store; store.Settings()", "STRIPE_KEY"),
    "bytes": ("import store; store.sign(b'x')", "JWT_SECRET"),
    "an address": ("import store; store.address('db', {'password': 'x'})", "PASSWORD"),
}
HARMLESS = {
    "nothing but the imports": "import doors, mail, seed, store",
    "what is given": "import mail, store; mail.Mailer('a', 'given'); store.Settings('given')",
    "another name at the door": "import doors; assert not doors.enter('guest', 'x')",
}


@pytest.fixture(scope="module")
def mended() -> Remedies:
    result = remedied(SHOP, control)
    assert {each.status for each in result.patches} == {Status.FIXED}
    assert not result.failures
    return result


@pytest.fixture(scope="module")
def names(mended: Remedies) -> list[str]:
    """What a person is told to provide."""
    return sorted({each.name for patch in mended.patches for each in patch.handover})


@pytest.fixture
def shop(mended: Remedies, tmp_path: Path) -> Path:
    """The patched shop as files."""
    before = {path: text.encode() for path, text in SHOP.items()}
    for path, content in {**before, **mended.files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def run(shop: Path, code: str, secrets: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **secrets}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=shop, env=environment, capture_output=True, text=True, check=False)


def new_values(names: list[str]) -> dict[str, str]:
    """A new value for each name: that of the door is one that the work below knows."""
    return {name: f"new-{name.lower().replace('_', '-')}" for name in names}


def by_file(mended: Remedies) -> dict[str, set[str]]:
    """The names that each file asks for."""
    found: dict[str, set[str]] = {}
    for patch in mended.patches:
        for each in patch.handover:
            for path in each.paths:
                found.setdefault(path, set()).add(each.name)
    return found


def test_every_value_has_one_name_and_every_name_one_value(mended: Remedies) -> None:
    assert {path: len(names) for path, names in by_file(mended).items()} == {
        "doors.py": 1,
        "mail.py": 1,
        "seed.py": 1,
        "store.py": 3,
    }
    everything = [name for names in by_file(mended).values() for name in names]
    assert len(everything) == len(set(everything))


def test_with_new_values_it_does_its_work(shop: Path, mended: Remedies, names: list[str]) -> None:
    values = new_values(names)
    (door,), (seeded,) = by_file(mended)["doors.py"], by_file(mended)["seed.py"]
    values[door] = "new-door"
    done = run(shop, WORK.replace("OLD", repr(DOOR)), values)
    assert done.returncode == 0, done.stderr
    *said, last = done.stdout.splitlines()
    told = json.loads(last)
    (mailed,) = by_file(mended)["mail.py"]
    kept = {name.rpartition("_")[2]: values[name] for name in by_file(mended)["store.py"]}
    assert told["doors"] == [True, False, True]
    assert told["mail"] == [["a", values[mailed]], ["a", "given"], ["b", values[mailed]]]
    assert told["seed"] == values[seeded]
    assert told["settings"] == [kept["KEY"], "given", "Settings()"]
    assert told["signed"] == kept["SECRET"] + "x"
    assert told["address"] == [f"postgresql://app:{kept['PASSWORD']}@db/shop", kept["PASSWORD"]]
    assert said == [f"Sign in: admin@shop.io / <{seeded}>"]


@pytest.mark.parametrize(("code", "name"), ONE.values(), ids=ONE.keys())
def test_without_a_value_it_stops_and_names_it(shop: Path, code: str, name: str) -> None:
    done = run(shop, code, {})
    assert done.returncode != 0
    assert "SecretUnavailable" in done.stderr
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_needs_no_value_asks_for_none(shop: Path, code: str) -> None:
    done = run(shop, code, {})
    assert done.returncode == 0, done.stderr


def test_the_old_values_are_nowhere(shop: Path, mended: Remedies, names: list[str]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(shop.rglob("*")) if path.is_file()]
    texts += [patch.title for patch in mended.patches]
    texts += [todo for patch in mended.patches for todo in patch.todo]
    texts += [repr(each) for patch in mended.patches for each in patch.handover]
    texts += [finding.message for patch in mended.patches for finding in patch.findings]
    texts += [finding.fingerprint for patch in mended.patches for finding in patch.findings]
    done = run(shop, WORK.replace("OLD", "''"), new_values(names))
    texts += [done.stdout, done.stderr]
    assert not [value for value in CANARIES for text in texts if value in text]


def test_the_patch_only_removes_the_old_values(mended: Remedies) -> None:
    diff = unified_diff(mended.patches)
    added = [line for line in diff.splitlines() if line.startswith("+")]
    assert added
    assert not [value for value in CANARIES for line in added if value in line]


def test_docstrings_and_remarks_stay_where_they_were(mended: Remedies) -> None:
    mail = mended.files["mail.py"].decode()
    assert mail.startswith('"""Mail goes out."""\n')
    assert '        """Remember how to sign in."""\n        if smtp_password is None:\n' in mail
    assert '# SMTP_PASSWORD = get_secret("SMTP_PASSWORD")  # until the move\n' in mail
