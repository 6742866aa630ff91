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


def test_what_stands_in_for_a_variable_names_nothing_else() -> None:
    text = (
        "services:\n  db:\n    environment:\n"
        f"      DATABASE_URL: ${{DATABASE_URL:-postgres://app:{GUESSED}@db/x}}\n      POSTGRES_PASSWORD: {GUESSED}\n"
    )
    changed = patched({"compose.yml": text}).files["compose.yml"].decode()
    assert changed.endswith("DATABASE_URL: ${DATABASE_URL:?}\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n")


@pytest.mark.parametrize("first", ["password", "address"])
def test_the_same_value_is_asked_for_under_one_name(first: str) -> None:
    lines = [f"      POSTGRES_PASSWORD: {GUESSED}\n", f"      DATABASE_URL: postgres://app:{GUESSED}@db/x\n"]
    text = "services:\n  db:\n    environment:\n" + "".join(lines if first == "password" else reversed(lines))
    result = patched({"docker-compose.yml": text})
    assert result.files["docker-compose.yml"].decode().count("${POSTGRES_PASSWORD:?}") == 2
    assert result.files[".env.example"].decode().count("PASSWORD=") == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("compose.yaml", "      - {{PASSWORD: {}}}"),  # a closing brace would end the mapping
        ("deploy/app.yaml", "      POSTGRES_PASSWORD: {}"),  # nobody fills variables in here
        ("Dockerfile", "ENV DEBUG=0 \\\n  # why\n  DB_PASSWORD={}"),  # a remark stands between
        ("Dockerfile", "ENV DB_PASSWORD={}\nRUN ./load ${{DB_PASSWORD}}"),  # the build uses it
        ("settings.toml", 'password = "{}"'),
        ("main.tf", 'password = "{}"'),
        (".pypirc", "password = {}"),
        ("deploy.sh", "echo SECRET_KEY={}"),
        ("deploy.sh", "cat > .env <<EOF\nSECRET_KEY={}\nEOF"),  # it writes it to another file
        ("deploy.sh", "echo '\nSECRET_KEY={}\n'"),
        ("deploy.ps1", 'SECRET_KEY="{}"'),
        (".github/workflows/ci.yml", "  SECRET_KEY: {}"),  # what steers CI is not a patch's to touch
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
    said = "# secret; never write its value here"
    assert example == f"DEBUG=\n{said}\nSTRIPE_API_KEY=\n{said}\nDB_PASSWORD=\n"
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


IMAGES = [
    ("ENV DB_PASSWORD={}", "# DB_PASSWORD is given when the container runs"),
    ('ENV DB_PASSWORD="{}"', "# DB_PASSWORD is given when the container runs"),
    ("ENV DB_PASSWORD {}", "# DB_PASSWORD is given when the container runs"),
    ("  env DB_PASSWORD={}", "  # DB_PASSWORD is given when the container runs"),
    ("ARG DB_PASSWORD={}", "ARG DB_PASSWORD"),
    ("ARG DB_PASSWORD='{}'\nRUN ./load $DB_PASSWORD", "ARG DB_PASSWORD\nRUN ./load $DB_PASSWORD"),
]


@pytest.mark.parametrize(("before", "after"), IMAGES)
@pytest.mark.parametrize("path", ["Dockerfile", "docker/Dockerfile.prod", "api.dockerfile"])
def test_an_image_no_longer_brings_the_value(before: str, after: str, path: str) -> None:
    head = "FROM python:3.13\n{}\nCMD python main.py\n"
    assert one(path, head.format(before.format(GUESSED))) == head.format(after)


