"""What each webhook asks for, and why it asks for nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.jobs import Reason
from bot.store import Arrival, InstallationState
from bot.webhooks import Event, Ignored, Payload, read

BOT = "tenon[bot]"
HEAD = {"sha": "a" * 40, "ref": "feature", "repo": {"id": 7}}


def payload(**fields: Any) -> Payload:
    common = {
        "installation": {"id": 1, "account": {"login": "acme"}},
        "repository": {"id": 7, "full_name": "acme/shop", "private": True},
        "sender": {"login": "ada", "type": "User"},
    }
    return Payload.model_validate({**common, **fields})


def pull_request(action: str = "opened", **fields: Any) -> Arrival:
    pull = {"number": 3, "head": HEAD, "updated_at": "2026-11-01T10:00:00Z", "title": "<script>"}
    return read(Event.PULL_REQUEST, "guid", payload(action=action, pull_request=pull, **fields), BOT)


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "ready_for_review", "closed"])
def test_a_change_of_a_pull_request_asks_for_a_job_on_its_head(action: str) -> None:
    arrival = pull_request(action)
    assert arrival.reason == Reason(action)
    assert (arrival.repository, arrival.repository_id, arrival.pull_number) == ("acme/shop", 7, 3)
    assert (arrival.head_sha, arrival.installation_id) == ("a" * 40, 1)
    assert arrival.happened_at == 1793527200.0


@pytest.mark.parametrize("action", ["labeled", "assigned", "locked", "review_requested", "converted_to_draft", ""])
def test_other_actions_on_a_pull_request_ask_for_nothing(action: str) -> None:
    arrival = pull_request(action)
    assert (arrival.reason, arrival.cause) == (None, Ignored.NO_ACTION)


def test_an_edit_matters_when_the_base_changed() -> None:
    assert pull_request("edited", changes={"base": {"ref": {"from": "main"}}}).reason is Reason.RETARGETED
    assert pull_request("edited", changes={"title": {"from": "x"}}).reason is None
    assert pull_request("edited").reason is None


def test_tenons_own_acts_are_ignored() -> None:
    assert pull_request(sender={"login": BOT, "type": "Bot"}).cause == Ignored.OWN_ACT
    assert pull_request(sender={"login": "tenon"}).reason is Reason.OPENED


def test_tenons_own_branches_are_ignored_but_a_fork_is_not_let_off_by_a_name() -> None:
    def opened_from(ref: str, repository: int | None) -> Arrival:
        head = {"sha": "a" * 40, "ref": ref, "repo": {"id": repository} if repository else None}
        return read(Event.PULL_REQUEST, "g", payload(action="opened", pull_request={"number": 3, "head": head}), BOT)

    assert opened_from("tenon/pr-3", 7).cause == Ignored.OWN_BRANCH
    assert opened_from("tenon/pr-3", None).cause == Ignored.OWN_BRANCH
    assert opened_from("tenon/pr-3", 8).reason is Reason.OPENED
    assert opened_from("tenonic", 7).reason is Reason.OPENED


def comment(body: str | None, action: str = "created", **issue: Any) -> Arrival:
    fields = {"issue": {"number": 3, **issue}, "comment": {"id": 17, "body": body}}
    return read(Event.ISSUE_COMMENT, "guid", payload(action=action, **fields), BOT)


@pytest.mark.parametrize("body", ["/tenon fix", "  /tenon\nrecreate", "/tenon"])
def test_a_comment_that_begins_with_the_command_asks_for_a_job(body: str) -> None:
    arrival = comment(body, pull_request={"url": "x"})
    assert (arrival.reason, arrival.pull_number, arrival.detail, arrival.head_sha) == (Reason.COMMAND, 3, "17", "")


@pytest.mark.parametrize("body", ["please /tenon fix", "/tenonic fix", "", None, "> /tenon fix"])
def test_any_other_comment_asks_for_nothing(body: str | None) -> None:
    assert comment(body, pull_request={"url": "x"}).cause == Ignored.NO_COMMAND


def test_a_comment_on_an_issue_or_a_changed_comment_asks_for_nothing() -> None:
    assert comment("/tenon fix").cause == Ignored.NOT_A_PULL
    assert comment("/tenon fix", "edited", pull_request={"url": "x"}).cause == Ignored.NO_ACTION


def check(event: Event, action: str, pulls: list[dict[str, Any]], **fields: Any) -> Arrival:
    key = event.value
    body = {"head_sha": "b" * 40, "head_branch": "feature", "pull_requests": pulls}
    return read(event, "guid", payload(action=action, **{key: body}, **fields), BOT)


def test_a_pressed_button_asks_for_a_job_with_its_identifier() -> None:
    arrival = check(Event.CHECK_RUN, "requested_action", [{"number": 3}], requested_action={"identifier": "fix"})
    assert (arrival.reason, arrival.pull_number, arrival.detail) == (Reason.BUTTON, 3, "fix")


@pytest.mark.parametrize("event", [Event.CHECK_RUN, Event.CHECK_SUITE])
def test_a_rerun_asks_for_a_job_on_its_head(event: Event) -> None:
    arrival = check(event, "rerequested", [{"number": 3}, {"number": 4}])
    assert (arrival.reason, arrival.pull_number, arrival.head_sha) == (Reason.RERUN, 3, "b" * 40)
    assert check(event, "rerequested", []).cause == Ignored.NOT_A_PULL
    assert check(event, "completed", [{"number": 3}]).cause == Ignored.NO_ACTION


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("created", InstallationState.ACTIVE),
        ("unsuspend", InstallationState.ACTIVE),
        ("new_permissions_accepted", InstallationState.ACTIVE),
        ("suspend", InstallationState.SUSPENDED),
        ("deleted", InstallationState.DELETED),
    ],
)
def test_installation_events_tell_of_installations(action: str, state: InstallationState) -> None:
    arrival = read(Event.INSTALLATION, "guid", payload(action=action), BOT)
    assert arrival.change
    assert (arrival.change.installation_id, arrival.change.account, arrival.change.state) == (1, "acme", state)
    assert (arrival.reason, arrival.cause) == (None, Ignored.INSTALLATION)


def test_no_other_event_changes_an_installation() -> None:
    assert pull_request("deleted").change is None
    assert read(Event.PUSH, "guid", payload(), BOT).change is None


def test_a_push_asks_for_nothing_because_its_pull_request_tells_of_it() -> None:
    assert read(Event.PUSH, "guid", payload(ref="refs/heads/main"), BOT).cause == Ignored.NO_ACTION


def test_an_arrival_holds_no_text_of_people() -> None:
    arrival = comment("/tenon fix my-canary-text", pull_request={"url": "x"}, title="my-canary-title")
    assert "canary" not in repr(arrival)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
FIELDS = st.sampled_from(
    ["action", "pull_request", "head", "sha", "number", "id", "installation", "check_run", "pull_requests", "issue"]
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4), max_leaves=12
)


@given(JSON, st.sampled_from(Event))
def test_any_json_is_read_or_refused_and_never_crashes(data: object, event: Event) -> None:
    try:
        parsed = Payload.model_validate(data)
    except ValidationError:
        return
    arrival = read(event, "guid", parsed, BOT)
    assert (arrival.reason is None) == bool(arrival.cause)
