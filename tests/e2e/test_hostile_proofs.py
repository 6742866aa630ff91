"""A proof is code that the target's CI runs: no name of a route, file or secret may become a statement in it."""

import ast
from collections.abc import Iterator

import pytest

from transforms.proofs import (
    AuditCase,
    RouteCase,
    SecretCase,
    TenancyCase,
    render_audit,
    render_auth,
    render_secrets,
    render_tenancy,
)

HOSTILE = [
    'x")) ; __import__("os").system("id") ; print(("',
    "x'); import os; os.system('id') #",
    'x"""\nimport os\n"""',
    "back\\slash",
    "new\nline\rand\x85and\u2028and\x0c",
    "{__import__('os').system('id')}",
    "\ud800",
    "é😀",
    "%s {} }{",
]


def texts(name: str) -> Iterator[str]:
    """Every kind of proof, with the hostile name wherever a repository has a say."""
    route = RouteCase("POST", f"/{name}/{{item_id}}", role=name)
    yield render_auth(f"app.{name}:app", "controls", [route], [route])
    yield render_audit("app.main:app", "controls", [AuditCase(route, action=name, guarded=True)])
    secret = SecretCase(name="KEY", path=f"{name}.py", symbol=name, module=name)
    yield render_secrets("app.main:app", "controls", [secret])
    owned = TenancyCase(f"app.models:{name}", column=name, session=name, list_route=route, item_route=route)
    yield render_tenancy("app.main:app", "controls", [owned])


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_stays_inside_of_strings(name: str) -> None:
    for hostile, plain in zip(texts(name), texts("plain"), strict=True):
        assert shape(hostile) == shape(plain)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_route_is_asked_for_by_its_very_name(name: str) -> None:
    text = render_audit("app.main:app", "controls", [AuditCase(RouteCase("POST", f"/{name}"), "x", guarded=False)])
    strings = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    assert f"/{name}" in strings


def shape(text: str) -> list[str]:
    """The kinds of nodes of a program, strings and names of tests left out."""
    return [type(node).__name__ for node in ast.walk(ast.parse(text))]
