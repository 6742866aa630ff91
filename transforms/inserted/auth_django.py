"""Who is calling, and what they may do: OpenID Connect bearer tokens for Django and Django REST framework.

    @require_user                                   # a view function; or @require_role("admin")
    class Orders(UserRequiredMixin, ListView): ...  # a class-based view; or with required_roles = ("admin",)
    class Orders(ModelViewSet):                     # REST framework
        authentication_classes = [OidcAuthentication]
        permission_classes = [UserRequired]         # or [role_required("admin")]

Or for all plain views of a site, but those under @open_to_everybody: UserRequiredMiddleware in MIDDLEWARE.

Settings (environment):
    OIDC_ISSUER        URL of the issuer; its keys come from its discovery document. https, or http on loopback
    OIDC_AUDIENCE      the audience that a token must carry
    OIDC_ROLES_CLAIM   dotted path of the claim with the roles (default "roles")
    OIDC_TENANT_CLAIM  dotted path of the claim with the tenant (default "tenant_id")
    OIDC_ALGORITHMS    accepted signatures, asymmetric only (default "RS256,ES256,EdDSA")

Without issuer and audience every guarded view answers 503: nobody is let in by accident.
Answers: 401 no token or a bad one, 403 role missing, 503 not configured or issuer not reachable.
A guarded view finds the caller in request.principal, one of REST framework also in request.auth.
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
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, JsonResponse

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


@dataclass(frozen=True)
class Caller:
    """What views of REST framework find in request.user: signed in, and no row of the app's own user table."""

    principal: Principal
    is_authenticated: bool = True
    is_anonymous: bool = False
    is_active: bool = True
    is_staff: bool = False
    is_superuser: bool = False
    pk: None = None

    @property
    def username(self) -> str:
        """The subject of the token."""
        return self.principal.subject


class Denied(Exception):
    """The caller may not pass: the text of the answer, and the challenge that goes with it."""

    status = 503

    def __init__(self, detail: str, challenge: str = "") -> None:
        super().__init__(detail)
        self.detail, self.challenge = detail, challenge

    def response(self) -> JsonResponse:
        """The answer as JSON."""
        answer = JsonResponse({"detail": self.detail}, status=self.status)
        if self.challenge:
            answer["WWW-Authenticate"] = self.challenge
        return answer


class NotSignedIn(Denied):
    """Nobody knows who is calling."""

    status = 401


class NotAllowed(Denied):
    """The caller is known and lacks the role."""

    status = 403


def require_user(view: "Callable[..., Any]") -> "Callable[..., Any]":
    """Let only callers with a valid token reach a view function; sync and async ones alike."""
    return guarded(view, ())


def require_role(*roles: str) -> "Callable[[Callable[..., Any]], Callable[..., Any]]":
    """A decorator that lets only callers who have one of the roles reach a view function."""
    return functools.partial(guarded, roles=roles)


