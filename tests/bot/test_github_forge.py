"""The real forge reads and ensures: against the double, each request and answer held to GitHub's description."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import ForgeError, NotAllowed, NotFound
from bot.forge import (
    Annotation,
    AnnotationLevel,
    Capabilities,
    CheckAction,
    CheckRun,
    Conclusion,
    Forge,
    Permission,
    Suggestion,
)
from bot.forges.github import GitHubForge
from fixtures.github import GitHubDouble
from tests.bot.forge_at_double import SHOP, app_at, asked, forge_at, furnish


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        furnish(running)
        yield running
        assert running.violations == []


@pytest.fixture
def forge(double: GitHubDouble) -> GitHubForge:
    return forge_at(double)


def a_check(double: GitHubDouble, annotations: int = 1, conclusion: Conclusion | None = Conclusion.NEUTRAL) -> CheckRun:
    lines = (
        Annotation("app/main.py", line, line, AnnotationLevel.WARNING, "Open route", f"Route {line} lets anybody in.")
        for line in range(1, annotations + 1)
    )
    head = double.branch_sha(SHOP, "feature") or ""
    return CheckRun("Tenon", head, "job-1", "1 finding", "One route is open.", conclusion, "Details", tuple(lines))


def test_it_keeps_the_promise_of_the_port(forge: GitHubForge) -> None:
    port: Forge = forge
    assert port.repository().full_name == SHOP


def test_the_repository_says_what_a_snapshot_needs(double: GitHubDouble, forge: GitHubForge) -> None:
    found = forge.repository()
    assert (found.installation_id, found.repository_id) == (100, double.repository_id(SHOP))
    assert (found.default_branch, found.clone_url) == ("main", f"{double.url}/{SHOP}.git")


def test_a_repository_is_found_by_its_name_alone(double: GitHubDouble) -> None:
    found = GitHubForge.find(app_at(double), SHOP)
    assert (found.installation_id, found.repository_id) == (100, double.repository_id(SHOP))


def test_a_repository_without_the_app_is_not_found(double: GitHubDouble) -> None:
    double.add_repository("globex/site", files={"a.py": b""}, installation_id=None)
    with pytest.raises(NotFound):
        GitHubForge.find(app_at(double), "globex/site")


@pytest.mark.parametrize("name", ["acme", "acme/../../app", "acme/shop/../..", "acme/..", "acme/shop?x=1", ""])
def test_a_name_that_is_none_is_refused_before_any_request(double: GitHubDouble, name: str) -> None:
    with pytest.raises(ForgeError):
        GitHubForge.of(app_at(double), 100, name, 1)
    assert double.requests == []


def test_a_pull_request_is_read_as_it_is_now(double: GitHubDouble, forge: GitHubForge) -> None:
    pull = forge.pull(1)
    assert (pull.number, pull.title, pull.body, pull.state) == (1, "Add orders", "Made in a hurry.", "open")
    assert (pull.head_ref, pull.head_sha) == ("feature", double.branch_sha(SHOP, "feature"))
    assert (pull.base_ref, pull.base_sha) == ("main", double.branch_sha(SHOP, "main"))
    assert (pull.author_login, pull.merged, pull.draft, pull.from_fork) == ("octo-dev", False, False, False)


def test_a_pull_request_from_a_fork_is_told_apart(double: GitHubDouble, forge: GitHubForge) -> None:
    double.push(SHOP, "drive-by", {"app/main.py": b"x = 1\n"})
    number = double.open_pull(SHOP, head="drive-by", author="stranger", from_fork=True)
    assert forge.pull(number).from_fork


def test_a_pull_request_that_is_not_there_is_not_found(forge: GitHubForge) -> None:
    with pytest.raises(NotFound, match="read pull request 99"):
        forge.pull(99)


def test_the_commits_of_a_pull_request_come_oldest_first(double: GitHubDouble, forge: GitHubForge) -> None:
    double.push(SHOP, "feature", {"b.py": b""}, message="Second\n\nBy a tool", author=("A Tool", "tool@example.com"))
    first, second = forge.pull_commits(1)
    assert (first.message, first.author_login) == ("Add orders", "octo-dev")
    assert (second.message, second.author_name, second.author_email, second.author_login) == (
        "Second\n\nBy a tool",
        "A Tool",
        "tool@example.com",
        None,
    )


def test_more_commits_than_fit_a_page_are_all_read(double: GitHubDouble, forge: GitHubForge) -> None:
    for number in range(110):
        double.push(SHOP, "feature", {"n.txt": b"%d" % number}, message=f"Commit {number}")
    assert [commit.message for commit in forge.pull_commits(1)][-1] == "Commit 109"


def test_a_branch_is_a_commit_or_nothing(double: GitHubDouble, forge: GitHubForge) -> None:
    assert forge.branch_sha("feature") == double.branch_sha(SHOP, "feature")
    assert forge.branch_sha("nowhere") is None


@pytest.mark.parametrize(
    "name", ["../../../app", "a/../../../../x", "/feature", "./feature", "x/..", "", "fea?ture", "fea#ture", "ü b"]
)
def test_a_hostile_branch_name_leads_nowhere_else(double: GitHubDouble, forge: GitHubForge, name: str) -> None:
    assert forge.branch_sha(name) is None
    assert all("/git/ref/heads/" in request.path or "/app/" in request.path for request in double.requests)


def test_the_message_of_a_commit_is_read(double: GitHubDouble, forge: GitHubForge) -> None:
    assert forge.commit_message(double.branch_sha(SHOP, "feature") or "") == "Add orders"


@pytest.mark.parametrize("sha", ["1" * 40, "main", "../" * 13 + "a", ""])
def test_a_commit_that_is_not_there_is_not_found(forge: GitHubForge, sha: str) -> None:
    with pytest.raises(NotFound):
        forge.commit_message(sha)


def test_one_pull_request_is_opened_and_then_updated(double: GitHubDouble, forge: GitHubForge) -> None:
    double.push(SHOP, "tenon/pr-1", {"app/auth.py": b"GUARD = 1\n"}, base="feature")
    first = forge.ensure_pull(head="tenon/pr-1", base="feature", title="Add a guard", body="Why.")
    again = forge.ensure_pull(head="tenon/pr-1", base="feature", title="Add a guard", body="Why.")
    assert again == first
    assert asked(double, "PATCH", f"/pulls/{first.number}") == 0
    forge.ensure_pull(head="tenon/pr-1", base="main", title="Add two guards", body="Why not.")
    found = double.pull(SHOP, first.number)
    assert (found.title, found.body, found.base_ref) == ("Add two guards", "Why not.", "main")
    assert len(double.pulls(SHOP)) == 2


def test_a_pull_request_is_opened_only_from_tenons_own_branch(double: GitHubDouble, forge: GitHubForge) -> None:
    with pytest.raises(NotAllowed):
        forge.ensure_pull(head="feature", base="main", title="t", body="b")
    assert double.requests == []


def test_a_closed_pull_request_stays_closed(double: GitHubDouble, forge: GitHubForge) -> None:
    forge.close_pull(1)
    forge.close_pull(1)
    assert double.pull(SHOP, 1).state == "closed"
    assert asked(double, "PATCH", "/pulls/1") == 1


def test_one_check_run_for_a_head_is_opened_and_then_completed(double: GitHubDouble, forge: GitHubForge) -> None:
    started = forge.ensure_check(a_check(double, annotations=0, conclusion=None))
    (run,) = double.check_runs(SHOP)
    assert (run.status, run.conclusion) == ("in_progress", None)
    assert forge.ensure_check(a_check(double)) == started
    (run,) = double.check_runs(SHOP)
    assert (run.status, run.conclusion, run.external_id, run.text) == ("completed", "neutral", "job-1", "Details")
    assert (run.title, run.summary) == ("1 finding", "One route is open.")


def test_annotations_are_sent_by_fifties_and_the_run_is_completed_last(
    double: GitHubDouble, forge: GitHubForge
) -> None:
    forge.ensure_check(a_check(double, annotations=120))
    (run,) = double.check_runs(SHOP)
    assert [annotation["start_line"] for annotation in run.annotations] == list(range(1, 121))
    updates = [json.loads(json.dumps(request.body)) for request in double.requests if request.method == "PATCH"]
    assert [len(update["output"]["annotations"]) for update in updates] == [50, 50, 20]
    assert [update.get("status") for update in updates] == [None, None, "completed"]


def test_annotations_that_are_there_are_not_sent_again(double: GitHubDouble, forge: GitHubForge) -> None:
    forge.ensure_check(a_check(double, annotations=60))
    forge.ensure_check(a_check(double, annotations=70))
    (run,) = double.check_runs(SHOP)
    assert [annotation["start_line"] for annotation in run.annotations] == list(range(1, 71))


def test_a_check_run_of_another_name_or_head_is_another_one(double: GitHubDouble, forge: GitHubForge) -> None:
    forge.ensure_check(a_check(double))
    double.push(SHOP, "feature", {"b.py": b""})
    forge.ensure_check(a_check(double))
    assert len(double.check_runs(SHOP)) == 2


def test_buttons_are_set_and_taken_away(double: GitHubDouble, forge: GitHubForge) -> None:
    check = a_check(double)
    with_button = CheckRun(
        check.name,
        check.head_sha,
        "job-1",
        "t",
        "s",
        Conclusion.ACTION_REQUIRED,
        actions=(CheckAction("Fix", "d", "fix"),),
    )
    forge.ensure_check(with_button)
    assert [action["identifier"] for action in double.check_runs(SHOP)[0].actions] == ["fix"]
    forge.ensure_check(check)
    assert double.check_runs(SHOP)[0].actions == ()


def test_a_text_too_long_for_github_is_cut_and_says_so(double: GitHubDouble, forge: GitHubForge) -> None:
    forge.ensure_comment(1, "tenon:report", "ä" * 70_000)
    (comment,) = double.comments(SHOP, 1)
    assert len(comment.body.encode()) <= 65_000
    assert comment.body.startswith("<!-- tenon:report -->")
    assert comment.body.endswith("the text was too long for GitHub.")


def test_one_comment_for_a_tag_is_written_and_then_edited(double: GitHubDouble, forge: GitHubForge) -> None:
    first = forge.ensure_comment(1, "tenon:report", "One finding.")
    assert forge.ensure_comment(1, "tenon:report", "One finding.") == first
    assert asked(double, "PATCH", f"/issues/comments/{first}") == 0
    assert forge.ensure_comment(1, "tenon:report", "Two findings.") == first
    (comment,) = double.comments(SHOP, 1)
    assert comment.body == "<!-- tenon:report -->\nTwo findings."


def test_another_tag_is_another_comment(double: GitHubDouble, forge: GitHubForge) -> None:
    forge.ensure_comment(1, "tenon:report", "a")
    forge.ensure_comment(1, "tenon:frozen", "b")
    assert len(double.comments(SHOP, 1)) == 2


def test_a_persons_comment_with_our_tag_is_never_taken_for_ours(double: GitHubDouble, forge: GitHubForge) -> None:
    theirs = double.comment(SHOP, 1, "mallory", "<!-- tenon:report -->\nAll is well.")
    ours = forge.ensure_comment(1, "tenon:report", "One finding.")
    assert ours != theirs
    assert double.comments(SHOP, 1)[0].body == "<!-- tenon:report -->\nAll is well."


def test_our_comment_is_found_behind_a_hundred_others(double: GitHubDouble, forge: GitHubForge) -> None:
    for number in range(105):
        double.comment(SHOP, 1, "octo-dev", f"Comment {number}")
    first = forge.ensure_comment(1, "tenon:report", "a")
    assert forge.ensure_comment(1, "tenon:report", "b") == first


def test_a_tag_that_would_end_the_marker_is_refused(forge: GitHubForge) -> None:
    with pytest.raises(ForgeError):
        forge.ensure_comment(1, "tenon --> visible", "a")


def suggestion(line: int = 4, until: int = 4, replacement: str = "MODE = os.environ['MODE']\n") -> Suggestion:
    return Suggestion("app/main.py", line, until, "Ask for it.", replacement)


def test_one_review_for_a_head_and_tag(double: GitHubDouble, forge: GitHubForge) -> None:
    head = double.branch_sha(SHOP, "feature") or ""
    first = forge.ensure_review(1, head, "tenon:review", "Suggestions.", (suggestion(),))
    assert forge.ensure_review(1, head, "tenon:review", "Suggestions.", (suggestion(),)) == first
    (review,) = double.reviews(SHOP, 1)
    (comment,) = review.comments
    assert review.state == "COMMENTED"
    assert (comment.path, comment.line, comment.start_line) == ("app/main.py", 4, None)
    assert comment.body == "Ask for it.\n\n```suggestion\nMODE = os.environ['MODE']\n```"


def test_a_new_head_gets_a_review_of_its_own(double: GitHubDouble, forge: GitHubForge) -> None:
    forge.ensure_review(1, double.branch_sha(SHOP, "feature") or "", "tenon:review", "a", (suggestion(),))
    head = double.push(SHOP, "feature", {"b.py": b"x = 1\n"})
    forge.ensure_review(1, head, "tenon:review", "a", (suggestion(),))
    assert len(double.reviews(SHOP, 1)) == 2


def test_a_suggestion_over_lines_and_with_a_fence_inside(double: GitHubDouble, forge: GitHubForge) -> None:
    head = double.push(SHOP, "feature", {"b.py": b"a = 1\nb = 2\n"})
    replacement = 'DOC = """\n```\ncode\n```\n"""\n'
    forge.ensure_review(1, head, "tenon:review", "a", (Suggestion("b.py", 1, 2, "Say it.", replacement),))
    (comment,) = double.reviews(SHOP, 1)[0].comments
    assert (comment.start_line, comment.line, comment.start_side) == (1, 2, "RIGHT")
    assert "````suggestion\n" in comment.body


def test_a_reaction_is_one_however_often(double: GitHubDouble, forge: GitHubForge) -> None:
    comment = double.comment(SHOP, 1, "octo-dev", "/tenon fix")
    forge.react(comment, "eyes")
    forge.react(comment, "eyes")
    assert [reaction.content for reaction in double.comments(SHOP, 1)[0].reactions] == ["eyes"]


def test_a_reaction_github_does_not_know_is_refused(forge: GitHubForge) -> None:
    with pytest.raises(ForgeError):
        forge.react(1, "shrug")


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admin", Permission.ADMIN),
        ("maintain", Permission.WRITE),
        ("write", Permission.WRITE),
        ("triage", Permission.READ),
        ("read", Permission.READ),
        ("none", Permission.NONE),
    ],
)
def test_a_persons_permission_is_asked_of_the_api(
    double: GitHubDouble, forge: GitHubForge, role: str, expected: Permission
) -> None:
    double.set_permission(SHOP, "octo-dev", role)
    assert forge.permission("octo-dev") == expected


@pytest.mark.parametrize("login", ["../../../app", "a b", "", "octo-dev/../x", "x" * 200])
def test_what_is_no_login_has_no_permission(double: GitHubDouble, forge: GitHubForge, login: str) -> None:
    assert forge.permission(login) == Permission.NONE
    assert double.requests == []


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_permission_that_cannot_be_asked_is_none(double: GitHubDouble, forge: GitHubForge, status: int) -> None:
    double.faults.add(path="/permission", status=status, times=10)
    assert forge.permission("octo-dev") == Permission.NONE


def test_capabilities_are_what_the_installation_grants(double: GitHubDouble, forge: GitHubForge) -> None:
    assert forge.capabilities() == Capabilities()
    double.set_installation_permissions(100, {"contents": "read", "pull_requests": "read", "checks": "write"})
    assert forge.capabilities() == Capabilities(may_push=False, may_open_pulls=False, may_check=True, may_comment=False)


def test_a_sarif_document_reaches_code_scanning(double: GitHubDouble, forge: GitHubForge) -> None:
    head = double.branch_sha(SHOP, "feature") or ""
    made = forge.upload_sarif(head, "refs/pull/1/head", json.dumps({"version": "2.1.0", "runs": []}))
    (sarif,) = double.sarifs(SHOP)
    assert (sarif.id, sarif.commit_sha, sarif.document["version"]) == (made, head, "2.1.0")


def test_sarif_where_it_is_not_granted_is_not_allowed(double: GitHubDouble, forge: GitHubForge) -> None:
    double.set_installation_permissions(100, {"contents": "write", "checks": "write"})
    with pytest.raises(NotAllowed):
        forge.upload_sarif("1" * 40, "refs/pull/1/head", "{}")
