"""The work of the App, call by call, with PyGithub against the double, both sides held to GitHub's description."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github import GithubException, InputGitTreeElement, UnknownObjectException
from github.PullRequest import PullRequest
from github.Repository import Repository

from fixtures.github import GitHubDouble
from fixtures.github.clients import app_client, installation_client

SHOP = "acme/shop"
MAIN = {"app/main.py": b"from fastapi import FastAPI\n\napp = FastAPI()\n", "old.py": b"print('old')\n"}
FEATURE = {"app/main.py": MAIN["app/main.py"] + b"MODE = 'test'\n", "app/orders.py": b"ORDERS = []\n", "old.py": None}


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        running.add_repository(SHOP, files=MAIN)
        running.push(SHOP, "feature", FEATURE, message="Add orders", login="octo-dev")
        running.open_pull(SHOP, head="feature", title="Add orders", body="Made in a hurry.")
        yield running


@pytest.fixture
def shop(double: GitHubDouble) -> Repository:
    return installation_client(double).get_repo(SHOP)


@pytest.fixture
def pull(shop: Repository) -> PullRequest:
    return shop.get_pull(1)


def follow_up(shop: Repository, pull: PullRequest) -> str:
    """A branch `tenon/1` with one commit on top of the pull request; returns the commit's id."""
    blob = shop.create_git_blob(base64.b64encode(b"import os\n").decode(), "base64")
    parent = shop.get_git_commit(pull.head.sha)
    element = InputGitTreeElement("app/secrets.py", "100644", "blob", sha=blob.sha)
    tree = shop.create_git_tree([element], base_tree=parent.tree)
    commit = shop.create_git_commit("Ask for secrets", tree, [parent])
    shop.create_git_ref("refs/heads/tenon/1", commit.sha)
    return commit.sha


def test_the_app_knows_itself_and_its_installations(double: GitHubDouble) -> None:
    app = app_client(double)
    assert app.get_app().slug == double.app_slug
    assert [installation.id for installation in app.get_installations()] == [100]
    assert app.get_repo_installation("acme", "shop").id == 100
    assert double.violations == []


def test_an_installation_lists_its_repositories(double: GitHubDouble) -> None:
    double.add_repository("acme/blog", files={"a.py": b""})
    double.add_repository("globex/site", files={"a.py": b""}, installation_id=200)
    names = [repository.full_name for repository in app_client(double).get_app_installation(100).get_repos()]
    assert names == [SHOP, "acme/blog"]
    assert double.violations == []


def test_addresses_in_answers_lead_back_to_the_double(double: GitHubDouble, shop: Repository) -> None:
    assert shop.url == f"{double.url}/repos/{SHOP}"
    assert shop.clone_url == f"{double.url}/{SHOP}.git"
    assert shop.id == double.repository_id(SHOP)


def test_a_pull_request_tells_head_base_and_author(double: GitHubDouble, pull: PullRequest) -> None:
    assert (pull.head.ref, pull.head.sha) == ("feature", double.branch_sha(SHOP, "feature"))
    assert (pull.base.ref, pull.base.sha) == ("main", double.branch_sha(SHOP, "main"))
    assert (pull.user.login, pull.title, pull.body) == ("octo-dev", "Add orders", "Made in a hurry.")
    assert (pull.commits, pull.changed_files, pull.additions, pull.deletions) == (1, 3, 2, 1)


def test_changed_files_carry_status_and_patch(double: GitHubDouble, pull: PullRequest) -> None:
    files = {file.filename: file for file in pull.get_files()}
    assert {name: file.status for name, file in files.items()} == {
        "app/main.py": "modified",
        "app/orders.py": "added",
        "old.py": "removed",
    }
    assert files["app/orders.py"].patch == "@@ -0,0 +1 @@\n+ORDERS = []"
    assert double.violations == []


def test_a_renamed_file_names_where_it_came_from(double: GitHubDouble, shop: Repository) -> None:
    double.push(SHOP, "rename", {"old.py": None, "kept.py": MAIN["old.py"]})
    number = double.open_pull(SHOP, head="rename")
    [file] = shop.get_pull(number).get_files()
    assert (file.status, file.previous_filename, file.filename) == ("renamed", "old.py", "kept.py")
    assert double.violations == []


def test_long_lists_come_in_pages(double: GitHubDouble, shop: Repository) -> None:
    double.push(SHOP, "wide", {f"pages/p{number:03}.py": b"x = 1\n" for number in range(230)})
    number = double.open_pull(SHOP, head="wide")
    before = len(double.requests)
    assert len(list(shop.get_pull(number).get_files())) == 230
    assert [request.query.get("page", "1") for request in double.requests[before + 1 :]] == ["1", "2", "3"]
    assert double.violations == []


