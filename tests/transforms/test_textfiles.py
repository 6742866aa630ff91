"""Secrets in files that are not Python: found by line, judged by what the file is for."""

import json

import pytest

from transforms import textfiles
from transforms.concepts_secrets import SecretUse
from transforms.secrets import sample
from transforms.source import SourceFile, Unreadable

GUESSED = "q7" + "Wz" + "9kTr"
KEY = sample("stripe-key", 4)
RANDOM = sample("api-key", 5)
ELIDED = "ey" + "JhbGciOiJIUzI1NiJ9..."


def uses(path: str, text: str) -> list[SecretUse]:
    assert textfiles.reads(path)
    return list(textfiles.read(SourceFile(path, text.encode())).secrets)


FOUND = [
    (".env", f"OPENAI_API_KEY={RANDOM}", "openai-key"),
    (".env", f"EMAIL_HOST_PASSWORD=kdhw mxpo qnbv trfs\nX={GUESSED}", "smtp-password"),
    (".env.production", f"DB_PASSWORD='{GUESSED}'", "database-password"),
    (".env", "SECRET_KEY=change-me", "framework-signing-key"),
    ("compose.yaml", "      POSTGRES_PASSWORD: postgres", "database-password"),
    ("docker-compose.yml", "      - MYSQL_ROOT_PASSWORD=root", "database-password"),
    ("docker-compose.yml", "      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-postgres}", "database-password"),
    ("docker-compose.yml", "      - DATABASE_URL=postgres://app:app_pass@db:5432/app", "database-url"),
    ("docker-compose.yml", "  U: postgresql://${USER:-app}:${PW:-apppw1}@db/app", "database-url"),
    ("render.yaml", "      - key: ADMIN_PASSWORD\n        value: change-me-admin", "account-password"),
    ("k8s/app.yaml", f'  env:\n  - name: JWT_SECRET\n    value: "{GUESSED}"', "jwt-signing-key"),
    ("deploy.sh", f'curl -H "Authorization: Bearer {RANDOM}" https://api.acme.io', "access-token"),
    (".github/workflows/ci.yml", f"  - run: curl -H 'Authorization: Token {RANDOM}' https://acme.io", "access-token"),
    ("config/default.toml", f'smtp_password = "{GUESSED}"', "smtp-password"),
    ("Dockerfile", f"ENV API_KEY {GUESSED}", "api-key"),
    ("Dockerfile", f"ARG DB_PASSWORD={GUESSED}", "database-password"),
    ("Dockerfile", f"ENV DEBUG=1 SECRET_KEY={GUESSED} PORT=80", "framework-signing-key"),
    ("Dockerfile", f"RUN x\nENV DEBUG=1 \\\n    SECRET_KEY={GUESSED} \\", "framework-signing-key"),
    (".netrc", f"machine git.io login a password {GUESSED}", "account-password"),
    (".npmrc", f"//registry.npmjs.org/:_authToken={sample('npm-token')}", "npm-token"),
    (".github/workflows/ci.yml", f"    env:\n      STRIPE_API_KEY: {KEY}", "stripe-key"),
    ("terraform.tfvars", f'db_password = "{GUESSED}"', "database-password"),
    ("settings.toml", f'[db]\npassword = "{GUESSED}"', "account-password"),
    (".streamlit/secrets.toml", f'openai_api_key = "{RANDOM}"', "openai-key"),
    ("alembic.ini", f"sqlalchemy.url = postgresql://app:{GUESSED}@db.example.com/app", "database-url"),
    ("config.json", f'{{"host": "x", "user": "y", "password": "{GUESSED}"}}', "account-password"),
    ("service-account.json", f'  "private_key": "{sample("private-key")}",', "private-key"),
    ("seed.sql", f"INSERT INTO users (name, password) VALUES ('a', '{GUESSED}');", "account-password"),
    ("seed.sql", f"INSERT INTO users VALUES (1, 'a', crypt('{GUESSED}', gen_salt('bf')));", "account-password"),
    ("init.sql", f"CREATE USER app WITH PASSWORD '{GUESSED}';", "database-password"),
    ("init.sql", f"INSERT INTO users (n, password_hash)\nVALUES ('a', '{sample('password-hash')}');", "password-hash"),
    ("deploy.sh", f"export SECRET_KEY={GUESSED}", "framework-signing-key"),
    ("deploy.sh", f"curl -u admin:{GUESSED} https://shop.io", "account-password"),
    ("login.sh", f"""curl -d '{{"email":"a@b.io","password":"{GUESSED}"}}' localhost""", "account-password"),
    ("entry.sh", "python -c \"x(password=os.environ.get('POSTGRES_PASSWORD', 'postgres'))\"", "database-password"),
    ("init.sh", f': "${{DB_PASSWORD:={GUESSED}}}"', "database-password"),
    ("compose.yaml", f"  command: >\n    redis\n    --requirepass ${{REDIS_PASSWORD:-{GUESSED}}}", "database-password"),
    ("guide.md", f"DATABASE_URL=postgresql://own:npg_Xh7Tv2{GUESSED}@db.cloud.tech/x", "database-url"),
    ("main.tf", f'variable "db_password" {{\n  type = string\n  default = "{GUESSED}"\n}}', "database-password"),
    ("README.md", f"export STRIPE_API_KEY={KEY}", "stripe-key"),
    ("web/src/pay.js", f'const key = "{KEY}"', "stripe-key"),
    ("nb.ipynb", f'{{"cells": [{{"cell_type": "code", "source": [\n"api_key = \\"{GUESSED}\\"\\n"\n]}}]}}', "api-key"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "kind"), FOUND)
