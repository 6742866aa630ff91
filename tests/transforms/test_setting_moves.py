"""How a secret leaves a file that is not Python: compose asks its environment, a committed `.env` goes."""

import subprocess
from pathlib import Path

import pytest

from transforms.concepts import Place
from transforms.controls.no_secret_in_code import control
from transforms.diffs import unified_diff
from transforms.edit_kinds import RemoveFile, ReplaceText
from transforms.engine import Remedies, Status, remedies, scan
from transforms.policy import Policy
from transforms.rewrite import apply
from transforms.secrets import sample
from transforms.source import SourceFile

GUESSED = "q7" + "Wz" + "9kTr"
KEY = sample("stripe-key", 4)


def patched(files: dict[str, str]) -> Remedies:
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    return remedies(sources, scan(sources, Policy()), Policy(), only={control.id})


def one(path: str, text: str) -> str:
    """The text of a file after its only patch."""
    result = patched({path: text})
    assert [each.status for each in result.patches] == [Status.FIXED], result.patches
    return result.files[path].decode()


COMPOSE = [
    ("      POSTGRES_PASSWORD: {}", "      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?}}"),
    ('      POSTGRES_PASSWORD: "{}"', '      POSTGRES_PASSWORD: "${{POSTGRES_PASSWORD:?}}"'),
    ("      - MYSQL_ROOT_PASSWORD={}", "      - MYSQL_ROOT_PASSWORD=${{MYSQL_ROOT_PASSWORD:?}}"),
    ('      - "SECRET_KEY={}"', '      - "SECRET_KEY=${{SECRET_KEY:?}}"'),
    ("      PASSWORD: {}  # of the app", "      PASSWORD: ${{PASSWORD:?}}  # of the app"),
    ("      POSTGRES_PASSWORD: ${{DB_PW:-{}}}", "      POSTGRES_PASSWORD: ${{DB_PW:?}}"),
    (
        "      - DATABASE_URL=postgres://app:{}@db/x",
        "      - DATABASE_URL=postgres://app:${{DATABASE_PASSWORD:?}}@db/x",
    ),
    ("  U: postgresql://${{USER:-app}}:${{PW:-{}}}@db/x", "  U: postgresql://${{USER:-app}}:${{PW:?}}@db/x"),
]


@pytest.mark.parametrize(("before", "after"), COMPOSE)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_compose_asks_its_environment_and_stops_without(before: str, after: str, end: str) -> None:
    head = f"services:{end or chr(10)}  db:{end or chr(10)}    environment:{end or chr(10)}"
    text = one("compose.yaml", head + before.format(GUESSED) + end)
    assert text == head + after.format() + end
    assert GUESSED not in text


def test_the_same_value_is_asked_for_under_one_name() -> None:
    text = (
        "services:\n  db:\n    environment:\n"
        f"      POSTGRES_PASSWORD: {GUESSED}\n      DATABASE_URL: postgres://app:{GUESSED}@db/x\n"
    )
    result = patched({"docker-compose.yml": text})
    assert result.files["docker-compose.yml"].decode().count("${POSTGRES_PASSWORD:?}") == 2
    assert result.files[".env.example"].decode().count("PASSWORD=") == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("compose.yaml", "      - {{PASSWORD: {}}}"),  # a closing brace would end the mapping
        ("deploy/app.yaml", "      POSTGRES_PASSWORD: {}"),  # nobody fills variables in here
        ("Dockerfile", "ENV DB_PASSWORD={}"),
        ("settings.toml", 'password = "{}"'),
        ("main.tf", 'password = "{}"'),
        (".pypirc", "password = {}"),
        ("deploy.sh", "export SECRET_KEY={}"),
    ],
)
def test_where_nobody_knows_who_reads_the_file_a_person_decides(path: str, line: str) -> None:
    result = patched({path: line.format(GUESSED) + "\n"})
    assert {each.status for each in result.patches} == {Status.ADVICE}
    assert not result.files


def test_a_committed_env_leaves_the_repository_and_its_names_stay() -> None:
    text = f"# settings\nDEBUG=true\nSTRIPE_API_KEY={KEY}\nDB_PASSWORD={GUESSED}\n"
    result = patched({"app/.env": text, "app/main.py": "x = 1\n", ".gitignore": "*.pyc\n"})
    assert result.removed == ("app/.env",)
    assert result.files[".gitignore"] == b"*.pyc\n.env\n"
    example = next(content for path, content in result.files.items() if path.endswith(".env.example")).decode()
    assert "STRIPE_API_KEY=\n" in example
    assert "DB_PASSWORD=\n" in example
    assert not result.after.findings
    assert all(KEY not in each and GUESSED not in each for patch in result.fixed for each in (patch.title, *patch.todo))
    assert any("dashboard.stripe.com" in each for patch in result.fixed for each in patch.todo)


@pytest.mark.parametrize("path", [".env.example", ".env.test", "tests/.env"])
def test_an_example_or_a_test_keeps_its_settings(path: str) -> None:
    assert not patched({path: f"STRIPE_API_KEY={KEY}\n"}).removed


