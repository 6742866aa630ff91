"""`tenon simulate`: the whole story of a pull request, told to a terminal, and not one write to GitHub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.simulate import Address, address_of
from bot.errors import TenonError
from fixtures.apps import load
from fixtures.github import GitHubDouble
from tests.bot.terminal import Said, tenon

SHOP = "acme/corner-shop"
READING = {"metadata": "read", "contents": "read", "pull_requests": "read", "checks": "read"}


@pytest.fixture
def double(tmp_path: Path) -> Iterator[GitHubDouble]:
    """A GitHub with the shop as pull request 1; nobody listens to its webhooks."""
    with GitHubDouble(tmp_path / "github", validate=True) as started:
        started.add_repository(SHOP, files={"README.md": b"# Shop\n"})
        started.push(SHOP, "feature", dict(load("fastapi_shop")), message="Build the shop")
        started.open_pull(SHOP, head="feature", title="Build the shop\u202e\x1b[31m")
        yield started
        assert started.violations == []


def simulated(double: GitHubDouble, pull: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Said:
    """The command as an operator runs it: settings come from the environment."""
    key = tmp_path / "private-key.pem"
    key.write_text(double.private_key_pem)
    monkeypatch.setenv("TENON_APP_ID", str(double.app_id))
    monkeypatch.setenv("TENON_PRIVATE_KEY_FILE", str(key))
    monkeypatch.setenv("TENON_GITHUB_API_URL", double.url)
    return tenon("simulate", pull)


def test_it_tells_the_follow_up_the_check_and_the_diff(
    double: GitHubDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = simulated(double, f"{SHOP}#1", monkeypatch, tmp_path)
    assert said.status == 0, said.err
    for words in ("mode ", "check run ", "tenon/pr-1 into feature", "### Who may call what", "+++ b/shop/admin.py"):
        assert words in said.out
    assert "» reading" in said.err


def test_nothing_is_written_and_no_token_could_have_written(
    double: GitHubDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    simulated(double, f"{SHOP}#1", monkeypatch, tmp_path)
    writes = [each for each in double.requests if each.method not in {"GET", "HEAD"}]
    assert {each.path.rpartition("/")[2] for each in writes} == {"access_tokens", "git-upload-pack"}
    granted = [token.permissions for token in double.state.tokens.values()]
    assert granted
    assert all(permissions.items() <= READING.items() for permissions in granted)
    assert double.check_runs(SHOP) == ()
    assert double.comments(SHOP, 1) == ()
    assert len(double.pulls(SHOP)) == 1


def test_no_secret_value_is_shown_and_a_terminal_gets_no_orders(
    double: GitHubDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = double.file(SHOP, "feature", "shop/config.py").decode()
    values = [line.split('"')[1] for line in config.splitlines() if "_API_KEY" in line]
    said = simulated(double, f"{SHOP}#1", monkeypatch, tmp_path)
    assert len(values) == 2
    assert not [value for value in values if value in said.out + said.err]
    assert not {"\x1b", "\u202e"} & set(said.out)


def test_a_pull_request_that_is_not_there_is_said(
    double: GitHubDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = simulated(double, f"{SHOP}#99", monkeypatch, tmp_path)
    assert (said.status, said.out) == (2, "")
    assert "99" in said.err


def test_without_settings_the_missing_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENON_APP_ID", raising=False)
    said = tenon("simulate", f"{SHOP}#1")
    assert said.status == 2
    assert "TENON_APP_ID" in said.err


@pytest.mark.parametrize(
    "text",
    [
        "acme/shop#7",
        "https://github.com/acme/shop/pull/7",
        "https://git.example.com/acme/shop/pull/7/",
        " acme/shop#7 ",
    ],
)
def test_a_pull_request_is_named_short_or_by_its_address(text: str) -> None:
    assert address_of(text) == Address("acme/shop", 7)


@pytest.mark.parametrize("text", ["acme/shop", "#7", "acme/shop#0", "acme/shop/issues/7", "../x#7 y", ""])
def test_anything_else_is_no_pull_request(text: str) -> None:
    with pytest.raises(TenonError, match="names no pull request"):
        address_of(text)
