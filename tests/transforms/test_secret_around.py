"""What is kept of the code around a literal: enough to ask in its place, and nothing of the literal itself."""

import libcst as cst
import pytest

from transforms.concepts import Place
from transforms.concepts_secrets import ASKED
from transforms.frameworks.secret_places import (
    LONGEST,
    as_written,
    built_in_accounts,
    can_ask_inside,
    comes_from_outside,
    is_given,
)
from transforms.secrets.prose import makes_role, sql_passwords


def expression(code: str) -> cst.BaseExpression:
    return cst.parse_expression(code)


def function(code: str) -> cst.FunctionDef:
    (found,) = cst.parse_module(code).body
    assert isinstance(found, cst.FunctionDef)
    return found


GIVEN = ["password", "form.password", "form['password']", "request.form.get('password')", "body.password.strip()"]
LOOKED_AT = ["PASSWORD", "settings.password", "self.settings.password", "config['password']", "os.getenv('P')"]


@pytest.mark.parametrize("code", GIVEN)
def test_what_somebody_typed_is_given(code: str) -> None:
    assert is_given(expression(code))


@pytest.mark.parametrize("code", [*LOOKED_AT, "current_app.config['P']", "'a literal'"])
def test_a_setting_is_not(code: str) -> None:
    assert not is_given(expression(code))


def test_a_parameter_comes_from_outside_and_so_does_what_is_asked_for_there() -> None:
    node = function("def f(a, /, b, *, c):\n    d = 1\n")
    assert all(comes_from_outside(expression(name), node) for name in ("a", "b", "c", "form.d", "input()"))
    assert not comes_from_outside(expression("d"), node)
    assert not comes_from_outside(expression("a"), None)


KNOWS_NONE = [
    "if p is None:\n        p = 1",
    "return 1 if p is not None else 2",
    "if not p:\n        return",
    "while True:\n        x = [p is None]",
]


@pytest.mark.parametrize("body", KNOWS_NONE)
def test_a_function_that_knows_none_is_left_alone(body: str) -> None:
    assert not can_ask_inside(function(f"def f(p=1):\n    {body}\n"), "p")


@pytest.mark.parametrize("body", ["return p", "if q is None:\n        return p", "if p == None:\n        pass"])
def test_one_that_does_not_can_ask(body: str) -> None:
    assert can_ask_inside(function(f"def f(p=1, q=None):\n    {body}\n"), "p")


def test_a_body_without_a_block_has_no_room_to_ask() -> None:
    assert not can_ask_inside(function("def f(p=1): return p\n"), "p")


BESIDE = "def f(email, password):\n    if {}:\n        return True\n    return {}\n"


def accounts(condition: str, answer: str) -> int:
    node = function(BESIDE.format(condition, answer))
    (first, *_) = node.body.body
    assert isinstance(first, cst.If)
    assert isinstance(first.test, cst.BooleanOperation)
    return sum(1 for _ in built_in_accounts(first.test, node))


def test_an_account_beside_a_login_that_verifies_is_one_that_was_built_in() -> None:
    both = 'email == "a@b.io" and password == "x"'
    assert accounts(both, "verify_password(password, x)") == 2
    assert accounts(both, "False") == 0  # the only way in
    assert accounts('email == "a@b.io" or password == "x"', "verify_password(password, x)") == 0
    assert accounts('ready == "yes" and password == "x"', "verify_password(password, x)") == 0
    assert accounts('email == other and password == "x"', "verify_password(password, x)") == 0


def test_lines_keep_the_indentation_that_they_have_in_their_file() -> None:
    text = "class A:\n    b: str = field(\n        default='x',\n        repr=False,\n    )\n"
    code = f"field(\ndefault_factory=lambda: {ASKED},\nrepr=False,\n)"
    expected = f"field(\n        default_factory=lambda: {ASKED},\n        repr=False,\n    )"
    assert as_written(code, text, Place(2, 13, 5, 5)) == expected
    assert as_written(f"field({ASKED})", text, Place(2, 13, 5, 5)) == f"field({ASKED})"


def test_lines_that_are_not_those_of_the_file_are_refused() -> None:
    assert as_written(f"field(\n{ASKED})", "a = field(\n\n'x')\n", Place(1, 4, 3, 4)) == ""


def test_code_that_is_kept_is_short() -> None:
    assert 500 < LONGEST < 10_000


@pytest.mark.parametrize(
    "statement", ["CREATE USER a PASSWORD 'x1y2z3'", "alter role a password 'x1y2z3'", "GRANT ALL ON x TO a"]
)
def test_a_statement_that_makes_a_role_is_known(statement: str) -> None:
    assert makes_role(statement)


def test_a_statement_about_rows_makes_none() -> None:
    assert not makes_role("UPDATE roles SET a = 1")
    assert not makes_role("INSERT INTO users (role, login) VALUES ('user', 'x')")


def test_a_template_of_a_statement_holds_no_password() -> None:
    assert list(sql_passwords("CREATE USER a PASSWORD '{{password}}'")) == []
    assert list(sql_passwords("CREATE USER a PASSWORD '${PASSWORD}'")) == []
    assert [each.value for each in sql_passwords("CREATE USER a PASSWORD 'q7x9kTr'")] == ["q7x9kTr"]
