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

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextvars import ContextVar
from typing import Annotated, Any

from fastapi import Depends, HTTPException, WebSocketException
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool

from transforms.inserted.parts.discovery import IssuerUnavailable, NotConfigured
from transforms.inserted.parts.principal import Principal, principal_of
from transforms.inserted.parts.token_check import (
    BadToken,
    Settings,
    checked_claims,
    issuer_keys,
    key_id_of,
    read_settings,
)

log = logging.getLogger(__name__)


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


async def verify(token: str, settings: "Settings") -> Principal:
    """Who a valid token speaks of. Raises BadToken, IssuerUnavailable. Never blocks the event loop."""
    key_id, keys = key_id_of(token, settings), issuer_keys(settings.issuer)
    key = await run_in_threadpool(keys.find, key_id) if keys.must_fetch(key_id) else keys.find(key_id)
    return principal_of(checked_claims(token, key, settings))
