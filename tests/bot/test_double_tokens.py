"""Who may do what in the double: App tokens, narrowed installation tokens, permissions, public repositories."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from github import GithubException

from fixtures.github import GitHubDouble
from fixtures.github.clients import app_client, app_token, installation_client, installation_token, plain

SHOP, BLOG, ELSEWHERE = "acme/shop", "acme/blog", "globex/site"


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        running.add_repository(SHOP, files={"a.py": b"A = 1\n"})
        running.add_repository(BLOG, files={"b.py": b"B = 1\n"})
        running.add_repository(ELSEWHERE, files={"c.py": b"C = 1\n"}, installation_id=200)
        yield running


def get(double: GitHubDouble, path: str, token: str | None) -> httpx.Response:
    with plain(double, token) as client:
        return client.get(path)


def test_a_token_narrowed_to_one_repository_does_not_see_others(double: GitHubDouble) -> None:
    token = installation_token(double, repositories=["shop"])
    assert get(double, f"/repos/{SHOP}", token).status_code == 200
    assert get(double, f"/repos/{BLOG}", token).status_code == 404
    listed = get(double, "/installation/repositories", token).json()
    assert [repository["full_name"] for repository in listed["repositories"]] == [SHOP]
    assert double.violations == []


def test_a_token_can_be_narrowed_by_repository_id(double: GitHubDouble) -> None:
    with plain(double, app_token(double)) as client:
        body = {"repository_ids": [double.repository_id(BLOG)], "permissions": {"contents": "read"}}
        answer = client.post("/app/installations/100/access_tokens", json=body).json()
    assert answer["permissions"] == {"metadata": "read", "contents": "read"}
    assert answer["repository_selection"] == "selected"
    assert [repository["full_name"] for repository in answer["repositories"]] == [BLOG]
    assert get(double, f"/repos/{SHOP}", answer["token"]).status_code == 404
    assert double.violations == []


def test_no_token_reaches_beyond_its_installation(double: GitHubDouble) -> None:
    assert get(double, f"/repos/{ELSEWHERE}", installation_token(double)).status_code == 404
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        installation_token(double, repositories=["site"])


def test_a_write_without_the_permission_is_refused(double: GitHubDouble) -> None:
    reader = installation_client(double, {"contents": "read", "checks": "write"}).get_repo(SHOP)
    head = reader.get_branch("main").commit.sha
    with pytest.raises(GithubException) as refused:
        reader.create_git_ref("refs/heads/x", head)
    assert (refused.value.status, refused.value.data["message"]) == (403, "Resource not accessible by integration")
    assert reader.create_check_run("tenon", head).name == "tenon"
    assert double.branch_sha(SHOP, "x") is None
    assert double.violations == []


def test_what_the_installation_lost_its_tokens_lost(double: GitHubDouble) -> None:
    shop = installation_client(double).get_repo(SHOP)
    double.set_installation_permissions(100, {"contents": "read"})
    with pytest.raises(GithubException, match="Resource not accessible by integration"):
        shop.create_git_blob("x", "utf-8")


def test_permissions_the_installation_lacks_are_not_handed_out(double: GitHubDouble) -> None:
    double.set_installation_permissions(100, {"contents": "read"})
    with pytest.raises(GithubException, match="not granted to this installation"):
        app_client(double).get_access_token(100, permissions={"contents": "write"})


def test_workflows_need_a_permission_of_their_own(double: GitHubDouble) -> None:
    with plain(double, installation_token(double)) as client:
        entry = {"path": ".github/workflows/ci.yml", "mode": "100644", "type": "blob", "content": "on: push\n"}
        answer = client.post(f"/repos/{SHOP}/git/trees", json={"tree": [entry]})
    assert answer.status_code == 403


def test_a_revoked_token_is_dead(double: GitHubDouble) -> None:
    token = installation_token(double)
    with plain(double, token) as client:
        assert client.delete("/installation/token").status_code == 204
    assert get(double, f"/repos/{SHOP}", token).status_code == 401
    assert double.violations == []


@pytest.mark.parametrize("token", ["ghs" + "_" + "0" * 36, "a.b.c"])
def test_an_invented_token_is_refused(double: GitHubDouble, token: str) -> None:
    assert get(double, f"/repos/{SHOP}", token).status_code == 401


def test_an_app_token_that_lives_too_long_is_refused(double: GitHubDouble) -> None:
    answer = get(double, "/app", app_token(double, lifetime_seconds=3600))
    assert answer.status_code == 401
    assert "too far in the future" in answer.json()["message"]


def test_an_app_token_of_yesterday_is_refused(double: GitHubDouble) -> None:
    assert get(double, "/app", app_token(double, lifetime_seconds=-3600)).status_code == 401


def test_an_app_token_of_another_app_is_refused(double: GitHubDouble) -> None:
    assert get(double, "/app", app_token(double, issuer="1")).status_code == 401


def test_app_and_installation_tokens_are_not_mixed_up(double: GitHubDouble) -> None:
    assert get(double, "/app", installation_token(double)).status_code == 401
    assert get(double, "/installation/repositories", app_token(double)).status_code == 401


def test_nobody_sees_a_private_repository(double: GitHubDouble) -> None:
    assert get(double, f"/repos/{SHOP}", None).status_code == 404
    assert get(double, "/repos/acme/unheard-of", installation_token(double)).status_code == 404


def test_anyone_reads_a_public_repository_and_only_its_installation_writes(double: GitHubDouble) -> None:
    double.add_repository("globex/open", files={"d.py": b""}, installation_id=200, private=False)
    assert get(double, "/repos/globex/open", None).status_code == 200
    for token, status in ((None, 401), (installation_token(double), 403)):
        with plain(double, token) as client:
            answer = client.post("/repos/globex/open/git/blobs", json={"content": "x"})
        assert answer.status_code == status
    assert double.violations == []


def test_requests_are_remembered_with_rights_but_without_tokens(double: GitHubDouble) -> None:
    token = installation_token(double, permissions={"contents": "read"}, repositories=["shop"])
    get(double, f"/repos/{SHOP}", token)
    seen = double.requests[-1]
    assert (seen.method, seen.path, seen.status, seen.login) == ("GET", f"/repos/{SHOP}", 200, "tenon-double[bot]")
    assert seen.token_permissions == {"metadata": "read", "contents": "read"}
    assert seen.repositories == (SHOP,)
    assert token not in repr(double.requests)
