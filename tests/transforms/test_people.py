"""A route that is called like a sign-up or a health check is open only as far as it does what such a route does."""

import pytest

from transforms.app import App
from transforms.concepts import Route
from transforms.facts import Facts
from transforms.public import Openness
from transforms.scanning import read_facts
from transforms.source import SourceFile

HEAD = (
    "import jwt\nfrom fastapi import Depends, FastAPI, HTTPException\nfrom passlib.context import CryptContext\n"
    "from pydantic import BaseModel\nfrom sqlalchemy import Column, Integer, String, select\n"
    "from sqlalchemy.orm import Session, declarative_base\nBase = declarative_base()\nhashing = CryptContext()\n"
    "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n"
    "    email = Column(String)\n    password = Column(String)\n    role = Column(String)\n"
    "class Given(BaseModel):\n    email: str\n    password: str\n    role: str = 'reader'\n"
    "class Plain(BaseModel):\n    email: str\n    password: str\ndef get_db(): ...\napp = FastAPI()\n"
)
OPEN = {
    "an account is made": ("post('/signup')", "db.add(User(email=data.email, role='reader'))\n    db.commit()"),
    "somebody else makes it": ("post('/signup')", "return provider.sign_up(data.email)"),
    "a service makes it": ("post('/register')", "return accounts.create(db, data)"),
    "whether the address is taken is asked": (
        "post('/register')",
        "if db.query(User).filter(User.email == data.email).first():\n        raise HTTPException(400)\n"
        "    db.add(User(email=data.email))\n    db.commit()",
    ),
    "a password is compared": (
        "post('/login')",
        "user = db.query(User).filter(User.email == data.email).first()\n"
        "    if not hashing.verify(data.password, user.password):\n        raise HTTPException(401)\n"
        "    return jwt.encode({'sub': user.id}, KEY)",
    ),
    "a password is compared by the database": (
        "post('/login')",
        "user = db.query(User).filter(User.email == data.email, User.password == data.password).first()\n"
        "    return jwt.encode({'sub': user.id}, KEY)",
    ),
    "accounts are counted": ("get('/health')", "return {'users': db.query(User).count()}"),
    "nothing is read": ("get('/health')", "return {'ok': True}"),
}
BELIED = {
    "accounts are listed": ("post('/register')", "return db.query(User).all()"),
    "they are listed by a health check": ("get('/health')", "return db.execute(select(User)).scalars().all()"),
    "an account is taken away": (
        "post('/login')",
        "db.query(User).filter(User.id == data.email).delete()\n    db.commit()",
    ),
    "an account that is there is changed": (
        "post('/register')",
        "user = db.query(User).filter(User.email == data.email).first()\n    user.password = data.password\n    db.commit()",
    ),
    "anybody gets a token": (
        "post('/auth/token')",
        "user = db.query(User).filter(User.email == data.email).first()\n    return jwt.encode({'sub': user.id}, KEY)",
    ),
}


def only_route(text: str) -> tuple[App, Route]:
    facts = read_facts(SourceFile("app.py", text.encode()))
    assert isinstance(facts, Facts)
    app = App([facts])
    (route,) = app.routes
    return app, route


def openness(case: tuple[str, str]) -> Openness:
    route, body = case
    name = route.partition("'/")[2].rstrip("')").replace("/", "_")
    parameters = (
        "db: Session = Depends(get_db)" if route.startswith("get") else "data: Plain, db: Session = Depends(get_db)"
    )
    app, found = only_route(f"{HEAD}@app.{route}\ndef {name}({parameters}):\n    {body}\n")
    return app.publicity(found).openness


@pytest.mark.parametrize("why", OPEN)
def test_a_handler_that_does_what_its_path_says_is_open(why: str) -> None:
    assert openness(OPEN[why]) is Openness.PUBLIC


@pytest.mark.parametrize("why", BELIED)
def test_a_handler_that_does_something_else_is_not_open_by_its_word(why: str) -> None:
    assert openness(BELIED[why]) is Openness.UNSURE


