"""A snapshot: the files that matter at one commit, what the pull request touched, and what was left out and why."""

import os
from collections.abc import Collection
from pathlib import Path

import pytest

from bot.errors import SnapshotError
from bot.mirror import Mirror, MirrorSettings
from bot.snapshot import Skipped, SkipReason, Snapshot, SnapshotLimits, take_snapshot
from tests.bot.git_origin import EXECUTABLE, SUBMODULE, SYMLINK, Content, Origin, blob_sha

LIMITS = SnapshotLimits()
MAIN = b"from fastapi import FastAPI\n\napp = FastAPI()\n"


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin.create(tmp_path / "origin.git")


@pytest.fixture
def mirror(tmp_path: Path, origin: Origin) -> Mirror:
    return Mirror(tmp_path / "cache" / "7.git", origin.url, settings=MirrorSettings(allow_file_urls=True))


def taken(
    origin: Origin,
    mirror: Mirror,
    head: dict[str | bytes, Content],
    base: dict[str | bytes, Content] | None = None,
    limits: SnapshotLimits = LIMITS,
) -> Snapshot:
    """A snapshot of `head` as the change of a pull request onto `base` (default: the same files)."""
    base_sha = origin.commit(head if base is None else base)
    return take_snapshot(mirror, base_sha, origin.commit(head), limits)


def paths(snapshot: Snapshot) -> list[str]:
    return [file.path for file in snapshot.files]


def reasons(snapshot: Snapshot) -> dict[str, SkipReason]:
    return {skipped.path: skipped.reason for skipped in snapshot.skipped}


def test_python_files_come_with_their_bytes(origin: Origin, mirror: Mirror) -> None:
    snapshot = taken(origin, mirror, {"app/main.py": MAIN, "README.md": b"# Shop\n"})
    (file,) = snapshot.files
    assert (file.path, file.blob_sha, file.size) == ("app/main.py", blob_sha(MAIN), len(MAIN))
    assert (file.mode, file.content) == ("100644", MAIN)
    assert (snapshot.skipped, snapshot.truncated) == ((), False)


def test_the_content_of_a_file_is_not_in_its_repr(origin: Origin, mirror: Mirror) -> None:
    assert "hunter2" not in repr(taken(origin, mirror, {"a.py": b"PASSWORD = 'hunter2'\n"}))


def test_bytes_are_not_tampered_with(origin: Origin, mirror: Mirror) -> None:
    odd = {"crlf.py": b"a = 1\r\nb = 2", "bom.py": b"\xef\xbb\xbfx = 1\n", "latin.py": b"\xe4 = 1\n", "empty.py": b""}
    snapshot = taken(origin, mirror, {**odd})
    assert {file.path: file.content for file in snapshot.files} == odd


def test_an_executable_file_is_a_file(origin: Origin, mirror: Mirror) -> None:
    (file,) = taken(origin, mirror, {"run.py": (EXECUTABLE, b"x = 1\n")}).files
    assert file.mode == EXECUTABLE


def test_other_files_come_when_asked_for(origin: Origin, mirror: Mirror) -> None:
    head = origin.commit({"app.py": b"a", "pyproject.toml": b"b", "logo.png": b"\0"})
    snapshot = take_snapshot(mirror, head, head, LIMITS, wanted=lambda path: path.endswith((".py", ".toml")))
    assert paths(snapshot) == ["app.py", "pyproject.toml"]


def test_what_is_no_readable_source_is_skipped_with_its_reason(origin: Origin, mirror: Mirror) -> None:
    snapshot = taken(
        origin,
        mirror,
        {
            "good.py": b"x = 1\n",
            "huge.py": b"x = 1\n" * 200_000,
            "binary.py": b"\x7fELF\0\0",
            "link.py": (SYMLINK, b"/etc/passwd"),
            "library": (SUBMODULE, b"1" * 40),
        },
    )
    assert paths(snapshot) == ["good.py"]
    assert reasons(snapshot) == {
        "huge.py": SkipReason.TOO_LARGE,
        "binary.py": SkipReason.BINARY,
        "link.py": SkipReason.SYMLINK,
        "library": SkipReason.SUBMODULE,
    }
    assert snapshot.left_out() == dict.fromkeys(reasons(snapshot).values(), 1)
    assert not snapshot.truncated


