"""Signing in at the organisation's identity provider: OpenID Connect, code flow with PKCE, for FastAPI and Starlette.

    router.include_router(sign_in_router)                               # GET /sign-in, POST /sign-out
    @router.get("/sign-in/callback", include_in_schema=False)
    def login_at_provider(email: str = Depends(verified_email)): ...    # lets the person in, as the app's login does

Settings (environment):
    OIDC_ISSUER        URL of the provider, as its discovery document names it. https, or http on loopback
    OIDC_CLIENT_ID     what the provider calls this app
    OIDC_REDIRECT_URI  full address of the callback, as registered at the provider: nothing in a request changes it
    OIDC_CLIENT_KIND   confidential (default: it has a secret) or public (PKCE alone)
Secrets (asked for by the module beside this one, secrets.py):
    OIDC_CLIENT_SECRET  of a confidential client
    SIGN_IN_KEY         a long random text: signs the cookie that lasts from leaving for the provider to coming back

State, nonce and code verifier travel in that cookie; the app's own session, if it has one, is left alone until somebody
has signed in, and then it is emptied, so that nobody can have prepared it.
Answers: 401 whatever is wrong with the answer of the provider, 403 an address that it does not call verified, 503 not
configured or the provider cannot be reached. Nobody is let in by accident. Who comes in, who is refused and who signs
out is told to the audit trail beside this module, or to the logger "audit".
"""

import functools
import json
import logging
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, HTTPException
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

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


ON_THE_WAY_SECONDS = 600  # so long may signing in at the provider take

log = logging.getLogger(__name__)
sign_in_router = APIRouter(include_in_schema=False)


