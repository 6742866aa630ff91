"""Who is calling, and what they may do: OpenID Connect bearer tokens for Flask.

    @orders.get("/orders")
    @require_user
    def list_orders(): ...

    @require_role("admin")             # below @orders.delete("/orders/<int:order_id>")
    @require_workload                  # below @orders.post("/sync"): for other services
    orders.before_request(require_user)  # every route of a blueprint, or of an app
    current_principal().subject        # in a guarded route

Settings (environment):
    OIDC_ISSUER        URL of the issuer; its keys come from its discovery document. https, or http on loopback
    OIDC_AUDIENCE      the audience that a token must carry
    OIDC_ROLES_CLAIM   dotted path of the claim with the roles (default "roles")
    OIDC_TENANT_CLAIM  dotted path of the claim with the tenant (default "tenant_id")
    OIDC_ALGORITHMS    accepted signatures, asymmetric only (default "RS256,ES256,EdDSA")

Without issuer and audience every guarded route answers 503: nobody is let in by accident.
Answers: 401 no token or a bad one, 403 role missing, 503 not configured or issuer not reachable. Preflight requests
(OPTIONS) pass, and before_request leaves static files and pages that do not exist alone.
In tests: app.config["TEST_PRINCIPAL"] = Principal("u1", tenant="t1", roles=frozenset({"admin"})), with TESTING on.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, g, has_request_context, jsonify, make_response, request

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


def current_principal() -> Principal:
    """The caller of the request that is being served. Raises LookupError outside a guarded route."""
    principal = g.get("principal") if has_request_context() else None
    if principal is None:
        raise LookupError("no caller: this is no guarded route")
    return principal  # type: ignore[no-any-return]


def require_user(view: "Callable[..., Any] | None" = None) -> Any:
    """Let in only callers with a valid token: a decorator of a view, or a check for before_request."""
    if view is None:
        endpoint = request.endpoint or "static"  # no endpoint: the page does not exist
        return None if endpoint.rpartition(".")[2] == "static" else sign_in()

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        sign_in()
        return current_app.ensure_sync(view)(*args, **kwargs)

    return guarded


def require_role(*roles: str) -> "Callable[[Callable[..., Any]], Callable[..., Any]]":
    """A decorator that lets in only callers who have one of the roles."""

    def decorate(view: "Callable[..., Any]") -> "Callable[..., Any]":
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            sign_in()
            if request.method != "OPTIONS" and current_principal().roles.isdisjoint(roles):
                refuse(403, f"role {' or '.join(roles)} is missing")
            return current_app.ensure_sync(view)(*args, **kwargs)

        return guarded

    return decorate


def require_workload(view: "Callable[..., Any]") -> "Callable[..., Any]":
    """A decorator that lets in only programs, by a token that they got in their own name (client credentials)."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        sign_in()
        if request.method != "OPTIONS" and current_principal().kind != "workload":
            refuse(403, "not a workload")
        return current_app.ensure_sync(view)(*args, **kwargs)

    return guarded


def sign_in() -> None:
    """Let the caller of this request in, or end the request with 401 or 503."""
    if request.method == "OPTIONS" or g.get("principal") is not None:
        return
    stand_in = current_app.config.get("TEST_PRINCIPAL") if current_app.testing else None
    if isinstance(stand_in, Principal):
        g.principal = stand_in
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        settings = read_settings()
        if scheme.lower() != "bearer" or not token.strip():
            raise BadToken("no bearer token")
        g.principal = verify(token.strip(), settings)
    except NotConfigured as problem:
        log.error("sign-in is not configured, every guarded route answers 503: %s", problem)
        abort(make_response(jsonify(detail="Sign-in is not configured"), 503))
    except IssuerUnavailable as problem:
        log.error("the keys of the identity provider cannot be fetched: %s", problem)
        abort(make_response(jsonify(detail="Identity provider is not available"), 503))
    except BadToken as problem:
        refuse(401, str(problem))


def refuse(status: int, reason: str) -> None:
    """End the request of a caller who may not pass."""
    log.info("refused %s %s: %s", request.method, request.endpoint, reason)
    if status == 403:
        challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
        abort(make_response(jsonify(detail="Not allowed"), 403, challenge))
    challenge = {"WWW-Authenticate": "Bearer" if reason == "no bearer token" else 'Bearer error="invalid_token"'}
    abort(make_response(jsonify(detail="Not authenticated"), 401, challenge))


def verify(token: str, settings: "Settings") -> Principal:
    """Who a valid token speaks of. Raises BadToken, IssuerUnavailable."""
    key = issuer_keys(settings.issuer).find(key_id_of(token, settings))
    return principal_of(checked_claims(token, key, settings))
