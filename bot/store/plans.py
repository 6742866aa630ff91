"""Plans between the stage that makes them (with a token that reads) and the one that carries them out.

Content-addressed: a job's record holds only the digest. A plan holds the patched files of somebody's repository, so it
is dropped once no job can still want it.
"""

import time
import zlib

import sqlalchemy as sa

from bot.database import upsert
from bot.errors import TenonError
from bot.store.tables import plans as table

KEEP_SECONDS = 3 * 24 * 3600.0  # longer than any job waits, retries and rate limits together


class PlanLost(TenonError):
    """No plan has this digest (any more)."""


class StoredPlans:
    """Plans by digest, compressed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, digest: str, body: bytes) -> None:
        """Keep a plan, and drop those that are too old; the same again changes nothing."""
        now = time.time()
        row = {"digest": digest, "body": zlib.compress(body), "stored_at": now}
        with self._engine.begin() as connection:
            upsert(connection, table, [row])
            connection.execute(sa.delete(table).where(table.c.stored_at < now - KEEP_SECONDS))

    def get(self, digest: str) -> bytes:
        """The plan with this digest; raises PlanLost."""
        with self._engine.connect() as connection:
            body = connection.execute(sa.select(table.c.body).where(table.c.digest == digest)).scalar_one_or_none()
        if body is None:
            raise PlanLost("The plan of this job is no longer stored; redeliver the webhook to make a new one.")
        return zlib.decompress(body)
