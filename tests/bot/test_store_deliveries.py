"""Deliveries: taken once, redelivered after a failure, superseded by a newer push, in whatever order they come."""

import threading
from itertools import count, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.jobs import JobResult, JobState, Reason
from bot.store import Arrival, InstallationChange, InstallationState, Receipt, Store, open_store
from tests.bot.databases import database_url  # noqa: F401 - the fixture

RUNS = count(1)
ACTIVE = InstallationChange(1, "acme", InstallationState.ACTIVE)


@pytest.fixture
def store(database_url: str) -> Store:  # noqa: F811
    store = open_store(database_url)
    store.installations.learn(ACTIVE)
    return store


def push(guid: str, head: str = "a", at: float = 0.0, pull: int = 1, reason: Reason = Reason.PUSHED) -> Arrival:
    return Arrival(guid, "pull_request", reason.value, 1, "a/b", 7, pull, head, reason, happened_at=at)


def end(store: Store, guid: str, state: JobState) -> None:
    delivery = store.deliveries.get(guid)
    assert delivery
    store.deliveries.finished(delivery.request(), JobResult(state, "because"))


def states(store: Store) -> dict[str, str]:
    return {delivery.guid: delivery.state for delivery in store.deliveries.recent()}


def test_a_delivery_is_taken_once(store: Store) -> None:
    assert store.deliveries.take([push("d")]) == [Receipt.ACCEPTED]
    assert store.deliveries.take([push("d")]) == [Receipt.DUPLICATE]
    assert store.deliveries.take([push("e"), push("e")]) == [Receipt.ACCEPTED, Receipt.DUPLICATE]
    assert len(store.deliveries.recent()) == 2


@pytest.mark.parametrize("state", [JobState.DONE, JobState.SUPERSEDED])
def test_a_redelivery_of_an_ended_delivery_is_acknowledged_and_not_repeated(store: Store, state: JobState) -> None:
    store.deliveries.take([push("d")])
    end(store, "d", state)
    assert store.deliveries.take([push("d")]) == [Receipt.DUPLICATE]


def test_a_redelivery_of_a_failed_delivery_is_a_new_attempt(store: Store) -> None:
    store.deliveries.take([push("d")])
    end(store, "d", JobState.FAILED)
    assert store.deliveries.take([push("d")]) == [Receipt.ACCEPTED]
    assert store.deliveries.take([push("d")]) == [Receipt.DUPLICATE]
    latest = store.deliveries.get("d")
    assert latest
    assert (latest.attempt, latest.state, latest.request().job_id) == (2, "received", "d.2")


def test_many_processes_taking_the_same_delivery_keep_one(store: Store) -> None:
    def take() -> None:
        for number in range(20):
            store.deliveries.take([push(f"d{number}")])

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.deliveries.recent(1000)) == 20


def test_an_unknown_installation_is_refused_and_nothing_is_stored(store: Store) -> None:
    stranger = Arrival("x", "pull_request", installation_id=99, reason=Reason.OPENED)
    assert store.deliveries.take([stranger]) == [Receipt.UNKNOWN_INSTALLATION]
    assert store.deliveries.recent() == []


def test_installations_are_learned_from_their_events_in_the_same_batch(store: Store) -> None:
    def told(guid: str, state: InstallationState) -> Arrival:
        return Arrival(guid, "installation", installation_id=5, change=InstallationChange(5, "new", state))

    def work(guid: str) -> Arrival:
        return Arrival(guid, "pull_request", installation_id=5, reason=Reason.OPENED)

    batch = [
        work("early"),
        told("i1", InstallationState.ACTIVE),
        work("w1"),
        told("i2", InstallationState.SUSPENDED),
        work("w2"),
        told("i3", InstallationState.DELETED),
        work("w3"),
    ]
    assert store.deliveries.take(batch) == [
        Receipt.UNKNOWN_INSTALLATION,
        Receipt.ACCEPTED,
        Receipt.ACCEPTED,
        Receipt.ACCEPTED,
        Receipt.SUSPENDED_INSTALLATION,
        Receipt.ACCEPTED,
        Receipt.UNKNOWN_INSTALLATION,
    ]
    installation = store.installations.get(5)
    assert installation
    assert (installation.account, installation.state) == ("new", "deleted")