SEVERAL = [
    ("ENV DB_PASSWORD={0} DEBUG=0", "ENV DEBUG=0"),
    ("ENV DEBUG=0 DB_PASSWORD={0}", "ENV DEBUG=0"),
    ("ENV DEBUG=0 DB_PASSWORD='{0}'  PORT=80", "ENV DEBUG=0  PORT=80"),
    ("ENV DEBUG=0 \\\n    DB_PASSWORD={0}", "ENV DEBUG=0"),
    ("ENV DEBUG=0 \\\n    DB_PASSWORD={0} \\\n    PORT=80", "ENV DEBUG=0 \\\n    PORT=80"),
    ("ENV DB_PASSWORD={0} \\\n    PORT=80", "ENV PORT=80"),
    ("ENV DB_PASSWORD={0} PORT=80 SMTP_PASSWORD={0}x", "ENV PORT=80"),
    (
        "ENV DB_PASSWORD={0} \\\n    SMTP_PASSWORD={0}x",
        "# DB_PASSWORD and SMTP_PASSWORD are given when the container runs",
    ),
]


@pytest.mark.parametrize(("before", "after"), SEVERAL, ids=range(len(SEVERAL)))
def test_of_several_variables_those_stay_that_are_no_secrets(before: str, after: str) -> None:
    head = "FROM python:3.13\n{}\nCMD python main.py\n"
    result = patched({"Dockerfile": head.format(before.format(GUESSED))})
    assert result.files["Dockerfile"].decode() == head.format(after)
    assert not result.after.findings


def test_who_runs_the_image_is_told_and_that_old_layers_hold_the_value() -> None:
    (patch,) = patched({"Dockerfile": f"ENV DB_PASSWORD={GUESSED}\n"}).patches
    assert "Set DB_PASSWORD where containers of this image run" in patch.todo[0]
    assert "Layers of images that were built before still hold the value" in patch.todo[1]


def test_why_an_image_s_recipe_gets_no_patch_is_said() -> None:
    (patch,) = patched({"Dockerfile": f"ENV DB_PASSWORD={GUESSED}\nRUN ./load $DB_PASSWORD\n"}).patches
    assert "the build uses it, or its line is not plain" in patch.title


def test_where_a_workflow_keeps_its_secrets_is_said() -> None:
    (patch,) = patched({".github/workflows/ci.yml": f"env:\n  STRIPE_API_KEY: {KEY}\n"}).patches
    assert patch.status is Status.ADVICE
    assert "${{ secrets.NAME }}" in patch.title


# --- scripts

SCRIPTS = [
    "export SECRET_KEY={}",
    'export SECRET_KEY="{}"',
    "SECRET_KEY='{}'",
    "readonly SECRET_KEY={}",
    "SECRET_KEY={}  # of the shop",
    "SECRET_KEY={}; export SECRET_KEY",
    "echo \"it's\"; x='a\nb'\nSECRET_KEY={}",
    "cat <<EOF\nnothing\nEOF\nSECRET_KEY={}",
]


@pytest.mark.parametrize("line", SCRIPTS)
def test_a_script_asks_its_environment(line: str, tmp_path: Path) -> None:
    text = f'set -e\n{line.format(GUESSED)}\nprintf "<%s>" "$SECRET_KEY"\n'
    script = tmp_path / "run.sh"
    script.write_text(one("run.sh", text), encoding="utf-8")
    there = subprocess.run(["sh", script], env={"SECRET_KEY": "new"}, capture_output=True, text=True, check=False)
    assert there.stdout.endswith("<new>")
    assert there.returncode == 0


def test_a_script_stops_where_its_variable_is_not_set(tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text(one("run.sh", f"export SECRET_KEY={GUESSED}\necho done\n"), encoding="utf-8")
    alone = subprocess.run(["sh", script], env={}, capture_output=True, text=True, check=False)
    assert alone.returncode != 0
    assert alone.stdout == ""
    assert "set SECRET_KEY" in alone.stderr


def test_a_command_gets_its_variable_as_before(tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text(one("run.sh", f"PGPASSWORD={GUESSED} env\n"), encoding="utf-8")
    said = subprocess.run(["sh", script], env={"PGPASSWORD": "new"}, capture_output=True, text=True, check=False)
    assert "PGPASSWORD=new" in said.stdout
