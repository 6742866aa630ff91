"""Settings: read in one place, refused with a sentence that helps, secret where they are secret."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import Config, KeyReference, LogLevel, load
from bot.errors import ConfigError

SECRET = "a-webhook-" + "secret"


def refusal(**variables: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(variables)
    return str(caught.value)


def test_everything_has_a_default_but_the_webhook_secret() -> None:
    config = load({})
    assert config.store_url() == "sqlite:///tenon-data/tenon.db"
    assert config.body_limit == 5 * 1024 * 1024
    with pytest.raises(ConfigError, match=r"TENON_WEBHOOK_SECRET is not set.*openssl rand"):
        config.require_webhook_secret()


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_webhook_secret_is_none(blank: str) -> None:
    with pytest.raises(ConfigError):
        load({"TENON_WEBHOOK_SECRET": blank}).require_webhook_secret()


def test_variables_become_settings() -> None:
    config = load(
        {
            "TENON_WEBHOOK_SECRET": SECRET,
            "TENON_APP_ID": "17",
            "TENON_APP_SLUG": "fitter",
            "TENON_DATA_DIR": "/var/lib/tenon",
            "TENON_PORT": "0",
            "TENON_LOG_LEVEL": "debug",
            "TENON_PRIVATE_KEY_FILE": "/run/key.pem",
        }
    )
    assert config.require_webhook_secret().get_secret_value() == SECRET
    assert (config.app_id, config.bot_login(), config.port) == (17, "fitter[bot]", 0)
    assert config.store_url() == "sqlite:////var/lib/tenon/tenon.db"
    assert config.log_level is LogLevel.DEBUG
    assert config.private_key_file == Path("/run/key.pem")


def test_only_the_given_mapping_is_read(tmp_path: Path) -> None:
    assert load({"PORT": "1", "TENON_UNKNOWN": "x"}).port == 8080


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({"TENON_PORT": "", "TENON_LLM_MODEL": " "}).port == 8080


def test_jobs_have_a_file_of_their_own_on_sqlite_and_share_postgres() -> None:
    assert load({}).jobs_url() == "sqlite:///tenon-data/tenon-jobs.db"
    url = "postgresql://tenon@db/tenon"
    assert load({"TENON_DATABASE_URL": url}).jobs_url() == url == load({"TENON_DATABASE_URL": url}).store_url()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TENON_PORT", "eighty"),
        ("TENON_PORT", "70000"),
        ("TENON_CONCURRENCY", "0"),
        ("TENON_BODY_LIMIT", "99999999999"),
        ("TENON_LOG_LEVEL", "loud"),
        ("TENON_DATABASE_URL", "mysql://root@db/x"),
        ("TENON_PRIVATE_KEY_BROKER", "somewhere"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(variable: str, value: str) -> None:
    sentence = refusal(**{variable: value})
    assert variable in sentence
    assert value not in sentence


def test_a_database_url_with_a_password_stays_out_of_errors_and_repr() -> None:
    password = "hunter" + "2hunter2"
    assert password not in refusal(TENON_DATABASE_URL=f"mysql://root:{password}@db/x")
    assert password not in repr(load({"TENON_DATABASE_URL": f"postgresql://t:{password}@db/x"}))


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=12))
def test_no_secret_setting_shows_in_repr(value: str) -> None:
    names = ("TENON_WEBHOOK_SECRET", "TENON_LLM_API_KEY", "VAULT_TOKEN")
    config = load(dict.fromkeys(names, f"<<{value}>>"))
    assert config.webhook_secret and config.llm_api_key and config.vault_token
    assert value not in repr(config).replace(config.executor_id, "")


def test_two_sources_of_the_private_key_are_one_too_many() -> None:
    sentence = refusal(TENON_PRIVATE_KEY_FILE="/k", TENON_PRIVATE_KEY_BROKER="env:KEY", KEY="x")
    assert "not both" in sentence


def test_a_private_key_by_reference_to_a_variable_is_read_and_hidden() -> None:
    config = load({"TENON_PRIVATE_KEY_BROKER": "env:APP_KEY", "APP_KEY": "the key itself"})
    assert config.private_key
    assert config.private_key.get_secret_value() == "the key itself"
    assert "the key itself" not in repr(config)


def test_a_reference_to_a_variable_that_is_not_set_says_which() -> None:
    assert "APP_KEY is not set" in refusal(TENON_PRIVATE_KEY_BROKER="env:APP_KEY")


def test_a_vault_reference_names_path_and_field() -> None:
    config = load({"TENON_PRIVATE_KEY_BROKER": "vault:secret/data/tenon#pem", "VAULT_ADDR": "http://vault:8200"})
    assert config.private_key_broker == KeyReference("vault", "secret/data/tenon", "pem")
    assert config.vault_url == "http://vault:8200"
    assert config.private_key is None


@pytest.mark.parametrize("text", ["vault:path", "vault:#field", "env:", "env:A#b", "file:/x", ""])
def test_a_malformed_reference_is_told_its_shape(text: str) -> None:
    with pytest.raises(ValueError, match="vault:path#field or env:NAME"):
        KeyReference.parse(text)


def test_a_worker_may_not_be_called_dead_between_two_beats() -> None:
    sentence = refusal(TENON_HEARTBEAT_SECONDS="5", TENON_DEAD_AFTER_SECONDS="6")
    assert "TENON_DEAD_AFTER_SECONDS must be at least twice" in sentence


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load({}).port = 1  # type: ignore[misc]


def test_each_process_start_has_an_executor_id_of_its_own() -> None:
    assert Config().executor_id != Config().executor_id
    assert load({"TENON_EXECUTOR_ID": "blue-1"}).executor_id == "blue-1"
