"""Limits, 5xx, lost replies, slowness: what is waited out, what is handed to the job, what is never done twice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import ForgeError, ForgeUnavailable, NotAllowed, RateLimited
from bot.forge import CheckRun, Conclusion, NewCommit, Suggestion
from bot.forges.github import GitHubForge
from bot.forges.github_app import GitHubApp
from bot.forges.retrying import Patience
from fixtures.github import GitHubDouble
from fixtures.github.state import seconds_now
from tests.bot.forge_at_double import SHOP, Clock, app_at, asked, forge_at, furnish


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        furnish(running)
        running.requests.clear()
        yield running
        assert running.violations == []


@pytest.fixture
def clock() -> Clock:
    return Clock(float(seconds_now()))


@pytest.fixture
def forge(double: GitHubDouble, clock: Clock) -> GitHubForge:
    return forge_at(double, app_at(double, clock))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_waited_out(double: GitHubDouble, forge: GitHubForge, clock: Clock, status: int) -> None:
    double.faults.add(path="/pulls/1", status=status, times=2)
    assert forge.pull(1).number == 1
    assert len(clock.slept) == 2
    assert all(0 <= seconds <= 5 for seconds in clock.slept)


def test_a_server_error_that_stays_is_the_jobs_to_retry(double: GitHubDouble, forge: GitHubForge) -> None:
    double.faults.add(path="/pulls/1", status=502, times=100)
    with pytest.raises(ForgeUnavailable) as caught:
        forge.pull(1)
    assert caught.value.retry
    assert asked(double, "GET", "/pulls/1") == 4


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_is_not_tried_again(double: GitHubDouble, forge: GitHubForge, clock: Clock, status: int) -> None:
    double.faults.add(path="/pulls/1", status=status, body={"message": "No"})
    with pytest.raises(ForgeError) as caught:
        forge.pull(1)
    assert not caught.value.retry
    assert clock.slept == []


def test_a_short_secondary_limit_is_waited_out(double: GitHubDouble, forge: GitHubForge, clock: Clock) -> None:
    double.faults.secondary_rate_limit(path="/pulls/1", retry_after=3)
    assert forge.pull(1).number == 1
    assert 3 <= sum(clock.slept) < 4


def test_a_long_secondary_limit_holds_no_thread(double: GitHubDouble, forge: GitHubForge, clock: Clock) -> None:
    double.faults.secondary_rate_limit(path="/pulls/1", retry_after=90)
    with pytest.raises(RateLimited) as caught:
        forge.pull(1)
    assert (caught.value.wait_seconds, clock.slept) == (90, [])


def test_a_secondary_limit_that_does_not_say_how_long_takes_a_minute(double: GitHubDouble, forge: GitHubForge) -> None:
    double.faults.secondary_rate_limit(path="/pulls/1")
    with pytest.raises(RateLimited) as caught:
        forge.pull(1)
    assert caught.value.wait_seconds == 60


def test_a_429_is_a_limit_whatever_it_says(double: GitHubDouble, forge: GitHubForge) -> None:
    double.faults.add(path="/pulls/1", status=429)
    with pytest.raises(RateLimited) as caught:
        forge.pull(1)
    assert caught.value.wait_seconds == 60


def test_a_spent_hour_is_waited_for_until_its_reset(double: GitHubDouble, forge: GitHubForge) -> None:
    double.faults.primary_rate_limit(path="/pulls/1", reset_in_seconds=1800)
    with pytest.raises(RateLimited) as caught:
        forge.pull(1)
    assert 1795 <= caught.value.wait_seconds <= 1805


def test_the_reset_is_measured_by_githubs_clock_not_by_ours(double: GitHubDouble) -> None:
    fast = Clock(seconds_now() + 1700.0)
    double.faults.primary_rate_limit(path="/app", reset_in_seconds=1800)
    with pytest.raises(RateLimited) as caught:
        app_at(double, fast).bot_login()
    assert caught.value.wait_seconds > 1700


def test_an_hour_that_ends_at_once_is_waited_out(double: GitHubDouble, forge: GitHubForge, clock: Clock) -> None:
    double.faults.primary_rate_limit(path="/pulls/1", reset_in_seconds=1)
    assert forge.pull(1).number == 1
    assert 1 <= sum(clock.slept) <= 4


def test_a_missing_permission_is_no_limit(double: GitHubDouble, forge: GitHubForge) -> None:
    double.faults.add(path="/pulls/1", status=403, body={"message": "Resource not accessible by integration"})
    with pytest.raises(NotAllowed, match="read pull request 1"):
        forge.pull(1)


def test_a_slow_answer_is_given_up_and_asked_for_again(double: GitHubDouble, clock: Clock) -> None:
    forge = forge_at(double, app_at(double, clock, timeout_seconds=1))
    double.faults.add(path="/pulls/1", delay_seconds=2.5)
    assert forge.pull(1).number == 1
    assert len(clock.slept) == 1


def test_a_github_out_of_reach_is_the_jobs_to_retry(double: GitHubDouble, clock: Clock) -> None:
    patience = Patience(sleep=clock.sleep, clock=clock.time)
    nowhere = GitHubApp(double.app_id, double.private_key_pem, "http://127.0.0.1:9", patience=patience)
    with pytest.raises(ForgeUnavailable, match="out of reach"):
        nowhere.bot_login()
    assert len(clock.slept) == 3


Write = Callable[[GitHubForge, GitHubDouble], object]


def head(double: GitHubDouble) -> str:
    return double.branch_sha(SHOP, "feature") or ""


def ensure_branch(forge: GitHubForge, double: GitHubDouble) -> object:
    return forge.ensure_branch("tenon/pr-1", head(double), (NewCommit("Add a guard", {"auth.py": b"GUARD = 1\n"}),))


def ensure_pull(forge: GitHubForge, double: GitHubDouble) -> object:
    ensure_branch(forge, double)
    return forge.ensure_pull(head="tenon/pr-1", base="feature", title="Add a guard", body="Why.")


def ensure_check(forge: GitHubForge, double: GitHubDouble) -> object:
    return forge.ensure_check(CheckRun("Tenon", head(double), "job-1", "t", "s", Conclusion.NEUTRAL))


def ensure_comment(forge: GitHubForge, double: GitHubDouble) -> object:
    return forge.ensure_comment(1, "tenon:report", "One finding.")


def ensure_review(forge: GitHubForge, double: GitHubDouble) -> object:
    suggestion = Suggestion("app/main.py", 4, 4, "Ask.", "MODE = ask()\n")
    return forge.ensure_review(1, head(double), "tenon:review", "One.", (suggestion,))


def there_is_one_of_each(double: GitHubDouble) -> bool:
    ours = [pull for pull in double.pulls(SHOP) if pull.head_ref == "tenon/pr-1"]
    found = (ours, double.check_runs(SHOP), double.comments(SHOP, 1), double.reviews(SHOP, 1))
    return all(len(some) <= 1 for some in found) and sum(map(len, found)) == 1


CREATES = [
    (ensure_pull, "/pulls$"),
    (ensure_check, "/check-runs$"),
    (ensure_comment, "/comments$"),
    (ensure_review, "/reviews$"),
]


@pytest.mark.parametrize(("write", "path"), CREATES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_create_whose_reply_was_lost_is_found_and_not_repeated(
    double: GitHubDouble, forge: GitHubForge, write: Write, path: str
) -> None:
    double.faults.add(method="POST", path=path, status=502, carry_out=True)
    write(forge, double)
    assert there_is_one_of_each(double)


@pytest.mark.parametrize(("write", "path"), CREATES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_job_that_died_behind_a_create_leaves_one_when_it_runs_again(
    double: GitHubDouble, forge: GitHubForge, write: Write, path: str
) -> None:
    write(forge, double)
    write(forge_at(double), double)
    assert there_is_one_of_each(double)


@pytest.mark.parametrize(("write", "path"), CREATES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_create_under_a_short_limit_is_made_once(
    double: GitHubDouble, forge: GitHubForge, write: Write, path: str
) -> None:
    double.faults.secondary_rate_limit(path=path, retry_after=1, times=2)
    write(forge, double)
    assert there_is_one_of_each(double)


@pytest.mark.parametrize("path", ["/git/blobs$", "/git/trees$", "/git/commits$", "/git/refs$"])
def test_a_branch_is_the_same_wherever_a_reply_was_lost(double: GitHubDouble, forge: GitHubForge, path: str) -> None:
    double.faults.add(method="POST", path=path, status=502, carry_out=True)
    made = ensure_branch(forge, double)
    assert double.branch_sha(SHOP, "tenon/pr-1") == made
    assert len(double.log(SHOP, "tenon/pr-1")) == len(double.log(SHOP, "feature")) + 1


def test_somebody_faster_with_the_same_pull_request_is_found(double: GitHubDouble, forge: GitHubForge) -> None:
    ensure_branch(forge, double)
    already = {"message": "Validation Failed", "errors": [{"message": "A pull request already exists for acme:x."}]}
    double.faults.add(method="POST", path="/pulls$", status=422, body=already, carry_out=True)
    forge.ensure_pull(head="tenon/pr-1", base="feature", title="t", body="b")
    assert there_is_one_of_each(double)