CHOSEN = {
    "a column": "db.add(User(email=data.email, role=data.role))",
    "all that was sent": "db.add(User(**data.model_dump()))",
    "another function stores it": "make(db, data)",
}
WITHOUT_A_CLASS = {
    "a document": "users.insert_one({'email': data.email, 'role': data.role})",
    "one that has a name": "doc = {'email': data.email, 'role': data.role}\n    users.insert_one(doc)",
    "one that is filled": "doc = {'email': data.email}\n    doc['role'] = data.role\n    mongo['users'].insert_one(doc)",
    "all that was sent": "users.insert_one(data.model_dump())",
    "the same with more": "users.insert_one({**data.dict(), 'made_at': now()})",
    "the same under a name": "doc = data.dict()\n    doc['password'] = hashing.hash(data.password)\n    users.insert_one(doc)",
    "a document that is made anew": "doc = {'role': data.role}\n    doc = {**doc, 'email': data.email}\n    users.insert_one(doc)",
    "SQL": "cursor.execute('INSERT INTO users (email, role) VALUES (?, ?)', (data.email, data.role))",
    "SQL with literals": "cursor.execute(\"INSERT INTO users (email, plan, role) VALUES (%s, 'free', %s)\", (data.email, data.role))",
    "SQL with numbers": "pool.execute('INSERT INTO users (email, role) VALUES ($1, $2)', data.email, data.role)",
    "SQL with names": "sql = 'INSERT INTO users (email, role) VALUES (:e, :r)'\n    db.execute(text(sql), {'e': data.email, 'r': data.role})",
}
SAID_OTHERWISE = {
    "a literal": "users.insert_one({'email': data.email, 'role': 'reader'})",
    "a literal behind all the rest": "users.insert_one({**data.dict(), 'role': 'reader'})",
    "a literal afterwards": "doc = data.dict()\n    doc['role'] = 'reader'\n    users.insert_one(doc)",
    "it is left out": "users.insert_one(data.model_dump(exclude={'role'}))",
    "of something else": "orders.insert_one({'item': data.email, 'role': data.role})",
    "another column": "cursor.execute('INSERT INTO users (email, plan) VALUES (?, ?)', (data.email, data.role))",
    "a literal in SQL": "cursor.execute(\"INSERT INTO users (role, email) VALUES ('reader', ?)\", (data.role,))",
}
NOT_CHOSEN = {
    "a literal": "db.add(User(email=data.email, role='reader'))",
    "one of those that may be chosen": "if data.role not in OFFERED:\n        raise HTTPException(400)\n    db.add(User(email=data.email, role=data.role))",
    "another column": "db.add(User(email=data.email))",
}
MAKE = "def make(db: Session, given):\n    db.add(User(email=given.email, role=given.role))\n"


def shown(body: str, taken: str = "Given") -> bool:
    handler = f"@app.post('/signup')\ndef signup(data: {taken}, db: Session = Depends(get_db)):\n    {body}\n    db.commit()\n"
    app, route = only_route(HEAD + MAKE + handler)
    spirit = app.spirit(route)
    return spirit is not None and spirit.shown is not None


@pytest.mark.parametrize("why", CHOSEN)
def test_a_sign_up_that_stores_the_role_it_is_sent_makes_administrators(why: str) -> None:
    assert shown(CHOSEN[why])


@pytest.mark.parametrize("why", WITHOUT_A_CLASS)
def test_the_same_of_rows_without_a_class(why: str) -> None:
    assert shown(WITHOUT_A_CLASS[why])


def test_what_flask_hands_over_is_what_the_caller_sent() -> None:
    code = (
        "from flask import Flask, request\nfrom db import users\napp = Flask(__name__)\n@app.post('/signup')\ndef signup():\n"
        "    data = request.get_json()\n    users.insert_one({{'email': data['email'], 'role': {}}})\n    return ''\n"
    )
    for role, is_shown in (("data.get('role')", True), ("'reader'", False)):
        app, route = only_route(code.format(role))
        spirit = app.spirit(route)
        assert (spirit is not None and spirit.shown is not None) is is_shown


@pytest.mark.parametrize("why", SAID_OTHERWISE)
def test_rows_without_a_class_whose_role_nobody_chooses(why: str) -> None:
    assert not shown(SAID_OTHERWISE[why])


@pytest.mark.parametrize("why", NOT_CHOSEN)
def test_a_role_that_nobody_chooses_makes_none(why: str) -> None:
    assert not shown(NOT_CHOSEN[why])
    assert not shown(CHOSEN["all that was sent"], "Plain")
