"""`tenon serve` and `tenon work` refuse to start half-configured, in one sentence that says what to do."""

from pathlib import Path

import pytest

from fixtures.github.access import private_key_pem
from tests.bot.terminal import Said, tenon


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A complete set, none of it in the environment yet."""
    key = tmp_path / "private-key.pem"
    key.write_text(private_key_pem())
    complete = {
        "TENON_WEBHOOK_SECRET": "a-secret-of-this-test",
        "TENON_APP_ID": "1",
        "TENON_PRIVATE_KEY_FILE": str(key),
        "TENON_DATA_DIR": str(tmp_path / "data"),
    }
    for name in (*complete, "TENON_PRIVATE_KEY_BROKER", "TENON_DATABASE_URL", "TENON_PORT"):
        monkeypatch.delenv(name, raising=False)
    return complete


def started(command: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Said:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return tenon(command)


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("serve", "TENON_WEBHOOK_SECRET"),
        ("serve", "TENON_APP_ID"),
        ("serve", "TENON_PRIVATE_KEY_FILE"),
        ("work", "TENON_APP_ID"),
        ("work", "TENON_PRIVATE_KEY_FILE"),
    ],
)
def test_a_missing_setting_is_named(
    command: str, missing: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings[missing]
    said = started(command, settings, monkeypatch)
    assert (said.status, said.out) == (2, "")
    assert missing in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("wrong", [{"TENON_PORT": "http"}, {"TENON_DATABASE_URL": "mysql://tenon:hunter2@host/name"}])
def test_a_wrong_setting_is_named_and_not_repeated(
    wrong: dict[str, str], settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = started("serve", settings | wrong, monkeypatch)
    (name, value) = next(iter(wrong.items()))
    assert said.status == 2
    assert name in said.err
    assert value not in said.err
    assert "hunter2" not in said.err


def test_nothing_is_made_before_the_settings_are_right(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings["TENON_WEBHOOK_SECRET"]
    started("serve", settings, monkeypatch)
    assert not Path(settings["TENON_DATA_DIR"]).exists()


@pytest.mark.parametrize("command", ["scan", "fix", "explain", "demo", "simulate", "serve", "work"])
def test_every_command_has_help_that_a_person_understands(command: str) -> None:
    said = tenon(command, "--help")
    assert said.status == 0
    assert said.out.startswith(f"usage: tenon {command}")
    assert max(map(len, said.out.splitlines())) <= 120
    assert ":func:" not in said.out


def test_help_without_a_command_lists_them_all() -> None:
    for arguments in ((), ("--help",), ("-h",)):
        said = tenon(*arguments)
        assert said.status == 0
        for command in ("scan", "fix", "explain", "demo", "simulate", "serve", "work"):
            assert f"\n  {command} " in said.out


def test_the_version_is_said() -> None:
    said = tenon("--version")
    assert said.status == 0
    assert said.out.startswith("tenon 0.")
