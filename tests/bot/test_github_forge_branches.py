"""Tenon's own branches: made through the Git Data API, the same however often, and never anybody else's."""

import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import NotAllowed, NotFound
from bot.forge import NewCommit
from bot.forges.allow_list import check_branch, check_path
from bot.forges.github import GitHubForge
from fixtures.github import GitHubDouble
from tests.bot.forge_at_double import MAIN, SHOP, asked, forge_at, furnish

BRANCH = "tenon/pr-1"
GUARD = NewCommit(
    "Ask who is calling\n\nAdds a guard.", {"app/auth.py": b"GUARD = 1\n", "app/main.py": b"import auth\n"}
)
SECRETS = NewCommit("Ask for secrets", {"app/deep/er/secrets.py": b"KEY = ask()\n", "old.py": None})


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        furnish(running)
        running.requests.clear()
        yield running
        assert running.violations == []


@pytest.fixture
def forge(double: GitHubDouble) -> GitHubForge:
    return forge_at(double)


@pytest.fixture
def head(double: GitHubDouble) -> str:
    return double.branch_sha(SHOP, "feature") or ""


def test_a_branch_is_the_base_plus_one_commit_for_each_control(
    double: GitHubDouble, forge: GitHubForge, head: str
) -> None:
    made = forge.ensure_branch(BRANCH, head, (GUARD, SECRETS))
    second, first, base, *_ = double.log(SHOP, BRANCH)
    assert (second.sha, base.sha) == (made, head)
    assert (first.message, second.message) == (GUARD.message, SECRETS.message)
    assert double.file(SHOP, first.sha, "app/auth.py") == b"GUARD = 1\n"
    assert double.paths(SHOP, BRANCH) == ("app/auth.py", "app/deep/er/secrets.py", "app/main.py", "app/orders.py")