@sign_in_router.get("/sign-in")
async def leave_for_provider(request: Request) -> Response:
    """Send somebody to the provider. Where they come back to is a setting, and never part of a request."""
    try:
        settings = read_settings()
        keeper = await cookie_keeper()
        on_the_way: dict[str, Any] = {}
        client = await provider(settings)
        answer: Response = await client.authorize_redirect(with_session(request, on_the_way), settings.redirect_uri)
    except (NotConfigured, SecretUnavailable, ProviderUnavailable) as problem:
        raise unavailable(problem) from None
    answer.set_cookie(
        cookie_name(settings),
        str(keeper.dumps(on_the_way)),
        max_age=ON_THE_WAY_SECONDS,
        secure=is_https(settings),
        httponly=True,
        samesite="lax",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@sign_in_router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Empty the session, if the app has one, and sign out at the provider. A token that the app gave out stays valid
    until it expires: forget it where it is kept, and call the app's own way of signing out, if there is one."""
    forget_session(request)
    record(request, "auth.sign-out")
    try:
        settings = read_settings()
        ends = (await provider(settings)).server_metadata.get("end_session_endpoint", "")
    except (NotConfigured, SecretUnavailable, ProviderUnavailable):
        ends = ""
    if not is_safe(ends):
        return Response(status_code=204)
    return RedirectResponse(f"{ends}?{urlencode({'client_id': settings.client_id})}", status_code=303)


async def verified_email(request: Request, response: Response) -> str:
    """The address of whom the provider has just let sign in: it calls it verified. A dependency of the callback."""
    try:
        settings = read_settings()
        keeper = await cookie_keeper()
        claims = await claims_of(request, settings, keeper)
    except (NotConfigured, SecretUnavailable, ProviderUnavailable) as problem:
        raise unavailable(problem) from None
    except Refused as problem:
        record(request, "auth.sign-in", refused=str(problem))
        raise HTTPException(401, "Not signed in") from None
    # An address that nobody verified could be anybody's: with it, one account could be taken over by another.
    if not claims.get("email") or claims.get("email_verified") is not True:
        record(request, "auth.sign-in", refused=f"the address of subject {claims['sub']} is not verified")
        raise HTTPException(403, "The address is not verified")
    record(request, "auth.sign-in", subject=str(claims["sub"]))
    forget_session(request)
    response.delete_cookie(cookie_name(settings), secure=is_https(settings), httponly=True, samesite="lax")
    response.headers["Cache-Control"] = "no-store"
    return str(claims["email"])


async def claims_of(request: Request, settings: Settings, keeper: URLSafeTimedSerializer) -> "dict[str, Any]":
    """What the provider says of who comes back: state, nonce, signature, issuer, audience and expiry are checked."""
    try:
        on_the_way = keeper.loads(request.cookies.get(cookie_name(settings), ""), max_age=ON_THE_WAY_SECONDS)
    except BadSignature:
        raise Refused("no cookie of this app, or an old one") from None
    client = await provider(settings)
    try:
        token = await client.authorize_access_token(
            with_session(request, on_the_way),
            claims_options=asked_of_claims(settings),
            leeway=CLOCK_SKEW_SECONDS,
        )
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as problem:
        raise Refused(f"{type(problem).__name__}: {getattr(problem, 'error', problem)}") from None
    except Exception as failure:  # noqa: BLE001 - the HTTP client raises errors of its own
        raise ProviderUnavailable(type(failure).__name__) from None
    return said_of_person(token)


async def provider(settings: Settings) -> Any:
    """The client of the provider, after its discovery document was looked at. Raises ProviderUnavailable."""
    secret = await run_in_threadpool(get_secret, "OIDC_CLIENT_SECRET") if settings.confidential else None
    client = client_of(settings, secret)
    try:
        told = await client.load_server_metadata()
    except Exception as failure:  # noqa: BLE001 - there is no document, whatever the HTTP client raises
        raise ProviderUnavailable(f"no discovery document: {type(failure).__name__}") from None
    check_provider(told, settings)
    return client


@functools.lru_cache(maxsize=4)
def client_of(settings: Settings, secret: "str | None") -> Any:
    """The client remembers the discovery document, and fetches keys anew when it meets one that it does not know."""
    return OAuth().register(
        "provider",
        client_id=settings.client_id,
        client_secret=secret,
        server_metadata_url=provider_address(settings),
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": TIMEOUT_SECONDS},
    )


def with_session(request: Request, session: "dict[str, Any]") -> Request:
    """The request with this for its session: the client keeps there what it needs to know again."""
    return Request({**request.scope, "session": session}, request.receive)


def forget_session(request: Request) -> None:
    """Empty the app's own session, if it has one: whoever signs in begins a new one."""
    if "session" in request.scope:
        request.session.clear()


def record(request: Request, action: str, *, subject: str = "", refused: str = "") -> None:
    """One line for the audit trail. A callback that declares what it records writes its own line for a success."""
    try:
        from .audit_fastapi import record_denial, record_event
    except ModuleNotFoundError:
        outcome = {"outcome": "denied", "reason": refused} if refused else {"outcome": "success"}
        line = {"action": action, "actor": {"id": subject or None}, **outcome, "path": request.url.path}
        logging.getLogger("audit").info(json.dumps(line))
    else:
        if refused:
            record_denial(request, refused)
        elif not subject:
            record_event(action, connection=request)


async def cookie_keeper() -> URLSafeTimedSerializer:
    """Signs and reads the cookie. Raises SecretUnavailable."""
    return URLSafeTimedSerializer(await run_in_threadpool(get_secret, "SIGN_IN_KEY"), salt="sign-in")


def cookie_name(settings: Settings) -> str:
    """A name that only this very host can set, where the app is reached by https."""
    return "__Host-sign-in" if is_https(settings) else "sign-in"


def is_https(settings: Settings) -> bool:
    """Whether browsers reach the app by https."""
    return settings.redirect_uri.startswith("https://")


def unavailable(problem: Exception) -> HTTPException:
    """The answer while nobody can sign in at the provider."""
    log.error("nobody can sign in at the identity provider: %s: %s", type(problem).__name__, problem)
    return HTTPException(503, "Signing in at the identity provider is not possible at the moment")
