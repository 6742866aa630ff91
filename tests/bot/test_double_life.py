"""The life of a pull request in the double: forks, pushes, merges, deleted branches, reopening."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from fixtures.github import GitHubDouble
from fixtures.github.answers import Refusal
from fixtures.github.clients import installation_client

SHOP = "acme/shop"


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        running.add_repository(SHOP, files={"a.py": b"A = 1\n", "b.py": b"B = 1\n"})
        running.push(SHOP, "feature", {"a.py": b"A = 2\n"})
        running.open_pull(SHOP, head="feature")
        yield running


@pytest.fixture
def shop(double: GitHubDouble) -> Repository:
    return installation_client(double).get_repo(SHOP)


def stacked(double: GitHubDouble) -> int:
    """A second pull request onto the branch of the first."""
    double.push(SHOP, "tenon/1", {"b.py": b"B = 2\n"}, base="feature")
    return double.open_pull(SHOP, head="tenon/1", base="feature", author="tenon-double[bot]")


def last(double: GitHubDouble) -> tuple[str, str | None, int | None]:
    delivery = double.deliveries[-1]
    return delivery.event, delivery.action, json.loads(delivery.payload).get("number")


def test_a_push_moves_the_head_and_says_from_where(double: GitHubDouble) -> None:
    before = double.pull(SHOP, 1).head_sha
    sha = double.push(SHOP, "feature", {"a.py": b"A = 3\n"})
    assert double.pull(SHOP, 1).head_sha == sha
    payload = json.loads(double.deliveries[-1].payload)
    assert (payload["action"], payload["before"], payload["after"]) == ("synchronize", before, sha)
    assert double.violations == []


def test_a_forced_push_is_called_forced(double: GitHubDouble) -> None:
    sha = double.push(SHOP, "feature", {"a.py": b"A = 9\n"}, force=True)
    assert double.log(SHOP, "feature")[0].sha == sha
    pushes = [json.loads(delivery.payload) for delivery in double.deliveries if delivery.event == "push"]
    assert [push["forced"] for push in pushes] == [False, True]
    assert double.violations == []


def test_a_merge_brings_the_files_to_the_base(double: GitHubDouble) -> None:
    double.push(SHOP, "main", {"b.py": b"B = 5\n"})
    double.close_pull(SHOP, 1, merged=True)
    assert double.file(SHOP, "main", "a.py") == b"A = 2\n"
    assert double.file(SHOP, "main", "b.py") == b"B = 5\n"
    merged = double.pull(SHOP, 1)
    assert (merged.state, merged.merged, merged.merge_commit_sha) == ("closed", True, double.branch_sha(SHOP, "main"))
    assert json.loads(double.deliveries[-1].payload)["pull_request"]["merged"] is True
    assert double.violations == []


def test_a_conflict_is_not_merged(double: GitHubDouble) -> None:
    double.push(SHOP, "main", {"a.py": b"A = 7\n"})
    with pytest.raises(Refusal, match="not mergeable"):
        double.close_pull(SHOP, 1, merged=True)
    assert double.pull(SHOP, 1).state == "open"


def test_closing_twice_is_closing_once(double: GitHubDouble) -> None:
    double.close_pull(SHOP, 1)
    double.close_pull(SHOP, 1)
    assert [delivery.action for delivery in double.deliveries].count("closed") == 1


def test_deleting_a_head_closes_its_pull_request(double: GitHubDouble) -> None:
    double.delete_branch(SHOP, "feature")
    assert double.pull(SHOP, 1).state == "closed"
    assert last(double) == ("pull_request", "closed", 1)
    assert double.violations == []


def test_a_stacked_pull_request_moves_to_where_its_base_was_merged(double: GitHubDouble) -> None:
    number = stacked(double)
    double.close_pull(SHOP, 1, merged=True)
    double.delete_branch(SHOP, "feature")
    moved = double.pull(SHOP, number)
    assert (moved.state, moved.base_ref, moved.base_sha) == ("open", "main", double.branch_sha(SHOP, "main"))
    assert last(double) == ("pull_request", "edited", number)
    assert json.loads(double.deliveries[-1].payload)["changes"]["base"]["ref"]["from"] == "feature"
    assert double.violations == []


def test_a_stacked_pull_request_closes_when_its_base_is_thrown_away(double: GitHubDouble) -> None:
    number = stacked(double)
    double.delete_branch(SHOP, "feature")
    assert [pull.state for pull in double.pulls(SHOP)] == ["closed", "closed"]
    assert number == 2
    assert double.violations == []


def test_the_app_can_retarget_its_pull_request(double: GitHubDouble, shop: Repository) -> None:
    number = stacked(double)
    shop.get_pull(number).edit(base="main")
    assert double.pull(SHOP, number).base_ref == "main"
    with pytest.raises(GithubException, match="was not found"):
        shop.get_pull(number).edit(base="nowhere")
    assert double.violations == []


def test_a_closed_pull_request_reopens_while_its_branch_lives(double: GitHubDouble, shop: Repository) -> None:
    pull = shop.get_pull(1)
    pull.edit(state="closed")
    pull.edit(state="open")
    assert double.pull(SHOP, 1).state == "open"
    double.delete_branch(SHOP, "feature")
    with pytest.raises(GithubException, match="deleted"):
        pull.edit(state="open")
    assert double.violations == []


def test_a_fork_is_out_of_the_apps_reach(double: GitHubDouble, shop: Repository) -> None:
    double.push(SHOP, "theirs", {"a.py": b"A = 4\n"})
    number = double.open_pull(SHOP, head="theirs", author="stranger", from_fork=True)
    pull = shop.get_pull(number)
    assert (pull.head.label, pull.head.repo.full_name) == ("stranger:theirs", "stranger/shop")
    assert [file.filename for file in pull.get_files()] == ["a.py"]
    assert shop.get_contents("a.py", ref=pull.head.sha).decoded_content == b"A = 4\n"  # type: ignore[union-attr]
    with pytest.raises(UnknownObjectException):
        installation_client(double).get_repo("stranger/shop")
    assert double.violations == []


def test_a_push_to_a_fork_moves_the_pull_request(double: GitHubDouble, shop: Repository) -> None:
    double.push(SHOP, "theirs", {"a.py": b"A = 4\n"})
    number = double.open_pull(SHOP, head="theirs", author="stranger", from_fork=True)
    sha = double.push("stranger/shop", "theirs", {"c.py": b"C = 1\n"}, login="stranger")
    assert shop.get_pull(number).head.sha == sha
    assert last(double) == ("pull_request", "synchronize", number)
    assert double.violations == []


def test_a_base_that_moves_on_leaves_the_diff_alone(double: GitHubDouble, shop: Repository) -> None:
    double.push(SHOP, "main", {"c.py": b"C = 1\n"})
    assert [file.filename for file in shop.get_pull(1).get_files()] == ["a.py"]
    assert shop.compare("main", "feature").status == "diverged"
    assert double.violations == []


def test_odd_file_names_and_bytes_survive(double: GitHubDouble, shop: Repository) -> None:
    odd = {'with "quotes".py': b"x\r\n", "späße/ü.txt": "grüße".encode(), "bin.dat": bytes(range(256)), "empty": b""}
    double.push(SHOP, "odd", odd)
    number = double.open_pull(SHOP, head="odd")
    files = {file.filename: file.patch for file in shop.get_pull(number).get_files()}
    assert files.keys() == odd.keys()
    assert not files["bin.dat"]
    assert not files["empty"]
    assert {name: double.file(SHOP, "odd", name) for name in odd} == odd
    assert double.violations == []


def test_odd_branch_names_survive(double: GitHubDouble, shop: Repository) -> None:
    name = "fix/50% of #7 & more".replace(" ", "-")
    sha = double.push(SHOP, name, {"a.py": b"A = 8\n"})
    reference = shop.get_git_ref(f"heads/{name}")
    assert reference.object.sha == sha
    reference.edit(double.branch_sha(SHOP, "main") or "", force=True)
    assert double.branch_sha(SHOP, name) == double.branch_sha(SHOP, "main")
    assert double.violations == []


def test_people_can_read_a_pull_request_in_a_browser(double: GitHubDouble, shop: Repository) -> None:
    double.edit_pull(SHOP, 1, title="<script>alert(1)</script>")
    shop.create_check_run("tenon", double.pull(SHOP, 1).head_sha, conclusion="neutral")
    page = httpx.get(shop.get_pull(1).html_url, trust_env=False)
    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;script&gt;" in page.text
    assert "tenon: neutral" in page.text
    assert '<span class="a">+A = 2</span>' in page.text
    assert httpx.get(f"{double.url}/{SHOP}/pull/99", trust_env=False).status_code == 404
    assert double.violations == []
