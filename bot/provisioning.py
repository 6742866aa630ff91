"""Writing a secret to a broker, under the name by which the patched app asks for it. A person starts this, never a job.

Each broker's client is imported only if chosen. What a client says when something fails may hold what it was given:
nothing of it is repeated but the name of the error.
"""

import importlib
import re
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import TenonError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Config

MOUNT = "secret"
TIMEOUT_SECONDS = 10


class Keeper(Protocol):
    """One broker, signed in to."""

    def has(self, name: str) -> bool:
        """Whether a secret of that name is there already."""
        ...

    def put(self, name: str, value: str) -> None:
        """Write it, in the place of an older version if need be."""
        ...


@dataclass(frozen=True, slots=True)
class _Vault:
    client: Any
    missing: Any
    prefix: str

    def has(self, name: str) -> bool:
        try:
            self.client.secrets.kv.v2.read_secret_metadata(path=self._path(name), mount_point=MOUNT)
        except self.missing:
            return False
        return True

    def put(self, name: str, value: str) -> None:
        self.client.secrets.kv.v2.create_or_update_secret(
            path=self._path(name), secret={"value": value}, mount_point=MOUNT
        )

    def _path(self, name: str) -> str:
        return _joined("/", self.prefix, name)


@dataclass(frozen=True, slots=True)
class _SecretsManager:
    client: Any
    prefix: str

    def has(self, name: str) -> bool:
        try:
            self.client.describe_secret(SecretId=_joined("/", self.prefix, name))
        except self.client.exceptions.ResourceNotFoundException:
            return False
        return True

    def put(self, name: str, value: str) -> None:
        path = _joined("/", self.prefix, name)
        try:
            self.client.create_secret(Name=path, SecretString=value)
        except self.client.exceptions.ResourceExistsException:
            self.client.put_secret_value(SecretId=path, SecretString=value)


@dataclass(frozen=True, slots=True)
class _Parameters:
    client: Any
    prefix: str

    def has(self, name: str) -> bool:
        try:
            self.client.get_parameter(Name=self._path(name), WithDecryption=False)
        except self.client.exceptions.ParameterNotFound:
            return False
        return True

    def put(self, name: str, value: str) -> None:
        self.client.put_parameter(Name=self._path(name), Value=value, Type="SecureString", Overwrite=True)

    def _path(self, name: str) -> str:
        path = _joined("/", self.prefix, name)
        return f"/{path}" if "/" in path else path


@dataclass(frozen=True, slots=True)
class _Google:
    client: Any
    errors: Any
    project: str
    prefix: str

    def has(self, name: str) -> bool:
        with suppress(self.errors.NotFound):
            self.client.get_secret(name=self._path(name), timeout=TIMEOUT_SECONDS, retry=None)
            return True
        return False

    def put(self, name: str, value: str) -> None:
        path = self._path(name)
        if not self.has(name):
            parent, _, secret_id = path.partition("/secrets/")
            kept: dict[str, Any] = {"replication": {"automatic": {}}}
            self.client.create_secret(parent=parent, secret_id=secret_id, secret=kept, timeout=TIMEOUT_SECONDS)
        self.client.add_secret_version(parent=path, payload={"data": value.encode()}, timeout=TIMEOUT_SECONDS)

    def _path(self, name: str) -> str:
        return f"projects/{self.project}/secrets/{re.sub('[^A-Za-z0-9_-]', '-', _joined('-', self.prefix, name))}"


@dataclass(frozen=True, slots=True)
class _KeyVault:
    client: Any
    missing: Any
    prefix: str

    def has(self, name: str) -> bool:
        try:
            self.client.get_secret(self._path(name))
        except self.missing:
            return False
        return True

    def put(self, name: str, value: str) -> None:
        self.client.set_secret(self._path(name), value)

    def _path(self, name: str) -> str:
        return re.sub("[^A-Za-z0-9-]", "-", _joined("-", self.prefix, name))


def keeper(broker: str, config: "Config", prefix: str) -> Keeper:
    """The broker with that id; raises TenonError where it cannot be written to."""
    if broker not in _KEEPERS:
        raise TenonError(
            f"Tenon cannot write to {broker!r}: set the variables where the app runs, or choose a broker with --broker."
        )
    with told(broker):
        return _KEEPERS[broker](config, prefix)


@contextmanager
def told(broker: str) -> "Iterator[None]":
    """Say what failed, without a word of what the client said."""
    try:
        yield
    except TenonError:
        raise
    except ImportError as missing:
        raise TenonError(f"Install the client of {broker} first: {missing.name} is not there.") from None
    except Exception as failure:  # noqa: BLE001  whatever a client raises, no value may leave with it
        raise TenonError(f"{broker} answered with {type(failure).__name__}: is it reachable, may you?") from None


def _vault(config: "Config", prefix: str) -> Keeper:
    hvac = importlib.import_module("hvac")
    if not config.vault_url or config.vault_token is None:
        raise TenonError("Set VAULT_ADDR and VAULT_TOKEN, the token of somebody who may write there.")
    token = config.vault_token.get_secret_value()
    client = hvac.Client(url=config.vault_url, token=token, timeout=TIMEOUT_SECONDS)
    return _Vault(client, hvac.exceptions.InvalidPath, prefix)


def _aws(service: str, config: "Config") -> Any:
    session = importlib.import_module("boto3.session").Session()
    return session.client(service, region_name=config.aws_region)


def _google(_config: "Config", prefix: str) -> Keeper:
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
    credentials, project = importlib.import_module("google.auth").default(scopes=scopes)
    if not project:
        raise TenonError("Set GOOGLE_CLOUD_PROJECT, the project that is to keep the secrets.")
    secretmanager = importlib.import_module("google.cloud.secretmanager")
    client = secretmanager.SecretManagerServiceClient(credentials=credentials, transport="rest")
    return _Google(client, importlib.import_module("google.api_core.exceptions"), project, prefix)


def _azure(config: "Config", prefix: str) -> Keeper:
    if not config.azure_keyvault_url:
        raise TenonError("Set AZURE_KEYVAULT_URL, the address of the key vault.")
    secrets = importlib.import_module("azure.keyvault.secrets")
    credential = importlib.import_module("azure.identity").DefaultAzureCredential()
    client = secrets.SecretClient(config.azure_keyvault_url, credential, retry_total=2)
    return _KeyVault(client, importlib.import_module("azure.core.exceptions").ResourceNotFoundError, prefix)


_KEEPERS: dict[str, Callable[["Config", str], Keeper]] = {
    "vault": _vault,
    "aws": lambda config, prefix: _SecretsManager(_aws("secretsmanager", config), prefix),
    "ssm": lambda config, prefix: _Parameters(_aws("ssm", config), prefix),
    "gcp": _google,
    "azure": _azure,
}


def _joined(separator: str, prefix: str, name: str) -> str:
    return separator.join(part for part in (prefix.strip(f"/{separator}"), name) if part)
