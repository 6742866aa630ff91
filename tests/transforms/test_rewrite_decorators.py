"""New decorators of functions: byte for byte, whatever stands around."""

import pytest

from tests.transforms.rewriting import PATH, place_of, run, text_after
from transforms.edit_kinds import AddDecorator, ImportOf, InsertStatements, Position
from transforms.rewrite import apply

CLOSURE = """\
def create_app():
    app = make()

    @app.get("/a")  # kept
    def first():
        return 1

    return app
"""


def decorated(source: str, function: str, code: str, under: str | None = None, *imports: ImportOf) -> AddDecorator:
    """Snippets stand for places: the whole `def`, and the expression of a decorator."""
    return AddDecorator(
        PATH, place_of(source, function), code, place_of(source, under) if under is not None else None, imports
    )


@pytest.mark.parametrize(
    ("before", "function", "under", "after"),
    [
        ("def f():\n    pass\n", "def f():\n    pass", None, "@guard\ndef f():\n    pass\n"),
        ("def f(): pass", "def f(): pass", None, "@guard\ndef f(): pass"),
        ("@a\ndef f(): pass\n", "def f(): pass", None, "@guard\n@a\ndef f(): pass\n"),
        ("@a\ndef f(): pass\n", "def f(): pass", "a", "@a\n@guard\ndef f(): pass\n"),
        ("@a\n@b\ndef f(): pass\n", "def f(): pass", "a", "@a\n@guard\n@b\ndef f(): pass\n"),
        (
            "@a(\n    1,\n)  # why\n# of f\ndef f(): pass\n",
            "def f(): pass",
            "a(\n    1,\n)",
            "@a(\n    1,\n)  # why\n@guard\n# of f\ndef f(): pass\n",
        ),
        ("# of f\ndef f(): pass\n", "def f(): pass", None, "# of f\n@guard\ndef f(): pass\n"),
        ("@a\nasync def f(): pass\n", "async def f(): pass", "a", "@a\n@guard\nasync def f(): pass\n"),
        ("class V:\n    def get(self): ...\n", "def get(self): ...", None, "class V:\n    @guard\n    def get(self): ...\n"),
        ("class V:\n\tdef get(self):\n\t\treturn 1\n", "def get(self):\n\t\treturn 1", None, "class V:\n\t@guard\n\tdef get(self):\n\t\treturn 1\n"),
    ],
)  # fmt: skip
def test_a_decorator_stands_below_the_named_one_or_above_all(
    before: str, function: str, under: str | None, after: str
) -> None:
    assert text_after(before, decorated(before, function, "@guard", under)) == after


def test_a_function_in_a_function_is_decorated_where_it_is() -> None:
    edit = decorated(CLOSURE, "def first():\n        return 1", "@guard", 'app.get("/a")')
    expected = CLOSURE.replace("# kept\n", "# kept\n    @guard\n")
    assert text_after(CLOSURE, edit) == expected


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_windows_line_ends_and_a_missing_last_one_stay(bom: bytes) -> None:
    source = CLOSURE.rstrip("\n").replace("\n", "\r\n")
    edit = decorated(source, "def first():\r\n        return 1", "@guard", 'app.get("/a")')
    written = apply({PATH: bom + source.encode()}, [edit]).files[PATH]
    assert written == bom + source.replace("# kept\r\n", "# kept\r\n    @guard\r\n").encode()


def test_the_import_comes_along() -> None:
    source = "import os\n\n\n@a\ndef f(): pass\n"
    edit = decorated(source, "def f(): pass", "@guard", "a", ImportOf("guards", "guard"))
    assert text_after(source, edit) == "import os\n\nfrom guards import guard\n\n\n@a\n@guard\ndef f(): pass\n"


def test_quotes_are_those_of_the_file() -> None:
    source = "@a('/x')\ndef f(): return 'y'\n"
    edit = decorated(source, "def f(): return 'y'", '@guard("admin")', "a('/x')")
    assert text_after(source, edit) == "@a('/x')\n@guard('admin')\ndef f(): return 'y'\n"


def test_what_is_there_is_not_added_again() -> None:
    source = "@a\n@guard\ndef f(): pass\n"
    assert not run(source, [decorated(source, "def f(): pass", "@guard", "a")]).files


def test_one_above_the_named_decorator_is_another_thing() -> None:
    source = "@guard\n@bee\ndef f(): pass\n"
    edit = decorated(source, "def f(): pass", "@guard", "bee")
    assert text_after(source, edit) == "@guard\n@bee\n@guard\ndef f(): pass\n"


def test_two_edits_of_one_function_are_one() -> None:
    source = "@a\n@b\ndef f(): pass\n"
    edit = decorated(source, "def f(): pass", "@guard", "b")
    assert text_after(source, edit, edit) == "@a\n@b\n@guard\ndef f(): pass\n"


def test_a_place_without_a_function_or_decorator_fails_with_a_reason() -> None:
    source = "@a\ndef f(): pass\n"
    no_function = AddDecorator(PATH, place_of(source, "pass"), "@guard")
    no_decorator = decorated(source, "def f(): pass", "@guard", "pass")
    reasons = [reason for _, reason in run(source, [no_function, no_decorator]).failed]
    assert reasons == ["there is no function at the place", "the function has no such decorator"]


def test_a_function_behind_another_statement_is_left_alone() -> None:
    source = "if x: pass\nelse:\n  def f(): pass\n"
    assert text_after(source, decorated(source, "def f(): pass", "@g")) == "if x: pass\nelse:\n  @g\n  def f(): pass\n"


def test_a_blueprint_gets_its_check_behind_the_statement_that_makes_it() -> None:
    source = 'def make():\n    bp = Blueprint(\n        "a",\n        __name__,\n    )\n\n    @bp.get("/")\n    def f(): ...\n'
    call = 'Blueprint(\n        "a",\n        __name__,\n    )'
    edit = InsertStatements(PATH, place_of(source, call), Position.AFTER, "bp.before_request(guard)")
    assert text_after(source, edit) == source.replace("    )\n\n", "    )\n    bp.before_request(guard)\n\n")
