"""The diff is one that git applies: new files, missing final newlines, strange names, other encodings."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.tiny import HEAD, make, remedied
from transforms.diffs import file_diff, unified_diff
from transforms.source import blob_sha


def applied(folder: Path, path: str, before: bytes | None, diff: str) -> bytes:
    """The content of `path` after `git apply`."""
    target = folder / path
    if before is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(before)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "--allow-empty", "-"], input=diff.encode(), cwd=folder, check=True
    )
    return target.read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\n", b"a\nc\n"),
        (b"a\nb", b"a\nb\nc"),
        (b"a\nb\n", b"a\nb"),
        (b"a\r\nb\r\n", b"a\r\nx\r\nb\r\n"),
        (None, b"a\nb\n"),
        (None, b"a"),
        (b"a\x0cb\n\xc3\xa4\n", b"a\x0cb\nq\n\xc3\xa4\n"),
        (b"\xff\xfea\0\n\0", b"\xff\xfea\0\n\0b\0\n\0"),
        (b"caf\xe9\n", b"caf\xe9\nmore\n"),
    ],
)
def test_git_applies_it(tmp_path: Path, before: bytes | None, after: bytes) -> None:
    assert applied(tmp_path, "dir/a.txt", before, file_diff("dir/a.txt", before, after)) == after


@pytest.mark.parametrize("path", ["a b.txt", 'q"uote.txt', "üml.txt", "tab\tname.txt"])
def test_names_are_quoted_as_git_does(tmp_path: Path, path: str) -> None:
    assert applied(tmp_path, path, b"a\n", file_diff(path, b"a\n", b"b\n")) == b"b\n"


def test_an_empty_new_file_is_made(tmp_path: Path) -> None:
    assert applied(tmp_path, "a/__init__.py", None, file_diff("a/__init__.py", None, b"")) == b""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc"), min_size=1), st.booleans(), st.booleans())
def test_any_change_of_lines_survives(tmp_path: Path, old: list[str], new: list[str], end: bool, other: bool) -> None:
    before = ("\n".join(old) + "\n" * end).encode()
    after = ("\n".join(new) + "\n" * other).encode()
    assert applied(tmp_path, "a.txt", before, file_diff("a.txt", before, after)) == after


def test_nothing_changed_is_no_diff() -> None:
    assert file_diff("a", b"a", b"a") == ""


def test_the_patches_of_a_run_make_one_diff_with_gits_own_ids(tmp_path: Path) -> None:
    code = f"{HEAD}def handle():\n    pass"
    result = remedied({"app.py": code}, make())
    diff = unified_diff(result.patches)
    assert f"index {blob_sha(code.encode())}..{blob_sha(result.files['app.py'])} 100644" in diff
    assert "--- /dev/null\n+++ b/controls/users.py\n" in diff
    assert "\\ No newline at end of file" in diff
    assert applied(tmp_path, "app.py", code.encode(), diff) == result.files["app.py"]
    assert (tmp_path / "controls/users.py").read_bytes() == result.files["controls/users.py"]


def test_rejected_patches_are_not_in_it() -> None:
    assert unified_diff(remedied({"app.py": f"{HEAD}def handle_hopeless():\n    pass\n"}, make()).patches) == ""
