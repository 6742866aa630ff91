"""`tenon secrets`: what is listed, what is attested, what is written where; and that no value is ever said."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import PATH, Entry, Ledger, Status
from tests.bot.terminal import Said, tenon
from transforms.secrets import sample

STRIPE, OPENAI = sample("stripe-key", 41), sample("openai-key", 41)
MAILBOX = "q7" + "Wz" + "9kTr" + "-x"
PAY = f'def pay():\n    stripe_api_key = "{STRIPE}"\n    return stripe_api_key\n'
FILES = {
    "pay.py": PAY,
    "refund.py": PAY.replace("pay()", "refund()"),
    "llm.py": f'def ask():\n    openai_api_key = "{OPENAI}"\n    return openai_api_key\n',
    "settings.py": 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "change-me")\n',
    "tests/test_mail.py": f'def test_it():\n    assert login(email="a@b.io", password="{MAILBOX}")\n',
    ".github/CODEOWNERS": "* @acme/everybody\n/pay.py @acme/payments # money\nllm.py @acme/ai ai@acme.io\n",
}
VALUES = (STRIPE, OPENAI, MAILBOX)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TENON_INVENTORY_KEY", "SECRETS_PREFIX", "VAULT_ADDR", "VAULT_TOKEN", "AZURE_KEYVAULT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TENON_DATA_DIR", str(tmp_path / "data"))
    return checkout(tmp_path / "shop", FILES)


def checkout(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def secrets(action: str, *arguments: str | Path) -> Said:
    """Run an action; whatever it says has no value in it."""
    said = tenon("secrets", action, *arguments, "--no-cache")
    assert not [value for value in VALUES if value in said.out + said.err]
    return said


def listed(folder: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    said = secrets("inventory", folder, "--format", "json", *arguments)
    assert said.status == 0, said.err
    return {each["name"]: each for each in json.loads(said.out)["secrets"]}


# --- inventory


def test_the_same_value_in_several_files_is_one_secret_with_many_places(shop: Path) -> None:
    found = listed(shop)
    assert set(found) == {"STRIPE_API_KEY", "OPENAI_API_KEY"}
    stripe = found["STRIPE_API_KEY"]
    assert stripe["places"] == [{"path": "pay.py", "line": 2}, {"path": "refund.py", "line": 2}]
    assert (stripe["kind"], stripe["status"], stripe["kept_at"]) == ("stripe-key", "open", "STRIPE_API_KEY")


def test_owners_are_those_of_all_its_places(shop: Path) -> None:
    found = listed(shop)
    assert found["STRIPE_API_KEY"]["owner"] == "@acme/payments @acme/everybody"
    assert found["OPENAI_API_KEY"]["owner"] == "@acme/ai ai@acme.io"


def test_placeholders_and_tests_are_no_leaks_and_listed_on_demand(shop: Path) -> None:
    found = listed(shop, "--all")
    assert {name for name, each in found.items() if not each["leak"]} == {"SECRET_KEY", "PASSWORD"} or (
        not found["SECRET_KEY"]["leak"] and len(found) == 4
    )


def test_the_path_is_that_of_the_broker_and_prefix(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed(shop, "--broker", "vault")["STRIPE_API_KEY"]["kept_at"] == "secret/$SECRETS_PREFIX/STRIPE_API_KEY"
    monkeypatch.setenv("SECRETS_PREFIX", "shop")
    assert listed(shop, "--broker", "vault")["STRIPE_API_KEY"]["kept_at"] == "secret/shop/STRIPE_API_KEY"
    assert listed(shop, "--broker", "azure")["STRIPE_API_KEY"]["kept_at"] == "shop-STRIPE-API-KEY"
    checkout(shop, {".github/tenon.yml": "broker: ssm\n"})
    assert listed(shop)["STRIPE_API_KEY"]["kept_at"] == "/shop/STRIPE_API_KEY"


def test_the_table_shows_status_owner_and_every_place(shop: Path) -> None:
    said = secrets("inventory", shop)
    first, *rows = said.out.splitlines()
    assert first.split() == ["NAME", "KIND", "STATUS", "OWNER", "BROKER", "PATH"]
    assert [row.split("  ")[0] for row in rows if row and not row.startswith(" ")][:2] == [
        "OPENAI_API_KEY", "STRIPE_API_KEY",
    ]  # fmt: skip
    assert "    pay.py:2" in rows
    assert rows[-1] == "2 secret(s), 2 open: rotate; 2 more with --all"


def test_nothing_to_list_is_said(tmp_path: Path) -> None:
    said = secrets("inventory", checkout(tmp_path, {"a.py": "A = 1\n"}))
    assert said.out.splitlines()[-1] == "0 secret(s), 0 open: rotate"


def test_an_open_leak_can_fail_a_build(shop: Path) -> None:
    assert secrets("inventory", shop, "--fail-on-open").status == 1
    for name in ("STRIPE_API_KEY", "OPENAI_API_KEY"):
        assert secrets("attest", name, shop, "--rotated").status == 0
    assert secrets("inventory", shop, "--fail-on-open").status == 0


def test_a_bill_of_materials_has_a_component_for_each_secret(shop: Path) -> None:
    secrets("attest", "OPENAI_API_KEY", shop, "--rotated", "--by", "ana")
    bom = json.loads(secrets("inventory", shop, "--format", "cyclonedx").out)
    assert (bom["bomFormat"], bom["specVersion"], bom["metadata"]["component"]["name"]) == ("CycloneDX", "1.6", "shop")
    openai, stripe = sorted(bom["components"], key=lambda each: str(each["name"]))
    assert stripe["type"] == "cryptographic-asset"
    assert stripe["cryptoProperties"]["relatedCryptoMaterialProperties"] == {
        "type": "credential", "state": "compromised",
    }  # fmt: skip
    assert stripe["evidence"]["occurrences"] == [
        {"location": "pay.py", "line": 2},
        {"location": "refund.py", "line": 2},
    ]
    assert openai["cryptoProperties"]["relatedCryptoMaterialProperties"]["state"] == "deactivated"
    assert {"name": "tenon:rotated-by", "value": "ana"} in openai["properties"]
    assert len({each["bom-ref"] for each in bom["components"]}) == 2


# --- attest


def test_a_leak_stays_open_until_somebody_attests_that_it_was_rotated(shop: Path) -> None:
    said = secrets("attest", "STRIPE_API_KEY", shop, "--rotated", "--by", "ana")
    assert said.status == 0
    assert "STRIPE_API_KEY: rotated on " in said.err
    assert "still stands in the code" in said.err
    found = listed(shop)
    assert (found["STRIPE_API_KEY"]["status"], found["STRIPE_API_KEY"]["rotated_by"]) == ("rotated", "ana")
    assert found["OPENAI_API_KEY"]["status"] == "open"


def test_a_leak_that_left_the_code_stays_in_the_list(shop: Path) -> None:
    assert secrets("inventory", shop, "--keep").status == 0
    assert tenon("fix", shop, "--write", "--no-cache", "--control", "no-secret-in-code").status == 0
    found = listed(shop)
    assert found["STRIPE_API_KEY"]["places"] == []
    assert found["STRIPE_API_KEY"]["status"] == "open"
    assert "not in the code any more; the history still has it" in secrets("inventory", shop).out
    assert secrets("attest", "STRIPE_API_KEY", shop, "--rotated").status == 0
    assert listed(shop)["STRIPE_API_KEY"]["status"] == "rotated"


def test_the_ledger_has_no_value_and_no_hash_without_a_key(shop: Path) -> None:
    secrets("inventory", shop, "--keep")
    text = (shop / PATH).read_text(encoding="utf-8")
    assert not [value for value in VALUES if value in text]
    assert "seal" not in text
    assert {each["name"] for each in json.loads(text)["secrets"]} == {"STRIPE_API_KEY", "OPENAI_API_KEY"}


def test_with_a_key_a_new_value_under_an_old_name_is_open_again(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENON_INVENTORY_KEY", "of the test")
    secrets("attest", "STRIPE_API_KEY", shop, "--rotated")
    assert listed(shop)["STRIPE_API_KEY"]["status"] == "rotated"
    other = sample("stripe-key", 42)
    checkout(shop, {path: FILES[path].replace(STRIPE, other) for path in ("pay.py", "refund.py")})
    said = secrets("inventory", shop)
    assert "open: rotate" in said.out
    assert "rotated on" in said.out
    assert other not in said.out + said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["ABSENT", "--rotated"], "There is no secret 'ABSENT'"), (["STRIPE_API_KEY"], "--rotated")],
)
def test_what_cannot_be_attested_is_bad_usage(shop: Path, arguments: list[str], told: str) -> None:
    said = tenon("secrets", "attest", arguments[0], shop, *arguments[1:])
    assert said.status == 2
    assert told in said.err


def test_a_broken_ledger_is_named(shop: Path) -> None:
    checkout(shop, {PATH: "[]"})
    said = secrets("inventory", shop)
    assert said.status == 2
    assert f"{PATH} is no ledger of secrets" in said.err


def test_a_ledger_keeps_what_it_knows() -> None:
    entry = Entry("KEY", "api-key", Status.OPEN, "2026-01-01", seal="a")
    ledger = Ledger((entry,)).rotated("KEY", "2026-02-02", "ana")
    assert ledger.with_entries([entry]) == ledger
    assert len(ledger.with_entries([Entry("KEY", "api-key", Status.OPEN, "2026-03-03", seal="b")]).entries) == 2


# --- copies in other repositories


def test_copies_in_other_repositories_show_up_by_keyed_hash(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENON_INVENTORY_KEY", "of the test")
    other = checkout(tmp_path / "other", {"a.py": PAY.replace("pay", "bill")})
    subprocess.run(["git", "init", "-q", other], check=True)
    remote = "https://user:token@example.com/acme/other.git"
    subprocess.run(["git", "-C", other, "remote", "add", "origin", remote], check=True)
    listed(other)
    assert listed(shop)["STRIPE_API_KEY"]["copies"] == ["https://example.com/acme/other"]
    assert "the same value is in https://example.com/acme/other" in secrets("inventory", shop).out
    checkout(other, {"a.py": "A = 1\n"})
    listed(other)
    assert listed(shop)["STRIPE_API_KEY"]["copies"] == []


def test_the_database_holds_no_value_and_another_key_finds_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENON_INVENTORY_KEY", "of the test")
    listed(shop)
    content = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    assert b"STRIPE_API_KEY" in content
    assert not [value for value in VALUES if value.encode() in content]
    monkeypatch.setenv("TENON_INVENTORY_KEY", "another")
    assert listed(checkout(tmp_path / "other", {"a.py": PAY}))["STRIPE_API_KEY"]["copies"] == []


def test_without_a_key_nothing_is_remembered(shop: Path, tmp_path: Path) -> None:
    listed(shop)
    assert not (tmp_path / "data").exists()


# --- provision


def test_a_broker_that_cannot_be_written_to_is_refused(shop: Path) -> None:
    for broker, told in (("env", "cannot write to 'env'"), ("drawer", "There is no broker 'drawer'")):
        said = secrets("provision", shop, "--broker", broker)
        assert said.status == 2
        assert told in said.err


@pytest.mark.parametrize(("broker", "told"), [("vault", "VAULT_ADDR"), ("azure", "AZURE_KEYVAULT_URL")])
def test_what_a_broker_needs_is_named(shop: Path, broker: str, told: str) -> None:
    said = secrets("provision", shop, "--broker", broker)
    assert said.status == 2
    assert told in said.err


def test_a_broker_that_is_down_is_said_without_a_value(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
    monkeypatch.setenv("VAULT_TOKEN", "x")
    said = secrets("provision", shop, "--broker", "vault")
    assert said.status == 2
    assert "vault answered with ConnectionError" in said.err
    assert not (shop / PATH).exists()


def test_two_values_that_the_app_would_ask_for_by_one_name_get_two(shop: Path) -> None:
    checkout(shop, {"refund.py": PAY.replace(STRIPE, sample("stripe-key", 43))})
    listed = json.loads(secrets("inventory", shop, "--format", "json").out)["secrets"]
    assert {"PAY_STRIPE_API_KEY", "REFUND_STRIPE_API_KEY"} <= {each["name"] for each in listed}


def test_two_values_of_one_name_need_a_person(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 'import os\n\nKEY = os.getenv("REFUND_KEY", "{}")\n'
    checkout(shop, {f"{each}.py": asked.format(sample("api-key", each)) for each in (43, 44)})
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
    monkeypatch.setenv("VAULT_TOKEN", "x")
    said = secrets("provision", shop, "--broker", "vault", "--name", "REFUND_KEY")
    assert said.status == 1
    assert "REFUND_KEY: left out, it has two values, at 43.py:3 and 44.py:3: say which one is used" in said.err
    assert "nothing to provision" in said.err


def test_what_is_clear_is_provisioned_all_the_same(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 'import os\n\nKEY = os.getenv("REFUND_KEY", "{}")\n'
    checkout(shop, {f"{each}.py": asked.format(sample("api-key", each)) for each in (43, 44)})
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
    monkeypatch.setenv("VAULT_TOKEN", "x")
    said = secrets("provision", shop, "--broker", "vault")
    assert "REFUND_KEY: left out" in said.err
    assert "vault answered with ConnectionError" in said.err  # which was to keep the others
    assert said.status == 2


def test_a_spot_where_no_secret_stands_is_bad_usage(shop: Path) -> None:
    said = secrets("provision", shop, "--broker", "vault", "--from", "pay.py:99")
    assert said.status == 2
    assert "No secret stands at pay.py:99." in said.err


def test_compose_and_the_patch_of_its_file_have_one_name(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    environment:\n      SECRET_KEY: {}\n"
    files = {
        "compose.yaml": compose.format(sample("framework-signing-key", 45)),
        "app.py": f'from flask import Flask\n\napp = Flask(__name__)\napp.secret_key = "{MAILBOX}"\n',
    }
    shop = checkout(tmp_path / "shop", files)
    listed = json.loads(secrets("inventory", shop, "--format", "json").out)["secrets"]
    by_file = {each["places"][0]["path"]: each["name"] for each in listed}
    assert by_file["compose.yaml"] == "SECRET_KEY"
    fixed = tenon("fix", shop, "--no-cache")
    assert "${SECRET_KEY:?}" in fixed.out


def test_a_name_that_is_not_there_is_bad_usage(shop: Path) -> None:
    said = secrets("provision", shop, "--broker", "vault", "--name", "ABSENT")
    assert said.status == 2
    assert "There is no secret ABSENT in the code; there are: OPENAI_API_KEY, STRIPE_API_KEY." in said.err


# --- help


@pytest.mark.parametrize("action", ["inventory", "provision", "attest"])
def test_every_action_explains_itself(action: str) -> None:
    said = tenon("secrets", action, "--help")
    assert said.status == 0
    assert "Exit status: 0" in said.out
    assert action in tenon("secrets", "--help").out


def test_an_unknown_action_names_the_known_ones() -> None:
    said = tenon("secrets", "paint")
    assert said.status == 2
    assert "provision" in said.err
