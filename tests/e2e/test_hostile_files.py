"""Files that no parser should meet: each is skipped with its reason, the others are analysed, the service lives on."""

from collections.abc import Mapping

import pytest

from fixtures.github.records import CheckRun
from fixtures.stage import Stage
from tests.e2e.hostile import APP, Blob, propose
from tests.e2e.scenes import SHOP, follow_ups

pytestmark = pytest.mark.slow

SKIPPED: Mapping[str, tuple[Blob, str]] = {
    "app/unparsable.py": (Blob(APP + b"def broken(:\n"), "unparsable"),
    "app/huge.py": (Blob(APP + b"x = 1\n" * 200_000), "too large"),
    "app/binary.py": (Blob(APP + b"\0\0\0"), "binary"),
    "app/latin.py": (Blob(APP + b"# caf\xe9\n"), "not utf8"),
    "app/brackets.py": (Blob(APP + b"x = " + b"(" * 20_000 + b")" * 20_000 + b"\n"), "too deep"),
    "app/open_brackets.py": (Blob(APP + b"x = " + b"[" * 20_000 + b"\n"), "too deep"),
    "app/sum.py": (Blob(APP + b"x = " + b"+".join([b"1"] * 50_000) + b"\n"), "too deep"),
    "app/elifs.py": (Blob(APP + b"if a: pass\n" + b"elif b: pass\n" * 20_000), "too deep"),
    "app/link.py": (Blob(b"../../../etc/passwd", "120000"), "symlink"),
    "app/linked_folder": (Blob(b"/", "120000"), ""),
    "app/module": (Blob(b"a" * 40, "160000"), "submodule"),
    "node_modules/left-pad/index.py": (Blob(APP), "vendored"),
    ".venv/lib/python3.12/site-packages/evil.py": (Blob(APP), "vendored"),
    "env/pyvenv.cfg": (Blob(b"home = /usr\n"), "vendored"),
}
READ = {
    "app/plain.py": APP,
    "app/crlf.py": APP.replace(b"\n", b"\r\n"),
    "app/bom.py": b"\xef\xbb\xbf" + APP,
    "app/no_final_newline.py": APP.rstrip(b"\n"),
    "app/tabs.py": APP.replace(b"    ", b"\t"),
    "app/form_feed.py": APP.replace(b"\n\n\n", b"\n\x0c\n"),
    "app/empty.py": b"",
    "app/nothing_but_a_comment.py": b"# fastapi",
    "app/bad_escape.py": APP.replace(b'"/things"', b'"/\\N{no such character}"'),
    "app/half_a_pair.py": APP.replace(b'"/things"', b'"/\\ud800"'),
    "app/nul.py": APP.replace(b'"/things"', b'"/\\x00"'),
    "app/nested.py": APP + b"x = " + b"(" * 90 + b")" * 90 + b"\n",
    "app/lambdas.py": APP + b"x = " + b"lambda: " * 400 + b"1\n",
    "app/long_line.py": APP + b"x = '" + b"a" * 500_000 + b"'\n",
    "app/many_decorators.py": APP + b"@a\n" * 5_000 + b"def z(): pass\n",
}


@pytest.fixture
def odd_files(on_stage: Stage) -> CheckRun:
    """The check run of a pull request that holds them all."""
    files = {path.encode(): blob for path, (blob, _) in SKIPPED.items()}
    files |= {path.encode(): Blob(content) for path, content in READ.items()}
    number = propose(on_stage, files)
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    return check


def test_odd_files_are_skipped_with_a_reason_and_the_others_analysed(on_stage: Stage, odd_files: CheckRun) -> None:
    assert (odd_files.status, odd_files.conclusion) == ("completed", "neutral"), odd_files.summary
    assert "failed to run" not in (odd_files.summary or "")
    text = odd_files.text or ""
    for path, (_, reason) in SKIPPED.items():
        folder = {"vendored": path.split("/")[0] + "/"}.get(reason, path)
        assert not reason or f"`{folder}`: {reason}" in text, path
    found = {note["path"] for note in odd_files.annotations}
    open_routes = {path for path, content in READ.items() if b"@app.post" in content}
    assert open_routes <= found
    assert "7 changed file(s) could not be analysed" in (odd_files.title or "")
    _assert_only_edited_lines_differ(on_stage)


def _assert_only_edited_lines_differ(on_stage: Stage) -> None:
    """Line endings, byte order mark and a missing last newline are as they were in what the follow-up changed."""
    (pull,) = follow_ups(on_stage)
    for path, before in READ.items():
        after = on_stage.double.file(SHOP, pull.head_ref, path)
        assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf"), path
        assert (b"\r\n" in after) == (b"\r\n" in before), path
        assert b"\r\n" not in before or after.count(b"\r\n") == after.count(b"\n"), path
        assert after.endswith(b"\n") == before.endswith(b"\n"), path
    for path, (blob, _) in SKIPPED.items():
        if blob.mode == "100644":
            assert on_stage.double.file(SHOP, pull.head_ref, path) == blob.content, path


@pytest.mark.parametrize("name", [".env.example", ".gitignore", "app/controls", "tests"])
def test_nothing_is_written_where_a_link_stands_and_the_check_says_so(on_stage: Stage, name: str) -> None:
    key = b'import openai\n\nOPENAI_API_KEY = "sk-' + b"proj-" + b"a1B2c3D4e5" * 5 + b'"\n'
    files = {b"app/main.py": Blob(APP), b"app/__init__.py": Blob(b""), b"app/keys.py": Blob(key)}
    number = propose(on_stage, {**files, name.encode(): Blob(b"../../outside", "120000")})
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert {note["path"] for note in check.annotations} == {"app/main.py", "app/keys.py"}
    assert f"no follow-up pull request: it would have to write {name}" in (check.summary or "")
    assert follow_ups(on_stage) == []
