"""Check a token: signature, algorithm, issuer, audience and times, with the keys that the issuer publishes."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from transforms.inserted.parts.discovery import IssuerUnavailable, NotConfigured, discover, fetch_json
from transforms.inserted.parts.safe_address import is_safe

ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
KEYS_LIVE_SECONDS = 300
CLOCK_SKEW_SECONDS = 5
# Tokens with invented key ids must not become a flood of requests to the issuer: so many refetches in so many seconds.
REFETCHES, REFETCH_WINDOW_SECONDS = 10, 60


@dataclass(frozen=True)
class Settings:
    """What the environment says about the issuer, read anew for each request."""

    issuer: str
    audience: str
    algorithms: "tuple[str, ...]"


class BadToken(Exception):
    """The token is not one that is accepted here. The text is for the log, not for the caller."""


def read_settings() -> Settings:
    """Read the environment. Raises NotConfigured."""
    issuer, audience = os.environ.get("OIDC_ISSUER", ""), os.environ.get("OIDC_AUDIENCE", "")
    if not issuer or not audience:
        raise NotConfigured("set OIDC_ISSUER and OIDC_AUDIENCE")
    if not is_safe(issuer):
        raise NotConfigured("OIDC_ISSUER must be an https URL (http only on a loopback host)")
    wanted = (os.environ.get("OIDC_ALGORITHMS") or "RS256,ES256,EdDSA").split(",")
    algorithms = tuple(name.strip() for name in wanted if name.strip() in ASYMMETRIC)
    if not algorithms:
        raise NotConfigured("OIDC_ALGORITHMS names no asymmetric algorithm")
    return Settings(issuer, audience, algorithms)


def key_id_of(token: str, settings: Settings) -> "str | None":
    """The id of the key that a token says it was signed with. Raises BadToken."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise BadToken("not a token") from None
    if header.get("alg") not in settings.algorithms:
        raise BadToken("signed with an algorithm that is not accepted")
    key_id = header.get("kid")
    return str(key_id) if key_id is not None else None


def checked_claims(token: str, key: jwt.PyJWK, settings: Settings) -> "dict[str, Any]":
    """Check signature, algorithm, issuer, audience, expiry and not-before. Raises BadToken."""
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=list(settings.algorithms),
            issuer=settings.issuer,
            audience=settings.audience,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as problem:
        raise BadToken(f"token refused ({type(problem).__name__})") from None
    if claims["exp"] <= time.time() or not claims["sub"]:  # a clock that is ahead is forgiven, an old token is not
        raise BadToken("token has expired" if claims["sub"] else "token names no subject")
    return dict(claims)


def claim(claims: "dict[str, Any]", path: str) -> Any:
    """A claim by its name, or by its dotted path ("realm_access.roles"); None if it is not there."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


class IssuerKeys:
    """The public keys of one issuer: kept for a while, fetched again at once for a key id that is new."""

    def __init__(self, issuer: str, clock: "Callable[[], float]" = time.monotonic) -> None:
        self.issuer = issuer
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: list[jwt.PyJWK] = []
        self._expires = float("-inf")
        self._attempts = 0
        self._failure: IssuerUnavailable | None = None
        self._refetched: deque[float] = deque(maxlen=REFETCHES)

    def find(self, key_id: "str | None") -> jwt.PyJWK:
        """The key a token was signed with. Raises BadToken, IssuerUnavailable."""
        seen = self._attempts  # read first: whoever sees old keys has not seen the attempt that brings new ones
        if self._clock() >= self._expires or (self._pick(key_id) is None and self._may_refetch()):
            self._fetch(seen)
        key = self._pick(key_id)
        if key is None:
            raise BadToken("signed with an unknown key")
        return key

    def must_fetch(self, key_id: "str | None") -> bool:
        """Whether `find` may have to ask the issuer, and so to wait."""
        return self._clock() + 1 >= self._expires or self._pick(key_id) is None

    def _pick(self, key_id: "str | None") -> "jwt.PyJWK | None":
        if key_id is None:  # some issuers have one key and do not name it
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.key_id == key_id), None)

    def _may_refetch(self) -> bool:
        now = self._clock()
        if len(self._refetched) == REFETCHES and now - self._refetched[0] < REFETCH_WINDOW_SECONDS:
            return False
        self._refetched.append(now)
        return True

    def _fetch(self, seen: int) -> None:
        """Fetch the keys. Whoever waited for another request's attempt shares its outcome. Raises IssuerUnavailable."""
        with self._lock:
            if self._attempts == seen:
                try:
                    self._keys, self._failure = fetch_keys(self.issuer), None
                    self._expires = self._clock() + KEYS_LIVE_SECONDS
                except IssuerUnavailable as failure:
                    self._failure = failure
                self._attempts += 1
            if self._failure:
                raise IssuerUnavailable(str(self._failure))


_issuers: "dict[str, IssuerKeys]" = {}


def issuer_keys(issuer: str) -> IssuerKeys:
    """The one key cache of an issuer in this process."""
    return _issuers.setdefault(issuer, IssuerKeys(issuer))


def fetch_keys(issuer: str) -> "list[jwt.PyJWK]":
    """Fetch the signing keys that the issuer's discovery document leads to. Blocks. Raises IssuerUnavailable."""
    document = discover(issuer)
    try:
        keys = jwt.PyJWKSet.from_dict(fetch_json(str(document.get("jwks_uri", "")))).keys
    except (jwt.PyJWTError, TypeError, AttributeError) as problem:
        raise IssuerUnavailable(f"its key set cannot be used ({type(problem).__name__})") from None
    return [key for key in keys if key.public_key_use in {"sig", None}]
