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
from flask import abort, current_app, g, has_request_context, jsonify, make_response, request

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


def verify(token: str, settings: Settings) -> Principal:
    """Check signature, algorithm, issuer, audience, expiry and not-before. Raises BadToken, IssuerUnavailable."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise BadToken("not a token") from None
    if header.get("alg") not in settings.algorithms:
        raise BadToken("signed with an algorithm that is not accepted")
    key = issuer_keys(settings.issuer).find(header.get("kid"))
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

    def find(self, key_id: "str | None") -> jwt.PyJWK:
        """The key a token was signed with. Raises BadToken, IssuerUnavailable."""
        if self._clock() >= self._expires or (self._pick(key_id) is None and self._may_refetch()):
            self._fetch(self._attempts)
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
