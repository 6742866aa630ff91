"""Take what a tool asks for first out of the app's code, and ask it for callers of the test's own. No tool runs."""

import ast
from typing import Any

from mcp.server.auth.middleware.auth_context import auth_context_var
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser

from transforms.proofs.parts.load import ROOT, control
from transforms.proofs.parts.said_mcp import said_of
from transforms.proofs.parts.taken_out import function_in
from transforms.proofs.parts.told import AUTH


def asks_first(path: str, tool: str) -> "list[ast.stmt]":
    """The statements with which a tool asks for scopes, before anything else."""
    body = list(getattr(function_in(path, tool), "body", ()))
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body.pop(0)  # the docstring
    found = []
    while body and ast.unparse(body[0]).startswith("require_scope("):
        found.append(body.pop(0))
    return found


def asks_somewhere(path: str, tool: str) -> bool:
    """Whether a tool asks for a scope at all."""
    return "require_scope" in ast.unparse(function_in(path, tool))


def may_call(path: str, tool: str, token: str = "") -> bool:
    """Whether a caller with this token gets as far as the tool's own code."""
    auth = control(AUTH)
    before = auth_context_var.set(AuthenticatedUser(said_of(token)) if token else None)
    code = ast.unparse(ast.Module([*imports_of(path), *asks_first(path, tool)], []))
    package = path.removesuffix(".py").replace("/", ".").rpartition(".")[0]
    try:
        exec(code, {"__package__": package})  # noqa: S102 - the app's own statements
    except auth.ToolError:
        return False
    finally:
        auth_context_var.reset(before)
    return True


def imports_of(path: str) -> "list[Any]":
    """The import that a file has the check from."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return [
        ast.ImportFrom(each.module, [ast.alias("require_scope")], each.level)
        for each in nodes
        if isinstance(each, ast.ImportFrom) and any(name.name == "require_scope" for name in each.names)
    ]
