"""How an inserted module is handed over: header, hash, version, requirements, and that it stands on its own."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.transforms.controls_package import write_controls
from transforms.inserted import INSERTED, VERSION, InsertedModule, is_untouched, source, version_of

MODULES = [source(entry.name, entry.framework) for entry in INSERTED]
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path_name)


@each_module
def test_the_first_line_names_module_version_and_hash(module: InsertedModule) -> None:
    name = module.path_name.removesuffix(".py")
    assert re.fullmatch(rf"# tenon: {name} v1 sha256:[0-9a-f]{{64}}", module.text.splitlines()[0])
    assert version_of(module.text) == VERSION


@each_module
def test_a_module_as_written_is_untouched_and_an_edited_one_is_not(module: InsertedModule) -> None:
    assert is_untouched(module.text)
    assert is_untouched(module.text.replace("\n", "\r\n"))
    assert not is_untouched(module.text + "\n")
    assert not is_untouched(module.text.replace("def ", "def  ", 1))
    assert version_of(module.text + "EDITED = True\n") == VERSION


@pytest.mark.parametrize("text", ["", "import os\n", "# tenon: auth v1\n", '"""Ours."""\n'])
def test_a_module_of_somebody_else_has_no_version(text: str) -> None:
    assert version_of(text) is None
    assert not is_untouched(text)


@each_module
def test_a_module_is_python_3_9_with_a_docstring_and_short_lines(module: InsertedModule) -> None:
    tree = ast.parse(module.text, feature_version=(3, 9))
    assert ast.get_docstring(tree)
    assert max(map(len, module.text.splitlines())) <= 120
    assert len(module.text.splitlines()) <= 500


@each_module
def test_a_module_knows_nothing_of_tenon_but_its_header(module: InsertedModule) -> None:
    _, rest = module.text.split("\n", 1)
    assert "tenon" not in rest.lower()
    assert "transforms" not in rest
    assert "_fastapi" not in rest.replace("fastapi_", "")


@each_module
def test_every_variable_a_module_reads_is_declared_or_explained(module: InsertedModule) -> None:
    docstring = ast.get_docstring(ast.parse(module.text)) or ""
    read = set(
        re.findall(
            r"""environ(?:\.get)?[(\[]"([A-Z_]+)|env(?:\.get\(|\[)"([A-Z_]+)|get_secret(?:\(|, )"([A-Z_]+)""",
            module.text,
        )
    )
    names = {name for pair in read for name in pair if name} - {"APP_NAME"}
    assert {name for name in names if name not in docstring} == set()
    assert {variable.name for variable in module.env} <= names


@each_module
def test_defaults_are_those_the_code_uses(module: InsertedModule) -> None:
    for variable in module.env:
        if variable.default:
            assert f'"{variable.default}"' in module.text or f" or {variable.default})" in module.text, variable.name


@each_module
def test_requirements_have_a_lower_and_an_upper_bound(module: InsertedModule) -> None:
    for requirement in module.requirements:
        assert re.fullmatch(r">=[\d.]+,<[\d.]+", requirement.range)


def test_an_unknown_module_is_an_error() -> None:
    with pytest.raises(LookupError, match="'auth' for 'bottle'"):
        source("auth", "bottle")
    assert source("secrets", "flask").path_name == source("secrets", None).path_name == "secrets.py"


@pytest.mark.parametrize("name", ["secrets", "auth", "audit", "tenancy", "sign_in"])
def test_each_module_imports_alone_beside_an_app(tmp_path: Path, name: str) -> None:
    write_controls(tmp_path, name, *(["secrets"] if name == "sign_in" else []))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import controls.{name}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_importing_the_registry_is_light() -> None:
    program = (
        "import sys, transforms.inserted; print(sorted({'fastapi', 'jwt', 'sqlalchemy', 'libcst'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