def test_git_applies_the_diff_that_takes_a_file_away(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"STRIPE_API_KEY={KEY}\n")
    result = patched({".env": f"STRIPE_API_KEY={KEY}\n"})
    diff = unified_diff(result.patches)
    assert "deleted file mode 100644" in diff
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, text=True, check=True)
    assert not (tmp_path / ".env").exists()
    assert (tmp_path / ".env.example").is_file()


def test_a_replacement_beyond_the_end_of_its_line_is_refused() -> None:
    for place in (Place(1, 0, 1, 99), Place(9, 0, 9, 1), Place(1, 0, 2, 1)):
        done = apply({"a.yaml": b"a: b\n"}, [ReplaceText("a.yaml", place, "c")])
        assert done.failed
        assert not done.files


def test_a_file_is_not_changed_and_taken_away_at_once() -> None:
    edits = [RemoveFile(".env"), ReplaceText(".env", Place(1, 0, 1, 1), "B")]
    done = apply({".env": b"A=1\n"}, edits)
    assert done.removed == {".env"}
    assert [type(edit) for edit, _ in done.failed] == [ReplaceText]


def test_two_replacements_of_one_line_keep_their_places() -> None:
    edits = [ReplaceText("a.yaml", Place(1, 3, 1, 4), "long"), ReplaceText("a.yaml", Place(1, 5, 1, 6), "er")]
    assert apply({"a.yaml": b"a: b c\r\n"}, edits).files["a.yaml"] == b"a: long er\r\n"


# --- Streamlit, Terraform, Alembic, Docker


def test_streamlit_s_secrets_leave_the_repository_and_their_names_stay() -> None:
    text = f'API_KEY = "{KEY}"\n\n[connections.db]\nhost = "db.io"\npassword = "{GUESSED}"\n'
    result = patched({".streamlit/secrets.toml": text, "app.py": "import streamlit as st\n"})
    assert result.removed == (".streamlit/secrets.toml",)
    assert result.files[".gitignore"] == b".streamlit/secrets.toml\n"
    assert result.files[".streamlit/secrets.toml.example"].decode() == (
        "# Copy this file to secrets.toml and fill it in there: git does not keep that one.\n"
        '\nAPI_KEY = ""\n\n[connections.db]\npassword = ""\n'
    )
    assert not result.after.findings


TERRAFORM = 'variable "db_password" {{\n  type        = string\n{}}}\n'
DEFAULT = f'  default     = "{GUESSED}"\n'


def test_a_terraform_variable_has_no_default_any_more() -> None:
    assert one("main.tf", TERRAFORM.format(DEFAULT)) == TERRAFORM.format("  sensitive   = true\n")
    sensitive = "  sensitive   = true\n"
    assert one("main.tf", TERRAFORM.format(DEFAULT + sensitive)) == TERRAFORM.format(
        "  # no default: set TF_VAR_db_password\n" + sensitive
    )


ALEMBIC = f"[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://app:{GUESSED}@db.io/x\n"
ENV = "from alembic import context\n\nfrom app.models import Base\n\nconfig = context.config\n"
MODELS = {"app/__init__.py": "", "app/models.py": "import sqlalchemy\n"}


def test_migrations_ask_for_the_address_of_their_database() -> None:
    result = patched({"alembic.ini": ALEMBIC, "migrations/env.py": ENV, **MODELS})
    assert (
        result.files["alembic.ini"]
        .decode()
        .endswith("\n# sqlalchemy.url: migrations/env.py asks for it as DATABASE_URL\n")
    )
    assert result.files["migrations/env.py"].decode() == (
        "from alembic import context\n\nfrom app.controls.secrets import get_secret\nfrom app.models import Base\n\n"
        "config = context.config\n"
        'config.set_main_option("sqlalchemy.url", get_secret("DATABASE_URL").replace("%", "%%"))\n'
    )


def test_an_address_that_migrations_set_anyway_just_goes() -> None:
    result = patched(
        {
            "alembic.ini": ALEMBIC,
            "migrations/env.py": ENV + 'config.set_main_option("sqlalchemy.url", url())\n',
            **MODELS,
        }
    )
    assert set(result.files) == {"alembic.ini"}
    assert result.files["alembic.ini"].decode().endswith("\n# sqlalchemy.url: migrations/env.py sets it\n")


@pytest.mark.parametrize(
    "env",
    [ENV.replace("from app.models import Base\n\n", ""), ENV.replace("config = context.config\n", ""), "import os\n"],
)
def test_migrations_that_may_not_find_what_they_would_ask_are_left_alone(env: str) -> None:
    result = patched({"alembic.ini": ALEMBIC, "migrations/env.py": env, **MODELS})
    assert {each.status for each in result.patches} == {Status.ADVICE}


def test_why_an_image_s_recipe_gets_no_patch_is_said() -> None:
    (patch,) = patched({"Dockerfile": f"ENV DB_PASSWORD={GUESSED}\n"}).patches
    assert "whoever runs the image relies on what it brings" in patch.title
