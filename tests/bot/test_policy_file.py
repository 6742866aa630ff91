"""A policy file is read whole or refused with the line: a typo never switches a control off in silence."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import PolicyError
from bot.policy_file import load_policy, read_policy
from transforms.policy import Mode, Policy

RISK = "{{control: {control}, fingerprint: 0123456789abcdef, reason: internal, owner: ops, expires: 2026-01-31}}"


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
        ("controls:\n  no-secret-in-code:\n    options:\n      no_such_option: 1\n", 4, "no-secret-in-code"),
        ("mode: patch\nmode: monitor\n", 2, "mode"),
        ("controls:\n  route-requires-auth:\n    options:\n      public_paths: 7\n", 4, "public_paths"),
        ("bindings:\n  gaurd: {module: a, name: b, call: c}\n", 2, "gaurd"),
        ("mode: patch\nbroker: vualt\n", 2, "vault"),
        ("- mode\n", 1, "the file"),
        ("x: " + "[" * 5000 + "\n", 1, "deeply"),
        ("x: &loop [*loop]\n", 1, "deeply"),
        (f"accepted_risks:\n- {RISK.format(control='no-such')}\n", 2, "no-such"),
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


def test_a_policy_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tenon.yml").write_bytes(b"mode: \xff\xfe")
    with pytest.raises(PolicyError, match="UTF-8"):
        load_policy(tmp_path / "tenon.yml", tmp_path)


def test_a_policy_as_long_as_a_book_is_refused() -> None:
    with pytest.raises(PolicyError, match="longer than"):
        read_policy("# " + "x" * 300_000)


@pytest.mark.parametrize(("day", "kept"), [(date(2026, 1, 31), 1), (date(2026, 2, 1), 0)])
def test_an_accepted_risk_ends_after_its_last_day(day: date, kept: int) -> None:
    text = f"accepted_risks:\n- {RISK.format(control='route-requires-auth')}\n"
    assert len(read_policy(text, today=day).accepted_risks) == kept


def test_options_come_in_the_types_that_the_control_declares() -> None:
    text = "controls:\n  route-requires-auth:\n    options:\n      public_paths: [/status, GET /shop/*]\n"
    assert read_policy(text).control("route-requires-auth").options == {"public_paths": ("/status", "GET /shop/*")}
