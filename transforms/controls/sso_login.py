"""People sign in at the organisation's identity provider, not by one more password.

A password that only this app knows outlives the person's job: nobody takes it away when they leave, no second factor
and no rule of the organisation applies to it, and its hash is one more thing to lose.

**Fix.** A sign-in by OpenID Connect (code flow with PKCE, by Authlib) beside the login, which stays as it is. The
callback is a copy of the login's own lines, told the address that the provider calls verified instead of being handed a
password: the same accounts are let in, and the same tokens, rows and sessions are made. `controls/sign_in.py` leaves
for the provider, checks what comes back (state, nonce, signature, issuer, audience, expiry) and signs out. Nobody gets
an account by signing in. FastAPI, Flask and Django have a clean place for it; for anything else, and where the login
cannot be read that far, the finding stands as advice that says why. Take the password form away once all have moved.

**Limits.** A password login is seen by the library that compares the hash, or by a column that keeps the password as it
is. An app that is itself an identity provider
passes. Where users belong to tenants, each may have a provider of its own, which is a decision about the product: that
is shown as unknown. Accounts are linked by the verified address each time, because no column of the app holds the
provider's subject: who may choose addresses at the provider may choose accounts.
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
    Proof,
    Severity,
    Standard,
    Verdict,
)
from transforms.edits import Patch, sign_in_at_provider
from transforms.proof_verbs import proof_of_sign_in

if TYPE_CHECKING:
    from transforms.accounts import PasswordLogin
    from transforms.app import App

control = Control(
    id="sso-login",
    family=Family.IDENTITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("NIST-CSF-2.0:PR.AA-01"),
        Standard("NIST-CSF-2.0:PR.AA-03"),
        Standard("CWE-287"),
    ),
    since="0.2",
    order=70,
)


ADVICE = "Add a sign-in at the organisation's identity provider by hand."


@control.check
def people_sign_in_at_a_provider(app: "App", _options: NoOptions) -> Iterator[Verdict]:
    """One verdict for each app that signs people in by passwords of its own."""
    for login in app.password_logins:
        evidence = [Evidence(login.login.file, login.login.place.line, f"{login.login.name} compares a password")]
        if login.is_provider:
            yield control.exempts(login.app, "It is an identity provider itself.", evidence)
        elif login.federated_by:
            yield control.passes(login.app, f"People can sign in elsewhere, too: {login.federated_by}.", evidence)
        elif login.of_tenants:
            reason = "Its users belong to tenants, and each may have an identity provider of its own."
            yield control.unknown(login.app, reason, evidence)
        else:
            message = f"People sign in by a password that only this app knows ({login.login.name}), and nowhere else."
            yield control.fails(login.app, message, evidence)


@control.remedy
def let_people_sign_in_at_a_provider(app: "App", finding: Verdict, _options: NoOptions) -> Patch | None:
    """A sign-in beside the login, which ends as the login does; advice that says why where that cannot be read."""
    login = next((each for each in app.password_logins if each.app == finding.concept), None)
    if login is None:
        return None
    edits = sign_in_at_provider(app, login)
    if isinstance(edits, str):
        return Patch(f"{ADVICE} There is no patch because {edits}.", (), Applicability.ADVICE)
    return Patch(
        title=f"Let people sign in at the identity provider beside {login.login.name}",
        edits=edits,
        applicability=Applicability.REVIEW,
        todo=steps(login),
    )


@control.proof
def no_other_answer_lets_anybody_in(app: "App", findings: tuple[Verdict, ...], _options: NoOptions) -> Proof | None:
    """Only what the provider answers to this very browser opens the door."""
    logins = (login for login in app.password_logins for finding in findings if login.app == finding.concept)
    return next((proof for login in logins if (proof := proof_of_sign_in(app, login)) is not None), None)


def steps(login: "PasswordLogin") -> tuple[str, ...]:
    """What people do before and after."""
    folder = (login.login.path or "…/login").rstrip("/").rpartition("/")[0]
    return (
        f"Register the app at the identity provider, with {folder}/sign-in/callback below its own address to come back "
        "to, and set the OIDC variables that the example settings name, and the secrets among them, where the app "
        f"runs: until then {folder}/sign-in answers 503.",
        f"Put a link to {folder}/sign-in beside the form. The callback answers what {login.login.name} answers.",
        "Accounts are found by the address that the provider calls verified: trust no provider that lets people choose "
        "one.",
        f"Take {login.login.name} away once everybody signs in at the provider.",
    )


APP = """from fastapi import Depends, FastAPI, HTTPException
from passlib.context import CryptContext
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base
{more}
app = FastAPI()
passwords = CryptContext(schemes=["bcrypt"])
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    password_hash = Column(String)
{column}

@app.post("/login")
def login(data: dict):
    user = find(data["email"])
    if not passwords.verify(data["password"], user.password_hash):
        raise HTTPException(status_code=401)
    return token_for(user)
"""
TENANT = '    tenant_id = Column(Integer, ForeignKey("tenants.id"))\n'

control.examples = (
    Good(
        "a sign-in at a provider beside it", APP.format(more="from authlib.oidc.core import CodeIDToken\n", column="")
    ),
    Good("users of tenants: each may have a provider of its own", APP.format(more="", column=TENANT)),
    Good(
        "others sign in here",
        APP.format(more="", column="")
        + """

@app.get("/.well-known/openid-configuration")
def discovery():
    return {}
""",
    ),
    Good(
        "no passwords",
        """from fastapi import FastAPI

app = FastAPI()


@app.post("/login")
def login(data: dict):
    return send_link(data["email"])
""",
    ),
    Bad("accounts that are found by a function that is not there to be read", APP.format(more="", column="")),
    Bad(
        "two files away",
        {
            "security.py": """import bcrypt


def matches(password, hashed):
    return bcrypt.checkpw(password.encode(), hashed)
""",
            "app.py": """from fastapi import FastAPI, HTTPException

from security import matches

app = FastAPI()


@app.post("/auth/login")
def sign_in(data: dict):
    user = find(data["email"])
    if not matches(data["password"], user.hashed):
        raise HTTPException(status_code=401)
    return {}
""",
        },
    ),
    Bad(
        "a password that is kept as it is",
        """from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/login")
def login(data: dict):
    user = find(data["email"])
    if user.password != data["password"]:
        raise HTTPException(status_code=401)
    return {}
""",
    ),
    Bad(
        "the database compares a password that is kept as it is",
        {
            "models.py": """from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    password = db.Column(db.String)
""",
            "app.py": """from flask import Flask, redirect, request, session

from models import User

app = Flask(__name__)


@app.route("/login", methods=["GET", "POST"])
def login():
    user = User.query.filter_by(name=request.form["name"], password=request.form["password"]).first()
    if user:
        session["user_id"] = user.id
    return redirect("/")
""",
        },
    ),
    Good(
        "two passwords of a form that have to be alike",
        """from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/register")
def register(data: SignUp):
    if data.password != data.again:
        raise HTTPException(status_code=400)
    return save(data)
""",
    ),
)
