"""Tokens: one repository, read or write, one minting for many threads, and never seen by anybody."""

import base64
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import ConfigError, NotAllowed, NotFound, RateLimited
from bot.forge import NewCommit
from bot.forges.github import GitHubForge
from bot.forges.github_app import GitHubApp, InstallationAuth, Scope, TokenMode
from fixtures.github import GitHubDouble
from fixtures.github.state import seconds_now
from tests.bot.forge_at_double import SHOP, Clock, app_at, asked, forge_at, furnish

HOUR = 3600.0


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


def scope(double: GitHubDouble, mode: TokenMode = TokenMode.READ) -> Scope:
    return Scope(100, double.repository_id(SHOP), mode)


def minted(double: GitHubDouble) -> list[dict[str, object]]:
    return [request.body for request in double.requests if request.path.endswith("/access_tokens")]


def test_reading_uses_a_token_that_can_only_read_one_repository(double: GitHubDouble) -> None:
    forge_at(double).pull(1)
    (asked_for,) = minted(double)
    assert asked_for == {
        "repository_ids": [double.repository_id(SHOP)],
        "permissions": {"metadata": "read", "contents": "read", "pull_requests": "read", "checks": "read"},
    }


def test_no_write_token_is_made_before_the_first_write(double: GitHubDouble) -> None:
    forge = forge_at(double)
    forge.repository(), forge.pull(1), forge.pull_commits(1), forge.branch_sha("main"), forge.permission("octo-dev")
    forge.fetch_credentials()
    reads = [request for request in double.requests if request.path.startswith("/repos/")]
    assert reads
    assert all("write" not in (request.token_permissions or {}).values() for request in reads)
    forge.ensure_comment(1, "tenon:report", "a")
    assert minted(double)[-1]["permissions"] == {
        "metadata": "read",
        "contents": "write",
        "pull_requests": "write",
        "checks": "write",
    }


def test_every_request_to_a_repository_reaches_that_repository_alone(double: GitHubDouble) -> None:
    double.add_repository("acme/blog", files={"a.py": b""})
    app = app_at(double)
    for name in (SHOP, "acme/blog"):
        forge_at(double, app, name).repository()
    reached = [
        (request.path, list(request.repositories or ())) for request in double.requests if "/repos/" in request.path
    ]
    assert reached == [(f"/repos/{SHOP}", [SHOP]), ("/repos/acme/blog", ["acme/blog"])]


def test_what_the_installation_does_not_grant_is_not_asked_for(double: GitHubDouble) -> None:
    double.set_installation_permissions(100, {"contents": "read", "pull_requests": "write", "checks": "write"})
    forge_at(double).ensure_comment(1, "tenon:report", "a")
    assert minted(double)[-1]["permissions"] == {
        "metadata": "read",
        "contents": "read",
        "pull_requests": "write",
        "checks": "write",
    }


def test_a_permission_withdrawn_since_we_asked_is_asked_about_again(double: GitHubDouble) -> None:
    app = app_at(double)
    forge_at(double, app).capabilities()
    double.set_installation_permissions(100, {"pull_requests": "write"})
    forge_at(double, app).ensure_comment(1, "tenon:report", "a")
    assert minted(double)[-1]["permissions"] == {"metadata": "read", "pull_requests": "write"}


def test_an_installation_that_grants_nothing_is_not_allowed(double: GitHubDouble) -> None:
    double.set_installation_permissions(100, {})
    with pytest.raises(NotAllowed, match="none of the permissions to read"):
        forge_at(double).pull(1)


def test_a_write_that_is_not_granted_is_not_allowed(double: GitHubDouble) -> None:
    double.set_installation_permissions(100, {"contents": "read", "pull_requests": "write"})
    head = double.branch_sha(SHOP, "feature") or ""
    with pytest.raises(NotAllowed, match="could not"):
        forge_at(double).ensure_branch("tenon/pr-1", head, (NewCommit("Add", {"a.py": b"a"}),))


def test_an_installation_that_is_gone_is_not_found(double: GitHubDouble) -> None:
    with pytest.raises(NotFound):
        GitHubForge.of(app_at(double), 999, SHOP, double.repository_id(SHOP)).pull(1)


def test_a_repository_of_another_installation_gets_no_token(double: GitHubDouble) -> None:
    double.add_repository("globex/site", files={"a.py": b""}, installation_id=200)
    forge = GitHubForge.of(app_at(double), 100, "globex/site", double.repository_id("globex/site"))
    with pytest.raises(Exception, match="does not exist or is not accessible"):
        forge.repository()


