"""`tenon scan`: findings to standard output, progress to standard error, and a status that scripts can use."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import jsonschema_rs
import pytest

from fixtures.apps import load
from tests.bot.terminal import Terminal, tenon

OPEN = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/orders')\ndef order():\n    save()\n"
GUESSED = "q7" + "Wz" + "9kTr"
QUIET = "def add(a, b):\n    return a + b\n"
SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files below the folder, which is returned."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with generated keys, on disk."""
    return write(tmp_path_factory.mktemp("shop"), load("fastapi_shop"))


@pytest.fixture
def open_app(tmp_path: Path) -> Path:
    """One route without a guard."""
    return write(tmp_path / "app", {"main.py": OPEN.encode()})


def test_an_app_without_findings_is_a_success(tmp_path: Path) -> None:
    said = tenon("scan", write(tmp_path, {"sums.py": QUIET.encode()}), "--no-cache")
    assert said.status == 0
    assert said.out.startswith("findings: none\n")
    assert said.err == ""


def test_findings_are_a_status_of_their_own(open_app: Path) -> None:
    said = tenon("scan", open_app, "--no-cache")
    assert said.status == 1
    assert "main.py" in said.out
    assert "route-requires-auth" in said.out


@pytest.mark.parametrize(("limit", "status"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), ("never", 0)])
def test_who_calls_decides_which_severity_fails(open_app: Path, limit: str, status: int) -> None:
    assert tenon("scan", open_app, "--no-cache", "--fail-on", limit).status == status


def test_a_path_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    said = tenon("scan", tmp_path / "nothing")
    assert said.status == 2
    assert "no folder or file" in said.err
    assert said.out == ""


def test_an_unknown_option_is_bad_usage() -> None:
    said = tenon("scan", "--colour")
    assert said.status == 2
    assert "--colour" in said.err


def test_an_unknown_command_is_bad_usage_that_names_the_commands() -> None:
    said = tenon("scna")
    assert said.status == 2
    assert "scan" in said.err


def test_a_broken_policy_is_refused_with_its_line(open_app: Path) -> None:
    write(open_app, {".github/tenon.yml": b"mode: patch\ncontrols:\n  route-requires-atuh: {}\n"})
    said = tenon("scan", open_app, "--no-cache")
    assert said.status == 2
    assert "tenon.yml, line 3" in said.err
    assert "route-requires-atuh" in said.err


def test_a_policy_of_the_folder_holds_and_another_can_be_named(open_app: Path, tmp_path: Path) -> None:
    off = b"controls:\n  route-requires-auth: {enabled: false}\n"
    (tmp_path / "mine.yml").write_bytes(b"mode: monitor\n")
    write(open_app, {".github/tenon.yml": off})
    assert tenon("scan", open_app, "--no-cache").status == 0
    assert tenon("scan", open_app, "--no-cache", "--policy", tmp_path / "mine.yml").status == 1


@pytest.mark.parametrize(
    "policy",
    [
        "public_routes: [POST /orders]\n",
        "accepted_risks:\n- {{control: route-requires-auth, fingerprint: {0}, reason: office only, owner: ops}}\n",
    ],
)
def test_what_a_policy_allows_or_somebody_answers_for_fails_no_scan(open_app: Path, policy: str) -> None:
    (found,) = json.loads(tenon("scan", open_app, "--no-cache", "--format", "json").out)["verdicts"]
    write(open_app, {".github/tenon.yml": policy.format(found["fingerprint"]).encode()})
    assert tenon("scan", open_app, "--no-cache", "--fail-on", "low").status == 0


def test_a_risk_accepted_in_the_code_is_shown_with_its_reason(open_app: Path) -> None:
    code = OPEN.replace("@app", "# tenon: accept-risk[route-requires-auth] office only\n@app")
    write(open_app, {"main.py": code.encode()})
    (found,) = json.loads(tenon("scan", open_app, "--no-cache", "--format", "json").out)["verdicts"]
    assert found["accepted_risk"]["reason"] == "office only"
    said = tenon("scan", open_app, "--no-cache")
    assert said.status == 0
    assert "accepted risks: 1" in said.out


def test_the_json_report_keeps_to_its_published_schema(shop: Path) -> None:
    schema = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    for every in ([], ["--all"]):
        report = json.loads(tenon("scan", shop, "--no-cache", "--format", "json", *every).out)
        assert [error.message for error in schema.iter_errors(report)] == []
        assert report["verdicts"]


def test_without_all_only_findings_are_listed(shop: Path) -> None:
    few, all_ = (
        json.loads(tenon("scan", shop, "--no-cache", "--format", "json", *more).out) for more in ([], ["--all"])
    )
    assert {verdict["verdict"] for verdict in few["verdicts"]} == {"fail"}
    assert {verdict["verdict"] for verdict in all_["verdicts"]} >= {"fail", "pass"}


def test_many_secrets_of_tests_are_one_line_and_listed_with_all(tmp_path: Path) -> None:
    tests = {
        f"tests/test_{name}.py": f'def test_it():\n    assert login("a@b.io", password="{GUESSED}{name}")\n'.encode()
        for name in range(5)
    }
    folder = write(tmp_path, {"pay.py": f'API_PASSWORD = "{GUESSED}"\n'.encode(), **tests})
    short = tenon("scan", folder, "--no-cache")
    assert "secrets in tests, examples and CI: 5 low in 5 files (list them with --all)" in short.out
    assert "tests/test_1.py" not in short.out
    assert "pay.py" in short.out
    assert "5 low" in short.out.partition("findings: ")[2].splitlines()[0]
    every = tenon("scan", folder, "--no-cache", "--all").out
    assert all(path in every for path in tests)
    assert json.loads(tenon("scan", folder, "--no-cache", "--format", "json").out)["verdicts"][5]


