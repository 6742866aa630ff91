"""The proof that comes with a client that is handed no key: it had one before, and its platform's identity after."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.controls import control
from transforms.policy import ControlPolicy, Policy
from transforms.secrets import sample

CONTROL = control("no-static-cloud-key")
KEYS = f'aws_access_key_id="{sample("aws-access-key", 3)}", aws_secret_access_key="{sample("aws-secret-key", 3)}"'
TYPED = "aws_access_key_id=os.environ['AWS_ACCESS_KEY_ID'], aws_secret_access_key=os.environ['AWS_SECRET_ACCESS_KEY']"
BOTO = "import os\n\nimport boto3\n\nfrom settings import region\n\nREGION = 'eu-west-1'\n\n\n"
STORE = (
    "def store(name, data):\n    s3 = boto3.client({given})\n    s3.put_object(Bucket='shop', Key=name, Body=data)\n"
)
VAULT = (
    "from google.cloud import secretmanager as vault\n\n\ndef secrets():\n    return vault.SecretManagerServiceClient"
)
AZURE = "import os\n\nfrom azure.identity import ClientSecretCredential\nfrom azure.keyvault.secrets import SecretClient\n\n"
SECRET = "ClientSecretCredential(os.environ['AZURE_TENANT_ID'], os.environ['AZURE_CLIENT_ID'], os.environ['AZURE_CLIENT_SECRET'])"
AWS, GCP = "aws", "gcp"
APPS: Mapping[str, tuple[str, str, str]] = {  # code, where, cloud
    "a client in a function": (BOTO + STORE.format(given=f"'s3', {KEYS}"), "app_store", AWS),
    "a region from elsewhere": (BOTO + STORE.format(given=f"'s3', region, {KEYS}"), "app_store", AWS),
    "a region that is a constant": (BOTO + STORE.format(given=f"'s3', region_name=REGION, {KEYS}"), "app_store", AWS),
    "a key from the environment": (BOTO + STORE.format(given=f"'s3', {TYPED}"), "app_store", AWS),
    "a client of the module": (BOTO + f"s3 = boto3.client('s3', {KEYS})\n", "app", AWS),
    "libraries in one line": (f"import os, boto3\n\ns3 = boto3.client('s3', {KEYS})\n", "app", AWS),
    "a resource": (BOTO + f"table = boto3.resource('dynamodb', {KEYS}).Table('orders')\n", "app", AWS),
    "a session": (
        BOTO + f"def queue():\n    session = boto3.Session({KEYS})\n    return session.client('sqs')\n", "app_queue", AWS
    ),
    "a method": (
        BOTO + f"class Store:\n    def __init__(self, bucket):\n        self.s3 = boto3.client('s3', {KEYS})\n",
        "app_store_init", AWS,
    ),
    "another store beside it": (
        BOTO + f"s3 = boto3.client('s3', {KEYS})\nminio = boto3.client('s3', endpoint_url='http://minio:9000', {KEYS})\n",
        "app", AWS,
    ),
    "a key file for a client": (f"{VAULT}.from_service_account_json('key.json')\n", "app_secrets", GCP),
    "a key file for credentials": (
        "from google.oauth2 import service_account\n\n\ndef drive():\n"
        "    return build(service_account.Credentials.from_service_account_file('key.json', scopes=['drive']))\n",
        "app_drive", GCP,
    ),
    "a client secret": (AZURE + f"client = SecretClient('https://v.example', {SECRET})\n", "app", "azure"),
}  # fmt: skip


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The proof of the patched app, and the app."""
    result = patched(files, Policy(), CONTROL)
    (found,) = [each.proof for each in result.patches if each.proof is not None]
    return found.content, {**files, **{path: content.decode() for path, content in result.files.items()}}


@pytest.mark.parametrize("how", APPS)
def test_a_client_has_a_key_before_and_its_platforms_identity_after(how: str, tmp_path: Path) -> None:
    code, where, cloud = APPS[how]
    files = {"app.py": code + "\nraise RuntimeError('nobody imports the app')\n"}
    proof, after = proven(files)
    names = [
        f"test_{where}_hands_no_key_to_{cloud}",
        f"test_{where}_signs_in_to_{cloud}_with_the_identity_of_the_workload",
    ]
    before = run_proof(written(files, tmp_path / "before"), proof)
    assert before[names[0]] == "failed"
    assert before[names[1]] == "failed"
    assert run_proof(written(after, tmp_path / "after"), proof) == dict.fromkeys(names, "passed")


