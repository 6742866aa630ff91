"""What is remembered, on SQLite and on Postgres: each write may come twice."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.database import BACKSTOP_PAGES, IDLE_IN_TRANSACTION, Durability, autocommit, connect, eager
from bot.store import (
    AcceptedRisk,
    AuditEntry,
    FindingRecord,
    OutcomeRecord,
    PatchRecord,
    Publication,
    Store,
    open_store,
)
from bot.store.migrations import MIGRATIONS, migrate
from bot.store.tables import metadata
from tests.bot.databases import database_url  # noqa: F401 - the fixture


@pytest.fixture
def store(database_url: str) -> Store:  # noqa: F811
    return open_store(database_url)


def columns(engine: sa.Engine, table: str) -> dict[str, tuple[str, bool]]:
    inspector = sa.inspect(engine)
    keys = set(inspector.get_pk_constraint(table)["constrained_columns"])
    return {
        column["name"]: (column["type"].as_generic()._type_affinity.__name__, column["name"] in keys)
        for column in inspector.get_columns(table)
    }


def test_migrated_tables_are_the_tables_the_code_knows(store: Store) -> None:
    assert set(sa.inspect(store.engine).get_table_names()) == {*metadata.tables, "migrations"}
    for name, table in metadata.tables.items():
        known = {column.name: (column.type._type_affinity.__name__, column.primary_key) for column in table.columns}
        alike = {"BigInteger": "Integer", "Double": "Float"}
        found = {column: (alike.get(kind, kind), key) for column, (kind, key) in columns(store.engine, name).items()}
        assert found == {column: (alike.get(kind, kind), key) for column, (kind, key) in known.items()}, name


def test_migrating_again_changes_nothing(store: Store) -> None:
    assert migrate(store.engine) == len(MIGRATIONS)
    assert migrate(store.engine) == len(MIGRATIONS)


def test_processes_may_start_at_the_same_time(database_url: str) -> None:  # noqa: F811
    failures: list[Exception] = []

    def start() -> None:
        try:
            open_store(database_url).close()
        except sa.exc.SQLAlchemyError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_reachable_store_says_so_and_a_lost_one_does_not(store: Store) -> None:
    assert store.is_reachable()
    lost = replace(store, engine=connect("postgresql://nobody@127.0.0.1:1/none"))
    assert not lost.is_reachable()


def test_facts_come_back_for_their_version_only(store: Store) -> None:
    bodies = {f"{number:040x}": b"fact %d " % number * 50 for number in range(1200)}
    store.facts.put("v1", bodies)
    store.facts.put("v1", bodies)
    assert store.facts.get([*bodies, "unknown"], "v1") == bodies
    assert store.facts.get(bodies, "v2") == {}
    assert store.facts.get([], "v1") == {}


def test_facts_are_kept_compressed_and_old_versions_can_be_dropped(store: Store) -> None:
    store.facts.put("v1", {"a": b"x" * 10_000})
    store.facts.put("v2", {"a": b"y" * 10_000})
    with store.engine.connect() as connection:
        assert max(connection.execute(sa.text("SELECT length(body) FROM facts")).scalars()) < 500
    assert store.facts.forget_other_versions("v2") == 1
    assert set(store.facts.get(["a"], "v2")) == {"a"}


def test_a_job_records_its_findings_and_patches_once(store: Store) -> None:
    finding = FindingRecord("d.1", "no-secret-in-code", "f1", 7, 3, "a" * 40, "app.py", 12, "high", "fail")
    patch = PatchRecord("d.1", "no-secret-in-code", "f1", "published")
    for _ in range(2):
        store.history.record_findings([finding])
        store.history.record_patches([patch, replace(patch, fingerprint="f2", status="dropped", gate="compiles")])
    assert store.history.findings(7, 3) == [finding]
    assert [record.gate for record in store.history.patches("d.1")] == ["", "compiles"]
    assert store.history.findings(7, 4) == []


def test_a_publication_follows_its_pull_request(store: Store) -> None:
    first = Publication(7, "acme/shop", 3, "follow-up", "41", "a" * 40)
    store.history.record_publications([first])
    store.history.record_publications([replace(first, head_sha="b" * 40)])
    assert [found.head_sha for found in store.history.publications(7, 3)] == ["b" * 40]


def test_the_last_word_on_an_outcome_counts(store: Store) -> None:
    outcome = OutcomeRecord(7, 41, "route-requires-auth", "merged", 10.0)
    store.history.record_outcomes([outcome])
    store.history.record_outcomes([replace(outcome, outcome="reverted", happened_at=20.0)])
    assert [found.outcome for found in store.history.outcomes("route-requires-auth")] == ["reverted"]


def test_an_accepted_risk_ends_when_it_expires(store: Store) -> None:
    risk = AcceptedRisk(7, "route-requires-auth", "f1", "internal only", "ada", accepted_at=10.0, expires_at=20.0)
    store.history.accept_risk(risk)
    store.history.accept_risk(risk)
    assert store.history.accepted_risks(7, now=15.0) == [risk]
    assert store.history.accepted_risks(7, now=20.0) == store.history.accepted_risks(8, now=15.0) == []


def test_the_audit_trail_keeps_the_first_entry_of_a_repeated_write(store: Store) -> None:
    entry = AuditEntry("d.1", "ensure_check", "acme/shop@a1", "in progress", 10.0)
    store.audit.add([entry])
    store.audit.add([replace(entry, happened_at=99.0), replace(entry, what="ensure_pull", happened_at=20.0)])
    assert [(found.what, found.happened_at) for found in store.audit.entries("acme/")] == [
        ("ensure_pull", 20.0),
        ("ensure_check", 10.0),
    ]
    assert store.audit.entries("acme/shop%") == []
    store.audit.add([])


def test_an_executor_is_alive_while_it_beats(store: Store) -> None:
    store.executors.beat("w1")
    store.executors.beat("w2")
    assert store.executors.alive(60.0) == {"w1", "w2"}
    assert store.executors.alive(-1.0) == set()
    store.executors.leave("w2")
    assert store.executors.alive(60.0) == {"w1"}
    store.executors.beat("w3")
    store.executors.forget_others("w3")
    assert store.executors.alive(60.0) == {"w3"}


def test_a_process_frozen_in_a_transaction_does_not_keep_its_locks(store: Store) -> None:
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect() as connection:
            shown = connection.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar_one()
        assert shown == IDLE_IN_TRANSACTION


def _pragmas(engine: sa.Engine, *names: str) -> dict[str, object]:
    with engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}


def test_a_postgres_whose_socket_is_gone_counts_as_a_lost_connection(tmp_path: Path) -> None:
    with pytest.raises(sa.exc.OperationalError) as caught:
        connect(f"postgresql:///tenon?host={tmp_path}").connect()
    assert caught.value.connection_invalidated


def test_sqlite_waits_for_a_busy_file_and_writes_ahead(tmp_path: object) -> None:
    engine = connect(f"sqlite:///{tmp_path}/deep/er/x.db", durability=Durability.POWER_LOSS)
    shown = _pragmas(engine, "journal_mode", "synchronous", "busy_timeout")
    assert shown == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30_000}


def test_a_delivery_is_on_disk_before_its_202_and_leaves_the_checkpoint_to_others(tmp_path: object) -> None:
    engine = connect(f"sqlite:///{tmp_path}/x.db", durability=Durability.POWER_LOSS)
    hurried = _pragmas(eager(engine, durability=Durability.POWER_LOSS), "synchronous", "wal_autocheckpoint")
    assert hurried == {"synchronous": 2, "wal_autocheckpoint": BACKSTOP_PAGES}
    derived = _pragmas(autocommit(engine), "synchronous", "wal_autocheckpoint")
    assert derived == {"synchronous": 1, "wal_autocheckpoint": 1000}
