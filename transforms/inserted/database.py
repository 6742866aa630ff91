"""Database sign-in without a stored password: every new connection asks for credentials that last for a short while.

    engine = short_lived(create_engine("postgresql://db.internal/shop"))      # SQLAlchemy
    connection = psycopg.connect("host=db.internal dbname=shop", **credentials())

Settings (environment):
    DATABASE_CREDENTIALS    vault (default: dynamic credentials of Vault or OpenBao) or aws (IAM tokens of RDS, Aurora)
    DATABASE_ROLE           vault: the role whose credentials are asked for; aws: the database user
    DATABASE_MOUNT          vault: where the database engine is mounted (default "database")
    DATABASE_ENDPOINT       aws: host:port of the database

Signing in to Vault and AWS is as in the module beside this one, secrets.py. Without credentials nothing connects:
SecretUnavailable says what is missing, and never a value.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .secrets import Secret, SecretUnavailable, aws_client, vault_client

SHARE_OF_LEASE = 0.5  # credentials are used for new connections until so much of their time is over


class CredentialReader:
    """Asks for credentials and uses them again while they are fresh. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[str, dict[str, str], float] | None = None  # role, credentials, until when

    def get(self) -> dict[str, str]:
        """`user` and `password` for a new connection. Raises SecretUnavailable."""
        role = os.environ.get("DATABASE_ROLE", "")
        with self._lock:
            if self._kept and self._kept[0] == role and self._clock() < self._kept[2]:
                return dict(self._kept[1])
            found, seconds = ask(role)
            self._kept = (role, found, self._clock() + seconds * SHARE_OF_LEASE)
            return dict(found)


def ask(role: str) -> tuple[dict[str, str], float]:
    """Ask once: credentials, and for how many seconds they last. An error of a client is not chained."""
    backend = os.environ.get("DATABASE_CREDENTIALS") or "vault"
    reason = f"there is no way {backend!r}; there are {', '.join(sorted(WAYS))}"
    try:
        if not role:
            raise LookupError("DATABASE_ROLE is not set")
        if backend in WAYS:
            return WAYS[backend](role)
    except LookupError as missing:
        reason = str(missing)
    except Exception as failure:  # noqa: BLE001 - whatever a client raises, no value may leave with it
        reason = f"it answered with {type(failure).__name__}"
    raise SecretUnavailable(f"database credentials of {role or '?'}", backend, reason)


def ask_vault(role: str) -> tuple[dict[str, str], float]:
    """A database account of one's own, which Vault removes when its lease is over."""
    mount = os.environ.get("DATABASE_MOUNT", "database")
    answer = vault_client(import_module("hvac")).read(f"{mount}/creds/{role}")
    if answer is None:
        raise LookupError(f"there is no role {role} at {mount}")
    found = {"user": answer["data"]["username"], "password": Secret(answer["data"]["password"])}
    return found, float(answer["lease_duration"])


def ask_aws(role: str) -> tuple[dict[str, str], float]:
    """A token in the place of a password, signed with the role of the workload; it opens connections for 15 minutes."""
    host, _, port = os.environ.get("DATABASE_ENDPOINT", "").partition(":")
    if not host:
        raise LookupError("DATABASE_ENDPOINT is not set")
    token = aws_client("rds").generate_db_auth_token(DBHostname=host, Port=int(port or 5432), DBUsername=role)
    return {"user": role, "password": Secret(token)}, 900.0


WAYS: dict[str, Callable[[str], tuple[dict[str, str], float]]] = {"vault": ask_vault, "aws": ask_aws}
_reader = CredentialReader()
credentials = _reader.get


def short_lived(engine: Any) -> Any:
    """Let every new connection of a SQLAlchemy engine sign in with fresh credentials. Gives the engine back."""
    event = import_module("sqlalchemy.event")

    def sign_in(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        parameters.update(credentials())

    event.listen(getattr(engine, "sync_engine", engine), "do_connect", sign_in)
    return engine
