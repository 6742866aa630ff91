"""Which repositories have which secret, on SQLite and on Postgres: by keyed hash, and only as long as they have it."""

from collections.abc import Iterator

import pytest

from bot.store import CopyRecord, Store, open_store
from tests.bot.databases import database_url  # noqa: F401 - the fixture


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:  # noqa: F811
    opened = open_store(database_url)
    yield opened
    opened.close()


def records(repository: str, *seals: str) -> list[CopyRecord]:
    return [CopyRecord(seal, repository, f"KEY_{seal}", "api-key", 1) for seal in seals]


def test_a_secret_of_several_repositories_names_the_others_in_order(store: Store) -> None:
    for repository in ("acme/shop", "acme/bills", "acme/zoo"):
        store.copies.replace(repository, records(repository, "s1"))
    assert store.copies.elsewhere("acme/shop", ["s1", "s2"]) == {"s1": ("acme/bills", "acme/zoo")}


def test_a_repository_is_no_copy_of_itself(store: Store) -> None:
    store.copies.replace("acme/shop", records("acme/shop", "s1", "s2"))
    assert store.copies.elsewhere("acme/shop", ["s1", "s2"]) == {}


def test_what_a_repository_has_is_replaced_as_a_whole_and_may_come_twice(store: Store) -> None:
    for seals in (("s1", "s2"), ("s1", "s2"), ("s2",)):
        store.copies.replace("a", records("a", *seals))
    assert store.copies.elsewhere("b", ["s1", "s2"]) == {"s2": ("a",)}


def test_one_that_lost_its_secrets_is_forgotten_and_the_others_stay(store: Store) -> None:
    for repository in ("a", "b"):
        store.copies.replace(repository, records(repository, "s1"))
    store.copies.replace("a", [])
    assert store.copies.elsewhere("c", ["s1"]) == {"s1": ("b",)}


def test_nothing_is_asked_for_nothing(store: Store) -> None:
    store.copies.replace("a", records("a", "s1"))
    assert store.copies.elsewhere("b", []) == {}


def test_names_of_any_kind_are_kept_as_they_are(store: Store) -> None:
    name = "acme/'; DROP TABLE secret_copies; --ü"
    store.copies.replace(name, records(name, "s1"))
    assert store.copies.elsewhere("b", ["s1"]) == {"s1": (name,)}
