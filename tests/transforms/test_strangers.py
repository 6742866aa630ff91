"""A predicate is read by following its code for a caller without identity: what it answers, and to which requests."""

import textwrap

import pytest

from tests.transforms.joined import READERS
from transforms.concepts import Says
from transforms.frameworks import django, django_rest
from transforms.source import SourceFile
from transforms.walk import read

HEAD = "from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated\n\n\n"
YES, NO, UNKNOWN = Says.YES, Says.NO, Says.UNKNOWN


def answers(body: str, before: str = "") -> dict[tuple[str, str], str]:
    """What `has_permission` with that body answers."""
    method = "    def has_permission(self, request, view):\n" + textwrap.indent(textwrap.dedent(body), " " * 8)
    source = f"{HEAD}{before}\n\nclass Rule(BasePermission):\n{method}\n"
    facts = read(SourceFile("rules.py", source.encode()), (*READERS, django, django_rest))
    found = next(each for each in facts.predicates if each.function == "rules.Rule.has_permission")
    return {(verb, action): said for verb, action, said in found.answers}


ALWAYS = {
    "return True": YES,
    "return False": NO,
    "pass": NO,
    "raise PermissionDenied": NO,
    "return request.user.is_authenticated": NO,
    "return bool(request.user and request.user.is_authenticated)": NO,
    "return request.user.is_anonymous": YES,
    "return not request.user.is_authenticated": YES,
    "return request.user": YES,  # an anonymous user is an object, too
    "return request.user is not None": YES,
    "return request.user.is_staff or request.user.is_superuser": NO,
    "return request.user.role == 'admin'": NO,  # an anonymous user has no role: an error, and nobody passes
    "return getattr(request.user, 'role', None) == 'admin'": NO,
    "return getattr(request.user, 'role', 'guest') == 'guest'": YES,
    "return hasattr(request.user, 'profile') and request.user.profile.active": NO,
    "return request.user.groups.filter(name='clerks').exists()": NO,
    "return request.user.has_perm('shop.view')": NO,
    "return request.user.id in (1, 2)": NO,
    "return request.auth is not None": NO,
    "return request.headers.get('X-Key') == settings.KEY": NO,
    "return request.META['HTTP_X_KEY'] == settings.KEY": NO,
    "return request.META.get('REMOTE_ADDR') in ALLOWED": UNKNOWN,
    "return is_open()": UNKNOWN,
    "return settings.DEBUG or request.user.is_authenticated": UNKNOWN,
    "return settings.DEBUG and request.user.is_authenticated": NO,
    "return True if request.user else False": YES,
    "return any([request.user.is_staff, request.user.is_superuser])": NO,
    "return all([True, request.user.is_staff])": NO,
    "user = request.user\nif not user.is_authenticated:\n    return False\nreturn user.role in ROLES": NO,
    "if settings.DEBUG:\n    return True\nreturn False": UNKNOWN,
    "if settings.DEBUG:\n    return True\nreturn True": YES,
    "try:\n    return request.user.profile.active\nexcept AttributeError:\n    return False": NO,
    "for role in ROLES:\n    if request.user.role == role:\n        return True\nreturn False": NO,
    "with lock:\n    return request.user.is_staff": NO,
    "return super().has_permission(request, view)": "super",
    "return super().has_permission(request, view) and request.user.is_staff": NO,
    "if not super().has_permission(request, view):\n    return False\nreturn request.user.is_staff": NO,
    "return IsAuthenticated().has_permission(request, view)": "rest_framework.permissions.IsAuthenticated",
    "return self.may(request.user)": UNKNOWN,  # a method that is not there
    "return [x for x in y]": UNKNOWN,
    "return lambda: 1": UNKNOWN,
}


@pytest.mark.parametrize("body", ALWAYS)
def test_what_a_stranger_is_answered(body: str) -> None:
    assert answers(body) == {("*", "*"): ALWAYS[body]}


def test_functions_of_the_file_are_followed() -> None:
    helper = "def is_clerk(user):\n    return user.is_authenticated and user.role == 'clerk'\n"
    assert answers("return is_clerk(request.user)", helper) == {("*", "*"): NO}
    assert answers("return is_clerk(request.user)", helper.replace("user.is_auth", "not user.is_auth")) == {
        ("*", "*"): NO
    }


def test_a_function_that_follows_itself_ends() -> None:
    assert answers("return again(request)", "def again(request):\n    return again(request)\n") == {("*", "*"): UNKNOWN}


READS = {("GET", "*"): YES} | {(verb, "*"): NO for verb in ("POST", "PUT", "PATCH", "DELETE")}


@pytest.mark.parametrize(
    "body",
    [
        "if request.method in SAFE_METHODS:\n    return True\nreturn request.user.is_staff",
        "return request.method in SAFE_METHODS or request.user.is_staff",
        "if request.method == 'GET':\n    return True\nreturn request.user.is_staff",
        "if request.method not in ['POST', 'PUT', 'PATCH', 'DELETE']:\n    return True\nreturn request.user.is_staff",
        "if request.method.upper() != 'GET':\n    return request.user.is_staff\nreturn True",
    ],
)
def test_the_method_decides(body: str) -> None:
    assert answers(body) == READS


def test_the_action_decides() -> None:
    found = answers("if view.action in ['list', 'retrieve']:\n    return True\nreturn request.user.is_staff")
    assert found[("*", "*")] is not YES
    assert {said for (_, action), said in found.items() if action in ("list", "retrieve")} == {YES}


def test_too_many_ways_are_given_up() -> None:
    doubts = "".join(f"if doubt_{number}():\n    x = {number}\n" for number in range(40))
    assert answers(doubts + "return True") == {("*", "*"): UNKNOWN}
