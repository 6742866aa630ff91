"""`tenon fix`: a diff that `git apply` takes, or the same change written to the files."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from fixtures.apps import load
from tests.bot.terminal import tenon
from transforms.secrets import sample

OPEN = b"""from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/orders")
def order(item: str):
    return {"ordered": item}
"""
KEY, GUESSED = sample("stripe-key", 3), "q7" + "Wz" + "9kTr"
QUIET = b"def add(a, b):\n    return a + b\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """One open route, in a folder."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_bytes(OPEN)
    return tmp_path / "app"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_prints_a_diff_and_changes_nothing(app: Path) -> None:
    before = contents(app)
    said = tenon("fix", app, "--no-cache")
    assert said.status == 0
    assert "--- a/main.py\n+++ b/main.py\n" in said.out
    assert "would write: " in said.err
    assert contents(app) == before


def test_git_applies_the_diff_to_what_write_writes(app: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "main.py").write_bytes(OPEN)
    diff = tenon("fix", app, "--no-cache").out
    subprocess.run(["git", "apply", "-"], cwd=tmp_path / "other", input=diff, text=True, check=True)
    assert tenon("fix", app, "--no-cache", "--write").status == 0
    assert contents(tmp_path / "other") == contents(app)
    assert contents(app)["main.py"] != OPEN


