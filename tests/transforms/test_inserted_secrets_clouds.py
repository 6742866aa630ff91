"""What `controls.secrets` asks of the clouds: the real client libraries, signed in to by workload identity, on loopback.

AWS is moto's server; Google and Azure are `tests.servers.clouds`, reached under their real names through a proxy.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.servers.aws import aws
from tests.servers.clouds import clouds
from tests.transforms.controls_package import controls_of

VALUE = "-".join(["not", "a", "real", "value"])
CLEARED = (
    "SECRETS_BACKEND", "SECRETS_PREFIX", "SECRETS_TTL_SECONDS", "AWS_PROFILE", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "https_proxy", "no_proxy",
)  # fmt: skip
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Store:
    """One backend as a test sees it."""

    settings: dict[str, str]
    put: Callable[[str, str], None]  # the name as a broker's commands write it, and a value


@contextmanager
def _aws(folder: Path) -> Iterator[Store]:
    def put(name: str, value: str) -> None:
        known = [each["Name"] for each in server.secrets.list_secrets()["SecretList"]]
        if name in known:
            server.secrets.put_secret_value(SecretId=name, SecretString=value)
        else:
            server.secrets.create_secret(Name=name, SecretString=value)

    with aws(folder) as server:
        yield Store(server.settings("aws"), put)


@contextmanager
def _ssm(folder: Path) -> Iterator[Store]:
    def put(name: str, value: str) -> None:
        server.parameters.put_parameter(Name=f"/{name}", Value=value, Type="SecureString", Overwrite=True)

    with aws(folder) as server:
        yield Store(server.settings("ssm"), put)


@contextmanager
def _gcp(folder: Path) -> Iterator[Store]:
    with clouds(folder) as server:

        def put(name: str, value: str) -> None:
            server.google[name.replace("/", "-")] = value

        yield Store(server.google_settings(), put)


@contextmanager
def _azure(folder: Path) -> Iterator[Store]:
    with clouds(folder) as server:

        def put(name: str, value: str) -> None:
            server.azure[name.replace("/", "-").replace("_", "-")] = value

        yield Store(server.azure_settings(), put)


STORES = {"aws": _aws, "ssm": _ssm, "gcp": _gcp, "azure": _azure}


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in CLEARED:
        monkeypatch.delenv(name, raising=False)
    with controls_of(tmp_path, "secrets") as controls:
        yield controls.secrets


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with STORES[request.param](tmp_path) as found:
        for name, value in found.settings.items():
            monkeypatch.setenv(name, value)
        yield found


def test_a_secret_is_read_by_the_identity_of_the_workload(secrets: ModuleType, store: Store) -> None:
    store.put("shop/STRIPE_API_KEY", VALUE)
    assert secrets.get_secret("STRIPE_API_KEY") == VALUE


def test_a_rotated_value_is_picked_up_when_its_time_is_over(secrets: ModuleType, store: Store) -> None:
    now = [0.0]
    reader = secrets.SecretReader(clock=lambda: now[0])
    store.put("shop/KEY", "old")
    assert reader.get("KEY") == "old"
    store.put("shop/KEY", "new")
    now[0] = 299.9
    assert reader.get("KEY") == "old"
    now[0] = 300.0
    assert reader.get("KEY") == "new"


def test_what_is_not_there_stops_the_app_and_is_named(secrets: ModuleType, store: Store) -> None:
    backend = store.settings["SECRETS_BACKEND"]
    with pytest.raises(secrets.SecretUnavailable, match=rf"'ABSENT'.*'{backend}': there is no .*ABSENT") as refused:
        secrets.get_secret("ABSENT")
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_a_store_that_is_down_stops_the_app(secrets: ModuleType, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put("shop/KEY", VALUE)
    for name in ("AWS_ENDPOINT_URL", "HTTPS_PROXY", "IDENTITY_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(secrets.SecretUnavailable, match=r"'KEY'.*the backend answered with \w+") as refused:
        secrets.get_secret("KEY")
    assert refused.value.__context__ is None


def test_a_workload_without_an_identity_is_refused(
    secrets: ModuleType, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("shop/KEY", VALUE)
    for name in ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "GOOGLE_APPLICATION_CREDENTIALS", "IDENTITY_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(secrets.SecretUnavailable, match="the backend answered with"):
        secrets.get_secret("KEY")


def test_not_even_the_most_talkative_log_has_a_value(
    secrets: ModuleType, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.put("shop/KEY", VALUE)
    caplog.set_level(logging.DEBUG)
    reader = secrets.SecretReader()
    value = reader.get("KEY")
    assert value == VALUE
    assert VALUE not in f"{value!r} {reader!r} {vars(reader)!r}"
    assert caplog.records
    assert [f"{each.name}: {each.funcName}" for each in caplog.records if VALUE in each.getMessage()] == []


def test_a_secret_of_aws_may_be_an_object_with_fields(
    secrets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _aws(tmp_path) as store:
        for name, value in store.settings.items():
            monkeypatch.setenv(name, value)
        store.put("shop", json.dumps({"SHARED": VALUE}))
        store.put("shop/ONE", json.dumps({"value": VALUE}))
        store.put("shop/TWO", json.dumps({"TWO": VALUE}))
        store.put("shop/DOCUMENT", json.dumps({"type": "document"}))
        assert [secrets.get_secret(name) for name in ("SHARED", "ONE", "TWO")] == [VALUE] * 3
        assert json.loads(secrets.get_secret("DOCUMENT")) == {"type": "document"}


@pytest.mark.parametrize(("backend", "missing"), [("gcp", "GOOGLE_CLOUD_PROJECT"), ("azure", "AZURE_KEYVAULT_URL")])
def test_a_store_that_is_not_configured_is_named(
    secrets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, missing: str
) -> None:
    with STORES[backend](tmp_path) as store:
        for name, value in store.settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv(missing)
        with pytest.raises(secrets.SecretUnavailable, match=missing):
            secrets.get_secret("KEY")


def test_importing_the_module_loads_no_client_of_a_cloud(secrets: ModuleType) -> None:
    assert not {"boto3", "google", "azure"} & vars(secrets).keys()


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("settings", ["google_settings", "azure_settings"])
def test_an_error_of_a_cloud_shows_neither_value_nor_answer(
    secrets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, status: int
) -> None:
    with clouds(tmp_path) as server:
        for name, value in getattr(server, settings)().items():
            monkeypatch.setenv(name, value)
        server.google["shop-KEY"] = server.azure["shop-KEY"] = VALUE
        server.status = status
        with pytest.raises(secrets.SecretUnavailable, match="the backend answered with") as refused:
            secrets.get_secret("KEY")
        assert VALUE not in str(refused.value)
        assert refused.value.__context__ is None
        assert any(path.endswith(("shop-KEY", "versions/latest:access", "KEY/")) for path in server.requests)
