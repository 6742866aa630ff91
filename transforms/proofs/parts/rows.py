"""Rows of two tenants in a database of the test's own, in memory."""

import datetime as dt
import enum
import sys
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import StaticPool, create_engine, insert
from sqlalchemy.orm import Session

SAMPLES: "dict[type, Any]" = {
    str: "text",
    int: 1,
    float: 1.0,
    bool: False,
    bytes: b"bytes",
    dict: {},
    list: [],
    Decimal: Decimal(1),
    dt.datetime: dt.datetime(2020, 1, 1),
    dt.date: dt.date(2020, 1, 1),
    dt.time: dt.time(12),
    dt.timedelta: dt.timedelta(1),
}


def database(entity: Any) -> Any:
    """An empty database with the entity's tables."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    entity.metadata.create_all(engine)
    return engine


def sample(column: Any) -> Any:
    """Some value that fits a column."""
    kind = column.type.python_type
    if kind is uuid.UUID:
        return uuid.uuid4()
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    if choices := getattr(column.type, "enums", None):
        return choices[0]
    return f"text-{uuid.uuid4().hex[:8]}" if kind in {str, object} else SAMPLES[kind]


def add_row(engine: Any, entity: Any, number: int, column: str, whose: Any) -> Any:
    """Insert a row beneath the session, whatever hooks it has. Gives its primary key."""
    table = entity.__table__
    (key,) = table.primary_key.columns
    values = {
        other.name: sample(other)
        for other in table.columns
        if not other.nullable and other.default is None and other.server_default is None
    }
    values[key.name] = number if key.type.python_type is int else sample(key)
    values[table.columns[column].name] = whose
    with engine.begin() as connection:
        connection.execute(insert(table), [values])
    return values[key.name]


def owner(entity: Any, column: str, number: int) -> Any:
    """The number-th owner there is, as the column holds it."""
    kind = entity.__table__.columns[column].type.python_type
    return uuid.UUID(int=number) if kind is uuid.UUID else number if kind is int else f"owner-{number}"


def session_of(engine: Any) -> Any:
    """A session like those of the app: SQLModel's, which can do more, if the app has loaded SQLModel."""
    sqlmodel = sys.modules.get("sqlmodel")
    return sqlmodel.Session(engine) if sqlmodel else Session(engine)
