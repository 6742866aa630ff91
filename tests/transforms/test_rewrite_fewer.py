"""Arguments that go, and assignments that become functions: the layout of everything else stays."""

import pytest

from tests.transforms.rewriting import PATH, place_of, refusal, text_after
from transforms.edit_kinds import ImportOf, RemoveArguments, ReplaceExpression, ReturnInstead

CACHE = (ImportOf("functools", "cache"),)


def without(source: str, call: str, *keywords: str) -> str:
    return text_after(source, RemoveArguments(PATH, place_of(source, call), keywords))


CALLS = {
    "f(a=1, b=2)": "f(a=1)",
    "f(b=2, a=1)": "f(a=1)",
    "f(0, b=2, a=1, c=3)": "f(0, a=1)",
    "f(b=2, c=3)": "f()",
    "f(b=2,)": "f()",
    "f(a=1, b=2,)": "f(a=1,)",
    "f(\n    a=1,\n    b=2,\n)": "f(\n    a=1,\n)",
    "f(\n    b=2,\n    a=1,\n)": "f(\n    a=1,\n)",
    "f(\n    b=2,\n)": "f()",
    "f(a=1, b=(2), c=(\n    3\n))": "f(a=1)",
    "f(a=(1), b=2)": "f(a=(1))",
    "f(*a, b=2, **c)": "f(*a, **c)",
    "f(b=g(a, 1), a=1)": "f(a=1)",
}


@pytest.mark.parametrize(("call", "after"), CALLS.items(), ids=list(CALLS))
def test_arguments_go_with_their_commas(call: str, after: str) -> None:
    keywords = [name for name in ("b", "c") if f"{name}=" in call and f"*{name}" not in call]
    assert without(f"x = {call}\n", call, *keywords) == f"x = {after}\n"


def test_an_argument_that_is_not_there_is_refused() -> None:
    source = "x = f(a=1)\n"
    assert refusal(source, RemoveArguments(PATH, place_of(source, "f(a=1)"), ("b",))) == (
        "the call does not have these arguments"
    )
    assert "no call" in refusal(source, RemoveArguments(PATH, place_of(source, "a"), ("b",)))


def function(source: str, statement: str, head: str, *more: ReplaceExpression) -> str:
    return text_after(source, ReturnInstead(PATH, place_of(source, statement), head), *more)


HEAD = "def get_x():\n    return"


def test_an_assignment_becomes_a_function_with_room_around_it() -> None:
    assert function("a = 1\nx = f()\nb = 2\n", "x = f()", HEAD) == (
        "a = 1\n\n\ndef get_x():\n    return f()\n\n\nb = 2\n"
    )


def test_room_that_is_there_is_enough() -> None:
    source = "a = 1\n\n\nx = f()\n\n\nb = 2\n"
    assert function(source, "x = f()", HEAD) == "a = 1\n\n\ndef get_x():\n    return f()\n\n\nb = 2\n"
    assert function("x = f()\n", "x = f()", HEAD) == "def get_x():\n    return f()\n"
    assert function("x = f()", "x = f()", HEAD) == "def get_x():\n    return f()"


def test_a_comment_stays_with_what_it_is_about() -> None:
    assert function("a = 1\n\n# the client\nx = f()\n", "x = f()", HEAD) == (
        "a = 1\n\n# the client\ndef get_x():\n    return f()\n"
    )


def test_further_lines_go_deeper_unless_a_string_goes_over_them() -> None:
    assert function("x = f(\n    1,\n\n    2,\n)\n", "x = f(\n    1,\n\n    2,\n)", HEAD) == (
        "def get_x():\n    return f(\n        1,\n\n        2,\n    )\n"
    )
    text = 'x = f("""\n  a\n""")\n'
    assert function(text, text.strip(), HEAD) == 'def get_x():\n    return f("""\n  a\n""")\n'


def test_parentheses_around_the_value_stay() -> None:
    assert function("x = (\n    f()\n)\n", "x = (\n    f()\n)", HEAD) == (
        "def get_x():\n    return (\n        f()\n    )\n"
    )


def test_windows_line_ends_are_kept() -> None:
    source = "a = 1\r\nx = f(\r\n    1,\r\n)\r\nb = 2\r\n"
    after = function(source, "x = f(\r\n    1,\r\n)", HEAD)
    assert after == "a = 1\r\n\r\n\r\ndef get_x():\r\n    return f(\r\n        1,\r\n    )\r\n\r\n\r\nb = 2\r\n"


def test_a_field_becomes_a_property_and_its_value_another() -> None:
    source = "class A:\n    n: int = 1\n    x: str = 'a'\n    m: int = 2\n"
    head = "@property\ndef x(self) -> str:\n    return"
    other = ReplaceExpression(PATH, place_of(source, "'a'"), "f()")
    assert function(source, "x: str = 'a'", head, other) == (
        "class A:\n    n: int = 1\n\n    @property\n    def x(self) -> str:\n        return f()\n\n    m: int = 2\n"
    )


@pytest.mark.parametrize("source", ["a = 1; x = f()\n", "if a: x = f()\n"])
def test_an_assignment_that_shares_its_line_is_refused(source: str) -> None:
    assert refusal(source, ReturnInstead(PATH, place_of(source, "x = f()"), HEAD, CACHE))


@pytest.mark.parametrize("statement", ["x = y = f()", "x += f()", "x: int"])
def test_what_is_no_plain_assignment_is_refused(statement: str) -> None:
    source = f"{statement}\n"
    assert "no plain assignment" in refusal(source, ReturnInstead(PATH, place_of(source, statement), HEAD))
