"""The page on inserted modules names each of them, what it offers, and the settings that it reads."""

import ast
import re
from pathlib import Path

import pytest

from transforms.inserted import INSERTED, Inserted, source

PAGE = (Path(__file__).parents[1] / "docs" / "controls-package.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(\w+)` \| ([\w, ]+) \| (.*?) \| (.*?) \|$", re.MULTILINE)
ROWS = {
    (name, framework): (re.findall(r"`(\w+)`", offers), settings)
    for name, frameworks, offers, settings in _ROW.findall(PAGE)
    for framework in frameworks.split(", ")
}
each_module = pytest.mark.parametrize("entry", INSERTED, ids=lambda each: f"{each.name} {each.framework or 'all'}")


def defined(text: str) -> set[str]:
    """The names that a module gives to whoever imports it, those under a condition included."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def test_every_module_has_a_row_and_no_row_is_left_over() -> None:
    assert set(ROWS) == {(each.name, each.framework or "all") for each in INSERTED}


@each_module
def test_what_a_row_offers_is_there(entry: Inserted) -> None:
    offers, _ = ROWS[entry.name, entry.framework or "all"]
    assert offers
    assert set(offers) <= defined(source(entry.name, entry.framework).text)


@each_module
def test_a_row_names_every_setting(entry: Inserted) -> None:
    _, settings = ROWS[entry.name, entry.framework or "all"]
    if settings.startswith("the same"):
        first = next(settings for (name, _), (_, settings) in ROWS.items() if name == entry.name)
        named = set(re.findall(r"`(\w+)`", first)) - set(re.findall(r"without `(\w+)`", settings))
    else:
        named = set(re.findall(r"`(\w+)`", settings))
    assert named == {each.name for each in entry.env}


def test_the_page_names_every_kind_of_proof() -> None:
    root = Path(__file__).parents[1] / "transforms"
    code = "".join(path.read_text(encoding="utf-8") for path in root.glob("proof_verbs.py"))
    families = {each.replace("-", "_") for each in re.findall(r'"([a-z-]+)"\)$', code, re.MULTILINE)}
    named = set(re.findall(r"`(\w+)`", PAGE.partition("Proofs come along")[2]))
    assert families <= named
    assert {"tenancy", "audit", "secrets"} <= named
