"""Who passes a check of a role: said only where the check asks for one clear thing."""

import pytest

from tests.transforms.joined import app_of
from transforms.passing import who_passes

HEAD = """
    from enum import Enum
    from fastapi import Depends, FastAPI, HTTPException
    from fastapi.security import OAuth2PasswordBearer

    class Role(Enum):
        ADMIN = "admin"
        CLERK = "clerk"

    app = FastAPI()
    oauth2 = OAuth2PasswordBearer(tokenUrl="login")

    def get_current_user(token: str = Depends(oauth2)):
        user = read_token(token)
        if user is None:
            raise HTTPException(status_code=401)
        return user
"""
CHECK = """
    def require_admin(user = Depends(get_current_user)):
        if {refused}:
            raise HTTPException(status_code=403)
        return user
"""
FACTORY = """
    def require_role({parameter}):
        def check(user = Depends(get_current_user)):
            if {refused}:
                raise HTTPException(status_code=403)
            return user

        return check
"""

CLEAR = {
    "not user.is_admin": "is_admin=True",
    "not user.is_superuser": "is_superuser=True",
    'user.role != "admin"': 'role="admin"',
    'user.user_role != "superadmin"': 'user_role="superadmin"',
    'user.role not in ("owner", "admin")': 'role="admin"',
    'user.role != "owner" and user.role != "admin"': 'role="admin"',
    '"admin" not in user.roles': 'roles=["admin"]',
    "user.role != Role.ADMIN": "role=app.Role.ADMIN",
}
UNCLEAR = [
    "not (user.is_admin or user.is_owner)",
    "not user.profile.is_admin",
    "user.role.value != 'admin'",
    "user.role != settings.admin_role",
    "user.role not in allowed_for(user)",
    "not is_admin(user)",
    "user.is_admin is False",
    "user.role != Role.OWNER",
]


@pytest.mark.parametrize("refused", CLEAR)
def test_one_clear_thing_is_said(refused: str) -> None:
    app = app_of(HEAD + CHECK.format(refused=refused))
    assert who_passes(app, "app.require_admin", "require_admin") == CLEAR[refused]


@pytest.mark.parametrize("refused", UNCLEAR)
def test_of_anything_else_nothing_is_claimed(refused: str) -> None:
    app = app_of(HEAD + CHECK.format(refused=refused))
    assert who_passes(app, "app.require_admin", "require_admin") == ""


@pytest.mark.parametrize(
    ("parameter", "refused", "code", "passes"),
    [
        ("role", "user.role != role", 'require_role("admin")', 'role="admin"'),
        ("role: str", "user.role != role", 'require_role(role="admin")', 'role="admin"'),
        ("*roles", "user.role not in roles", 'require_role("clerk", "admin")', 'role="admin"'),
        ("roles", "user.role not in roles", 'require_role(["clerk"])', 'role="clerk"'),
        ("name, role", "user.role != role", 'require_role("x", "admin")', 'role="admin"'),
        ("role", "user.role != role", "require_role(Role.ADMIN)", ""),
        ("*roles", "user.role not in roles", 'require_role("admin", OTHER)', ""),
        ("role", "user.role != role", "require_role", ""),
        ("role", "role not in user.roles", 'require_role("admin")', 'roles=["admin"]'),
    ],
)
def test_a_check_that_is_made_with_a_role_asks_for_that(parameter: str, refused: str, code: str, passes: str) -> None:
    app = app_of(HEAD + FACTORY.format(parameter=parameter, refused=refused))
    assert who_passes(app, "app.require_role()", code) == passes
