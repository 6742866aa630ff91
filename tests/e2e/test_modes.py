"""How far Tenon goes: by policy of the base branch, by origin, by what the installation may do."""

from collections.abc import Mapping

from fixtures.stage import Stage
from tests.e2e.scenes import SEED_FILES, SHOP, follow_ups, open_shop, own_checks, own_comments


def test_monitor_only_reports(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop, {".github/tenon.yml": b"mode: monitor\n"})
    assert follow_ups(on_stage) == []
    assert own_comments(on_stage, parent) == []
    (check,) = own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)
    assert check.conclusion == "neutral"
    assert check.annotations


def test_enforce_fails_the_check(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop, {".github/tenon.yml": b"mode: enforce\n"})
    assert len(follow_ups(on_stage)) == 1
    (check,) = own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)
    assert check.conclusion == "failure"


def test_the_policy_in_the_head_of_a_pull_request_changes_nothing(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    open_shop(on_stage, {**shop, ".github/tenon.yml": b"mode: monitor\n"}, {".github/tenon.yml": b"mode: patch\n"})
    assert len(follow_ups(on_stage)) == 1


def test_a_broken_policy_is_a_neutral_check_with_the_line(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop, {".github/tenon.yml": b"mode: patch\nmood: bad\n"})
    assert follow_ups(on_stage) == []
    (check,) = own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)
    assert check.conclusion == "neutral"
    assert "line 2" in (check.summary or "")
    opened = next(each for each in on_stage.double.deliveries if each.event == "pull_request")
    assert opened.guid in (check.summary or "")


def test_code_without_a_mark_of_an_assistant_is_only_reported(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.repository_with(SHOP, {"README.md": shop["README.md"]})
    files = {path: content for path, content in shop.items() if path not in {"README.md", "CLAUDE.md"}}
    on_stage.double.push(SHOP, "feature", files)
    parent = on_stage.double.open_pull(SHOP, head="feature")
    on_stage.settle()
    assert follow_ups(on_stage) == []
    (check,) = own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)
    assert check.annotations


def test_without_the_right_to_push_there_is_a_comment(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    on_stage.repository_with(SHOP, {name: shop[name] for name in SEED_FILES})
    granted = {"contents": "read", "pull_requests": "write", "checks": "write", "metadata": "read"}
    on_stage.double.set_installation_permissions(100, granted)
    parent = on_stage.propose(
        SHOP, {path: text for path, text in shop.items() if path not in ("README.md", "CLAUDE.md")}
    )
    on_stage.settle()
    assert follow_ups(on_stage) == []
    (comment,) = own_comments(on_stage, parent)
    assert "missing control" in comment.body
