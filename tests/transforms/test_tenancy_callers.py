"""Who is calling, as apps tell it beside guards that hand over a user; and rows for which that is not the question."""

import pytest

from tests.transforms.joined import app_of
from tests.transforms.owned_app import answer, judged
from transforms.callers import Source

KEPT = """
def own(request: Request, user_id: str):
    known = getattr(request.state, "user", None)
    if not known or known.user_id != user_id:
        raise HTTPException(status_code=403)


@app.get("/people/{user_id}/notes")
def list_all(user_id: str, request: Request, db: Session = Depends(get_db)):
    known = getattr(request.state, "user", None)
    if not known or known.user_id != user_id:
        raise HTTPException(status_code=403)
    QUERY
"""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("return db.query(Note).filter(Note.user_id == user_id).all()", "yes"),
        ("key = user_id if isinstance(user_id, UUID) else UUID(user_id)\n    "
         "return db.query(Note).filter(Note.user_id == key).all()", "yes"),
        ("db.add(Note(user_id=user_id, text='x'))\n    db.commit()", "yes"),
        ("db.add(Note(user_id=request.query_params['for'], text='x'))\n    db.commit()", "no"),
    ],
)  # fmt: skip
def test_what_was_put_on_the_request_vouches_for_a_name_in_the_path(query: str, expected: str) -> None:
    assert answer(f"from uuid import UUID\n{KEPT.replace('QUERY', query)}".replace("@app.get", "@app.post")) == expected


@pytest.mark.parametrize(
    ("type_", "expected"),
    [("Sent", Source.CHOSEN), ("dict", Source.CHOSEN), ("Request", Source.CALLER), ("Known", Source.CALLER)],
)
def test_a_field_of_a_body_was_put_there_by_its_sender(type_: str, expected: Source) -> None:
    """`data.state` is a word of an address, `request.state` what a guard has left."""
    code = (
        "from fastapi import FastAPI, Request\nfrom pydantic import BaseModel\nclass Sent(BaseModel):\n    state: str\n"
        f"class Known(Request): ...\napp = FastAPI()\n@app.post('/x')\ndef handler(data: {type_}): ...\n"
    )
    assert app_of(code).callers.source("app.handler", "data.state") is expected


@pytest.mark.parametrize("class_", ["UUID(user.id)", "ObjectId(user.id)", "Key(user.id)"])
def test_a_class_that_is_given_one_thing_turns_it_into_another(class_: str) -> None:
    body = f"    key = {class_}\n    return db.query(Note).filter(Note.user_id == key).all()\n"
    assert answer(f'\n@app.get("/notes")\ndef list_all(SIGNED_IN):\n{body}') == "yes"


FETCHED = """
def found_or_404(note_id: int, db: Session) -> Note:
    note = db.get(Note, note_id)
    if note is None:
        raise HTTPException(404)
    return note


def only_owner(note: Note, user_id: int | None = None) -> None:
    if note.user_id != user_id:
        raise HTTPException(403)


@app.get("/mine")
def mine(SIGNED_IN):
    return db.query(Note).filter(Note.user_id == user.id).all()


@app.get("/notes/{note_id}")
def read(note_id: int, SIGNED_IN):
    note = found_or_404(note_id, db)
    CHECK
    return note
"""


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("only_owner(note, user.id)", "yes"),
        ("only_owner(note, user.id if user else None)", "yes"),
        ("only_owner(note, note_id)", "no"),
        ("print(note, user.id)", "no"),
    ],
)
def test_a_row_may_be_handed_with_the_caller_to_what_refuses(check: str, expected: str) -> None:
    found = {each.query.function.rpartition(".")[2]: each.holds for each in judged(FETCHED.replace("CHECK", check))}
    assert found["found_or_404"] == expected


def test_a_key_of_another_table_is_no_secret() -> None:
    models = """
from sqlalchemy import Column, ForeignKey, Integer
from shop.database import Base


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)


class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"))
    session_id = Column(Integer, ForeignKey("sessions.id"))


Country = Order = Org = User
"""
    mine = (
        '\n@app.get("/mine")\ndef mine(SIGNED_IN):\n    return db.query(Note).filter(Note.user_id == user.id).all()\n'
    )
    route = '\n@app.get("/by/{key}")\ndef read(key: int, SIGNED_IN):\n    return db.query(Note).filter(Note.session_id == key).all()\n'
    assert [each.holds for each in judged(mine + route, models=models)] == ["yes", "no"]
    secret = models.replace('Column(Integer, ForeignKey("sessions.id"))', "Column(Integer)")
    assert [each.holds for each in judged(mine + route, models=secret)] == ["yes", "yes"]


MINE = '\n@app.get("/mine")\ndef mine(SIGNED_IN):\n    return db.query(Note).filter(Note.user_id == user.id).all()\n'


def test_rows_on_a_page_that_is_called_public_may_be_for_everybody() -> None:
    route = '\n@app.get("/notes")\ndef shared(OPEN):\n    """Public endpoint: no login needed."""\n    return db.query(Note).all()\n'
    assert [each.holds for each in judged(MINE + route)] == ["yes", "unknown"]


def test_rows_of_one_fixed_owner_are_the_same_for_everybody() -> None:
    route = '\n@app.get("/notes")\ndef shown(SIGNED_IN):\n    return db.query(Note).filter(Note.user_id == 7).all()\n'
    assert [each.holds for each in judged(MINE + route)] == ["yes", "unknown"]


def test_what_a_service_reports_with_its_signature_is_about_anybody() -> None:
    route = """
import hmac


@app.post("/events")
async def events(request: Request, x_signature: str = Header(...), OPEN):
    body = await request.json()
    if not hmac.compare_digest(x_signature, signed(body)):
        raise HTTPException(401)
    db.add(Note(user_id=body["user"], text="paid"))
    db.commit()
"""
    assert [each.holds for each in judged(MINE + route)] == ["yes", "unknown"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if found is not None:\n        raise HTTPException(409)\n    found = Note(text='x', user_id=user.id)\n    db.add(found)",
         "yes"),
        ("if not found and user:\n        return None\n    return 'taken'", "yes"),
        ("if found:\n        return found.text", "no"),
        ("if not found:\n        return None\n    db.delete(found)", "no"),
        ("return found", "no"),
    ],
)  # fmt: skip
def test_to_ask_whether_there_is_such_a_row_shows_none(body: str, expected: str) -> None:
    route = f"""
@app.post("/notes/{{key}}")
def note(key: str, SIGNED_IN):
    found = db.query(Note).filter(Note.text == key).first()
    {body}
"""
    assert judged(MINE + route)[1].holds == expected
