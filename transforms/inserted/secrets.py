"""Where this app asks for its secrets: get_secret("STRIPE_API_KEY").

A secret is read when it is needed, from the backend that SECRETS_BACKEND names, and kept in memory for a short while: a
rotated value is picked up without a restart. There is no default value on purpose: without its secret an app must stop.

Settings (environment):
    SECRETS_BACKEND      env (default); vault (HashiCorp Vault and OpenBao, KV version 2); aws (Secrets Manager);
                         ssm (AWS Parameter Store); gcp (Secret Manager); azure (Key Vault)
    SECRETS_PREFIX       env: put before the name of the variable; vault, aws, ssm: folder in which the secrets lie;
                         gcp, azure: first part of the names, before a dash
    SECRETS_TTL_SECONDS  how long a value may be served from memory (default 300)

The clouds are signed in to by their own default chains: the role of the machine, container or function, never a key in
the code. aws and ssm also read AWS_REGION, gcp GOOGLE_CLOUD_PROJECT (where the platform does not say it), and azure
AZURE_KEYVAULT_URL.

Vault also reads VAULT_ADDR, VAULT_MOUNT (default "secret") and VAULT_NAMESPACE. It signs in with the first of these:
    VAULT_TOKEN
    VAULT_ROLE_ID and VAULT_SECRET_ID                    (AppRole)
    VAULT_ROLE, VAULT_JWT_PATH, VAULT_AUTH               (workload identity: kubernetes, the default, or jwt)
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

KUBERNETES_IDENTITY_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/token"
TIMEOUT_SECONDS = 5


class SecretUnavailable(RuntimeError):
    """The backend did not return the secret. Names the secret and the backend, never a value."""

    def __init__(self, name: str, backend: str, reason: str) -> None:
        super().__init__(f"secret {name!r} is not available from backend {backend!r}: {reason}")
        self.name = name
        self.backend = backend


class Secret(str):
    """A string like any other, except that repr() does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(***)"


def read_env(name: str, prefix: str) -> str:
    """Read an environment variable. Raises LookupError if it is not set."""
    try:
        return os.environ[prefix + name]
    except KeyError:
        raise LookupError(f"environment variable {prefix + name} is not set") from None


def read_vault(name: str, prefix: str) -> str:
    """Read KV version 2: a secret of its own (field "value"), or a field of the secret that the path leads to."""
    hvac = import_module("hvac")
    client = vault_client(hvac)
    mount = os.environ.get("VAULT_MOUNT", "secret")

    denied: list[str] = []

    def fields(path: str) -> dict[str, Any]:
        try:
            answer = client.secrets.kv.v2.read_secret_version(
                path=path, mount_point=mount, raise_on_deleted_version=True
            )
        except hvac.exceptions.InvalidPath:
            return {}
        except hvac.exceptions.Forbidden:  # a role may well see only one of the two
            denied.append(path)
            return {}
        return dict(answer["data"]["data"])

    path = joined("/", prefix, name)
    folder, _, field = path.rpartition("/")
    if own := fields(path):
        return str(own["value"] if "value" in own else own[field])
    if shared := fields(folder) if folder else {}:
        return str(shared[field])
    raise LookupError(f"{'no right to read' if path in denied else 'there is nothing at'} {path} below {mount}")


def vault_client(hvac: Any) -> Any:
    """Sign in to Vault with the platform's identity. Raises LookupError if nothing is configured to sign in with."""
    env = os.environ
    if not env.get("VAULT_ADDR"):
        raise LookupError("VAULT_ADDR is not set")
    client = hvac.Client(
        url=env["VAULT_ADDR"],
        token=env.get("VAULT_TOKEN", ""),
        namespace=env.get("VAULT_NAMESPACE") or None,
        timeout=TIMEOUT_SECONDS,
    )
    if env.get("VAULT_TOKEN"):
        return client
    if env.get("VAULT_ROLE_ID"):
        client.auth.approle.login(role_id=env["VAULT_ROLE_ID"], secret_id=env.get("VAULT_SECRET_ID"))
        return client
    if not env.get("VAULT_ROLE"):
        raise LookupError("set VAULT_TOKEN, VAULT_ROLE_ID and VAULT_SECRET_ID, or VAULT_ROLE to sign in")
    method = client.auth.jwt.jwt_login if env.get("VAULT_AUTH") == "jwt" else client.auth.kubernetes.login
    identity = Path(env.get("VAULT_JWT_PATH") or KUBERNETES_IDENTITY_FILE).read_text(encoding="utf-8").strip()
    method(role=env["VAULT_ROLE"], jwt=identity)
    return client


def read_aws(name: str, prefix: str) -> str:
    """Read Secrets Manager: a secret of its own, or a field of the JSON object that the folder's secret holds."""
    client = aws_client("secretsmanager")

    def text(path: str) -> str | None:
        try:
            answer = client.get_secret_value(SecretId=path)
        except client.exceptions.ResourceNotFoundException:
            return None
        return str(answer["SecretString"])

    path = joined("/", prefix, name)
    folder, _, field = path.rpartition("/")
    if (own := text(path)) is not None:
        return field_of(own, field) or field_of(own, "value") or own
    shared = text(folder) if folder else None
    if shared is None:
        raise LookupError(f"there is no secret {path} in Secrets Manager")
    return field_of(shared, field) or ""


