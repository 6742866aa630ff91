"""Who this program is, for calls to other services of the organisation: a token in the place of a key that all share.

    requests.get(url, headers=workload_headers())               # or auth=WorkloadAuth()
    httpx.AsyncClient(base_url=url, auth=WorkloadAuth())        # for a client that lives on: each request gets a token
    session.get(url, headers=await workload_headers_async())    # in async code, which must not wait

Settings (environment):
    WORKLOAD_AUDIENCE            audience of the service that is called: what OIDC_AUDIENCE is there
    WORKLOAD_TOKEN_FILE          file with a token that the platform gives to this program and renews
    WORKLOAD_CLIENT_ID           the client that this program is at the issuer
    OIDC_ISSUER                  URL of the issuer; https, or http on loopback
    WORKLOAD_SCOPE               scope to ask for, where the issuer wants one
    WORKLOAD_AUDIENCE_PARAMETER  how the issuer wants to be told the audience (default "resource"; Auth0: "audience")

WORKLOAD_TOKEN_FILE alone: its token is sent as it is (Kubernetes: a projected token of the service account with the
audience of the called service). With WORKLOAD_CLIENT_ID it is traded for one at the issuer (federated identity). With
WORKLOAD_CLIENT_ID alone the program signs in by client credentials: secrets.py is asked for WORKLOAD_CLIENT_SECRET.
Without a token nothing is sent: WorkloadTokenUnavailable says what is missing, and never a secret.
"""

import asyncio
import base64
import http.client
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from transforms.inserted.parts.discovery import (
    FETCH_TIMEOUT_SECONDS,
    LARGEST_DOCUMENT_BYTES,
    IssuerUnavailable,
    NotConfigured,
    discover,
)
from transforms.inserted.parts.safe_address import is_safe

from .secrets import SecretUnavailable, get_secret

if TYPE_CHECKING:
    from httpx import Auth
else:
    try:
        from httpx import Auth
    except ModuleNotFoundError:  # an app that calls by requests alone
        Auth = object

RENEW_SECONDS = 60  # before its end a token is renewed; a short one after four fifths of its time
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class WorkloadTokenUnavailable(RuntimeError):
    """There is no token for the call, so that it must not be made. Never names a token or a secret."""


def workload_headers(audience: str = "") -> dict[str, str]:
    """The header that says who is calling. Raises WorkloadTokenUnavailable."""
    return {"Authorization": workload_bearer(audience)}


async def workload_headers_async(audience: str = "") -> dict[str, str]:
    """The same for async code: a token is fetched in a thread, where one must be."""
    return {"Authorization": await workload_bearer_async(audience)}


def workload_bearer(audience: str = "") -> str:
    """The value of the header. Raises WorkloadTokenUnavailable."""
    return f"Bearer {tokens_for(audience).get()}"


async def workload_bearer_async(audience: str = "") -> str:
    """The same for async code."""
    tokens = tokens_for(audience)
    return f"Bearer {tokens.get() if tokens.is_fresh() else await asyncio.to_thread(tokens.get)}"


class WorkloadAuth(Auth):
    """`auth=` of requests and of httpx: every request gets a token that is fresh."""

    def __init__(self, audience: str = "") -> None:
        self.audience = audience

    def __call__(self, request: Any) -> Any:
        """What requests asks for."""
        request.headers["Authorization"] = workload_bearer(self.audience)
        return request

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """What a client of httpx asks for."""
        yield self(request)

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """What an async client of httpx asks for."""
        request.headers["Authorization"] = await workload_bearer_async(self.audience)
        yield request


