"""Look for secrets in the app's text, and ask for them as the app does."""

import ast
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from transforms.proofs.parts.load import ROOT, load


def asks_for(node: ast.AST, secret: str) -> bool:
    """Whether get_secret("...") is called with this name somewhere in the node."""
    return any(
        isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) == "get_secret"
        and [getattr(argument, "value", None) for argument in call.args] == [secret]
        for call in ast.walk(node)
    )


def literals_at(path: str, symbol: str) -> "list[str]":
    """Places where a name, attribute, key or argument of this name is still given a text of its own."""
    found = []
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign) and node.value:
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.keyword):
            pairs = [(ast.Name(node.arg or ""), node.value)]
        else:
            continue
        for target, value in pairs:
            name = getattr(target, "attr", getattr(target, "id", ""))
            if name == symbol and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                found.append(f"{path}:{value.lineno}")
    return found


def imports_without(module: str, secret: str) -> "tuple[int, str]":
    """Import a module in a process of its own that has no such secret: gives exit status and last line of errors."""
    environment = {name: value for name, value in os.environ.items() if name not in {secret, "SECRETS_BACKEND"}}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stderr.strip().rpartition("\n")[2]


@pytest.fixture
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment backend, with nothing in it yet."""
    for name in ("SECRETS_BACKEND", "SECRETS_PREFIX", "SECRETS_TTL_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def invented() -> str:
    """A value that nobody has used before."""
    return uuid.uuid4().hex


def text_of(path: str) -> str:
    """A file of the app."""
    return Path(ROOT / path).read_text(encoding="utf-8")


def value_of(name: str) -> str:
    """What the app gets when it asks: the result of a function, or an attribute that is looked up when it is needed."""
    found = load(name)
    return str(found() if callable(found) else found)
