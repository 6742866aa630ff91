"""A policy file is read whole or refused with the line: a typo never switches a control off in silence."""

from pathlib import Path

import pytest

from bot.errors import PolicyError
from bot.policy_file import load_policy, read_policy
from transforms.policy import Mode, Policy


def test_an_empty_file_is_the_built_in_policy() -> None:
    assert read_policy("") == Policy()


def test_a_policy_says_mode_public_routes_and_options() -> None:
    policy = read_policy(
        "mode: suggest\npublic_routes: [GET /catalogue/*]\ncontrols:\n  no-secret-in-code:\n    enabled: false\n"
    )
    assert policy.mode is Mode.SUGGEST
    assert policy.public_routes == ("GET /catalogue/*",)
    assert not policy.control("no-secret-in-code").enabled
    assert policy.control("route-requires-auth").enabled


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("mode: patch\nmood: bad\n", 2, "mood"),
        ("mode: sometimes\n", 1, "mode"),
        ("controls:\n  no-such-control: {}\n", 2, "no-such-control"),
        ("controls:\n  no-secret-in-code:\n    options:\n      no_such_option: 1\n", 3, "no-secret-in-code"),
        ("controls: [\n", 2, "YAML"),
        (
            "accepted_risks:\n  - control: x\n    fingerprint: no\n    reason: because\n    owner: me\n",
            3,
            "fingerprint",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_policy(text, "tenon.yml")
    assert f"tenon.yml, line {line}" in str(refused.value)
    assert word in str(refused.value)


def test_a_folder_without_a_policy_file_has_the_built_in_policy(tmp_path: Path) -> None:
    assert load_policy(None, tmp_path) == Policy()


def test_a_policy_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no policy file"):
        load_policy(tmp_path / "nothing.yml", tmp_path)
