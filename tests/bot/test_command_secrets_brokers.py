"""`tenon secrets provision` writes to real brokers what the inserted module then reads there; nobody sees the value."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.ledger import PATH
from tests.bot.terminal import Said, tenon
from tests.servers.aws import aws
from tests.servers.clouds import clouds
from tests.servers.openbao import openbao
from tests.transforms.controls_package import controls_of
from transforms.secrets import sample

STRIPE, ROTATED = sample("stripe-key", 51), sample("stripe-key", 52)
PAY = f'def pay():\n    stripe_api_key = "{STRIPE}"\n    return stripe_api_key\n'
CLEARED = ("SECRETS_PREFIX", "VAULT_ADDR", "VAULT_TOKEN", "AZURE_KEYVAULT_URL", "TENON_INVENTORY_KEY", "AWS_PROFILE")
pytestmark = pytest.mark.slow


@contextmanager
def _vault(_folder: Path) -> Iterator[dict[str, str]]:
    with openbao() as server:
        yield {
            "SECRETS_BACKEND": "vault", "SECRETS_PREFIX": "shop", "VAULT_ADDR": server.url, "VAULT_TOKEN": server.root,
        }  # fmt: skip


@contextmanager
def _aws(folder: Path) -> Iterator[dict[str, str]]:
    with aws(folder) as server:
        yield server.settings("aws")


@contextmanager
def _ssm(folder: Path) -> Iterator[dict[str, str]]:
    with aws(folder) as server:
        yield server.settings("ssm")


@contextmanager
def _gcp(folder: Path) -> Iterator[dict[str, str]]:
    with clouds(folder) as server:
        yield server.google_settings()


@contextmanager
def _azure(folder: Path) -> Iterator[dict[str, str]]:
    with clouds(folder) as server:
        yield server.azure_settings()


BROKERS = {"vault": _vault, "aws": _aws, "ssm": _ssm, "gcp": _gcp, "azure": _azure}


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
    with BROKERS[request.param](tmp_path) as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield request.param


def provision(folder: Path, broker: str, *arguments: str) -> Said:
    said = tenon("secrets", "provision", folder, "--broker", broker, "--no-cache", *arguments)
    assert not [value for value in (STRIPE, ROTATED) if value in said.out + said.err]
    return said


def asked(folder: Path) -> str:
    """What the patched app would be given."""
    with controls_of(folder, "secrets") as controls:
        return str(controls.secrets.get_secret("STRIPE_API_KEY"))


def test_what_was_provisioned_is_what_the_patched_app_reads(
    broker: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "pay.py").write_text(PAY, encoding="utf-8")
    dry = provision(shop, broker, "--dry-run")
    assert (dry.status, "would be written" in dry.err) == (0, True)
    assert not (shop / PATH).exists()

    caplog.set_level(logging.INFO)
    first = provision(shop, broker)
    assert first.status == 0, first.err
    assert "STRIPE_API_KEY: written to " in first.err.replace("STRIPE-API-KEY", "STRIPE_API_KEY")
    assert asked(tmp_path) == STRIPE
    assert '"status": "open"' in (shop / PATH).read_text(encoding="utf-8")

    (shop / "pay.py").write_text(PAY.replace(STRIPE, ROTATED), encoding="utf-8")
    again = provision(shop, broker)
    assert again.status == 1
    assert "there already" in again.err
    assert asked(tmp_path) == STRIPE

    assert provision(shop, broker, "--overwrite", "--name", "STRIPE_API_KEY").status == 0
    assert asked(tmp_path) == ROTATED
    two_values_of_one_name(shop, broker, tmp_path)
    assert not [value for value in (STRIPE, ROTATED) if value in caplog.text]
    assert not [value for value in (STRIPE, ROTATED) if value in (shop / PATH).read_text(encoding="utf-8")]


def two_values_of_one_name(shop: Path, broker: str, root: Path) -> None:
    """What is clear is written; what two files call the same waits until somebody says which of them is used."""
    asks = 'import os\n\n\ndef f():\n    return os.getenv("REFUND_KEY", "{}")\n'
    for name, seed in (("a", 43), ("b", 44)):
        (shop / f"{name}.py").write_text(asks.format(sample("api-key", seed)), encoding="utf-8")
    (shop / "llm.py").write_text(f'def f():\n    openai_api_key = "{sample("openai-key", 51)}"\n', encoding="utf-8")
    names = ("--name", "OPENAI_API_KEY", "--name", "REFUND_KEY")
    partly = provision(shop, broker, *names)
    assert partly.status == 1
    assert "OPENAI_API_KEY: written to " in partly.err
    assert "REFUND_KEY: left out, it has two values, at a.py:5 and b.py:5: " in partly.err
    assert "(--from a.py:5)" in partly.err
    chosen = provision(shop, broker, "--name", "REFUND_KEY", "--from", "b.py:5")
    assert chosen.status == 0, chosen.err
    with controls_of(root, "secrets") as controls:
        assert controls.secrets.get_secret("REFUND_KEY") == sample("api-key", 44)