class Tokens:
    """The token for one audience, kept until shortly before its end. Safe to use from many threads."""

    def __init__(self, audience: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.audience = audience
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = float("-inf")
        self._attempts = 0
        self._failure = ""

    def is_fresh(self) -> bool:
        """Whether `get` has a token at hand, for a second at least."""
        return self._clock() + 1 < self._renew_at

    def get(self) -> str:
        """A token. Raises WorkloadTokenUnavailable."""
        seen = self._attempts  # read first: whoever waits for somebody else's attempt shares its outcome
        if self._clock() < self._renew_at:
            return self._token
        with self._lock:
            if self._attempts == seen:
                self._renew()
            if self._failure:
                raise WorkloadTokenUnavailable(self._failure)
            return self._token

    def _renew(self) -> None:
        self._failure, self._renew_at = "", float("-inf")
        try:
            self._token, seconds = obtain(self.audience)
            self._renew_at = self._clock() + max(seconds - RENEW_SECONDS, seconds * 0.8)
        except (NotConfigured, IssuerUnavailable, SecretUnavailable) as problem:
            self._token, self._failure = "", f"no token for a call to {self.audience}: {problem}"
        self._attempts += 1


_tokens: dict[str, Tokens] = {}


def tokens_for(audience: str) -> Tokens:
    """The one keeper of tokens for an audience in this process. Raises WorkloadTokenUnavailable."""
    wanted = audience or os.environ.get("WORKLOAD_AUDIENCE", "")
    if not wanted:
        raise WorkloadTokenUnavailable("WORKLOAD_AUDIENCE is not set: for which service is the token to be?")
    return _tokens.setdefault(wanted, Tokens(wanted))


def obtain(audience: str) -> tuple[str, float]:
    """A new token, and for how many seconds it lasts. Raises NotConfigured, IssuerUnavailable, SecretUnavailable."""
    given, client = os.environ.get("WORKLOAD_TOKEN_FILE", ""), os.environ.get("WORKLOAD_CLIENT_ID", "")
    if given and not client:
        return read_token(given), 0.0  # the platform renews the file when it likes: it is read for each call
    if not client:
        raise NotConfigured("set WORKLOAD_TOKEN_FILE, or WORKLOAD_CLIENT_ID and OIDC_ISSUER")
    issuer = os.environ.get("OIDC_ISSUER", "")
    if not is_safe(issuer):
        raise NotConfigured("OIDC_ISSUER must be an https URL (http only on a loopback host)")
    document = discover(issuer)
    form = {"grant_type": "client_credentials", "scope": os.environ.get("WORKLOAD_SCOPE", "")}
    form[os.environ.get("WORKLOAD_AUDIENCE_PARAMETER") or "resource"] = audience
    headers = {}
    if given:
        form |= {"client_id": client, "client_assertion_type": ASSERTION, "client_assertion": read_token(given)}
    elif "client_secret_basic" in document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        pair = f"{quote(client, safe='')}:{quote(get_secret('WORKLOAD_CLIENT_SECRET'), safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": client, "client_secret": get_secret("WORKLOAD_CLIENT_SECRET")}
    return token_in(post(str(document.get("token_endpoint", "")), form, headers))


def read_token(path: str) -> str:
    """The token that the platform gave to this program. Raises NotConfigured."""
    try:
        token = Path(path).read_text(encoding="ascii").strip()
    except (OSError, ValueError) as problem:
        raise NotConfigured(f"WORKLOAD_TOKEN_FILE cannot be read ({type(problem).__name__})") from None
    if not re.fullmatch(r"[\w.~+/=-]+", token):
        raise NotConfigured("WORKLOAD_TOKEN_FILE holds no token")
    return token


def token_in(answer: dict[str, Any]) -> tuple[str, float]:
    """Token and lifetime of an answer of the token endpoint. Raises IssuerUnavailable."""
    token, kind, seconds = answer.get("access_token"), answer.get("token_type"), answer.get("expires_in", 60)
    if not isinstance(token, str) or not token or str(kind).lower() != "bearer":
        raise IssuerUnavailable("its token endpoint gave no bearer token")
    return token, float(seconds) if str(seconds).isdigit() else 60.0


class Still(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a secret goes to the address that was checked, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the redirect becomes an error."""


def post(url: str, form: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
    """Send a form and read the JSON object that answers. Blocks. Raises IssuerUnavailable."""
    if not is_safe(url):
        raise IssuerUnavailable("its token endpoint is neither https nor on a loopback host")
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    request = urllib.request.Request(url, body, {"Accept": "application/json", **headers})  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(Still).open(request, timeout=FETCH_TIMEOUT_SECONDS) as answer:
            document = json.loads(answer.read(LARGEST_DOCUMENT_BYTES))
    except urllib.error.HTTPError as refused:
        raise IssuerUnavailable(f"its token endpoint answered {refused.code}{said_by(refused)}") from None
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as problem:
        raise IssuerUnavailable(f"{type(problem).__name__} at its token endpoint") from None
    if not isinstance(document, dict):
        raise IssuerUnavailable("no JSON object at its token endpoint")
    return document


def said_by(refused: urllib.error.HTTPError) -> str:
    """The error code of a refusal (`invalid_client`); nothing else of an answer is shown."""
    try:
        found = json.loads(refused.read(LARGEST_DOCUMENT_BYTES)).get("error")
    except (OSError, http.client.HTTPException, ValueError, AttributeError, RecursionError):
        return ""
    return f" ({found})" if isinstance(found, str) and re.fullmatch(r"[a-z_]{1,40}", found) else ""
