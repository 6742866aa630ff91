"""The house rules that a reader of imports can hold: who may know whom, what may be read where, what things are called.

`docs/architecture.md` says the same in words. A new arrow is a decision: change both.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIBRARIES_OF_TRANSFORMS = {"libcst", "msgspec", "pyflakes"}
# Prefix of a module -> what of our own it may import (a name, or a name with `.*` for everything below it).
ARROWS: dict[str, set[str]] = {
    # Controls speak concepts: never a framework, never libcst, never another control.
    "transforms.controls.": {
        "transforms.api", "transforms.brokers", "transforms.edits", "transforms.examples", "transforms.proof_verbs",
        "transforms.secrets",
    },
    "transforms.examples.": {"transforms.api", "transforms.examples", "transforms.inserted"},
    "transforms.frameworks.": {
        "transforms.brokers", "transforms.concepts", "transforms.concepts_data", "transforms.concepts_secrets",
        "transforms.edit_kinds", "transforms.edits", "transforms.facts", "transforms.frameworks.*", "transforms.frozen",
        "transforms.access", "transforms.imported", "transforms.inserted", "transforms.known_guards.*",
        "transforms.narrowness",
        "transforms.once", "transforms.ownership", "transforms.part_names",
        "transforms.passing", "transforms.permitting", "transforms.public", "transforms.shapes",
        "transforms.reuse",
        "transforms.rewrite", "transforms.role_words", "transforms.role_writing", "transforms.routing",
        "transforms.secrets.*", "transforms.setting_words", "transforms.source",
        "transforms.walk",
    },
    "transforms.secrets.": {
        "transforms.concepts", "transforms.concepts_secrets", "transforms.imported", "transforms.secrets.*",
    },
    "transforms.brokers.": {"transforms.brokers"},
    "transforms.known_guards.": {"transforms.known_guards"},
    "transforms.proofs.": {"transforms.proofs.*", "transforms.weaving"},
    "transforms.inserted.": {"transforms.inserted.*"},
    "transforms.weaving": set(),
    "transforms.api": {
        "transforms.concepts", "transforms.concepts_data", "transforms.concepts_secrets", "transforms.edits",
        "transforms.frozen", "transforms.policy", "transforms.standards",
    },
    "bot.web": {
        "bot.config", "bot.database", "bot.errors", "bot.intake", "bot.jobs", "bot.metrics", "bot.store",
        "bot.webhooks",
    },
    "bot.surfaces.": {
        "bot", "bot.errors", "bot.forge", "bot.surfaces.*", "transforms.api", "transforms.engine", "transforms.policy",
        "transforms.readiness", "transforms.secrets", "transforms.source",
    },
    "bot.forges.": {"bot.errors", "bot.forge", "bot.forges.*"},
    "bot.store.": {"bot.database", "bot.errors", "bot.jobs", "bot.store.*"},
    "bot.agent.": {"bot.agent.*", "bot.errors", "transforms.concepts", "transforms.concepts_secrets"},
}  # fmt: skip
KNOW_THE_WIRING = ("bot.__main__", "bot.web", "bot.commands.")
# Only what reads or writes syntax trees; what it hands on is data.
KNOW_LIBCST = ("transforms.source", "transforms.walk", "transforms.rewrite", "transforms.frameworks.")
READS_THE_ENVIRONMENT = {"bot.config"}
EFFECTS = {
    "asyncio", "http.client", "logging", "os", "socket", "sqlite3", "subprocess", "tempfile", "time",
    "urllib.request",
}  # fmt: skip
VAGUE_NAMES = {"utils", "util", "manager", "helper", "helpers", "base", "common", "misc", "core"}
LONGEST_FILE, LONGEST_FUNCTION = 500, 80  # lines


def paths() -> list[Path]:
    """Every module of the two packages; what patches add to other apps is not part of ours."""
    found = (path for package in ("bot", "transforms") for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if not _is_inserted(path))


def _is_inserted(path: Path) -> bool:
    inserted, proofs = ROOT / "transforms" / "inserted", ROOT / "transforms" / "proofs"
    return path.parent in {inserted, inserted / "parts", proofs / "parts"} and path.name != "__init__.py"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


MODULES = {name_of(path): path for path in paths()}
NAMES = sorted(MODULES)


def imported(module: str) -> set[str]:
    """What a module imports when it runs: names that only type checkers need do not count."""
    return {name for name in _imports(tree_of(MODULES[module])) if name}


def _imports(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names) if module in MODULES:
                # `from bot.surfaces import markdown` is a module, `from transforms.secrets import kinds` a function
                defined = _defined(module)
                below = (f"{module}.{alias.name}" for alias in names if alias.name not in defined)
                yield module
                yield from (name for name in below if name in MODULES)
            case ast.ImportFrom(module=module, level=0):
                yield module or ""
            case ast.ImportFrom():
                yield "relative"
        yield from _imports(child)


def _defined(module: str) -> set[str]:
    """The functions and classes that a module defines itself."""
    nodes = tree_of(MODULES[module]).body
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def own(names: set[str]) -> set[str]:
    return {name for name in names if name.partition(".")[0] in {"bot", "transforms"}}


def covers(allowed: str, name: str) -> bool:
    package = allowed.removesuffix(".*")
    return name == package or (allowed.endswith(".*") and name.startswith(f"{package}."))


@pytest.mark.parametrize("prefix", ARROWS)
def test_only_the_allowed_arrows_are_drawn(prefix: str) -> None:
    bound = [name for name in NAMES if name == prefix or (prefix.endswith(".") and name.startswith(prefix))]
    assert bound, "the rule is about nothing any more"
    wrong = {
        f"{name} -> {other}"
        for name in bound
        for other in own(imported(name))
        if not any(covers(allowed, other) for allowed in ARROWS[prefix])
    }
    assert not wrong


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("transforms")])
def test_the_pure_side_knows_no_effects(name: str) -> None:
    heads = {other.partition(".")[0] for other in imported(name)} - {"transforms"}
    foreign = heads - LIBRARIES_OF_TRANSFORMS - sys.stdlib_module_names
    assert not foreign
    assert not imported(name) & EFFECTS


@pytest.mark.parametrize("name", NAMES)
def test_only_readers_and_writers_of_syntax_know_libcst(name: str) -> None:
    knows = any(other.partition(".")[0] == "libcst" for other in imported(name))
    assert not knows or name.startswith(KNOW_LIBCST)


def test_only_entry_points_know_the_wiring() -> None:
    knowing = {name for name in NAMES if "bot.wiring" in imported(name)}
    assert {name for name in knowing if not name.startswith(KNOW_THE_WIRING)} == set()


def test_receiving_a_webhook_loads_no_parser_and_no_model() -> None:
    reached, waiting = set[str](), ["bot.web"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += own(imported(name)) & MODULES.keys() if name in MODULES else ()
    libraries = {other.partition(".")[0] for name in reached if name in MODULES for other in imported(name)}
    assert not libraries & {"libcst", "pyflakes", "langchain", "langchain_openai", "openai", "github", "dbos"}


@pytest.mark.parametrize("name", NAMES)
def test_the_environment_is_read_in_one_place(name: str) -> None:
    reads = {
        node.attr
        for node in ast.walk(tree_of(MODULES[name]))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    }
    assert not reads or name in READS_THE_ENVIRONMENT


@pytest.mark.parametrize("name", NAMES)
def test_a_module_says_what_it_is_by_its_name_and_first_line(name: str) -> None:
    assert not set(name.split(".")) & VAGUE_NAMES
    assert not any(part.endswith(("_utils", "_helpers", "_manager", "_base")) for part in name.split("."))
    docstring = ast.get_docstring(tree_of(MODULES[name]))
    assert docstring, "a module begins with what it is"
    assert "relative" not in imported(name), "imports are absolute"


@pytest.mark.parametrize("name", NAMES)
def test_files_and_functions_can_be_read_in_one_go(name: str) -> None:
    path = MODULES[name]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    functions = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION]
    assert not long


def test_nothing_of_ours_is_imported_from_tests() -> None:
    assert {name for name in NAMES if any(other.partition(".")[0] == "tests" for other in imported(name))} == set()
