"""Passwords that documentation says, and all it says about passwords that is none."""

import pytest

from transforms import textfiles
from transforms.concepts_secrets import SecretUse
from transforms.source import SourceFile

CHOSEN = "q7" + "Wz" + "9kTr"


def said(text: str, path: str = "README.md") -> list[SecretUse]:
    return [use for use in textfiles.read(SourceFile(path, text.encode())).secrets if use.kind == "account-password"]


SAYS = [
    "The admin password is {}.",
    "the admin password is {}",
    "Sign in; the default password is `{}`.",
    "**Admin password:** `{}`",
    "- Admin password protection (admin password: {})",
    "The password for the demo account is {}",
    "Password of admin: {}",
    "The database password is {}, as on staging.",
    "Log in with admin@shop.io / {}",
    "- `admin@shop.io` / `{}` for the dashboard",
    "Sign in as admin / {}.",
    "Use root / `{}` at first.",
]


@pytest.mark.parametrize("line", SAYS)
@pytest.mark.parametrize("path", ["README.md", "docs/guide.rst", "NOTES.txt"])
def test_a_sentence_that_says_an_account_s_password_is_found(line: str, path: str) -> None:
    (use,) = said(f"# Shop\n\n{line.format(CHOSEN)}\n", path)
    assert use.place.line == 3
    where = line.format(CHOSEN)[use.place.column : use.place.end_column]
    assert where == CHOSEN
    assert not use.movable
    assert not use.test_only


LABELLED = [
    "- Username: admin\n- Password: {}",
    "**Email:** `admin@shop.io`\n**Password:** `{}`",
    "Login: admin\n\nPassword: {}",
    "1. Account: root\n2. Password = {} (change it later)",
    "> user: admin\n> pass: `{}`",
    "### Admin\nadmin@shop.io\nPassword: {}",
    "```\nUsername: admin\nPassword: {}",
    "```text\nEmail:    admin@shop.io\nPassword: {}",
    "Sign in:\n1. Email: admin@shop.io   | Password: {}",
    "Username: admin, **Password:** `{}`",
]


@pytest.mark.parametrize("text", LABELLED)
def test_so_is_one_under_its_label_below_an_account(text: str) -> None:
    (use,) = said(text.format(CHOSEN) + "\n")
    assert use.place.line == text.count("\n") + 1


TABLES = [
    "| User | Password |\n|---|---|\n| admin | {} |\n",
    "| Role | E-Mail | Password |\n| :-- | --- | --: |\n| Admin | admin@shop.io | `{}` |\n",
    "Email | **Password**\n--- | ---\nadmin@shop.io | {}\n",
    "| Password | Username |\n|---|---|\n| {} | admin |\n",
]


@pytest.mark.parametrize("text", TABLES)
def test_so_is_one_in_a_column_of_its_own(text: str) -> None:
    (use,) = said(text.format(CHOSEN))
    row = text.format(CHOSEN).splitlines()[use.place.line - 1]
    assert row[use.place.column : use.place.end_column] == CHOSEN


def test_every_row_of_a_table_counts() -> None:
    rows = "".join(f"| user{number} | {CHOSEN}{number} |\n" for number in range(3))
    assert [use.place.line for use in said(f"| User | Password |\n|---|---|\n{rows}")] == [3, 4, 5]


NOTHING = [
    "The admin password is set by ADMIN_PASSWORD.",
    "The admin password is hashed with bcrypt2.",
    "The default password is `changeme`.",
    "The admin password is your-password-1.",
    "The admin password is <password1>.",
    "The admin password is ${ADMIN_PASSWORD1}.",
    "The admin password is ********.",
    "The admin password must be e.g. {}.",
    "A user password should be like {}.",
    "Passwords have at least 8 characters.",
    "- **Minimum password length**: 8 characters",
    "- Password: (empty)",
    "- Password: {}",  # of nobody
    "- Wrong password raises AuthenticationError1",
    "| Field | Type |\n|---|---|\n| password | {} |",
    "| Test | Password |\n|---|---|\n| weak | {} |",
    "| User | Password |\n|---|---|\n| admin | your-password |",
    "| User | Password |\n|---|---|\n| admin | required |",
    "| User | Password |\n\n| admin | {} |",
    '```json\n{{"email": "a@b.io", "password": "{}"}}\n```',
    "```\nThe admin password is {}\n```",
    '`{{"email": "a@b.io", "password": "{}"}}`',
    "Send `username=admin&password=secret1234` to /login.",
    "See https://admin:8080/password/{}",
    "Contact admin@shop.io / support2@shop.io",
    "The files are at admin/users2.html.",
    "Run `python admin.py --password {}`",
    "The user password hash is sha256.",
    "ssh root/192.168.0.1",
    "```python\nuser = 1\npassword = {}\n```",
    "```http\nUsername: admin\nPassword: {}\n```",
    "- `username: john password: {}` adds one",
    "POST /admin/users2",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_said_about_passwords_is_none(text: str) -> None:
    assert said(text.replace("{{", "{").replace("}}", "}").replace("{}", CHOSEN) + "\n") == []


@pytest.mark.parametrize("path", ["requirements.txt", "tests/README.md", "examples/README.md", "robots.txt"])
def test_a_file_that_documents_nothing_is_not_read_so(path: str) -> None:
    text = f"The admin password is {CHOSEN}.\n"
    assert not textfiles.reads(path) or said(text, path) == []
