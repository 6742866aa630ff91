"""What `controls.audit` writes for the routes of a FastAPI app: the contract's part on audit."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from tests.issuer import Issuer
from tests.transforms.audit_lines import Lines, collect_lines, fresh_audit_logger
from tests.transforms.controls_package import controls_of


@pytest.fixture(autouse=True)
def as_at_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AUDIT_FILE", "AUDIT_RETENTION_DAYS"):
        monkeypatch.delenv(name, raising=False)
    with fresh_audit_logger():
        yield


@pytest.fixture
def lines() -> Lines:
    return collect_lines()


@pytest.fixture
def controls(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "audit", "auth") as controls:
        yield controls


@pytest.fixture
def audit(controls: ModuleType) -> ModuleType:
    return controls.audit


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    with Issuer() as issuer:
        for name, value in issuer.settings.items():
            monkeypatch.setenv(name, value)
        yield issuer


def orders(controls: ModuleType, order_of: str = "guard first") -> FastAPI:
    """Deletes orders: by id, and in each way a handler can end."""
    audited, admin = controls.audit.audited("order.delete", resource="order"), controls.auth.require_role("admin")
    both = [Depends(admin), Depends(audited)]
    dependencies = both if order_of.startswith("guard first") else both[::-1]
    app = FastAPI(title="Corner Shop")
    if order_of.endswith("with middleware"):
        app.add_middleware(controls.audit.AuditTrail)

    @app.delete("/orders/{order_id}", dependencies=dependencies)
    def delete(order_id: int, ends: str = "well") -> Any:
        match ends:
            case "missing":
                raise HTTPException(404, "no order with the password hunter2")
            case "forbidden":
                raise HTTPException(403, "not yours")
            case "crash":
                raise RuntimeError("password hunter2")
            case "returned 409":
                return JSONResponse({}, 409)
            case "returned 403":
                return JSONResponse({}, 403)
        return {"deleted": order_id}

    return app


@pytest.fixture(params=["guard first", "audit first", "guard first with middleware", "audit first with middleware"])
def client(controls: ModuleType, issuer: Issuer, request: pytest.FixtureRequest) -> TestClient:
    return TestClient(orders(controls, request.param), raise_server_exceptions=False)


def admin(issuer: Issuer, **claims: Any) -> dict[str, str]:
    return issuer.bearer(roles=["admin"], tenant_id="acme", **claims)


# --- one line for one request


def test_a_state_change_is_exactly_one_success_line_with_every_field(
    client: TestClient, issuer: Issuer, lines: Lines
) -> None:
    headers = admin(issuer, sub="ann") | {"X-Request-ID": "req-7"}
    assert client.delete("/orders/42?token=abc", headers=headers).status_code == 200
    (event,) = lines.events
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event.pop("time"))
    assert event == {
        "header": {"version": 1, "retention_days": None},
        "class_uid": 6003,
        "app": "Corner Shop",
        "actor": {"id": "ann", "kind": "human", "tenant": "acme"},
        "action": "order.delete",
        "resource": {"type": "order", "id": "42"},
        "outcome": "success",
        "reason": None,
        "request": {"id": "req-7", "method": "DELETE", "path": "/orders/42", "ip": "testclient"},
    }


def test_a_program_is_recorded_as_one(client: TestClient, issuer: Issuer, lines: Lines) -> None:
    client.delete("/orders/42", headers=admin(issuer, sub="batch", client_id="batch"))
    assert lines.events[0]["actor"] == {"id": "batch", "kind": "workload", "tenant": "acme"}


def test_a_caller_without_token_is_exactly_one_denied_line(client: TestClient, lines: Lines) -> None:
    assert client.delete("/orders/42").status_code == 401
    (event,) = lines.events
    assert (event["action"], event["outcome"], event["reason"]) == ("order.delete", "denied", "no bearer token")
    assert event["actor"] == {"id": None, "kind": "anonymous", "tenant": None}
    assert event["resource"] == {"type": "order", "id": "42"}


def test_a_caller_without_the_role_is_exactly_one_denied_line(client: TestClient, issuer: Issuer, lines: Lines) -> None:
    assert client.delete("/orders/42", headers=issuer.bearer(sub="bob")).status_code == 403
    (event,) = lines.events
    assert (event["outcome"], event["reason"]) == ("denied", "role admin is missing")
    assert event["actor"]["id"] == "bob"


def test_a_forged_token_is_exactly_one_denied_line_without_the_token(
    client: TestClient, issuer: Issuer, lines: Lines
) -> None:
    token = issuer.token(aud="elsewhere")
    client.delete("/orders/42", headers={"Authorization": f"Bearer {token}"})
    assert lines.outcomes == [("order.delete", "denied")]
    assert token not in lines.texts[0]


@pytest.mark.parametrize(
    ("ends", "outcome", "reason"),
    [
        ("missing", "error", "404 Not Found"),
        ("forbidden", "denied", "403 Forbidden"),
        ("crash", "error", "RuntimeError"),
    ],
)
def test_each_other_end_is_exactly_one_line(
    client: TestClient, issuer: Issuer, lines: Lines, ends: str, outcome: str, reason: str
) -> None:
    client.delete("/orders/42", params={"ends": ends}, headers=admin(issuer))
    (event,) = lines.events
    assert (event["outcome"], event["reason"]) == (outcome, reason)
    assert "hunter2" not in lines.texts[0]


def test_a_request_that_is_not_well_formed_is_one_error_line(client: TestClient, issuer: Issuer, lines: Lines) -> None:
    assert client.delete("/orders/not-a-number", headers=admin(issuer)).status_code == 422
    assert lines.outcomes == [("order.delete", "error")]


def test_an_issuer_that_is_down_leaves_no_success_line(client: TestClient, issuer: Issuer, lines: Lines) -> None:
    issuer.broken = True
    assert client.delete("/orders/42", headers=admin(issuer)).status_code == 503
    assert ("order.delete", "success") not in lines.outcomes
    assert len(lines.events) <= 1


def test_a_guard_and_a_router_that_both_record_still_give_one_line(
    controls: ModuleType, issuer: Issuer, lines: Lines
) -> None:
    router = APIRouter(prefix="/orders", dependencies=[Depends(controls.audit.audited())])

    @router.post("", dependencies=[Depends(controls.audit.audited("order.create", resource="order"))])
    async def create() -> str:
        return "made"

    app = FastAPI()
    app.include_router(router)
    app.add_middleware(controls.audit.AuditTrail)
    assert TestClient(app).post("/orders").status_code == 200
    assert lines.outcomes == [("order.create", "success")]


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", "/v1/orders", "orders.create"),
        ("DELETE", "/v1/orders/7", "orders.delete"),
        ("PUT", "/v1/orders/7/lines", "lines.update"),
    ],
)
def test_a_router_that_names_no_action_gets_one_from_path_and_method(
    controls: ModuleType, lines: Lines, method: str, path: str, action: str
) -> None:
    router = APIRouter(dependencies=[Depends(controls.audit.audited())])
    for template in ("", "/{order_id}", "/{order_id}/lines"):
        router.add_api_route(template, lambda: "done", methods=["POST", "PUT", "DELETE"])
    app = FastAPI()
    app.include_router(router, prefix="/v1/orders")
    assert TestClient(app).request(method, path).status_code == 200
    assert lines.outcomes == [(action, "success")]


# --- apps with a guard of their own


def own_guard_app(controls: ModuleType) -> FastAPI:
    """An app whose own guard knows nothing of the audit trail, and whose refusals have many shapes."""
    app = FastAPI()
    app.add_middleware(controls.audit.AuditTrail)

    def own_guard(request: Request) -> dict[str, Any]:
        if "cookie" not in request.headers:
            raise HTTPException(401, "sign in first")
        request.state.user = {"id": 7, "org_id": "acme", "password": "hunter2"}
        return {"id": 7}

    @app.post("/notes", dependencies=[Depends(own_guard), Depends(controls.audit.audited("note.create", "note"))])
    def create(ends: str = "well") -> Any:
        return JSONResponse({}, int(ends)) if ends.isdigit() else {"id": 1}

    @app.get("/quiet", dependencies=[Depends(own_guard)])
    def quiet() -> str:
        return "read"

    return app


def test_the_app_s_own_user_is_the_actor(controls: ModuleType, lines: Lines) -> None:
    TestClient(own_guard_app(controls)).post("/notes", headers={"cookie": "a=b"})
    assert lines.events[0]["actor"] == {"id": "7", "kind": "human", "tenant": "acme"}


@pytest.mark.parametrize(
    ("status", "outcome"), [("403", "denied"), ("409", "error"), ("500", "error"), ("201", "success")]
)
def test_with_the_middleware_a_returned_status_counts_too(
    controls: ModuleType, lines: Lines, status: str, outcome: str
) -> None:
    TestClient(own_guard_app(controls)).post("/notes", params={"ends": status}, headers={"cookie": "a=b"})
    assert lines.outcomes == [("note.create", outcome)]


def test_with_the_middleware_a_refusal_by_the_app_s_own_guard_is_one_denied_line(
    controls: ModuleType, lines: Lines
) -> None:
    client = TestClient(own_guard_app(controls))
    client.post("/notes")
    client.get("/quiet")
    assert lines.outcomes == [("note.create", "denied"), ("quiet.read", "denied")]


def test_reads_are_not_recorded_unless_asked_for(controls: ModuleType, lines: Lines) -> None:
    TestClient(own_guard_app(controls)).get("/quiet", headers={"cookie": "a=b"})
    assert lines.texts == []


# --- events of other kinds


@pytest.mark.parametrize(
    ("action", "class_uid"),
    [
        ("session.sign_in", 3002),
        ("sign_out", 3002),
        ("user.invite", 3007),
        ("role.grant", 3008),
        ("permission.change", 3008),
        ("order.delete", 6003),
        ("tenancy.all_tenants", 6003),
        ("tool.call", 6003),
    ],
)
def test_the_ocsf_class_follows_from_the_action(audit: ModuleType, lines: Lines, action: str, class_uid: int) -> None:
    audit.record_event(action)
    assert lines.events[0]["class_uid"] == class_uid


def test_an_event_without_request_has_all_fields_too(audit: ModuleType, lines: Lines) -> None:
    audit.record_event("role.grant", resource="user", resource_id=7, actor={"id": "ann"}, class_uid=3007)
    (event,) = lines.events
    assert event["class_uid"] == 3007
    assert event["request"] == {"id": None, "method": None, "path": None, "ip": None}
    assert event["actor"] == {"id": "ann", "kind": "human", "tenant": None}
    assert event["resource"] == {"type": "user", "id": "7"}


def test_values_whose_names_look_like_secrets_are_redacted(audit: ModuleType, lines: Lines) -> None:
    audit.record_event(
        "user.update",
        details={
            "email": "a@b.example",
            "password": "hunter2",
            "nested": [{"apiKey": "hunter2", "api_key": "hunter2", "Authorization": "hunter2", "role": "admin"}],
            "access_token": {"deep": "hunter2"},
            "session_cookie": "hunter2",
        },
    )
    assert "hunter2" not in lines.texts[0]
    details = lines.events[0]["details"]
    assert (details["email"], details["password"], details["nested"][0]["role"]) == (
        "a@b.example",
        "[redacted]",
        "admin",
    )


def test_a_secret_in_the_path_is_redacted(audit: ModuleType, lines: Lines) -> None:
    app = FastAPI()
    app.add_api_route(
        "/reset/{reset_token}",
        lambda: "ok",
        methods=["POST"],
        dependencies=[Depends(audit.audited("user.reset", resource="user"))],
    )
    TestClient(app).post("/reset/hunter2")
    assert "hunter2" not in lines.texts[0]
    assert lines.events[0]["request"]["path"] == "/reset/[redacted]"


def test_a_line_stays_one_line_whatever_the_caller_sends(audit: ModuleType, lines: Lines) -> None:
    app = FastAPI()
    app.add_api_route("/o/{name}", lambda: "ok", methods=["POST"], dependencies=[Depends(audit.audited("o.make"))])
    TestClient(app).post('/o/a%0Ab"%7D', headers={"x-request-id": "<script>"})
    assert "\n" not in lines.texts[0]
    assert lines.events[0]["resource"]["id"] == 'a\nb"}'
    assert lines.events[0]["request"]["id"] != "<script>"
