"""What goes wrong while a secret is written to a broker is said by its name; what the client said is not repeated."""

import socket
from collections.abc import Iterator

import pytest

from bot.config import Config
from bot.errors import TenonError
from bot.provisioning import keeper, told
from transforms.secrets import sample

VALUE = sample("stripe-key", 8)


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address at which nothing listens: the port is ours and closed to everybody."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def refusal(broker: str, config: Config) -> str:
    """What is said where a broker cannot be written to."""
    with pytest.raises(TenonError) as refused:
        keeper(broker, config, "shop")
    return str(refused.value)


@pytest.mark.parametrize("broker", ["env", "drawer", ""])
def test_a_broker_that_nobody_writes_to_is_refused_by_name(broker: str) -> None:
    assert refusal(broker, Config()).startswith(f"Tenon cannot write to {broker!r}: set the variables")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(), "Set VAULT_ADDR and VAULT_TOKEN"),
        (Config(vault_url="http://127.0.0.1:1"), "Set VAULT_ADDR and VAULT_TOKEN"),
        (Config(vault_token="t"), "Set VAULT_ADDR and VAULT_TOKEN"),  # type: ignore[arg-type]
    ],
)
def test_a_vault_needs_an_address_and_a_token(config: Config, said: str) -> None:
    assert refusal("vault", config).startswith(said)


def test_a_key_vault_needs_an_address() -> None:
    assert refusal("azure", Config()).startswith("Set AZURE_KEYVAULT_URL")


def test_a_vault_that_does_not_answer_is_named_and_the_value_is_not(nowhere: str) -> None:
    config = Config(vault_url=nowhere, vault_token="t")  # type: ignore[arg-type]
    kept = keeper("vault", config, "shop")
    for action in (lambda: kept.has("KEY"), lambda: kept.put("KEY", VALUE)):
        with pytest.raises(TenonError) as failed, told("vault"):
            action()
        assert str(failed.value) == "vault answered with ConnectionError: is it reachable, may you?"
        assert failed.value.__suppress_context__


@pytest.mark.parametrize("broker", ["aws", "ssm"])
def test_a_cloud_without_a_region_says_which_error_it_was(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    assert refusal(broker, Config()) == f"{broker} answered with NoRegionError: is it reachable, may you?"


def test_a_client_that_is_not_installed_is_asked_for() -> None:
    with (
        pytest.raises(TenonError, match="Install the client of vault first: no_such_client is not there"),
        told("vault"),
    ):
        raise ModuleNotFoundError("No module named 'no_such_client'", name="no_such_client")


def test_what_a_client_says_is_not_repeated() -> None:
    with pytest.raises(TenonError) as failed, told("aws"):
        raise ValueError(f"cannot store {VALUE}")
    assert str(failed.value) == "aws answered with ValueError: is it reachable, may you?"
    assert failed.value.__suppress_context__, "a traceback would show the client's words"


def test_our_own_words_pass() -> None:
    with pytest.raises(TenonError, match=r"^say this$"), told("gcp"):
        raise TenonError("say this")


def test_nothing_is_said_where_all_is_well() -> None:
    with told("vault"):
        done = True
    assert done
