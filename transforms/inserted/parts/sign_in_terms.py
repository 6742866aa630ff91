"""What a sign-in at an identity provider is told, why it may end, and what it asks of the provider's answers."""

import os
from dataclasses import dataclass
from typing import Any

from transforms.inserted.parts.safe_address import is_safe

ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
CLOCK_SKEW_SECONDS = 5
TIMEOUT_SECONDS = 5
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Settings:
    """What the environment says about the provider, read anew for each request."""

    issuer: str
    client_id: str
    redirect_uri: str
    confidential: bool


class NotConfigured(Exception):
    """A setting is missing or cannot be accepted."""


class ProviderUnavailable(Exception):
    """The provider cannot be asked at the moment, or says what cannot be accepted."""


class Refused(Exception):
    """What came back from the provider is not what this app asked for. The text is for the log."""


def read_settings() -> Settings:
    """Read the environment. Raises NotConfigured."""
    issuer, client_id = os.environ.get("OIDC_ISSUER", ""), os.environ.get("OIDC_CLIENT_ID", "")
    redirect_uri = os.environ.get("OIDC_REDIRECT_URI", "")
    if not issuer or not client_id or not redirect_uri:
        raise NotConfigured("set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_REDIRECT_URI")
    if not is_safe(issuer) or not is_safe(redirect_uri):
        raise NotConfigured("OIDC_ISSUER and OIDC_REDIRECT_URI must be https URLs (http only on a loopback host)")
    kind = os.environ.get("OIDC_CLIENT_KIND") or "confidential"
    if kind not in {"confidential", "public"}:
        raise NotConfigured("OIDC_CLIENT_KIND is confidential or public")
    return Settings(issuer, client_id, redirect_uri, kind == "confidential")


def provider_address(settings: Settings) -> str:
    """Where the discovery document of the provider is."""
    return f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration"


def check_provider(told: "dict[str, Any]", settings: Settings) -> None:
    """Look at its discovery document, and leave in it only signatures that nobody else can make.

    Raises ProviderUnavailable.
    """
    if told.get("issuer") != settings.issuer:
        raise ProviderUnavailable("the discovery document is of another issuer")
    if not all(is_safe(told.get(name) or "") for name in ENDPOINTS):
        raise ProviderUnavailable("an address in the discovery document is missing or not https")
    signs = set(told.get("id_token_signing_alg_values_supported") or ["RS256"])
    told["id_token_signing_alg_values_supported"] = sorted(signs & ASYMMETRIC) or ["RS256"]


def asked_of_claims(settings: Settings) -> "dict[str, dict[str, Any]]":
    """What an id token has to hold, for Authlib."""
    return {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
        "nonce": {"essential": True},
    }


def said_of_person(token: "dict[str, Any]") -> "dict[str, Any]":
    """The claims of an id token that Authlib has checked. Raises Refused where none came."""
    if not token.get("userinfo"):
        raise Refused("the provider sent no id token")
    return dict(token["userinfo"])


# woven in here: safe_address
