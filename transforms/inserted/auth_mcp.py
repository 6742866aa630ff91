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
import http.client
import json
import logging
import os
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings

try:
    from mcp.server.mcpserver.exceptions import ToolError
except ModuleNotFoundError:  # mcp before 2
    from mcp.server.fastmcp.exceptions import ToolError  # type: ignore[import-not-found,no-redef]

ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
KEYS_LIVE_SECONDS = 300
FETCH_TIMEOUT_SECONDS = 5
LARGEST_DOCUMENT_BYTES = 1_000_000
CLOCK_SKEW_SECONDS = 5
# Tokens with invented key ids must not become a flood of requests to the issuer: so many refetches in so many seconds.
REFETCHES, REFETCH_WINDOW_SECONDS = 10, 60
NOT_CONFIGURED = "https://sign-in-is-not-configured.invalid"  # no token is ever of this issuer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Principal:
    """Who is calling: a person or another program, and what the token allows it."""

    subject: str
    tenant: "str | None" = None
    scopes: "frozenset[str]" = frozenset()


@dataclass(frozen=True)
class Settings:
    """What the environment says about the issuer, read anew for each request."""

    issuer: str
    audience: str
    tenant_claim: str
    algorithms: "tuple[str, ...]"


class NotConfigured(Exception):
    """A setting is missing or cannot be accepted."""


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be had at the moment."""


class BadToken(Exception):
    """The token is not one that this server accepts. The text is for the log, not for the caller."""


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


def read_settings() -> Settings:
    """Read the environment. Raises NotConfigured."""
    issuer, audience = os.environ.get("OIDC_ISSUER", ""), os.environ.get("OIDC_AUDIENCE", "")
    if not issuer or not audience:
        raise NotConfigured("set OIDC_ISSUER and OIDC_AUDIENCE")
    if not is_safe(issuer):
        raise NotConfigured("OIDC_ISSUER must be an https URL (http only on a loopback host)")
    wanted = (os.environ.get("OIDC_ALGORITHMS") or "RS256,ES256,EdDSA").split(",")
    algorithms = tuple(name.strip() for name in wanted if name.strip() in ASYMMETRIC)
    if not algorithms:
        raise NotConfigured("OIDC_ALGORITHMS names no asymmetric algorithm")
    return Settings(issuer, audience, os.environ.get("OIDC_TENANT_CLAIM") or "tenant_id", algorithms)


def is_safe(url: str) -> bool:
    """https, or http to this very machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    loopback = host in {"localhost", "::1"} or host.startswith("127.")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and loopback))


async def verify(token: str, settings: Settings) -> "dict[str, Any]":
    """Check signature, algorithm, issuer, audience, expiry and not-before. Raises BadToken, IssuerUnavailable."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise BadToken("not a token") from None
    if header.get("alg") not in settings.algorithms:
        raise BadToken("signed with an algorithm that is not accepted")
    key = await issuer_keys(settings.issuer).find(header.get("kid"))
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=list(settings.algorithms),
            issuer=settings.issuer,
            audience=settings.audience,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as problem:
        raise BadToken(f"token refused ({type(problem).__name__})") from None
    if claims["exp"] <= time.time() or not claims["sub"]:  # a clock that is ahead is forgiven, an old token is not
        raise BadToken("token has expired" if claims["sub"] else "token names no subject")
    return dict(claims)


def claim(claims: "dict[str, Any]", path: str) -> Any:
    """A claim by its name, or by its dotted path ("realm_access.roles"); None if it is not there."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


class IssuerKeys:
    """The public keys of one issuer: kept for a while, fetched again at once for a key id that is new."""

    def __init__(self, issuer: str, clock: "Callable[[], float]" = time.monotonic) -> None:
        self.issuer = issuer
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: list[jwt.PyJWK] = []
        self._expires = float("-inf")
        self._attempts = 0
        self._failure: IssuerUnavailable | None = None
        self._refetched: deque[float] = deque(maxlen=REFETCHES)

    async def find(self, key_id: "str | None") -> jwt.PyJWK:
        """The key a token was signed with. Raises BadToken, IssuerUnavailable. Never blocks the event loop."""
        if self._clock() >= self._expires or (self._pick(key_id) is None and self._may_refetch()):
            await asyncio.to_thread(self._fetch, self._attempts)
        key = self._pick(key_id)
        if key is None:
            raise BadToken("signed with an unknown key")
        return key

    def _pick(self, key_id: "str | None") -> "jwt.PyJWK | None":
        if key_id is None:  # some issuers have one key and do not name it
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.key_id == key_id), None)

    def _may_refetch(self) -> bool:
        now = self._clock()
        if len(self._refetched) == REFETCHES and now - self._refetched[0] < REFETCH_WINDOW_SECONDS:
            return False
        self._refetched.append(now)
        return True

    def _fetch(self, seen: int) -> None:
        """Fetch the keys. Whoever waited for another request's attempt shares its outcome. Raises IssuerUnavailable."""
        with self._lock:
            if self._attempts == seen:
                self._attempts += 1
                try:
                    self._keys, self._failure = fetch_keys(self.issuer), None
                    self._expires = self._clock() + KEYS_LIVE_SECONDS
                except IssuerUnavailable as failure:
                    self._failure = failure
            if self._failure:
                raise IssuerUnavailable(str(self._failure))


_issuers: "dict[str, IssuerKeys]" = {}


def issuer_keys(issuer: str) -> IssuerKeys:
    """The one key cache of an issuer in this process."""
    return _issuers.setdefault(issuer, IssuerKeys(issuer))


def fetch_keys(issuer: str) -> "list[jwt.PyJWK]":
    """Fetch the signing keys that the issuer's discovery document leads to. Blocks. Raises IssuerUnavailable."""
    document = fetch_json(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise IssuerUnavailable(f"it calls itself {document.get('issuer')!r}: set OIDC_ISSUER to exactly that")
    try:
        keys = jwt.PyJWKSet.from_dict(fetch_json(str(document.get("jwks_uri", "")))).keys
    except (jwt.PyJWTError, TypeError, AttributeError) as problem:
        raise IssuerUnavailable(f"its key set cannot be used ({type(problem).__name__})") from None
    return [key for key in keys if key.public_key_use in {"sig", None}]


def fetch_json(url: str) -> "dict[str, Any]":
    """Fetch a JSON object. Blocks. Raises IssuerUnavailable."""
    if not is_safe(url):
        raise IssuerUnavailable("an address in its discovery document is neither https nor on a loopback host")
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310
            document = json.loads(answer.read(LARGEST_DOCUMENT_BYTES)) if is_safe(answer.url) else None
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as problem:
        raise IssuerUnavailable(f"{type(problem).__name__} at {url}") from None
    if not isinstance(document, dict):
        raise IssuerUnavailable(f"no JSON object at {url}")
    return document
