"""GitHub refuses, stalls, or loses its reply: one of each is left, or a sentence that says why; never a green check."""

from collections.abc import Mapping

import pytest

from bot.store.deliveries import Delivery
from fixtures.stage import Stage
from tests.e2e.endings import assert_published_once, checks, comments, ours
from tests.e2e.scenes import SHOP, open_shop, propose_shop, seed_shop

pytestmark = pytest.mark.slow

CREATING = (
    r"/access_tokens$",
    r"/check-runs$",
    r"/git/blobs$",
    r"/git/trees$",
    r"/git/commits$",
    r"/git/refs$",
    r"/pulls$",
    r"/issues/\d+/comments$",
)


@pytest.mark.parametrize("times", [1, 2])
def test_every_creating_request_whose_reply_is_lost_leaves_one_of_each(
    on_stage: Stage, shop: Mapping[str, bytes], times: int
) -> None:
    for path in CREATING:
        on_stage.double.faults.add(path=path, method="POST", status=502, times=times, carry_out=True)
    assert_published_once(on_stage.double, open_shop(on_stage, shop))


def test_updates_whose_reply_is_lost_leave_one_of_each(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    number = open_shop(on_stage, shop)
    on_stage.double.faults.add(path=r"/(pulls|check-runs|git/refs|issues)", method="PATCH", status=502, carry_out=True)
    on_stage.double.push(SHOP, "feature", {"shop/version.py": b'VERSION = "2"\n'})
    on_stage.settle()
    assert_published_once(on_stage.double, number)


def test_a_row_of_bad_gateways_is_waited_out(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.double.faults.add(path=r"/repos/", status=502, times=4)
    assert_published_once(on_stage.double, open_shop(on_stage, shop))


def test_git_that_cannot_be_reached_for_a_moment_is_waited_out(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.double.faults.add(path=r"\.git/", status=502)
    assert_published_once(on_stage.double, open_shop(on_stage, shop))


def test_a_short_secondary_limit_is_waited_out(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.double.faults.secondary_rate_limit(path=r"/pulls$", retry_after=1)
    assert_published_once(on_stage.double, open_shop(on_stage, shop))


def test_a_longer_limit_is_slept_out_between_two_tries(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.double.faults.secondary_rate_limit(path=r"/git/refs$", retry_after=6)
    assert_published_once(on_stage.double, open_shop(on_stage, shop))


@pytest.mark.parametrize("path", [r"/git/trees$", r"/git/refs$", r"/pulls$"])
def test_a_refused_write_ends_in_a_neutral_check_with_the_reason(
    on_stage: Stage, shop: Mapping[str, bytes], path: str
) -> None:
    body = {"message": "Resource not accessible by integration"}
    on_stage.double.faults.add(path=path, method="POST", status=403, body=body)
    number = open_shop(on_stage, shop)
    assert ours(on_stage.double) == []
    (check,) = checks(on_stage.double, number)
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert "Resource not accessible by integration" in (check.summary or "")
    assert _delivery(on_stage).guid in (check.summary or "")
    assert _delivery(on_stage).state == "failed"


def test_a_refused_comment_ends_in_a_neutral_check_with_the_reason(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.double.faults.add(path=r"/issues/\d+/comments$", method="POST", status=403)
    number = open_shop(on_stage, shop)
    (check,) = checks(on_stage.double, number)
    assert check.conclusion == "neutral"
    assert len(ours(on_stage.double)) == 1


EVERYTHING = {"contents": "write", "pull_requests": "write", "checks": "write"}


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("pull_requests", "could not read pull request 1"),
        ("contents", "GitHub refused the token with which the commit was to be fetched"),
    ],
)
def test_a_right_to_read_that_is_not_granted_is_said_in_a_neutral_check(
    on_stage: Stage, shop: Mapping[str, bytes], missing: str, sentence: str
) -> None:
    seed_shop(on_stage, shop)
    granted = {name: level for name, level in EVERYTHING.items() if name != missing}
    on_stage.double.set_installation_permissions(100, granted)
    (check,) = checks(on_stage.double, propose_shop(on_stage, shop))
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert sentence in (check.summary or "")


@pytest.mark.parametrize("read_only", ["pull_requests", "contents"])
def test_findings_are_told_and_the_missing_right_to_write_is_named(
    on_stage: Stage, shop: Mapping[str, bytes], read_only: str
) -> None:
    seed_shop(on_stage, shop)
    on_stage.double.set_installation_permissions(100, EVERYTHING | {read_only: "read"})
    (check,) = checks(on_stage.double, propose_shop(on_stage, shop))
    assert check.annotations
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert "does not allow Tenon to push a branch and to open a pull request" in (check.summary or "")
    assert ours(on_stage.double) == []


def test_without_the_right_to_check_the_job_fails_with_a_sentence(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    seed_shop(on_stage, shop)
    on_stage.double.set_installation_permissions(100, EVERYTHING | {"checks": "read"})
    assert checks(on_stage.double, propose_shop(on_stage, shop)) == []
    assert _delivery(on_stage).state == "failed"
    assert "check run" in _delivery(on_stage).cause


def test_an_installation_that_grants_nothing_any_more_fails_with_a_sentence(
    on_stage: Stage, shop: Mapping[str, bytes]
) -> None:
    seed_shop(on_stage, shop)
    on_stage.double.set_installation_permissions(100, {})
    number = propose_shop(on_stage, shop)
    assert checks(on_stage.double, number) == []
    assert comments(on_stage.double, number) == []
    assert "grants none of the permissions" in _delivery(on_stage).cause


def test_git_that_stays_out_of_reach_ends_in_a_neutral_check(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.double.faults.add(path=r"\.git/", status=404, times=1000)
    number = open_shop(on_stage, shop)
    (check,) = checks(on_stage.double, number)
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert "does not know the repository" in (check.summary or "")


def _delivery(on_stage: Stage) -> Delivery:
    (found,) = (each for each in on_stage.store.deliveries.recent() if each.action == "opened")
    return found
