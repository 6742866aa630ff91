"""Logins of FastAPI apps: which get a sign-in at a provider beside them, and which a person has to look at."""

from transforms.api import Bad, Example

ADDED = (
    ".env.example",
    ".gitignore",
    "controls/__init__.py",
    "controls/secrets.py",
    "controls/sign_in.py",
    "tests/test_controls_sign_in.py",
)
IMPORT = "from controls.sign_in import sign_in_router, verified_email\n"
REQUIREMENTS = "Authlib>=1.9,<2\nfastapi\nhttpx>=0.27,<1\nitsdangerous>=2.1,<3\njoserfc>=1.6,<2\npasslib\n"
_ACCOUNTS = """from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm
from passlib.context import CryptContext
from sqlalchemy.orm import Session

from database import get_db
from models import User
from tokens import token_for

router = APIRouter(prefix="/auth", tags=["auth"])
passwords = CryptContext(schemes=["bcrypt"])


@router.post("/login")
def login(form: OAuth2PasswordRequestForm = Depends(), db: Session = Depends(get_db)):
    user = db.query(User).filter(User.{column} == form.username).first()
    if not user or not passwords.verify(form.password, user.password_hash):
        raise HTTPException(status_code=401, detail="Wrong address or password")
    if not user.is_active:
        raise HTTPException(status_code=403, detail="Closed")
    {then}return {{"access_token": token_for(user), "token_type": "bearer"}}
"""
_MAIN = """from fastapi import FastAPI

import accounts

app = FastAPI()
app.include_router(accounts.router)
"""
_MODELS = """from sqlalchemy import Boolean, Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String)
    name = Column(String)
    password_hash = Column(String)
    is_active = Column(Boolean)
"""


def _files(main: str = _MAIN, column: str = "email", then: str = "") -> dict[str, str]:
    accounts = _ACCOUNTS.format(column=column, then=then)
    return {"accounts.py": accounts, "main.py": main, "models.py": _MODELS, "requirements.txt": "fastapi\npasslib\n"}


_BESIDE = '''

@router.get("/sign-in/callback", include_in_schema=False)
def login_at_provider(email: Annotated[str, Depends(verified_email)], db: Session = Depends(get_db)):
    """What `login` does, for somebody who signed in at the provider: it has verified the address."""
    user = db.query(User).filter(User.email == email).first()
    if not user:
        # Signing in at the provider makes no account: whoever has none here is refused.
        raise HTTPException(status_code=403, detail="There is no account for this address")
    if not user.is_active:
        raise HTTPException(status_code=403, detail="Closed")
    return {"access_token": token_for(user), "token_type": "bearer"}


router.include_router(sign_in_router)
'''

_SESSION = '''from typing import Annotated

import bcrypt
from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

from settings import key
from store import people

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=key())


def find_person(address: str):
    return people.find_one({"email": address})


@app.post("/login")
async def login(request: Request, email: Annotated[str, Form()], password: Annotated[str, Form()]):
    """Begin a session."""
    person = find_person(email)
    # No account, or the wrong password.
    if person is None:
        raise HTTPException(status_code=401)

    stored = person["password"]
    if not bcrypt.checkpw(password.encode(), stored):
        raise HTTPException(status_code=401)

    request.session["person"] = str(person["_id"])
    return RedirectResponse("/", status_code=303)
'''
_SESSION_BESIDE = '''

@app.get("/sign-in/callback", include_in_schema=False)
async def login_at_provider(email: Annotated[str, Depends(verified_email)], request: Request):
    """What `login` does, for somebody who signed in at the provider: it has verified the address."""
    person = find_person(email)
    if person is None:
        # Signing in at the provider makes no account: whoever has none here is refused.
        raise HTTPException(status_code=403, detail="There is no account for this address")

    request.session["person"] = str(person["_id"])
    return RedirectResponse("/", status_code=303)


app.include_router(sign_in_router)
'''

