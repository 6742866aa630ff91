"""What `controls.workload` sends, and when it sends nothing: against an issuer of the test's own, on loopback."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
import pytest
import requests

from tests.transforms.controls_package import controls_of

AUDIENCE, CLIENT, SECRET = "urn:orders", "shop worker", "not: so/secret"


class TokenIssuer:
    """An issuer with a token endpoint. `asked` are the forms it was sent; `says` replaces what it answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.authorizations: list[str] = []
        self.says: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.status = 200
        self.location = ""
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = {"issuer": issuer.url, "token_endpoint": f"{issuer.url}/token", **issuer.discovery}
                self._answer(200, said)

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                issuer.asked.append({name: values[0] for name, values in form.items()})
                issuer.authorizations.append(self.headers.get("Authorization", ""))
                token = f"token-{len(issuer.asked)}"
                said = {"access_token": token, "token_type": "Bearer", "expires_in": 600, **issuer.says}
                self._answer(issuer.status, {name: value for name, value in said.items() if value is not None})

            def _answer(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                if issuer.location:
                    self.send_header("Location", issuer.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def issuer() -> Iterator[TokenIssuer]:
    issuer = TokenIssuer()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture
def workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("OIDC_ISSUER", "WORKLOAD_AUDIENCE", "WORKLOAD_CLIENT_ID", "WORKLOAD_TOKEN_FILE", "WORKLOAD_SCOPE"):
        monkeypatch.delenv(name, raising=False)
    with controls_of(tmp_path, "secrets", "workload") as controls:
        yield controls.workload


@pytest.fixture
def signed_in(issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch) -> TokenIssuer:
    monkeypatch.setenv("OIDC_ISSUER", issuer.url)
    monkeypatch.setenv("WORKLOAD_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("WORKLOAD_CLIENT_ID", CLIENT)
    monkeypatch.setenv("WORKLOAD_CLIENT_SECRET", SECRET)
    return issuer


# --- client credentials


def test_a_token_is_got_by_client_credentials(workload: ModuleType, signed_in: TokenIssuer) -> None:
    assert workload.workload_headers() == {"Authorization": "Bearer token-1"}
    assert signed_in.asked == [{"grant_type": "client_credentials", "resource": AUDIENCE}]
    pair = base64.b64decode(signed_in.authorizations[0].removeprefix("Basic ")).decode()
    assert tuple(map(unquote, pair.split(":"))) == (CLIENT, SECRET)


def test_an_issuer_that_wants_the_secret_in_the_form_gets_it_there(
    workload: ModuleType, signed_in: TokenIssuer
) -> None:
    signed_in.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    workload.workload_headers()
    assert signed_in.authorizations == [""]
    assert (signed_in.asked[0]["client_id"], signed_in.asked[0]["client_secret"]) == (CLIENT, SECRET)


@pytest.mark.parametrize(("parameter", "asked"), [("audience", "audience"), ("scope", "scope"), ("", "resource")])
def test_the_issuer_is_told_the_audience_as_it_likes(
    workload: ModuleType, signed_in: TokenIssuer, monkeypatch: pytest.MonkeyPatch, parameter: str, asked: str
) -> None:
    monkeypatch.setenv("WORKLOAD_AUDIENCE_PARAMETER", parameter)
    workload.workload_headers()
    assert signed_in.asked[0][asked] == AUDIENCE


def test_a_scope_is_asked_for_where_one_is_set(
    workload: ModuleType, signed_in: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKLOAD_SCOPE", "orders.read")
    workload.workload_headers()
    assert signed_in.asked[0]["scope"] == "orders.read"


def test_each_audience_has_a_token_of_its_own(workload: ModuleType, signed_in: TokenIssuer) -> None:
    said = [workload.workload_bearer(name) for name in ("", "urn:billing", "urn:billing", AUDIENCE)]
    assert said == ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-1"]
    assert [form["resource"] for form in signed_in.asked] == [AUDIENCE, "urn:billing"]


# --- how long it is kept


@pytest.mark.parametrize(
    ("lasts", "fresh_until"), [(600, 540), (3600, 3540), (100, 80), (60, 48), (10, 8), (None, 48), ("odd", 48)]
)
def test_a_token_is_kept_until_shortly_before_its_end(
    workload: ModuleType, signed_in: TokenIssuer, lasts: Any, fresh_until: int
) -> None:
    signed_in.says = {"expires_in": lasts}
    now = [1000.0]
    tokens = workload.Tokens(AUDIENCE, clock=lambda: now[0])
    assert not tokens.is_fresh()
    assert tokens.get() == "token-1"
    assert tokens.is_fresh()
    now[0] += fresh_until - 0.5
    assert (tokens.get(), tokens.is_fresh()) == ("token-1", False)
    now[0] += 0.5
    assert tokens.get() == "token-2"


def test_threads_that_wait_together_share_one_token(workload: ModuleType, signed_in: TokenIssuer) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(workload.workload_bearer())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Bearer token-1"] * 20
    assert len(signed_in.asked) == 1


def test_a_failure_is_not_kept(workload: ModuleType, signed_in: TokenIssuer) -> None:
    signed_in.status = 503
    with pytest.raises(workload.WorkloadTokenUnavailable, match="answered 503"):
        workload.workload_headers()
    signed_in.status = 200
    assert workload.workload_headers() == {"Authorization": "Bearer token-2"}


def test_the_event_loop_goes_on_while_a_token_is_fetched(workload: ModuleType, signed_in: TokenIssuer) -> None:
    async def fetch_and_work() -> list[str]:
        fetching = asyncio.create_task(workload.workload_headers_async())
        await asyncio.sleep(0)
        assert not fetching.done()
        first = await fetching
        return [first["Authorization"], await workload.workload_bearer_async()]

    assert asyncio.run(fetch_and_work()) == ["Bearer token-1", "Bearer token-1"]


# --- the platform's own token


def test_a_projected_token_is_sent_as_it_is_and_read_anew(
    workload: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projected = tmp_path / "token"
    monkeypatch.setenv("WORKLOAD_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("WORKLOAD_TOKEN_FILE", str(projected))
    for token in ("aa.bb.cc", "dd.ee.ff"):
        projected.write_text(f"{token}\n")
        assert workload.workload_headers() == {"Authorization": f"Bearer {token}"}


def test_a_projected_token_is_traded_at_the_issuer_without_any_secret(
    workload: ModuleType, signed_in: TokenIssuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("aa.bb.cc")
    monkeypatch.setenv("WORKLOAD_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.delenv("WORKLOAD_CLIENT_SECRET")
    assert workload.workload_headers() == {"Authorization": "Bearer token-1"}
    assert signed_in.authorizations == [""]
    assert signed_in.asked[0] == {
        "grant_type": "client_credentials",
        "resource": AUDIENCE,
        "client_id": CLIENT,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "aa.bb.cc",
    }


@pytest.mark.parametrize("content", [None, "", "two\nlines", "a b", "\u00ff"])
def test_a_file_without_a_token_sends_nothing(
    workload: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "token").write_text(content, encoding="utf-8")
    monkeypatch.setenv("WORKLOAD_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("WORKLOAD_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(workload.WorkloadTokenUnavailable, match="WORKLOAD_TOKEN_FILE"):
        workload.workload_headers()


# --- nothing is sent


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("WORKLOAD_AUDIENCE", "WORKLOAD_AUDIENCE is not set"),
        ("WORKLOAD_CLIENT_ID", "set WORKLOAD_TOKEN_FILE, or WORKLOAD_CLIENT_ID"),
        ("OIDC_ISSUER", "OIDC_ISSUER must be an https URL"),
        ("WORKLOAD_CLIENT_SECRET", "'WORKLOAD_CLIENT_SECRET' is not available"),
    ],
)
def test_what_is_missing_is_named(
    workload: ModuleType, signed_in: TokenIssuer, monkeypatch: pytest.MonkeyPatch, missing: str, said: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(workload.WorkloadTokenUnavailable, match=said):
        workload.workload_headers()
    assert signed_in.asked == []


@pytest.mark.parametrize("url", ["http://login.example", "ftp://127.0.0.1", "file:///etc/passwd", "login"])
def test_a_secret_is_sent_over_https_or_to_this_machine(
    workload: ModuleType, signed_in: TokenIssuer, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    signed_in.discovery = {"token_endpoint": url}
    with pytest.raises(workload.WorkloadTokenUnavailable, match="neither https nor on a loopback host"):
        workload.workload_headers()
    monkeypatch.setenv("OIDC_ISSUER", url)
    with pytest.raises(workload.WorkloadTokenUnavailable, match="must be an https URL"):
        workload.workload_headers("urn:other")


def test_a_secret_does_not_follow_a_redirect(workload: ModuleType, signed_in: TokenIssuer) -> None:
    other = TokenIssuer()
    signed_in.status, signed_in.location = 307, f"{other.url}/token"
    with pytest.raises(workload.WorkloadTokenUnavailable, match="answered 307"):
        workload.workload_headers()
    assert (len(signed_in.asked), other.asked) == (1, [])
    other.server.shutdown()
    other.server.server_close()


@pytest.mark.parametrize(
    "says",
    [{"access_token": None}, {"access_token": ""}, {"access_token": 7}, {"token_type": "mac"}, {"token_type": None}],
)
def test_an_answer_without_a_bearer_token_is_none(workload: ModuleType, signed_in: TokenIssuer, says: Any) -> None:
    signed_in.says = says
    with pytest.raises(workload.WorkloadTokenUnavailable, match="gave no bearer token"):
        workload.workload_headers()


def test_an_issuer_that_calls_itself_otherwise_is_not_asked(workload: ModuleType, signed_in: TokenIssuer) -> None:
    signed_in.discovery = {"issuer": "https://elsewhere.example"}
    with pytest.raises(workload.WorkloadTokenUnavailable, match="calls itself"):
        workload.workload_headers()
    assert signed_in.asked == []


def test_a_refusal_shows_its_code_and_nothing_that_was_sent(workload: ModuleType, signed_in: TokenIssuer) -> None:
    signed_in.status, signed_in.says = 401, {"error": "invalid_client", "error_description": f"wrong: {SECRET}"}
    with pytest.raises(workload.WorkloadTokenUnavailable) as refused:
        workload.workload_headers()
    assert "answered 401 (invalid_client)" in str(refused.value)
    assert SECRET not in str(refused.value)
    signed_in.says = {"error": f"odd {SECRET}"}
    with pytest.raises(workload.WorkloadTokenUnavailable) as refused:
        workload.workload_headers()
    assert SECRET not in str(refused.value)


# --- clients


def test_it_is_an_auth_of_requests(workload: ModuleType, signed_in: TokenIssuer) -> None:
    prepared = requests.Request("GET", "http://orders/x", auth=workload.WorkloadAuth()).prepare()
    assert prepared.headers["Authorization"] == "Bearer token-1"


class Answers(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request at once, and keeps who it said was calling."""

    def __init__(self) -> None:
        self.callers: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.callers.append(request.headers.get("Authorization", ""))
        return httpx.Response(200)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def test_it_is_an_auth_of_httpx(workload: ModuleType, signed_in: TokenIssuer) -> None:
    answers = Answers()

    async def ask() -> None:
        async with httpx.AsyncClient(auth=workload.WorkloadAuth(), transport=answers) as client:
            await client.get("http://orders/x")
            await client.get("http://orders/y")

    with httpx.Client(auth=workload.WorkloadAuth("urn:billing"), transport=answers) as client:
        client.get("http://billing/x")
    asyncio.run(ask())
    assert answers.callers == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_no_request_leaves_a_client_without_a_token(
    workload: ModuleType, signed_in: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORKLOAD_CLIENT_ID")
    answers = Answers()
    with (
        httpx.Client(auth=workload.WorkloadAuth(), transport=answers) as client,
        pytest.raises(workload.WorkloadTokenUnavailable),
    ):
        client.get("http://orders/x")
    assert answers.callers == []
