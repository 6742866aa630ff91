"""A check that is written after a column of a Django site's users lets administrators pass and nobody else."""

from pathlib import Path

import pytest

from tests.transforms.django_apps import site_of
from tests.transforms.test_role_proofs import outcomes
from tests.transforms.test_role_proofs_django import REST, site
from transforms.edit_kinds import AddFile, InsertStatements
from transforms.edits import role_guard_for
from transforms.examples import admin_route_requires_role_django as example
from transforms.reuse import RoleGuard

USER = "from django.contrib.auth.models import AbstractUser\nfrom django.db import models\n{above}\n\nclass User(AbstractUser):\n    {body}\n"
DELETE = "test_get_admin_panel_users_pk_delete"
VIEWS = example.HEAD + example.HOME + example.REPORTS.replace("{guard}\n", "") + example.DELETE.format(guard="")


def guard_of(body: str, above: str = "", more: dict[str, str] | None = None) -> RoleGuard | None:
    """The check that a site of function views with such users gets."""
    files = {**example.shop(VIEWS), "manage.py": "", "shop/models.py": USER.format(body=body, above=above)}
    app = site_of({**files, **(more or {})})
    return role_guard_for(app, next(route for route in app.routes if "admin-panel" in (route.path or "")))


def written(guard: RoleGuard | None) -> str:
    """The text of the file that comes with a check."""
    assert guard is not None
    (edit,) = guard.makes
    assert isinstance(edit, AddFile)
    return edit.content


@pytest.mark.parametrize(
    ("body", "above", "asked"),
    [
        ("is_admin = models.BooleanField(default=False)", "", "request.user.is_admin)"),
        ("role = models.CharField(choices=[('admin', 'A'), ('clerk', 'C')])", "", 'request.user.role == "admin")'),
        (
            "role = models.CharField(choices=ROLES)",
            "ROLES = (('superadmin', 'S'), ('admin', 'A'), ('clerk', 'C'))",
            'request.user.role in ("superadmin", "admin"))',
        ),
        (
            "class Role(models.TextChoices):\n        ADMIN = 'admin', 'A'\n        CLERK = 'clerk', 'C'\n\n"
            "    role = models.CharField(choices=Role.choices)",
            "",
            'request.user.role == "admin")',
        ),
        (
            "ADMIN = 'administrator'\n    role = models.CharField(choices=[(ADMIN, 'A')])",
            "",
            'request.user.role == "administrator")',
        ),
        ("is_manager = models.BooleanField(default=False)", "", "request.user.is_manager)"),
        (
            "is_manager = models.BooleanField()\n    is_admin = models.BooleanField()",
            "",
            "request.user.is_admin)",
        ),
    ],
)
def test_the_column_that_says_who_administrates_is_asked(body: str, above: str, asked: str) -> None:
    assert f"if not (request.user.is_authenticated and {asked}:" in written(guard_of(body, above))


def test_an_enum_of_another_file_is_imported() -> None:
    roles = (
        "from django.db import models\n\n\nclass Role(models.TextChoices):\n    ADMIN = 'admin'\n    CLERK = 'clerk'\n"
    )
    guard = guard_of(
        "role = models.CharField(choices=Role.choices)", "from .roles import Role", {"shop/roles.py": roles}
    )
    assert "request.user.role == Role.ADMIN" in written(guard)
    assert "from shop.roles import Role" in written(guard)


@pytest.mark.parametrize(
    "body",
    [
        "phone = models.CharField(max_length=20)",
        "role = models.CharField(choices=[('cook', 'C'), ('waiter', 'W')])",  # which of them administrates?
        "role = models.CharField(max_length=20)",  # which values it has is not said
        "role = models.ForeignKey(Role, on_delete=models.CASCADE)",
        "is_subscribed = models.BooleanField(default=False)",
        "is_admin = property(lambda self: self.role == 'admin')",
    ],
)
def test_no_check_is_made_up_where_the_column_does_not_say_who_administrates(body: str) -> None:
    assert guard_of(body) is None


