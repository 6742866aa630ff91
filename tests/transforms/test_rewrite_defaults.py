"""A new default of a parameter: spliced in its own style, refused where Python would."""

import pytest

from tests.transforms.rewriting import PATH, place_of, refusal, text_after
from transforms.edit_kinds import ImportOf, SetDefault


def default(source: str, name: str, code: str, *imports: ImportOf) -> SetDefault:
    starred = next((stars for stars in ("**", "*") if f"({stars}{name}" in source), "")
    return SetDefault(PATH, place_of(source, starred + name), code, imports)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(token: str): ...\n", "def f(token: str = Depends(scheme)): ...\n"),
        ("def f(token): ...\n", "def f(token=Depends(scheme)): ...\n"),
        ("def f(token: str = None): ...\n", "def f(token: str = Depends(scheme)): ...\n"),
        ("def f(token: str = Query(...)): ...\n", "def f(token: str = Depends(scheme)): ...\n"),
        ("def f(a, token: str, *, b): ...\n", "def f(a, token: str = Depends(scheme), *, b): ...\n"),
        ("def f(a=1, *, token, b): ...\n", "def f(a=1, *, token=Depends(scheme), b): ...\n"),
        ("def f(\n    token: str,  # why\n): ...\n", "def f(\n    token: str = Depends(scheme),  # why\n): ...\n"),
        ("def f(token: (str)): ...\n", "def f(token: (str) = Depends(scheme)): ...\n"),
    ],
)
def test_a_parameter_gets_a_default(before: str, after: str) -> None:
    assert text_after(before, default(before, "token", "Depends(scheme)")) == after


def test_what_it_needs_is_imported() -> None:
    source = "import os\n\n\ndef f(token: str): ...\n"
    edit = default(source, "token", "Depends(scheme)", ImportOf("fastapi", "Depends"))
    assert "from fastapi import Depends\n" in text_after(source, edit)


def test_the_default_that_is_there_is_left_alone() -> None:
    source = "def f(token: str = Depends( scheme )): ...\n"
    assert text_after(source, default(source, "token", "Depends(scheme)")) == source


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(token, b): ...\n", "parameters without defaults stand behind it"),
        ("def f(*token): ...\n", "the parameter can have no default"),
        ("def f(**token): ...\n", "the parameter can have no default"),
        ("token = 1\n", "there is no parameter at the place"),
    ],
)
def test_no_default_where_none_can_be(source: str, reason: str) -> None:
    assert refusal(source, default(source, "token", "1")) == reason
