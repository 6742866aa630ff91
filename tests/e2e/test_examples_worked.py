"""GitHub's own published examples against the whole service: each is refused clearly or worked on to its end.

The repositories in them do not exist, so every job meets an installation that GitHub does not know; what matters is
that each ends, with a sentence, and that none is a defect. `tests/bot/test_web_examples.py` holds the answers alone.
"""

from collections import Counter

import httpx
import pytest

from fixtures.github.webhooks import signature
from fixtures.stage import SETTLED, Stage
from tests.bot.test_web_examples import examples

pytestmark = pytest.mark.slow

EVENTS = ("pull_request", "push", "installation", "issue_comment")


def test_every_example_is_refused_or_worked_on_to_its_end(on_stage: Stage) -> None:
    answers: Counter[int] = Counter()
    taken = set()
    with httpx.Client(base_url=on_stage.url, trust_env=False) as client:
        for event in EVENTS:
            for number, payload in enumerate(examples()[event]):
                content = httpx.Request("POST", "http://x", json=payload).content
                headers = {
                    "content-type": "application/json",
                    "x-github-event": event,
                    "x-github-delivery": f"{event}-{number}",
                    "x-hub-signature-256": signature(on_stage.double.webhook_secret, content),
                }
                answer = client.post("/webhooks/github", content=content, headers=headers)
                answers[answer.status_code] += 1
                if answer.status_code == 202:
                    taken.add(f"{event}-{number}")
        assert set(answers) <= {202, 403, 422}, answers
        on_stage.settle()
        assert client.get("/readyz").status_code == 200
    stored = {each.guid: each for each in on_stage.store.deliveries.recent(1_000)}
    assert set(stored) == taken
    for delivery in stored.values():
        assert delivery.state in SETTLED
        assert "defect" not in delivery.cause, delivery
        assert delivery.cause or delivery.state == "done", "what did not end well says why"
