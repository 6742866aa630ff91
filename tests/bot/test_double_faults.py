"""Faults ordered of the double: statuses, rate limits, slowness, lost replies."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fixtures.github import GitHubDouble
from fixtures.github.clients import installation_token, plain

SHOP = "/repos/acme/shop"


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        running.add_repository("acme/shop", files={"a.py": b"A = 1\n"})
        running.push("acme/shop", "feature", {"a.py": b"A = 2\n"})
        running.open_pull("acme/shop", head="feature")
        yield running


@pytest.fixture
def client(double: GitHubDouble) -> Iterator[httpx.Client]:
    with plain(double, installation_token(double)) as opened:
        yield opened


@pytest.mark.parametrize("status", [403, 429, 500, 502])
def test_a_fault_strikes_as_often_as_ordered(double: GitHubDouble, client: httpx.Client, status: int) -> None:
    double.faults.add(method="GET", path=r"/pulls/1$", status=status, times=2)
    assert [client.get(f"{SHOP}/pulls/1").status_code for _ in range(3)] == [status, status, 200]


def test_a_fault_strikes_only_its_method_and_path(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.add(method="POST", path="/comments$", status=502)
    assert client.get(f"{SHOP}/issues/1/comments").status_code == 200
    assert client.get(SHOP).status_code == 200
    assert client.post(f"{SHOP}/issues/1/comments", json={"body": "x"}).status_code == 502
    assert double.comments("acme/shop", 1) == ()


def test_faults_carry_their_headers_and_body(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.add(path=SHOP, status=429, headers={"Retry-After": "7"}, body={"message": "Slow down"})
    answer = client.get(SHOP)
    assert (answer.headers["retry-after"], answer.json()) == ("7", {"message": "Slow down"})


def test_a_reply_can_be_lost_after_the_work_is_done(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.add(method="POST", path="/comments$", status=502, carry_out=True)
    assert client.post(f"{SHOP}/issues/1/comments", json={"body": "made anyway"}).status_code == 502
    assert [comment.body for comment in double.comments("acme/shop", 1)] == ["made anyway"]
    assert double.requests[-1].status == 502


def test_the_secondary_rate_limit_names_itself(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.secondary_rate_limit(path="/comments$", retry_after=3)
    answer = client.post(f"{SHOP}/issues/1/comments", json={"body": "x"})
    assert (answer.status_code, answer.headers["retry-after"]) == (403, "3")
    assert "secondary rate limit" in answer.json()["message"]


def test_the_primary_rate_limit_tells_when_it_ends(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.primary_rate_limit(reset_in_seconds=60)
    answer = client.get(SHOP)
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    assert 0 < int(answer.headers["x-ratelimit-reset"]) - time.time() <= 61


def test_a_slow_answer_is_still_the_right_one(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.add(path=f"{SHOP}$", delay_seconds=0.2)
    begun = time.monotonic()
    assert client.get(SHOP).status_code == 200
    assert time.monotonic() - begun >= 0.2


def test_others_are_served_while_one_waits(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.add(path=f"{SHOP}/pulls$", delay_seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get(f"{SHOP}/pulls", timeout=0.05)
    assert client.get(SHOP).status_code == 200


def test_orders_can_be_taken_back(double: GitHubDouble, client: httpx.Client) -> None:
    double.faults.add(path="", status=502, times=99)
    double.faults.clear()
    assert client.get(SHOP).status_code == 200
