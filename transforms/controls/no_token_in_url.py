"""No route takes a lasting credential in its URL.

URLs are written down everywhere: in access logs of every proxy, in browser histories, in `Referer` headers, in chats.
A token in one is a token in all of these. In FastAPI it happens unseen: a plain `token: str` of a dependency becomes a
query parameter, and everything works.

**Fix.** Where the app has a scheme that reads the token from the Authorization header (`OAuth2PasswordBearer`), the
parameter gets it as its default. Everything else is advice: callers must change together with the route.
**Limits.** A parameter is judged only where the function refuses callers or checks a token. Links that work once
(resetting a password, confirming an address, an invitation) are fine. A websocket that a browser opens cannot send the
header, so a token there is shown as unknown.
"""

import re
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
    Function,
    Good,
    Maturity,
    Route,
    Severity,
    Signal,
    Standard,
    Verdict,
)
from transforms.edits import Patch, Proof, credentials_in_url, read_from_header
from transforms.proof_verbs import proof_of_tokens

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="no-token-in-url",
    family=Family.SESSION,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(Standard("CWE-598"), Standard("OWASP-API-2023:API2")),
    since="0.2",
    order=30,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    # words of a path or handler that say that a link works once: tokens may be in it
    single_use_words: tuple[str, ...] = (
        "reset", "verify", "verification", "confirm", "confirmation", "activate", "activation", "invite", "invitation",
        "accept", "unsubscribe", "magic", "callback", "webhook", "webhooks", "download", "share", "shared",
    )  # fmt: skip


control.options = Options
CALLERS = "Callers that send the token in the URL must send it in the Authorization header from now on."
UNPROVEN = "No test shows that a token in the URL is refused: call {route} once with each."


@dataclass(frozen=True)
class Taken:
    """A credential that a function takes from the URL; `parameter` is "" where the body asks the request for it."""

    function: Function
    parameter: str = ""


