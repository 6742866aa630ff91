"""No check of an owner compares a thing with itself, or two things that the caller chose.

`if order.user_id != order.user_id` reads like a check and passes every review that is in a hurry. It lets everybody
through, and so does `if user_id != payload.user_id`, where both sides come with the request, and `... or True`, left
over from a debugging session.

**Fix.** The side that says nothing is replaced by the attribute of who is calling, where the handler has exactly one
parameter that a guard fills, and its class has exactly one attribute that fits. Else the finding is advice.

**Limits.** Only comparisons that lead to a refusal are looked at, in functions that routes reach. What is asked in a
query is for `query-is-tenant-scoped`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Bad,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    Maturity,
    NoOptions,
    Severity,
    Standard,
    Todo,
    Verdict,
)
from transforms.edits import Patch, Proof, compare_with_caller
from transforms.proof_verbs import proof_of_owners

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="no-tautological-owner-check",
    family=Family.AUTHORIZATION,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-639"),
        Standard("OWASP-API-2023:API1"),
        Standard("NIST-CSF-2.0:PR.AA-05"),
    ),
    since="0.2",
    order=35,
)

FLAWS = {
    "itself": "compares {} with itself: it lets everybody pass",
    "chosen": "compares {} with {}, and both are what the request says: it lets everybody pass",
    "decided": "is decided by a literal, whatever {} is",
}
ACTUALLY = "Look whether it asks about the right person: until now it asked about nobody."


@control.check
def owners_are_compared_with_the_caller(app: "App", _options: NoOptions) -> Iterator[Verdict]:
    """One verdict for each comparison of an owner that leads to a refusal."""
    for check in app.owner_checks:
        condition, pair = check.condition, check.pair
        evidence = [Evidence(condition.file, condition.place.line, f"compares {pair.left_code} and {pair.right_code}")]
        name = condition.function.rpartition(".")[2]
        if check.flaw is None:
            yield control.passes(condition, "Asks whether it is the caller's.", evidence)
            continue
        flaw = FLAWS[check.flaw].format(pair.left_code, pair.right_code)
        confidence = Confidence.MEDIUM if check.flaw == "chosen" else Confidence.HIGH
        yield control.fails(condition, f"The check in {name} {flaw}.", evidence, confidence=confidence)


@control.remedy
def compare_with_who_is_calling(app: "App", finding: Verdict, _options: NoOptions) -> Patch | None:
    """The caller's attribute in the place of the side that says nothing."""
    check = next((each for each in app.owner_checks if each.condition == finding.concept), None)
    edits = compare_with_caller(app, check) if check is not None else None
    if check is None or not edits:
        return None
    name = check.condition.function.rpartition(".")[2]
    alone = f"The test asks the comparison in {name} alone, not the route: call it once as somebody else."
    return Patch(f"Compare the owner with who is calling in {name}", edits, Applicability.REVIEW, (ACTUALLY, alone))


@control.proof
def the_owner_is_told_apart(app: "App", findings: tuple[Verdict, ...], _options: NoOptions) -> Proof | None:
    """Each comparison lets the owner go on and nobody else."""
    conditions = {finding.concept for finding in findings}
    return proof_of_owners(app, [each for each in app.owner_checks if each.condition in conditions])


APP = """from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import Session, declarative_base

app = FastAPI()
oauth2 = OAuth2PasswordBearer(tokenUrl="login")
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    hashed_password = Column(String)


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"))


def get_user(token: str = Depends(oauth2)) -> User:
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    return user


@app.get("/orders/{{order_id}}")
def read_order(order_id: int, user: User = Depends(get_user), db: Session = Depends(get_db)):
    order = db.get(Order, order_id)
    if {check}:
        raise HTTPException(status_code=403)
    return order
"""

CHOSEN = """from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

app = FastAPI()
oauth2 = OAuth2PasswordBearer(tokenUrl="login")


class Address(BaseModel):
    user_id: int
    street: str


class Caller(BaseModel):
    user_id: int


def get_caller(token: str = Depends(oauth2)) -> Caller:
    caller = read_token(token)
    if caller is None:
        raise HTTPException(status_code=401)
    return caller


@app.put("/users/{{user_id}}/address")
def change_address(user_id: int, address: Address, caller: Caller = Depends(get_caller)):
    if user_id != {other}:
        raise HTTPException(status_code={status})
    return address
"""

control.examples = (
    Good("the row's owner and the caller", APP.format(check="order.user_id != user.id")),
    Good("either the owner or an administrator", APP.format(check="order.user_id != user.id and not user.is_admin")),
    Good("the path and the caller", CHOSEN.format(other="caller.user_id", status=403)),
    Good("path and body have to agree: no check of an owner", CHOSEN.format(other="address.user_id", status=400)),
    Good(
        "asking for NaN, and a value that has changed",
        APP.format(check="order.user_id is None").replace(
            "    return order\n",
            """    total, before = order.total, order.user_id
    if total != total:
        raise HTTPException(status_code=404)
    order.user_id = other_than(before)
    if before != order.user_id:
        notify(before)
    return order
""",
        ),
    ),
    Good(
        "a script that no route reaches",
        """from fastapi import HTTPException


def check(order):
    if order.user_id != order.user_id:
        raise HTTPException(status_code=403)
""",
    ),
    Bad(
        "a row's owner is compared with itself",
        APP.format(check="order.user_id != order.user_id"),
        {"app.py": APP.format(check="order.user_id != user.id")},
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "both sides are what the request says",
        CHOSEN.format(other="address.user_id", status=403),
        {"app.py": CHOSEN.format(other="caller.user_id", status=403)},
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "a literal decides: only its authors know whether it is left over",
        APP.format(check="order.user_id != user.id and False"),
    ),
    Bad(
        "nothing in the handler knows who is calling",
        APP.format(check="order.user_id != order.user_id").replace("user: User = Depends(get_user), ", ""),
    ),
    Todo(
        "the same through a function that compares",
        APP.format(check="not same(order.user_id, order.user_id)").replace(
            "app = FastAPI()", "app = FastAPI()\n\n\ndef same(one, other):\n    return one == other\n\n"
        ),
    ),
)
