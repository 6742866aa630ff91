"""Which worker processes are alive: each beats; one that is silent for too long is lost, and others adopt its jobs."""

import sqlalchemy as sa

from bot.database import clock, upsert
from bot.store.tables import executors as table

FORGET_AFTER = 24 * 3600.0  # seconds


class Executors:
    """The table of heartbeats, by the database's clock."""

    def __init__(self, autocommit: sa.Engine) -> None:
        self._engine = autocommit

    def beat(self, executor_id: str) -> None:
        """This executor is alive now."""
        with self._engine.begin() as connection:
            now = clock(connection)
            upsert(connection, table, [{"id": executor_id, "beat": now}])
            connection.execute(sa.delete(table).where(table.c.beat < now - FORGET_AFTER))

    def alive(self, within: float) -> set[str]:
        """Executors that beat in the last `within` seconds."""
        with self._engine.connect() as connection:
            query = sa.select(table.c.id).where(table.c.beat > clock(connection) - within)
            return set(connection.execute(query).scalars())

    def leave(self, executor_id: str) -> None:
        """This executor stops on purpose: its jobs may be adopted at once."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(table).where(table.c.id == executor_id))

    def forget_others(self, executor_id: str) -> None:
        """On SQLite there is one worker process: whoever beat before this one is gone."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(table).where(table.c.id != executor_id))
