"""Clients of clouds: whose key they are handed, and how they come to be handed none."""

import pytest

from tests.transforms.tiny import remedied, report_on
from transforms.api import Outcome, Severity
from transforms.concepts_secrets import Client, KeySource
from transforms.controls.no_secret_in_code import control as no_secret
from transforms.controls.no_static_cloud_key import control
from transforms.engine import Status
from transforms.policy import ControlPolicy, Policy
from transforms.secrets import sample

KEY_ID, KEY = sample("aws-access-key", 7), sample("aws-secret-key", 7)
GUESSED = "q7" + "Wz" + "9kTr"


def clients(code: str, path: str = "app.py") -> tuple[Client, ...]:
    return report_on({path: code}, control).app.files[path].clients


def source(code: str) -> KeySource:
    (client,) = clients(code)
    return client.key


def fixed(files: dict[str, str], policy: Policy | None = None) -> dict[str, str]:
    result = remedied(files, control, no_secret, policy=policy)
    assert not [each for each in result.patches if each.status is Status.REJECTED]
    return {path: content.decode() for path, content in result.files.items()}


def outcome(code: str) -> Outcome:
    (verdict,) = [each for each in report_on({"app.py": code}, control).verdicts if each.control == control.id]
    return verdict.outcome


HANDED = {
    "'a literal'": KeySource.LITERAL,
    "os.getenv('AWS_SECRET_ACCESS_KEY')": KeySource.ENVIRONMENT,
    "os.environ['AWS_SECRET_ACCESS_KEY']": KeySource.ENVIRONMENT,
    "os.environ.get('AWS_SECRET_ACCESS_KEY')": KeySource.ENVIRONMENT,
    "os.getenv('AWS_SECRET_ACCESS_KEY', 'a literal')": KeySource.LITERAL,
    "os.getenv('OTHER_ACCOUNT')": KeySource.GIVEN,
    "settings.aws_secret": KeySource.GIVEN,
    "SECRET": KeySource.GIVEN,
    "find()": KeySource.UNKNOWN,
    "found['key']": KeySource.UNKNOWN,
    "None": KeySource.NONE,
}


@pytest.mark.parametrize(("value", "expected"), HANDED.items(), ids=HANDED)
def test_where_a_key_comes_from(value: str, expected: KeySource) -> None:
    code = f"import os\n\nimport boto3\nfrom config import settings\n\ns3 = boto3.client('s3', aws_secret_access_key={value})\n"
    assert source(code) is expected


def test_a_parameter_may_be_a_customer_s_own_key() -> None:
    code = "import boto3\n\n\ndef make(secret):\n    return boto3.client('s3', aws_secret_access_key=secret)\n"
    assert source(code) is KeySource.UNKNOWN
    assert outcome(code) is Outcome.UNKNOWN


PASSES = {
    "nothing is handed over": "boto3.client('s3')",
    "it expires": "boto3.client('s3', aws_secret_access_key='x', aws_session_token=token)",
    "another store": "boto3.client('s3', aws_secret_access_key='x', endpoint_url=URL)",
}


@pytest.mark.parametrize("call", PASSES.values(), ids=PASSES)
def test_a_client_passes_where(call: str) -> None:
    assert outcome(f"import boto3\n\ns3 = {call}\n") is Outcome.PASS


def test_what_is_no_client_of_a_cloud_is_not_judged() -> None:
    assert (
        clients("import boto3\n\nx = make(aws_secret_access_key='x')\ny = Client.from_service_account_json('k')\n")
        == ()
    )


def test_a_session_of_one_s_own_makes_clients_too() -> None:
    code = f"import boto3\n\nsession = boto3.Session()\ns3 = session.client('s3', aws_secret_access_key='{KEY}')\n"
    assert [each.key for each in clients(code)] == [KeySource.NONE, KeySource.LITERAL]
    assert "s3 = session.client('s3')\n" in fixed({"app.py": code})["app.py"]


