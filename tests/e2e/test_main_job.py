"""A webhook becomes a verified follow-up pull request: the whole way, over real HTTP and real git."""

from collections.abc import Mapping
from pathlib import Path

from fixtures.stage import Stage
from tests.e2e.scenes import SHOP, follow_ups, generated_values, open_shop, own_checks, own_comments


def test_one_follow_up_is_stacked_on_the_parent(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    assert pull.base_ref == "feature"
    assert f"#{parent}" in pull.title
    commits = on_stage.double.log(SHOP, pull.head_ref)
    controls = [line for commit in commits for line in commit.message.splitlines() if line.startswith("Tenon-Control:")]
    assert sorted(controls) == [
        "Tenon-Control: admin-route-requires-role",
        "Tenon-Control: no-secret-in-code",
        "Tenon-Control: query-is-tenant-scoped",
        "Tenon-Control: route-requires-auth",
        "Tenon-Control: state-change-is-audited",
    ]


def test_one_check_run_and_one_comment_point_to_it(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    (check,) = own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert check.annotations
    (comment,) = own_comments(on_stage, parent)
    assert f"#{pull.number}" in comment.body


def test_no_secret_value_is_in_any_text_or_in_the_database(
    on_stage: Stage, shop: Mapping[str, bytes], tmp_path: Path
) -> None:
    parent = open_shop(on_stage, shop)
    values = generated_values(shop)
    assert len(values) >= 3
    (pull,) = follow_ups(on_stage)
    (check,) = own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)
    said = [pull.title, pull.body, check.summary, check.text, repr(check.annotations)]
    said += [comment.body for comment in own_comments(on_stage, parent)]
    said += [commit.message for commit in on_stage.double.log(SHOP, pull.head_ref)]
    stored = [path.read_bytes() for path in (tmp_path / "data").glob("*.db*")]
    assert stored
    for value in values:
        assert not any(value.decode() in (text or "") for text in said)
        assert not any(value in content for content in stored)


def test_the_patched_files_hold_no_secret_value(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    for path in on_stage.double.paths(SHOP, pull.head_ref):
        content = on_stage.double.file(SHOP, pull.head_ref, path)
        assert not any(value in content for value in generated_values(shop)), path


def test_a_new_push_updates_the_same_follow_up(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop)
    (before,) = follow_ups(on_stage)
    on_stage.double.push(SHOP, "feature", {"shop/version.py": b'VERSION = "2"\n'})
    on_stage.settle()
    (after,) = follow_ups(on_stage)
    assert after.number == before.number
    assert after.head_sha != before.head_sha
    assert on_stage.double.file(SHOP, after.head_ref, "shop/version.py") == b'VERSION = "2"\n'
    assert len(own_comments(on_stage, parent)) == 1


def test_a_delivery_that_comes_twice_changes_nothing(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop)
    (before,) = follow_ups(on_stage)
    opened = next(
        each for each in on_stage.double.deliveries if (each.event, each.action) == ("pull_request", "opened")
    )
    on_stage.double.redeliver(opened.guid)
    on_stage.settle()
    assert follow_ups(on_stage) == [before]
    assert len(own_checks(on_stage, on_stage.double.pull(SHOP, parent).head_sha)) == 1
    assert len(own_comments(on_stage, parent)) == 1


def test_tenons_own_pull_request_starts_no_job(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    assert own_checks(on_stage, pull.head_sha) == []
    assert len(on_stage.double.pulls(SHOP)) == 2


def test_a_branch_that_a_person_committed_to_is_left_alone(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    theirs = on_stage.double.push(SHOP, pull.head_ref, {"shop/by_hand.py": b"x = 1\n"}, message="Mend by hand")
    on_stage.double.push(SHOP, "feature", {"shop/version.py": b'VERSION = "2"\n'})
    on_stage.settle()
    assert on_stage.double.branch_sha(SHOP, pull.head_ref) == theirs


def test_a_follow_up_that_a_person_closed_stays_closed(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    open_shop(on_stage, shop)
    (pull,) = follow_ups(on_stage)
    on_stage.double.close_pull(SHOP, pull.number)
    on_stage.double.push(SHOP, "feature", {"shop/version.py": b'VERSION = "2"\n'})
    on_stage.settle()
    assert follow_ups(on_stage) == []


def test_closing_the_parent_closes_ours(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop)
    on_stage.double.close_pull(SHOP, parent)
    on_stage.settle()
    assert follow_ups(on_stage) == []


def test_merging_the_parent_retargets_ours(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    parent = open_shop(on_stage, shop)
    on_stage.double.close_pull(SHOP, parent, merged=True)
    on_stage.settle()
    (pull,) = follow_ups(on_stage)
    assert pull.base_ref == "main"


def test_the_reader_reads_and_only_the_writer_writes(on_stage: Stage, shop: Mapping[str, bytes]) -> None:
    open_shop(on_stage, shop)
    writes = [each for each in on_stage.double.requests if each.method in {"POST", "PATCH", "PUT", "DELETE"}]
    by_token = [each for each in writes if each.token_permissions and not each.path.endswith("/access_tokens")]
    assert by_token
    for request in by_token:
        assert request.repositories == (SHOP,) or len(request.repositories) == 1, request.path
        assert "workflows" not in request.token_permissions
    fetches = [each for each in on_stage.double.requests if ".git/" in each.path]
    assert fetches
    assert all(each.token_permissions.get("contents") == "read" for each in fetches if each.token_permissions)
