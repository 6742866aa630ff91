"""What an MCP server answers to strangers, and what its verifier says of tokens: no tool has to run for it."""

import pytest
from mcp.server.auth.middleware.auth_context import auth_context_var
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser

from transforms.proofs.parts.ask import ask
from transforms.proofs.parts.forged import FORGED, forged
from transforms.proofs.parts.issuer import Issuer
from transforms.proofs.parts.load import control, the_app
from transforms.proofs.parts.said_mcp import said_of
from transforms.proofs.parts.told import AUTH


def call_tools(token: str = "") -> int:
    """What the server answers, before it looks at any tool, to a request that brings this token."""
    server = the_app()
    app = server.streamable_http_app() if hasattr(server, "streamable_http_app") else server.http_app()
    return ask(app, "POST", "/mcp", token)[0]


@pytest.mark.usefixtures("issuer")
def test_the_server_refuses_a_caller_without_token() -> None:
    assert call_tools() == 401


@pytest.mark.parametrize("how", FORGED)
def test_the_server_refuses_a_forged_token(issuer: Issuer, how: str) -> None:
    assert call_tools(forged(issuer, how)) == 401


def test_the_verifier_knows_a_valid_token_and_its_scopes(issuer: Issuer) -> None:
    found = said_of(issuer.token(scope="tools:write other"))
    assert (found.client_id, found.scopes) == ("1", ["tools:write", "other"])


def test_no_token_is_good_while_the_issuer_publishes_no_keys(issuer: Issuer) -> None:
    issuer.keys = []
    assert said_of(issuer.token()) is None


def test_no_token_is_good_while_no_issuer_is_set(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_ISSUER")
    assert said_of(issuer.token()) is None


@pytest.mark.parametrize(("scope", "passes"), [("tools:write", True), ("tools:read", False), ("", False)])
def test_a_scope_is_asked_for(issuer: Issuer, scope: str, passes: bool) -> None:
    before = auth_context_var.set(AuthenticatedUser(said_of(issuer.token(scope=scope))))
    try:
        assert passed_with("tools:write") is passes
    finally:
        auth_context_var.reset(before)


def test_a_scope_is_missing_where_nobody_is_signed_in() -> None:
    assert passed_with("tools:write") is False


def passed_with(scope: str) -> bool:
    """Whether a tool that asks for the scope goes on."""
    auth = control(AUTH)
    try:
        auth.require_scope(scope)
    except auth.ToolError:
        return False
    return True
