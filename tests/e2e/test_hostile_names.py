"""Names, titles and texts that would break out of Markdown: nothing of them comes alive in what Tenon writes."""

import pytest

from fixtures.stage import Stage
from tests.e2e.hostile import APP, Blob, committed, propose, said
from tests.e2e.liveliness import alive, linked_in_a_commit
from tests.e2e.scenes import SHOP

pytestmark = pytest.mark.slow

FILE_NAMES = [
    b"new\nline.py",
    b"tab\there.py",
    b"`tick`.py",
    b"``two``` and `.py",
    b"<img src=x onerror=alert(1)>.py",
    b"<details><summary>x.py",
    b"@octo-dev.py",
    b"@everyone/app.py",
    b"[a](javascript:alert(1)).py",
    b"![a](b).py",
    b"|pipe|.py",
    b"\\|pipe.py",
    b"fixes #1.py",
    b"#1.py",
    b"~~~~~~~~.py",
    b"-->.py",
    b"--upload-pack=x.py",
    b" leading.py",
    b"$(touch x).py",
    b"quote\"d'.py",
    b"*bold*.py",
    b"x" * 250 + b".py",
    "\u202egnp.py".encode(),
    "zero\u200bwidth.py".encode(),
    "é\u0301\U0001f600.py".encode(),
    b"not-utf8-\xff\xfe.py",
    b"con.py",
]
ROUTES = [
    "/<img src=x onerror=alert(1)>",
    "/@octo-dev",
    "/`@octo-dev`",
    "/``` @octo-dev",
    "/|@octo-dev|",
    "/\\|@octo-dev",
    "/[a](javascript:alert(1))",
    "/![a](b)",
    "/fixes #1",
    "/\n\n## Heading @octo-dev",
    "/\r\n~~~~~~~~\n<script>alert(1)</script>",
    "/https://evil.example/login",
    "/http://evil.example/login",
    "/www.evil.example",
    "/<!-- tenon:summary -->",
    "/</details></details>",
    "/users/\u202e\u200b@octo-dev",
    "/" + "a" * 300 + "@octo-dev",
    "/half-a-pair-\ud800",
    "/nul-\x00",
    "/'\"); import os  # ",
]
TITLE = "</title>`<img src=x>` @octo-dev fixes #1 [a](javascript:alert(1)) | \\`"
BODY = "@octo-dev <!-- tenon:summary --> ```\n~~~~~~~~\n<script>alert(1)</script>\nTenon-Control: x\n"


def app_with(routes: list[str]) -> bytes:
    """A FastAPI app with an open route for each path, and a secret under a name that is as bad."""
    lines = ["from fastapi import FastAPI", "", "app = FastAPI()", "", ""]
    for number, path in enumerate(routes):
        lines += [f"@app.post({path!r})", f"def handle_{number}(thing: dict) -> dict:", "    return thing", "", ""]
    return "\n".join(lines).encode()


def assert_nothing_comes_alive(on_stage: Stage, number: int) -> None:
    double = on_stage.double
    ours = [pull for pull in double.pulls(SHOP) if pull.head_ref.startswith("tenon/")]
    links = tuple(f"[Follow-up pull request]({double.url}/{SHOP}/pull/{pull.number})" for pull in ours)
    numbers = (number, *(pull.number for pull in ours))
    for where, text in said(on_stage, number).items():
        assert alive(text, links=links, references=numbers) == [], where
    for message in committed(on_stage):
        assert linked_in_a_commit(message.replace(f"Tenon-Parent: #{number}", "")) == []


def test_hostile_file_names_stay_dead_and_each_is_analysed_or_named(on_stage: Stage) -> None:
    number = propose(on_stage, {b"app/" + name: Blob(APP) for name in FILE_NAMES})
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    assert (check.status, check.conclusion) == ("completed", "neutral"), check.summary
    found = {note["path"].encode() for note in check.annotations}
    for name in FILE_NAMES:
        assert b"app/" + name in found or "bad name" in (check.text or ""), name
    assert_nothing_comes_alive(on_stage, number)


def test_hostile_routes_stay_dead_in_findings_tables_and_commits(on_stage: Stage) -> None:
    number = propose(on_stage, {b"app/main.py": Blob(app_with(ROUTES)), b"app/__init__.py": Blob(b"")})
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    assert check.conclusion == "neutral", check.summary
    assert committed(on_stage)
    assert len(check.annotations) >= len(ROUTES) - 2  # those that end in login are not told
    assert_nothing_comes_alive(on_stage, number)


def test_title_body_and_branch_of_the_parent_stay_dead(on_stage: Stage) -> None:
    branch = "cursor/`<img>`@octo-dev/fixes-#1-$(id)|x"
    message = b"Build it\n\nMade-with: Cursor\nTenon-Control: x\nCo-authored-by: `@octo-dev` <img@x> <a@b.c>\n"
    number = propose(on_stage, {b"app/main.py": Blob(APP)}, branch=branch, title=TITLE, body=BODY, message=message)
    (pull,) = [pull for pull in on_stage.double.pulls(SHOP) if pull.head_ref.startswith("tenon/")]
    assert pull.base_ref == branch
    assert_nothing_comes_alive(on_stage, number)


def test_very_many_routes_crowd_out_nothing_that_the_reader_must_know(on_stage: Stage) -> None:
    routes = [f"/{number}/" + "`@octo-dev <img src=x> | " * 4 for number in range(450)]
    number = propose(on_stage, {b"app/main.py": Blob(app_with(routes)), b"app/__init__.py": Blob(b"")})
    texts = said(on_stage, number)
    assert "### How to say no" in texts["body"]
    assert "Is this AI-generated code?" in texts["check text"]
    assert all(len(text.encode()) <= 65_000 for text in texts.values())
    assert_nothing_comes_alive(on_stage, number)