def test_a_key_that_came_back_is_noticed(tmp_path: Path) -> None:
    proof, after = proven({"app.py": APPS["a client in a function"][0]})
    after["app.py"] = after["app.py"].replace("boto3.client('s3'", "boto3.client('s3', aws_secret_access_key=region")
    assert set(run_proof(written(after, tmp_path), proof).values()) == {"failed"}


def test_clients_of_two_clouds_are_proven_in_one_file(tmp_path: Path) -> None:
    files = {"app.py": APPS["a client of the module"][0], "kept.py": APPS["a key file for a client"][0]}
    proof, after = proven(files)
    outcomes = run_proof(written(after, tmp_path), proof)
    assert len(outcomes) == 4
    assert set(outcomes.values()) == {"passed"}


FEWER: Mapping[str, str] = {
    "a session of somebody else": f"def store(session):\n    return session.client('s3', {KEYS})\n",
    "a library that waits": f"import aioboto3\n\nsession = aioboto3.Session({KEYS})\n",
    "a credential that waits": "from azure.identity.aio import ClientSecretCredential\n\n"
    "def credential():\n    return ClientSecretCredential('t', 'c', 'the-secret')\n",
}


@pytest.mark.parametrize("how", FEWER)
def test_of_what_a_test_cannot_make_only_the_code_is_looked_at(how: str, tmp_path: Path) -> None:
    code = FEWER[how] if how != "a session of somebody else" else BOTO + FEWER[how]
    proof, after = proven({"app.py": code})
    before = run_proof(written({"app.py": code}, tmp_path / "before"), proof)
    (name,) = before
    assert "hands_no_key" in name
    assert before[name] == "failed"
    assert run_proof(written(after, tmp_path / "after"), proof) == {name: "passed"}


def test_where_another_client_keeps_its_key_nothing_is_said() -> None:
    kept = "    other = boto3.client('s3', aws_access_key_id=settings.key, aws_secret_access_key=settings.secret)\n"
    code = BOTO.replace("import region", "import region, settings") + STORE.format(given=f"'s3', {KEYS}") + kept
    result = patched({"app.py": code}, Policy(), CONTROL)
    assert "app.py" in result.files
    assert not [each for each in result.patches if each.proof is not None]


def test_no_key_is_in_the_proof() -> None:
    proof, _ = proven({"app.py": APPS["a client in a function"][0]})
    assert sample("aws-access-key", 3) not in proof
    assert "What the identity may do is not shown" in " ".join(proof.split())


DATABASE = Policy(controls={CONTROL.id: ControlPolicy(options={"database": "vault"})})
ENGINE = (
    "from sqlalchemy import create_engine\n\n\ndef connect():\n"
    f'    return create_engine("postgresql://app:{sample("database-password")}@db.internal/shop")\n'
)


@pytest.mark.parametrize("folder", ["", "shop/"])
def test_an_engine_has_a_password_before_and_lent_accounts_after(folder: str, tmp_path: Path) -> None:
    files = {f"{folder}db.py": ENGINE} | ({"shop/__init__.py": ""} if folder else {})
    result = patched(files, DATABASE, CONTROL)
    (proof,) = [each.proof.content for each in result.patches if each.proof is not None]
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    before = run_proof(written(files, tmp_path / "before"), proof)
    assert set(before.values()) <= {"failed", "error"}
    outcomes = run_proof(written(after, tmp_path / "after"), proof)
    assert len(outcomes) == 3
    assert set(outcomes.values()) == {"passed"}
    assert sample("database-password") not in proof
    lost = {**after, f"{folder}db.py": after[f"{folder}db.py"].replace("short_lived(", "(")}
    noticed = run_proof(written(lost, tmp_path / "lost"), proof)
    assert sorted(noticed.values()) == ["failed", "passed", "passed"]


def test_an_engine_and_a_client_are_proven_in_one_file(tmp_path: Path) -> None:
    files = {"db.py": ENGINE, "app.py": APPS["a client of the module"][0]}
    result = patched(files, DATABASE, CONTROL)
    (proof,) = [each.proof.content for each in result.patches if each.proof is not None]
    after = {**files, **{path: content.decode() for path, content in result.files.items()}}
    outcomes = run_proof(written(after, tmp_path), proof)
    assert len(outcomes) == 5
    assert set(outcomes.values()) == {"passed"}
