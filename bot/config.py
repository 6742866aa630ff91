"""The only reader of the environment: variables named `TENON_...` become one frozen `Config`.

Everything else in Tenon is told what it needs. A wrong or missing setting is a `ConfigError` whose sentence names the
variable and says what to do; it never repeats a value, because the value may be a secret.
"""

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import ConfigError

PREFIX = "TENON_"
MIB = 1024 * 1024


class LogLevel(StrEnum):
    """How much is logged (Python's names)."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class KeyReference:
    """Where a secret broker keeps the App's private key: `vault:path#field` or `env:NAME`."""

    broker: str  # vault | env
    path: str
    field: str = ""

    @classmethod
    def parse(cls, text: str) -> "KeyReference":
        """Read `vault:path#field` or `env:NAME`; raises ValueError with the shape that was expected."""
        broker, _, rest = text.partition(":")
        path, _, field = rest.partition("#")
        if broker == "env" and path and not field:
            return cls("env", path)
        if broker == "vault" and path and field:
            return cls("vault", path, field)
        raise ValueError("write it as vault:path#field or env:NAME")


def new_executor_id() -> str:
    """A name no other process start has had: jobs of a lost process are told apart by it."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class Config(BaseSettings):
    """All settings, read once at start. Secret values are `SecretStr` and do not show in repr or logs."""

    model_config = SettingsConfigDict(
        frozen=True, env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    # GitHub App
    webhook_secret: SecretStr | None = None
    app_id: int | None = None
    app_slug: str = "tenon"  # the bot's login is "<slug>[bot]"
    private_key_file: Path | None = None
    private_key_broker: KeyReference | None = None
    private_key: SecretStr | None = None  # filled by `load` from `env:NAME`, never from a TENON_ variable
    github_api_url: str = "https://api.github.com"
    vault_url: str | None = Field(default=None, validation_alias=AliasChoices("TENON_VAULT_ADDR", "VAULT_ADDR"))
    vault_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TENON_VAULT_TOKEN", "VAULT_TOKEN")
    )

    # Secrets: what `tenon secrets` asks brokers with, and the key by which copies of a value are told
    secrets_prefix: str | None = Field(
        default=None, validation_alias=AliasChoices("TENON_SECRETS_PREFIX", "SECRETS_PREFIX")
    )
    azure_keyvault_url: str | None = Field(
        default=None, validation_alias=AliasChoices("TENON_AZURE_KEYVAULT_URL", "AZURE_KEYVAULT_URL")
    )
    aws_region: str | None = Field(default=None, validation_alias=AliasChoices("TENON_AWS_REGION", "AWS_REGION"))
    inventory_key: SecretStr | None = None  # the same for all repositories whose copies are to be found

    # State
    data_dir: Path = Path("tenon-data")
    database_url: SecretStr | None = None  # a URL may carry a password: ask `store_url()`

    # Jobs
    executor_id: str = Field(default_factory=new_executor_id, min_length=1)
    concurrency: int = Field(default=4, ge=1, le=256)  # jobs at a time in one worker process
    installation_limit: int = Field(default=8, ge=1)  # jobs in flight for one installation, over all workers
    attempts: int = Field(default=6, ge=1, le=50)  # tries of one stage of a job
    backoff_seconds: float = Field(default=2.0, gt=0, le=600)  # wait before the second try; doubles
    heartbeat_seconds: float = Field(default=2.0, gt=0)
    dead_after_seconds: float = Field(default=20.0, gt=0)  # silent for so long: its jobs are adopted
    polling_seconds: float = Field(default=0.2, gt=0)
    grace_seconds: float = Field(default=10.0, ge=0)  # SIGTERM: running jobs may finish for so long
    leash: Literal["", "stdin"] = ""  # set by `bot.companion` for its child: end when standard input ends

    # Web
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)  # 0: any free port
    body_limit: int = Field(default=5 * MIB, ge=1024, le=25 * MIB)  # bytes; GitHub sends at most 25 MiB
    log_level: LogLevel = LogLevel.INFO

    # LLM (optional: without a model both LLM tasks are skipped)
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings prescribes the signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the mapping given to `load`: no `.env` file, no ambient environment read behind its back."""
        return (init_settings,)

    @field_validator("private_key_broker", mode="before")
    @classmethod
    def _parse_reference(cls, value: object) -> object:
        return KeyReference.parse(value) if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("sqlite:///", "postgresql://")):
            raise ValueError("use sqlite:///path or postgresql://user@host/name")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "Config":
        if self.private_key_file and self.private_key_broker:
            raise ValueError("set TENON_PRIVATE_KEY_FILE or TENON_PRIVATE_KEY_BROKER, not both")
        if self.dead_after_seconds < 2 * self.heartbeat_seconds:
            raise ValueError("TENON_DEAD_AFTER_SECONDS must be at least twice TENON_HEARTBEAT_SECONDS")
        return self

    def store_url(self) -> str:
        """The database of deliveries, facts and history; a SQLite file in the data directory unless set."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'tenon.db'}"

    def jobs_url(self) -> str:
        """The database of the durable jobs. On SQLite a file of its own, so job steps never hold up a delivery."""
        url = self.store_url()
        return f"{url.removesuffix('.db')}-jobs.db" if url.startswith("sqlite") else url

    def require_webhook_secret(self) -> SecretStr:
        """The webhook secret; raises ConfigError without one, for then anybody could command the bot."""
        if self.webhook_secret and self.webhook_secret.get_secret_value().strip():
            return self.webhook_secret
        raise ConfigError(
            "TENON_WEBHOOK_SECRET is not set: give it the same random value as the webhook secret of the GitHub App "
            "(for example from `openssl rand -hex 32`)."
        )

    def bot_login(self) -> str:
        """The login GitHub gives the App's own acts."""
        return f"{self.app_slug}[bot]"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings from `environ` (default: the process's); raises ConfigError."""
    values = dict(os.environ if environ is None else environ)
    try:
        config = Config(**_settings(values))
    except ValidationError as error:
        raise ConfigError(_sentence(error)) from None
    reference = config.private_key_broker
    if reference is None or reference.broker != "env":
        return config
    if not values.get(reference.path):
        raise ConfigError(
            f"{reference.path} is not set, but TENON_PRIVATE_KEY_BROKER refers to it: set it or change it."
        )
    return config.model_copy(update={"private_key": SecretStr(values[reference.path])})


def _settings(values: Mapping[str, str]) -> dict[str, Any]:
    """The variables that name a setting; an empty one counts as not set."""

    class Given(EnvSettingsSource):
        """pydantic's own reading of names and aliases, over the mapping at hand."""

        def _load_env_vars(self) -> Mapping[str, str | None]:
            return {name.lower(): value for name, value in values.items() if value.strip()}

    return {name: value for name, value in Given(Config)().items() if name != "private_key"}


def _sentence(error: ValidationError) -> str:
    """Name each wrong variable and what was expected; never its value."""
    parts = []
    for item in error.errors(include_input=False, include_context=False, include_url=False):
        name = PREFIX + str(item["loc"][0]).upper() if item["loc"] else ""
        parts.append(f"{name}: {item['msg'].removeprefix('Value error, ')}".removeprefix(": "))
    return "Wrong settings. " + "; ".join(parts) + "."
