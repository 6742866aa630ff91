"""Weave texts of Python modules into one: the blocks of imports become one, the code stands in the order it came in."""

import ast
import re
import sys
from collections.abc import Container, Iterable

PLACES = 4  # groups of imports: __future__, the standard library, others, the same package


class Imports:
    """The imports of all that was woven."""

    def __init__(self, left_out: str) -> None:
        self.left_out = left_out  # what begins like this is woven itself
        self.plain: set[str] = set()
        self.named: dict[str, set[str]] = {}

    def take_apart(self, text: str) -> str:
        """Keep a text's imports and give what is left of it, without its docstring."""
        lines = text.splitlines()
        gone: set[int] = set()
        for position, node in enumerate(ast.parse(text).body):
            docstring = position == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.Import):
                self.plain.update(name.name + (f" as {name.asname}" if name.asname else "") for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                self._named(node)
            if docstring or isinstance(node, ast.Import | ast.ImportFrom):
                gone.update(range(node.lineno - 1, (node.end_lineno or node.lineno)))
        return "\n".join(line for number, line in enumerate(lines) if number not in gone)

    def _named(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        if not module.startswith(self.left_out):
            names = (name.name + (f" as {name.asname}" if name.asname else "") for name in node.names)
            self.named.setdefault(module, set()).update(names)

    def text(self, asked: Container[str] | None = None) -> str:
        """Import statements: the standard library's first, then others, then those beside, each group sorted.

        Those that bind none of the `asked` names are left out; None asks for all.
        """
        groups: list[list[str]] = [[] for _ in range(PLACES)]
        for module in sorted(self.plain):
            if asked is None or _bound(module).partition(".")[0] in asked:
                groups[_group(module)].append(f"import {module}")
        for module in sorted(self.named):
            names = [name for name in self.named[module] if asked is None or _bound(name) in asked]
            if names:
                groups[_group(module)].append(f"from {module} import {', '.join(sorted(names, key=_order))}")
        return "\n\n".join("\n".join(group) for group in groups if group)


def spaced(bodies: Iterable[str]) -> str:
    """The bodies, two blank lines apart."""
    return "\n\n\n".join(body.strip("\n") for body in bodies if body.strip()) + "\n"


def _bound(name: str) -> str:
    """What `name` or `name as other` is called in the code."""
    return name.rpartition(" as ")[2]


def _group(module: str) -> int:
    head = re.split(r"\W", module, maxsplit=1)[0]
    return 0 if head == "__future__" else 3 if not head else 2 if head not in sys.stdlib_module_names else 1


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
