"""The webhook service over real HTTP: who is let in, who is refused and how, and what is stored."""

import asyncio
import hashlib
import hmac
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Config, load
from bot.errors import ConfigError, ForgeUnavailable
from bot.metrics import Metrics
from bot.service import Parts, running
from bot.store import InstallationChange, InstallationState, Store, open_store
from bot.web import REFUSALS, Cause, IsKnown, create_app
from tests.bot.patience import until

SECRET = "only-for-" + "tests"
LIMIT = 64 * 1024


class Service:
    """A running service and a client that signs."""

    def __init__(self, url: str, store: Store, client: httpx.Client) -> None:
        self.url, self.store, self.client = url, store, client

    def post(
        self, body: bytes, event: str = "pull_request", guid: str = "guid", **headers: str | None
    ) -> httpx.Response:
        sent = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": guid,
            "x-hub-signature-256": sign(body),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        present = {name: value for name, value in sent.items() if value is not None}
        return self.client.post(f"{self.url}/webhooks/github", content=body, headers=present)

    def deliver(self, payload: Any, event: str = "pull_request", guid: str = "guid") -> httpx.Response:
        return self.post(json.dumps(payload).encode(), event, guid)

    def rejected(self, cause: str) -> float:
        return self.counted("tenon_webhook_rejected_total", cause)

    def counted(self, name: str, label: str) -> float:
        for line in self.client.get(f"{self.url}/metrics").text.splitlines():
            if line.startswith(name + "{") and f'="{label}"' in line:
                return float(line.rpartition(" ")[2])
        return 0.0

    def stored(self) -> list[tuple[str, str]]:
        return [(delivery.guid, delivery.state) for delivery in self.store.deliveries.recent(1000)]


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def opened(number: int = 3, installation: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "action": "opened",
        "installation": {"id": installation},
        "repository": {"id": 7, "full_name": "acme/shop"},
        "sender": {"login": "ada"},
        "pull_request": {"number": number, "head": {"sha": "a" * 40, "ref": "feature"}},
        **fields,
    }


def configured(directory: Path) -> Config:
    return load(
        {
            "TENON_WEBHOOK_SECRET": SECRET,
            "TENON_DATA_DIR": str(directory),
            "TENON_PORT": "0",
            "TENON_BODY_LIMIT": str(LIMIT),
        }
    )


@contextmanager
def served(directory: Path, is_known: IsKnown | None = None) -> Iterator[Service]:
    store = open_store(configured(directory).store_url())
    store.installations.learn(InstallationChange(1, "acme", InstallationState.ACTIVE))
    parts = Parts(store=store, is_known=is_known)
    with running(configured(directory), parts) as url, httpx.Client() as client:
        yield Service(url, store, client)
    store.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with served(tmp_path) as service:
        yield service


def assert_refused(service: Service, answer: httpx.Response, status: int, cause: Cause) -> None:
    assert (answer.status_code, answer.json()["cause"]) == (status, cause.value)
    assert answer.json()["error"]
    assert service.rejected(cause.value) == 1.0
    assert service.stored() == []


def test_a_signed_delivery_is_stored_before_it_is_answered(service: Service) -> None:
    answer = service.deliver(opened())
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted", "delivery": "guid"})
    assert service.stored() == [("guid", "received")]
    assert service.counted("tenon_webhook_deliveries_total", "pull_request") == 1.0


def test_a_forged_signature_is_refused(service: Service) -> None:
    answer = service.post(json.dumps(opened()).encode(), x_hub_signature_256=sign(b"something else"))
    assert_refused(service, answer, 401, Cause.BAD_SIGNATURE)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=abc", "é", "sha256=" + "0" * 64, "sha256=" + "F" * 64])
def test_a_malformed_signature_is_refused(service: Service, signature: str) -> None:
    body = json.dumps(opened()).encode()
    headers = {"content-type": "application/json", "x-hub-signature-256": signature.encode()}
    answer = service.client.post(f"{service.url}/webhooks/github", content=body, headers=headers)
    assert_refused(service, answer, 401, Cause.BAD_SIGNATURE)


def test_a_missing_signature_is_refused(service: Service) -> None:
    answer = service.post(json.dumps(opened()).encode(), x_hub_signature_256=None)
    assert_refused(service, answer, 401, Cause.NO_SIGNATURE)


def test_the_signature_is_checked_before_anything_is_parsed(service: Service) -> None:
    answer = service.post(b"{not json", event="nonsense", guid="", x_hub_signature_256=sign(b""))
    assert_refused(service, answer, 401, Cause.BAD_SIGNATURE)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 255), st.data())
