"""The composition root: settings in, working parts out. Heavy parts are imported when they are built.

Only the commands use it; everything else is handed what it needs.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.config import Config
from bot.errors import ConfigError, NotFound
from bot.jobs import JobRequest, RunnerFactory

if TYPE_CHECKING:
    from bot.agent.chat import ModelSettings
    from bot.agent.model import Model
    from bot.forges.github_app import GitHubApp
    from bot.forges.private_key import PrivateKey
    from bot.services import MakeModel, Services
    from bot.store import Store


def runner_factory(config: Config) -> RunnerFactory:
    """What makes the runner in a worker process; raises ConfigError at once when a setting is missing."""
    from bot.pipeline import Pipeline
    from bot.store import open_store

    app = github_app(config)
    return lambda: Pipeline(services(config, app, open_store(config.store_url())))


def services(config: Config, app: "GitHubApp", store: "Store") -> "Services":
    """Everything a job uses, real."""
    from bot.forge import Forge, Repository
    from bot.forges.github import GitHubForge
    from bot.mirror import Mirror
    from bot.plans import Plans
    from bot.services import Services

    def forge(request: JobRequest) -> Forge:
        return GitHubForge.of(app, request.installation_id, request.repository, request.repository_id)

    def mirror(repository: Repository, credentials: Callable[[], str | None]) -> Mirror:
        path = config.data_dir / "mirrors" / f"{repository.repository_id}.git"
        return Mirror(path, repository.clone_url, credentials)

    return Services(store, forge, mirror, _model_maker(config), Plans(config.data_dir / "plans"))


def github_app(config: Config) -> "GitHubApp":
    """The App; raises ConfigError naming the variable that is missing."""
    from bot.forges.github_app import GitHubApp

    if config.app_id is None:
        raise ConfigError("TENON_APP_ID is not set: it is the number on the settings page of the GitHub App.")
    return GitHubApp(config.app_id, _private_key(config), config.github_api_url)


def installation_is_known(config: Config) -> Callable[[int], bool]:
    """Ask GitHub about an installation that no event told of; every answer but "there is none" raises."""
    app: list[GitHubApp] = []

    def is_known(installation_id: int) -> bool:
        if not app:
            app.append(github_app(config))
        try:
            app[0].permissions(installation_id)
        except NotFound:
            return False
        return True

    return is_known


def _private_key(config: Config) -> "PrivateKey":
    from bot.forges import private_key

    if config.private_key_file:
        return private_key.from_file(config.private_key_file)
    if config.private_key:
        secret = config.private_key
        return private_key.from_text(secret.get_secret_value, "TENON_PRIVATE_KEY_BROKER")
    reference, token = config.private_key_broker, config.vault_token
    if reference and config.vault_url and token:
        return private_key.from_vault(config.vault_url, token.get_secret_value, reference.path, reference.field)
    if reference:
        raise ConfigError("TENON_PRIVATE_KEY_BROKER refers to Vault: set VAULT_ADDR and VAULT_TOKEN too.")
    raise ConfigError(
        "The App's private key is missing: set TENON_PRIVATE_KEY_FILE to the .pem file, "
        "or TENON_PRIVATE_KEY_BROKER to where a broker keeps it."
    )


def _model_maker(config: Config) -> "MakeModel":
    from bot.agent.budget import MemoryLedger, job_budget
    from bot.agent.chat import model_for_job

    settings, ledger = _model_settings(config), MemoryLedger()

    def make(request: JobRequest, values: Callable[[], tuple[str, ...]]) -> "Model | None":
        return model_for_job(settings, job_budget(request.job_id, request.installation_id, ledger), values)

    return make


def _model_settings(config: Config) -> "ModelSettings | None":
    """None, and so no model, unless both the endpoint and the model's name are set."""
    from bot.agent.chat import ModelSettings

    if not (config.llm_base_url and config.llm_model):
        return None
    key = config.llm_api_key.get_secret_value() if config.llm_api_key else "none"
    return ModelSettings(config.llm_base_url, config.llm_model, key)
