"""Signing in at the organisation's identity provider: OpenID Connect, code flow with PKCE, for Flask.

    accounts.register_blueprint(sign_in_pages)     # GET /sign-in, POST /sign-out
    @accounts.route("/sign-in/callback")
    def login_at_provider():
        email = verified_email()                   # then lets the person in, as the app's login does

Settings (environment):
    OIDC_ISSUER        URL of the provider, as its discovery document names it. https, or http on loopback
    OIDC_CLIENT_ID     what the provider calls this app
    OIDC_REDIRECT_URI  full address of the callback, as registered at the provider: nothing in a request changes it
    OIDC_CLIENT_KIND   confidential (default: it has a secret) or public (PKCE alone)
Secrets (asked for by the module beside this one, secrets.py):
    OIDC_CLIENT_SECRET  of a confidential client

State, nonce and code verifier are kept in the app's session, so the app needs its secret_key. When somebody has signed
in the session is emptied and begun anew: nobody can have prepared it.
Answers: 401 whatever is wrong with the answer of the provider, 403 an address that it does not call verified, 503 not
configured or the provider cannot be reached. Nobody is let in by accident. Who comes in, who is refused and who signs
out is told to the logger "audit".
"""

import functools
import json
import logging
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import Blueprint, abort, current_app, redirect, request, session
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


log = logging.getLogger(__name__)
sign_in_pages = Blueprint("sign_in", __name__)


@sign_in_pages.route("/sign-in")
def leave_for_provider() -> Any:
    """Send somebody to the provider. Where they come back to is a setting, and never part of a request."""
    try:
        settings = read_settings()
        for name in [each for each in session if each.startswith("_state_provider_")]:
            session.pop(name)  # an earlier start that nobody came back from
        answer = provider(settings).authorize_redirect(settings.redirect_uri)
    except (NotConfigured, SecretUnavailable, ProviderUnavailable) as problem:
        unavailable(problem)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@sign_in_pages.route("/sign-out", methods=["POST"])
def sign_out() -> Any:
    """Empty the session, and sign out at the provider. A token that the app gave out stays valid until it expires."""
    begin_session()
    record("auth.sign-out")
    try:
        settings = read_settings()
        ends = provider(settings).server_metadata.get("end_session_endpoint", "")
    except (NotConfigured, SecretUnavailable, ProviderUnavailable):
        ends = ""
    if not is_safe(ends):
        return "", 204
    return redirect(f"{ends}?{urlencode({'client_id': settings.client_id})}", 303)


def verified_email() -> str:
    """The address of whom the provider has just let sign in: it calls it verified. For the callback."""
    try:
        claims = claims_of(read_settings())
    except (NotConfigured, SecretUnavailable, ProviderUnavailable) as problem:
        unavailable(problem)
    except Refused as problem:
        record("auth.sign-in", refused=str(problem))
        abort(401, "Not signed in")
    # An address that nobody verified could be anybody's: with it, one account could be taken over by another.
    if not claims.get("email") or claims.get("email_verified") is not True:
        record("auth.sign-in", refused=f"the address of subject {claims['sub']} is not verified")
        abort(403, "The address is not verified")
    record("auth.sign-in", subject=str(claims["sub"]))
    begin_session()
    return str(claims["email"])


def claims_of(settings: Settings) -> "dict[str, Any]":
    """What the provider says of who comes back: state, nonce, signature, issuer, audience and expiry are checked."""
    client = provider(settings)
    try:
        token = client.authorize_access_token(
            claims_options=asked_of_claims(settings),
            leeway=CLOCK_SKEW_SECONDS,
        )
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as problem:
        raise Refused(f"{type(problem).__name__}: {getattr(problem, 'error', problem)}") from None
    except Exception as failure:  # noqa: BLE001 - the HTTP client raises errors of its own
        raise ProviderUnavailable(type(failure).__name__) from None
    return said_of_person(token)


def provider(settings: Settings) -> Any:
    """The client of the provider, after its discovery document was looked at.

    Raises NotConfigured and ProviderUnavailable.
    """
    if not current_app.secret_key:
        raise NotConfigured("the app has no secret_key, and so no session")
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
    return FlaskOAuth2App(
        FlaskIntegration("provider"),
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


def begin_session() -> None:
    """Empty the session; where sessions are kept on the server, under another name than before."""
    session.clear()
    regenerate = getattr(current_app.session_interface, "regenerate", None)
    if regenerate is not None:
        regenerate(session)


def record(action: str, *, subject: str = "", refused: str = "") -> None:
    """One line for the audit trail."""
    outcome = {"outcome": "denied", "reason": refused} if refused else {"outcome": "success"}
    line = {"action": action, "actor": {"id": subject or None}, **outcome, "path": request.path}
    logging.getLogger("audit").info(json.dumps(line))


def unavailable(problem: Exception) -> Any:
    """The answer while nobody can sign in at the provider."""
    log.error("nobody can sign in at the identity provider: %s: %s", type(problem).__name__, problem)
    abort(503, "Signing in at the identity provider is not possible at the moment")
