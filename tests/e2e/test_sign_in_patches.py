"""Fixture apps with a login of their own: what the sign-in beside it changes, and what proofs and own tests say."""

import difflib
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from fixtures.apps import load
from tests.apart import run_pytest
from transforms.engine import Remedies, Report, Status, remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

NAMES = ("fastapi_sign_in", "flask_sign_in", "django_sign_in")
PROOF = "tests/test_controls_sign_in.py"
# What is in the app before: the login by password, and nothing of a sign-in.
STAYS = {"test_signing_in_by_password_is_still_there"}


def scanned(files: Mapping[str, bytes]) -> tuple[list[SourceFile], Report]:
    sources = [SourceFile(path, content) for path, content in files.items()]
    return sources, scan(sources, Policy())


def patched(files: Mapping[str, bytes]) -> Remedies:
    sources, report = scanned(files)
    return remedies(sources, report, Policy(), only={"sso-login"})


def diff_of(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    lines: list[str] = []
    for path in sorted(set(before) & set(after)):
        old, new = (each[path].decode().splitlines(keepends=True) for each in (before, after))
        lines += difflib.unified_diff(old, new, path, path)
    return "".join(lines)


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def pytest_in(folder: Path, path: str = "tests") -> "subprocess.CompletedProcess[str]":
    """pytest as the app's own CI would run it."""
    return run_pytest(folder, "-vv", path, SECRET_KEY="x")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_changes_but_what_is_needed(name: str) -> None:
    files = load(name)
    result = patched(files)
    assert {patch.status for patch in result.patches} == {Status.FIXED}
    assert diff_of(files, result.files) == (Path(__file__).parent / f"{name}.diff").read_bytes().decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_finding_is_gone_nothing_new_is_found_and_a_second_run_is_empty(name: str) -> None:
    files = load(name)
    after = {**files, **patched(files).files}
    before_findings = {each.fingerprint for each in scanned(files)[1].findings}
    findings = [each for each in scanned(after)[1].findings if each.fingerprint not in before_findings]
    assert findings == []
    assert "sso-login" not in {each.control for each in scanned(after)[1].findings}
    assert not patched(after).patches


@pytest.mark.parametrize("name", NAMES)
def test_the_new_routes_are_open_on_purpose(name: str) -> None:
    files = load(name)
    app = scanned({**files, **patched(files).files})[1].app
    new = [route for route in app.routes if "sign-" in (route.path or "")]
    assert sorted({(route.path or "").rpartition("/")[2] for route in new}) == ["callback", "sign-in", "sign-out"]
    assert all(app.publicity(route).is_public for route in new)


@pytest.mark.parametrize("name", NAMES)
def test_the_patch_says_what_to_register_and_set(name: str) -> None:
    (patch,) = patched(load(name)).fixed
    assert any("/sign-in/callback" in line and "identity provider" in line for line in patch.todo)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_app_s_own_tests_pass_before_and_after_and_the_proof_only_after(name: str, tmp_path: Path) -> None:
    files = load(name)
    result = patched(files)
    after = written(tmp_path / "after", {**files, **result.files})
    passed = pytest_in(after)
    assert passed.returncode == 0, passed.stdout[-3000:]
    before = written(tmp_path / "before", {**files, PROOF: result.files[PROOF]})
    failed = pytest_in(before, PROOF)
    outcomes = [
        line.split("::")[1].split(" ")[:2] for line in failed.stdout.splitlines() if "::" in line and "%" in line
    ]
    mistaken = {name for name, outcome in outcomes if outcome == "PASSED" and "is_refused" not in name}
    assert failed.returncode == 1, failed.stdout[-2000:]
    assert mistaken == STAYS
