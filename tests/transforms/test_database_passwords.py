"""The password of a database that compose starts and that the code has as well is one secret with one name."""

import pytest

from tests.transforms.tiny import remedied
from transforms.controls.no_secret_in_code import control
from transforms.engine import Status
from transforms.policy import Policy

WORD = "q7" + "Wz" + "9kTr"
COMPOSE = f"services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: {WORD}\n"
WEB = "  web:\n    build: .\n"
ENGINE = "from sqlalchemy import create_engine\n\nengine = create_engine({})\n"
ADDRESS = f'"postgresql://shop:{WORD}@db/shop"'
ASKED = "get_secret('POSTGRES_PASSWORD')"


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    result = remedied(files, control, policy=policy)
    assert {each.status for each in result.patches} <= {Status.FIXED, Status.ADVICE}, result.patches
    assert not result.after.findings or policy is not None
    return {path: content.decode() for path, content in result.files.items()}


def test_an_address_asks_for_the_password_that_compose_gives_its_database() -> None:
    changed = fixed({"compose.yaml": COMPOSE + WEB, "db.py": ENGINE.format(ADDRESS)})
    assert f'create_engine(f"postgresql://shop:{{{ASKED}}}@db/shop")' in changed["db.py"]
    assert changed["compose.yaml"].count("POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n") == 2
    assert changed[".env.example"].count("PASSWORD=") == 1


def test_a_password_of_its_own_is_asked_for_by_the_same_name() -> None:
    code = f'import psycopg\n\n\ndef connect():\n    return psycopg.connect(host="db", password="{WORD}")\n'
    assert 'password=get_secret("POSTGRES_PASSWORD")' in fixed({"compose.yaml": COMPOSE, "db.py": code})["db.py"]


APART = {
    "another value": ({"compose.yaml": COMPOSE.replace(WORD, WORD[::-1])}, ADDRESS),
    "two variables": ({"compose.yaml": COMPOSE, "more.compose.yaml": COMPOSE.replace("POSTGRES", "MYSQL")}, ADDRESS),
    "an address with a gap": ({"compose.yaml": COMPOSE}, ADDRESS.replace("shop:", "{{}}:") + ".format(USER)"),
    "a variable of its own": ({"compose.yaml": COMPOSE}, f'os.getenv("DATABASE_URL", {ADDRESS})'),
}


@pytest.mark.parametrize(("files", "code"), APART.values(), ids=APART)
def test_it_is_another_secret_where_there_is(files: dict[str, str], code: str) -> None:
    changed = fixed({**files, "db.py": "import os\n" + ENGINE.format(code)})
    assert "POSTGRES_PASSWORD" not in changed["db.py"]


def test_a_broker_over_the_network_has_its_own_names() -> None:
    code = f"from sqlalchemy import create_engine\n\n\ndef connect():\n    return create_engine({ADDRESS})\n"
    assert (
        'get_secret("DATABASE_URL")' in fixed({"compose.yaml": COMPOSE, "db.py": code}, Policy(broker="vault"))["db.py"]
    )


def test_what_has_to_stay_the_same_is_said() -> None:
    code = f'import os\n\n\ndef word():\n    return os.getenv("DB_PASSWORD", "{WORD}")\n'
    result = remedied({"compose.yaml": COMPOSE, "db.py": code}, control)
    said = [line for each in result.patches for line in each.todo if "has to stay the same" in line]
    assert said == [
        "DB_PASSWORD has to stay the same as POSTGRES_PASSWORD of compose.yaml, for both are one value: "
        "rotate them together."
    ]
