"""The mirror: one fetch for commits, one for blobs, nothing inherited, nothing leaked, nothing followed."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import ForgeUnavailable, NotAllowed, NotFound, SnapshotError
from bot.git_process import GitFailure, GitProcess, GitTimeout, exclusive
from bot.mirror import Mirror, MirrorSettings
from fixtures.github import GitHubDouble
from tests.bot.forge_at_double import MAIN, SHOP, app_at, forge_at, furnish
from tests.bot.git_origin import Origin, blob_sha

LOCAL = MirrorSettings(allow_file_urls=True)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin.create(tmp_path / "origin.git")


@pytest.fixture
def mirror(tmp_path: Path, origin: Origin) -> Mirror:
    return Mirror(tmp_path / "cache" / "7.git", origin.url, settings=LOCAL)


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path / "double", validate=True) as running:
        furnish(running)
        yield running
        assert running.violations == []


def mirror_of(double: GitHubDouble, tmp_path: Path, authorization: str | None) -> Mirror:
    return Mirror(tmp_path / "cache" / "7.git", f"{double.url}/{SHOP}.git", lambda: authorization)


def fetches(double: GitHubDouble) -> int:
    """How many packs the double was asked for (the v2 protocol's other requests list what there is)."""
    return sum(
        1 for request in double.requests if request.method == "POST" and request.path.endswith("git-upload-pack")
    )


def test_a_commit_comes_without_blobs(origin: Origin, mirror: Mirror) -> None:
    head = origin.commit({"a.py": b"a = 1\n", "b/c.py": b"c = 1\n"})
    mirror.fetch(head)
    assert [(entry.path, entry.mode, entry.sha) for entry in mirror.tree(head)] == [
        (b"a.py", "100644", blob_sha(b"a = 1\n")),
        (b"b/c.py", "100644", blob_sha(b"c = 1\n")),
    ]
    assert mirror.sizes([blob_sha(b"a = 1\n")]) == {}


def test_a_commit_comes_without_its_past(origin: Origin, mirror: Mirror) -> None:
    first = origin.commit({"a.py": b"a = 1\n"})
    second = origin.commit({"a.py": b"a = 2\n"})
    mirror.fetch(second)
    assert first not in mirror.sizes([first])


def test_blobs_come_byte_for_byte(origin: Origin, mirror: Mirror) -> None:
    odd = [b"a\r\nb", b"\xef\xbb\xbfx\n", b"", b"\0\1\2", b"x" * 100_000, b"9" * 40 + b" blob 3\nabc\n"]
    head = origin.commit({f"f{number}": content for number, content in enumerate(odd)})
    mirror.fetch(head)
    shas = [blob_sha(content) for content in odd]
    assert mirror.contents(shas) == dict(zip(shas, odd, strict=True))
    assert mirror.content(shas[0]) == odd[0]


def test_two_hundred_blobs_are_one_request(double: GitHubDouble, tmp_path: Path) -> None:
    files = {f"app/m{number}.py": b"x = %d\n" % number for number in range(200)}
    head = double.push(SHOP, "feature", {**files})
    mirror = mirror_of(double, tmp_path, forge_at(double).fetch_credentials())
    mirror.fetch(head)
    before = fetches(double)
    contents = mirror.contents([blob_sha(content) for content in files.values()])
    assert len(contents) == 200
    # Two POSTs in git's protocol v2 at most: one may list references, one asks for all two hundred.
    assert fetches(double) - before <= 2


def test_what_is_here_is_not_fetched_again(double: GitHubDouble, tmp_path: Path) -> None:
    head = double.branch_sha(SHOP, "main") or ""
    mirror = mirror_of(double, tmp_path, forge_at(double).fetch_credentials())
    blobs = [blob_sha(content) for content in MAIN.values()]
    mirror.fetch(head)
    mirror.contents(blobs)
    before = len(double.requests)
    mirror.fetch(head)
    mirror.contents(blobs)
    assert len(double.requests) == before


def test_an_empty_cache_fetches_blobs_by_their_ids_alone(origin: Origin, mirror: Mirror) -> None:
    origin.commit({"a.py": b"a = 1\n"})
    assert mirror.content(blob_sha(b"a = 1\n")) == b"a = 1\n"


def test_asking_for_nothing_fetches_nothing(double: GitHubDouble, tmp_path: Path) -> None:
    before = len(double.requests)
    mirror = mirror_of(double, tmp_path, None)
    mirror.fetch()
    mirror.fetch_blobs([])
    assert (len(double.requests), mirror.path.exists()) == (before, False)


def test_half_a_mirror_of_a_killed_worker_is_made_anew(origin: Origin, mirror: Mirror) -> None:
    half = mirror.path.with_suffix(".new")
    (half / "objects").mkdir(parents=True)
    (half / "config").write_text("[core")
    head = origin.commit({"a.py": b"a"})
    mirror.fetch(head)
    assert [entry.path for entry in mirror.tree(head)] == [b"a.py"]


def test_two_repositories_of_one_name_do_not_mix(origin: Origin, mirror: Mirror, tmp_path: Path) -> None:
    other = Mirror(tmp_path / "cache" / "8.git", origin.url, settings=LOCAL)
    head = origin.commit({"a.py": b"a"})
    mirror.fetch(head)
    with pytest.raises(SnapshotError):
        list(other.tree(head))


def test_an_unknown_commit_is_a_snapshot_error(origin: Origin, mirror: Mirror) -> None:
    origin.commit({"a.py": b"a"})
    with pytest.raises(SnapshotError, match="not in the repository"):
        mirror.fetch("1" * 40)


@pytest.mark.parametrize(
    "sha", ["main", "--upload-pack=touch /tmp/x", "HEAD~1", "", "1" * 39, "A" * 40, "1" * 40 + "\n"]
)
def test_what_is_no_commit_id_never_reaches_git(mirror: Mirror, sha: str) -> None:
    with pytest.raises(SnapshotError, match="is not a commit id"):
        mirror.fetch(sha)
    assert not mirror.path.exists()


def test_the_readers_token_opens_a_private_repository(double: GitHubDouble, tmp_path: Path) -> None:
    mirror = mirror_of(double, tmp_path, forge_at(double).fetch_credentials())
    mirror.fetch(double.branch_sha(SHOP, "main") or "")
    assert mirror.content(blob_sha(MAIN["old.py"])) == MAIN["old.py"]


def test_a_token_is_asked_for_at_each_fetch(double: GitHubDouble, tmp_path: Path) -> None:
    app = app_at(double)
    forge = forge_at(double, app)
    mirror = Mirror(tmp_path / "7.git", f"{double.url}/{SHOP}.git", forge.fetch_credentials)
    mirror.fetch(double.branch_sha(SHOP, "main") or "")
    double.state.tokens.clear()
    forge.repository()  # the forge notices the revoked token and replaces it
    mirror.fetch(double.branch_sha(SHOP, "feature") or "")


@pytest.mark.parametrize("authorization", ["Basic d3Jvbmc6d3Jvbmc=", None], ids=["wrong", "none"])
def test_a_refused_token_is_not_allowed_and_stays_unseen(
    double: GitHubDouble, tmp_path: Path, authorization: str | None
) -> None:
    mirror = mirror_of(double, tmp_path, authorization)
    with pytest.raises(NotAllowed) as caught:
        mirror.fetch(double.branch_sha(SHOP, "main") or "")
    assert "d3Jvbmc" not in repr(caught.value) + repr(caught.value.__context__) + repr(mirror)


def test_the_token_is_in_no_argument_and_no_file(double: GitHubDouble, tmp_path: Path) -> None:
    header = forge_at(double).fetch_credentials() or ""
    secret = header.removeprefix("Basic ")
    seen: list[bytes] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(process.read_bytes())
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    double.faults.add(path="info/refs", delay_seconds=0.5)
    mirror_of(double, tmp_path, header).fetch(double.branch_sha(SHOP, "main") or "")
    done.set()
    watcher.join()
    assert any(b"--git-dir" in line for line in seen)
    assert not any(secret.encode() in line for line in seen)
    files = [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert files
    assert not any(secret.encode() in file.read_bytes() for file in files)


def test_repr_shows_no_token(tmp_path: Path) -> None:
    process = GitProcess(tmp_path, {"http.extraHeader": "Authorization: t0ken"}, {"HTTPS_PROXY": "http://u:t0ken@p"})
    assert "t0ken" not in repr(process)


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com/acme/shop.git",
        "ssh://git@github.com/acme/shop.git",
        "git@github.com:acme/shop.git",
        "git://github.com/acme/shop.git",
        "ext::sh -c true",
        "/etc",
        "--upload-pack=true",
        "https://user:t0ken@github.com/acme/shop.git",
    ],
)
def test_only_https_is_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        Mirror(tmp_path / "7.git", url).fetch("1" * 40)
    assert "t0ken" not in str(caught.value)