@pytest.mark.parametrize(
    "folder",
    [
        "node_modules",
        ".venv",
        "venv",
        "lib/python3.11/site-packages",
        "vendor",
        "app/third_party",
        "__pycache__",
        ".tox",
    ],
)
def test_other_peoples_code_is_skipped_as_one_folder(origin: Origin, mirror: Mirror, folder: str) -> None:
    snapshot = taken(origin, mirror, {"app/main.py": MAIN, f"{folder}/a.py": b"a", f"{folder}/deep/b.py": b"b"})
    assert paths(snapshot) == ["app/main.py"]
    assert snapshot.skipped == (Skipped(f"{folder}/", SkipReason.VENDORED),)


def test_a_virtual_environment_of_any_name_is_vendored(origin: Origin, mirror: Mirror) -> None:
    snapshot = taken(origin, mirror, {"a.py": b"a", "my env/pyvenv.cfg": b"home=/usr", "my env/lib/x.py": b"x"})
    assert reasons(snapshot) == {"my env/": SkipReason.VENDORED}


def test_a_module_that_is_only_called_vendor_is_the_apps_own(origin: Origin, mirror: Mirror) -> None:
    assert paths(taken(origin, mirror, {"vendor.py": b"a", "app/vendors/b.py": b"b"})) == [
        "app/vendors/b.py",
        "vendor.py",
    ]


HOSTILE = [
    "-rf.py",
    "a b.py",
    'quote".py',
    "$(touch x).py",
    "back\\slash.py",
    "ünï/çødé.py",
    "semi;colon.py",
    ":(glob)**.py",
    "...py",
    "a'b.py",
    "{a}.py",
]


def test_strange_names_are_names(origin: Origin, mirror: Mirror) -> None:
    snapshot = taken(origin, mirror, dict.fromkeys(HOSTILE, b"x = 2\n"), dict.fromkeys(HOSTILE, b"x = 1\n"))
    assert sorted(paths(snapshot)) == sorted(HOSTILE)
    assert snapshot.changed == dict.fromkeys(HOSTILE, ((1, 1),))


@pytest.mark.parametrize(
    "name", [b"new\nline.py", b"es\x1b[31mcape.py", b"not\xffutf8.py", "right\u202eleft.py".encode()]
)
def test_names_that_could_forge_a_line_are_skipped_and_shown_escaped(
    origin: Origin, mirror: Mirror, name: bytes
) -> None:
    snapshot = taken(origin, mirror, {name: b"x = 1\n", "a.py": b"a"})
    assert paths(snapshot) == ["a.py"]
    (skipped,) = snapshot.skipped
    assert skipped.reason == SkipReason.BAD_NAME
    assert skipped.path.isprintable()
    assert skipped.path.isascii()


def test_changed_lines_are_those_the_pull_request_touched(origin: Origin, mirror: Mirror) -> None:
    base: dict[str | bytes, Content] = {
        "a.py": b"1\n2\n3\n4\n",
        "gone.py": b"x\n",
        "same.py": b"s\n",
        "mode.py": b"m\n",
    }
    head: dict[str | bytes, Content] = {
        "a.py": b"1\nx\n3\n4\n5\n",
        "new.py": b"a\nb",
        "empty.py": b"",
        "same.py": b"s\n",
        "mode.py": (EXECUTABLE, b"m\n"),
    }
    assert taken(origin, mirror, head, base).changed == {
        "a.py": ((2, 2), (5, 5)),
        "new.py": ((1, 2),),
        "empty.py": (),
        "mode.py": (),
    }


def test_a_file_that_was_something_else_before_is_new_in_whole(origin: Origin, mirror: Mirror) -> None:
    base: dict[str | bytes, Content] = {
        "link.py": (SYMLINK, b"x"),
        "module.py": (SUBMODULE, b"1" * 40),
        "huge.py": b"x\n" * 700_000,
        "folder.py/a.py": b"a\n",
    }
    head: dict[str | bytes, Content] = dict.fromkeys(("link.py", "module.py", "huge.py", "folder.py"), b"a\nb\n")
    assert taken(origin, mirror, head, base).changed == dict.fromkeys(head, ((1, 2),))


