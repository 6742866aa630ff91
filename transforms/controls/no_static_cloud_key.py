"""The app signs in to its cloud with the identity of what runs it, not with a key made for keeps.

A cloud key works from anywhere, for whoever has it, until somebody remembers to revoke it. A role of the machine,
container or function gives credentials that last for an hour, that nobody has to hand out and that no file can leak.
The clouds' libraries find them by themselves, if the code hands them no key.

**Fix.** The arguments that carry an AWS key are left out, a service-account file gives way to application default
credentials, a client secret or a connection string of Azure to the default credential: each looks at the environment
first, so development goes on as before. With the option `database` a password in the address of an engine gives way
to credentials of Vault, or tokens of AWS IAM, that each new connection asks for. Constants that fall idle go; a key
that stood in the code is to be revoked, and the patch says where.
**Limits.** Advice only: keys of single Azure services, and keys and strings that come from a setting, which may
belong to another account. Keys that are parameters may be a customer's own: they are not judged. Stores that only
speak the protocol of S3 (`endpoint_url`) have no such identity and pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Bad,
    Client,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    KeySource,
    Maturity,
    Severity,
    Standard,
    Verdict,
)
from transforms.edits import Patch, Proof, sign_in_as_workload
from transforms.proof_verbs import proof_of_clouds
from transforms.secrets import kind

if TYPE_CHECKING:
    from transforms.api import SecretUse
    from transforms.app import App

control = Control(
    id="no-static-cloud-key",
    family=Family.WORKLOAD_IDENTITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(Standard("OWASP-NHI-2025:NHI7"), Standard("NIST-CSF-2.0:PR.AA-03"), Standard("CWE-798")),
    since="0.2",
    order=5,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    database: str = "password"  # how apps sign in to databases: password, vault (dynamic credentials) or aws (IAM)
    environment: bool = True  # report keys that are handed over from the variables the library reads by itself


control.options = Options

_CLOUDS = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure", "database": "the database"}
_SAYS = {
    KeySource.LITERAL: "with a key that is written into the code",
    KeySource.FILE: "with a key file",
    KeySource.ENVIRONMENT: "with a key from the environment, where the library would find something better by itself",
    KeySource.GIVEN: "with a key that is handed to it",
}
_SEVERITY = {
    KeySource.LITERAL: Severity.HIGH,
    KeySource.FILE: Severity.MEDIUM,
    KeySource.GIVEN: Severity.MEDIUM,
    KeySource.ENVIRONMENT: Severity.LOW,
}
_ROLE = {
    "aws": "Give what runs the app an IAM role with the rights that the key has (task role, instance profile, function "
    "role); outside of AWS the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY still work.",
    "gcp": "Run the app as a service account with the rights that the key has; elsewhere use workload identity "
    "federation, and on a developer's machine `gcloud auth application-default login`.",
    "azure": "Give what runs the app a managed identity with the rights that the secret has; elsewhere the variables "
    "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET still work.",
}
_DATABASE = {
    "vault": "Let the database engine of Vault or OpenBao make accounts for the app, and set DATABASE_ROLE to its role "
    "there.",
    "aws": "Turn on IAM authentication, grant rds_iam to a user of the app, and set DATABASE_CREDENTIALS=aws, "
    "DATABASE_ROLE and DATABASE_ENDPOINT.",
}
REVOKE_FILE = "Delete the key of the service account that the file holds; the file is still in the history."


@control.check
def clients_are_given_no_key(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each client of a cloud, and of a database where the policy wants credentials that expire."""
    for facts in app.files.values():
        for client in facts.clients:
            if client.cloud == "database" and options.database == "password":
                continue  # whether a password stands in the code is another control's question
            yield judged(app, client, options)


def judged(app: "App", client: Client, options: Options) -> Verdict:
    """One client."""
    source = source_of(app, client)
    where = _CLOUDS[client.cloud]
    if source is KeySource.NONE or (source is KeySource.ENVIRONMENT and not options.environment):
        return control.passes(client, f"{client.reference} is handed no key of {where}.")
    if source is KeySource.UNKNOWN:
        return control.unknown(client, f"Whose key {client.reference} is handed is decided at run time.")
    return control.fails(
        client,
        f"{client.reference} signs in to {where} {_SAYS[source]}.",
        [Evidence(client.file, client.place.line, f"the key is in {name}") for name in client.arguments],
        severity=_SEVERITY[source],
        confidence=Confidence.MEDIUM if source is KeySource.GIVEN else Confidence.HIGH,
    )


