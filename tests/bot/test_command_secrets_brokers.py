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
    assert not [value for value in (STRIPE, ROTATED) if value in caplog.text]
    assert not [value for value in (STRIPE, ROTATED) if value in (shop / PATH).read_text(encoding="utf-8")]