def test_a_class_that_is_nobodys_login_is_not_asked() -> None:
    plain = "from django.db import models\n\n\nclass Player(models.Model):\n    is_admin = models.BooleanField()\n"
    assert guard_of("phone = models.CharField(max_length=20)", more={"shop/players.py": plain}) is None


def test_the_file_that_is_there_gets_the_check_at_its_end() -> None:
    decorators = (
        "from django.http import HttpResponse\n\n\ndef twice(request):\n    return HttpResponse()\n\n\nFIRST = 1\n"
    )
    guard = guard_of("is_admin = models.BooleanField()", more={"shop/decorators.py": decorators})
    assert guard is not None
    (edit,) = guard.makes
    assert isinstance(edit, InsertStatements)
    assert (edit.path, edit.place.line) == ("shop/decorators.py", 4)


def test_a_file_of_which_nothing_is_known_is_left_alone() -> None:
    assert guard_of("is_admin = models.BooleanField()", more={"shop/decorators.py": "FIRST = 1\n"}) is None


def test_users_of_a_models_folder_get_it_beside_the_folder() -> None:
    model = USER.format(above="", body="is_admin = models.BooleanField()")
    files = {**example.shop(VIEWS), "manage.py": "", "people/__init__.py": "", "people/models/__init__.py": ""}
    app = site_of({**files, "people/models/user.py": model})
    guard = role_guard_for(app, next(route for route in app.routes if "admin-panel" in (route.path or "")))
    assert guard is not None
    assert [edit.path for edit in guard.makes] == ["people/decorators.py"]
    assert guard.names == (("administrators_only", "people.decorators.administrators_only"),)


def test_a_permission_class_that_nobody_uses_yet_comes_first() -> None:
    files = {
        **example.api(users="IsAuthenticated", name="Unused").copy(),
        "shop/models.py": example.FLAG,
        "manage.py": "",
    }
    files["shop/views.py"] = files["shop/views.py"].replace(
        "permission_classes = [Unused]", "permission_classes = [IsAuthenticated]"
    )
    app = site_of(files)
    guard = role_guard_for(app, next(route for route in app.routes if route.name == "POST /api/admin/users/"))
    assert guard is not None
    assert (guard.code, guard.makes) == ("Unused", ())


PROFILE = """from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import models


class Role(models.Model):
    name = models.CharField(max_length=20{choices})


class Profile(models.Model):
    user = models.OneToOneField({user}, on_delete=models.CASCADE{related})
    {body}
"""
ADMIN_OR_CLERK = "choices=[('admin', 'A'), ('clerk', 'C')]"
COMPARES = """

def greet(request):
    if {asked} == "admin":
        return "dear administrator"
    return "you"
"""


def of_profile(
    body: str, user: str = "User", related: str = "", choices: str = "", compares: str = ""
) -> RoleGuard | None:
    """The check that a site gets whose users are Django's own and have a profile."""
    profile = PROFILE.format(body=body, user=user, related=related, choices=choices)
    views = VIEWS + (COMPARES.format(asked=compares) if compares else "")
    app = site_of({**example.shop(views), "manage.py": "", "shop/models.py": profile})
    return role_guard_for(app, next(route for route in app.routes if "admin-panel" in (route.path or "")))


@pytest.mark.parametrize("user", ["User", "settings.AUTH_USER_MODEL", "get_user_model()", "'auth.User'", "to=User"])
def test_the_role_of_a_profile_is_asked_however_it_names_the_users(user: str) -> None:
    found = written(of_profile(f"role = models.CharField({ADMIN_OR_CLERK})", user))
    assert (
        'if not (request.user.is_authenticated and hasattr(request.user, "profile") '
        'and request.user.profile.role == "admin"):' in found
    )


