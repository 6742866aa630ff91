"""The first look at a file's bytes: what is let go would not have been judged a secret, and little else is read."""

import pytest

from transforms.frameworks import audit_sinks
from transforms.secrets.glance import glance

LOOKED_AT = (
    'password = "hunter2x"',
    'DB_PASSWORD: str = "hunter2x"',
    'config["api_key"] = "abc123"',
    '{"Access Token": "abc123"}',
    'connect(password="hunter2x")',
    'parser.add_argument("--api-token", default="abc123")',
    'token = "abc123"',
    'self.token: str = "abc123"',
    'token = client.login() or "abc123"',
    'token = (\n    "abc123"\n)',
    'lookup(token, "q8Zr2Lw0xV4bN6mT1y")',
    'API_KEYS = ["q8Zr2Lw0xV4bN6mT1y"]',
    'hash_password("hunter2x")',
    'user.set_password("hunter2x")',
    'passwords_of_staff = {"ann": "hunter2x"}',
    'if given_password == "hunter2x": ...',
    'def get_api_key():\n    """Gives it.\n\n    Always."""\n    log(1)\n    return "abc123"',
    'match password:\n    case None:\n        return\n    case "hunter2x":\n        pass',
    'print(f"{user.email} / hunter2x")',
    'print("ann@example.com / hunter2x")',
    'for name, password in [("ann", "hunter2x")]: ...',
    'run(["curl", "-u", "ann:hunter2x", url])',
    'run(["mysql",\n     "-phunter2x"])',
    "db.execute(\"CREATE USER ann IDENTIFIED BY 'hunter2x'\")",
)
LET_GO = (
    'scheme_keys = ("purelib", "platlib")',
    'if headers.has_key("name"): ...',
    'keywords = {"for": 1}',
    'next_token("def")',
    'if token in ("def", "class"): ...',
    'if token == "def": ...',
    'raise Error(token.NEWLINE, "line")',
    'primary_key = Column("id")',
    'invalid_pwd = reverse("reset")',
    'TEXT = """an object identified by a persistent id"""',
    'import tokenize; open("file")',
    "password = read()",
)


@pytest.mark.parametrize("code", LOOKED_AT)
def test_a_file_with_what_could_be_a_secret_is_read(code: str) -> None:
    assert glance(f"import os\n\n{code}\n".encode()).anything


@pytest.mark.parametrize("code", LET_GO)
def test_a_file_whose_names_speak_of_no_secret_is_let_go(code: str) -> None:
    assert not glance(f"import os\n\n{code}\n".encode()).anything


@pytest.mark.parametrize(
    "code",
    [
        'log = logging.getLogger("shop.audit")',
        'log.info("AUDIT user=%s", user)',
        'log.info("\\nAUDIT user=%s", user)',
        'log.info(f"[audit] {user}")',
        'log.info("""\nAudit: %s""", user)',
    ],
)
def test_a_text_that_says_audit_is_read(code: str) -> None:
    assert audit_sinks.matters(code.encode())


@pytest.mark.parametrize(
    "code", ['sys.audit("import", name)', "from app.audit import record", 'log.info("auditor of %s", name)']
)
def test_other_uses_of_the_word_audit_are_let_go(code: str) -> None:
    assert not audit_sinks.matters(code.encode())
