"""Signing in at the organisation's identity provider: OpenID Connect, code flow with PKCE, for Django.

    urlpatterns += [path("accounts/", include("controls.sign_in"))]    # GET sign-in and its callback, POST sign-out

A login that does more than `login(request, user)` has a callback of its own in front of that, which begins with
`user = account_with(verified_email(request))`.

Settings (environment):
    OIDC_ISSUER        URL of the provider, as its discovery document names it. https, or http on loopback
    OIDC_CLIENT_ID     what the provider calls this app
    OIDC_REDIRECT_URI  full address of the callback, as registered at the provider: nothing in a request changes it
    OIDC_CLIENT_KIND   confidential (default: it has a secret) or public (PKCE alone)
Secrets (asked for by the module beside this one, secrets.py):
    OIDC_CLIENT_SECRET  of a confidential client

State, nonce and code verifier are kept in the session of the app; login() then begins it under another key.
Answers: 401 whatever is wrong with the answer of the provider, 403 an address that it does not call verified, or that
no account or several have, 503 not configured or the provider cannot be reached. Nobody is let in by accident. Who
comes in, who is refused and who signs out is told to the logger "audit".
"""

import functools
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model, login, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from joserfc.errors import JoseError

from transforms.inserted.parts.safe_address import is_safe
from transforms.inserted.parts.sign_in_terms import (
    CLOCK_SKEW_SECONDS,
    TIMEOUT_SECONDS,
    NotConfigured,
    ProviderUnavailable,
    Refused,
    Settings,
    asked_of_claims,
    check_provider,
    provider_address,
    read_settings,
    said_of_person,
)

from .secrets import SecretUnavailable, get_secret

# woven in here: sign_in_terms


MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"

log = logging.getLogger(__name__)


class Answered(Exception):
    """The request ends with this answer."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


def answering(view: "Callable[..., HttpResponse]") -> "Callable[..., HttpResponse]":
    """A decorator of views that ask for somebody's address: they answer as verified_email() says."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Answered as answer:
            return HttpResponse(str(answer), status=answer.status, content_type="text/plain")

    setattr(answered, "login_required", False)  # noqa: B010 - where the middleware asks for a login everywhere else
    return never_cache(answered)


@require_GET
@answering
def leave_for_provider(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider. Where they come back to is a setting, and never part of a request."""
    try:
        settings = read_settings()
        client = provider(settings)
        for name in list(request.session.keys()):
            if name.startswith("_state_provider_"):
                del request.session[name]  # an earlier start that nobody came back from
        return client.authorize_redirect(request, settings.redirect_uri)
    except (NotConfigured, SecretUnavailable, ProviderUnavailable) as problem:
        raise unavailable(problem) from None


@require_GET
@answering
def come_back(request: HttpRequest) -> HttpResponse:
    """Let somebody in whom the provider let sign in, as the login of the framework does."""
    login(request, account_with(verified_email(request)))
    return redirect(django_settings.LOGIN_REDIRECT_URL)


@require_POST
@answering
def sign_out(request: HttpRequest) -> HttpResponse:
    """Begin a new session, and sign out at the provider."""
    record(request, "auth.sign-out")
    logout(request)
    try:
        settings = read_settings()
        ends = provider(settings).server_metadata.get("end_session_endpoint", "")
    except (NotConfigured, SecretUnavailable, ProviderUnavailable):
        ends = ""
    if not is_safe(ends):
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{ends}?{urlencode({'client_id': settings.client_id})}", status=303)


urlpatterns = [
    path("sign-in", leave_for_provider),
    path("sign-in/callback", come_back),
    path("sign-out", sign_out),
]


def verified_email(request: HttpRequest) -> str:
    """The address of whom the provider has just let sign in: it calls it verified. For a callback."""
    try:
        claims = claims_of(request, read_settings())
    except (NotConfigured, SecretUnavailable, ProviderUnavailable) as problem:
        raise unavailable(problem) from None
    except Refused as problem:
        record(request, "auth.sign-in", refused=str(problem))
        raise Answered(401, "Not signed in") from None
    # An address that nobody verified could be anybody's: with it, one account could be taken over by another.
    if not claims.get("email") or claims.get("email_verified") is not True:
        record(request, "auth.sign-in", refused=f"the address of subject {claims['sub']} is not verified")
        raise PermissionDenied("The address is not verified")
    record(request, "auth.sign-in", subject=str(claims["sub"]))
    return str(claims["email"])


def account_with(email: str) -> Any:
    """The one active account with this address. Signing in at the provider makes none: whoever has none is refused."""
    model = get_user_model()
    found = list(model._default_manager.filter(**{f"{model.get_email_field_name()}__iexact": email})[:2])
    if len(found) != 1 or not found[0].is_active:
        raise PermissionDenied("There is no account for this address")
    backends = django_settings.AUTHENTICATION_BACKENDS
    found[0].backend = MODEL_BACKEND if MODEL_BACKEND in backends else backends[0]
    return found[0]


def claims_of(request: HttpRequest, settings: Settings) -> "dict[str, Any]":
    """What the provider says of who comes back: state, nonce, signature, issuer, audience and expiry are checked."""
    client = provider(settings)
    try:
        token = client.authorize_access_token(
            request,
            claims_options=asked_of_claims(settings),
            leeway=CLOCK_SKEW_SECONDS,
        )
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as problem:
        raise Refused(f"{type(problem).__name__}: {getattr(problem, 'error', problem)}") from None
    except Exception as failure:  # noqa: BLE001 - the HTTP client raises errors of its own
        raise ProviderUnavailable(type(failure).__name__) from None
    return said_of_person(token)


def provider(settings: Settings) -> Any:
    """The client of the provider, after its discovery document was looked at. Raises ProviderUnavailable."""
    client = client_of(settings, get_secret("OIDC_CLIENT_SECRET") if settings.confidential else None)
    try:
        told = client.load_server_metadata()
    except Exception as failure:  # noqa: BLE001 - there is no document, whatever the HTTP client raises
        raise ProviderUnavailable(f"no discovery document: {type(failure).__name__}") from None
    check_provider(told, settings)
    return client


@functools.lru_cache(maxsize=4)
def client_of(settings: Settings, secret: "str | None") -> Any:
    """The client remembers the discovery document, and fetches keys anew when it meets one that it does not know."""
    return DjangoOAuth2App(
        DjangoIntegration("provider"),
        "provider",
        client_id=settings.client_id,
        client_secret=secret,
        server_metadata_url=provider_address(settings),
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


def record(request: HttpRequest, action: str, *, subject: str = "", refused: str = "") -> None:
    """One line for the audit trail."""
    outcome = {"outcome": "denied", "reason": refused} if refused else {"outcome": "success"}
    line = {"action": action, "actor": {"id": subject or None}, **outcome, "path": request.path}
    logging.getLogger("audit").info(json.dumps(line))


def unavailable(problem: Exception) -> Answered:
    """The answer while nobody can sign in at the provider."""
    log.error("nobody can sign in at the identity provider: %s: %s", type(problem).__name__, problem)
    return Answered(503, "Signing in at the identity provider is not possible at the moment")
