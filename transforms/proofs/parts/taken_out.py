"""Find a function in the app's text, without importing it."""

import ast

from transforms.proofs.parts.load import ROOT


def function_in(path: str, function: str) -> ast.AST:
    """A function of a file: "read_order", "Orders.get"; "" is the file itself."""
    found: ast.AST = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for name in filter(None, function.split(".")):
        found = next(each for each in ast.walk(found) if getattr(each, "name", "") == name)
    return found
