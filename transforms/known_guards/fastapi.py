"""Guards that apps on FastAPI and Starlette take from libraries. Sources: the libraries' documentation."""

AUTHENTICATES = (
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
)  # fmt: skip
OPTIONAL = (
    r"fastapi_login\..*\.optional",
    r"propelauth_fastapi\.init_auth\(\)\.optional_user",
    r"fastapi_security\..*\.user_or_anonymous\w*",
)
ASKS = (
    r"fastapi\.security\.(?:\w+\.)*(?:OAuth2\w*|HTTP(?:Bearer|Basic|Digest|Base)|APIKey(?:Header|Cookie|Query)|OpenIdConnect)\(\)",
)
# Not there to protect.
HARMLESS = (
    "fastapi", "starlette", "sqlalchemy", "sqlmodel", "pydantic", "asyncpg", "redis", "motor", "pymongo", "httpx",
    "aiohttp", "slowapi", "fastapi_cache", "fastapi_limiter", "fastapi_pagination", r"prometheus\w*",
    "asgi_correlation_id", "uvicorn", "typing", "functools", "logging", "contextlib", "opentelemetry", "sentry_sdk",
    "brotli_asgi", "fastapi_csrf_protect", "fastapi_mail",
)  # fmt: skip
# Errors of FastCRUD, which FastAPI answers like its own.
STATUSES = {
    f"fastcrud.exceptions.http_exceptions.{name}Exception": status
    for name, status in (("Unauthorized", 401), ("Forbidden", 403))
}
