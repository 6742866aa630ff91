"""A file without the functions that nobody asked for: what stays is where it was, and what is read of it is the same."""

import ast

import pytest

from transforms.excerpt import excerpt
from transforms.frameworks import secret_literals
from transforms.scanning import read_facts
from transforms.source import Skipped, SourceFile
from transforms.walk import read


def of_marked(function: bytes) -> bool:
    return b"keep" in function


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("def f():\n    return 1\n", "def f():\n    pass\n"),
        ("def f():\n    # keep\n    return 1\n", "def f():\n    # keep\n    return 1\n"),
        ("async def f():\n    a = 1\n    return a\nx = 2\n", "async def f():\n    pass\n\nx = 2\n"),
        (
            "class A:\n    def f(self):\n        return 1\n    x = 2\n",
            "class A:\n    def f(self):\n        pass\n    x = 2\n",
        ),
        ("def f(\n    a,\n):\n    return a\n", "def f(\n    a,\n):\n    pass\n"),
        ("def f(a,\n      b): return a\n", "def f(a,\n      b): return a\n"),  # the body begins beside the head
        ("def f(): return 1\n", "def f(): return 1\n"),
        ("def f():\n    @cached\n    def g(): ...\n    return g\n", "def f():\n    pass\n\n\n"),
        ('def f():\n    """Text\n\ndef g():\n    more.\n    """\n    return 1\n', "def f():\n    pass\n\n\n\n\n\n"),
        ("def f():\n\treturn 1\n", "def f():\n\tpass\n"),
        (
            "def f():\n    if a:\n        return 1\n\n# a comment\nx = 1\n",
            "def f():\n    pass\n\n\n# a comment\nx = 1\n",
        ),
        ("if a:\n    def f():\n        return 1\n", "if a:\n    def f():\n        return 1\n"),
    ],
)
def test_only_the_bodies_of_unwanted_functions_go(code: str, left: str) -> None:
    assert excerpt(code.encode(), of_marked).decode() == left


def test_a_function_is_asked_for_with_its_head() -> None:
    code = b"def f(keep=1):\n    return keep2\n"
    seen: list[bytes] = []
    excerpt(code, lambda function: seen.append(function) or True)
    assert seen == [code]


@pytest.mark.parametrize("code", ["def f(:\n    return 1\n", "x = '\n", "\0", "x = " + "(" * 300 + ")" * 300])
def test_what_cannot_be_parsed_comes_back_as_it_is(code: str) -> None:
    assert excerpt(code.encode(), of_marked) == code.encode()


def test_every_line_stays_where_it_was() -> None:
    code = b"import os\r\n\r\ndef f():\r\n    return '\xc3\xa4'\r\n\r\nclass A:\r\n    b = 1\r\n\r\n    def g(self):\r\n        return 2\r\nEND = 3\r\n"
    before, after = ast.parse(code), ast.parse(excerpt(code, of_marked))
    assert [(each.lineno, each.end_lineno) for each in after.body] == [
        (each.lineno, each.end_lineno) for each in before.body
    ]


def test_a_byte_order_mark_stays() -> None:
    assert excerpt(b"\xef\xbb\xbfdef f():\n    return 1\n", of_marked) == b"\xef\xbb\xbfdef f():\n    pass\n"


FALSE_ALARM = 'def visit(self):\n    self.fill("pass")\n    write("indent")\n\ndef other(a):\n    return a\n'
ASKED_OF_SETTINGS = "import os\n\ndef secret(name):\n    return os.environ[name]\n\ndef other(a):\n    return a\n"
KEY_OF_A_CALL = (
    "import jwt\n\nKEY = {key!r}\n\ndef other(a):\n    return a\n\ndef sign(body):\n    return jwt.encode(body, KEY)\n"
)
IN_A_METHOD = "class Client:\n    def __init__(self):\n        self.password = {key!r}\n\n    def other(self):\n        return 1\n"


@pytest.mark.parametrize("code", [FALSE_ALARM, ASKED_OF_SETTINGS, KEY_OF_A_CALL, IN_A_METHOD])
def test_what_is_read_of_a_file_is_the_same_as_of_all_of_it(code: str) -> None:
    source = SourceFile("tools.py", code.replace("{key!r}", repr("q8Zr2Lw0" + "xV4bN6mT1y")).encode())
    found = read_facts(source)
    assert found is not None
    assert not isinstance(found, Skipped)
    whole = read(source, [secret_literals])
    assert (found.secrets, found.askers, found.name_uses) == (whole.secrets, whole.askers, whole.name_uses)
    assert found.says_nothing == (code == FALSE_ALARM)


def test_a_risk_that_is_accepted_in_an_unwanted_function_is_still_known() -> None:
    accepted = "def other(a):\n    return a  # tenon: accept-risk[no-secret-in-code] a sample\n\n"
    found = read_facts(SourceFile("tools.py", (accepted + FALSE_ALARM).encode()))
    assert found is not None
    assert not isinstance(found, Skipped)
    assert found.accepted_risks == ((2, "no-secret-in-code", "a sample"),)
