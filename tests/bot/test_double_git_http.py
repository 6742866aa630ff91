"""git over HTTP against the double: partial fetches with an installation token, and nothing without one."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fixtures.github import GitHubDouble
from fixtures.github.clients import installation_token

SHOP = "acme/shop"


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path / "github", validate=True) as running:
        running.add_repository(SHOP, files={"a.py": b"A = 1\n", "big.bin": os.urandom(50_000)})
        running.push(SHOP, "feature", {"a.py": b"A = 2\n"})
        running.open_pull(SHOP, head="feature")
        yield running


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    path = tmp_path / "mirror.git"
    git(path, "init", "--quiet", "--bare", str(path))
    return path


def git(
    directory: Path, *arguments: str, token: str | None = None, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run git in a bare repository, with a token as the service would hand it over: by environment, never argv."""
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "no_proxy": "127.0.0.1",
    }
    if token:
        credential = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {credential}",
        }
    command = ["git", *([] if arguments[0] == "init" else ["--git-dir", str(directory)]), *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=given, env=environment, check=False)


def fetch(double: GitHubDouble, mirror: Path, wanted: str, token: str | None, name: str = SHOP) -> int:
    git(mirror, "config", "remote.origin.promisor", "true")
    git(mirror, "config", "remote.origin.url", f"{double.url}/{name}.git")
    options = ["--quiet", "--depth=1", "--filter=blob:none", "--no-tags"]
    return git(mirror, "fetch", *options, f"{double.url}/{name}.git", wanted, token=token).returncode


def objects(mirror: Path) -> set[str]:
    listed = git(mirror, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").stdout
    return set(listed.split())


def test_a_commit_is_fetched_without_its_blobs(double: GitHubDouble, mirror: Path) -> None:
    sha = double.branch_sha(SHOP, "feature") or ""
    assert fetch(double, mirror, sha, installation_token(double, permissions={"contents": "read"})) == 0
    assert objects(mirror) == {"commit", "tree"}
    assert git(mirror, "ls-tree", "--name-only", sha).stdout.split() == ["a.py", "big.bin"]


def test_missing_blobs_follow_in_one_batch(double: GitHubDouble, mirror: Path) -> None:
    sha, token = double.branch_sha(SHOP, "feature") or "", installation_token(double)
    fetch(double, mirror, sha, token)
    blobs = "\n".join(line.split()[2] for line in git(mirror, "ls-tree", sha).stdout.splitlines())
    before = len(double.requests)
    options = ["--quiet", "--filter=blob:none", "--no-write-fetch-head", "--no-tags", "--stdin"]
    assert git(mirror, "fetch", *options, f"{double.url}/{SHOP}.git", token=token, given=blobs).returncode == 0
    assert len(double.requests) - before <= 3
    assert git(mirror, "cat-file", "blob", f"{sha}:a.py").stdout == "A = 2\n"


def test_protocol_version_two_is_spoken(double: GitHubDouble, mirror: Path) -> None:
    fetch(double, mirror, "refs/heads/main", installation_token(double))
    assert double.requests[-1].headers["git-protocol"] == "version=2"
    assert double.requests[-1].headers["content-type"] == "application/x-git-upload-pack-request"


def test_the_head_of_a_pull_request_has_a_reference_that_follows(double: GitHubDouble, mirror: Path) -> None:
    token = installation_token(double)
    sha = double.push(SHOP, "feature", {"a.py": b"A = 3\n"})
    assert fetch(double, mirror, "refs/pull/1/head", token) == 0
    assert git(mirror, "rev-parse", "FETCH_HEAD").stdout.strip() == sha


def test_a_fork_is_fetched_through_the_repository_it_was_proposed_to(double: GitHubDouble, mirror: Path) -> None:
    double.push(SHOP, "theirs", {"a.py": b"A = 9\n"})
    number = double.open_pull(SHOP, head="theirs", author="stranger", from_fork=True)
    assert double.branch_sha(SHOP, "theirs") is None
    assert fetch(double, mirror, f"refs/pull/{number}/head", installation_token(double)) == 0
    assert fetch(double, mirror, "refs/heads/theirs", installation_token(double), "stranger/shop") != 0


def test_a_private_repository_is_not_fetched_without_a_token(double: GitHubDouble, mirror: Path) -> None:
    assert fetch(double, mirror, "refs/heads/main", None) != 0
    assert double.requests[-1].status == 401
    assert objects(mirror) == set()


@pytest.mark.parametrize(
    ("narrowed", "status"),
    [({"repositories": ["blog"]}, 404), ({"permissions": {"checks": "write"}}, 403), ({}, 200)],
)
def test_a_token_fetches_only_what_it_reaches(
    double: GitHubDouble, mirror: Path, narrowed: dict[str, list[str]], status: int
) -> None:
    double.add_repository("acme/blog", files={"b.py": b""})
    token = installation_token(double, **narrowed)  # type: ignore[arg-type]
    fetch(double, mirror, "refs/heads/main", token)
    assert double.requests[-1].status == status


def test_a_public_repository_is_fetched_by_anyone(double: GitHubDouble, mirror: Path) -> None:
    double.add_repository("acme/open", files={"b.py": b""}, private=False)
    assert fetch(double, mirror, "refs/heads/main", None, "acme/open") == 0


def test_nothing_is_pushed_over_git(double: GitHubDouble, mirror: Path) -> None:
    token = installation_token(double)
    fetch(double, mirror, "refs/heads/main", token)
    address = f"{double.url}/{SHOP}.git"
    assert git(mirror, "push", address, "FETCH_HEAD:refs/heads/new", token=token).returncode != 0
    assert double.branch_sha(SHOP, "new") is None


def test_an_ordered_fault_also_strikes_git(double: GitHubDouble, mirror: Path) -> None:
    double.faults.add(path=r"\.git/", status=502)
    token = installation_token(double)
    assert fetch(double, mirror, "refs/heads/main", token) != 0
    assert fetch(double, mirror, "refs/heads/main", token) == 0


def test_the_token_is_asked_for_in_gits_own_way(double: GitHubDouble) -> None:
    address = f"{double.url}/{SHOP}.git/info/refs?service=git-upload-pack"
    anonymous = httpx.get(address, trust_env=False)
    assert anonymous.status_code == 401
    assert anonymous.headers["www-authenticate"].startswith("Basic ")
    bearer = {"Authorization": f"Bearer {installation_token(double)}"}
    assert httpx.get(address, headers=bearer, trust_env=False).status_code == 401
