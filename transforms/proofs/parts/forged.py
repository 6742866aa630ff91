"""Tokens that must not open any door."""

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from transforms.proofs.parts.issuer import Issuer

FORGED = [
    "signed with another key",
    "not signed",
    "signed with a shared secret",
    "expired",
    "not valid yet",
    "for another audience",
    "of another issuer",
]


def forged(issuer: Issuer, how: str) -> str:
    """A token that must not open any door."""
    now = int(time.time())
    if how == "signed with another key":
        return issuer.token(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    if how == "not signed":
        return issuer.token(key=None, algorithm="none")
    if how == "signed with a shared secret":
        return issuer.token(key="x" * 64, algorithm="HS256")
    claims: dict[str, dict[str, Any]] = {
        "expired": {"exp": now - 60},
        "not valid yet": {"nbf": now + 600},
        "for another audience": {"aud": "elsewhere"},
        "of another issuer": {"iss": "https://elsewhere.example"},
    }
    return issuer.token(**claims[how])
