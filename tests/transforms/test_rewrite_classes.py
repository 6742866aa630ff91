"""Decorators, bases, attributes and entries are put where they belong, and no other byte changes."""

import pytest

from transforms.concepts import Place
from transforms.edit_kinds import (
    AddBase,
    AddClassAttribute,
    AddDictEntry,
    AddElement,
    AddInnermostDecorator,
    Edit,
    ImportOf,
)
from transforms.rewrite import apply

MIXIN = ImportOf("access", "Mixin")


def place(line: int, column: int, end_line: int, end_column: int) -> Place:
    return Place(line, column, end_line, end_column)


def edited(before: str, edit: Edit) -> str:
    result = apply({"views.py": before.encode()}, [edit])
    assert result.failed == ()
    return result.files.get("views.py", before.encode()).decode()


def refused(before: str, edit: Edit) -> str:
    result = apply({"views.py": before.encode()}, [edit])
    assert dict(result.files) == {}
    ((_, reason),) = result.failed
    return reason


FUNCTION = "import x\n\n\n@x.post\n# why\ndef pay(request):\n    return 1\n"


def test_a_decorator_goes_below_those_that_are_there() -> None:
    edit = AddInnermostDecorator("views.py", place(6, 0, 7, 12), "@guard")
    assert edited(FUNCTION, edit) == FUNCTION.replace("def pay", "@guard\ndef pay")


def test_a_decorator_brings_its_import_and_keeps_line_ends() -> None:
    before = FUNCTION.replace("\n", "\r\n")
    edit = AddInnermostDecorator("views.py", place(6, 0, 7, 12), "@guard", (ImportOf("access", "guard"),))
    after = before.replace("def pay", "@guard\r\ndef pay").replace(
        "import x\r\n", "import x\r\nfrom access import guard\r\n"
    )
    assert edited(before, edit) == after


def test_a_decorator_that_is_there_is_not_put_twice() -> None:
    before = FUNCTION.replace("# why\n", "@x.post\n")
    assert edited(before, AddInnermostDecorator("views.py", place(6, 0, 7, 12), "@x.post")) == before


def test_a_decorated_method_keeps_its_indentation() -> None:
    before = "class A:\n\tdef get(self):\n\t\treturn 1\n"
    edit = AddInnermostDecorator("views.py", place(2, 1, 3, 10), "@guard")
    assert edited(before, edit) == "class A:\n\t@guard\n\tdef get(self):\n\t\treturn 1\n"


@pytest.mark.parametrize(
    ("bases", "wanted"),
    [
        ("", "(Mixin)"),
        ("()", "(Mixin)"),
        ("(View)", "(Mixin, View)"),
        ("(Mixin, View)", "(Mixin, View)"),
        ("(View, Mixin, Other)", "(Mixin, View, Other)"),
        ("(\n    View,\n    Other,\n)", "(\n    Mixin,\n    View,\n    Other,\n)"),
        ("(metaclass=Meta)", "(Mixin, metaclass=Meta)"),
    ],
)
def test_a_base_goes_first(bases: str, wanted: str) -> None:
    before = f"class A{bases}:\n    x = 1\n"
    lines = before.count("\n")
    assert edited(before, AddBase("views.py", place(1, 0, lines, 9), "Mixin")) == f"class A{wanted}:\n    x = 1\n"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("    x = 1\n", "    y = [Guard]\n    x = 1\n"),
        ("    def get(self): ...\n", "    y = [Guard]\n\n    def get(self): ...\n"),
        ('    """Doc."""\n\n    x = 1\n', '    """Doc."""\n\n    y = [Guard]\n\n    x = 1\n'),
        ('    """Doc."""\n    x = 1\n', '    """Doc."""\n    y = [Guard]\n    x = 1\n'),
        ("    pass\n", "    y = [Guard]\n    pass\n"),
    ],
)
def test_an_attribute_goes_first_in_the_body(body: str, wanted: str) -> None:
    before = f"class A(B):\n{body}"
    end = len(before.splitlines()), len(before.splitlines()[-1])
    edit = AddClassAttribute("views.py", place(1, 0, *end), "y", "[Guard]")
    assert edited(before, edit) == f"class A(B):\n{wanted}"


def test_an_attribute_that_is_there_is_not_overwritten() -> None:
    before = "class A(B):\n    y = []\n"
    edit = AddClassAttribute("views.py", place(1, 0, 2, 10), "y", "[Guard]")
    assert refused(before, edit) == "the class has y already"


def test_a_class_on_one_line_is_left_alone() -> None:
    edit = AddClassAttribute("views.py", place(1, 0, 1, 17), "y", "[Guard]")
    assert refused("class A(B): x = 1\n", edit) == "the class has its body on the line of its name"


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("X = {}\n", "X = {'k': 1}\n"),
        ("X = {'a': 1}\n", "X = {'a': 1, 'k': 1}\n"),
        ("X = {\n    'a': 1,\n}\n", "X = {\n    'a': 1,\n    'k': 1,\n}\n"),
        ("X = {\n    'a': 1,  # one\n    **Y\n}\n", "X = {\n    'a': 1,  # one\n    **Y,\n    'k': 1\n}\n"),
    ],
)
def test_an_entry_goes_last(before: str, wanted: str) -> None:
    end = len(before.splitlines()), len(before.splitlines()[-1])
    edit = AddDictEntry("views.py", place(1, 4, *end), "k", "1")
    assert edited(before, edit).replace('"', "'") == wanted


def test_an_entry_that_is_there_is_not_overwritten() -> None:
    assert refused('X = {"k": 2}\n', AddDictEntry("views.py", place(1, 4, 1, 12), "k", "1")) == "the dict has k already"


@pytest.mark.parametrize("edit", [AddInnermostDecorator, AddBase])
def test_nothing_is_edited_where_there_is_nothing(edit: type[AddInnermostDecorator | AddBase]) -> None:
    assert refused("x = 1\n", edit("views.py", place(1, 0, 1, 5), "@y")).startswith("there is no")


@pytest.mark.parametrize(
    ("before", "at", "after"),
    [
        ('X = ["a", "b"]\n', place(1, 5, 1, 8), 'X = ["a", "c", "b"]\n'),
        ('X = ["a", "b"]\n', place(1, 10, 1, 13), 'X = ["a", "b", "c"]\n'),
        ('X = ("a",)\n', place(1, 5, 1, 8), 'X = ("a", "c",)\n'),
        ("X = ['a', 'b']\n", place(1, 5, 1, 8), "X = ['a', 'c', 'b']\n"),
        (
            'X = [\n    "a",  # first\n    "b",\n]\n',
            place(2, 4, 2, 7),
            'X = [\n    "a",  # first\n    "c",\n    "b",\n]\n',
        ),
        ('X = [\n    "a",  # last\n]\n', place(2, 4, 2, 7), 'X = [\n    "a",  # last\n    "c",\n]\n'),
    ],
)
def test_an_element_goes_behind_the_one_that_is_known(before: str, at: Place, after: str) -> None:
    assert edited(before, AddElement("views.py", at, '"c"')) == after


def test_an_element_that_is_there_already_is_not_added_twice() -> None:
    before = 'X = ["a", "c"]\n'
    assert edited(before, AddElement("views.py", place(1, 5, 1, 8), '"c"')) == before


def test_what_is_no_element_of_a_list_is_refused() -> None:
    edit = AddElement("views.py", place(1, 4, 1, 7), '"c"')
    assert refused('X = "a"\n', edit) == "there is no element of a list at the place"