_SECURITY = """from models import User
from passlib.context import CryptContext

passwords = CryptContext(schemes=["bcrypt"])


class Accounts:
    def __init__(self, db):
        self.db = db

    async def authenticate(self, email: str, password: str) -> User | None:
        user = await self.db.scalar(select_user(email))
        if not user:
            return None
        # The hash decides.
        if not passwords.verify(password, user.password_hash):
            return None
        return user
"""
_FOUND_IN_CLASS = _SECURITY.replace("self.db.scalar(select_user(email))", "User.get_or_none(email=email)")
_SERVICE = """from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from security import Accounts
from tokens import token_for

app = FastAPI()


class Credentials(BaseModel):
    email: str
    password: str


@app.post("/login")
async def login(credentials: Credentials, accounts: Accounts = Depends()):
    user = await accounts.authenticate(credentials.email, credentials.password)
    if not user:
        raise HTTPException(status_code=401)
    return {"token": token_for(user)}
"""
_SERVICE_BESIDE = '''

@app.get("/sign-in/callback", include_in_schema=False)
async def login_at_provider(email: Annotated[str, Depends(verified_email)], accounts: Accounts = Depends()):
    """What `login` does, for somebody who signed in at the provider: it has verified the address."""
    user = await accounts.authenticate_at_provider(email)
    if not user:
        # Signing in at the provider makes no account: whoever has none here is refused.
        raise HTTPException(status_code=403, detail="There is no account for this address")
    return {"token": token_for(user)}


app.include_router(sign_in_router)
'''
_ACCOUNT_BESIDE = '''
    async def authenticate_at_provider(self, email: str) -> User | None:
        """What `authenticate` does, for somebody whose address the identity provider has verified."""
        user = await User.get_or_none(email=email)
        if not user:
            return None
        return user
'''


EXAMPLES: tuple[Example, ...] = (
    Bad(
        "a token for whom a form signs in: the same token for whom the provider signs in",
        _files(),
        {
            "accounts.py": _ACCOUNTS.format(column="email", then="")
            .replace("from fastapi import APIRouter", "from typing import Annotated\nfrom fastapi import APIRouter", 1)
            .replace(
                "import get_db\n", "import get_db\nfrom controls.sign_in import sign_in_router, verified_email\n", 1
            )
            + _BESIDE,
            "requirements.txt": REQUIREMENTS,
        },
        adds=ADDED,
    ),
    Bad(
        "a session for whom a form signs in, found by a function of the app",
        _SESSION,
        _SESSION.replace("import FastAPI,", "import Depends, FastAPI,").replace(
            "import people\n", f"import people\n\n{IMPORT}"
        )
        + _SESSION_BESIDE,
        adds=ADDED,
    ),
    Bad(
        "a class that finds accounts and compares passwords: it gets a method that does not compare",
        {"main.py": _SERVICE, "security.py": _FOUND_IN_CLASS},
        {
            "main.py": f"from typing import Annotated\n\n{_SERVICE}".replace("from security", f"{IMPORT}from security")
            + _SERVICE_BESIDE,
            "security.py": _FOUND_IN_CLASS + _ACCOUNT_BESIDE,
        },
        adds=ADDED,
    ),
    Bad(
        "a class that finds accounts by a function that is not there to be read",
        {"main.py": _SERVICE, "security.py": _SECURITY},
    ),
    Bad("accounts that are found by a name, which no provider vouches for", _files(column="name")),
    Bad(
        "a login that asks for more than address and password",
        _files(then="if user.code != form.client_secret:\n        raise HTTPException(status_code=401)\n    "),
    ),
    Bad(
        "a middleware that knows the login by its path",
        _files(
            _MAIN
            + """

@app.middleware("http")
async def signed_in_only(request, call_next):
    if request.url.path not in ("/auth/login", "/health") and not tokens.check(request.headers.get("authorization")):
        return JSONResponse({"detail": "no"}, status_code=401)
    return await call_next(request)
"""
        ),
    ),
)