def test_it_is_found(path: str, text: str, kind: str) -> None:
    found = uses(path, text)
    assert kind in {use.kind for use in found}
    assert not any(use.movable for use in found)


PASSED_OVER = [
    (".env", "DB_PASSWORD=\nAPI_KEY=your-api-key\nOPENAI_API_KEY=sk-...\nDEBUG=true"),
    (".env.example", "SECRET_KEY=change-me\nDB_PASSWORD=postgres\nDATABASE_URL=postgresql://user:password@localhost/x"),
    (".env.template", "ADMIN_API_KEY=whatever-secret-admin-key\nMONGO_URI=mongodb+srv://..."),
    ("docker-compose.yml", "      - OPENAI_API_KEY=${OPENAI_API_KEY}\n      - SECRET_KEY=${DJANGO_SECRET_KEY}"),
    ("docker-compose.yml", "      DATABASE_URL: sqlite:////data/app.db\n      REDIS_URL: redis://redis:6379/0"),
    ("render.yaml", "      - key: JWT_SECRET\n        generateValue: true"),
    ("k8s/app.yaml", "  - name: DB_PASSWORD\n    valueFrom:\n      secretKeyRef:\n        key: db-password"),
    (".github/workflows/ci.yml", "        password: ${{ secrets.DOCKERHUB_TOKEN }}\n        JWT_SECRET: ci-secret"),
    ("alembic.ini", "sqlalchemy.url = driver://user:pass@localhost/dbname"),
    ("alembic.ini", "sqlalchemy.url = postgresql://user:password@localhost:5432/crm"),
    (".streamlit/secrets.toml", 'ADMIN_PASSWORD = st.secrets.get("admin_password") or os.getenv("ADMIN_PASSWORD")'),
    ("install.sh", "DB_PASSWORD=$DB_PASSWORD\nTOKEN=$(cat token)\nread -s -p 'Password: ' PASSWORD"),
    ("create.sh", "cat > .env <<EOF\nDB_PASSWORD=your_password\nEOF"),
    ("snapshot.json", f'{{"name": "lamp", "productKey": "{RANDOM}"}}'),
    ("specs/contract.md", "const clientSecret = data.data?.client_secret"),
    ("deploy/run.md", "DATABASE_URL=postgresql://shopkeeper:shopkeeper@db.internal.io/shop"),
    ("README.md", "`POST /auth` with {\"email\": \"a@b.io\", \"password\": \"secret123\"}\nPassword: see the vault"),
    ("README.md", f'DATABASE_URL=postgresql://user:pass@host:5432/db\n{{"access_token": "{ELIDED}"}}'),
    ("docs/hash.md", f"password_hash = {sample('password-hash')}"),
    ("schema.sql", "CREATE TABLE users (id INT, password VARCHAR(255));\nSELECT password FROM users;"),
    ("app.yaml", "# DB_PASSWORD: abc123def\ntoken_type: bearer\ntokenUrl: /auth/login\nkey: value1"),
    ("de.json", '{"password": "Passwort", "api_key": "API-Schlüssel"}'),
    ("web/firebase.js", f'const c = {{apiKey: "{sample("google-api-key")}", token: "{RANDOM}"}}'),
    ("config.json", '{"token_lifetime": "3600", "secretName": "prod-db-1", "passwordPolicy": "strong8"}'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), PASSED_OVER)
