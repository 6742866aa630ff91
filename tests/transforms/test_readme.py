"""What transforms/README.md says is so: its table is current, and the control it shows works as it stands there."""

import ast
import re
import sys
import types
from collections.abc import Iterator

import pytest

from tests.transforms import harness
from tests.transforms.readme import PAGE, with_gates
from transforms.api import Control
from transforms.control_table import with_table

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- example: begin -->\n```python\n(.*?)```\n<!-- example: end -->", TEXT, re.DOTALL)


def test_the_table_is_current() -> None:
    assert with_gates(with_table(TEXT)) == TEXT, "run: python -m tests.transforms.readme"


@pytest.fixture
def shown() -> Iterator[Control]:
    """The control of the README, loaded as if it were a file of the folder."""
    assert EXAMPLE is not None
    module = types.ModuleType("no_debug_route")
    sys.modules[module.__name__] = module
    exec(compile(EXAMPLE[1], str(PAGE), "exec"), module.__dict__)
    yield module.control
    del sys.modules[module.__name__]


def test_the_control_that_is_shown_keeps_its_word(shown: Control) -> None:
    assert shown.title == "No route shows the insides of the app."
    for example in shown.examples:
        harness.check(shown, example)


def test_the_control_that_is_shown_imports_only_what_a_control_may() -> None:
    assert EXAMPLE is not None
    imports = [node.module for node in ast.walk(ast.parse(EXAMPLE[1])) if isinstance(node, ast.ImportFrom)]
    assert set(imports) <= {"collections.abc", "dataclasses", "typing", "transforms.api", "transforms.app"}


def test_what_it_points_to_exists() -> None:
    named = set(re.findall(r"`([\w/]+(?:/|\.py))`", TEXT)) | set(re.findall(r"\(([\w/]+\.py)\)", TEXT))
    root = PAGE.parents[1]
    missing = {name for name in named if not (PAGE.parent / name).exists() and not (root / name).exists()}
    assert not missing
