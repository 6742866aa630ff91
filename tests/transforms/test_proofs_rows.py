"""The rows that a tenancy proof makes up fit entities of all kinds."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlmodel import Field, SQLModel

from transforms.proofs.parts.rows import add_row, database, owner, session_of


class Colour(enum.Enum):
    RED = "red"


class Base(orm.DeclarativeBase):
    pass


class Everything(Base):
    __tablename__ = "everything"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("team.id"))
    text: Mapped[str] = mapped_column(unique=True)
    number: Mapped[int]
    price: Mapped[Decimal]
    share: Mapped[float]
    flag: Mapped[bool]
    at: Mapped[dt.datetime]
    on: Mapped[dt.date]
    colour: Mapped[Colour]
    word: Mapped[str] = mapped_column(sa.Enum("small", "large"))
    extra: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    data: Mapped[bytes]
    optional: Mapped[str | None]
    with_default: Mapped[int] = mapped_column(default=7)


class Team(Base):
    __tablename__ = "team"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Hero(SQLModel, table=True):
    __tablename__ = "hero_of_proof"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int
    name: str
    rank: Colour = Colour.RED


@pytest.mark.parametrize(("entity", "column"), [(Everything, "team_id"), (Hero, "user_id")])
def test_two_rows_of_two_owners_can_be_read_back(entity: Any, column: str) -> None:
    engine = database(entity)
    keys = [add_row(engine, entity, number, column, owner(entity, column, number)) for number in (71, 72)]
    with session_of(engine) as session:
        rows = [session.get(entity, key) for key in keys]
        assert [getattr(row, column) for row in rows] == [owner(entity, column, 71), owner(entity, column, 72)]
        assert len(session.scalars(select(entity)).all()) == 2


def test_an_owner_is_of_the_column_s_type() -> None:
    assert owner(Everything, "team_id", 7) == uuid.UUID(int=7)
    assert owner(Hero, "user_id", 7) == 7
    assert owner(Hero, "name", 7) == "owner-7"
