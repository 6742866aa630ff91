"""How an inserted module is handed over: header, hash, version, requirements, and that it stands on its own."""

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.transforms.controls_package import write_controls
from transforms.inserted import (
    INSERTED,
    PARTS,
    VERSION,
    WOVEN_IN,
    Inserted,
    InsertedModule,
    is_untouched,
    part,
    parts_of,
    source,
    version_of,
)
from transforms.inserted import parts as parts_package
from transforms.weaving import Imports

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


# Django's has decorators, mixins, middleware and classes of REST framework, each for people and for programs.
LONGEST = 520


@each_module
def test_a_module_is_python_3_9_with_a_docstring_and_short_lines(module: InsertedModule) -> None:
    tree = ast.parse(module.text, feature_version=(3, 9))
    assert ast.get_docstring(tree)
    assert max(map(len, module.text.splitlines())) <= 120
    assert len(module.text.splitlines()) <= LONGEST


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


# --- parts, and what is woven of them

WOVEN = [entry for entry in INSERTED if parts_of(entry)]
PART_NAMES = sorted(module.name for module in pkgutil.iter_modules(parts_package.__path__))
ROOT = Path(__file__).parents[2]


def definitions(text: str) -> dict[str, str]:
    """What a module defines, by name, as it is written."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = ast.get_source_segment(text, node) or ""
        elif isinstance(node, ast.Assign):
            found[ast.unparse(node.targets[0])] = ast.get_source_segment(text, node) or ""
    return found


def test_every_part_stands_in_more_than_one_module() -> None:
    used = [name for entry in WOVEN for name in parts_of(entry)]
    assert {name: used.count(name) > 1 for name in PART_NAMES} == dict.fromkeys(PART_NAMES, True)
    assert set(used) == set(PART_NAMES)


@pytest.mark.parametrize("framework", ["fastapi", "flask", "django", "django_rest", "mcp"])
def test_every_sign_in_checks_tokens_by_the_same_text(framework: str) -> None:
    assert {"token_check", "discovery"} <= set(
        next(e for e in WOVEN if (e.name, e.framework) == ("auth", framework)).below
    )
    assert 'options={"require": ["exp", "iss", "aud", "sub"]}' in source("auth", framework).text


@pytest.mark.parametrize("entry", WOVEN, ids=lambda entry: f"{entry.name} {entry.framework}")
def test_a_module_contains_its_parts_word_for_word_and_each_name_once(entry: Inserted) -> None:
    text = source(entry.name, entry.framework).text
    there = definitions(text)
    for name in parts_of(entry):
        between_other_parts = WOVEN_IN.split(Imports(PARTS).take_apart(part(name)))[::2]
        assert all(piece.strip("\n") in text for piece in between_other_parts)
        assert definitions(part(name)).items() <= there.items()
    own = (ROOT / "transforms" / "inserted" / entry.filename).read_text(encoding="utf-8")
    names = [*definitions(own), *(each for name in parts_of(entry) for each in definitions(part(name)))]
    assert sorted(there) == sorted(names), "a name of a module and one of its parts are the same"


@pytest.mark.parametrize("framework", ["fastapi", "flask", "django"])
def test_a_part_stands_where_the_file_says_so(framework: str) -> None:
    text = source("sign_in", framework).text
    assert "woven in here" not in text
    assert text.index("class Settings:") < text.index("def is_safe(") < text.index("def leave_for_provider")
    assert text.count("class Refused(Exception):") == 1


def test_a_module_without_parts_is_the_file_beside() -> None:
    plain = (ROOT / "transforms" / "inserted" / "secrets.py").read_text(encoding="utf-8")
    assert source("secrets", None).text.partition("\n")[2] == plain


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every module as an app gets it, in a package of its own: frameworks give the same names to different texts."""
    folder = tmp_path_factory.mktemp("woven")
    rules = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name, theirs in {
        "auth": '"app_django.auth", "app_django_rest.auth"',
        "sign_in": '"app_django.sign_in", "app_django_rest.sign_in"',
    }.items():
        assert f'"transforms.inserted.{name}_django"' in rules
        rules = rules.replace(f'"transforms.inserted.{name}_django"', theirs)
    (folder / "pyproject.toml").write_text(rules, encoding="utf-8")
    for entry in WOVEN:
        package = folder / f"app_{entry.framework or 'any'}"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text("", encoding="utf-8")
        for name in (entry.name, *entry.beside):
            module = source(name, entry.framework)
            (package / module.path_name).write_text(module.text, encoding="utf-8")
    return folder


def said(*command: str, folder: Path) -> str:
    """What a tool says of the folder; "" where it is content."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_what_is_woven_compiles(written: Path) -> None:
    assert said("compileall", "-q", "-f", ".", folder=written) == ""


def test_what_is_woven_is_as_clean_as_the_files_it_is_made_of(written: Path) -> None:
    assert said("ruff", "check", "--no-cache", ".", folder=written) == ""
    assert said("ruff", "format", "--no-cache", "--check", ".", folder=written) == ""


@pytest.mark.slow
def test_what_is_woven_is_typed_as_strictly_as_the_files_it_is_made_of(written: Path) -> None:
    packages = [argument for path in sorted(written.glob("app_*")) for argument in ("-p", path.name)]
    assert said("mypy", "--cache-dir", str(written / ".mypy_cache"), *packages, folder=written) == ""
