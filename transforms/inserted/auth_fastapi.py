"""Who is calling, and what they may do: OpenID Connect bearer tokens for FastAPI.

    @router.get("/orders", dependencies=[Depends(require_user)])
    @router.delete("/orders/{order_id}", dependencies=[Depends(require_role("admin"))])
    @router.post("/sync", dependencies=[Depends(require_workload)])
    async def me(user: Annotated[Principal, Depends(require_user)]): ...

Settings (environment):
    OIDC_ISSUER        URL of the issuer; its keys come from its discovery document. https, or http on loopback
    OIDC_AUDIENCE      the audience that a token must carry
    OIDC_ROLES_CLAIM   dotted path of the claim with the roles (default "roles")
    OIDC_TENANT_CLAIM  dotted path of the claim with the tenant (default "tenant_id")
    OIDC_ALGORITHMS    accepted signatures, asymmetric only (default "RS256,ES256,EdDSA")

Without issuer and audience every guarded route answers 503: nobody is let in by accident.
Answers: 401 no token or a bad one, 403 role missing, 503 not configured or issuer not reachable.
In tests: app.dependency_overrides[require_user] = lambda: Principal("u1", tenant="t1", roles=frozenset({"admin"})).
"""

import http.client
import json
import logging
import os
import threading
import time
import urllib.request
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import jwt
from fastapi import Depends, HTTPException, WebSocketException
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool

ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
KEYS_LIVE_SECONDS = 300
FETCH_TIMEOUT_SECONDS = 5
LARGEST_DOCUMENT_BYTES = 1_000_000
CLOCK_SKEW_SECONDS = 5
# Tokens with invented key ids must not become a flood of requests to the issuer: so many refetches in so many seconds.
REFETCHES, REFETCH_WINDOW_SECONDS = 10, 60

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Principal:
    """Who is calling: a person or another program ("human" or "workload")."""

    subject: str
    tenant: "str | None" = None
    roles: "frozenset[str]" = frozenset()
    kind: str = "human"


@dataclass(frozen=True)
class Settings:
    """What the environment says about the issuer, read anew for each request."""

    issuer: str
    audience: str
    roles_claim: str
    tenant_claim: str
    algorithms: "tuple[str, ...]"


class NotConfigured(Exception):
    """A setting is missing or cannot be accepted."""


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be had at the moment."""


class BadToken(Exception):
    """The token is not one that this app accepts. The text is for the log, not for the caller."""


_principal: "ContextVar[Principal]" = ContextVar("principal")


def current_principal() -> Principal:
    """The caller of the request that is being served. Raises LookupError outside a guarded route."""
    return _principal.get()


class BearerToken(SecurityBase):
    """Takes the token from the Authorization header and tells the API docs about it.

    Browsers can send no header with a WebSocket: there it may come as subprotocols, "bearer" and the token. Answer them
    with accept(subprotocol="bearer").
    """

    def __init__(self) -> None:
        self.model = HTTPBearerModel(bearerFormat="JWT", description="Access token of the OpenID Connect issuer")
        self.scheme_name = "oidc"

    async def __call__(self, connection: HTTPConnection) -> str:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
        offered = list(connection.scope.get("subprotocols", ()))
        return offered[1] if len(offered) == 2 and offered[0] == "bearer" else ""


bearer_token = BearerToken()


async def require_user(
    connection: HTTPConnection, token: Annotated[str, Depends(bearer_token)]
) -> AsyncIterator[Principal]:
    """Let in only callers with a valid token. An async generator: what it sets is seen by sync and async routes."""
    principal = await identify(connection, token)
    connection.state.principal = principal
    before = _principal.set(principal)
    try:
        yield principal
    finally:
        _principal.reset(before)


async def identify(connection: HTTPConnection, token: str) -> Principal:
    """Who the token says is calling. Raises the answer to a caller who may not pass. Tests may stand in for it."""
    try:
        settings = read_settings()
        if not token:
            raise BadToken("no bearer token")
        return await verify(token, settings)
    except NotConfigured as problem:
        log.error("sign-in is not configured, every guarded route answers 503: %s", problem)
        raise unavailable(connection, "Sign-in is not configured") from None
    except IssuerUnavailable as problem:
        log.error("the keys of the identity provider cannot be fetched: %s", problem)
        raise unavailable(connection, "Identity provider is not available") from None
    except BadToken as problem:
        raise refused(connection, 401, str(problem)) from None


def require_role(*roles: str) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """A dependency that lets in only callers who have one of the roles."""

    async def role_required(
        connection: HTTPConnection, principal: Annotated[Principal, Depends(require_user)]
    ) -> Principal:
        if principal.roles.isdisjoint(roles):
            raise refused(connection, 403, f"role {' or '.join(roles)} is missing")
        return principal

    return role_required


async def require_workload(
    connection: HTTPConnection, principal: Annotated[Principal, Depends(require_user)]
) -> Principal:
    """Let in only programs, by a token that they got in their own name (client credentials), and no people."""
    if principal.kind != "workload":
        raise refused(connection, 403, "not a workload")
    return principal


def refused(connection: HTTPConnection, status: int, reason: str) -> Exception:
    """The answer to a caller who may not pass, after the audit trail was told (if this app has one)."""
    try:
        from .audit_fastapi import record_denial
    except ModuleNotFoundError:
        pass
    else:
        record_denial(connection, reason)
    if connection.scope["type"] == "websocket":
        return WebSocketException(code=1008, reason="Not authenticated" if status == 401 else "Not allowed")
    if status == 403:
        return HTTPException(403, "Not allowed", headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'})
    challenge = "Bearer" if reason == "no bearer token" else 'Bearer error="invalid_token"'
    return HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": challenge})


def unavailable(connection: HTTPConnection, detail: str) -> Exception:
    """The answer while nobody can be let in."""
    if connection.scope["type"] == "websocket":
        return WebSocketException(code=1013, reason=detail)
    return HTTPException(503, detail)


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
    return Settings(
        issuer,
        audience,
        os.environ.get("OIDC_ROLES_CLAIM") or "roles",
        os.environ.get("OIDC_TENANT_CLAIM") or "tenant_id",
        algorithms,
    )


def is_safe(url: str) -> bool:
    """https, or http to this very machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    loopback = host in {"localhost", "::1"} or host.startswith("127.")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and loopback))


async def verify(token: str, settings: Settings) -> Principal:
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
    return principal_of(claims, settings)


def principal_of(claims: "dict[str, Any]", settings: Settings) -> Principal:
    """Read the caller from the claims of a token that was verified."""
    roles = claim(claims, settings.roles_claim)
    if isinstance(roles, str):
        roles = roles.replace(",", " ").split()
    names = frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
    tenant = claim(claims, settings.tenant_claim)
    known = isinstance(tenant, (str, int)) and not isinstance(tenant, bool) and tenant != ""
    return Principal(str(claims["sub"]), str(tenant) if known else None, names, kind_of(claims))


def claim(claims: "dict[str, Any]", path: str) -> Any:
    """A claim by its name, or by its dotted path ("realm_access.roles"); None if it is not there."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def kind_of(claims: "dict[str, Any]") -> str:
    """A token that a program got in its own name says so in one of these ways; any other belongs to a person."""
    client = claims.get("client_id") or claims.get("azp")
    workload = (
        (client is not None and claims["sub"] in {client, f"{client}@clients"})
        or claims.get("gty") == "client-credentials"
        or claims.get("idtyp") == "app"
        or str(claims["sub"]).startswith("system:serviceaccount:")
    )
    return "workload" if workload else "human"


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
            await run_in_threadpool(self._fetch, self._attempts)
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