def test_any_change_of_a_signed_body_is_refused(service: Service, body: bytes, flip: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body)))
    changed = body[:at] + bytes([flip]) + body[at + 1 :]
    if changed != body:
        assert service.post(changed, x_hub_signature_256=sign(body)).status_code == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", None])
def test_another_content_type_is_refused(service: Service, kind: str | None) -> None:
    answer = service.post(json.dumps(opened()).encode(), content_type=kind)
    assert_refused(service, answer, 415, Cause.WRONG_CONTENT_TYPE)


def test_a_content_type_may_name_its_charset(service: Service) -> None:
    answer = service.post(json.dumps(opened()).encode(), content_type="Application/JSON; charset=utf-8")
    assert answer.status_code == 202


def test_a_body_that_says_it_is_too_large_is_refused_unread(service: Service) -> None:
    answer = service.post(b"x" * (LIMIT + 1))
    assert_refused(service, answer, 413, Cause.TOO_LARGE)


def test_a_body_that_does_not_say_how_large_it_is_is_cut_off_at_the_limit(service: Service) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(LIMIT // 1024 + 1):
            yield b"x" * 1024

    headers = {"content-type": "application/json", "x-hub-signature-256": "sha256=0"}
    answer = service.client.post(f"{service.url}/webhooks/github", content=chunks(), headers=headers)
    assert_refused(service, answer, 413, Cause.TOO_LARGE)


@pytest.mark.parametrize("body", [b"", b"{", json.dumps(opened()).encode()[:-9], b"\xff\xfe", b"{} {}"])
def test_a_truncated_or_broken_body_is_refused(service: Service, body: bytes) -> None:
    assert_refused(service, service.post(body), 400, Cause.NOT_JSON)


def test_a_connection_that_breaks_in_the_middle_is_counted_and_stores_nothing(service: Service) -> None:
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        head = (
            "POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n"
        )
        connection.sendall(head.encode() + b'{"action"')
    until(lambda: service.rejected(Cause.NOT_JSON.value) == 1.0, "counted")
    assert service.stored() == []


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b'{"installation": 5}', b'{"installation": {"id": "x"}}'])
def test_json_of_another_shape_is_refused(service: Service, body: bytes) -> None:
    assert_refused(service, service.post(body), 422, Cause.WRONG_SHAPE)


def test_a_pull_request_event_without_pull_request_is_refused(service: Service) -> None:
    payload = opened()
    del payload["pull_request"]
    assert_refused(service, service.deliver(payload), 422, Cause.WRONG_SHAPE)


@pytest.mark.parametrize("event", ["workflow_run", "star", "", "PULL_REQUEST"])
def test_an_event_that_is_not_on_the_list_is_refused(service: Service, event: str) -> None:
    assert_refused(service, service.deliver(opened(), event=event), 422, Cause.UNKNOWN_EVENT)


@pytest.mark.parametrize("guid", [None, "", "a b", "../x", "x" * 101, "é"])
def test_a_missing_or_malformed_delivery_id_is_refused(service: Service, guid: str | None) -> None:
    encoded = guid.encode() if guid else guid
    answer = service.post(json.dumps(opened()).encode(), guid=encoded)  # type: ignore[arg-type]
    assert_refused(service, answer, 400, Cause.BAD_DELIVERY_ID)


def test_a_delivery_without_installation_is_refused(service: Service) -> None:
    payload = opened()
    del payload["installation"]
    assert_refused(service, service.deliver(payload), 422, Cause.NO_INSTALLATION)


def test_an_unknown_installation_is_refused(service: Service) -> None:
    assert_refused(service, service.deliver(opened(installation=99)), 404, Cause.UNKNOWN_INSTALLATION)


def test_a_suspended_installation_is_refused(service: Service) -> None:
    service.store.installations.learn(InstallationChange(1, "acme", InstallationState.SUSPENDED))
    assert_refused(service, service.deliver(opened()), 403, Cause.SUSPENDED_INSTALLATION)


def test_an_installation_event_makes_an_installation_known(service: Service) -> None:
    told = {"action": "created", "installation": {"id": 99, "account": {"login": "new"}}, "repositories": []}
    assert service.deliver(told, "installation", "i").json()["cause"] == "installation"
    assert service.deliver(opened(installation=99)).status_code == 202


def test_an_installation_older_than_the_database_is_asked_about_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def is_known(installation_id: int) -> bool:
        asked.append(installation_id)
        return installation_id == 5

    with served(tmp_path, is_known) as service:
        codes = [
            service.deliver(opened(installation=number), guid=f"g{i}").status_code for i, number in enumerate([5, 5, 6])
        ]
    assert (codes, asked) == ([202, 202, 404], [5, 6])


