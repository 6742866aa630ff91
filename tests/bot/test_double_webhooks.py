"""Webhooks of the double: signed, as GitHub describes them, and sent twice, late or out of order when told to."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from github.Repository import Repository

from fixtures.github import GitHubDouble
from fixtures.github.clients import installation_client
from fixtures.github.description import load_api, load_webhooks
from fixtures.github.validation import Strict

SHOP = "acme/shop"


class Receiver:
    """A web server that writes down what it is sent and answers 202."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                received.append(({name.lower(): value for name, value in self.headers.items()}, content))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (http.server's name)
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/github"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def seen(self) -> list[tuple[str, str | None]]:
        """Event and action of each webhook, in order of arrival."""
        return [(headers["x-github-event"], json.loads(content).get("action")) for headers, content in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def double(tmp_path: Path, receiver: Receiver) -> Iterator[GitHubDouble]:
    with GitHubDouble(tmp_path, validate=True) as running:
        running.add_repository(SHOP, files={"a.py": b"A = 1\n", "old.py": b""})
        running.webhook_target = receiver.url
        yield running


@pytest.fixture
def shop(double: GitHubDouble) -> Repository:
    return installation_client(double).get_repo(SHOP)


def proposed(double: GitHubDouble) -> int:
    """An open pull request that nobody was told of."""
    target, double.webhook_target = double.webhook_target, None
    double.push(SHOP, "feature", {"a.py": b"A = 2\n", "old.py": None, "new.py": b""}, login="octo-dev")
    number = double.open_pull(SHOP, head="feature", deliver=False)
    double.webhook_target = target
    return number


def test_a_webhook_is_signed_over_its_exact_bytes(double: GitHubDouble, receiver: Receiver) -> None:
    delivery = double.deliver("pull_request", "opened", SHOP, number=proposed(double))
    [(headers, content)] = receiver.received
    digest = hmac.new(double.webhook_secret.encode(), content, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={digest}"
    assert headers["x-github-event"] == "pull_request"
    assert headers["x-github-delivery"] == delivery.guid
    assert headers["x-github-hook-installation-target-id"] == str(double.app_id)
    assert headers["content-type"] == "application/json"
    assert (delivery.status, delivery.payload) == (202, content)


def test_redelivery_repeats_guid_and_bytes(double: GitHubDouble, receiver: Receiver) -> None:
    first = double.deliver("ping", None, SHOP)
    double.redeliver(first.guid)
    (one, two) = receiver.received
    assert one[1] == two[1]
    assert one[0]["x-github-delivery"] == two[0]["x-github-delivery"]
    assert [delivery.guid for delivery in double.deliveries] == [first.guid] * 2


@pytest.mark.parametrize("action", ["opened", "synchronize", "reopened", "closed", "edited", "ready_for_review"])
def test_pull_request_payloads_are_as_described(double: GitHubDouble, action: str) -> None:
    payload = double.payload("pull_request", action, SHOP, number=proposed(double))
    assert payload["pull_request"]["head"]["sha"] == double.branch_sha(SHOP, "feature")
    assert payload["installation"]["id"] == 100
    assert payload["sender"]["login"] == "octo-dev"
    assert described(double, "pull_request", action, payload)


@pytest.mark.parametrize("action", ["created", "completed", "rerequested", "requested_action"])
def test_check_run_payloads_are_as_described(double: GitHubDouble, shop: Repository, action: str) -> None:
    number = proposed(double)
    run = shop.create_check_run("tenon", double.pull(SHOP, number).head_sha)
    payload = double.payload("check_run", action, SHOP, check_run_id=run.id, identifier="fix")
    assert payload["check_run"]["pull_requests"][0]["number"] == number
    assert payload.get("requested_action", {}).get("identifier") == ("fix" if action == "requested_action" else None)
    assert described(double, "check_run", action, payload)


@pytest.mark.parametrize("action", ["requested", "rerequested", "completed"])
def test_check_suite_payloads_are_as_described(double: GitHubDouble, action: str) -> None:
    payload = double.payload("check_suite", action, SHOP, number=proposed(double))
    assert payload["check_suite"]["head_branch"] == "feature"
    assert described(double, "check_suite", action, payload)


@pytest.mark.parametrize("action", ["created", "edited", "deleted"])
def test_issue_comment_payloads_are_as_described(double: GitHubDouble, action: str) -> None:
    number = proposed(double)
    comment = double.comment(SHOP, number, "octo-dev", "/tenon fix")
    payload = double.payload("issue_comment", action, SHOP, comment_id=comment, changes={"body": "before"})
    assert (payload["comment"]["body"], payload["issue"]["number"]) == ("/tenon fix", number)
    assert "pull_request" in payload["issue"]
    assert described(double, "issue_comment", action, payload)


@pytest.mark.parametrize("action", ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"])
def test_installation_payloads_are_as_described(double: GitHubDouble, action: str) -> None:
    payload = double.payload("installation", action, SHOP)
    assert (payload["installation"]["id"], payload["installation"]["account"]["login"]) == (100, "acme")
    assert described(double, "installation", action, payload)


@pytest.mark.parametrize("action", ["added", "removed"])
def test_installation_repositories_payloads_are_as_described(double: GitHubDouble, action: str) -> None:
    payload = double.payload("installation_repositories", action, SHOP)
    assert [repository["full_name"] for repository in payload[f"repositories_{action}"]] == [SHOP]
    assert described(double, "installation_repositories", action, payload)


def test_a_ping_is_as_described(double: GitHubDouble) -> None:
    assert described(double, "ping", None, double.payload("ping", None, SHOP))


def described(double: GitHubDouble, event: str, action: str | None, payload: dict[str, Any]) -> bool:
    """Whether the double found nothing to blame, and a validator of our own agrees."""
    errors = Strict(load_api(), load_webhooks()).webhook(event, action, payload)
    return errors == [] and double.violations == []


def test_a_push_tells_what_it_touched(double: GitHubDouble, receiver: Receiver) -> None:
    sha = double.push(SHOP, "feature", {"a.py": b"A = 2\n", "old.py": None, "new.py": b"x"}, login="octo-dev")
    assert receiver.seen() == [("push", None)]
    payload = json.loads(receiver.received[0][1])
    assert (payload["ref"], payload["after"], payload["created"]) == ("refs/heads/feature", sha, True)
    [commit] = payload["commits"]
    assert (commit["added"], commit["modified"], commit["removed"]) == (["new.py"], ["a.py"], ["old.py"])
    assert commit["author"]["username"] == "octo-dev"
    assert double.violations == []


def test_people_at_work_are_heard_in_order(double: GitHubDouble, receiver: Receiver) -> None:
    double.push(SHOP, "feature", {"a.py": b"A = 2\n"})
    number = double.open_pull(SHOP, head="feature")
    double.push(SHOP, "feature", {"a.py": b"A = 3\n"})
    double.comment(SHOP, number, "octo-dev", "hello")
    double.close_pull(SHOP, number)
    assert receiver.seen() == [
        ("push", None),
        ("pull_request", "opened"),
        ("push", None),
        ("pull_request", "synchronize"),
        ("issue_comment", "created"),
        ("pull_request", "closed"),
    ]
    assert double.violations == []


def test_what_the_app_does_comes_back_as_the_bots_own(
    double: GitHubDouble, receiver: Receiver, shop: Repository
) -> None:
    pull = shop.get_pull(proposed(double))
    shop.create_git_ref("refs/heads/tenon/1", pull.head.sha)
    shop.create_check_run("tenon", pull.head.sha, conclusion="neutral")
    pull.create_issue_comment("Found nothing.")
    pull.edit(state="closed")
    double.webhooks.settle()
    assert receiver.seen() == [
        ("push", None),
        ("check_run", "created"),
        ("check_run", "completed"),
        ("issue_comment", "created"),
        ("pull_request", "closed"),
    ]
    senders = [json.loads(content)["sender"] for _, content in receiver.received]
    assert {(sender["login"], sender["type"]) for sender in senders} == {("tenon-double[bot]", "Bot")}
    assert double.violations == []


def test_every_delivery_can_come_twice(double: GitHubDouble, receiver: Receiver) -> None:
    double.webhooks.deliver_twice = True
    double.push(SHOP, "feature", {"a.py": b"A = 2\n"})
    double.deliver("ping", None, SHOP)
    assert [headers["x-github-event"] for headers, _ in receiver.received] == ["push", "push", "ping", "ping"]
    assert len({headers["x-github-delivery"] for headers, _ in receiver.received}) == 2


def test_deliveries_can_overtake_each_other(double: GitHubDouble, receiver: Receiver) -> None:
    double.webhooks.out_of_order = True
    double.push(SHOP, "feature", {"a.py": b"A = 2\n"})
    assert receiver.seen() == []
    double.open_pull(SHOP, head="feature")
    assert receiver.seen() == [("pull_request", "opened"), ("push", None)]
    double.close_pull(SHOP, 1)
    double.webhooks.flush()
    assert receiver.seen()[2:] == [("pull_request", "closed")]


def test_deliveries_can_be_late(double: GitHubDouble, receiver: Receiver) -> None:
    double.webhooks.late_seconds = 0.3
    begun = time.monotonic()
    double.push(SHOP, "feature", {"a.py": b"A = 2\n"})
    while not receiver.received and time.monotonic() < begun + 10:
        threading.Event().wait(0.01)
    assert receiver.seen() == [("push", None)]
    assert time.monotonic() - begun >= 0.3


def test_without_a_target_webhooks_are_only_remembered(double: GitHubDouble, receiver: Receiver) -> None:
    double.webhook_target = None
    double.push(SHOP, "feature", {"a.py": b"A = 2\n"})
    assert receiver.received == []
    assert [(delivery.event, delivery.status) for delivery in double.deliveries] == [("push", None)]


def test_a_receiver_that_is_gone_leaves_no_status(double: GitHubDouble, receiver: Receiver) -> None:
    receiver.server.shutdown()
    receiver.server.server_close()
    assert double.deliver("ping", None, SHOP).status is None


def test_a_repository_without_the_app_is_silent(double: GitHubDouble, receiver: Receiver) -> None:
    double.add_repository("globex/site", files={"a.py": b""}, installation_id=None)
    double.push("globex/site", "feature", {"a.py": b"x"})
    assert receiver.received == []