@control.remedy
def let_the_platform_sign_in(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """No key is handed over any more."""
    client: Client = finding.concept
    if source_of(app, client) is KeySource.GIVEN:
        return None
    edits = sign_in_as_workload(app, client, options.database)
    if not edits:
        return None
    role = _DATABASE[options.database] if client.cloud == "database" else _ROLE[client.cloud]
    return Patch(
        title=f"Sign in to {_CLOUDS[client.cloud]} with the identity of the workload",
        edits=edits,
        applicability=Applicability.REVIEW,
        todo=(role, *dict.fromkeys(revocations(app, client))),
    )


@control.proof
def no_key_is_handed_over(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """The calls that make the clients carry no key, and find the identity of what runs the app."""
    return proof_of_clouds(app, [finding.concept for finding in findings])


def source_of(app: "App", client: Client) -> KeySource:
    """Where the key comes from, a constant with a literal in it counted as one."""
    if client.key is not KeySource.GIVEN:
        return client.key
    literal = {f"{app.files[use.file].module}.{use.name}" for use in app.secrets if use.constant and not use.test_only}
    named = [app.resolve(name, client.file) for name in client.sources]
    return KeySource.LITERAL if named and all(name in literal for name in named) else KeySource.GIVEN


def revocations(app: "App", client: Client) -> Iterator[str]:
    """How the keys that leave the code are made useless."""
    if client.key is KeySource.FILE:
        yield REVOKE_FILE
    for use in app.secrets:
        named = use.constant is not None and f"{app.files[use.file].module}.{use.name}" in client.sources
        if not use.placeholder and (named or (use.file == client.file and within(use, client))):
            leaked = kind(use.kind)
            where = f" ({leaked.rotate_url})" if leaked.rotate_url else ""
            yield f"Revoke the {leaked.title} that stood in {use.file}{where}: {leaked.revoke}"


def within(use: "SecretUse", client: Client) -> bool:
    """Whether a literal stands in the call."""
    start, end = (use.place.line, use.place.column), (use.place.end_line, use.place.end_column)
    own = client.place
    return (own.line, own.column) <= start and end <= (own.end_line, own.end_column)


_S3 = """import boto3


def store(name, data):
    s3 = boto3.client(
        "s3",
        aws_access_key_id="{{aws-access-key}}",
        aws_secret_access_key="{{aws-secret-key}}",
        region_name="eu-central-1",
    )
    s3.put_object(Bucket="shop", Key=name, Body=data)
"""
_NAMED = """import boto3

AWS_ACCESS_KEY_ID = "{{aws-access-key}}"
AWS_SECRET_ACCESS_KEY = "{{aws-secret-key}}"
REGION = "eu-central-1"

s3 = boto3.resource("s3", REGION, aws_access_key_id=AWS_ACCESS_KEY_ID, aws_secret_access_key=AWS_SECRET_ACCESS_KEY)
"""
_FILE = """from google.oauth2 import service_account
from googleapiclient.discovery import build

credentials = service_account.Credentials.from_service_account_file("key.json", scopes=["drive"])
drive = build("drive", "v3", credentials=credentials)
"""
_ENGINE = """from sqlalchemy import create_engine

engine = create_engine("postgresql://app:{{database-password}}@db.internal/shop", pool_size=5)
"""

control.examples = (
    Good(
        "clients that are handed nothing",
        "import boto3\nfrom azure.identity import DefaultAzureCredential\nfrom google.cloud import storage\n\n"
        "s3 = boto3.client('s3', region_name='eu-central-1')\ncredential = DefaultAzureCredential()\n"
        "bucket = storage.Client().bucket('shop')\n",
    ),
    Good(
        "credentials of a role, which expire",
        "import boto3\n\n\ndef other_account(creds):\n"
        "    return boto3.client('s3', aws_access_key_id=creds['AccessKeyId'],"
        " aws_secret_access_key=creds['SecretAccessKey'], aws_session_token=creds['SessionToken'])\n",
    ),
    Good(
        "a store that is not of AWS",
        "import os\n\nimport boto3\n\nminio = boto3.client('s3', endpoint_url='http://minio:9000',"
        " aws_access_key_id=os.environ['MINIO_USER'], aws_secret_access_key=os.environ['MINIO_PASSWORD'])\n",
    ),
    Good(
        "keys of customers",
        "import boto3\n\n\ndef connect(key, secret):\n"
        "    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n",
    ),
    Good(
        "a test",
        {
            "tests/test_store.py": "import boto3\n\n\ndef test_it():\n"
            "    boto3.client('s3', aws_access_key_id='testing', aws_secret_access_key='testing')\n"
        },
    ),
    Good("a database, while the policy lets it have a password", _ENGINE),
    Good(
        "a key from the environment, where nobody minds",
        "import os\n\nimport boto3\n\ns3 = boto3.client('s3', aws_access_key_id=os.environ['AWS_ACCESS_KEY_ID'],"
        " aws_secret_access_key=os.environ['AWS_SECRET_ACCESS_KEY'])\n",
        options={"environment": False},
    ),
    Bad(
        "a key in the call",
        _S3,
        _S3.replace('        aws_access_key_id="{{aws-access-key}}",\n', "").replace(
            '        aws_secret_access_key="{{aws-secret-key}}",\n', ""
        ),
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a key in constants",
        _NAMED,
        'import boto3\n\nREGION = "eu-central-1"\n\ns3 = boto3.resource("s3", REGION)\n',
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a key from the variables that the library reads by itself",
        "import os\n\nimport boto3\n\nsession = boto3.Session(aws_access_key_id=os.getenv('AWS_ACCESS_KEY_ID'),"
        " aws_secret_access_key=os.getenv('AWS_SECRET_ACCESS_KEY'))\n",
        "import boto3\n\nsession = boto3.Session()\n",
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a key file for credentials",
        _FILE,
        _FILE.replace("from google.oauth2 import service_account", "import google.auth").replace(
            'service_account.Credentials.from_service_account_file("key.json", scopes=["drive"])',
            'google.auth.default(scopes=["drive"])[0]',
        ),
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a key file for a client",
        "from google.cloud import storage\n\n\ndef bucket():\n"
        "    return storage.Client.from_service_account_json('key.json', project='shop').bucket('b')\n",
        "from google.cloud import storage\n\n\ndef bucket():\n    return storage.Client(project='shop').bucket('b')\n",
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a key file that acts for somebody else",
        _FILE.replace('["drive"])', '["drive"]).with_subject("ana@shop.io")'),
    ),
    Bad(
        "a key file for a client that is kept",
        "from google.cloud import storage\n\n"
        "client = storage.Client.from_service_account_json('key.json', project='shop')\n",
        "from google.cloud import storage\n\nclient = storage.Client(project='shop')\n",
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a certificate of Firebase",
        "import firebase_admin\nfrom firebase_admin import credentials\n\n"
        "firebase_admin.initialize_app(credentials.Certificate('key.json'))\n",
        "import firebase_admin\nfrom firebase_admin import credentials\n\n"
        "firebase_admin.initialize_app(credentials.ApplicationDefault())\n",
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a client secret of Azure",
        "import os\n\nfrom azure.identity import ClientSecretCredential\n\ncredential = ClientSecretCredential("
        "os.environ['AZURE_TENANT_ID'], os.environ['AZURE_CLIENT_ID'], os.environ['AZURE_CLIENT_SECRET'])\n",
        "from azure.identity import DefaultAzureCredential\n\ncredential = DefaultAzureCredential()\n",
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a database, where the policy wants credentials that expire",
        _ENGINE,
        "from sqlalchemy import create_engine\n\nfrom controls.database import short_lived\n\n"
        'engine = short_lived(create_engine("postgresql://db.internal/shop", pool_size=5))\n',
        adds=(
            "controls/__init__.py",
            "controls/database.py",
            "controls/secrets.py",
            "tests/test_controls_clouds.py",
            ".env.example",
            ".gitignore",
        ),
        options={"database": "vault"},
    ),
    Bad(
        "a key from a setting, which may be of another account",
        "import boto3\n\nfrom config import settings\n\n"
        "s3 = boto3.client('s3', aws_access_key_id=settings.key, aws_secret_access_key=settings.secret)\n",
    ),
    Bad(
        "a connection string of Azure that says its account",
        "from azure.storage.blob import BlobServiceClient\n\n"
        'blobs = BlobServiceClient.from_connection_string("{{azure-storage-key}}")\n',
        "from azure.identity import DefaultAzureCredential\nfrom azure.storage.blob import BlobServiceClient\n\n"
        'blobs = BlobServiceClient("https://shop.blob.core.windows.net", credential=DefaultAzureCredential())\n',
        adds=("tests/test_controls_clouds.py",),
    ),
    Bad(
        "a connection string of Azure",
        "from azure.storage.blob import BlobServiceClient\n\nfrom config import STORAGE\n\n"
        "blobs = BlobServiceClient.from_connection_string(STORAGE)\n",
    ),
)