def test_it_is_passed_over(path: str, text: str) -> None:
    assert [(use.kind, use.name, use.place.line) for use in uses(path, text) if not use.test_only] == []


@pytest.mark.parametrize("path", [".env.example", "tests/config.yaml", "docs/setup.ini"])
def test_beside_the_running_app_a_secret_weighs_less(path: str) -> None:
    (use,) = uses(path, f"STRIPE_API_KEY: {KEY}" if path.endswith(("yaml", "yml")) else f"STRIPE_API_KEY={KEY}")
    assert use.test_only is (path != "docs/setup.ini")


CI = ".github/workflows/ci.yml"
WORKFLOWS = {
    f"  STRIPE_API_KEY: {KEY}": False,  # whoever reads it can use it
    f"  PAYMENTS_API_KEY: {RANDOM}": False,  # no vendor's shape, but nobody makes one up for a test
    "  ADMIN_PASSWORD: " + "q7" + "Wz" + "9kTr": True,  # of the database that the tests start
    f"  SECRET_KEY: {RANDOM}": True,  # the tests sign with it
}


@pytest.mark.parametrize(("line", "weighs_less"), WORKFLOWS.items())
def test_a_workflow_s_secret_weighs_what_it_opens(line: str, weighs_less: bool) -> None:
    (use,) = uses(CI, f"env:\n{line}\n")
    assert use.test_only is weighs_less


def test_documentation_may_show_the_beginning_of_a_value() -> None:
    shown = '{\n  "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",\n  "password_hash": "$2b$12$..."\n}\n'
    assert [*uses("docs/endpoint.md", shown), *uses("README.md", shown)] == []


REAL = "npg_" + "Xh7Tv2gf9EQ5"
SHOWN = {
    f"DATABASE_URL=postgresql://own:{REAL}@db.cloud.tech/x": False,  # of a server that anybody can reach
    f"DATABASE_URL=postgresql://own:{REAL}@localhost/x": True,
    f"DATABASE_URL=postgresql://own:{GUESSED}@db.cloud.tech/x": True,  # as people make one up
    f"AZURE_OPENAI_KEY={'9f8e7d6c' * 4}": False,
    f"SETUP=otpauth://totp/shop?secret={RANDOM}": True,
    f"ACCESS_TOKEN={RANDOM}": True,  # what an answer looks like
}


@pytest.mark.parametrize(("line", "weighs_less"), SHOWN.items())
def test_a_secret_in_documentation_weighs_what_it_opens(line: str, weighs_less: bool) -> None:
    (use,) = uses("guide.md", f"export {line}\n")
    assert use.test_only is weighs_less


def test_a_key_in_a_readme_counts_in_full() -> None:
    (use,) = uses("README.md", f"Use {KEY} to try it.")
    assert not use.test_only


@pytest.mark.parametrize(
    "path", ["package-lock.json", "uv.lock", "requirements.txt", "app.min.js", "logo.png", "locales/de.json", "a.py"]
)
def test_files_without_settings_are_not_read(path: str) -> None:
    assert not textfiles.reads(path)


