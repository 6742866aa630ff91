"""Webhooks that come twice, late or in the wrong order leave what they leave when they come once, at once, in order."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from fixtures.stage import ASSISTANT, Stage
from tests.e2e.endings import assert_published_once, checks, comments, ours
from tests.e2e.scenes import SHOP, seed_shop

pytestmark = pytest.mark.slow

Switch = Callable[[Stage], None]


def twice(on_stage: Stage) -> None:
    on_stage.double.webhooks.deliver_twice = True


def late(on_stage: Stage) -> None:
    on_stage.double.webhooks.late_seconds = 0.4


def out_of_order(on_stage: Stage) -> None:
    on_stage.double.webhooks.out_of_order = True


def everything_at_once(on_stage: Stage) -> None:
    twice(on_stage)
    late(on_stage)
    out_of_order(on_stage)


@pytest.fixture(params=[twice, late, out_of_order, everything_at_once])
def disturbed(request: pytest.FixtureRequest, on_stage: Stage) -> Stage:
    """A stage on which deliveries go astray."""
    request.param(on_stage)
    return on_stage


def propose(on_stage: Stage, shop: Mapping[str, bytes]) -> int:
    """The shop as a pull request that is pushed to twice while it is looked at."""
    seed_shop(on_stage, shop)
    files: dict[str, bytes | None] = {path: text for path, text in shop.items() if path.startswith("shop/")}
    on_stage.double.push(SHOP, "feature", files, message="Build the shop\n\nMade-with: Cursor", author=ASSISTANT)
    number = on_stage.double.open_pull(SHOP, head="feature")
    for version in (b"1", b"2"):
        on_stage.double.push(SHOP, "feature", {"shop/version.py": b'VERSION = "%s"\n' % version})
    return number


def all_arrived(on_stage: Stage, number: int, changes: int) -> None:
    """Wait until each of so many changes of the pull request was told of, and worked on."""
    on_stage.double.webhooks.out_of_order = False
    on_stage.double.webhooks.flush()

    def told() -> int:
        stored = on_stage.store.deliveries.recent(1_000)
        return sum(each.event == "pull_request" and each.pull_number == number for each in stored)

    on_stage.wait(lambda: told() >= changes)
    on_stage.settle()


def test_the_end_of_a_pushed_pull_request_is_the_same(disturbed: Stage, shop: Mapping[str, bytes]) -> None:
    number = propose(disturbed, shop)
    all_arrived(disturbed, number, changes=3)
    assert_published_once(disturbed.double, number)
    (pull,) = ours(disturbed.double)
    assert disturbed.double.file(SHOP, pull.head_ref, "shop/version.py") == b'VERSION = "2"\n'
    stale = [run for run in disturbed.double.check_runs(SHOP) if run.status != "completed"]
    assert stale == [], "no check run of an older head stays in progress"


def test_the_end_of_a_closed_pull_request_is_the_same(disturbed: Stage, shop: Mapping[str, bytes]) -> None:
    number = propose(disturbed, shop)
    disturbed.double.close_pull(SHOP, number)
    all_arrived(disturbed, number, changes=4)
    assert all(pull.state == "closed" for pull in ours(disturbed.double))
    assert len(comments(disturbed.double, number)) <= 1
    assert len(checks(disturbed.double, number)) <= 1


def test_a_delivery_that_is_sent_again_by_hand_after_all_changes_nothing(
    on_stage: Stage, shop: Mapping[str, bytes]
) -> None:
    number = propose(on_stage, shop)
    all_arrived(on_stage, number, changes=3)
    before = _state(on_stage, number)
    for delivery in on_stage.double.deliveries:
        on_stage.double.redeliver(delivery.guid)
    on_stage.settle()
    assert _state(on_stage, number) == before


def _state(on_stage: Stage, number: int) -> Any:
    return ours(on_stage.double), checks(on_stage.double, number), comments(on_stage.double, number)