def test_known_blobs_are_listed_and_not_fetched(origin: Origin, mirror: Mirror) -> None:
    files: dict[str | bytes, Content] = {"a.py": b"a\n", "b.py": b"b\n", "c.py": b"c\n"}
    base = origin.commit(files)
    head = origin.commit({**files, "c.py": b"c2\n"})
    asked: list[set[str]] = []

    def known(shas: Collection[str]) -> set[str]:
        asked.append(set(shas))
        return {blob_sha(b"a\n"), blob_sha(b"c2\n")}

    snapshot = take_snapshot(mirror, base, head, LIMITS, known=known)
    assert {file.path: file.content for file in snapshot.files} == {"a.py": None, "b.py": b"b\n", "c.py": b"c2\n"}
    assert {file.path: file.size for file in snapshot.files}["a.py"] is None
    assert asked == [{blob_sha(b"a\n"), blob_sha(b"b\n")}]  # what the pull request changed is read in any case
    assert mirror.sizes([blob_sha(b"a\n")]) == {}
    assert mirror.content(blob_sha(b"a\n")) == b"a\n"


def test_unknown_commits_are_a_snapshot_error(origin: Origin, mirror: Mirror) -> None:
    head = origin.commit({"a.py": b"a"})
    with pytest.raises(SnapshotError):
        take_snapshot(mirror, head, "1" * 40, LIMITS)


def test_a_pull_request_of_3000_files_is_bounded_and_says_so(origin: Origin, mirror: Mirror) -> None:
    base: dict[str | bytes, Content] = {f"old/m{number}.py": b"x = 1\n" for number in range(500)}
    head = {**base, **{f"new/m{number:04}.py": b"y = %d\n" % number for number in range(3000)}}
    snapshot = taken(origin, mirror, head, base)
    assert len(snapshot.files) == LIMITS.files
    assert all(path in snapshot.changed for path in paths(snapshot))
    assert snapshot.truncated
    assert snapshot.left_out() == {SkipReason.OVER_FILE_LIMIT: 1500}
    assert len({*paths(snapshot), *reasons(snapshot)}) == 3500


def test_changed_files_come_first_then_those_nearest_to_them(origin: Origin, mirror: Mirror) -> None:
    base: dict[str | bytes, Content] = {
        "app/routers/orders.py": b"1\n",
        "app/routers/users.py": b"1\n",
        "app/models/order.py": b"1\n",
        "app/main.py": b"1\n",
        "aaa/bbb/far.py": b"1\n",
        "setup.py": b"1\n",
    }
    snapshot = taken(origin, mirror, {**base, "app/routers/orders.py": b"2\n"}, base, SnapshotLimits(files=4))
    assert paths(snapshot) == ["app/routers/orders.py", "app/routers/users.py", "app/main.py", "app/models/order.py"]
    assert reasons(snapshot) == dict.fromkeys(["aaa/bbb/far.py", "setup.py"], SkipReason.OVER_FILE_LIMIT)


def test_the_bytes_of_all_files_are_bounded(origin: Origin, mirror: Mirror) -> None:
    base: dict[str | bytes, Content] = {f"f{number}.py": os.urandom(500).hex().encode() for number in range(10)}
    snapshot = taken(origin, mirror, {**base, "f7.py": b"x = 1\n"}, base, SnapshotLimits(total_bytes=3500))
    assert paths(snapshot) == ["f7.py", "f0.py", "f1.py", "f2.py"]
    assert snapshot.left_out() == {SkipReason.OVER_BYTE_LIMIT: 6}
    assert snapshot.truncated


def test_a_limit_of_bytes_for_a_file_is_the_last_byte(origin: Origin, mirror: Mirror) -> None:
    snapshot = taken(origin, mirror, {"a.py": b"x" * 10, "b.py": b"x" * 11}, limits=SnapshotLimits(bytes_per_file=10))
    assert paths(snapshot) == ["a.py"]


def test_vendored_files_take_no_place_from_the_apps(origin: Origin, mirror: Mirror) -> None:
    vendored: dict[str | bytes, Content] = {f".venv/lib/m{number}.py": b"v" for number in range(300)}
    snapshot = taken(origin, mirror, {**vendored, "a.py": b"a", "b.py": b"b"}, {"b.py": b"b"}, SnapshotLimits(files=2))
    assert paths(snapshot) == ["a.py", "b.py"]
    assert snapshot.skipped == (Skipped(".venv/", SkipReason.VENDORED),)
    assert not snapshot.truncated
