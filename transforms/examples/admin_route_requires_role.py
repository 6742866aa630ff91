"""Examples of `admin-route-requires-role`: what asks for a role in how many ways, and what does not."""

from transforms.api import Bad, Good, Todo

MODELS = """from sqlalchemy import Boolean, Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String)
    hashed_password = Column(String)
    is_admin = Column(Boolean, default=False)
"""

SECURITY = """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

from models import User

oauth2 = OAuth2PasswordBearer(tokenUrl="login")


def get_current_user(token: str = Depends(oauth2)) -> User:
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    return user
"""

REQUIRE_ADMIN = """

def require_admin(current_user: User = Depends(get_current_user)) -> User:
    \"\"\"Let only administrators pass.\"\"\"
    if not current_user.is_admin:
        raise HTTPException(status_code=403, detail="Not allowed")
    return current_user
"""

FACTORY = """

def require_role(*roles: str):
    def check(user: User = Depends(get_current_user)):
        if user.role not in roles:
            raise HTTPException(status_code=403)
        return user

    return check
"""

USERS = """from fastapi import APIRouter, Depends

from models import User
from security import {imports}

router = APIRouter(prefix="/users")


@router.get("/me")
def me(user: User = Depends(get_current_user)):
    return user


@router.delete("/{{user_id}}"{guard})
def delete_user(user_id: int, user: User = Depends(get_current_user)):
    {body}
"""

MAIN = """from fastapi import FastAPI

from users import router

app = FastAPI()
app.include_router(router)
"""

REPORTS = """from fastapi import APIRouter, Depends

from models import User
from security import get_current_user, require_role

router = APIRouter(prefix="/admin")


@router.get("/reports", dependencies=[Depends(require_role("admin"))])
def reports():
    return []


@router.get("/audit", dependencies=[{other}])
def audit():
    return []
"""

SIGNED_IN = "Depends(get_current_user)"


def shop(
    *, security: str = SECURITY, imports: str = "get_current_user", guard: str = "", body: str = "return {}"
) -> dict[str, str]:
    """An app whose users can be taken away."""
    users = USERS.format(imports=imports, guard=guard, body=body)
    return {"models.py": MODELS, "security.py": security, "users.py": users, "main.py": MAIN}


ONE_FILE = """from fastapi import Depends, FastAPI, Header, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

app = FastAPI()
oauth2 = OAuth2PasswordBearer(tokenUrl="login")


def get_current_user(token: str = Depends(oauth2)):
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    return user
"""

OPEN = """from fastapi import {imports}FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {{}}


@app.get("/users"{get})
def list_users():
    return []


@app.post("/configure"{configure})
def configure(data: dict):
    return data
"""
ROLE = ', dependencies=[Depends(require_role("admin"))]'

