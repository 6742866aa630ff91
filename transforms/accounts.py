"""How people sign in: by a password that the app keeps itself, or at an identity provider."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts import Route, Router, Signal
from transforms.concepts_data import Operation
from transforms.once import per_app
from transforms.ownership import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.app import App

_VERIFIES_PASSWORD = re.compile(
    r"passlib\..*\.verify|bcrypt\.checkpw|pwdlib\..*\.verify|argon2\..*\.verify|werkzeug\.security\.check_password_hash"
    r"|flask_bcrypt\..*check_password_hash|django\.contrib\.auth\.(?:authenticate|hashers\.check_password|forms\.AuthenticationForm)"
    r"|(?:.*\.)?check_password(?:_hash)?"
)
# Packages by which an app lets somebody else's provider say who is calling.
_FEDERATES = re.compile(
    r"authlib|httpx_oauth|fastapi_sso|fastapi_azure_auth|fastapi_keycloak\w*|fastapi_clerk_auth|fastapi_auth0"
    r"|auth0\w*|okta\w*|msal|onelogin|saml2|pysaml2|python3_saml|social_django|social_core|allauth|mozilla_django_oidc"
    r"|flask_dance|flask_oidc|flask_pyoidc|oidcrp|oic|idpyoidc|workos|clerk_backend_api|propelauth\w*|supertokens\w*"
    r"|fief_client|firebase_admin|keycloak|cognitojwt|fastapi_cognito|fastapi_cloudauth|djangosaml2|stytch|descope"
    r"|google\.oauth2\.id_token|jwt\.PyJWKClient|gotrue|fastapi_nextauth_jwt|streamlit_oauth|streamlit_google_auth"
)
# What makes a request's sender somebody who is signed in, or gives them a token that says so.
_LETS_IN = re.compile(
    r"(?:flask_login|flask_security)\.(?:\w+\.)*login_user|flask_jwt_extended\.(?:\w+\.)*create_access_token"
    r"|django\.contrib\.auth\.login|(?:jose\.)?jwt\.encode"
)
PLAINLY = "=="
# How columns are called that keep a password as it is, and what is sent with a request.
_KEPT_AS = frozenset({"password", "passwd", "pwd"})
_SENT = re.compile(r"request|form|data|payload|body|credentials|json|args", re.IGNORECASE)
LIBRARY = "django.contrib.auth.authenticate"
BACKENDS = "AUTHENTICATION_BACKENDS"
# Views of libraries that compare a password.
_LOGIN_VIEW = re.compile(
    r"django\.contrib\.auth\.views\.LoginView|rest_framework_simplejwt\.(?:\w+\.)*TokenObtain(?:Pair|Sliding)View"
    r"|rest_framework\.authtoken\.views\.(?:ObtainAuthToken|obtain_auth_token)|djoser\.views\.TokenCreateView"
    r"|dj_rest_auth\.views\.LoginView"
)
# What of the settings asks somebody else, or asks nobody: `AUTHENTICATION_BACKENDS`, and URLs of a library.
_OWN_BACKEND = re.compile(r"django\.contrib\.auth\.|axes\.|guardian\.|rules\.|rolepermissions\.")
_PROVIDER = re.compile(r"/\.well-known/(?:openid-configuration|oauth-authorization-server|jwks)")


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """An app that signs people in by passwords of its own."""

    app: Router
    login: Route
    verifies: str  # what compares the password
    federated_by: str = ""  # the package by which people can sign in elsewhere, too
    is_provider: bool = False  # others sign in here
    of_tenants: bool = False  # its users belong to tenants


def password_logins(app: "App") -> "Iterator[PasswordLogin]":
    """One for each app with a route that signs in by a password."""
    seen: set[str] = set()
    for route in app.routes:
        router = app.routers.get(route.app) or app.routers.get(route.router)
        if router is None or router.symbol in seen or not app.publicity(route).is_public:
            continue
        by_library = route.by_library or route.handler not in app.functions
        if (route.methods == ("GET",) and by_library) or (route.part and not route.may_write):
            continue  # the form, which another method sends
        verifies = _verified_by(app, route)
        if verifies is None:
            continue
        seen.add(router.symbol)
        provider = any(_PROVIDER.search(each.path or "") for each in app.routes if each.app == route.app)
        yield PasswordLogin(router, route, verifies, _federation(app), provider, _has_tenants(app))


def _verified_by(app: "App", route: Route) -> str | None:
    """What compares a password below a handler."""
    for symbol in (route.handler, route.handler.rpartition(".")[0]):
        if any(_LOGIN_VIEW.fullmatch(each) for each in app.ancestors(symbol)):
            return LIBRARY
    return next(_comparing(app, route.handler), None) or (PLAINLY if _compares_plainly(app, route.handler) else None)


def compares_password(app: "App", handler: str) -> bool:
    """Whether a password is compared below a handler, by a library or as it is."""
    return any(_comparing(app, handler)) or _compares_plainly(app, handler)


def _compares_plainly(app: "App", handler: str) -> bool:
    """Whether a password that is kept as it is, is compared below a handler: in a condition, or by the database."""
    below = set(app.reaching.below(handler))
    looked_up = (each for each in app.queries if each.function in below and each.operation is Operation.SELECT)
    if any(column in _KEPT_AS for each in looked_up for column, origins in each.values if origins):
        return True
    pairs = (pair for each in below for condition in app.conditions.get(each, ()) for pair in condition.pairs)
    sides = (side for pair in pairs for side in ((pair.left, pair.right), (pair.right, pair.left)))
    return any(given and any(map(_is_of_an_account, kept.split())) for kept, given in sides)


def _is_of_an_account(origin: str) -> bool:
    """`user.password` of what was found or called for, and not of the request or the settings."""
    head, _, column = origin.rpartition(".")
    found = not head.startswith("@") or "()" in head
    return column in _KEPT_AS and bool(head) and found and _SENT.search(head) is None


def verifies_password(app: "App", symbol: str) -> bool:
    """Whether a function, the app's own or a library's, compares passwords."""
    return _VERIFIES_PASSWORD.fullmatch(symbol) is not None or any(_comparing(app, symbol))


def lets_in(app: "App", route: Route) -> bool:
    """Whether a route, whatever it is called, compares a password and lets its owner in."""
    letting = _letting_in(app)
    if not letting or letting.isdisjoint(app.reaching.below(route.handler)):
        return False
    return verifies_password(app, route.handler)


@per_app
def _letting_in(app: "App") -> frozenset[str]:
    calling = ((each, app.meaning(call, each.file)) for each in app.functions.values() for call in each.calls)
    remembering = (each for each in app.functions.values() if Signal.REMEMBERS_CALLER in each.signals)
    return frozenset(
        [
            *(each.symbol for each, target in calling if _LETS_IN.fullmatch(target)),
            *(each.symbol for each in remembering),
        ]
    )


def _comparing(app: "App", handler: str) -> "Iterator[str]":
    for symbol in app.reaching.below(handler):
        function = app.functions.get(symbol)
        for call in function.calls if function is not None else ():
            target = app.meaning(call, function.file if function is not None else "")
            if _VERIFIES_PASSWORD.fullmatch(target):
                yield target


def _federation(app: "App") -> str:
    for facts in app.files.values():
        if facts.inserted is not None and facts.inserted[0] in ("auth", "sign_in"):
            return f"controls.{facts.inserted[0]}"
        for include in facts.includes:
            library = include.child.partition(".")[0]
            if not app.is_own(include.child) and _FEDERATES.fullmatch(library):
                return library
        for setting in facts.settings:
            for backend in (setting.value or "").split(",") if setting.name == BACKENDS else ():
                if not _OWN_BACKEND.match(backend) and not app.is_own(backend):
                    return backend.partition(".")[0]
        for _, reference in facts.imports:
            head = reference.partition(".")[0]
            if not app.is_own(reference) and (_FEDERATES.fullmatch(head) or _FEDERATES.match(reference)):
                return head
    return ""


def _has_tenants(app: "App") -> bool:
    ownership = app.tenancy().ownership
    return any(scope.kind is Kind.TENANT for symbol in ownership.people for scope in ownership.scopes.get(symbol, ()))
