"""One way to open a database, SQLite or Postgres by URL, so that both behave alike.

SQLite runs in WAL mode, waits for a busy file and takes the write lock when a transaction starts to write (IMMEDIATE),
so that two writers queue instead of failing half-way. Postgres connections are tested before use: a restarted server
costs a reconnect, not a failed job.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

BUSY_MILLISECONDS = 30_000
LOOK_AGAIN = 0.0005  # seconds
BACKSTOP_PAGES = 16_384  # of SQLite's log, 64 MiB
IDLE_IN_TRANSACTION = "30s"
LOST = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
"""What SQLAlchemy raises while a database is away, locked or restarting: trying again can help."""


T = TypeVar("T")


class Durability(StrEnum):
    """What a committed SQLite transaction outlives (SQLite's `synchronous`); Postgres outlives both."""

    PROCESS_LOSS = "NORMAL"
    POWER_LOSS = "FULL"


class Lock(StrEnum):
    """What only one process at a time may do."""

    MIGRATE = "tenon-migrate"
    CLAIM = "tenon-claim"


def connect(url: str, *, durability: Durability = Durability.PROCESS_LOSS, pool_size: int = 8) -> sa.Engine:
    """An engine for `sqlite:///path` (its directory is made) or `postgresql://...`; nothing is opened yet."""
    if url.startswith("sqlite"):
        return _connect_sqlite(url, _Manners(durability))
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        address,
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=30,
        connect_args={"connect_timeout": 5},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        """A process that is frozen in the middle of a transaction must not keep its locks from all others."""
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION}'")
        connection.commit()

    @sa.event.listens_for(engine, "handle_error")
    def no_connection_is_a_lost_one(context: sa.ExceptionContext) -> None:
        """In whatever words: a socket that is gone, a name that does not resolve while a container is replaced.

        The durable engine waits for a database that is said to be lost, and knows only some of these words.
        """
        if context.connection is None and isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
            context.is_disconnect = True

    return engine


def autocommit(engine: sa.Engine, *, durability: Durability = Durability.PROCESS_LOSS) -> sa.Engine:
    """The same database, where each statement commits itself.

    For changes of one statement. On SQLite they hold the write lock inside one call into C: a thread that must wait for
    the interpreter between BEGIN and COMMIT, because a job computes, would make every other writer wait with it.
    """
    if engine.dialect.name == "sqlite":
        return _connect_sqlite(str(engine.url), _Manners(durability, begin=None))
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def eager(engine: sa.Engine, *, durability: Durability = Durability.PROCESS_LOSS) -> sa.Engine:
    """The same database for a writer that somebody waits for: a busy file is an error at once; see `insist`.

    Moving SQLite's log into the file (a checkpoint, two more writes to disk) is left to writers that nobody waits for,
    unless none has come by for long.
    """
    if engine.dialect.name == "sqlite":
        manners = _Manners(durability, busy_milliseconds=0, checkpoint_pages=BACKSTOP_PAGES)
        return _connect_sqlite(str(engine.url), manners)
    return engine


def insist(work: Callable[[], T], patience: float = BUSY_MILLISECONDS / 1000) -> T:
    """Run a transaction on an `eager` engine until the file is free.

    SQLite's own waiting sleeps up to 100 ms between two looks, while the lock is held for less than one.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return work()
        except sa.exc.OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > end:
                raise
        time.sleep(LOOK_AGAIN)


@dataclass(frozen=True, slots=True)
class _Manners:
    """How a SQLite connection begins, waits and commits."""

    durability: Durability
    begin: str | None = "IMMEDIATE"
    busy_milliseconds: int = BUSY_MILLISECONDS
    checkpoint_pages: int = 1000  # SQLite's own default


def _connect_sqlite(url: str, manners: _Manners) -> sa.Engine:
    path = sa.make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = manners.begin
        connection.execute(f"PRAGMA busy_timeout={manners.busy_milliseconds}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={manners.durability.value}")
        connection.execute(f"PRAGMA wal_autocheckpoint={manners.checkpoint_pages}")

    return engine


@contextmanager
def exclusive(engine: sa.Engine, lock: Lock) -> Iterator[sa.Connection]:
    """A transaction that no other process holding the same lock runs beside: what is read in it stays true in it."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(lock.value))))
        yield connection


def upsert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; where the primary key is there already, the other columns take the new values."""
    if not rows:
        return
    statement: Any = insert(connection, table)
    keys = [column.name for column in table.primary_key]
    updates = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if updates:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=updates)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement, rows)


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """The dialect's own INSERT, which has ON CONFLICT."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def clock(connection: sa.Connection) -> float:
    """Seconds since 1970 by the database's clock: hosts may disagree about the time, their database does not."""
    if connection.dialect.name == "sqlite":
        return time.time()  # one machine, one clock
    return float(connection.execute(sa.text("select extract(epoch from clock_timestamp())")).scalar_one())