EXAMPLES = (
    Good(
        "a dependency compares the caller's role",
        shop(
            security=SECURITY + FACTORY,
            imports="get_current_user, require_role",
            guard=', dependencies=[Depends(require_role("admin"))]',
        ),
    ),
    Good(
        "the handler itself refuses who is no administrator",
        shop(
            body="""if not user.is_admin:
        raise HTTPException(status_code=403)
    return {}"""
        ),
    ),
    Good(
        "the handler lets everybody take away their own account, and no other",
        shop(
            body="""if user_id != user.id:
        raise HTTPException(status_code=403)
    return {}"""
        ),
    ),
    Good(
        "a function that the guard calls asks for the permission",
        ONE_FILE
        + """

def may_manage(user) -> bool:
    return "users:manage" in user.permissions


def manager(user=Depends(get_current_user)):
    if not may_manage(user):
        raise HTTPException(status_code=403)
    return user


@app.get("/users")
def list_users(user=Depends(manager)):
    return []
""",
    ),
    Good(
        "scopes that are looked at",
        ONE_FILE
        + """

def scoped(security_scopes: SecurityScopes, user=Depends(get_current_user)):
    for scope in security_scopes.scopes:
        if scope not in user.scopes:
            raise HTTPException(status_code=403)
    return user


@app.get("/admin/users")
def list_users(user=Security(scoped, scopes=["users"])):
    return []
""",
    ),
    Good(
        "an object that is called as a dependency",
        ONE_FILE
        + """

class RoleChecker:
    def __init__(self, allowed):
        self.allowed = allowed

    def __call__(self, user=Depends(get_current_user)):
        if user.role not in self.allowed:
            raise HTTPException(status_code=403)
        return user


only_admins = RoleChecker(["admin"])


@app.post("/admin/settings")
def change_settings(data: dict, user=Depends(only_admins)):
    return data
""",
    ),
    Good(
        "a list of administrators in the settings",
        ONE_FILE
        + """
ADMIN_EMAILS = load("ADMIN_EMAILS")


def require_admin(user=Depends(get_current_user)):
    if user.email not in ADMIN_EMAILS:
        raise HTTPException(status_code=403)
    return user


@app.get("/admin/orders")
def orders(user=Depends(require_admin)):
    return []
""",
    ),
    Good(
        "one key for whoever runs the app: there are no accounts, so there are no roles",
        """import os

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def operator(x_api_key: str = Header(None)):
    if x_api_key != os.environ["OPERATOR_KEY"]:
        raise HTTPException(status_code=401)


@app.get("/admin/orders", dependencies=[Depends(operator)])
def orders():
    return []
""",
    ),
    Good(
        "where only administrators can sign in, a login is the role",
        ONE_FILE
        + """

@app.post("/admin/login")
def admin_login(data: dict):
    return token_for(data)


@app.get("/admin/orders")
def orders(user=Depends(get_current_user)):
    return []
""",
    ),
    Good(
        "one's own account and one's own settings",
        ONE_FILE
        + """

@app.patch("/users/me")
def change_me(data: dict, user=Depends(get_current_user)):
    return data


@app.put("/settings")
def change_settings(data: dict, user=Depends(get_current_user)):
    return save(user, data)


@app.get("/users/{user_id}/orders")
def orders_of(user_id: int, user=Depends(get_current_user)):
    return []
""",
    ),
    Good(
        "a guard of a library that cannot be read is no finding, and neither is one for administrators alone",
        """from company.access import require_administrator
from fastapi import APIRouter, Depends

router = APIRouter()


@router.delete("/users/{user_id}", dependencies=[Depends(require_administrator)])
def delete_user(user_id: int):
    return {}
""",
    ),
    Good(
        "declared to be for everybody",
        ONE_FILE
        + """

@app.get("/users")
def directory(user=Depends(get_current_user)):
    return []
""",
        options={"not_admin": ("GET /users",)},
    ),
    Bad(
        "users with a column for it and no check: one is written beside the app's own guard",
        shop(),
        {
            "security.py": SECURITY + REQUIRE_ADMIN,
            "users.py": USERS.format(
                imports="get_current_user, require_admin",
                guard=", dependencies=[Depends(require_admin)]",
                body="return {}",
            ),
        },
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "the check that other routes for administrators have, with its arguments",
        {
            "models.py": MODELS,
            "security.py": SECURITY + FACTORY,
            "reports.py": REPORTS.format(other=SIGNED_IN),
            "main.py": MAIN.replace("users", "reports"),
        },
        {
            "reports.py": REPORTS.format(other='Depends(require_role("admin"))').replace("get_current_user, ", ""),
        },
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "a check that is written and forgotten",
        {"models.py": MODELS, "security.py": SECURITY + REQUIRE_ADMIN, "users.py": shop()["users.py"], "main.py": MAIN},
        {
            "users.py": USERS.format(
                imports="get_current_user, require_admin",
                guard=", dependencies=[Depends(require_admin)]",
                body="return {}",
            )
        },
        adds=("tests/test_controls_authorization.py",),
    ),
    Bad(
        "a name proves nothing: this require_admin lets every user pass",
        ONE_FILE
        + """

def require_admin(user=Depends(get_current_user)):
    return user


@app.get("/admin/users")
def list_users(user=Depends(require_admin)):
    return []


@app.get("/orders")
def orders(user=Depends(require_admin)):
    return []
""",
    ),
    Bad(
        "the role that the request brings is nobody's role",
        ONE_FILE
        + """

@app.put("/users/{user_id}")
def change_user(user_id: int, data: dict, role: str, user=Depends(get_current_user)):
    if role != "admin":
        raise HTTPException(status_code=403)
    return data
""",
    ),
    Bad(
        "a check that is decided beforehand",
        ONE_FILE
        + """

@app.delete("/users/{user_id}")
def delete_user(user_id: int, user=Depends(get_current_user)):
    if not user.is_admin and False:
        raise HTTPException(status_code=403)
    return {}
""",
    ),
    Bad(
        "the kind of a token is no role",
        """import jwt
from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def signed_in(authorization: str = Header(None)):
    claims = jwt.decode(authorization, KEY, algorithms=["HS256"])
    if claims.get("scope") != "access_token":
        raise HTTPException(status_code=401)
    return claims


@app.delete("/admin/orders")
def purge(user=Depends(signed_in)):
    return {}


@app.get("/orders")
def orders(user=Depends(signed_in)):
    return []
""",
    ),
    Bad(
        "open to everybody, in an app that knows nobody: its identity provider says who administrates",
        {"app.py": OPEN.format(imports="", get="", configure=""), "requirements.txt": "fastapi>=0.110\n"},
        {
            "app.py": OPEN.format(imports="Depends, ", get=ROLE, configure=ROLE).replace(
                "import Depends, FastAPI\n", "import Depends, FastAPI\n\nfrom controls.auth import require_role\n"
            ),
            "requirements.txt": "fastapi>=0.110\nPyJWT[crypto]>=2.10,<3\n",
        },
        findings=2,
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_authorization.py",
        ),
    ),
    Bad(
        "declared to be for administrators",
        ONE_FILE
        + """

@app.post("/prices")
def set_prices(data: dict, user=Depends(get_current_user)):
    return data
""",
        options={"admin_paths": ("POST /prices",)},
    ),
    Todo(
        "what only its authors know to be for administrators",
        ONE_FILE
        + """

@app.post("/publish")
def publish(data: dict, user=Depends(get_current_user)):
    return data
""",
    ),
)