def test_a_test_may_sign_in_as_it_likes() -> None:
    code = "import boto3\n\n\ndef test_it():\n    assert boto3.client('s3', aws_secret_access_key='testing')\n"
    assert clients(code, "tests/test_it.py") == ()


def test_a_key_in_the_code_is_worse_than_one_from_the_environment() -> None:
    code = "import os\n\nimport boto3\n\na = boto3.client('s3', aws_secret_access_key='{}')\nb = boto3.client('s3', aws_secret_access_key=os.getenv('AWS_SECRET_ACCESS_KEY'))\n"
    findings = report_on({"app.py": code.format(KEY)}, control).findings
    assert [each.severity for each in findings] == [Severity.HIGH, Severity.LOW]


# --- patches


def test_no_secret_is_asked_for_where_none_is_needed_any_more() -> None:
    code = f"import boto3\n\n\ndef s3():\n    return boto3.client('s3', aws_access_key_id='{KEY_ID}', aws_secret_access_key='{KEY}')\n"
    changed = fixed({"app.py": code})
    assert changed.keys() == {"app.py", "tests/test_controls_clouds.py"}
    assert changed["app.py"] == "import boto3\n\n\ndef s3():\n    return boto3.client('s3')\n"


def test_the_key_that_stood_there_is_to_be_revoked() -> None:
    for code in (
        f"import boto3\n\ns3 = boto3.client('s3', aws_access_key_id='{KEY_ID}', aws_secret_access_key='{KEY}')\n",
        f"import boto3\n\nAWS_SECRET_KEY = '{KEY}'\ns3 = boto3.client('s3', aws_secret_access_key=AWS_SECRET_KEY)\n",
    ):
        (patch,) = remedied({"app.py": code}, control).patches
        told = "\n".join(patch.todo)
        assert "Give what runs the app an IAM role" in told
        assert "Revoke the AWS secret access key that stood in app.py (https://console.aws.amazon.com/" in told
        assert KEY not in told


def test_a_constant_that_something_else_uses_stays() -> None:
    code = f"import boto3\n\nAWS_SECRET_KEY = '{KEY}'\ns3 = boto3.client('s3', aws_secret_access_key=AWS_SECRET_KEY)\n\n\ndef f():\n    return AWS_SECRET_KEY\n"
    changed = fixed({"app.py": code})["app.py"]
    assert "s3 = boto3.client('s3')\n" in changed
    assert "return get_secret('AWS_SECRET_KEY')" in changed


def test_several_arguments_of_a_file_s_client_are_kept() -> None:
    code = "from google.cloud import bigquery\n\nc = bigquery.Client.from_service_account_json('k.json', project=P, location='EU')\n"
    assert fixed({"app.py": code})["app.py"].endswith("c = bigquery.Client(project=P, location='EU')\n")


def test_a_client_of_azure_is_given_the_identity_of_the_workload() -> None:
    code = f"from azure.storage.blob import BlobServiceClient\n\nc = BlobServiceClient(URL, credential='{KEY}')\n"
    changed = fixed({"app.py": code, "requirements.txt": "azure-storage-blob\n"})
    assert changed["app.py"] == (
        "from azure.identity import DefaultAzureCredential\nfrom azure.storage.blob import BlobServiceClient\n\n"
        "c = BlobServiceClient(URL, credential=DefaultAzureCredential())\n"
    )
    assert "azure-identity" in changed["requirements.txt"]


def test_a_client_of_azure_that_has_an_identity_is_left_alone() -> None:
    code = "from azure.storage.blob import BlobServiceClient\n\nc = BlobServiceClient(URL, credential=identity)\n"
    assert fixed({"app.py": code}) == {}