@pytest.mark.parametrize(
    ("body", "given", "asked"),
    [
        ("is_admin = models.BooleanField()", {"related": ", related_name='details'"}, "request.user.details.is_admin)"),
        (
            "role = models.ForeignKey(Role, on_delete=models.CASCADE)",
            {"choices": f", {ADMIN_OR_CLERK}"},
            'request.user.profile.role.name == "admin")',
        ),
        (
            "role = models.ForeignKey('Role', null=True, on_delete=models.SET_NULL)",
            {"choices": f", {ADMIN_OR_CLERK}"},
            'request.user.profile.role is not None and request.user.profile.role.name == "admin")',
        ),
        (
            "role = models.ForeignKey(Role, on_delete=models.CASCADE)",
            {"compares": "request.user.profile.role.name"},
            'request.user.profile.role.name == "admin")',
        ),
        (
            "role = models.CharField(max_length=20)",
            {"compares": "request.user.profile.role"},
            'request.user.profile.role == "admin")',
        ),
    ],
)
def test_what_the_code_says_of_the_roles_decides(body: str, given: dict[str, str], asked: str) -> None:
    assert asked in written(of_profile(body, **given))


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("role = models.CharField(max_length=20)", {}),  # which values it has is not said
        ("role = models.CharField(max_length=20)", {"compares": "request.user.title"}),
        ("role = models.ForeignKey(Role, on_delete=models.CASCADE)", {}),
        (f"role = models.CharField({ADMIN_OR_CLERK})", {"user": "Role"}),  # of something else than a user
        (f"role = models.CharField({ADMIN_OR_CLERK})", {"related": ", related_name='+'"}),
        (f"role = models.CharField({ADMIN_OR_CLERK})", {"related": ", related_name='%(class)s_of'"}),
    ],
)
def test_no_check_of_a_profile_is_made_up(body: str, given: dict[str, str]) -> None:
    assert of_profile(body, **given) is None


def test_a_role_with_a_table_of_its_own_is_asked_of_users_of_the_sites_own() -> None:
    body = "role = models.ForeignKey('Role', on_delete=models.CASCADE)"
    above = f"\n\nclass Role(models.Model):\n    slug = models.CharField({ADMIN_OR_CLERK})\n"
    assert 'request.user.role.slug == "admin")' in written(guard_of(body, above))


@pytest.mark.parametrize(
    "body",
    ["is_admin = models.BooleanField(default=False)", f"role = models.CharField(max_length=9, {ADMIN_OR_CLERK})"],
)
def test_who_administrates_by_a_profile_passes_and_nobody_else(body: str, tmp_path: Path) -> None:
    files = site(example.shop(VIEWS), more=', "people"')
    profile = PROFILE.format(body=body, user="settings.AUTH_USER_MODEL", related="", choices="")
    files = {**files, "people/__init__.py": "", "people/models.py": profile}
    before, after = outcomes(files, tmp_path)
    assert before[f"{DELETE}_refuses_a_caller_without_a_role"] == "failed"
    assert after[f"{DELETE}_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}


def with_people(files: dict[str, str], body: str, more: str = "") -> dict[str, str]:
    """A site whose users have a class of their own."""
    made = site(files, more=f', "people"{more}')
    made["shop/settings.py"] += 'AUTH_USER_MODEL = "people.User"\n'
    return {**made, "people/__init__.py": "", "people/models.py": USER.format(above="", body=body)}


def test_the_decorator_lets_administrators_pass_and_nobody_else(tmp_path: Path) -> None:
    column = 'role = models.CharField(max_length=9, choices=[("admin", "A"), ("clerk", "C")])'
    before, after = outcomes(with_people(example.shop(VIEWS), column), tmp_path)
    assert before[f"{DELETE}_refuses_a_caller_without_a_role"] == "failed"
    assert after[f"{DELETE}_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}


def test_the_permission_class_lets_administrators_pass_and_nobody_else(tmp_path: Path) -> None:
    views = REST.format(own="", permissions="IsAuthenticated", asked="IsAuthenticated")
    views = views.replace("django.contrib.auth.models", "people.models") + "\n\nfrom django.http import HttpResponse\n"
    urls = example.API_URLS.replace("AdminReports)", "AdminReports, basename='report')")
    files = with_people(
        {"shop/urls.py": urls, "shop/views.py": views},
        "is_admin = models.BooleanField(default=False)",
        ', "rest_framework"',
    )
    before, after = outcomes(files, tmp_path)
    assert before["test_delete_api_admin_users_pk_refuses_a_caller_without_a_role"] == "failed"
    assert after["test_delete_api_admin_users_pk_lets_an_administrator_pass"] == "passed"
    assert set(after.values()) == {"passed"}
