"""Who is calling, and what they may do: OpenID Connect bearer tokens for Django and Django REST framework.

    @require_user                                   # a view function; or @require_role("admin")
    @require_workload                               # the same for other programs, and no people
    class Orders(UserRequiredMixin, ListView): ...  # a class-based view; or with required_roles = ("admin",)
    class Orders(ModelViewSet):                     # REST framework
        authentication_classes = [OidcAuthentication]
        permission_classes = [UserRequired]         # or [role_required("admin")], or [WorkloadRequired]

For other programs alone: WorkloadRequiredMixin, WorkloadRequired.
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
import logging
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, JsonResponse

from transforms.inserted.parts.discovery import IssuerUnavailable, NotConfigured
from transforms.inserted.parts.principal import Principal, principal_of
from transforms.inserted.parts.token_check import (
    BadToken,
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


def require_workload(view: "Callable[..., Any]") -> "Callable[..., Any]":
    """Let only programs reach a view function, by a token that they got in their own name, and no people."""
    return guarded(view, (), "workload")


def guarded(view: "Callable[..., Any]", roles: "tuple[str, ...]", kind: str = "") -> "Callable[..., Any]":
    """The view behind the check."""
    if iscoroutinefunction(view):

        @functools.wraps(view)
        async def later(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                principal = await sync_to_async(authenticate, thread_sensitive=False)(request, roles, kind)
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
            principal = authenticate(request, roles, kind)
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
    required_kind = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Check before any method of the view runs."""
        serve = super().dispatch  # type: ignore[misc]
        return guarded(serve, self.required_roles, self.required_kind)(request, *args, **kwargs)


class WorkloadRequiredMixin(UserRequiredMixin):
    """First base of a class-based view for other programs."""

    required_kind = "workload"


def authenticate(request: HttpRequest, roles: "tuple[str, ...]" = (), kind: str = "") -> Principal:
    """The caller of a request, who is left in request.principal. Raises Denied."""
    try:
        settings, token = read_settings(), bearer_token(request)
        key = issuer_keys(settings.issuer).find(key_id_of(token, settings))
        principal = principal_of(checked_claims(token, key, settings))
    except NotConfigured as problem:
        log.error("sign-in is not configured, every guarded view answers 503: %s", problem)
        raise Denied("Sign-in is not configured") from None
    except IssuerUnavailable as problem:
        log.error("the keys of the identity provider cannot be fetched: %s", problem)
        raise Denied("Identity provider is not available") from None
    except BadToken as problem:
        challenge = "Bearer" if str(problem) == "no bearer token" else 'Bearer error="invalid_token"'
        raise NotSignedIn("Not authenticated", challenge) from None
    if (roles and principal.roles.isdisjoint(roles)) or (kind and principal.kind != kind):
        raise NotAllowed("Not allowed", 'Bearer error="insufficient_scope"')
    request.principal = principal
    return principal


def bearer_token(request: HttpRequest) -> str:
    """The token in the Authorization header. Raises BadToken."""
    scheme, _, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadToken("no bearer token")
    return token.strip()


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
            """Whether OidcAuthentication found one; the answer is 503 rather than 401 while nobody can be let in."""
            if request.auth is None:
                try:
                    read_settings()
                except NotConfigured as problem:
                    log.error("sign-in is not configured, every guarded view answers 503: %s", problem)
                    raise as_rest(Denied("Sign-in is not configured")) from None
            return request.auth is not None

    class WorkloadRequired(UserRequired):
        """Only programs with a token that they got in their own name."""

        def has_permission(self, request: Any, view: Any) -> bool:
            """Whether OidcAuthentication found one, and it is no person's."""
            known = super().has_permission(request, view)
            return known and request.auth is not None and request.auth.kind == "workload"

    def role_required(*roles: str) -> "type[permissions.BasePermission]":
        """A permission class that lets only callers pass who have one of the roles."""

        class RoleRequired(UserRequired):
            def has_permission(self, request: Any, view: Any) -> bool:
                return super().has_permission(request, view) and not request.auth.roles.isdisjoint(roles)

        return RoleRequired

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
        if not is_open(view):
            try:
                _principal.set(authenticate(request))
            except Denied as denied:
                return denied.response()
        return None


def is_open(view: Any) -> bool:
    """Whether a view is for everybody, or asks by itself who is calling."""
    marked = (getattr(each, "login_required", True) for each in (view, getattr(view, "view_class", None)))
    asks_itself = any(hasattr(view, name) for name in ("cls", "admin_site", "model_admin"))
    return asks_itself or not all(marked) or getattr(view, "__module__", "") == "django.views.static"