def test_facts_of_a_text_file_take_part_in_no_import() -> None:
    facts = textfiles.read(SourceFile("json.yaml", b"a: b"))
    assert (facts.path, facts.module) == ("json.yaml", "")


def test_binary_content_is_refused_with_a_reason() -> None:
    with pytest.raises(Unreadable, match="binary"):
        textfiles.read(SourceFile(".env", b"KEY=\0\0"))


def test_line_ends_do_not_matter() -> None:
    (use,) = uses(".env", f"A=1\r\nDB_PASSWORD={GUESSED}\r\n")
    assert use.place.line == 2
    assert use.place.end_column - use.place.column == len(GUESSED)


def test_a_huge_line_is_looked_at_only_at_its_beginning() -> None:
    assert uses("data.json", '{"x": "' + "a" * 400_000 + f'", "password": "{GUESSED}"}}') == []


def notebook(*cells: tuple[str, str], indent: int | None = 1) -> str:
    made = [{"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)} for kind, source in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4}, indent=indent)


IN_CELLS = [
    ("an assignment", f'api_key = "{RANDOM}"\nx = 1', "api-key"),
    ("a client", f'from openai import OpenAI\nclient = OpenAI(api_key="{RANDOM}")', "openai-key"),
    ("the environment", f'import os\nos.environ["OPENAI_API_KEY"] = "{RANDOM}"', "openai-key"),
    ("a default", f'import os\nkey = os.getenv("JWT_SECRET", "{GUESSED}")', "jwt-signing-key"),
    ("an address", f'engine = create_engine("postgresql://app:{GUESSED}@db.io/x")', "database-url"),
    ("a command of the shell", f"!pip install x\n!export STRIPE_API_KEY={KEY}", "stripe-key"),
    ("a setting of the notebook", f"%env STRIPE_API_KEY={KEY}", "stripe-key"),
    ("half a program", f'def f(:\nadmin_password = "{GUESSED}"', "account-password"),
]


@pytest.mark.parametrize(("code", "kind"), [row[1:] for row in IN_CELLS], ids=[row[0] for row in IN_CELLS])
@pytest.mark.parametrize("indent", [1, None])
def test_a_code_cell_is_read_as_python(code: str, kind: str, indent: int | None) -> None:
    text = notebook(("markdown", "# api_key"), ("code", "import os\n"), ("code", code), indent=indent)
    (use,) = uses("analysis/nb.ipynb", text)
    line = text.splitlines()[use.place.line - 1]
    assert use.kind == kind
    assert not use.movable
    assert line[use.place.column : use.place.end_column] in (
        RANDOM,
        GUESSED,
        KEY,
        f"postgresql://app:{GUESSED}@db.io/x",
    )


def test_names_in_outputs_and_prose_of_a_notebook_say_nothing() -> None:
    cells = [
        {"cell_type": "markdown", "source": [f'api_key = "{RANDOM}"']},
        {"cell_type": "code", "source": ["x = 1"], "outputs": [{"text": f'api_key = "{RANDOM}"'}]},
    ]
    assert uses("nb.ipynb", json.dumps({"cells": cells}, indent=1)) == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"cells": 3}', '{"cells": [3]}', '{"cells": [{"cell_type": "code"}]}']
)
def test_a_broken_notebook_is_read_as_text(text: str) -> None:
    assert uses("nb.ipynb", text) == []


def test_a_vendor_s_key_that_a_notebook_has_printed_is_found_where_it_stands() -> None:
    key = sample("openai-key", 8)
    outputs = [{"output_type": "stream", "text": ["key:\n", f"{key}\n", f"password = {GUESSED}\n"]}, {"data": None}]
    cells = [{"cell_type": "code", "outputs": outputs, "source": ["print(key)"]}, {"cell_type": "markdown"}]
    text = json.dumps({"cells": cells}, indent=1)
    (use,) = uses("nb.ipynb", text)
    line = text.split("\n")[use.place.line - 1]
    assert line[use.place.column : use.place.end_column] == key