def test_many_threads_mint_one_token(double: GitHubDouble) -> None:
    app, start = app_at(double), threading.Barrier(8)

    def ask(_: int) -> str:
        start.wait()
        return app.token(scope(double)).value

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
    assert len(minted(double)) == 1


def test_modes_and_repositories_have_tokens_of_their_own(double: GitHubDouble) -> None:
    double.add_repository("acme/blog", files={"a.py": b""})
    app = app_at(double)
    scopes = [
        scope(double),
        scope(double, TokenMode.WRITE),
        Scope(100, double.repository_id("acme/blog"), TokenMode.READ),
    ]
    assert len({app.token(one).value for one in scopes * 2}) == 3
    assert len(minted(double)) == 3


def test_a_token_is_replaced_before_it_runs_out(double: GitHubDouble, clock: Clock) -> None:
    app = app_at(double, clock)
    first = app.token(scope(double))
    clock.now += HOUR - 600
    assert app.token(scope(double)) == first
    clock.now += 400
    assert app.token(scope(double)).value != first.value


def test_a_revoked_token_is_replaced_once(double: GitHubDouble) -> None:
    app = app_at(double)
    forge = forge_at(double, app)
    forge.pull(1)
    double.state.tokens.clear()
    assert forge.pull(1).number == 1
    assert len(minted(double)) == 2


def test_a_token_refused_again_is_not_allowed(double: GitHubDouble) -> None:
    double.faults.add(path="/pulls/1", status=401, times=10, body={"message": "Bad credentials"})
    with pytest.raises(NotAllowed):
        forge_at(double).pull(1)
    assert asked(double, "GET", "/pulls/1") == 2


def test_git_gets_the_readers_token(double: GitHubDouble) -> None:
    app = app_at(double)
    header = forge_at(double, app).fetch_credentials() or ""
    user, _, token = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    assert (user, token) == ("x-access-token", app.token(scope(double)).value)


def test_the_apps_login_is_asked_for_once(double: GitHubDouble) -> None:
    app = app_at(double)
    assert [app.bot_login(), app.bot_login()] == [f"{double.app_slug}[bot]"] * 2
    assert asked(double, "GET", "/app") == 1


def test_a_limit_while_minting_is_told_with_its_wait(double: GitHubDouble) -> None:
    double.faults.secondary_rate_limit(path="access_tokens", retry_after=30)
    with pytest.raises(RateLimited) as caught:
        forge_at(double).pull(1)
    assert caught.value.wait_seconds == 30


def test_the_key_is_asked_for_when_it_is_needed_so_it_may_be_rotated(double: GitHubDouble) -> None:
    keys = ["no key at all", double.private_key_pem]
    app = GitHubApp(double.app_id, lambda: keys[0] if len(keys) > 1 else keys[-1], double.url)
    with pytest.raises(ConfigError):
        app.bot_login()
    keys.pop(0)
    assert app.bot_login()


def test_no_token_or_key_shows_in_a_repr_a_log_or_an_error(
    double: GitHubDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app = app_at(double)
    forge = forge_at(double, app)
    token = app.token(scope(double))
    forge.ensure_comment(1, "tenon:report", "a")
    double.faults.add(path="/pulls/1", status=403, times=1)
    with pytest.raises(NotAllowed) as caught:
        forge.pull(1)
    shown = [repr(app), repr(forge), repr(token), repr(InstallationAuth(app, scope(double))), repr(caught.value)]
    shown += [caplog.text, repr(caught.value.__context__), repr(caught.value.__cause__)]
    secrets = [*double.state.tokens, double.private_key_pem, double.private_key_pem.splitlines()[1]]
    assert len(double.state.tokens) == 2
    assert not [secret for secret in secrets for text in shown if secret in text]


def test_a_key_that_cannot_sign_is_a_wrong_setting_and_stays_unseen(double: GitHubDouble) -> None:
    broken = double.private_key_pem.replace("A", "B")
    with pytest.raises(ConfigError) as caught:
        GitHubApp(double.app_id, broken, double.url).bot_login()
    assert "private key" in str(caught.value)
    assert broken.splitlines()[1] not in repr(caught.value) + repr(caught.value.__context__)


def test_a_key_of_another_app_is_refused(double: GitHubDouble) -> None:
    with pytest.raises(NotAllowed):
        GitHubApp(1, double.private_key_pem, double.url).bot_login()


def test_pygithub_prints_nothing_by_itself(double: GitHubDouble) -> None:
    app_at(double)
    assert logging.getLogger("github").handlers == []
