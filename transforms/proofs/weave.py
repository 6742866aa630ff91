"""Weave parts into one test file: one docstring, one block of imports, then the parts' code in order."""

import ast
import re
import sys
from collections.abc import Iterable
from importlib.resources import files

from transforms.proofs.naming import quoted

PARTS = "transforms.proofs.parts"
Told = dict[str, str | int]


def weave(docstring: str, parts: tuple[str, ...], told: Told, tests: Iterable[str]) -> str:
    """The text of a test file. `told` has the values of `parts/told.py`; `tests` go last."""
    plain: set[str] = set()
    named: dict[str, set[str]] = {}
    bodies = [take_apart(text, plain, named) for text in (*map(read, parts), *tests)]
    values = "\n".join(f"{name} = {quoted(value) if isinstance(value, str) else value}" for name, value in told.items())
    about = "\n".join(quoted(line)[1:-1] for line in docstring.split("\n"))
    return "\n\n".join([f'"""{about}\n"""', imports(plain, named), values]) + "\n\n\n" + spaced(bodies)


def tell(app_import: str, controls_package: str, root_parents: int) -> Told:
    """The values that every proof is told."""
    return {"APP": app_import, "CONTROLS": controls_package, "ROOT_PARENTS": root_parents}


def spaced(bodies: list[str]) -> str:
    """The bodies, two blank lines apart."""
    return "\n\n\n".join(body.strip("\n") for body in bodies if body.strip()) + "\n"


def read(part: str) -> str:
    """The text of a part."""
    return files(PARTS).joinpath(f"{part}.py").read_text(encoding="utf-8")


def take_apart(text: str, plain: set[str], named: dict[str, set[str]]) -> str:
    """Collect a part's imports and give what is left of it."""
    lines = text.splitlines()
    tree = ast.parse(text)
    gone: set[int] = set()
    for position, node in enumerate(tree.body):
        docstring = position == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import):
            plain.update(name.name + (f" as {name.asname}" if name.asname else "") for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not str(node.module).startswith(PARTS):
            named.setdefault(str(node.module), set()).update(name.name for name in node.names)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            gone.update(range(node.lineno - 1, (node.end_lineno or node.lineno)))
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def imports(plain: set[str], named: dict[str, set[str]]) -> str:
    """Import statements, the standard library's first, each group sorted."""
    groups: tuple[list[str], list[str]] = ([], [])
    for module in sorted(plain):
        groups[is_foreign(module)].append(f"import {module}")
    for module in sorted(named):
        groups[is_foreign(module)].append(f"from {module} import {', '.join(sorted(named[module], key=isort_key))}")
    return "\n\n".join("\n".join(group) for group in groups if group)


def is_foreign(module: str) -> bool:
    """Whether a module is outside the standard library."""
    return re.split(r"\W", module, maxsplit=1)[0] not in sys.stdlib_module_names


def isort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
