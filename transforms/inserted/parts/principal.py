"""Who a verified token speaks of."""

import os
from dataclasses import dataclass
from typing import Any

from transforms.inserted.parts.token_check import claim


@dataclass(frozen=True)
class Principal:
    """Who is calling: a person or another program ("human" or "workload")."""

    subject: str
    tenant: "str | None" = None
    roles: "frozenset[str]" = frozenset()
    kind: str = "human"


def principal_of(claims: "dict[str, Any]") -> Principal:
    """Read the caller from the claims of a token that was verified."""
    roles = claim(claims, os.environ.get("OIDC_ROLES_CLAIM") or "roles")
    if isinstance(roles, str):
        roles = roles.replace(",", " ").split()
    names = frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset()
    tenant = claim(claims, os.environ.get("OIDC_TENANT_CLAIM") or "tenant_id")
    known = isinstance(tenant, (str, int)) and not isinstance(tenant, bool) and tenant != ""
    return Principal(str(claims["sub"]), str(tenant) if known else None, names, kind_of(claims))


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
