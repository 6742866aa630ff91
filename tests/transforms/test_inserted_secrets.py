"""What `controls.secrets` does: the contract's part on secrets, with the environment and a small Vault on loopback."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.transforms.controls_package import controls_of

VALUE = "-".join(["not", "a", "real", "value"])


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("SECRETS_BACKEND", "SECRETS_PREFIX", "SECRETS_TTL_SECONDS", "VAULT_TOKEN", "VAULT_ADDR"):
        monkeypatch.delenv(name, raising=False)
    with controls_of(tmp_path, "secrets") as controls:
        yield controls.secrets


class Vault:
    """KV version 2 and the three log-ins of a Vault, as far as the inserted module asks."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.namespaces: set[str | None] = set()
        self.logins: list[tuple[str, dict[str, Any]]] = []
        self.token = "root-of-the-test"
        self.status = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def read(self, path: str, token: str | None) -> tuple[int, dict[str, Any]]:
        self.requests.append(path)
        if self.status != 200:
            return self.status, {"errors": [f"internal, while reading {VALUE}"]}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        if path not in self.entries:
            return 404, {"errors": []}
        return 200, {"data": {"data": self.entries[path], "metadata": {"version": 1}}}

    def log_in(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.logins.append((path, body))
        if "wrong" in body.values():
            return 400, {"errors": ["invalid role or secret ID"]}
        return 200, {"auth": {"client_token": self.token}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        vault = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                vault.namespaces.add(self.headers.get("X-Vault-Namespace"))
                self._answer(*vault.read(self.path, self.headers.get("X-Vault-Token")))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(*vault.log_in(self.path, body))

            def _answer(self, status: int, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def vault(secrets: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    vault = Vault()
    monkeypatch.setenv("SECRETS_BACKEND", "vault")
    monkeypatch.setenv("SECRETS_PREFIX", "shop")
    monkeypatch.setenv("VAULT_ADDR", vault.url)
    monkeypatch.setenv("VAULT_TOKEN", vault.token)
    yield vault
    vault.stop()


# --- environment


def test_the_environment_is_the_default_backend(secrets: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", VALUE)
    assert secrets.get_secret("STRIPE_API_KEY") == VALUE
    assert isinstance(secrets.get_secret("STRIPE_API_KEY"), str)


def test_the_prefix_is_put_before_the_name(secrets: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_PREFIX", "SHOP_")
    monkeypatch.setenv("SHOP_STRIPE_API_KEY", VALUE)
    assert secrets.get_secret("STRIPE_API_KEY") == VALUE


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_secret_stops_the_app(
    secrets: ModuleType, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("STRIPE_API_KEY", value)
    with pytest.raises(secrets.SecretUnavailable, match=r"'STRIPE_API_KEY'.*'env'") as refused:
        secrets.get_secret("STRIPE_API_KEY")
    assert (refused.value.name, refused.value.backend) == ("STRIPE_API_KEY", "env")


def test_there_is_no_default_to_fall_back_on(secrets: ModuleType) -> None:
    with pytest.raises(TypeError):
        secrets.get_secret("STRIPE_API_KEY", "a default")


def test_a_value_that_appears_later_is_found(secrets: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    with pytest.raises(secrets.SecretUnavailable):
        secrets.get_secret("STRIPE_API_KEY")
    monkeypatch.setenv("STRIPE_API_KEY", VALUE)
    assert secrets.get_secret("STRIPE_API_KEY") == VALUE


def test_an_unknown_backend_says_which_there_are(secrets: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_BACKEND", "drawer")
    with pytest.raises(secrets.SecretUnavailable, match=r"'drawer'.*aws, azure, env, gcp, ssm, vault"):
        secrets.get_secret("STRIPE_API_KEY")


def test_importing_the_module_loads_no_client(secrets: ModuleType) -> None:
    assert "hvac" not in vars(secrets)
    assert secrets.__name__ in sys.modules


# --- Vault


def test_vault_serves_a_secret_with_one_value(secrets: ModuleType, vault: Vault) -> None:
    vault.entries["/v1/secret/data/shop/STRIPE_API_KEY"] = {"value": VALUE}
    assert secrets.get_secret("STRIPE_API_KEY") == VALUE


def test_vault_serves_a_field_of_the_folder_s_secret(secrets: ModuleType, vault: Vault) -> None:
    vault.entries["/v1/secret/data/shop"] = {"STRIPE_API_KEY": VALUE, "OTHER": "x"}
    assert secrets.get_secret("STRIPE_API_KEY") == VALUE


def test_a_name_may_be_a_path(secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_PREFIX", "/teams/shop/")
    vault.entries["/v1/secret/data/teams/shop/stripe"] = {"api_key": VALUE}
    assert secrets.get_secret("stripe/api_key") == VALUE


def test_mount_and_namespace_can_be_chosen(secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_MOUNT", "kv")
    monkeypatch.setenv("VAULT_NAMESPACE", "team-a")
    vault.entries["/v1/kv/data/shop/KEY"] = {"value": VALUE}
    assert secrets.get_secret("KEY") == VALUE
    assert vault.namespaces == {"team-a"}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({}, "nothing at shop/KEY below secret"),
        ({"/v1/secret/data/shop": {"value": "x"}}, "no such field"),
        ({"/v1/secret/data/shop/KEY": {"other": "x"}}, "no such field"),
        ({"/v1/secret/data/shop/KEY": {"value": ""}}, "empty"),
    ],
    ids=["nothing there", "field missing in folder", "field missing in secret", "empty value"],
)
def test_what_vault_does_not_have_stops_the_app(
    secrets: ModuleType, vault: Vault, entries: dict[str, dict[str, Any]], reason: str
) -> None:
    vault.entries = entries
    with pytest.raises(secrets.SecretUnavailable, match=rf"'KEY'.*'vault'.*{reason}"):
        secrets.get_secret("KEY")


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_an_error_of_vault_shows_neither_value_nor_answer(secrets: ModuleType, vault: Vault, status: int) -> None:
    vault.status = status
    with pytest.raises(secrets.SecretUnavailable) as refused:
        secrets.get_secret("KEY")
    assert VALUE not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_a_vault_that_is_down_stops_the_app(secrets: ModuleType, vault: Vault) -> None:
    vault.stop()
    with pytest.raises(secrets.SecretUnavailable, match="ConnectionError"):
        secrets.get_secret("KEY")


@pytest.mark.parametrize("missing", ["VAULT_ADDR", "VAULT_TOKEN"])
def test_a_vault_that_is_not_configured_is_named(
    secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(secrets.SecretUnavailable, match=missing):
        secrets.get_secret("KEY")


def test_signing_in_with_an_app_role(secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("VAULT_ROLE_ID", "shop")
    monkeypatch.setenv("VAULT_SECRET_ID", "right")
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": VALUE}
    assert secrets.get_secret("KEY") == VALUE
    assert vault.logins == [("/v1/auth/approle/login", {"role_id": "shop", "secret_id": "right"})]


def test_a_refused_sign_in_stops_the_app(secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("VAULT_ROLE_ID", "shop")
    monkeypatch.setenv("VAULT_SECRET_ID", "wrong")
    with pytest.raises(secrets.SecretUnavailable, match="InvalidRequest"):
        secrets.get_secret("KEY")


@pytest.mark.parametrize("method", ["kubernetes", "jwt"])
def test_signing_in_with_the_workload_s_identity(
    secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, method: str
) -> None:
    identity = tmp_path / "identity"
    identity.write_text("signed-by-the-platform\n", encoding="utf-8")
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("VAULT_ROLE", "shop")
    monkeypatch.setenv("VAULT_JWT_PATH", str(identity))
    monkeypatch.setenv("VAULT_AUTH", method)
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": VALUE}
    assert secrets.get_secret("KEY") == VALUE
    assert vault.logins == [(f"/v1/auth/{method}/login", {"role": "shop", "jwt": "signed-by-the-platform"})]


def test_no_identity_file_stops_the_app(secrets: ModuleType, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_TOKEN")
    monkeypatch.setenv("VAULT_ROLE", "shop")
    monkeypatch.setenv("VAULT_JWT_PATH", "/nowhere")
    with pytest.raises(secrets.SecretUnavailable, match="FileNotFoundError"):
        secrets.get_secret("KEY")


# --- memory and rotation


def test_a_value_is_served_from_memory_until_its_time_is_over(secrets: ModuleType, vault: Vault) -> None:
    now = [0.0]
    reader = secrets.SecretReader(clock=lambda: now[0])
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": "old"}
    assert reader.get("KEY") == "old"
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": "new"}
    now[0] = 299.9
    assert reader.get("KEY") == "old"
    assert len(vault.requests) == 1
    now[0] = 300.0
    assert reader.get("KEY") == "new"


@pytest.mark.parametrize(("setting", "seconds"), [("60", 60.0), ("0", 0.0), ("soon", 300.0), ("", 300.0)])
def test_the_time_can_be_chosen(
    secrets: ModuleType, monkeypatch: pytest.MonkeyPatch, setting: str, seconds: float
) -> None:
    monkeypatch.setenv("SECRETS_TTL_SECONDS", setting)
    assert secrets.ttl_seconds() == seconds


def test_a_refresh_reads_again_at_once(secrets: ModuleType, vault: Vault) -> None:
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": "old"}
    secrets.get_secret("KEY")
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": "new"}
    assert secrets.get_secret("KEY") == "old"
    assert secrets.refresh_secret("KEY") == "new"
    assert secrets.get_secret("KEY") == "new"


def test_a_value_whose_time_is_over_is_not_served_while_vault_is_down(secrets: ModuleType, vault: Vault) -> None:
    now = [0.0]
    reader = secrets.SecretReader(clock=lambda: now[0])
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": VALUE}
    reader.get("KEY")
    vault.status, now[0] = 503, 301.0
    with pytest.raises(secrets.SecretUnavailable):
        reader.get("KEY")


def test_many_threads_may_ask_at_once(secrets: ModuleType, vault: Vault) -> None:
    vault.entries = {f"/v1/secret/data/shop/KEY{number}": {"value": str(number)} for number in range(8)}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: secrets.get_secret(f"KEY{number % 8}"), range(64)))
    assert found == [str(number % 8) for number in range(64)]


def test_no_value_shows_by_accident(secrets: ModuleType, vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    vault.entries["/v1/secret/data/shop/KEY"] = {"value": VALUE}
    reader = secrets.SecretReader()
    value = reader.get("KEY")
    assert VALUE not in f"{value!r} {reader!r} {vars(reader)!r} {[value]!r}"
    assert VALUE not in caplog.text
    assert f"{value}" == VALUE
