"""What `controls.auth` does for an MCP server, from outside: whose token opens it, and which scope a tool asks for."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import jwt
import pytest
from mcp.server.auth.middleware.auth_context import auth_context_var
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser

from tests.issuer import AUDIENCE, Issuer
from tests.transforms.controls_package import controls_of


@pytest.fixture
def auth(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "auth", framework="mcp") as controls:
        yield controls.auth


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def trusted(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    for name, value in issuer.settings.items():
        monkeypatch.setenv(name, value)
    return issuer


def said_of(auth: ModuleType, token: str) -> Any:
    return asyncio.run(auth.OidcVerifier().verify_token(token))


@contextmanager
def signed_in(auth: ModuleType, token: str) -> Iterator[None]:
    """As the SDK does it before it calls a tool."""
    before = auth_context_var.set(AuthenticatedUser(said_of(auth, token)))
    try:
        yield
    finally:
        auth_context_var.reset(before)


# --- whose token opens the server


def test_a_signed_token_opens_it_and_says_whose_it_is(auth: ModuleType, trusted: Issuer) -> None:
    found = said_of(auth, trusted.token(scope="tools:read tools:write", client_id="desk"))
    assert (found.client_id, found.subject, found.scopes) == ("desk", "user-1", ["tools:read", "tools:write"])
    assert found.claims == {"iss": trusted.url}


@pytest.mark.parametrize(("claims", "client"), [({"azp": "desk"}, "desk"), ({}, "user-1")])
def test_the_client_is_known_by_the_claims_that_issuers_use(
    auth: ModuleType, trusted: Issuer, claims: dict[str, str], client: str
) -> None:
    assert said_of(auth, trusted.token(**claims)).client_id == client


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scp": ["a", "b"]}, ["a", "b"]),
        ({"scp": "a b"}, ["a", "b"]),
        ({"scope": ""}, []),
        ({"scope": 7}, []),
        ({}, []),
    ],
)
def test_scopes_are_read_in_every_form(
    auth: ModuleType, trusted: Issuer, claims: dict[str, Any], scopes: list[str]
) -> None:
    assert said_of(auth, trusted.token(**claims)).scopes == scopes


@pytest.mark.parametrize(
    "claims",
    [{"aud": "elsewhere"}, {"aud": None}, {"iss": "https://elsewhere.example"}, {"exp": 1}, {"exp": None}, {"nbf": 4_000_000_000},
     {"sub": None}, {"sub": ""}],
)  # fmt: skip
def test_a_claim_that_is_wrong_or_missing_opens_nothing(
    auth: ModuleType, trusted: Issuer, claims: dict[str, Any]
) -> None:
    assert said_of(auth, trusted.token(**claims)) is None


@pytest.mark.parametrize("token", ["", "made-up", "a.b.c", "ä" * 40])
def test_what_is_no_token_opens_nothing(auth: ModuleType, trusted: Issuer, token: str) -> None:
    assert said_of(auth, token) is None


def test_a_shared_secret_or_no_signature_opens_nothing(auth: ModuleType, trusted: Issuer) -> None:
    claims = {"iss": trusted.url, "aud": AUDIENCE, "sub": "user-1", "exp": 4_000_000_000}
    assert said_of(auth, jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": trusted.current})) is None
    assert said_of(auth, jwt.encode(claims, None, algorithm="none", headers={"kid": trusted.current})) is None


def test_keys_that_the_issuer_replaced_are_fetched_again(auth: ModuleType, trusted: Issuer) -> None:
    assert said_of(auth, trusted.token()) is not None
    trusted.rotate("second")
    assert said_of(auth, trusted.token()) is not None


def test_an_issuer_that_does_not_answer_lets_nobody_in_and_the_log_says_so(
    auth: ModuleType, trusted: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    trusted.broken = True
    with caplog.at_level(logging.ERROR):
        assert said_of(auth, trusted.token()) is None
    assert "the keys of the identity provider cannot be fetched" in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_ISSUER", ""),
        ("OIDC_AUDIENCE", ""),
        ("OIDC_ISSUER", "http://id.example"),
        ("OIDC_ALGORITHMS", "HS256,none"),
    ],
)
def test_a_setting_that_is_missing_or_unsafe_lets_nobody_in_and_the_log_says_so(
    auth: ModuleType,
    trusted: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: str,
) -> None:
    token = trusted.token()
    monkeypatch.setenv(name, value)
    with caplog.at_level(logging.ERROR):
        assert said_of(auth, token) is None
    assert "sign-in is not configured" in caplog.text
    assert token not in caplog.text


# --- what a server tells its clients


def test_a_server_can_be_made_while_nothing_is_set(auth: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OIDC_ISSUER", "OIDC_AUDIENCE", "MCP_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    settings = auth.auth_settings()
    assert str(settings.issuer_url).startswith("https://sign-in-is-not-configured.invalid")
    assert settings.resource_server_url is None
    assert auth.auth_provider() is not None


def test_clients_are_told_where_to_sign_in(auth: ModuleType, trusted: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SERVER_URL", "https://tools.example/mcp")
    settings = auth.auth_settings()
    assert str(settings.issuer_url).rstrip("/") == trusted.url
    assert str(settings.resource_server_url) == "https://tools.example/mcp"


def test_the_provider_for_fastmcp_says_the_same_of_a_token(auth: ModuleType, trusted: Issuer) -> None:
    provider = auth.auth_provider()
    found = asyncio.run(provider.verify_token(trusted.token(scope="tools:write")))
    assert (found.client_id, found.scopes) == ("user-1", ["tools:write"])
    assert asyncio.run(provider.verify_token("made-up")) is None


# --- what a tool asks for


def test_a_tool_goes_on_for_a_caller_with_the_scope(auth: ModuleType, trusted: Issuer) -> None:
    with signed_in(auth, trusted.token(scope="tools:read tools:write")):
        auth.require_scope("tools:write")
        assert auth.current_principal().scopes == {"tools:read", "tools:write"}


@pytest.mark.parametrize("scope", ["", "tools:read", "tools:write:some", "TOOLS:WRITE"])
def test_a_tool_refuses_a_caller_without_it_and_says_which(auth: ModuleType, trusted: Issuer, scope: str) -> None:
    with (
        signed_in(auth, trusted.token(scope=scope)),
        pytest.raises(auth.ToolError, match="scope tools:write is missing"),
    ):
        auth.require_scope("tools:write")


def test_a_tool_refuses_where_no_token_came_with_the_call(auth: ModuleType) -> None:
    with pytest.raises(auth.ToolError):
        auth.require_scope("tools:write")
    with pytest.raises(LookupError):
        auth.current_principal()


@pytest.mark.parametrize(("claims", "tenant"), [({"tenant_id": "acme"}, "acme"), ({"tenant_id": 7}, "7"), ({}, None)])
def test_the_caller_is_known_with_the_tenant(
    auth: ModuleType, trusted: Issuer, claims: dict[str, Any], tenant: str | None
) -> None:
    with signed_in(auth, trusted.token(**claims)):
        principal = auth.current_principal()
    assert (principal.subject, principal.tenant) == ("user-1", tenant)
