"""Engines of the app's code, and what each new connection of an engine signs in with. Nothing here needs a database."""

import ast
import re
import sqlite3
import uuid
from typing import Any

import pytest
import sqlalchemy

from transforms.proofs.parts.cloud_calls import calls_in, name_of
from transforms.proofs.parts.load import control

ENGINES = {"create_engine", "create_async_engine"}
SERVER = re.compile(r"(?:postgresql|mysql|mariadb)[\w+]*://(?P<account>[^@/\s]*@)?")


def signed_in_for_keeps(path: str, function: str) -> "list[str]":
    """Where an engine still has an account in its address, or nobody lets its connections sign in anew."""
    calls = calls_in(path, function)
    handed = {id(each) for call in calls if name_of(call) == "short_lived" for each in call.args}
    said = [(call, server_of(call)) for call in calls if name_of(call) in ENGINES]
    return [
        f"{path}:{call.lineno}" for call, server in said if server and (server["account"] or id(call) not in handed)
    ]


def server_of(call: ast.Call) -> "re.Match[str] | None":
    """The address of a server, where it is written into the call that makes the engine."""
    address = call.args[0] if call.args else None
    return SERVER.match(address.value) if isinstance(address, ast.Constant) and isinstance(address.value, str) else None


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> "list[str]":
    """Passwords that were lent, by somebody who lends each for no time at all."""
    passwords: list[str] = []

    def lend(role: str) -> "tuple[dict[str, str], float]":
        passwords.append(uuid.uuid4().hex)
        return {"user": role, "password": passwords[-1]}, 0.0

    monkeypatch.setitem(control("database").WAYS, "proof", lend)
    monkeypatch.setenv("DATABASE_CREDENTIALS", "proof")
    monkeypatch.setenv("DATABASE_ROLE", "app-of-the-test")
    return passwords


def accounts_of(connections: int) -> "list[tuple[str, str]]":
    """Who so many new connections of an engine sign in as, and with which password."""
    engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.NullPool)
    control("database").short_lived(engine)
    seen: list[tuple[str, str]] = []

    def connect(_dialect: Any, _record: Any, _arguments: Any, parameters: "dict[str, Any]") -> sqlite3.Connection:
        seen.append((parameters["user"], parameters["password"]))
        return sqlite3.connect(":memory:")

    sqlalchemy.event.listen(engine, "do_connect", connect)
    for _ in range(connections):
        engine.connect().close()
    return seen[-connections:]
