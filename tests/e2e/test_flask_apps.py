"""Flask apps, patched: what changes in them, what their own tests and the proofs say, and how they answer over HTTP.

One app has no guard at all and gets one; the other has a login that was forgotten on some routes.
"""

import difflib
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixtures.apps import load
from tests.apart import run_pytest
from tests.issuer import Issuer
from transforms.engine import Remedies, Status, remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

NAMES = ("flask_clinic", "flask_notes")
CONTROL = "route-requires-auth"
PROOF = "tests/test_controls_identity.py"


def patched(files: Mapping[str, bytes]) -> Remedies:
    given = [SourceFile(path, content) for path, content in files.items()]
    return remedies(given, scan(given, Policy()), Policy(), only={CONTROL})


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def diff_of(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    """What changed in files that were there."""
    lines: list[str] = []
    for path in sorted(set(before) & set(after)):
        old, new = (each[path].decode().splitlines(keepends=True) for each in (before, after))
        lines += difflib.unified_diff(old, new, path, path)
    return "".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_changes_but_what_is_needed(name: str) -> None:
    expected = (Path(__file__).parent / f"{name}.diff").read_bytes().decode()
    files = load(name)
    result = patched(files)
    assert {patch.status for patch in result.patches} == {Status.FIXED}
    assert diff_of(files, result.files) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_finds_nothing_to_do(name: str) -> None:
    files = load(name)
    again = patched({**files, **patched(files).files})
    assert not again.patches
    assert not again.files


def test_the_clinic_gets_no_second_way_to_sign_in() -> None:
    assert not [path for path in patched(load("flask_clinic")).files if "controls/" in path]


def test_the_patch_names_the_tests_that_may_need_a_caller() -> None:
    said = [line for patch in patched(load("flask_clinic")).patches for line in patch.todo]
    assert any("tests/test_appointments.py" in line for line in said)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_app_s_own_tests_pass_before_and_after_and_the_proof_only_after(name: str, tmp_path: Path) -> None:
    files = load(name)
    result = patched(files)
    before = written(tmp_path / "before", files)
    after = written(tmp_path / "after", {**files, **result.files})
    assert run_pytest(before).returncode == 0
    passed = run_pytest(after)
    assert passed.returncode == 0, passed.stdout[-3000:]
    written(before, {PROOF: result.files[PROOF]})
    failed = run_pytest(before, PROOF)
    assert failed.returncode == 1, failed.stdout[-2000:]
    assert "refuses_an_anonymous_caller" in failed.stdout


@contextmanager
def served(folder: Path, app: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The app behind gunicorn on loopback, in a process of its own; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--no-control-socket", app],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environ},
            pass_fds=[listening.fileno()],
            stderr=subprocess.PIPE,
        )
    try:
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


def status(method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> int:
    """The status of one answer; redirects are not followed."""

    class Still(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    sent = urllib.request.Request(url, body, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.build_opener(Still).open(sent, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.slow
def test_the_notes_are_served_to_signed_in_callers_alone(tmp_path: Path) -> None:
    files = load("flask_notes")
    folder = written(tmp_path, {**files, **patched(files).files})
    with Issuer() as issuer, Issuer() as forger:
        environ = {**issuer.settings, "NOTES_DB": str(tmp_path / "notes.db")}
        forged = {"Authorization": f"Bearer {forger.token(iss=issuer.url, header={'kid': issuer.current})}"}
        with served(folder, "app:app", environ) as address:
            note = b'{"title": "first"}'
            assert status("GET", f"{address}/health") == 200
            assert status("OPTIONS", f"{address}/notes") == 200
            assert status("GET", f"{address}/nothing") == 404
            for method, path in (("GET", "/notes"), ("POST", "/notes"), ("DELETE", "/notes/1"), ("GET", "/notes/1")):
                body = note if method == "POST" else None
                assert status(method, address + path, body=body) == 401
                assert status(method, address + path, forged, body) == 401
                assert status(method, address + path, issuer.bearer(exp=1), body) == 401
            assert status("GET", f"{address}/notes/1", issuer.bearer()) == 404
            assert status("POST", f"{address}/notes", issuer.bearer(), note) == 201
            assert status("GET", f"{address}/notes/1", issuer.bearer()) == 200
            assert status("DELETE", f"{address}/notes/1", issuer.bearer()) == 204


@pytest.mark.slow
def test_the_notes_are_served_to_nobody_while_no_issuer_is_set(tmp_path: Path) -> None:
    files = load("flask_notes")
    folder = written(tmp_path, {**files, **patched(files).files})
    with served(folder, "app:app", {"NOTES_DB": str(tmp_path / "notes.db")}) as address:
        assert status("GET", f"{address}/notes") == 503
        assert status("GET", f"{address}/health") == 200


@pytest.mark.slow
def test_the_clinic_sends_strangers_to_its_own_page_for_signing_in(tmp_path: Path) -> None:
    files = load("flask_clinic")
    folder = written(tmp_path, {**files, **patched(files).files})
    with served(folder, "clinic:create_app()", {}) as address:
        assert status("GET", f"{address}/login") == 200
        assert status("GET", f"{address}/") == 200
        for method, path in (("DELETE", "/patients/1"), ("GET", "/export"), ("POST", "/appointments/1/cancel")):
            assert status(method, address + path) == 302