def test_a_repository_that_is_not_there_is_not_found(double: GitHubDouble, tmp_path: Path) -> None:
    header = forge_at(double).fetch_credentials()
    with pytest.raises(NotFound):
        Mirror(tmp_path / "7.git", f"{double.url}/acme/gone.git", lambda: header).fetch("1" * 40)


def test_a_path_is_fetched_only_when_a_test_asks(origin: Origin, tmp_path: Path) -> None:
    head = origin.commit({"a.py": b"a"})
    with pytest.raises(SnapshotError, match="https"):
        Mirror(tmp_path / "7.git", origin.url).fetch(head)


def test_a_redirect_is_not_followed(double: GitHubDouble, tmp_path: Path) -> None:
    double.faults.add(path="info/refs", status=302, times=5, headers={"Location": f"{double.url}/elsewhere"})
    with pytest.raises(ForgeUnavailable):
        mirror_of(double, tmp_path, None).fetch(double.branch_sha(SHOP, "main") or "")
    assert not any("elsewhere" in request.path for request in double.requests)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_trouble_at_the_forge_is_the_jobs_to_retry(double: GitHubDouble, tmp_path: Path, status: int) -> None:
    double.faults.add(path="info/refs", status=status, times=5)
    with pytest.raises(ForgeUnavailable) as caught:
        mirror_of(double, tmp_path, None).fetch("1" * 40)
    assert caught.value.retry