@control.check
def tokens_travel_in_headers(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each route that takes a credential."""
    for route in app.routes:
        taken = taken_from_url(app, route)
        if taken is None:
            if app.access(route).is_checked:
                yield control.passes(route, "Takes no token from its URL.")
        elif once := works_once(route, options):
            yield control.exempts(route, f"A link that works once: {once}.")
        else:
            yield told(route, taken)


@control.remedy
def take_it_from_the_header(app: "App", finding: Verdict, _options: Options) -> Patch | None:
    """One edit in the function that takes the token, whatever number of routes depend on it."""
    route: Route = finding.concept
    taken = taken_from_url(app, route)
    if taken is None or not taken.parameter:
        return None
    edits = read_from_header(app, route, taken.function, taken.parameter)
    name = taken.function.symbol.rpartition(".")[2]
    title = f"Let {name} take {taken.parameter} from the Authorization header"
    if not edits:
        return None
    if proof_of_tokens(app, {route: (taken.function, taken.parameter)}) is not None:
        return Patch(title, edits, todo=(CALLERS,))
    return Patch(title, edits, todo=(CALLERS, UNPROVEN.format(route=route.name)))


@control.proof
def the_url_carries_no_token(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """A token in the URL is refused on each of the routes, and one in the header is taken."""
    found = {finding.concept: taken_from_url(app, finding.concept) for finding in findings}
    return proof_of_tokens(
        app, {route: (taken.function, taken.parameter) for route, taken in found.items() if taken is not None}
    )


def told(route: Route, taken: Taken) -> Verdict:
    """The finding; a doubt for a websocket."""
    name = taken.function.symbol.rpartition(".")[2]
    what = f"the query parameter {taken.parameter}" if taken.parameter else "the query string"
    evidence = [Evidence(taken.function.file, taken.function.place.line, f"{name} takes a credential from {what}")]
    if route.methods == ("WEBSOCKET",):
        return control.unknown(route, "Takes its token from the URL: a browser can send none otherwise.", evidence)
    return control.fails(route, f"{route.name} takes its token from the URL: {what} of {name}.", evidence)


def taken_from_url(app: "App", route: Route) -> Taken | None:
    """The first function in front of the route, or its handler, that takes a credential from the URL and acts on it."""
    for function in functions_of(app, route):
        body = app.judge.bodies.of(function.symbol)
        if body.refuses is None and body.verifies is None:
            continue
        for parameter in credentials_in_url(app, route, function):
            return Taken(function, parameter)
        if Signal.CREDENTIAL_IN_URL in function.signals:
            return Taken(function)
    return None


def functions_of(app: "App", route: Route) -> Iterator[Function]:
    """The app's own functions that run for a route: its guards, what those depend on, and its handler."""
    waiting = [use.target for use in route.guards] + [route.handler]
    seen: set[str] = set()
    while waiting:
        symbol = waiting.pop(0)
        function = app.functions.get(symbol)
        if function is None or symbol in seen:
            continue
        seen.add(symbol)
        yield function
        waiting += [use.target for use in function.guards]


def works_once(route: Route, options: Options) -> str | None:
    """The word that says so."""
    text = f"{route.path or route.own_path or ''} {route.handler.rpartition('.')[2]}"
    words = [word for word in re.split(r"[^a-z]+", text.lower()) if word]
    return next((word for word in words if word in options.single_use_words), None)


SECURITY = """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")


def decode_token(token: str):
    user = read_token(token)
    if user is None:
        raise HTTPException(status_code=401)
    return user


def current_user(token: str = Depends(oauth2_scheme)):
    return decode_token(token)
"""

ROUTE = """from fastapi import Depends, FastAPI

from security import {guard}

app = FastAPI()


@app.post("/logout")
def logout(user=Depends({guard})):
    return {{}}
"""

control.examples = (
    Good("the token comes from the header", {"security.py": SECURITY, "main.py": ROUTE.format(guard="current_user")}),
    Good(
        "a link that was mailed works once",
        """from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/password/reset")
def reset_password(token: str, new: str):
    if not known(token):
        raise HTTPException(status_code=401)
    return {}
""",
    ),
    Good(
        "a token that is only passed on is no credential of the caller",
        """from fastapi import FastAPI

app = FastAPI()


@app.get("/explain")
def explain(token: str):
    return describe(token)
""",
    ),
    Good(
        "headers, cookies, forms and bodies are not the URL",
        """from fastapi import Cookie, FastAPI, Form, Header, HTTPException

app = FastAPI()


@app.post("/jobs")
def jobs(api_key: str = Header(), token: str = Cookie(), secret: str = Form()):
    if api_key != KEY or token != KEY or secret != KEY:
        raise HTTPException(status_code=401)
    return {}
""",
    ),
    Good(
        "a browser that opens a websocket has no header to send",
        """from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/live")
async def live(websocket: WebSocket, token: str):
    if token != KEY:
        await websocket.close(code=1008)
""",
    ),
    Bad(
        "a dependency's plain parameter becomes a query parameter: the app's own scheme reads the header",
        {"security.py": SECURITY, "main.py": ROUTE.format(guard="decode_token")},
        {
            "security.py": SECURITY.replace(
                "decode_token(token: str)", "decode_token(token: str = Depends(oauth2_scheme))"
            )
        },
        adds=("tests/test_controls_session.py",),
    ),
    Bad(
        "a key in the query string of a handler",
        """from fastapi import FastAPI, HTTPException, Query

app = FastAPI()


@app.get("/report")
def report(api_key: str = Query(...)):
    if api_key != KEY:
        raise HTTPException(status_code=403)
    return {}
""",
    ),
    Bad(
        "the body asks the query string",
        """from fastapi import FastAPI, HTTPException, Request

app = FastAPI()


@app.get("/report")
def report(request: Request):
    if request.query_params.get("token") != KEY:
        raise HTTPException(status_code=401)
    return {}
""",
    ),
)