STRING = "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={};EndpointSuffix={}"
STORES = {
    "azure.storage.blob": ("BlobServiceClient", "https://shop.blob.core.windows.net"),
    "azure.storage.queue": ("QueueServiceClient", "https://shop.queue.core.windows.net"),
    "azure.storage.filedatalake": ("DataLakeServiceClient", "https://shop.dfs.core.windows.net"),
    "azure.storage.blob.aio": ("BlobServiceClient", "https://shop.blob.core.windows.net"),
}


@pytest.mark.parametrize("module", STORES)
def test_a_connection_string_gives_way_to_the_identity_of_the_workload(module: str) -> None:
    name, address = STORES[module]
    string = STRING.format("b" * 86 + "==", "core.windows.net")
    code = f'from {module} import {name}\n\nc = {name}.from_connection_string("{string}", retry_total=2)\n'
    changed = fixed({"app.py": code, "requirements.txt": "azure-storage-blob\n"})
    identity = "azure.identity.aio" if module.endswith(".aio") else "azure.identity"
    assert changed["app.py"] == (
        f"from {identity} import DefaultAzureCredential\nfrom {module} import {name}\n\n"
        f'c = {name}("{address}", credential=DefaultAzureCredential(), retry_total=2)\n'
    )
    assert "azure-identity" in changed["requirements.txt"]


def test_the_address_is_that_of_the_cloud_that_the_string_names() -> None:
    string = STRING.format("b" * 86 + "==", "core.chinacloudapi.cn")
    code = f'from azure.storage.blob import BlobServiceClient as B\n\nc = B.from_connection_string("{string}")\n'
    assert 'B("https://shop.blob.core.chinacloudapi.cn", credential=' in fixed({"app.py": code})["app.py"]


STRINGS_STAY = {
    "it says no account": "BlobEndpoint=https://x.io;SharedAccessSignature=sv",
    "it is the emulator's": "UseDevelopmentStorage=true",
}


@pytest.mark.parametrize("string", STRINGS_STAY.values(), ids=STRINGS_STAY.keys())
def test_a_connection_string_without_an_account_is_left_to_a_person(string: str) -> None:
    code = f'from azure.storage.blob import BlobServiceClient\n\nc = BlobServiceClient.from_connection_string("{string}")\n'
    assert fixed({"app.py": code}) == {}


def test_asynchronous_azure_stays_asynchronous() -> None:
    code = "from azure.identity.aio import ClientSecretCredential\n\nc = ClientSecretCredential('t', 'i', client_secret='s3cr3tValue')\n"
    assert fixed({"app.py": code})["app.py"] == (
        "from azure.identity.aio import DefaultAzureCredential\n\nc = DefaultAzureCredential()\n"
    )


@pytest.mark.parametrize(("way", "package"), [("vault", "hvac"), ("aws", "boto3")])
def test_a_database_signs_in_with_credentials_that_expire_where_the_policy_says_so(way: str, package: str) -> None:
    code = f'from sqlalchemy import create_engine\n\nengine = create_engine("postgresql+psycopg://app:{GUESSED}@db.internal:5432/shop?sslmode=require", echo=False)\n'
    policy = Policy(controls={control.id: ControlPolicy(options={"database": way})})
    changed = fixed({"app.py": code, "requirements.txt": "sqlalchemy\n"}, policy)
    assert changed["app.py"].endswith(
        'engine = short_lived(create_engine("postgresql+psycopg://db.internal:5432/shop?sslmode=require", echo=False))\n'
    )
    assert package in changed["requirements.txt"]
    assert "DATABASE_ROLE=" in changed[".env.example"]
    assert not [text for text in changed.values() if GUESSED in text]


def test_a_database_keeps_its_password_in_a_broker_where_the_policy_says_nothing() -> None:
    code = f'from sqlalchemy import create_engine\n\n\ndef f():\n    return create_engine("postgresql://app:{GUESSED}@db.io/x")\n'
    assert 'create_engine(get_secret("DATABASE_URL"))' in fixed({"app.py": code})["app.py"]
