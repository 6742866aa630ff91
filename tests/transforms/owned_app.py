"""A small app whose rows belong to organisations and to people, for tests of what keeps them apart."""

from collections.abc import Mapping

from transforms.app import App
from transforms.facts import Facts
from transforms.policy import Policy
from transforms.scanning import scan
from transforms.source import SourceFile
from transforms.tenancy import Judgement

DATABASE = """
from sqlalchemy.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    pass


def get_db():
    with Session() as session:
        yield session
"""
MODELS = """
from sqlalchemy import Column, ForeignKey, Integer, String

from shop.database import Base


class Org(Base):
    __tablename__ = "orgs"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    org_id = Column(Integer, ForeignKey("orgs.id"))
    email = Column(String)
    password_hash = Column(String)


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    org_id = Column(Integer, ForeignKey("orgs.id"))
    number = Column(String)


class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"))
    text = Column(String)


class Country(Base):
    __tablename__ = "countries"
    id = Column(Integer, primary_key=True)
    name = Column(String)
"""
SECURITY = """
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import jwt
from sqlalchemy.orm import Session

from shop.database import get_db
from shop.models import User

oauth2 = OAuth2PasswordBearer(tokenUrl="login")


def get_user(token: str = Depends(oauth2), db: Session = Depends(get_db)) -> User:
    claims = jwt.decode(token, "key")
    user = db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(status_code=401)
    return user


def require_admin(user: User = Depends(get_user)) -> User:
    if user.email != "admin@example.com":
        raise HTTPException(status_code=403)
    return user
"""
HEAD = """
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from shop.database import get_db
from shop.models import Country, Note, Order, Org, User
from shop.security import get_user, oauth2, require_admin

app = FastAPI()
"""
SIGNED_IN = "db: Session = Depends(get_db), user: User = Depends(get_user)"
OPEN = "db: Session = Depends(get_db)"


def files(routes: str, **more: str) -> dict[str, str]:
    """The app with these routes (`SIGNED_IN` and `OPEN` stand for parameters) and further modules of its package."""
    main = HEAD + routes.replace("SIGNED_IN", SIGNED_IN).replace("OPEN", OPEN)
    modules = {"__init__": "", "database": DATABASE, "models": MODELS, "security": SECURITY, "main": main, **more}
    return {f"shop/{name}.py": text for name, text in modules.items()}


def app_of(sources: Mapping[str, str]) -> App:
    """The joined app, read by every reader there is."""
    report = scan([SourceFile(path, text.encode()) for path, text in sources.items()], Policy(), among=())
    assert not report.skipped
    assert all(isinstance(each, Facts) for each in report.app.files.values())
    return report.app


def judged(routes: str, **more: str) -> list[Judgement]:
    """What comes out for each query of owned rows."""
    return list(app_of(files(routes, **more)).tenancy().judgements)


def answer(routes: str, **more: str) -> str:
    """The one answer for the one query of owned rows."""
    found = judged(routes, **more)
    assert len(found) == 1, [(each.query.code, each.reason) for each in found]
    return str(found[0].holds)
