"""What functions ask, and where they send people: facts, and no secret among them."""

from tests.transforms.joined import facts_of
from transforms.concepts_data import Condition
from transforms.facts import dump


def condition(source: str) -> Condition:
    (found,) = facts_of("from fastapi import HTTPException\n" + source).conditions
    return found


def test_a_condition_knows_what_it_asks_and_how_a_branch_refuses() -> None:
    found = condition("def f(user):\n    if user.role != 'admin':\n        raise HTTPException(403)\n")
    assert (found.function, found.asked, found.roles, found.statuses) == ("app.f", "user.role", ("admin",), (403,))
    assert found.leaves
    assert not found.returned


def test_local_names_are_followed() -> None:
    assert (
        condition("def f(claims):\n    role = claims.get('role')\n    if role:\n        return 1\n").asked
        == "claims.role"
    )


def test_both_sides_of_a_comparison_have_their_places() -> None:
    (pair,) = condition("def f(a, b):\n    if a.x == b.y:\n        return 1\n").pairs
    assert (pair.left, pair.right) == ("a.x", "b.y")
    assert (pair.left_place.column, pair.right_place.column) == (7, 14)


def test_a_branch_that_is_the_other_one_refuses_too() -> None:
    found = condition(
        "def f(user):\n    if user.is_admin:\n        pass\n    else:\n        raise HTTPException(403)\n"
    )
    assert found.statuses == (403,)
    assert found.leaves


def test_what_is_answered_is_a_condition() -> None:
    assert condition("def f(user):\n    return user.role == 'admin'\n").returned


def test_a_literal_that_decides_is_seen() -> None:
    assert condition("def f(user):\n    if user.is_admin or True:\n        return 1\n").decided
    assert not condition("def f(user):\n    if user.is_admin or user.x:\n        return 1\n").decided


def test_no_literal_is_kept_but_one_that_names_a_role() -> None:
    facts = facts_of(
        "import fastapi\ndef f(word):\n    if word == 'quite private' or word in ('owner', 'hush'):\n        return 1\n"
    )
    assert facts.conditions[0].roles == ("owner",)
    assert b"private" not in dump(facts)
    assert b"hush" not in dump(facts)


def test_where_people_are_sent_is_kept() -> None:
    facts = facts_of("from flask import redirect, url_for\ndef f():\n    return redirect(url_for('admin.users'))\n")
    assert [(each.function, each.target) for each in facts.onwards] == [("app.f", "admin.users")]
