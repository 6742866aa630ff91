"""Who is calling, and what they may do: OpenID Connect bearer tokens for Starlette (0.33 or newer).

    Route("/orders", list_orders, middleware=[Middleware(require_user)])
    Mount("/admin", routes=[...], middleware=[Middleware(require_role, "admin")])
    Route("/sync", sync, methods=["POST"], middleware=[Middleware(require_workload)])
    async def me(request): user = request.state.principal

Settings (environment):
    OIDC_ISSUER        URL of the issuer; its keys come from its discovery document. https, or http on loopback
    OIDC_AUDIENCE      the audience that a token must carry
    OIDC_ROLES_CLAIM   dotted path of the claim with the roles (default "roles")
    OIDC_TENANT_CLAIM  dotted path of the claim with the tenant (default "tenant_id")
    OIDC_ALGORITHMS    accepted signatures, asymmetric only (default "RS256,ES256,EdDSA")

Without issuer and audience every guarded route answers 503: nobody is let in by accident.
Answers: 401 no token or a bad one, 403 role missing, 503 not configured or issuer not reachable.
A websocket is closed before it is accepted: with code 1008, or 1013 while nobody can be let in.
In tests: replace identify by an async function that gives Principal("u1", tenant="t1", roles=frozenset({"admin"})).
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

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


class Refused(Exception):
    """A caller who may not pass, and the answer to them."""

    def __init__(self, answer: JSONResponse, close_code: int = 1008) -> None:
        super().__init__(answer.status_code)
        self.answer = answer
        self.close_code = close_code


def require_user(app: ASGIApp) -> ASGIApp:
    """Let in only callers with a valid token."""
    return guarded(app, lambda _: None)


def require_role(app: ASGIApp, *roles: str) -> ASGIApp:
    """Let in only callers who have one of the roles."""

    def has_role(principal: Principal) -> None:
        if principal.roles.isdisjoint(roles):
            raise not_allowed(f"role {' or '.join(roles)} is missing")

    return guarded(app, has_role)


def require_workload(app: ASGIApp) -> ASGIApp:
    """Let in only programs, by a token that they got in their own name (client credentials), and no people."""

    def is_workload(principal: Principal) -> None:
        if principal.kind != "workload":
            raise not_allowed("not a workload")

    return guarded(app, is_workload)


def guarded(app: ASGIApp, check: "Callable[[Principal], None]") -> ASGIApp:
    """The app behind a check of who is calling, for requests and websockets."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            principal = await identify(connection, bearer_token(connection))
            check(principal)
        except Refused as refusal:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": refusal.close_code, "reason": ""})
            else:
                await refusal.answer(scope, receive, send)
            return
        connection.state.principal = principal
        before = _principal.set(principal)
        try:
            await app(scope, receive, send)
        finally:
            _principal.reset(before)

    return served


def bearer_token(connection: HTTPConnection) -> str:
    """The token of the Authorization header; "" without one.

    Browsers can send no header with a WebSocket: there it may come as subprotocols, "bearer" and the token. Answer them
    with accept(subprotocol="bearer").
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    offered = list(connection.scope.get("subprotocols", ()))
    return offered[1] if len(offered) == 2 and offered[0] == "bearer" else ""


async def identify(connection: HTTPConnection, token: str) -> Principal:
    """Who the token says is calling. Raises Refused. Tests may stand in for it."""
    try:
        settings = read_settings()
        if not token:
            raise BadToken("no bearer token")
        return await verify(token, settings)
    except NotConfigured as problem:
        log.error("sign-in is not configured, every guarded route answers 503: %s", problem)
        raise unavailable("Sign-in is not configured") from None
    except IssuerUnavailable as problem:
        log.error("the keys of the identity provider cannot be fetched: %s", problem)
        raise unavailable("Identity provider is not available") from None
    except BadToken as problem:
        log.info("refused %s: %s", connection.url.path, problem)
        challenge = "Bearer" if not token else 'Bearer error="invalid_token"'
        answer = JSONResponse({"detail": "Not authenticated"}, status_code=401, headers={"WWW-Authenticate": challenge})
        raise Refused(answer) from None


def not_allowed(reason: str) -> Refused:
    """The answer to somebody who is known and may not do this."""
    log.info("refused: %s", reason)
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    return Refused(JSONResponse({"detail": "Not allowed"}, status_code=403, headers=challenge))


def unavailable(detail: str) -> Refused:
    """The answer while nobody can be let in."""
    return Refused(JSONResponse({"detail": detail}, status_code=503), close_code=1013)


async def verify(token: str, settings: "Settings") -> Principal:
    """Who a valid token speaks of. Raises BadToken, IssuerUnavailable. Never blocks the event loop."""
    key_id, keys = key_id_of(token, settings), issuer_keys(settings.issuer)
    key = await run_in_threadpool(keys.find, key_id) if keys.must_fetch(key_id) else keys.find(key_id)
    return principal_of(checked_claims(token, key, settings))