@pytest.fixture
def keeper(tmp_path: Path) -> Path:
    """An app with a vendor's key, and with a password that an app would choose."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "pay.py").write_text(
        f'def pay():\n    stripe_api_key = "{KEY}"\n    admin_password = "{GUESSED}"\n    return stripe_api_key\n'
    )
    return tmp_path / "shop"


def test_a_dry_run_shows_no_value_of_a_secret(keeper: Path) -> None:
    said = tenon("fix", keeper, "--no-cache")
    assert '-    stripe_api_key = "sk_live_…"\n' in said.out
    assert '-    admin_password = "…"\n' in said.out
    assert "values of secrets are printed as …" in said.err
    assert not [value for value in (KEY, KEY[8:], GUESSED) if value in said.out + said.err]


def test_values_are_shown_to_whom_asks_and_git_applies_that(keeper: Path, tmp_path: Path) -> None:
    shutil.copytree(keeper, tmp_path / "other")
    diff = tenon("fix", keeper, "--no-cache", "--show-values").out
    assert KEY in diff
    subprocess.run(["git", "apply", "-"], cwd=tmp_path / "other", input=diff, text=True, check=True)
    assert tenon("fix", keeper, "--no-cache", "--write").status == 0
    assert contents(tmp_path / "other") == contents(keeper)


def test_a_second_run_finds_nothing_to_do(app: Path) -> None:
    tenon("fix", app, "--no-cache", "--write")
    again = tenon("fix", app, "--no-cache")
    assert (again.status, again.out) == (0, "")
    assert "nothing to patch" in again.err
    assert tenon("scan", app, "--no-cache").status == 0


def test_the_reader_is_told_what_is_left_to_do(app: Path) -> None:
    said = tenon("fix", app, "--no-cache", "--write")
    assert "written: " in said.err
    assert "what you must do:" in said.err
    assert "OIDC_ISSUER" in said.err


def test_an_app_that_lacks_nothing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_bytes(QUIET)
    said = tenon("fix", tmp_path, "--no-cache", "--write")
    assert (said.status, said.out, said.err) == (0, "", "nothing to patch\n")
    assert contents(tmp_path) == {"sums.py": QUIET}


@pytest.mark.parametrize(("option", "name"), [("--control", "route-requires-auth"), ("--family", "identity")])
def test_a_chosen_control_or_family_is_patched(app: Path, option: str, name: str) -> None:
    assert "main.py" in tenon("fix", app, "--no-cache", option, name).out


@pytest.mark.parametrize(("option", "name"), [("--control", "no-secret-in-code"), ("--family", "secrets")])
def test_what_was_not_chosen_stays(app: Path, option: str, name: str) -> None:
    assert tenon("fix", app, "--no-cache", option, name).out == ""


@pytest.mark.parametrize("option", ["--control", "--family"])
def test_an_unknown_name_is_bad_usage(app: Path, option: str) -> None:
    said = tenon("fix", app, option, "route-requires-atuh")
    assert (said.status, said.out) == (2, "")
    assert "'route-requires-atuh'" in said.err


def test_a_broken_policy_is_refused_with_its_line(app: Path) -> None:
    (app / ".github").mkdir()
    (app / ".github" / "tenon.yml").write_text("mode: patch\nmood: bad\n")
    said = tenon("fix", app, "--no-cache", "--write")
    assert said.status == 2
    assert "line 2" in said.err
    assert contents(app)["main.py"] == OPEN


def test_json_says_of_each_patch_what_became_of_it(app: Path) -> None:
    report = json.loads(tenon("fix", app, "--no-cache", "--format", "json").out)
    assert report["format"] == 1
    (patch,) = report["patches"]
    assert patch["status"] == "fixed"
    assert patch["control"] == "route-requires-auth"
    assert patch["gate"] is None
    assert "main.py" in patch["files"]
    assert len(patch["findings"]) == 1


def test_an_accepted_risk_is_not_patched(app: Path) -> None:
    accepted = OPEN.replace(
        b"@app.post", b"# tenon: accept-risk[route-requires-auth] on the office network alone\n@app.post"
    )
    (app / "main.py").write_bytes(accepted)
    (patch,) = json.loads(tenon("fix", app, "--no-cache", "--format", "json", "--write").out)["patches"]
    assert patch["status"] == "skipped"
    assert contents(app) == {"main.py": accepted}


def test_the_policy_says_where_modules_go_and_which_guard_is_used(app: Path) -> None:
    (app / ".github").mkdir()
    (app / ".github" / "tenon.yml").write_text("controls_package: guards\n")
    assert "+++ b/guards/auth.py" in tenon("fix", app, "--no-cache").out
    binding = "bindings:\n  guard: {module: company.auth, name: require_login, call: require_login}\n"
    (app / ".github" / "tenon.yml").write_text(binding)
    diff = tenon("fix", app, "--no-cache").out
    assert "+from company.auth import require_login\n" in diff
    assert "Depends(require_login)" in diff
    assert "auth.py" not in diff.partition("tests/")[0]


def test_the_organisations_own_way_to_ask_for_a_secret_is_used(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    binding = "bindings:\n  secret: {module: company.secrets, name: read, call: 'read({name!r})'}\n"
    (tmp_path / ".github" / "tenon.yml").write_text(binding)
    key = load("fastapi_shop")["shop/config.py"].decode().partition('STRIPE_API_KEY = "')[2].partition('"')[0]
    (tmp_path / "pay.py").write_text(f'import stripe\n\n\ndef pay():\n    stripe.api_key = "{key}"\n')
    said = tenon("fix", tmp_path, "--no-cache", "--write")
    assert said.status == 0
    written = (tmp_path / "pay.py").read_text()
    assert "from company.secrets import read\n" in written
    assert "    stripe.api_key = read(" in written
    assert key not in said.out + said.err + written


def test_line_endings_and_a_missing_last_newline_stay(app: Path) -> None:
    windows = OPEN.rstrip().replace(b"\n", b"\r\n")
    (app / "main.py").write_bytes(windows)
    assert tenon("fix", app, "--no-cache", "--write").status == 0
    written = contents(app)["main.py"]
    assert written != windows
    assert written.count(b"\r\n") == written.count(b"\n")
    assert not written.endswith(b"\n")


def test_no_patch_is_written_through_a_link_out_of_the_folder(app: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (app / "controls").symlink_to(tmp_path / "outside")
    said = tenon("fix", app, "--no-cache", "--write")
    assert said.status == 2
    assert "symbolic link" in said.err
    assert contents(tmp_path / "outside") == {}
    assert (app / "main.py").read_bytes() == OPEN


def test_the_shop_is_mended_and_its_keys_are_told_to_nobody(tmp_path: Path) -> None:
    shop = load("fastapi_shop")
    for path, content in shop.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    values = [line.split('"')[1] for line in shop["shop/config.py"].decode().splitlines() if "_API_KEY" in line]
    said = tenon("fix", tmp_path, "--no-cache", "--write", "--format", "json")
    assert said.status == 0
    assert {patch["status"] for patch in json.loads(said.out)["patches"]} == {"fixed"}
    assert tenon("scan", tmp_path, "--no-cache").status == 0
    assert not [value for value in values if value in said.out + said.err or value in str(contents(tmp_path))]


def test_what_a_person_needs_is_written_beside(tmp_path: Path) -> None:
    page = tmp_path / "handover.md"
    key = sample("stripe-key", 71)
    code = f'def f():\n    stripe_api_key = "{key}"\n    return stripe_api_key\n'
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "a.py").write_text(code, encoding="utf-8")
    said = tenon("fix", folder, "--no-cache", "--handover", page)
    assert said.status == 0
    text = page.read_text(encoding="utf-8")
    assert "`STRIPE_API_KEY`" in text
    assert key not in text


def test_a_committed_env_stays_on_the_disk_and_git_is_to_forget_it(tmp_path: Path) -> None:
    key = sample("stripe-key", 3)
    (tmp_path / ".env").write_text(f"STRIPE_API_KEY={key}\n")
    for command in (["init", "--quiet"], ["add", ".env"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    said = tenon("fix", tmp_path, "--no-cache", "--write")
    assert said.status == 0
    assert contents(tmp_path)[".env"] == f"STRIPE_API_KEY={key}\n".encode()
    assert contents(tmp_path)[".gitignore"] == b".env\n"
    assert b"STRIPE_API_KEY=\n" in contents(tmp_path)[".env.example"]
    assert "git rm --cached .env" in said.err
    assert key not in said.out + said.err
    (listed,) = json.loads(tenon("fix", tmp_path, "--no-cache", "--format", "json").out)["patches"]
    assert listed["removed"] == [".env"]
