"""Tables with rows of two tenants, for the tests of `controls.tenancy`."""

from types import ModuleType, SimpleNamespace

import sqlalchemy as sa
from sqlalchemy import insert, orm
from sqlalchemy.orm import Mapped, mapped_column, relationship


def mapped() -> SimpleNamespace:
    """New mapped classes: organisations with documents, both owned by tenants, and countries, which are shared."""

    class Base(orm.DeclarativeBase):
        pass

    class Org(Base):
        __tablename__ = "org"
        id: Mapped[int] = mapped_column(primary_key=True)
        tenant_id: Mapped[str]
        name: Mapped[str]
        docs: Mapped[list["Doc"]] = relationship(back_populates="org")

    class Doc(Base):
        __tablename__ = "doc"
        id: Mapped[int] = mapped_column(primary_key=True)
        tenant_id: Mapped[str]
        body: Mapped[str]
        org_id: Mapped[int | None] = mapped_column(sa.ForeignKey("org.id"))
        org: Mapped[Org | None] = relationship(back_populates="docs")

    class Country(Base):
        __tablename__ = "country"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base.registry.configure()
    return SimpleNamespace(Base=Base, Org=Org, Doc=Doc, Country=Country)


def documents(tenancy: ModuleType) -> SimpleNamespace:
    """The classes, scoped, on a database (`engine`) with rows of the tenants a and b."""
    model = mapped()
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    model.Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            insert(model.Org.__table__),
            [{"id": 1, "tenant_id": "a", "name": "A"}, {"id": 2, "tenant_id": "b", "name": "B"}],
        )
        connection.execute(
            insert(model.Doc.__table__),
            [
                {"id": 1, "tenant_id": "a", "body": "a1", "org_id": 1},
                {"id": 2, "tenant_id": "b", "body": "b1", "org_id": 2},
                {"id": 3, "tenant_id": "b", "body": "cross", "org_id": 1},
            ],
        )
        connection.execute(insert(model.Country.__table__), [{"id": 1}])
    tenancy.scope_entities(model.Base)
    model.engine = engine
    return model
