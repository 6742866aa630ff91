"""What counts as a lasting credential in a URL, beyond the examples of the control."""

import pytest

from tests.transforms.harness import found, report_on
from transforms.api import Outcome, Verdict
from transforms.controls import control
from transforms.policy import Policy

CONTROL = control("no-token-in-url")
HEAD = (
    "from typing import Annotated, Optional\n"
    "from fastapi import Body, Cookie, Depends, FastAPI, Form, Header, HTTPException, Query, Request, WebSocket\n\n"
    "app = FastAPI()\n\n\n"
)


def findings(
    parameters: str, path: str = "/report", body: str = "if token != KEY:\n        raise HTTPException(401)"
) -> int:
    code = f'{HEAD}@app.get("{path}")\ndef report({parameters}):\n    {body}\n    return {{}}\n'
    return len(found(report_on({"main.py": code}, Policy(), CONTROL), CONTROL))


@pytest.mark.parametrize(
    "parameters",
    [
        "token: str",
        "token",
        "token: Optional[str] = None",
        "token: str | None = None",
        "token: str = ''",
        "token: str = Query(...)",
        "token: Annotated[str, Query()]",
        "request: Request, token: str, db=Depends(get_db)",
    ],
)
def test_a_plain_parameter_is_in_the_url(parameters: str) -> None:
    assert findings(parameters) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        "token: str = Header()",
        "token: Annotated[str, Header()]",
        "token: str = Cookie(None)",
        "token: str = Form()",
        "token: str = Body()",
        "token: str = Depends(read)",
        "token: Token",
    ],
)
def test_what_comes_from_elsewhere_is_not(parameters: str) -> None:
    assert findings(parameters) == 0


@pytest.mark.parametrize("name", ["access_token", "api_key", "apikey", "auth_token", "jwt", "secret", "x_api_key"])
def test_names_of_lasting_credentials(name: str) -> None:
    assert findings(f"{name}: str", body=f"if {name} != KEY:\n        raise HTTPException(403)") == 1


@pytest.mark.parametrize(
    "name", ["page", "tokens_used", "max_tokens", "next_page_token", "code", "state", "key", "sort_key"]
)
def test_names_of_other_things(name: str) -> None:
    assert findings(f"{name}: str", body=f"if {name} != KEY:\n        raise HTTPException(403)") == 0


def test_a_parameter_of_the_path_is_a_link() -> None:
    assert findings("token: str", path="/report/{token}") == 0


@pytest.mark.parametrize("path", ["/auth/verify-email", "/invitations/accept", "/users/activate", "/unsubscribe"])
def test_links_that_work_once_are_fine(path: str) -> None:
    assert findings("token: str", path=path) == 0


def test_nothing_is_said_of_a_token_that_nobody_acts_on() -> None:
    assert findings("token: str", body="describe(token)") == 0


def verdicts(code: str) -> list[Verdict]:
    return [
        each for each in report_on({"main.py": HEAD + code}, Policy(), CONTROL).verdicts if each.control == CONTROL.id
    ]


def test_a_dependency_of_a_dependency_counts_for_every_route() -> None:
    code = (
        "def read(token: str):\n    if token != KEY:\n        raise HTTPException(401)\n    return token\n\n\n"
        "def user(name=Depends(read)):\n    return name\n\n\n"
        '@app.get("/a")\ndef a(u=Depends(user)):\n    return {}\n\n\n@app.get("/b")\ndef b(u=Depends(user)):\n    return {}\n'
    )
    assert [(each.outcome, each.subject.name) for each in verdicts(code)] == [
        (Outcome.FAIL, "GET /a"),
        (Outcome.FAIL, "GET /b"),
    ]
    assert {each.evidence[0].note for each in verdicts(code)} == {
        "read takes a credential from the query parameter token"
    }


@pytest.mark.parametrize("asked", ['request.query_params["token"]', 'request.query_params.get("api_key")'])
def test_a_body_may_ask_for_it(asked: str) -> None:
    code = f'@app.get("/a")\ndef a(request: Request):\n    if {asked} != KEY:\n        raise HTTPException(401)\n'
    assert [each.outcome for each in verdicts(code)] == [Outcome.FAIL]


def test_a_websocket_is_a_doubt() -> None:
    code = '@app.websocket("/a")\nasync def a(ws: WebSocket, token: str):\n    if token != KEY:\n        await ws.close(1008)\n'
    assert [each.outcome for each in verdicts(code)] == [Outcome.UNKNOWN]