def test_a_forge_out_of_reach_is_the_jobs_to_retry(tmp_path: Path) -> None:
    with pytest.raises(ForgeUnavailable):
        Mirror(tmp_path / "7.git", "http://127.0.0.1:9/acme/shop.git").fetch("1" * 40)


def test_a_fetch_that_hangs_is_stopped_with_all_its_processes(double: GitHubDouble, tmp_path: Path) -> None:
    double.faults.add(path="info/refs", delay_seconds=20)
    settings = MirrorSettings(fetch_seconds=0.5)
    mirror = Mirror(tmp_path / "7.git", f"{double.url}/{SHOP}.git", settings=settings)
    started = time.monotonic()
    with pytest.raises(ForgeUnavailable, match="too long"):
        mirror.fetch("1" * 40)
    assert time.monotonic() - started < 10
    while any(mirror.url.encode() in line for line in command_lines()):
        assert time.monotonic() - started < 10, "git's transport outlived it"
    double.faults.clear()


def command_lines() -> list[bytes]:
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes())
        except OSError:
            continue
    return lines


def test_a_fetch_that_fills_the_disk_is_stopped(origin: Origin, tmp_path: Path) -> None:
    head = origin.commit({f"{number}.bin": os.urandom(400_000) for number in range(4)})
    settings = MirrorSettings(allow_file_urls=True, fetch_bytes=1_000_000)
    mirror = Mirror(tmp_path / "7.git", origin.url, settings=settings)
    mirror.fetch(head)
    with pytest.raises(SnapshotError, match="more than 1000000 bytes"):
        mirror.fetch_blobs([entry.sha for entry in mirror.tree(head)])


def test_configuration_of_the_machine_and_of_the_user_counts_for_nothing(
    origin: Origin, mirror: Mirror, tmp_path: Path
) -> None:
    head = origin.commit({"a.py": b"a"})
    touched = tmp_path / "touched"
    (tmp_path / ".gitconfig").write_text(f"[core]\n\tfsmonitor = touch {touched}\n[url]\n\tinsteadOf = broken\n[bad")
    process = GitProcess(mirror.path, {}, {"HOME": str(tmp_path), "GIT_ALLOW_PROTOCOL": "none"})
    mirror.fetch(head)
    assert process.run(("rev-parse", "--git-dir"), seconds=10)
    assert not touched.exists()


def test_no_hook_runs(origin: Origin, mirror: Mirror, tmp_path: Path) -> None:
    first = origin.commit({"a.py": b"a"})
    mirror.fetch(first)
    hooks, ran = mirror.path / "hooks", tmp_path / "ran"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-index-change", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / name).chmod(0o755)
    GitProcess(mirror.path, {}, {}).run(("update-ref", "refs/heads/x", first), seconds=10)
    mirror.fetch(origin.commit({"a.py": b"b"}))
    assert not ran.exists()


