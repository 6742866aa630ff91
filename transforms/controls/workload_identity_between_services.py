"""Programs that call the app show a token of their own, not one key that all of them share.

A key in a header says that its holder knows it, and nothing about who that is. It cannot be taken from one caller
without taking it from all, it never runs out, and it lies in the settings of every service, in logs and in histories.

**Fix.** Where a dependency of its own compares such a key between services, `require_workload` of `controls/auth.py`
stands in its place: it lets in programs with a token that the identity provider gave to them (client credentials), and
no people. Where a handler compares by itself, or people or somebody else's service may bring the key, it is advice:
give each caller an identity, and accept both for as long as the change takes.

**Limits.** Headers that are compared with a setting or a literal. Keys that are looked up in a table belong to somebody
and are no finding. A webhook is left alone: its sender cannot get a token. Outgoing calls are not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Bad,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    Maturity,
    Route,
    Severity,
    Standard,
    Todo,
    Verdict,
)
from transforms.edits import Patch, Proof, proof_of_workloads, require_workload

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="workload-identity-between-services",
    family=Family.WORKLOAD_IDENTITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("OWASP-NHI-2025:NHI4"),
        Standard("OWASP-NHI-2025:NHI9"),
        Standard("CWE-522"),
        Standard("NIST-CSF-2.0:PR.AA-03"),
    ),
    since="0.2",
    order=45,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    webhook_words: tuple[str, ...] = ("webhook", "webhooks", "hook", "hooks", "ipn", "callback")  # others call these


control.options = Options

PROVISION = "Set OIDC_ISSUER and OIDC_AUDIENCE where the app runs: until then every guarded route answers 503."
CALLERS = "Register each calling service with the identity provider, and let it send its token as a bearer header."
REVOKE = "Take the old key out of the settings of all services once the last of them sends a token."


@control.check
def callers_have_an_identity(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each comparison with a key for all."""
    for key in app.shared_keys:
        condition, names = key.secret.condition, ", ".join(route.name for route in key.routes[:3])
        evidence = [Evidence(condition.file, condition.place.line, "compares a header with one key for all callers")]
        if not key.secret.names_nobody:
            yield control.unknown(condition, f"{key.function} compares a key, and may know whose it is.", evidence)
        elif all(is_webhook(route, options) for route in key.routes):
            yield control.exempts(condition, "Its sender cannot get a token.", evidence)
        else:
            confidence = Confidence.HIGH if key.between_services else Confidence.MEDIUM
            more = f" and {len(key.routes) - 3} more" if len(key.routes) > 3 else ""
            message = f"One key opens {names}{more} to every caller: {key.function} cannot tell them apart."
            yield control.fails(condition, message, evidence, confidence=confidence)


@control.remedy
def ask_for_a_token(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """A token of the calling program in the place of the key."""
    key = next((each for each in app.shared_keys if each.secret.condition == finding.concept), None)
    if key is None or not key.between_services or any(is_webhook(route, options) for route in key.routes):
        return None
    edits = require_workload(app, key)
    if not edits:
        return None
    title = f"Ask for a token of the calling program in the place of {key.function}"
    return Patch(title, edits, Applicability.REVIEW, (PROVISION, CALLERS, REVOKE))


@control.proof
def the_key_opens_nothing(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """The old key is refused like a person's token; a program's token opens the routes."""
    patched = [finding.concept for finding in findings]
    return proof_of_workloads(app, [key for key in app.shared_keys if key.secret.condition in patched])


def is_webhook(route: Route, options: Options) -> bool:
    """Whether somebody else's service calls the route."""
    segments = (route.path or route.own_path or "").lower().replace("-", "/").replace("_", "/").split("/")
    return not set(options.webhook_words).isdisjoint(segments)


KEYED = """import os

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def internal_only(x_internal_token: str = Header(None)):
    if x_internal_token != os.environ["INTERNAL_TOKEN"]:
        raise HTTPException(status_code=401)


@app.post("{path}", dependencies=[Depends(internal_only)])
def sync(data: dict):
    return data
"""

LOOKED_UP = """from fastapi import Depends, FastAPI, Header, HTTPException

from keys import find

app = FastAPI()


def service(x_api_key: str = Header(None)):
    found = find(x_api_key)
    if found is None:
        raise HTTPException(status_code=401)
    return found


@app.post("/sync", dependencies=[Depends(service)])
def sync(data: dict):
    return data
"""

control.examples = (
    Good("a key that is looked up belongs to somebody", LOOKED_UP),
    Good("a webhook with a secret: its sender cannot get a token", KEYED.format(path="/webhooks/paid")),
    Good(
        "a signature over the body is no key",
        """import hashlib
import hmac
import os

from fastapi import FastAPI, Header, HTTPException, Request

app = FastAPI()


@app.post("/events")
async def received(request: Request, x_signature: str = Header(None)):
    expected = hmac.new(os.environ["SIGNING_KEY"].encode(), await request.body(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, x_signature):
        raise HTTPException(status_code=401)
    return {}
""",
    ),
    Good(
        "what a token says is compared with a setting",
        """import os

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


def caller(authorization: str = Header(None)):
    claims = jwt.decode(authorization, KEY, algorithms=["RS256"])
    if claims["iss"] != os.environ["ISSUER"]:
        raise HTTPException(status_code=401)
    return claims


@app.post("/sync", dependencies=[Depends(caller)])
def sync(data: dict):
    return data
""",
    ),
    Bad(
        "one key between services: each shows a token of its own instead",
        {"app.py": KEYED.format(path="/sync"), "requirements.txt": "fastapi>=0.110\n"},
        {
            "app.py": KEYED.format(path="/sync")
            .replace("Depends(internal_only)", "Depends(require_workload)")
            .replace("HTTPException\n\n", "HTTPException\n\nfrom controls.auth import require_workload\n\n", 1),
            "requirements.txt": "fastapi>=0.110\nPyJWT[crypto]>=2.10,<3\n",
        },
        adds=(
            "controls/__init__.py",
            "controls/auth.py",
            ".env.example",
            ".gitignore",
            "tests/test_controls_workload_identity.py",
        ),
    ),
    Bad(
        "a handler that compares by itself: who calls it is not known",
        """import os

from fastapi import FastAPI, Header, HTTPException

app = FastAPI()
API_KEY = os.getenv("API_KEY")


@app.post("/reindex")
def reindex(x_api_key: str = Header(None)):
    if x_api_key != API_KEY:
        raise HTTPException(status_code=403)
    return {}
""",
    ),
    Bad(
        "a scheme of the framework in front of the comparison",
        """import secrets

from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader

from config import settings

app = FastAPI()
header = APIKeyHeader(name="X-API-Key")


def with_key(api_key: str = Security(header)):
    if not secrets.compare_digest(api_key, settings.api_key):
        raise HTTPException(status_code=403)


@app.post("/reindex", dependencies=[Depends(with_key)])
def reindex():
    return {}
""",
    ),
    Todo(
        "the calling side",
        """import os

import httpx
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return httpx.get("http://orders.internal/sync", headers={"X-Internal-Token": os.environ["INTERNAL_TOKEN"]}).json()
""",
    ),
)
