"""Take what a call says of its caller out of the app's code, and ask for it. The call itself is not made."""

import ast
import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

from transforms.proofs.parts.load import ROOT, control
from transforms.proofs.parts.taken_out import function_in

SAYS_WHO = {
    "WorkloadAuth",
    "workload_headers",
    "workload_headers_async",
    "workload_bearer",
    "workload_bearer_async",
}


def asks_for_token(node: Any) -> bool:
    """Whether an expression asks for a token of this program."""
    call = node.value if isinstance(node, ast.Await) else node
    return isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in SAYS_WHO


def keys_sent(path: str, function: str, header: str) -> "list[str]":
    """Where the function still puts something else than such a token into this header."""
    dicts = (each for each in ast.walk(function_in(path, function)) if isinstance(each, ast.Dict))
    pairs = [(key, value) for each in dicts for key, value in zip(each.keys, each.values)]  # noqa: B905
    named = [(value, getattr(key, "value", None)) for key, value in pairs]
    return [
        f"{path}:{value.lineno}"
        for value, name in named
        if isinstance(name, str) and name.lower() == header and not asks_for_token(value)
    ]


def asks_in(path: str, function: str) -> "list[str]":
    """The code of a function that asks for a token of this program."""
    calls = [each for each in ast.walk(function_in(path, function)) if isinstance(each, ast.Call)]
    return [ast.unparse(each) for each in calls if asks_for_token(each)]


def tokens_sent(path: str, function: str) -> "list[str]":
    """What the function's calls say of their caller, each as the value of the header."""
    names = names_of(path)
    return [value_of(eval(code, names)) for code in asks_in(path, function)]  # noqa: S307 - the app's own code


def value_of(said: Any) -> str:
    """The value of the header that a text, a dict of headers, or `auth=` comes to."""
    if inspect.iscoroutine(said):
        said = asyncio.run(said)
    if callable(said):
        said = said(SimpleNamespace(headers={})).headers
    return str(said if isinstance(said, str) else said["Authorization"])


def names_of(path: str) -> "dict[str, Any]":
    """What the file imports of the module that gives tokens: that module's own, and under the same names."""
    module = control("workload")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    of_workload = [each for each in imports if (each.module or "").rpartition(".")[2] == "workload"]
    return {name.asname or name.name: getattr(module, name.name) for each in of_workload for name in each.names}
