"""Apps with secrets in their settings, patched by the real pipeline: they work by the broker, and without it they stop.

The old value is a canary: it is in no file, log, report, ledger, cache and database afterwards.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.apart import run_pytest
from tests.bot.terminal import tenon
from tests.e2e.brokered import APPS, ROTATED, Brokered, at_work, written
from tests.servers.openbao import OpenBao, openbao

pytestmark = pytest.mark.slow
each_app = pytest.mark.parametrize("app", APPS, ids=lambda each: each.name)
ONLY = ("--control", "no-secret-in-code")


@pytest.fixture(scope="module")
def bao() -> Iterator[OpenBao]:
    with openbao() as server:
        yield server


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Tenon keeps what it keeps."""
    monkeypatch.setenv("TENON_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TENON_INVENTORY_KEY", "of the test")
    for name in ("SECRETS_PREFIX", "VAULT_ADDR", "VAULT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def patched(app: Brokered, folder: Path, policy: str = "") -> Path:
    """The app after `tenon fix --write`."""
    written(app, folder, policy)
    said = tenon("fix", folder, "--write", "--no-cache", *ONLY)
    assert said.status == 0, said.err
    assert "dropped by gate" not in said.err
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def holders(contents: dict[str, bytes], app: Brokered) -> list[str]:
    return [place for place, text in contents.items() if any(v.encode() in text for v in app.values().values())]


@each_app
def test_the_app_does_its_work_by_the_environment(app: Brokered, reports: Path) -> None:
    folder = patched(app, reports / "app")
    fresh = {name: f"of-{name.lower()}-and-long-enough-for-a-key" for name in app.secrets}
    done = at_work(app, folder, fresh)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == app.answers(fresh)
    assert not [value for value in fresh.values() if value in done.stderr]


@each_app
def test_without_a_secret_the_app_stops_and_names_it(app: Brokered, reports: Path) -> None:
    folder = patched(app, reports / "app")
    for missing in app.secrets:
        settings = {name: "of-the-test-and-long-enough" for name in app.secrets if name != missing}
        done = at_work(app, folder, settings)
        assert done.returncode != 0
        by_broker = f"SecretUnavailable: secret '{missing}' is not available from backend 'env'"
        by_settings = f"{missing.lower()}\n  Field required"
        assert (by_settings if missing in app.in_settings else by_broker) in done.stderr


@each_app
def test_the_app_does_its_work_by_a_vault(
    app: Brokered, reports: Path, bao: OpenBao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_ADDR", bao.url)
    monkeypatch.setenv("VAULT_TOKEN", bao.root)
    prefix = f"shop/{app.name}"
    folder = written(app, reports / "app", "broker: vault\n")
    moved = tenon("secrets", "provision", folder, "--prefix", prefix, "--no-cache")
    assert moved.status == 0, moved.err
    patched(app, folder, "broker: vault\n")
    settings = {"SECRETS_BACKEND": "vault", "SECRETS_PREFIX": prefix, "VAULT_ADDR": bao.url, **bao.app_role()}
    done = at_work(app, folder, settings)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == app.answers(app.values())
    told = {"provision": moved.err, "log of the app": done.stderr, "answers": done.stdout}
    assert holders({name: text.encode() for name, text in told.items()}, app) == []
    lost = at_work(app, folder, {**settings, "SECRETS_PREFIX": "shop/nothing"})
    assert lost.returncode != 0
    assert "SecretUnavailable: secret '" in lost.stderr
    assert "from backend 'vault': there is nothing at shop/nothing/" in lost.stderr


def test_a_rotated_secret_is_picked_up_by_a_running_app(
    reports: Path, bao: OpenBao, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its client was made with the old value, and is made anew for the new one."""
    monkeypatch.setenv("VAULT_ADDR", bao.url)
    monkeypatch.setenv("VAULT_TOKEN", bao.root)
    app, prefix = replace(APPS[0], work=ROTATED), "shop/rotated"
    folder = written(app, reports / "app", "broker: vault\n")
    assert tenon("secrets", "provision", folder, "--prefix", prefix, "--no-cache").status == 0
    patched(app, folder, "broker: vault\n")
    settings = {
        "SECRETS_BACKEND": "vault", "SECRETS_PREFIX": prefix, "SECRETS_TTL_SECONDS": "0", "VAULT_ADDR": bao.url,
        **bao.app_role(), "ROTATE_WITH": bao.root,
    }  # fmt: skip
    done = at_work(app, folder, settings)
    assert done.returncode == 0, done.stderr[-2000:]
    old, same, new = json.loads(done.stdout)
    assert old == same == f"7 [{hashlib.sha256(app.values()['ACCESS_TOKEN'].encode()).hexdigest()}]"
    assert new == f"7 [{hashlib.sha256(b'rotated-and-long-enough').hexdigest()}]"


@each_app
def test_the_patch_carries_a_proof_that_fails_on_the_app_as_it_was(app: Brokered, reports: Path) -> None:
    after, before = patched(app, reports / "after"), written(app, reports / "before")
    (proof,) = after.rglob("test_controls_secrets.py")
    passed = run_pytest(after, str(proof.relative_to(after)))
    assert passed.returncode == 0, passed.stdout[-2000:]
    there = before / proof.relative_to(after)
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(proof.read_bytes())
    assert run_pytest(before, str(there.relative_to(before))).returncode == 1


@each_app
def test_the_old_value_is_in_nothing_that_is_written_or_said(app: Brokered, reports: Path) -> None:
    folder, cache = written(app, reports / "app"), reports / "cache"
    told: dict[str, bytes] = {}
    for form in ("text", "json", "sarif"):
        said = tenon("scan", folder, "--format", form, "--all", "--fail-on", "never", "--cache", cache)
        told[f"scan {form}"] = (said.out + said.err).encode()
    for form in ("table", "json", "cyclonedx"):
        said = tenon("secrets", "inventory", folder, "--format", form, "--keep", "--cache", cache)
        assert said.status == 0, said.err
        told[f"inventory {form}"] = (said.out + said.err).encode()
    for form in ("text", "json"):
        said = tenon("fix", folder, "--format", form, "--cache", cache, *ONLY)
        assert said.status == 0, said.err
        told[f"dry run {form}"] = (said.out + said.err).encode()
    assert b"+++ b/" in told["dry run text"]
    page = reports / "handover.md"
    said = tenon("fix", folder, "--write", "--format", "json", "--handover", page, "--cache", cache, *ONLY)
    assert said.status == 0, said.err
    told["fix"] = (said.out + said.err).encode()
    written_files = everything(reports)
    assert any(Path(path).name.startswith("cache") or "/cache/" in path for path in written_files)
    assert any("/data/" in path for path in written_files)
    assert page.read_text(encoding="utf-8")
    assert holders(written_files | told, app) == []
    # What git itself keeps, and a diff that somebody asks for with --show-values, show a removed line by their nature.
