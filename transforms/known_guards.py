"""What guards of libraries do, by reference: data for `guarding`.

`()` reads "the result of calling", so `fastapi_users.FastAPIUsers().current_user()` is what
`FastAPIUsers(...).current_user(...)` returns, under whatever names an app keeps the two.
"""

import functools
import re
from enum import StrEnum


class Known(StrEnum):
    """What is known about a library's callable in guard position."""

    AUTHENTICATES = "authenticates"
    ASKS = "asks"  # answers 401 or 403 when there is no credential, but checks none
    OPTIONAL = "optional"  # answers None when there is no credential
    HARMLESS = "harmless"


# Each pattern is matched against the whole reference. Sources: the libraries' documentation.
_AUTHENTICATES = re.compile(
    "|".join((
        r"fastapi_users\.(?:\w+\.)*FastAPIUsers\(\)\.(?:current_user|authenticator\.current_user\w*)\(\)",
        r"fastapi_login\.(?:\w+\.)*LoginManager\(\)(?:\.optional)?",
        r"authx\.(?:\w+\.)*AuthX\(\)\.(?:access|refresh|fresh)_token_required",
        r"authx\.(?:\w+\.)*AuthX\(\)\.(?:token_required|scopes_required|get_current_subject)(?:\(\))?",
        r"fastapi_clerk_auth\.ClerkHTTPBearer\(\)",
        r"clerk_backend_api\..*\.authenticate_request",
        r"fastapi_azure_auth\.(?:\w+\.)*\w*Azure\w*Bearer\w*\(\)",
        r"fastapi_keycloak\w*\.(?:\w+\.)*FastAPIKeycloak\(\)\.get_current_user\(\)",
        r"fastapi_jwt\.Jwt\w+\(\)(?:\.required)?",
        r"fastapi_another_jwt_auth\.AuthJWT\.(?:jwt_required|fresh_jwt_required|jwt_refresh_token_required)",
        r"(?:fastapi_jwt_auth|async_fastapi_jwt_auth)\.(?:\w+\.)*AuthJWT\w*\.(?:\w*jwt\w*_required)",
        r"(?:fastapi_auth0|auth0_fastapi\w*|fastapi_plugin\.fast_api_client)\.\w+\(\)\.(?:get_user|require_auth(?:\(\))?)",
        r"propelauth_fastapi\.init_auth\(\)\.require_\w+(?:\(\))?",
        r"supertokens_python\.recipe\.session\.framework\.fastapi\.verify_session\(\)",
        r"fief_client\.integrations\.fastapi\.FiefAuth\(\)\.(?:authenticated|current_user)\(\)",
        r"fastapi_cognito\.(?:\w+\.)*CognitoAuth\(\)\.auth_required",
        r"fastapi_cloudauth\.(?:\w+\.)*\w+\(\)(?:\.scope\(\)|\.claim\(\))?",
        r"fastapi_opa\.(?:\w+\.)*\w+",
        r"fastapi_sessions\.(?:\w+\.)*SessionVerifier\(\)",
        r"starlette\.authentication\.requires",
        r"fastapi_security\.(?:\w+\.)*FastAPISecurity\(\)\.(?:authenticated_user_or_401|user_with_info|user_holding)\w*(?:\(\))?",
        r"fastapi_nextauth_jwt\.NextAuthJWT\w*\(\)",
        r"fastmcp\.server\.dependencies\.get_access_token",
    ))
)  # fmt: skip
_OPTIONAL = re.compile(
    r"fastapi_login\..*\.optional|propelauth_fastapi\.init_auth\(\)\.optional_user"
    r"|fastapi_security\..*\.user_or_anonymous\w*"
)
_SCHEME = re.compile(
    r"fastapi\.security\.(?:\w+\.)*(?:OAuth2\w*|HTTP(?:Bearer|Basic|Digest|Base)|APIKey(?:Header|Cookie|Query)|OpenIdConnect)\(\)"
)
_NOT_THERE_TO_PROTECT = re.compile(
    r"(?:fastapi|starlette|sqlalchemy|sqlmodel|pydantic|asyncpg|redis|motor|pymongo|httpx|aiohttp|slowapi|fastapi_cache|"
    r"fastapi_limiter|fastapi_pagination|prometheus\w*|asgi_correlation_id|uvicorn|typing|functools|logging|contextlib|"
    r"opentelemetry|sentry_sdk|brotli_asgi|fastapi_csrf_protect|fastapi_mail)(?:\.|$)"
)
_WORDS = re.compile(
    r"auth|login|logged|current_?user|principal|identity|jwt|token|permission|role|admin|secur|api_?key|credential|protect|"
    r"require|verify|validate_?user|signed|access_?control|rbac|clerk|cognito|keycloak|okta|supabase_?user|firebase",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=8192)
def verdict_of_library(reference: str, flags: tuple[str, ...] = ()) -> Known | None:
    """What is known about a library's callable; None for one that nobody wrote down here."""
    if _OPTIONAL.fullmatch(reference):
        return Known.OPTIONAL
    if _AUTHENTICATES.fullmatch(reference):
        return Known.OPTIONAL if {"optional=True", "auto_error=False"} & set(flags) else Known.AUTHENTICATES
    if _SCHEME.fullmatch(reference):
        return Known.OPTIONAL if "auto_error=False" in flags else Known.ASKS
    return Known.HARMLESS if _NOT_THERE_TO_PROTECT.match(reference) else None


def looks_like_access_control(reference: str) -> bool:
    """Whether a callable that cannot be read is called like a guard: then nobody can tell."""
    return _WORDS.search(reference) is not None