def test_the_commits_of_a_pull_request_come_oldest_first(double: GitHubDouble, pull: PullRequest) -> None:
    double.push(SHOP, "feature", {"b.py": b""}, message="Second", author=("Robot", "robot@example.com"))
    first, second = pull.get_commits()
    assert (first.commit.message, first.author.login) == ("Add orders", "octo-dev")
    assert (second.commit.message, second.commit.author.name) == ("Second", "Robot")
    assert not second.author
    assert double.violations == []


def test_files_and_trees_can_be_read_at_any_commit(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    assert shop.get_contents("app/orders.py", ref=pull.head.sha).decoded_content == b"ORDERS = []\n"  # type: ignore[union-attr]
    folder: Any = shop.get_contents("app", ref=pull.head.sha)
    assert [entry.path for entry in folder] == ["app/main.py", "app/orders.py"]
    tree = shop.get_git_tree(pull.head.sha, recursive=True).tree
    assert {entry.path for entry in tree} == {"app", "app/main.py", "app/orders.py"}
    with pytest.raises(UnknownObjectException):
        shop.get_contents("app/orders.py", ref="main")
    assert double.violations == []


def test_the_app_writes_real_commits(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    sha = follow_up(shop, pull)
    newest = double.log(SHOP, "tenon/1")[0]
    assert (newest.sha, newest.message, newest.parents) == (sha, "Ask for secrets", (pull.head.sha,))
    assert double.file(SHOP, "tenon/1", "app/secrets.py") == b"import os\n"
    assert double.paths(SHOP, "tenon/1") == ("app/main.py", "app/orders.py", "app/secrets.py")
    assert double.violations == []


def test_github_signs_a_commit_that_names_no_author(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    commit = shop.get_commit(follow_up(shop, pull))
    assert commit.author.login == "tenon-double[bot]"
    assert commit.commit.verification.verified
    assert not shop.get_commit(pull.head.sha).commit.verification.verified
    assert double.violations == []


def test_a_tree_can_take_files_away(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    parent = shop.get_git_commit(pull.head.sha)
    gone = InputGitTreeElement("app/orders.py", "100644", "blob", sha=None)
    tree = shop.create_git_tree([gone], base_tree=parent.tree)
    commit = shop.create_git_commit("Drop orders", tree, [parent])
    assert double.paths(SHOP, commit.sha) == ("app/main.py",)
    assert double.violations == []


def test_a_reference_is_made_once(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    sha = follow_up(shop, pull)
    with pytest.raises(GithubException) as refused:
        shop.create_git_ref("refs/heads/tenon/1", sha)
    assert refused.value.status == 422
    assert "Reference already exists" in str(refused.value)
    assert double.violations == []


def test_a_reference_moves_back_only_by_force(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    follow_up(shop, pull)
    reference = shop.get_git_ref("heads/tenon/1")
    with pytest.raises(GithubException, match="Update is not a fast forward"):
        reference.edit(pull.base.sha)
    reference.edit(pull.base.sha, force=True)
    assert double.branch_sha(SHOP, "tenon/1") == pull.base.sha
    assert double.violations == []


def test_a_reference_to_nothing_is_refused(double: GitHubDouble, shop: Repository) -> None:
    with pytest.raises(GithubException, match="Object does not exist"):
        shop.create_git_ref("refs/heads/x", "1" * 40)
    with pytest.raises(UnknownObjectException):
        shop.get_git_ref("heads/x")


def test_a_branch_can_be_deleted(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    follow_up(shop, pull)
    shop.get_git_ref("heads/tenon/1").delete()
    assert double.branch_sha(SHOP, "tenon/1") is None
    assert [ref.ref for ref in shop.get_git_matching_refs("heads/tenon/")] == []
    assert double.violations == []


def test_a_follow_up_pull_request_is_opened_once(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    follow_up(shop, pull)
    made = shop.create_pull(base="feature", head="tenon/1", title="Fit controls", body="Why.")
    assert made.user.login == "tenon-double[bot]"
    with pytest.raises(GithubException, match="A pull request already exists for acme:tenon/1"):
        shop.create_pull(base="feature", head="tenon/1", title="Fit controls", body="Why.")
    assert [found.number for found in shop.get_pulls(state="open", head="acme:tenon/1")] == [made.number]
    assert double.violations == []


def test_a_pull_request_without_commits_or_base_is_refused(double: GitHubDouble, shop: Repository) -> None:
    shop.create_git_ref("refs/heads/level", shop.get_branch("main").commit.sha)
    with pytest.raises(GithubException, match="No commits between main and level"):
        shop.create_pull(base="main", head="level", title="t", body="b")
    with pytest.raises(GithubException, match="base"):
        shop.create_pull(base="nowhere", head="feature", title="t", body="b")
    assert len(double.pulls(SHOP)) == 1


def test_a_pull_request_can_be_edited_and_closed(double: GitHubDouble, pull: PullRequest) -> None:
    pull.edit(title="New title", body="New body")
    pull.edit(state="closed")
    [seen] = double.pulls(SHOP)
    assert (seen.title, seen.body, seen.state, seen.merged) == ("New title", "New body", "closed", False)
    assert double.violations == []


def test_a_check_run_collects_annotations_by_fifties(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    run = shop.create_check_run("tenon", pull.head.sha, status="in_progress", external_id="job-1")
    fifty = [annotation(line) for line in range(1, 51)]
    action = {"label": "Fix it", "description": "Open the follow-up", "identifier": "fix"}
    run.edit(output={"title": "60 findings", "summary": "s", "annotations": fifty})
    done: Any = {"title": "60 findings", "summary": "s", "annotations": fifty[:10]}
    run.edit(status="completed", conclusion="action_required", output=done, actions=[action])
    assert len(list(run.get_annotations())) == 60
    [seen] = double.check_runs(SHOP, pull.head.sha)
    assert (seen.conclusion, seen.external_id, seen.actions) == ("action_required", "job-1", (action,))
    assert double.violations == []


def annotation(line: int) -> dict[str, Any]:
    place = {"path": "app/orders.py", "start_line": line, "end_line": line}
    return place | {"annotation_level": "warning", "message": f"line {line}", "title": "no-secret-in-code"}


def test_fifty_one_annotations_are_refused(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    run = shop.create_check_run("tenon", pull.head.sha)
    with pytest.raises(GithubException) as refused:
        run.edit(output={"title": "t", "summary": "s", "annotations": [annotation(line) for line in range(1, 52)]})
    assert refused.value.status == 422
    assert len(double.violations) == 1
    assert double.check_runs(SHOP)[0].annotations == ()


def test_check_runs_are_found_by_name_and_app(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    first = shop.create_check_run("tenon", pull.head.sha)
    second = shop.create_check_run("tenon", pull.head.sha)
    shop.create_check_run("other", pull.head.sha)
    commit = shop.get_commit(pull.head.sha)
    assert [run.id for run in commit.get_check_runs(check_name="tenon")] == [second.id]
    assert [run.id for run in commit.get_check_runs(check_name="tenon", filter="all")] == [first.id, second.id]
    foreign = f"{commit.url}/check-runs?app_id={double.app_id + 1}"
    assert shop.requester.requestJsonAndCheck("GET", foreign)[1]["check_runs"] == []
    assert double.violations == []


def test_a_completed_check_run_needs_a_conclusion(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    with pytest.raises(GithubException) as refused:
        shop.create_check_run("tenon", pull.head.sha, status="completed")
    assert refused.value.status == 422
    assert double.check_runs(SHOP) == ()


def test_a_review_suggests_on_lines_of_the_diff(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    suggestion = "Use the broker.\n```suggestion\nMODE = mode()\n```"
    comment: Any = {"path": "app/main.py", "line": 4, "start_line": 3, "side": "RIGHT", "body": suggestion}
    pull.create_review(commit=shop.get_commit(pull.head.sha), body="See", event="COMMENT", comments=[comment])
    [review] = double.reviews(SHOP, 1)
    assert (review.state, review.author, review.commit_id) == ("COMMENTED", "tenon-double[bot]", pull.head.sha)
    [made] = review.comments
    assert (made.path, made.start_line, made.line, made.body) == ("app/main.py", 3, 4, suggestion)
    assert [shown.body for shown in pull.get_review_comments()] == [suggestion]
    assert [shown.body for shown in pull.get_reviews()] == ["See"]
    assert double.violations == []


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ({"path": "app/main.py", "line": 400}, "Line could not be resolved"),
        ({"path": "elsewhere.py", "line": 1}, "Path could not be resolved"),
        ({"path": "app/main.py", "line": 4, "start_line": 4}, "Start line must precede the end line"),
    ],
)
def test_a_review_off_the_diff_is_refused_whole(
    double: GitHubDouble, pull: PullRequest, place: dict[str, Any], reason: str
) -> None:
    comments: Any = [{"path": "app/orders.py", "line": 1, "body": "fine"}, place | {"body": "b"}]
    with pytest.raises(GithubException) as refused:
        pull.create_review(body="See", event="COMMENT", comments=comments)
    assert refused.value.status == 422
    assert reason in str(refused.value)
    assert double.reviews(SHOP, 1) == ()
    assert double.violations == []


def test_a_removed_line_is_named_on_the_left(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    commit = shop.get_commit(pull.head.sha)
    made = pull.create_review_comment("Why?", commit, "old.py", line=1, side="LEFT")
    assert made.body == "Why?"
    with pytest.raises(GithubException, match="must be part of the diff"):
        pull.create_review_comment("Why?", commit, "old.py", line=1, side="RIGHT")
    assert double.violations == []


def test_the_app_cannot_approve_its_own_pull_request(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    follow_up(shop, pull)
    own = shop.create_pull(base="feature", head="tenon/1", title="Fit controls", body="b")
    with pytest.raises(GithubException, match="own pull request"):
        own.create_review(body="Good", event="APPROVE")


def test_a_comment_is_edited_in_place(double: GitHubDouble, pull: PullRequest) -> None:
    comment = pull.create_issue_comment("first")
    comment.edit("second")
    [seen] = double.comments(SHOP, 1)
    assert (seen.id, seen.body, seen.author) == (comment.id, "second", "tenon-double[bot]")
    assert [shown.body for shown in pull.get_issue_comments()] == ["second"]
    assert double.violations == []


def test_the_same_reaction_twice_is_one(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    number = double.comment(SHOP, 1, "octo-dev", "/tenon fix")
    comment = pull.get_issue_comment(number)
    assert comment.create_reaction("eyes").id == comment.create_reaction("eyes").id
    [seen] = double.comments(SHOP, 1)
    assert [(reaction.login, reaction.content) for reaction in seen.reactions] == [("tenon-double[bot]", "eyes")]
    assert double.violations == []


def test_labels_add_up_and_come_off(double: GitHubDouble, pull: PullRequest) -> None:
    pull.add_to_labels("tenon", "security")
    pull.add_to_labels("tenon")
    pull.remove_from_labels("security")
    assert double.pull(SHOP, 1).labels == ("tenon",)
    assert [label.name for label in pull.get_labels()] == ["tenon"]
    assert double.violations == []


def test_permission_is_told_for_friends_and_strangers(double: GitHubDouble, shop: Repository) -> None:
    double.set_permission(SHOP, "boss", "maintain")
    assert shop.get_collaborator_permission("octo-dev") == "write"
    assert shop.get_collaborator_permission("boss") == "write"
    assert shop.get_collaborator_permission("stranger") == "none"
    assert double.violations == []


def test_a_commit_status_is_kept(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    shop.get_commit(pull.head.sha).create_status("success", context="tenon", description="Fine")
    [seen] = double.statuses(SHOP)
    assert (seen.sha, seen.state, seen.context) == (pull.head.sha, "success", "tenon")
    assert double.violations == []


def test_two_branches_can_be_compared(double: GitHubDouble, shop: Repository) -> None:
    comparison = shop.compare("main", "feature")
    assert (comparison.status, comparison.ahead_by, comparison.behind_by) == ("ahead", 1, 0)
    assert [file.filename for file in comparison.files] == ["app/main.py", "app/orders.py", "old.py"]
    assert double.violations == []


def test_a_sarif_document_is_unpacked(double: GitHubDouble, shop: Repository, pull: PullRequest) -> None:
    document = {"version": "2.1.0", "runs": []}
    packed = base64.b64encode(gzip.compress(json.dumps(document).encode())).decode()
    body = {"commit_sha": pull.head.sha, "ref": "refs/pull/1/head", "sarif": packed}
    _, answer = shop.requester.requestJsonAndCheck("POST", f"{shop.url}/code-scanning/sarifs", input=body)
    [seen] = double.sarifs(SHOP)
    assert (seen.id, seen.commit_sha, seen.document) == (answer["id"], pull.head.sha, document)
    _, status = shop.requester.requestJsonAndCheck("GET", f"{shop.url}/code-scanning/sarifs/{seen.id}")
    assert status["processing_status"] == "complete"
    assert double.violations == []


def test_what_has_not_changed_is_answered_304(double: GitHubDouble, shop: Repository) -> None:
    assert shop.update() is False
    assert double.requests[-1].status == 304
    double.close_pull(SHOP, 1)
    assert shop.update() is True


def test_rate_limits_are_told(double: GitHubDouble) -> None:
    client = installation_client(double)
    client.get_repo(SHOP)
    assert client.rate_limiting[1] == 5000
    assert client.rate_limiting[0] < 5000
    assert client.get_rate_limit().rate.limit == 5000
    assert double.violations == []