def test_what_a_killed_git_left_behind_is_swept_up(origin: Origin, mirror: Mirror) -> None:
    mirror.fetch(origin.commit({"a.py": b"a"}))
    (mirror.path / "shallow.lock").touch()
    (mirror.path / "config.lock").touch()
    head = origin.commit({"a.py": b"b"})
    mirror.fetch(head)
    assert [entry.path for entry in mirror.tree(head)] == [b"a.py"]


def test_many_fetches_at_once_wait_for_each_other(origin: Origin, mirror: Mirror) -> None:
    heads = [origin.commit({"a.py": b"%d" % number}) for number in range(6)]
    threads = [threading.Thread(target=mirror.fetch, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(list(mirror.tree(head))) for head in heads] == [1] * 6


def test_a_lock_that_is_held_too_long_is_given_up(tmp_path: Path) -> None:
    lock = tmp_path / "7.lock"
    with exclusive(lock, 1.0), pytest.raises(GitTimeout, match="another fetch"), exclusive(lock, 0.1):
        pass


def test_git_that_outlives_its_worker_keeps_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "7.lock"
    with exclusive(lock, 1.0) as descriptor:
        child = subprocess.Popen(["sleep", "30"], pass_fds=(descriptor,))
    with pytest.raises(GitTimeout), exclusive(lock, 0.1):
        pass
    child.kill()
    child.wait()
    with exclusive(lock, 1.0):
        pass


def test_git_that_fails_says_why_and_not_too_much(tmp_path: Path) -> None:
    with pytest.raises(GitFailure) as caught:
        GitProcess(tmp_path, {}, {}).run(("cat-file", "-p", "x" * 2000), seconds=10)
    assert 0 < len(str(caught.value)) <= 300


def test_changed_paths_come_with_both_blobs(origin: Origin, mirror: Mirror) -> None:
    base = origin.commit({"a.py": b"a = 1\n", "gone.py": b"x\n", "same.py": b"s\n"})
    head = origin.commit({"a.py": b"a = 2\n", "new.py": b"n\n", "same.py": b"s\n"})
    mirror.fetch(base, head)
    changes = {change.path: (change.old_sha, change.new_sha) for change in mirror.changes(base, head)}
    assert changes == {
        b"a.py": (blob_sha(b"a = 1\n"), blob_sha(b"a = 2\n")),
        b"gone.py": (blob_sha(b"x\n"), "0" * 40),
        b"new.py": ("0" * 40, blob_sha(b"n\n")),
    }


LINES = b"1\n2\n3\n4\n5\n6\n"


@pytest.mark.parametrize(
    ("after", "ranges"),
    [
        (b"1\n2\nx\n4\n5\n6\n", ((3, 3),)),
        (b"1\n2\n3\n4\n5\n6\n7\n8\n", ((7, 8),)),
        (b"a\n1\n2\n3\n4\n5\nb\nc\n", ((1, 1), (7, 8))),
        (b"1\n2\n5\n6\n", ((2, 3),)),
        (b"3\n4\n5\n6\n", ((1, 1),)),
        (b"1\n2\n3\n4\n5\n6", ((6, 6),)),
        (b"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n", ((1, 6),)),
        (LINES, ()),
        (b"1\n@@ -1 +9,9 @@\n3\n4\n5\n6\n", ((2, 2),)),
        (b"1\ndiff --git a/0 b/0\n3\n4\n5\n6\n", ((2, 2),)),
    ],
)
def test_changed_lines_are_those_new_in_the_second_blob(
    origin: Origin, mirror: Mirror, after: bytes, ranges: tuple[tuple[int, int], ...]
) -> None:
    head = origin.commit({"a": LINES, "b": after})
    mirror.fetch(head)
    pair = (blob_sha(LINES), blob_sha(after))
    mirror.fetch_blobs(pair)
    assert mirror.changed_lines([pair]) == {pair: ranges}


def test_many_pairs_are_told_apart(origin: Origin, mirror: Mirror) -> None:
    blobs = [b"%d\nx\n" % number for number in range(30)]
    head = origin.commit({f"f{number}": blob for number, blob in enumerate(blobs)})
    mirror.fetch(head)
    mirror.fetch_blobs([blob_sha(blob) for blob in blobs])
    pairs = [(blob_sha(blobs[0]), blob_sha(blob)) for blob in blobs]
    lines = mirror.changed_lines([*pairs, *pairs])
    assert lines == {pair: ((1, 1),) if number else () for number, pair in enumerate(pairs)}
