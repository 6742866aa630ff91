"""A token whose signature nobody looks at is anybody's word; to peek at one before it is checked is not."""

import pytest

from tests.transforms.joined import only_route
from transforms.access import Answer

HEAD = (
    "import jwt\nfrom fastapi import Depends, FastAPI, HTTPException, Request\nfrom fastapi.security import HTTPBearer\n"
    "bearer = HTTPBearer()\nUNSIGNED = 1\napp = FastAPI()\n"
)
PEEK = 'jwt.decode(t, options={"verify_signature": False})'


def behind(guard: str) -> Answer:
    """The access of a route that depends on `g`."""
    app, route = only_route(f"{HEAD}{guard}\n@app.delete('/x')\ndef handler(x=Depends(g)): ...\n")
    return app.access(route).answer


BELIEVED = {
    "it is all that is done": f"def g(t=Depends(bearer)):\n    claims = {PEEK}\n    if not claims:\n        raise HTTPException(401)\n"
    "    return claims\n",
    "one kind of token is taken at its word": f"def g(t=Depends(bearer)):\n    if kind(1) == 'RS256':\n        claims = {PEEK}\n"
    "        return claims\n    try:\n        return jwt.decode(t, KEY)\n    except ValueError:\n        raise HTTPException(401)\n",
    "a bad token is read all the same": f"def g(t=Depends(bearer)):\n    try:\n        return jwt.decode(t, KEY)\n"
    f"    except ValueError:\n        claims = {PEEK}\n        if not claims:\n            raise HTTPException(401)\n        return claims\n",
    "a row is looked up by what it says": f"def g(t=Depends(bearer)):\n    user = find({PEEK}['sub'])\n    if user is None:\n"
    "        raise HTTPException(401)\n    return user\n",
    "a helper reads it": f"def read(t):\n    return {PEEK}\ndef g(t=Depends(bearer)):\n    user = find(read(t)['sub'])\n"
    "    if user is None:\n        raise HTTPException(401)\n    return user\n",
    "it is told by a switch of old": "def g(t=Depends(bearer)):\n    claims = jwt.decode(t, verify=False)\n    if not claims:\n"
    "        raise HTTPException(401)\n    return claims\n",
}


@pytest.mark.parametrize("why", BELIEVED)
def test_strangers_pass_because(why: str) -> None:
    assert behind(BELIEVED[why]) is Answer.NO


CHECKED = {
    "the issuer says which key": f"def g(t=Depends(bearer)):\n    issuer = {PEEK}['iss']\n    try:\n"
    "        return jwt.decode(t, KEYS[issuer])\n    except ValueError:\n        raise HTTPException(401)\n",
    "what it says is used after the check": f"def g(t=Depends(bearer)):\n    claims = {PEEK}\n    try:\n"
    "        jwt.decode(t, KEYS[claims['iss']])\n    except ValueError:\n        raise HTTPException(401)\n    return claims\n",
    "a function is given the token to check": f"def g(t=Depends(bearer)):\n    claims = {PEEK}\n    if not known(t):\n"
    "        raise HTTPException(401)\n    return claims\n",
    "the guard checks it and a helper peeks": f"def read(t):\n    return {PEEK}\ndef g(t=Depends(bearer)):\n    try:\n"
    "        claims = jwt.decode(t, KEY)\n    except ValueError:\n        raise HTTPException(401)\n    log(read(t))\n    return claims\n",
}


@pytest.mark.parametrize("why", CHECKED)
def test_a_look_at_a_token_is_no_fault_where(why: str) -> None:
    assert behind(CHECKED[why]) is Answer.YES


def test_a_guard_that_has_the_credential_in_hand_may_check_it_otherwise() -> None:
    helper = f"def read(t):\n    return {PEEK}\n"
    guard = (
        "def g(r: Request):\n    t = r.headers.get('Authorization')\n    if not sessions.knows(t) or not read(t):\n"
        "        raise HTTPException(401)\n"
    )
    assert behind(helper + guard) is Answer.UNKNOWN