def read_ssm(name: str, prefix: str) -> str:
    """Read a parameter of AWS Systems Manager, decrypted."""
    client = aws_client("ssm")
    path = joined("/", prefix, name)
    path = f"/{path}" if "/" in path else path
    try:
        return str(client.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"])
    except client.exceptions.ParameterNotFound:
        raise LookupError(f"there is no parameter {path}") from None


def aws_client(service: str) -> Any:
    """A client signed in by the default credential chain. Its own session: the shared one is not safe in threads."""
    session = import_module("boto3.session").Session()
    limits = {"connect_timeout": TIMEOUT_SECONDS, "read_timeout": TIMEOUT_SECONDS, "retries": {"max_attempts": 2}}
    logging.getLogger("botocore.parsers").setLevel(logging.INFO)  # at DEBUG it writes whole answers
    region = os.environ.get("AWS_REGION") or None  # what containers and functions are told; else the session's own
    return session.client(service, region_name=region, config=import_module("botocore.config").Config(**limits))


def read_gcp(name: str, prefix: str) -> str:
    """Read the latest version from Secret Manager, signed in to by application default credentials."""
    google = import_module("google.auth")
    credentials, project = google.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    if not project:
        raise LookupError("GOOGLE_CLOUD_PROJECT is not set")
    logging.getLogger("google.cloud.secretmanager_v1").setLevel(logging.INFO)  # at DEBUG it writes whole answers
    secretmanager = import_module("google.cloud.secretmanager")
    client = secretmanager.SecretManagerServiceClient(credentials=credentials, transport="rest")
    path = f"projects/{project}/secrets/{re.sub('[^A-Za-z0-9_-]', '-', joined('-', prefix, name))}"
    try:
        answer = client.access_secret_version(name=f"{path}/versions/latest", timeout=TIMEOUT_SECONDS, retry=None)
    except import_module("google.api_core.exceptions").NotFound:
        raise LookupError(f"there is no version of {path}") from None
    return str(answer.payload.data.decode("utf-8"))


def read_azure(name: str, prefix: str) -> str:
    """Read Key Vault, signed in to by the default Azure credential. Its names have dashes only, no underscores."""
    if not os.environ.get("AZURE_KEYVAULT_URL"):
        raise LookupError("AZURE_KEYVAULT_URL is not set")
    secrets = import_module("azure.keyvault.secrets")
    credential = import_module("azure.identity").DefaultAzureCredential()
    limits = {"retry_total": 2, "connection_timeout": TIMEOUT_SECONDS, "read_timeout": TIMEOUT_SECONDS}
    client = secrets.SecretClient(os.environ["AZURE_KEYVAULT_URL"], credential, **limits)
    path = re.sub("[^A-Za-z0-9-]", "-", joined("-", prefix, name))
    try:
        return str(client.get_secret(path).value or "")
    except import_module("azure.core.exceptions").ResourceNotFoundError:
        raise LookupError(f"there is no secret {path} in the key vault") from None


def joined(separator: str, prefix: str, name: str) -> str:
    """The prefix and the name with exactly one separator between them."""
    return separator.join(part for part in (prefix.strip(f"/{separator}"), name.strip("/")) if part)


def field_of(text: str, field: str) -> str | None:
    """A field of a text that is a JSON object; None where it is none, or has no such field."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return str(found[field]) if isinstance(found, dict) and field in found else None


# One function for each backend: (name, prefix) -> value. To support another one, add its function here.
BACKENDS: dict[str, Callable[[str, str], str]] = {
    "env": read_env,
    "vault": read_vault,
    "aws": read_aws,
    "ssm": read_ssm,
    "gcp": read_gcp,
    "azure": read_azure,
}


class SecretReader:
    """Reads secrets through a backend and remembers each for ttl seconds. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], tuple[Secret, float]] = {}

    def get(self, name: str) -> str:
        """The value of a secret. Raises SecretUnavailable."""
        backend, prefix = os.environ.get("SECRETS_BACKEND") or "env", os.environ.get("SECRETS_PREFIX", "")
        if backend == "env":  # already in memory: keeping it would only hide a change
            return read(backend, name, prefix)
        key = (backend, prefix, name)
        with self._lock:
            kept = self._kept.get(key)
        if kept and self._clock() < kept[1] + ttl_seconds():
            return kept[0]
        value = read(backend, name, prefix)
        with self._lock:
            self._kept[key] = (value, self._clock())
        return value

    def refresh(self, name: str) -> str:
        """Forget what is in memory and read again, e.g. after a service refused the old value."""
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if key[2] != name}
        return self.get(name)


def ttl_seconds() -> float:
    """How long a value may be served from memory. A setting that is not a number counts as the default."""
    try:
        return float(os.environ.get("SECRETS_TTL_SECONDS") or 300)
    except ValueError:
        return 300.0


def read(backend: str, name: str, prefix: str) -> Secret:
    """Ask the backend once. A client's error may carry the answer: nothing of it is shown, and it is not chained."""
    if backend not in BACKENDS:
        raise SecretUnavailable(name, backend, f"no such backend; there are {', '.join(sorted(BACKENDS))}")
    value, reason = "", "it is empty"
    try:
        value = BACKENDS[backend](name, prefix)
    except KeyError:
        reason = "the entry has no such field"
    except LookupError as missing:
        reason = str(missing)
    except ImportError as missing:
        reason = f"install the client of this backend ({missing.name})"
    except Exception as failure:  # noqa: BLE001 - whatever a client raises, no value may leave with it
        reason = f"the backend answered with {type(failure).__name__}"
    if not value:
        raise SecretUnavailable(name, backend, reason)
    return Secret(value)


_reader = SecretReader()
get_secret = _reader.get
refresh_secret = _reader.refresh
