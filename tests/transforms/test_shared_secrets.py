"""One key for all callers is told from keys of somebody, from signatures and from tokens."""

import pytest

from tests.transforms.joined import app_of
from transforms.shared_secrets import SharedKey

HEAD = (
    "import hashlib, hmac, jwt, os, secrets\nfrom fastapi import Depends, FastAPI, Header, HTTPException, Request, Security\n"
    "from fastapi.security import APIKeyHeader\nfrom config import settings\nheader = APIKeyHeader(name='X-API-Key')\n"
)


def keys(source: str, route: str = "dependencies=[Depends(g)]") -> tuple[SharedKey, ...]:
    return app_of(f"{HEAD}{source}\napp = FastAPI()\n@app.post('/x', {route})\ndef handler(): ...\n").shared_keys


REFUSE = "\n        raise HTTPException(401)\n"
SHARED = {
    "a header and a variable": f"def g(x_api_key: str = Header(None)):\n    if x_api_key != os.environ['KEY']:{REFUSE}",
    "a variable under a name": f"KEY = os.getenv('KEY')\ndef g(x_api_key: str = Header(None)):\n    if x_api_key != KEY:{REFUSE}",
    "settings, safely compared": "def g(x_token: str = Header(None)):\n"
    f"    if not secrets.compare_digest(x_token, settings.token):{REFUSE}",
    "a scheme": f"def g(key: str = Security(header)):\n    if key != settings.key:{REFUSE}",
    "the request": f"def g(r: Request):\n    if r.headers.get('x-api-key') != settings.key:{REFUSE}",
    "a literal": f"def g(x_api_key: str = Header(None)):\n    if x_api_key != 'not so secret':{REFUSE}",
    "behind a word": "def g(authorization: str = Header(None)):\n    token = authorization.removeprefix('Bearer ')\n"
    f"    if token != settings.token:{REFUSE}",
}
NOT_SHARED = {
    "a key that is looked up": f"def g(x_api_key: str = Header(None)):\n    if find(x_api_key) is None:{REFUSE}",
    "a signature": "async def g(r: Request, x_signature: str = Header(None)):\n"
    "    expected = hmac.new(settings.key, await r.body(), hashlib.sha256).hexdigest()\n"
    f"    if not hmac.compare_digest(expected, x_signature):{REFUSE}",
    "a claim": "def g(authorization: str = Header(None)):\n    claims = jwt.decode(authorization)\n"
    f"    if claims['iss'] != settings.issuer:{REFUSE}",
    "a header that is no credential": f"def g(x_version: str = Header(None)):\n    if x_version != settings.version:{REFUSE}",
    "nothing": f"def g(x_api_key: str = Header(None)):\n    if not x_api_key:{REFUSE}",
}


@pytest.mark.parametrize("why", SHARED)
def test_a_key_for_all_is_found(why: str) -> None:
    (key,) = keys(SHARED[why])
    assert key.function == "g"
    assert [route.name for route in key.routes] == ["POST /x"]


@pytest.mark.parametrize("why", NOT_SHARED)
def test_what_is_no_key_for_all_is_let_be(why: str) -> None:
    assert keys(NOT_SHARED[why]) == ()


def test_names_say_whether_programs_bring_it() -> None:
    (internal,) = keys(SHARED["a header and a variable"].replace("x_api_key", "x_internal_key"))
    (other,) = keys(SHARED["a header and a variable"])
    assert internal.between_services
    assert not other.between_services