def test_only_the_newest_head_stays_whatever_the_order_of_arrival(store: Store) -> None:
    for pull, order in enumerate(permutations([("old", 1.0), ("newer", 2.0), ("newest", 3.0)])):
        store.deliveries.take([push(f"{pull}-{head}", head, at, pull) for head, at in order])
    store.deliveries.supersede()
    waiting = {guid for guid, state in states(store).items() if state == "received"}
    assert waiting == {f"{pull}-newest" for pull in range(6)}


def test_within_one_second_of_githubs_clock_the_later_arrival_is_newer(store: Store) -> None:
    store.deliveries.take([push("first", "a", 5.0), push("second", "b", 5.0)])
    store.deliveries.supersede()
    assert states(store) == {"first": "superseded", "second": "received"}


def test_the_same_head_again_supersedes_nothing(store: Store) -> None:
    store.deliveries.take([push("opened", "a", 1.0), push("ready", "a", 2.0, reason=Reason.READY)])
    assert store.deliveries.supersede() == 0


def test_closing_is_not_superseded_and_other_pull_requests_are_none_of_its_business(store: Store) -> None:
    store.deliveries.take(
        [push("closed", "a", 1.0, reason=Reason.CLOSED), push("pushed", "b", 2.0), push("other", "z", 0.5, pull=2)]
    )
    assert store.deliveries.supersede() == 0


def test_a_command_is_about_the_pull_request_and_never_stale(store: Store) -> None:
    command = Arrival("c", "issue_comment", "created", 1, "a/b", 7, 1, "", Reason.COMMAND, "17")
    store.deliveries.take([command, push("d", "b", 9e9)])
    assert store.deliveries.supersede() == 0


def test_a_rerun_of_an_old_head_does_not_supersede_the_new_one(store: Store) -> None:
    rerun = Arrival("r", "check_run", "rerequested", 1, "a/b", 7, 1, "old", Reason.RERUN)
    store.deliveries.take([push("d", "new", 1.0), rerun])
    assert store.deliveries.supersede() == 0


def test_a_label_on_a_newer_head_supersedes_nothing_because_it_leads_to_no_job(store: Store) -> None:
    label = Arrival("l", "pull_request", "labeled", 1, "a/b", 7, 1, "b", None, happened_at=9.0, cause="no_action")
    store.deliveries.take([push("d", "a", 1.0), label])
    assert store.deliveries.supersede() == 0
    assert states(store) == {"d": "received", "l": "ignored"}


def test_a_running_job_learns_of_a_newer_push(store: Store) -> None:
    store.deliveries.take([push("d", "a", 1.0)])
    store.deliveries.claim(8)
    (request,) = store.deliveries.claimed()
    assert not store.deliveries.is_stale(request)
    store.deliveries.take([push("e", "b", 2.0)])
    assert store.deliveries.is_stale(request)


def test_two_claims_at_once_choose_each_delivery_once(store: Store) -> None:
    store.deliveries.take([push(f"d{number}", pull=number) for number in range(30)])
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(store.deliveries.claim(30))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 30
    assert len(store.deliveries.claimed()) == 30


def test_counts_show_what_is_open_and_causes_are_kept(store: Store) -> None:
    store.deliveries.take([push("a", pull=1), push("b", pull=2), push("c", pull=3)])
    store.deliveries.claim(2)
    store.deliveries.enqueued(store.deliveries.claimed())
    end(store, "a", JobState.FAILED)
    assert store.deliveries.counts() == {"received": 1, "claimed": 0, "queued": 1, "running": 0}
    failed = store.deliveries.get("a")
    assert failed
    assert failed.cause == "because"
    assert store.deliveries.get("unheard-of") is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 5)), max_size=12))
def test_of_any_pushes_in_any_order_one_head_stays_for_each_pull_request(
    store: Store, pushes: list[tuple[int, int, int]]
) -> None:
    run = next(RUNS)  # the examples share one database
    arrivals = [
        push(f"{run}-{index}", f"h{head}", float(at), pull=10 * run + pull)
        for index, (pull, head, at) in enumerate(pushes)
    ]
    store.deliveries.take(arrivals)
    while store.deliveries.supersede():
        pass
    heads: dict[int, set[str]] = {}
    for delivery in store.deliveries.recent(len(arrivals)):
        if delivery.state == "received":
            heads.setdefault(delivery.pull_number, set()).add(delivery.head_sha)
    newest = {arrival.pull_number for arrival in arrivals}
    assert set(heads) == newest
    assert all(len(found) == 1 for found in heads.values())
