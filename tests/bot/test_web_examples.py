"""GitHub's own published examples: each is answered with 202 or a clear 4xx, and none is lost."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.test_web import Service, served

EXAMPLES = Path(__file__).parents[2] / "fixtures" / "webhooks" / "octokit-examples.json.gz"
CLEAR = {"no_installation": 422, "wrong_shape": 422}


def examples() -> dict[str, list[dict[str, Any]]]:
    with gzip.open(EXAMPLES, "rt") as file:
        return dict(json.load(file))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with served(tmp_path, lambda _installation: True) as service:
        yield service


@pytest.mark.parametrize("event", ["pull_request", "push", "installation", "issue_comment"])
def test_every_example_is_taken_or_clearly_refused_and_none_is_lost(service: Service, event: str) -> None:
    found = examples()[event]
    assert found
    taken = set()
    for number, payload in enumerate(found):
        answer = service.deliver(payload, event, f"{event}-{number}")
        if answer.status_code == 202:
            taken.add(f"{event}-{number}")
            assert "installation" in payload
        else:
            assert answer.status_code == CLEAR[answer.json()["cause"]]
    assert {guid for guid, _ in service.stored()} == taken
    assert len(taken) == sum("installation" in payload for payload in found)


def test_every_example_of_a_change_asks_for_a_job(service: Service) -> None:
    wanted = {"opened", "reopened", "synchronize", "ready_for_review", "closed"}
    changes = [each for each in examples()["pull_request"] if each["action"] in wanted and "installation" in each]
    for number, payload in enumerate(changes):
        assert service.deliver(payload, guid=f"g{number}").json()["status"] == "accepted"
    assert {state for _, state in service.stored()} == {"received"}