def test_a_few_secrets_of_tests_are_listed(tmp_path: Path) -> None:
    test = f'def test_it():\n    assert login("a@b.io", password="{GUESSED}")\n'
    said = tenon("scan", write(tmp_path, {"tests/test_a.py": test.encode()}), "--no-cache")
    assert "tests/test_a.py" in said.out
    assert "secrets in tests" not in said.out


def test_no_secret_value_is_in_any_format(shop: Path) -> None:
    config = (shop / "shop/config.py").read_text()
    values = [line.split('"')[1] for line in config.splitlines() if "_API_KEY" in line]
    assert len(values) == 2
    for format_ in ("text", "json", "sarif"):
        said = tenon("scan", shop, "--no-cache", "--all", "--format", format_)
        assert said.status == 1
        assert not [value for value in values if value in said.out + said.err]


def test_the_origin_of_the_code_is_shown_with_its_evidence(shop: Path) -> None:
    origin = json.loads(tenon("scan", shop, "--no-cache", "--format", "json").out)["origin"]
    assert origin["ai_generated"] != "none"
    assert origin["evidence"]


def test_one_file_can_be_scanned(open_app: Path) -> None:
    report = json.loads(tenon("scan", open_app / "main.py", "--no-cache", "--format", "json").out)
    assert [verdict["subject"]["path"] for verdict in report["verdicts"]] == ["main.py"]
    assert report["files"]["seen"] == 1


def test_a_second_scan_comes_from_the_cache_and_says_the_same(shop: Path, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "facts.sqlite"
    first, second = (tenon("scan", shop, "--cache", cache, "--format", "json") for _ in range(2))
    assert cache.exists()
    assert first == second


HOSTILE: dict[str, tuple[bytes, str | None]] = {
    "unfinished.py": (b"import fastapi\ndef f(:\n", "unparsable"),
    "picture.py": (b"from fastapi import X\0\0", "binary"),
    "latin.py": ("import fastapi  # caf\xe9\n".encode("latin-1"), "not_utf8"),
    "deep.py": (b"import fastapi\nx = " + b"[" * 4000 + b"]" * 4000 + b"\n", "too_deep"),
    "large.py": (b"# fastapi\n" * 120_000, "too_large"),
    "node_modules/x/setup.py": (OPEN.encode(), "vendored"),
    "windows.py": (OPEN.replace("\n", "\r\n").encode(), None),
    "marked.py": (b"\xef\xbb\xbf" + OPEN.encode(), None),
    "unended.py": (OPEN.rstrip().encode(), None),
}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Every kind of file that a scan must outlive, and a link."""
    folder = write(tmp_path / "hostile", {path: content for path, (content, _) in HOSTILE.items()})
    (folder / "link.py").symlink_to("/etc/passwd")
    return folder


def test_what_cannot_be_read_is_passed_over_with_its_reason(hostile: Path) -> None:
    report = json.loads(tenon("scan", hostile, "--no-cache", "--format", "json").out)
    skipped = {each["path"]: each["reason"] for each in report["files"]["skipped"]}
    expected = {path: reason for path, (_, reason) in HOSTILE.items() if reason and reason != "vendored"}
    assert skipped == expected | {"node_modules/": "vendored", "link.py": "symlink"}
    found = {verdict["subject"]["path"] for verdict in report["verdicts"]}
    assert found == {"windows.py", "marked.py", "unended.py"}
    assert report["files"]["seen"] == report["files"]["scanned"] + len(skipped)


def test_what_was_passed_over_is_counted_for_people_too(hostile: Path) -> None:
    said = tenon("scan", hostile, "--no-cache")
    (line,) = [line for line in said.out.splitlines() if line.startswith("not analysed:")]
    for reason in ("unparsable", "binary", "not utf8", "too deep", "too large", "vendored", "symlink"):
        assert f"1 {reason}" in line
    (broken,) = (path for path, (_, reason) in HOSTILE.items() if reason == "unparsable")
    assert f"{broken} is no valid Python: nothing in it was looked at" in said.out


def test_colours_are_for_terminals_alone(open_app: Path) -> None:
    assert "\x1b[" not in tenon("scan", open_app, "--no-cache").out
    assert "\x1b[" in tenon("scan", open_app, "--no-cache", out=Terminal()).out


def test_names_from_the_code_give_a_terminal_no_orders(tmp_path: Path) -> None:
    code = OPEN.replace("/orders", "/\\x1b]0;owned\\x07\\u202eorders")
    said = tenon("scan", write(tmp_path, {"main.py": code.encode()}), "--no-cache")
    assert said.status == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(said.out)


def test_a_long_scan_says_how_it_goes_on_a_terminal_and_only_there(tmp_path: Path) -> None:
    folder = write(tmp_path, {f"m{number}.py": b"import fastapi\n" for number in range(450)})
    watched = tenon("scan", folder, "--no-cache", err=Terminal())
    assert "450 of 450" in watched.err
    assert tenon("scan", folder, "--no-cache").err == ""
    assert watched.out.startswith("findings: none")


def test_a_reader_that_has_enough_is_no_crash(open_app: Path) -> None:
    read, write_end = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "bot", "scan", str(open_app), "--no-cache"]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False)
    os.close(write_end)
    assert done.stderr == b""
    assert done.returncode == 3


@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_the_same_folder_gives_the_same_words(shop: Path, format_: str) -> None:
    one, other = (tenon("scan", shop, "--no-cache", "--all", "--format", format_).out for _ in range(2))
    assert one == other
