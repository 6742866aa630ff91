"""The set-up of an app's tests: what is there stays, what is missing comes where it works, nothing comes twice."""

import ast

import pytest

from transforms.edit_kinds import SetUpTests
from transforms.rewrite import apply

FIXTURE = '@pytest.fixture(autouse=True)\ndef signed_in_caller():\n    """Somebody."""\n'
BOTH = SetUpTests("tests/conftest.py", (("API_KEY", "for-tests-only"),), FIXTURE)
VARIABLE = 'os.environ.setdefault("API_KEY", "for-tests-only")\n'


def after(text: str, edit: SetUpTests = BOTH) -> str:
    """The file with that content after the edit; it parses, and a second time nothing changes."""
    result = apply({edit.path: text.encode()}, [edit])
    assert not result.failed
    new = result.files.get(edit.path, text.encode())
    ast.parse(new)
    assert not apply({edit.path: new}, [edit]).files
    return new.decode()


def test_a_new_file_has_imports_variables_and_the_fixture() -> None:
    result = apply({"app.py": b"\n"}, [BOTH])
    text = '"""What the tests of this app need around them."""\n\nimport os\n\nimport pytest\n\n'
    assert result.files["tests/conftest.py"].decode() == f"{text}{VARIABLE}\n\n{FIXTURE}"


def test_a_new_file_holds_only_what_is_asked_for() -> None:
    alone = apply({"app.py": b"\n"}, [SetUpTests("conftest.py", BOTH.variables)]).files["conftest.py"].decode()
    assert alone == f'"""What the tests of this app need around them."""\n\nimport os\n\n{VARIABLE}'


def test_variables_are_set_before_the_app_is_imported() -> None:
    text = '"""Fixtures."""\n\nimport pytest\nfrom main import app\n'
    new = after(text)
    assert new.index("setdefault") < new.index("from main import app")
    assert new.startswith('"""Fixtures."""\n')


@pytest.mark.parametrize("head", ["import os\n", "import json\nimport os\n", "from pathlib import Path\nimport os\n"])
def test_an_import_of_os_that_comes_early_enough_is_used(head: str) -> None:
    new = after(f"{head}import pytest\nfrom main import app\n")
    assert new == f"{head}{VARIABLE}import pytest\nfrom main import app\n\n\n{FIXTURE}"


def test_an_import_of_os_behind_the_app_is_too_late() -> None:
    new = after("from main import app\nimport os\nimport pytest\n")
    assert new.startswith(f"import os\n{VARIABLE}from main import app\n")


def test_imports_from_the_future_stay_first() -> None:
    new = after("from __future__ import annotations\n\nfrom main import app\nimport pytest\n")
    assert new.startswith("from __future__ import annotations\nimport os\n")


def test_comments_above_the_first_statement_stay_above() -> None:
    assert after("#!/usr/bin/env python\n# licence\nimport pytest\n").startswith("#!/usr/bin/env python\n# licence\n")


def test_a_variable_that_the_tests_set_themselves_is_theirs() -> None:
    text = 'import os\nimport pytest\nos.environ["API_KEY"] = "mine"\n'
    assert after(text, SetUpTests("conftest.py", BOTH.variables)) == text


def test_line_ends_and_the_missing_final_newline_are_kept() -> None:
    new = after("import pytest\r\nfrom main import app")
    assert "\n" not in new.replace("\r\n", "")
    assert not new.endswith("\n")


def test_several_edits_of_one_file_come_together() -> None:
    other = SetUpTests(BOTH.path, (("OTHER", "for-tests-only"),))
    text = apply({"app.py": b"\n"}, [BOTH, other]).files[BOTH.path].decode()
    assert text.count("import os") == 1
    assert f"import os\n\nimport pytest\n\n{VARIABLE}" in text
    assert "OTHER" in text


def test_variables_of_several_edits_stand_below_one_another() -> None:
    edits = [SetUpTests(BOTH.path, ((name, "for-tests-only"),)) for name in ("API_KEY", "OTHER")]
    text = apply({"app.py": b"\n"}, edits).files[BOTH.path].decode()
    assert text.endswith(f"import os\n\n{VARIABLE}{VARIABLE.replace('API_KEY', 'OTHER')}")


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    result = apply({"conftest.py": b"def :\n"}, [SetUpTests("conftest.py", BOTH.variables)])
    assert not result.files
    assert result.failed[0][1] == "the set-up of the tests does not parse"
