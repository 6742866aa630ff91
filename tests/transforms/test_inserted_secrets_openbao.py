"""What `controls.secrets` and `controls.database` ask of a real OpenBao server, with a real Postgres behind it."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
import sqlalchemy

from tests.servers.openbao import OpenBao, openbao
from tests.servers.postgres import StrictPostgres, strict_postgres
from tests.transforms.controls_package import controls_of

VALUE = "-".join(["not", "a", "real", "value"])
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bao() -> Iterator[OpenBao]:
    with openbao() as server:
        yield server


@pytest.fixture
def controls(tmp_path: Path, bao: OpenBao, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("VAULT_TOKEN", "VAULT_ROLE_ID", "VAULT_ROLE", "SECRETS_TTL_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRETS_BACKEND", "vault")
    monkeypatch.setenv("SECRETS_PREFIX", "shop")
    monkeypatch.setenv("VAULT_ADDR", bao.url)
    with controls_of(tmp_path, "secrets", "database") as package:
        yield package


@pytest.fixture
def signed_in(bao: OpenBao, controls: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """With a role id and a secret id, as a machine without an identity of its own is."""
    for name, value in bao.app_role().items():
        monkeypatch.setenv(name, value)
    return controls


def as_workload(bao: OpenBao, monkeypatch: pytest.MonkeyPatch, folder: Path, **claims: str) -> None:
    bao.trust_workloads()
    identity = folder / "identity.jwt"
    identity.write_text(bao.workload_token(**claims), encoding="utf-8")
    for name, value in {"VAULT_AUTH": "jwt", "VAULT_ROLE": "shop", "VAULT_JWT_PATH": str(identity)}.items():
        monkeypatch.setenv(name, value)


# --- signing in


def test_a_machine_signs_in_with_its_app_role(bao: OpenBao, signed_in: ModuleType) -> None:
    bao.put("shop/STRIPE_API_KEY", value=VALUE)
    assert signed_in.secrets.get_secret("STRIPE_API_KEY") == VALUE


def test_a_workload_signs_in_with_its_platform_s_token(
    bao: OpenBao, controls: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bao.put("crates", FIELD=VALUE)
    monkeypatch.setenv("SECRETS_PREFIX", "crates")
    as_workload(bao, monkeypatch, tmp_path)
    assert controls.secrets.get_secret("FIELD") == VALUE


@pytest.mark.parametrize("claims", [{"repository": "evil/app"}, {"aud": "other"}, {"iss": "https://evil.test"}])
def test_a_workload_of_somebody_else_is_refused(
    bao: OpenBao, controls: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, claims: dict[str, str]
) -> None:
    bao.put("shop/FIELD", value=VALUE)
    as_workload(bao, monkeypatch, tmp_path, **claims)
    with pytest.raises(controls.secrets.SecretUnavailable, match=r"'FIELD'.*'vault'") as refused:
        controls.secrets.get_secret("FIELD")
    assert refused.value.__context__ is None


def test_an_app_may_not_read_what_is_not_its_own(
    bao: OpenBao, signed_in: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    bao.put("other/KEY", value=VALUE)
    monkeypatch.setenv("SECRETS_PREFIX", "other")
    with pytest.raises(signed_in.secrets.SecretUnavailable, match="no right to read other/KEY"):
        signed_in.secrets.get_secret("KEY")


def test_a_token_signs_in_too(bao: OpenBao, controls: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    bao.put("shop/TOKEN_READ", value=VALUE)
    monkeypatch.setenv("VAULT_TOKEN", bao.root)
    assert controls.secrets.get_secret("TOKEN_READ") == VALUE


def test_what_is_missing_is_told_from_what_is_forbidden(signed_in: ModuleType) -> None:
    with pytest.raises(signed_in.secrets.SecretUnavailable, match="there is nothing at shop/ABSENT below secret"):
        signed_in.secrets.get_secret("ABSENT")


# --- rotation


def test_a_new_version_is_picked_up_when_its_time_is_over(bao: OpenBao, signed_in: ModuleType) -> None:
    now = [0.0]
    reader = signed_in.secrets.SecretReader(clock=lambda: now[0])
    bao.put("shop/ROTATED", value="old")
    assert reader.get("ROTATED") == "old"
    bao.put("shop/ROTATED", value="new")
    now[0] = 299.0
    assert reader.get("ROTATED") == "old"
    now[0] = 300.0
    assert reader.get("ROTATED") == "new"


def test_a_deleted_secret_stops_the_app(bao: OpenBao, signed_in: ModuleType) -> None:
    bao.put("shop/GONE", value=VALUE)
    bao.client.secrets.kv.v2.delete_latest_version_of_secret(path="shop/GONE", mount_point="secret")
    with pytest.raises(signed_in.secrets.SecretUnavailable, match="'GONE'"):
        signed_in.secrets.get_secret("GONE")


# --- credentials of a database


@pytest.fixture(scope="module")
def database(bao: OpenBao) -> Iterator[StrictPostgres]:
    with strict_postgres() as server:
        server.give_out_by(bao, seconds=3)
        yield server


@pytest.fixture
def role(signed_in: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("DATABASE_ROLE", "shop")
    return signed_in


def test_the_database_lets_nobody_in_without_a_password(database: StrictPostgres) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.address("keeper", "wrong"), connect_timeout=5)


def test_a_connection_signs_in_with_an_account_of_its_own(role: ModuleType, database: StrictPostgres) -> None:
    with psycopg.connect(database.address(), **role.database.credentials()) as connection:
        found = connection.execute("select current_user, count(*) from orders").fetchone()
    assert found is not None
    assert found[0].startswith("v-")
    assert found[1] == 1


def test_every_connection_of_an_engine_signs_in_afresh(role: ModuleType, database: StrictPostgres) -> None:
    engine = role.database.short_lived(sqlalchemy.create_engine(database.url, poolclass=sqlalchemy.NullPool))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select count(*) from orders")).scalar_one() == 1


def test_credentials_are_used_again_while_they_are_fresh_and_then_replaced(
    role: ModuleType, database: StrictPostgres
) -> None:
    now = [0.0]
    reader = role.database.CredentialReader(clock=lambda: now[0])
    first = reader.get()
    now[0] = 1.4
    assert reader.get() == first
    now[0] = 1.6
    assert reader.get()["user"] != first["user"]
    database.is_gone(first["user"])


def test_without_a_role_nothing_connects(controls: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_ROLE", raising=False)
    with pytest.raises(controls.secrets.SecretUnavailable, match="DATABASE_ROLE is not set"):
        controls.database.credentials()


def test_an_unknown_role_is_refused_without_a_word_of_the_answer(
    role: ModuleType, database: StrictPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_ROLE", "owner")
    with pytest.raises(role.secrets.SecretUnavailable, match=r"owner.*'vault'") as refused:
        role.database.credentials()
    assert refused.value.__cause__ is None


def test_an_aws_database_takes_a_signed_token_in_the_place_of_a_password(
    controls: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "DATABASE_CREDENTIALS": "aws", "DATABASE_ROLE": "shop", "DATABASE_ENDPOINT": "db.example.com:5433",
        "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    found = controls.database.credentials()
    assert found["user"] == "shop"
    assert found["password"].startswith("db.example.com:5433/?Action=connect&DBUser=shop&X-Amz-Algorithm=")
    assert "Signature" not in f"{found!r}"