def test_commits_name_no_author_so_that_github_signs_them(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    made = forge.ensure_branch(BRANCH, head, (GUARD,))
    assert made in double.state.repository(SHOP).signed_commits
    sent = [request.body for request in double.requests if request.path.endswith("/git/commits")]
    assert [sorted(body) for body in sent] == [["message", "parents", "tree"]]


def test_bytes_arrive_as_they_were(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    odd = {"crlf.py": b"a = 1\r\nb = 2", "bom.py": b"\xef\xbb\xbfx = 1\n", "latin.py": b"\xe4 = 1\n", "empty.py": b""}
    forge.ensure_branch(BRANCH, head, (NewCommit("Odd bytes", odd),))
    assert {path: double.file(SHOP, BRANCH, path) for path in odd} == odd


def test_a_second_time_nothing_is_written(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    made = forge.ensure_branch(BRANCH, head, (GUARD, SECRETS))
    double.requests.clear()
    assert forge_at(double).ensure_branch(BRANCH, head, (GUARD, SECRETS)) == made
    writes = {request.path.rpartition("/")[2] for request in double.requests if request.method in {"POST", "PATCH"}}
    assert writes == {"access_tokens", "trees"}  # a tree is asked for to learn its id: it is there already


def test_a_first_commit_that_stayed_the_same_is_kept(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    forge.ensure_branch(BRANCH, head, (GUARD, SECRETS))
    before = double.log(SHOP, BRANCH)
    forge.ensure_branch(BRANCH, head, (GUARD, NewCommit("Ask for other secrets", SECRETS.files)))
    after = double.log(SHOP, BRANCH)
    assert after[0].message == "Ask for other secrets"
    assert after[1].sha == before[1].sha


def test_a_dropped_commit_is_taken_off_by_force(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    forge.ensure_branch(BRANCH, head, (GUARD, SECRETS))
    made = forge.ensure_branch(BRANCH, head, (SECRETS,))
    assert double.branch_sha(SHOP, BRANCH) == made
    assert [commit.message for commit in double.log(SHOP, BRANCH)][:2] == ["Ask for secrets", "Add orders"]


def test_no_commits_point_the_branch_at_its_base(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    assert forge.ensure_branch(BRANCH, head, ()) == head
    assert double.branch_sha(SHOP, BRANCH) == head


def test_a_new_base_carries_the_commits_over(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    forge.ensure_branch(BRANCH, head, (GUARD,))
    pushed = double.push(SHOP, "feature", {"app/orders.py": b"ORDERS = [1]\n"})
    forge.ensure_branch(BRANCH, pushed, (GUARD,))
    assert double.log(SHOP, BRANCH)[1].sha == pushed
    assert double.file(SHOP, BRANCH, "app/orders.py") == b"ORDERS = [1]\n"


def test_a_commit_of_a_person_on_our_branch_is_not_taken_for_ours(
    double: GitHubDouble, forge: GitHubForge, head: str
) -> None:
    made = forge.ensure_branch(BRANCH, head, (GUARD,))
    double.push(SHOP, BRANCH, {"app/auth.py": b"GUARD = 2\n"}, message="Tune the guard")
    assert forge.branch_sha(BRANCH) != made  # the pipeline sees this and freezes; told to ensure, we make it ours again
    assert forge.ensure_branch(BRANCH, head, (GUARD,)) == double.branch_sha(SHOP, BRANCH)
    assert double.file(SHOP, BRANCH, "app/auth.py") == b"GUARD = 1\n"


def test_deleting_what_is_not_there_changes_nothing(double: GitHubDouble, forge: GitHubForge, head: str) -> None:
    forge.ensure_branch(BRANCH, head, (NewCommit("Tidy up", {"no/such.py": None, "new.py": b"x = 1\n"}),))
    assert "new.py" in double.paths(SHOP, BRANCH)


def test_an_unknown_base_is_not_found(forge: GitHubForge) -> None:
    with pytest.raises(NotFound):
        forge.ensure_branch(BRANCH, "1" * 40, (GUARD,))


def commit_with_modes(double: GitHubDouble, entries: dict[str, tuple[str, bytes]]) -> str:
    """A commit on `feature` that also has files of other modes; returns its sha."""
    git = double.state.repository(SHOP).git
    lines = git.run("ls-tree", "-r", "-z", "feature").decode().split("\0")[:-1]
    lines += [f"{mode} blob {git.write_blob(data)}\t{path}" for path, (mode, data) in entries.items()]
    index = {"input": "\0".join(lines).encode() + b"\0", "capture_output": True, "check": True}
    environment = {"GIT_DIR": str(git.path), "GIT_INDEX_FILE": str(git.path / "modes"), "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", "update-index", "-z", "--add", "--index-info"], env=environment, **index)
    tree = (
        subprocess.run(["git", "write-tree"], env=environment, capture_output=True, check=True).stdout.decode().strip()
    )
    parent = double.branch_sha(SHOP, "feature")
    signature = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    return git.line(*signature, "commit-tree", tree, "-p", parent or "", "-m", "Modes")


def test_an_executable_file_stays_executable(double: GitHubDouble, forge: GitHubForge) -> None:
    base = commit_with_modes(double, {"run.py": ("100755", b"#!/usr/bin/env python\n")})
    forge.ensure_branch(BRANCH, base, (NewCommit("Edit", {"run.py": b"#!/usr/bin/env python\nx = 1\n"}),))
    (entry,) = (entry for entry in double.state.repository(SHOP).git.tree(BRANCH) if entry.path == "run.py")
    assert int(entry.mode, 8) & stat.S_IXUSR


@pytest.mark.parametrize("path", ["app/link.py", "folder/secrets.py", "app"])
def test_nothing_is_written_through_a_link_or_over_a_folder(
    double: GitHubDouble, forge: GitHubForge, path: str
) -> None:
    links = {"app/link.py": ("120000", b"../../etc/passwd"), "folder": ("120000", b".github/workflows")}
    base = commit_with_modes(double, links)
    with pytest.raises(NotAllowed):
        forge.ensure_branch(BRANCH, base, (NewCommit("Edit", {path: b"x = 1\n"}),))
    assert double.branch_sha(SHOP, BRANCH) is None


@pytest.mark.parametrize(
    "branch", ["main", "feature", "tenon", "tenon/", "tenon/../main", "refs/heads/main", "x/tenon/a"]
)
def test_a_branch_that_is_not_tenons_is_refused_before_any_request(
    double: GitHubDouble, forge: GitHubForge, head: str, branch: str
) -> None:
    with pytest.raises(NotAllowed):
        forge.ensure_branch(branch, head, (GUARD,))
    assert asked(double, "POST", "") == 0


@pytest.mark.parametrize(
    "branch",
    [
        "tenon/a.lock",
        "tenon/a..b",
        "tenon/a b",
        "tenon/a~1",
        "tenon/a:b",
        "tenon/-a",
        "tenon//a",
        "tenon/a\n",
        "tenon/a/",
    ],
)
def test_a_branch_name_git_would_not_take_is_refused(branch: str) -> None:
    with pytest.raises(NotAllowed):
        check_branch(branch)


@pytest.mark.parametrize("branch", ["tenon/pr-1", "tenon/pr-12/secrets", "tenon/a.b_c"])
def test_tenons_own_branches_are_taken(branch: str) -> None:
    check_branch(branch)


FORBIDDEN = [
    ".github/workflows/ci.yml",
    ".GitHub/Workflows/ci.yml",
    ".github/workflows",
    "./.github/workflows/ci.yml",
    ".git/config",
    "app/.git/hooks/pre-commit",
    ".GIT/config",
    ".git /config",
    "git~1/config",
    ".g\u200cit/config",
    "/etc/passwd",
    "../outside.py",
    "app/../../outside.py",
    "app/./main.py",
    "app//main.py",
    "C:/windows.py",
    "app\\..\\..\\outside.py",
    "app/new\nline.py",
    "app/nul\0.py",
    "app/",
    "",
]


@pytest.mark.parametrize("path", FORBIDDEN, ids=ascii)
def test_a_path_that_is_not_tenons_to_write_is_refused_before_any_request(
    double: GitHubDouble, forge: GitHubForge, head: str, path: str
) -> None:
    with pytest.raises(NotAllowed):
        forge.ensure_branch(BRANCH, head, (GUARD, NewCommit("Edit", {path: b"x"})))
    assert double.requests == []


@pytest.mark.parametrize(
    "path", ["app/main.py", ".github/tenon.yml", ".gitignore", "src/github/workflows/a.py", "ü/ß.py"]
)
def test_ordinary_paths_are_taken(path: str) -> None:
    check_path(path)


def test_a_commit_without_a_message_is_refused(forge: GitHubForge, head: str) -> None:
    with pytest.raises(NotAllowed):
        forge.ensure_branch(BRANCH, head, (NewCommit(" \n", {"a.py": MAIN["old.py"]}),))