def guarded(view: "Callable[..., Any]", roles: "tuple[str, ...]") -> "Callable[..., Any]":
    """The view behind the check."""
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def later(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                principal = await sync_to_async(authenticate, thread_sensitive=False)(request, roles)
            except Denied as denied:
                return denied.response()
            before = _principal.set(principal)
            try:
                return await view(request, *args, **kwargs)
            finally:
                _principal.reset(before)

        return later

    @functools.wraps(view)
    def now(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            principal = authenticate(request, roles)
        except Denied as denied:
            return denied.response()
        before = _principal.set(principal)
        try:
            return view(request, *args, **kwargs)
        finally:
            _principal.reset(before)

    return now


class UserRequiredMixin:
    """First base of a class-based view: only callers with a valid token (and one of the roles, if any) reach it."""

    required_roles: "tuple[str, ...]" = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Check before any method of the view runs."""
        return guarded(super().dispatch, self.required_roles)(request, *args, **kwargs)  # type: ignore[misc]


def authenticate(request: HttpRequest, roles: "tuple[str, ...]" = ()) -> Principal:
    """The caller of a request, who is left in request.principal. Raises Denied."""
    try:
        principal = verify(bearer_token(request), read_settings())
    except NotConfigured as problem:
        log.error("sign-in is not configured, every guarded view answers 503: %s", problem)
        raise Denied("Sign-in is not configured") from None
    except IssuerUnavailable as problem:
        log.error("the keys of the identity provider cannot be fetched: %s", problem)
        raise Denied("Identity provider is not available") from None
    except BadToken as problem:
        challenge = "Bearer" if str(problem) == "no bearer token" else 'Bearer error="invalid_token"'
        raise NotSignedIn("Not authenticated", challenge) from None
    if roles and principal.roles.isdisjoint(roles):
        raise NotAllowed("Not allowed", 'Bearer error="insufficient_scope"')
    request.principal = principal
    return principal


def bearer_token(request: HttpRequest) -> str:
    """The token in the Authorization header. Raises BadToken, and NotConfigured before that."""
    read_settings()
    scheme, _, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadToken("no bearer token")
    return token.strip()


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


try:
    from rest_framework import authentication, exceptions, permissions
except ModuleNotFoundError:  # an app without REST framework needs no more
    pass
else:

    class OidcAuthentication(authentication.BaseAuthentication):
        """Reads the token of a request to REST framework; request.auth is the Principal."""

        def authenticate(self, request: Any) -> "tuple[Caller, Principal] | None":
            """None without a token; a bad one is refused at once."""
            if not request.META.get("HTTP_AUTHORIZATION"):
                return None
            try:
                principal = authenticate(request._request)
            except Denied as denied:
                raise as_rest(denied) from None
            return Caller(principal), principal

        def authenticate_header(self, _request: Any) -> str:
            """What makes REST framework answer 401 where nobody is signed in."""
            return "Bearer"

    class UserRequired(permissions.BasePermission):
        """Only callers with a valid token."""

        def has_permission(self, request: Any, _view: Any) -> bool:
            """Whether OidcAuthentication found one."""
            if request.auth is None:
                refuse_unless_configured()
            return request.auth is not None

    def role_required(*roles: str) -> "type[permissions.BasePermission]":
        """A permission class that lets only callers pass who have one of the roles."""

        class RoleRequired(UserRequired):
            def has_permission(self, request: Any, view: Any) -> bool:
                return super().has_permission(request, view) and not request.auth.roles.isdisjoint(roles)

        return RoleRequired

    def refuse_unless_configured() -> None:
        """Answer 503 rather than 401 while nobody can be let in."""
        try:
            read_settings()
        except NotConfigured as problem:
            log.error("sign-in is not configured, every guarded view answers 503: %s", problem)
            raise as_rest(Denied("Sign-in is not configured")) from None

    def as_rest(denied: Denied) -> exceptions.APIException:
        """The same answer as an exception of REST framework."""
        if denied.status == 401:
            return exceptions.AuthenticationFailed(denied.detail)
        problem = exceptions.APIException(denied.detail)
        problem.status_code = denied.status
        return problem


def open_to_everybody(view: "Callable[..., Any]") -> "Callable[..., Any]":
    """Mark a view function that UserRequiredMiddleware lets through; of a class, say `login_required = False` in it."""
    view.login_required = False  # type: ignore[attr-defined]  # the mark that Django's own login_not_required leaves
    return view


class UserRequiredMiddleware:
    """In MIDDLEWARE, behind Django's own authentication: only callers with a valid token reach the site's views.

    Open stay those that say so (see above), and what asks for itself: REST framework and the admin site.
    """

    def __init__(self, get_response: "Callable[[HttpRequest], Any]") -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Serve one request; what it leaves in the context, the caller too, ends with it."""
        return copy_context().run(self.get_response, request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> "JsonResponse | None":
        """Check before a view runs."""
        if is_open(view):
            return None
        try:
            principal = authenticate(request)
        except Denied as denied:
            return denied.response()
        _principal.set(principal)
        return None


def is_open(view: Any) -> bool:
    """Whether a view is for everybody, or asks by itself who is calling."""
    marked = (getattr(each, "login_required", True) for each in (view, getattr(view, "view_class", None)))
    asks_itself = any(hasattr(view, name) for name in ("cls", "admin_site", "model_admin"))
    return asks_itself or not all(marked) or getattr(view, "__module__", "") == "django.views.static"
