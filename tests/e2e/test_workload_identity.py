"""Apps that were given static keys, patched by the real pipeline: they work by the identity of what runs them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bot.terminal import tenon
from tests.servers.aws import REGION, aws
from tests.servers.openbao import openbao
from tests.servers.postgres import strict_postgres
from transforms.secrets import sample

pytestmark = pytest.mark.slow

KEY_ID, KEY = sample("aws-access-key", 81), sample("aws-secret-key", 81)
STORE = f"""import boto3

AWS_ACCESS_KEY_ID = "{KEY_ID}"
AWS_SECRET_ACCESS_KEY = "{KEY}"

session = boto3.Session(
    aws_access_key_id=AWS_ACCESS_KEY_ID,
    aws_secret_access_key=AWS_SECRET_ACCESS_KEY,
    region_name="{REGION}",
)


def greeting():
    return session.client("ssm").get_parameter(Name="/greeting")["Parameter"]["Value"]


def who():
    return session.client("sts").get_caller_identity()["Arn"]
"""
ORDERS = """from sqlalchemy import create_engine, text

engine = create_engine("{address}", pool_pre_ping=True)


def orders():
    with engine.connect() as connection:
        return connection.execute(text("select current_user, count(*) from orders")).one()
"""


def run(folder: Path, work: str, settings: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **settings}
    command = [sys.executable, "-c", work]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def patched(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    said = tenon("fix", folder, "--write", "--no-cache")
    assert said.status == 0, said.err
    assert "dropped by gate" not in said.err
    return folder


def test_a_client_of_aws_works_by_the_role_of_what_runs_it(tmp_path: Path) -> None:
    folder = patched(tmp_path / "app", {"store.py": STORE})
    text = (folder / "store.py").read_text(encoding="utf-8")
    assert 'session = boto3.Session(\n    region_name="eu-central-1",\n)\n' in text
    assert not [value for value in (KEY_ID, KEY, "AWS_") if value in text]
    with aws(tmp_path) as server:
        server.parameters.put_parameter(Name="/greeting", Value="hello", Type="String")
        done = run(folder, "import store; print(store.greeting(), store.who())", server.settings("env"))
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.startswith("hello arn:aws:sts::123456789012:assumed-role/shop/")
        alone = {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": server.url, "AWS_EC2_METADATA_DISABLED": "true"}
        lost = run(folder, "import store; store.greeting()", alone)
        assert "NoCredentialsError" in lost.stderr


def test_a_database_is_signed_in_to_with_an_account_that_expires(tmp_path: Path) -> None:
    with openbao() as bao, strict_postgres() as database:
        database.give_out_by(bao, seconds=60)
        old = "q7" + "Wz" + "9kTr"
        address = database.url.replace(":///", f"://shop:{old}@/")
        policy = "controls:\n  no-static-cloud-key:\n    options:\n      database: vault\n"
        folder = patched(tmp_path / "app", {"orders.py": ORDERS.format(address=address), ".github/tenon.yml": policy})
        assert not [path for path in folder.rglob("*") if path.is_file() and old.encode() in path.read_bytes()]
        settings = {"DATABASE_ROLE": "shop", "VAULT_ADDR": bao.url, **bao.app_role()}
        done = run(folder, "import orders; print(*orders.orders())", settings)
        assert done.returncode == 0, done.stderr[-2000:]
        user, count = done.stdout.split()
        assert user.startswith("v-")
        assert count == "1"
        lost = run(folder, "import orders; orders.orders()", {"DATABASE_ROLE": "shop"})
        assert "SecretUnavailable" in lost.stderr
        assert "VAULT_ADDR is not set" in lost.stderr
