"""Who is calling a tool, and what they may do: OpenID Connect bearer tokens for MCP servers.

    mcp = MCPServer("shop", auth=auth_settings(), token_verifier=OidcVerifier())  # the `mcp` package; FastMCP before 2
    mcp = FastMCP("shop", auth=auth_provider())                                   # the `fastmcp` package

    @mcp.tool()
    def cancel_order(order_id: int) -> str:
        require_scope("tools:write")
        ...

Settings (environment):
    OIDC_ISSUER        URL of the issuer; its keys come from its discovery document. https, or http on loopback
    OIDC_AUDIENCE      the audience that a token must carry
    OIDC_TENANT_CLAIM  dotted path of the claim with the tenant (default "tenant_id")
    OIDC_ALGORITHMS    accepted signatures, asymmetric only (default "RS256,ES256,EdDSA")
    MCP_SERVER_URL     public URL of this server's endpoint, so that clients are told where to sign in

Without issuer and audience every request over HTTP answers 401, and the log says why: nobody is let in by accident.
Answers: 401 no token or a bad one; an error of the tool where a scope is missing. A server on stdio is called by the
program that started it, without a token: tools that need a scope refuse there.
"""

import asyncio
import logging
import os
from dataclasses import dataclass
from typing import Any

import jwt
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings

from transforms.inserted.parts.discovery import IssuerUnavailable, NotConfigured
from transforms.inserted.parts.safe_address import is_safe
from transforms.inserted.parts.token_check import (
    BadToken,
    Settings,
    checked_claims,
    claim,
    issuer_keys,
    key_id_of,
    read_settings,
)

try:
    from mcp.server.mcpserver.exceptions import ToolError
except ModuleNotFoundError:  # mcp before 2
    from mcp.server.fastmcp.exceptions import ToolError  # type: ignore[import-not-found,no-redef]

NOT_CONFIGURED = "https://sign-in-is-not-configured.invalid"  # no token is ever of this issuer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Principal:
    """Who is calling: a person or another program, and what the token allows it."""

    subject: str
    tenant: "str | None" = None
    scopes: "frozenset[str]" = frozenset()


class OidcVerifier:
    """What the server asks about each token: it answers None for one that opens no door."""

    async def verify_token(self, token: str) -> "AccessToken | None":
        """What a valid token says of its bearer."""
        claims = await claims_of(token)
        if claims is None:
            return None
        said: dict[str, Any] = {  # the last two keep callers out of each other's sessions; mcp 1 leaves them out
            "token": token,
            "client_id": str(claims.get("client_id") or claims.get("azp") or claims["sub"]),
            "scopes": scopes_of(claims),
            "expires_at": int(claims["exp"]),
            "subject": str(claims["sub"]),
            "claims": {"iss": claims["iss"]},
        }
        return AccessToken(**said)


def auth_settings() -> AuthSettings:
    """What the server tells its clients about sign-in. Importing it needs no setting: see `OidcVerifier` for that."""
    issuer = os.environ.get("OIDC_ISSUER") or NOT_CONFIGURED
    said: dict[str, Any] = {
        "issuer_url": issuer if is_safe(issuer) else NOT_CONFIGURED,
        "resource_server_url": os.environ.get("MCP_SERVER_URL") or None,
        "validate_token_resource": False,  # the audience is checked below
    }
    return AuthSettings(**said)


def auth_provider() -> Any:
    """The same for FastMCP of the `fastmcp` package."""
    from fastmcp.server.auth import AccessToken as Token
    from fastmcp.server.auth import TokenVerifier

    class OidcProvider(TokenVerifier):
        async def verify_token(self, token: str) -> "Token | None":
            found = await OidcVerifier().verify_token(token)
            return Token(**found.model_dump(exclude_none=True)) if found is not None else None

    return OidcProvider(base_url=os.environ.get("MCP_SERVER_URL") or None)


def current_principal() -> Principal:
    """The caller of the tool that is running. Raises LookupError where no token came with the call."""
    token = get_access_token()
    if token is None:
        raise LookupError("nobody is signed in")
    # the signature was checked before the tool was called
    claims = jwt.decode(token.token, options={"verify_signature": False})
    tenant = claim(claims, os.environ.get("OIDC_TENANT_CLAIM") or "tenant_id")
    known = isinstance(tenant, (str, int)) and not isinstance(tenant, bool) and tenant != ""
    return Principal(str(claims["sub"]), str(tenant) if known else None, frozenset(token.scopes))


def require_scope(scope: str) -> None:
    """Go on only for a caller whose token has the scope. Raises ToolError, whose text the caller sees."""
    token = get_access_token()
    if token is None or scope not in token.scopes:
        log.warning("a tool was refused: scope %s is missing", scope)
        raise ToolError(f"not allowed: scope {scope} is missing")


async def claims_of(token: str) -> "dict[str, Any] | None":
    """The claims of a valid token; None for any other, and the log says why."""
    try:
        return await verify(token, read_settings())
    except NotConfigured as problem:
        log.error("sign-in is not configured, every request answers 401: %s", problem)
    except IssuerUnavailable as problem:
        log.error("the keys of the identity provider cannot be fetched: %s", problem)
    except BadToken as problem:
        log.info("a request was refused: %s", problem)
    return None


def scopes_of(claims: "dict[str, Any]") -> "list[str]":
    """The scopes of a token: `scope`, one text, or `scp`, a text or a list."""
    found = claims.get("scope", claims.get("scp", ""))
    names = found.split() if isinstance(found, str) else found
    return [str(name) for name in names] if isinstance(names, list) else []


async def verify(token: str, settings: "Settings") -> "dict[str, Any]":
    """What a valid token says. Raises BadToken, IssuerUnavailable. Never blocks the event loop."""
    key_id, keys = key_id_of(token, settings), issuer_keys(settings.issuer)
    key = await asyncio.to_thread(keys.find, key_id) if keys.must_fetch(key_id) else keys.find(key_id)
    return checked_claims(token, key, settings)
