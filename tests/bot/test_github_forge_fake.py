"""What other tests lean on: the fake forge behaves as the real one does, promise by promise."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.errors import ForgeUnavailable, NotAllowed, NotFound
from bot.forge import Capabilities, CheckRun, Conclusion, Forge, NewCommit, Permission, Suggestion
from fixtures.github import GitHubDouble
from tests.bot.forge_at_double import FEATURE, MAIN, SHOP, forge_at, furnish
from tests.fakes import FakeForge

GUARD = NewCommit("Ask who is calling", {"app/auth.py": b"GUARD = 1\n", "old.py": None})


@dataclass(frozen=True, slots=True)
class Stage:
    """A forge with one open pull request (1, `feature` to `main`), fake or real."""

    forge: Forge
    head: str
    comment: int


def fake_stage() -> Stage:
    forge = FakeForge(permissions={"octo-dev": Permission.WRITE})
    main = forge.push("main", MAIN)
    head = forge.push("feature", {**MAIN, **FEATURE}, "Add orders", main)
    forge.open_pull(head="feature", title="Add orders")
    return Stage(forge, head, 1)


@pytest.fixture(params=["fake", "real"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    if request.param == "fake":
        yield fake_stage()
        return
    with GitHubDouble(tmp_path, validate=True) as double:
        furnish(double)
        comment = double.comment(SHOP, 1, "octo-dev", "/tenon fix")
        yield Stage(forge_at(double), double.branch_sha(SHOP, "feature") or "", comment)
        assert double.violations == []


def test_pull_requests_branches_and_messages_are_read(stage: Stage) -> None:
    pull = stage.forge.pull(1)
    assert (pull.title, pull.head_ref, pull.base_ref, pull.state) == ("Add orders", "feature", "main", "open")
    assert pull.head_sha == stage.head == stage.forge.branch_sha("feature")
    assert stage.forge.commit_message(stage.head) == "Add orders"
    assert stage.forge.repository().full_name == SHOP
    assert stage.forge.capabilities() == Capabilities()


def test_what_is_not_there_is_not_found_or_none(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.forge.pull(99)
    with pytest.raises(NotFound):
        stage.forge.commit_message("1" * 40)
    with pytest.raises(NotFound):
        stage.forge.ensure_branch("tenon/pr-1", "1" * 40, (GUARD,))
    assert stage.forge.branch_sha("nowhere") is None
    assert stage.forge.permission("stranger") == Permission.NONE


def test_a_branch_made_twice_is_one(stage: Stage) -> None:
    first = stage.forge.ensure_branch("tenon/pr-1", stage.head, (GUARD,))
    assert (
        stage.forge.ensure_branch("tenon/pr-1", stage.head, (GUARD,)) == first == stage.forge.branch_sha("tenon/pr-1")
    )
    assert stage.forge.commit_message(first) == GUARD.message
    other = stage.forge.ensure_branch("tenon/pr-1", stage.head, (NewCommit("Other", GUARD.files),))
    assert other != first


def test_the_writer_refuses_what_is_not_tenons(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        stage.forge.ensure_branch("main", stage.head, (GUARD,))
    with pytest.raises(NotAllowed):
        stage.forge.ensure_branch("tenon/pr-1", stage.head, (NewCommit("x", {".github/workflows/ci.yml": b""}),))


def test_a_pull_request_is_one_open_one_for_a_branch(stage: Stage) -> None:
    stage.forge.ensure_branch("tenon/pr-1", stage.head, (GUARD,))
    first = stage.forge.ensure_pull(head="tenon/pr-1", base="feature", title="Add a guard", body="Why.")
    again = stage.forge.ensure_pull(head="tenon/pr-1", base="main", title="Add guards", body="Why.")
    assert again.number == first.number
    assert (stage.forge.pull(first.number).title, stage.forge.pull(first.number).base_ref) == ("Add guards", "main")
    stage.forge.close_pull(first.number)
    stage.forge.close_pull(first.number)
    assert stage.forge.pull(first.number).state == "closed"
    reopened = stage.forge.ensure_pull(head="tenon/pr-1", base="feature", title="Add a guard", body="Why.")
    assert reopened.number != first.number


def test_checks_comments_and_reviews_are_one_of_each(stage: Stage) -> None:
    check = CheckRun("Tenon", stage.head, "job-1", "t", "s", Conclusion.NEUTRAL)
    assert stage.forge.ensure_check(check) == stage.forge.ensure_check(check)
    first = stage.forge.ensure_comment(1, "tenon:report", "a")
    assert stage.forge.ensure_comment(1, "tenon:report", "b") == first
    assert stage.forge.ensure_comment(1, "tenon:other", "b") != first
    suggestion = Suggestion("app/main.py", 4, 4, "Ask.", "MODE = ask()\n")
    review = stage.forge.ensure_review(1, stage.head, "tenon:review", "a", (suggestion,))
    assert stage.forge.ensure_review(1, stage.head, "tenon:review", "a", (suggestion,)) == review


def test_reactions_permissions_and_sarif(stage: Stage) -> None:
    stage.forge.react(stage.comment, "eyes")
    stage.forge.react(stage.comment, "eyes")
    assert stage.forge.permission("octo-dev") == Permission.WRITE
    assert stage.forge.upload_sarif(stage.head, "refs/pull/1/head", '{"version": "2.1.0", "runs": []}')


def test_the_fake_fails_as_often_as_told_and_notes_what_it_was_asked() -> None:
    stage = fake_stage()
    assert isinstance(stage.forge, FakeForge)
    stage.forge.fail("ensure_comment", ForgeUnavailable("GitHub is out of reach."), times=2)
    for _ in range(2):
        with pytest.raises(ForgeUnavailable):
            stage.forge.ensure_comment(1, "tenon:report", "a")
    stage.forge.ensure_comment(1, "tenon:report", "a")
    assert stage.forge.calls == ["ensure_comment"] * 3
    assert len(stage.forge.comments) == 1


def test_the_fake_shows_the_files_of_a_branch() -> None:
    stage = fake_stage()
    assert isinstance(stage.forge, FakeForge)
    stage.forge.ensure_branch("tenon/pr-1", stage.head, (GUARD,))
    assert sorted(stage.forge.files("tenon/pr-1")) == ["app/auth.py", "app/main.py", "app/orders.py"]


def test_an_installation_that_may_not_is_refused_by_the_fake_too() -> None:
    forge = FakeForge(allowed=Capabilities(may_push=False, may_open_pulls=False, may_check=False, may_comment=False))
    head = forge.push("feature", MAIN)
    with pytest.raises(NotAllowed):
        forge.ensure_branch("tenon/pr-1", head, (GUARD,))
    with pytest.raises(NotAllowed):
        forge.ensure_comment(1, "tenon:report", "a")
