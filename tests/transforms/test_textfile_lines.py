"""Lines of programs and settings that say more than one thing: options, variables of a command, mappings on one line."""

import pytest

from transforms import textfiles
from transforms.concepts_secrets import SecretUse
from transforms.secrets import sample
from transforms.source import SourceFile

GUESSED = "q7" + "Wz" + "9kTr"
OTHER = "m4" + "Xc" + "8bRq"
RANDOM = sample("api-key", 5)


def uses(path: str, text: str) -> list[SecretUse]:
    assert textfiles.reads(path)
    return list(textfiles.read(SourceFile(path, text.encode())).secrets)


FOUND = [
    ("run.sh", f"docker run -e DB_PASSWORD={GUESSED} shop", ["database-password"]),
    ("run.sh", f"docker run -e DB_PASSWORD={GUESSED} -e API_KEY={RANDOM} shop", ["database-password", "api-key"]),
    ("run.sh", f"heroku config:set API_KEY={RANDOM}", ["api-key"]),
    ("run.sh", f'echo "DB_PASSWORD={GUESSED}" >> .env', ["database-password"]),
    ("run.sh", f"shop --api-key {RANDOM} --port 80", ["api-key"]),
    ("run.sh", f'sshpass -p "{GUESSED}" ssh shop', ["account-password"]),
    ("run.sh", f"mysql -u root -p{GUESSED} shop", ["database-password"]),
    ("Makefile", f"run:\n\tSECRET_KEY={GUESSED} python app.py", ["framework-signing-key"]),
    ("Procfile", f"web: SECRET_KEY={GUESSED} gunicorn app", ["framework-signing-key"]),
    ("Dockerfile", f"RUN SECRET_KEY={GUESSED} python manage.py x", ["framework-signing-key"]),
    ("Dockerfile", f"ENV DB_PASSWORD={GUESSED} SECRET_KEY={OTHER}", ["database-password", "framework-signing-key"]),
    ("config.json", f'{{"db_password": "{GUESSED}", "api_key": "{RANDOM}"}}', ["database-password", "api-key"]),
    ("config.yaml", f"db: {{host: x, db_password: {GUESSED}}}", ["database-password"]),
    ("config.yaml", f'env:\n  - {{name: API_KEY, value: "{RANDOM}"}}', ["api-key"]),
    ("main.tf", f'env = [{{ name = "DB_PASSWORD", value = "{GUESSED}" }}]', ["database-password"]),
    (".mcp.json", f'{{"args": ["--api-key", "{RANDOM}"]}}', ["api-key"]),
    ("shop.service", f"[Service]\nEnvironment=DB_PASSWORD={GUESSED}", ["database-password"]),
    ("uwsgi.ini", f"[uwsgi]\nenv = DB_PASSWORD={GUESSED}", ["database-password"]),
    ("nginx.conf", f'proxy_set_header Authorization "Bearer {RANDOM}";', ["access-token"]),
    (".envrc", f"export SECRET_KEY={GUESSED}", ["framework-signing-key"]),
    (".flaskenv", f"SECRET_KEY={GUESSED}", ["framework-signing-key"]),
    (".env", f"# PAYMENTS_API_KEY={RANDOM}", ["api-key"]),
    (".env", f"# DATABASE_URL=postgresql://app:{GUESSED}@db.shop.io/x", ["database-url"]),
    ("run.sh", f'aws lambda update --environment "Variables={{DB_PASSWORD={GUESSED}}}"', ["database-password"]),
    ("run.sh", f'curl -H "X-Api-Key: {RANDOM}" https://shop.io', ["api-key"]),
    (".aws/credentials", f"[default]\naws_secret_access_key = {sample('aws-secret-key')}", ["aws-secret-key"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "kinds"), FOUND)
def test_every_secret_of_a_line_is_found_once(path: str, text: str, kinds: list[str]) -> None:
    found = uses(path, text)
    assert [use.kind for use in found] == kinds
    assert not any(use.test_only for use in found)


PASSED_OVER = [
    ("run.sh", "docker run -e API_KEY -e DB_PASSWORD=$DB_PASSWORD -e TOKEN=${TOKEN:-} shop"),
    ("run.sh", 'sed -i "s/SECRET_KEY=.*/SECRET_KEY=$NEW1/" .env\necho "API_KEY=$KEY" >> .env\nmysql -u root -p"$PW1" x'),
    ("run.sh", "shop --sort-key name2 --token-type bearer2 --password-file /etc/pw1 --api-key=$KEY1"),
    ("main.tf", 'password = var.db_password1\nother_password = random_password.db1.result\nkey_name = "ops-2024"'),
    ("config.yaml", "- {name: secretName, value: shop-db-1}\nimage: {pullPolicy: Always, existingSecret: shop-db-1}"),
    ("secrets.baseline.json", f'{{"hashed_secret": "{"9f8e7d6c5b" * 4}", "type": "Secret Keyword"}}'),
    (".env", "# DATABASE_URL=postgresql://app:pw1@localhost/x\n# DB=postgresql://user:password@db.shop.io/x"),
    ("README.md", "| API_KEY | the key of your account |\ntoken: see-the-console-page\n- `password`: minimum-length-8"),
    (".env", "# API_KEY=your-key-1\n# DB_PASSWORD=changeit2\n# see https://shop.io/api_key=1"),
    (".env", "GEMINI_API_KEY=Your_Gemini_API_Key_Here\nA_KEY=get_this_from_the_dashboard_page1\nB_KEY=AddYourKeyHere2024"),
    (".env", f"SERVICE_ROLE_KEY={'ey' + 'JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'}.{'x' * 16}\nD_KEY=openssl-rand-hex-32"),
    ("settings.toml", f'usdc_token = "0x{"9f8e7d6c5b" * 4}"\nverify_key = "{"9f8e7d6c" * 8}"\nmissing_api_key = "no-key-1"'),
    ("settings.toml", 'password_hash = "pbkdf2_sha512"\nkey_vault_secret = "shop-sql-pwd1"'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), PASSED_OVER)
def test_a_line_without_a_secret_is_passed_over(path: str, text: str) -> None:
    assert [(use.kind, use.name, use.place.line) for use in uses(path, text)] == []


def test_a_secret_behind_an_entry_is_no_part_of_it() -> None:
    first, second = uses("run.sh", f"DB_PASSWORD={GUESSED} SECRET_KEY={OTHER} python app.py\n")
    assert (first.entry is not None, second.entry) == (True, None)


def test_the_secret_of_a_vendor_s_access_token_is_the_vendor_s() -> None:
    (use,) = uses("settings.toml", f'twitter_access_token_secret = "{RANDOM}"\n')
    assert use.kind.startswith("twitter")


PEM = "-----BEGIN " + "PRIVATE KEY-----\n" + RANDOM + RANDOM + "\n-----END PRIVATE" + " KEY-----\n"
ALONE = [
    ("README.md", f"| STRIPE_SECRET | `{RANDOM}` |", "stripe-key"),
    ("notes.txt", f"stripe_secret: {RANDOM}", "stripe-key"),
    ("certs/server.key", PEM, "private-key"),
    ("deploy/id_rsa", PEM, "private-key"),
    (".htpasswd", "admin:$apr1" + "$x1Yz2wQ3$" + RANDOM[:22], "password-hash"),
    ("config.json", f'{{\n  "openweather": {{\n    "key": "{RANDOM}"\n  }}\n}}', "openweather-key"),
    ("config.toml", f'[openweather]\nkey = "{RANDOM}"', "openweather-key"),
    ("README.md", f"Accounts:\n\n```\nadmin@shop.io / {GUESSED}\n```", "account-password"),
    ("README.md", f"Accounts:\n\n```\nadmin: {GUESSED}\n```", "account-password"),
    ("README.md", f"```bash\n# sign in as admin / {GUESSED}\n```", "account-password"),
]


@pytest.mark.parametrize(("path", "text", "kind"), ALONE)
def test_what_is_known_by_what_stands_around_it(path: str, text: str, kind: str) -> None:
    assert [use.kind for use in uses(path, text)] == [kind]


NONE = [
    ("config.json", f'{{"user": {{"key": "{RANDOM}"}}, "flags": {{"key": "checkout-v2"}}}}'),
    ("README.md", "```\nsrc/\n  admin/views2.py\n  GET /admin/users2\nadmin: runs migrations2\n```"),
    ("certs/server.pem", "-----BEGIN " + "CERTIFICATE-----\n" + RANDOM + "\n-----END CERTIFICATE-----\n"),
]


@pytest.mark.parametrize(("path", "text"), NONE)
def test_what_stands_around_it_says_nothing(path: str, text: str) -> None:
    assert uses(path, text) == []


JOBS = """on: push
jobs:
  test:
    services:
      db:
        env:
          POSTGRES_PASSWORD: {test}
    steps:
      - run: export DB_PASSWORD={test}
  deploy:
    steps:
      - uses: acme/ssh-action@v1
        with:
          script: |
            cat > .env << EOF
            DB_PASSWORD={real}
            EOF
"""


def test_what_a_workflow_writes_where_it_deploys_is_in_use() -> None:
    found = uses(".github/workflows/ci.yml", JOBS.format(test=GUESSED, real=OTHER))
    assert [(use.place.line, use.test_only) for use in found] == [(7, True), (9, True), (16, False)]


def test_what_a_vendor_would_not_have_made_is_doubted() -> None:
    made, doubted = uses(".env", f"STRIPE_API_KEY={sample('stripe-key')}\nHF_TOKEN=local-{GUESSED}\n")
    assert (made.confidence, doubted.confidence) == ("high", "medium")


@pytest.mark.parametrize("end", ["", " @host", "/@host"])
def test_an_address_of_many_variables_is_read_once_through(end: str) -> None:
    """Each variable could be read as letters too: all ways to do that would outlast whoever waits."""
    assert uses("run.sh", "curl http://shop:" + "${PART}" * 100 + end) == []


def test_a_password_may_have_a_dollar_in_it() -> None:
    [found] = uses("run.sh", f"psql postgresql://shop:{GUESSED}$9@db.example.org/shop")
    assert found.kind == "database-url"
