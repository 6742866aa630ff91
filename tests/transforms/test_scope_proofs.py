"""The proof that comes with a tool that asks for a scope: every signed-in caller passes before, and only some after."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.transforms.harness import patched
from tests.transforms.little_shop import run_proof
from tests.transforms.test_role_proofs import written
from transforms.controls import control
from transforms.inserted import source
from transforms.policy import Policy

CONTROL = control("tool-requires-scope")
PROOF = "tests/test_controls_scopes.py"
SIGNED_IN, SCOPE, PASSES = (
    "refuses_a_caller_who_is_not_signed_in",
    "refuses_a_caller_without_the_scope",
    "lets_a_caller_with_the_scope_pass",
)
SDK = """from mcp.server.mcpserver import MCPServer

from {package}controls.auth import OidcVerifier, auth_settings

mcp = MCPServer("orders", auth=auth_settings(), token_verifier=OidcVerifier())
"""
FASTMCP = """from fastmcp import FastMCP

from {package}controls.auth import auth_provider

mcp = FastMCP("orders", auth=auth_provider())
"""
TOOLS = '''

@mcp.tool()
def read_order(order_id: int) -> str:
    return session.get(Order, order_id)


@mcp.tool()
{kind}def cancel_order(order_id: int) -> str:
    """Cancel an order."""
    session.delete(order_id)
    session.commit()
    raise RuntimeError("no tool runs in a proof")


@mcp.tool()
def place_order(item: str) -> str:
    session.add(item)
    session.commit()
'''
NESTED = """

def register(server: FastMCP) -> None:
    @server.tool
    def cancel_order(order_id: int) -> str:
        session.delete(order_id)
        session.commit()

    @server.tool
    def place_order(item: str) -> str:
        session.add(item)
        session.commit()

    @server.tool
    def read_order(order_id: int) -> str:
        return session.get(Order, order_id)


register(mcp)
"""
SERVES = '\n\nmcp.run(transport="streamable-http")\n'


def app(head: str = SDK, tools: str = TOOLS, package: str = "", kind: str = "") -> dict[str, str]:
    inside = f"{package}/" if package else ""
    text = head.format(package=f"{package}." if package else "") + (
        tools.format(kind=kind) if tools is TOOLS else tools
    )
    return {
        f"{inside}__init__.py" if package else "empty.py": "",
        f"{inside}server.py": text,
        f"{inside}controls/__init__.py": "",
        f"{inside}controls/auth.py": source("auth", "mcp").text,
    }


APPS: Mapping[str, dict[str, str]] = {
    "the SDK": app(),
    "the SDK, in a package": app(package="orders"),
    "a tool that is async": app(kind="async "),
    "FastMCP": app(FASTMCP),
    "FastMCP, with tools of a function": app(FASTMCP, NESTED),
    "a server that is served when it is imported": app(tools=TOOLS.format(kind="") + SERVES),
}


def proven(files: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The proof of the patched app, and the app."""
    result = patched(files, Policy(), CONTROL)
    (found,) = [each.proof for each in result.patches if each.proof is not None]
    assert not [line for each in result.patches for line in each.todo if "No test shows" in line]
    return found.content, {**files, **{path: content.decode() for path, content in result.files.items()}}


@pytest.mark.parametrize("how", APPS)
def test_a_token_without_the_scope_opens_a_tool_before_and_not_after(how: str, tmp_path: Path) -> None:
    files = APPS[how]
    proof, after = proven(files)
    before = run_proof(written(files, tmp_path / "before"), proof)
    writing = {f"test_{tool}_{what}" for tool in ("cancel_order", "place_order") for what in (SIGNED_IN, SCOPE, PASSES)}
    assert {name for name, how in before.items() if how == "failed"} == writing
    assert before["test_read_order_asks_for_no_scope"] == "passed"
    assert run_proof(written(after, tmp_path / "after"), proof) == dict.fromkeys(before, "passed")


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ('    require_scope("tools:write")\n    session.delete', "    session.delete", {SIGNED_IN, SCOPE, PASSES}),
        (
            '    require_scope("tools:write")\n    session.delete(order_id)',
            '    session.delete(order_id)\n    require_scope("tools:write")',
            {SIGNED_IN, SCOPE, PASSES},
        ),
        ('require_scope("tools:write")\n    session.delete', 'require_scope("tools")\n    session.delete', {PASSES}),
    ],
)
def test_a_tool_that_asks_too_little_or_too_late_is_noticed(
    old: str, new: str, noticed: set[str], tmp_path: Path
) -> None:
    proof, after = proven(app())
    assert old in after["server.py"]
    after["server.py"] = after["server.py"].replace(old, new)
    outcomes = run_proof(written(after, tmp_path), proof)
    assert {name for name, how in outcomes.items() if how != "passed"} == {
        f"test_cancel_order_{each}" for each in noticed
    }


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ("or scope not in token.scopes", "", SCOPE),
        ("if token is None or", "if token is not None and", SIGNED_IN),
        ("scope not in token.scopes", "True", PASSES),
    ],
)
def test_a_check_of_scopes_with_a_mistake_is_noticed(old: str, new: str, noticed: str, tmp_path: Path) -> None:
    proof, after = proven(app())
    assert old in after["controls/auth.py"]
    after["controls/auth.py"] = after["controls/auth.py"].replace(old, new)
    outcomes = run_proof(written(after, tmp_path), proof)
    assert outcomes[f"test_cancel_order_{noticed}"] == "failed"


def test_a_tool_that_only_reads_must_not_ask(tmp_path: Path) -> None:
    proof, after = proven(app())
    after["server.py"] = after["server.py"].replace(
        "    return session.get(", '    require_scope("tools:write")\n    return session.get('
    )
    assert run_proof(written(after, tmp_path), proof)["test_read_order_asks_for_no_scope"] == "failed"