def test_when_github_cannot_say_the_delivery_is_kept(tmp_path: Path) -> None:
    def is_known(installation_id: int) -> bool:
        raise ForgeUnavailable("502")

    with served(tmp_path, is_known) as service:
        assert service.deliver(opened(installation=5)).status_code == 202


def test_a_redelivery_is_acknowledged_and_stored_once(service: Service) -> None:
    service.deliver(opened())
    answer = service.deliver(opened())
    assert (answer.status_code, answer.json()["status"]) == (202, "duplicate")
    assert service.stored() == [("guid", "received")]
    assert service.counted("tenon_webhook_duplicates_total", "pull_request") == 1.0


def test_tenons_own_acts_are_kept_and_counted_but_ask_for_nothing(service: Service) -> None:
    answer = service.deliver(opened(sender={"login": "tenon[bot]"}))
    assert (answer.status_code, answer.json()["cause"]) == (202, "own_act")
    assert service.stored() == [("guid", "ignored")]
    assert service.counted("tenon_webhook_ignored_total", "own_act") == 1.0


def test_a_ping_is_answered(service: Service) -> None:
    answer = service.deliver({"zen": "x", "hook_id": 1}, "ping")
    assert (answer.status_code, answer.json()) == (200, {"status": "pong"})


def test_many_deliveries_at_once_are_all_stored(service: Service) -> None:
    async def send_all() -> list[int]:
        async with httpx.AsyncClient(timeout=30.0) as client:
            return await asyncio.gather(*(send(client, number) for number in range(200)))

    async def send(client: httpx.AsyncClient, number: int) -> int:
        body = json.dumps(opened(number)).encode()
        headers = {
            "content-type": "application/json",
            "x-github-event": "pull_request",
            "x-github-delivery": f"g{number % 150}",
            "x-hub-signature-256": sign(body),
        }
        return (await client.post(f"{service.url}/webhooks/github", content=body, headers=headers)).status_code

    assert asyncio.run(send_all()) == [202] * 200
    assert len(service.stored()) == 150


def test_a_lost_store_is_503_and_the_sender_may_try_again(service: Service) -> None:
    with service.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO elsewhere")
    answer = service.deliver(opened())
    assert (answer.status_code, answer.json()["cause"]) == (503, "store_unavailable")
    with service.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO deliveries")
    assert service.deliver(opened()).json()["status"] == "accepted"


def test_health_and_readiness(service: Service) -> None:
    assert service.client.get(f"{service.url}/healthz").json() == {"status": "alive"}
    ready = service.client.get(f"{service.url}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "intake": "ok", "worker": "ok"})


def test_without_its_worker_the_service_is_alive_but_not_ready(tmp_path: Path) -> None:
    parts = Parts(worker_command=(sys.executable, "-c", "pass"))
    with running(configured(tmp_path), parts) as url, httpx.Client() as client:
        until(lambda: client.get(f"{url}/readyz").status_code == 503, "not ready")
        assert client.get(f"{url}/readyz").json()["worker"] == "failing"
        assert client.get(f"{url}/healthz").status_code == 200


def test_metrics_show_the_backlog_in_prometheus_text(service: Service) -> None:
    service.deliver(opened())
    answer = service.client.get(f"{service.url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'tenon_deliveries_open{state="received"} 1.0' in answer.text
    assert "tenon_webhook_seconds_bucket" in answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/webhooks/github"), ("POST", "/"), ("GET", "/docs")])
def test_nothing_else_is_served(service: Service, method: str, path: str) -> None:
    assert service.client.request(method, service.url + path).status_code in (404, 405)


def test_without_a_webhook_secret_there_is_no_service(tmp_path: Path) -> None:
    config = load({"TENON_DATA_DIR": str(tmp_path)})
    store = open_store(config.store_url())
    with pytest.raises(ConfigError, match="TENON_WEBHOOK_SECRET"), running(config, Parts(store=store)):
        pass
    with pytest.raises(ConfigError, match="TENON_WEBHOOK_SECRET"):
        create_app(config, store, None, Metrics())  # type: ignore[arg-type]


def test_a_taken_port_is_a_sentence_and_not_a_traceback(service: Service, tmp_path: Path) -> None:
    port = int(service.url.rpartition(":")[2])
    config = configured(tmp_path / "other").model_copy(update={"port": port})
    with pytest.raises(ConfigError, match="TENON_PORT"), running(config, Parts()):
        pass


def test_every_cause_has_an_answer() -> None:
    assert set(REFUSALS) == set(Cause)
    assert all(400 <= status < 600 and sentence for status, sentence in REFUSALS.values())


def test_the_web_process_stays_light() -> None:
    heavy = ("libcst", "langchain", "langchain_openai", "openai", "github", "dbos")
    code = f"import sys, bot.web, bot.service; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
