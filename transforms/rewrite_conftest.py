"""A `conftest.py` that sets variables before the app is imported and has one fixture more: what is there stays."""

import ast
import sys

from transforms.edit_kinds import SetUpTests
from transforms.rewrite_text import lines_of
from transforms.rewrite_tree import CannotEdit

ABOUT = '"""What the tests of this app need around them."""\n'


def set_up(text: str, edit: SetUpTests, newline: str) -> str:
    """The text with what it lacks, the same text if it lacks nothing; raises CannotEdit for one that does not parse."""
    body = _parsed(text)
    lines = [f'os.environ.setdefault("{name}", "{value}")' for name, value in edit.variables if not _sets(text, name)]
    fixture = edit.fixture.strip() if edit.fixture.strip() not in text.replace("\r\n", "\n") else ""
    if not lines and not fixture:
        return text
    if not text:
        return _new_file(lines, fixture).replace("\n", newline)
    offset, has_os = _spot(text, body)
    first = [*(["import os"] if lines and not has_os else []), *(["import pytest"] if fixture else []), *lines]
    if any(isinstance(each, ast.Import) and each.names[0].name == "pytest" for each in body):
        first = [line for line in first if line != "import pytest"]
    inserted = text[:offset] + "".join(line + newline for line in first) + text[offset:]
    return _with_last(inserted, fixture, newline) if fixture else inserted


def _sets(text: str, name: str) -> bool:
    return f'"{name}"' in text or f"'{name}'" in text


def _new_file(variables: list[str], fixture: str) -> str:
    groups = ["import os"] * bool(variables) + ["import pytest"] * bool(fixture)
    parts = [ABOUT.rstrip("\n"), "\n\n".join(groups), "\n".join(variables)]
    head = "\n\n".join(part for part in parts if part) + "\n"
    return f"{head}\n\n{fixture}\n" if fixture else head


def _with_last(text: str, block: str, newline: str) -> str:
    """A block behind the text, which keeps its missing final newline if it misses one."""
    block = block.replace("\n", newline)
    return text + newline * 2 + block + newline if text.endswith(("\n", "\r")) else text + newline * 3 + block


def _parsed(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        raise CannotEdit("the set-up of the tests does not parse") from None


def _spot(text: str, body: list[ast.stmt]) -> tuple[int, bool]:
    """Where nothing of the app is imported yet, and whether `os` is imported there."""
    ends = [0]
    for line in lines_of(text):
        ends.append(ends[-1] + len(line))
    spot = ends[body[0].lineno - 1] if body else len(text)
    for index, each in enumerate(body):
        last = ends[each.end_lineno or each.lineno]
        match each:
            case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="__future__"):
                spot = last
            case ast.Import(names=[ast.alias(name="os", asname=None)]):
                return ends[_last_of_settings(body[index + 1 :]) or each.end_lineno or each.lineno], True
            case ast.Import(names=names) if all(_is_standard(name.name) for name in names):
                continue
            case ast.ImportFrom(module=str(module), level=0) if _is_standard(module):
                continue
            case _:
                break
    return spot, False


def _last_of_settings(body: list[ast.stmt]) -> int | None:
    """The last line of the variables that are set first of all: others stand below them."""
    last = None
    for each in body:
        match each:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="setdefault"))):
                last = each.end_lineno
            case ast.Import(names=[ast.alias(name="pytest")]):
                continue
            case _:
                break
    return last


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
