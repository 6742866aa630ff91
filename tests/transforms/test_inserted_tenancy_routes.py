"""What `controls.tenancy` does to the routes of a FastAPI app, with its own guard and with `controls.auth`."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.issuer import Issuer
from tests.transforms.controls_package import controls_of
from tests.transforms.owned_rows import documents


@pytest.fixture
def controls(tmp_path: Path) -> Iterator[ModuleType]:
    with controls_of(tmp_path, "audit", "auth", "tenancy") as controls:
        yield controls
        controls.tenancy._scopes.clear()
        controls.tenancy.forget()


@pytest.fixture
def tenancy(controls: ModuleType) -> ModuleType:
    return controls.tenancy


@pytest.fixture
def model(tenancy: ModuleType) -> SimpleNamespace:
    return documents(tenancy)


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    with Issuer() as issuer:
        for name, value in issuer.settings.items():
            monkeypatch.setenv(name, value)
        yield issuer


def notebook(controls: ModuleType, model: SimpleNamespace, scope: Any) -> FastAPI:
    """Sync and async routes over the documents, which know nothing of tenants."""
    app, router = FastAPI(), APIRouter(dependencies=[Depends(scope)])

    def get_db() -> Iterator[Session]:
        with Session(model.engine) as session:
            yield session

    Db = Annotated[Session, Depends(get_db)]  # noqa: N806

    @router.get("/docs")
    def documents(db: Db) -> list[str]:
        return list(db.scalars(select(model.Doc.body)))

    @router.get("/async/docs")
    async def documents_async(db: Db) -> list[str]:
        return list(db.scalars(select(model.Doc.body)))

    @router.get("/docs/{doc_id}")
    def document(doc_id: int, db: Db) -> str:
        doc = db.get(model.Doc, doc_id)
        if doc is None:
            raise HTTPException(404, "Not found")
        return str(doc.body)

    @router.post("/docs")
    def create(doc: dict[str, Any], db: Db) -> str:
        row = model.Doc(**doc)
        db.add(row)
        db.commit()
        return str(row.tenant_id)

    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
def client(controls: ModuleType, model: SimpleNamespace, issuer: Issuer) -> TestClient:
    return TestClient(notebook(controls, model, controls.tenancy.tenant_scope))


@pytest.mark.parametrize("path", ["/v1/docs", "/v1/async/docs"])
def test_each_caller_gets_the_own_tenant_s_rows(client: TestClient, issuer: Issuer, path: str) -> None:
    assert client.get(path, headers=issuer.bearer(tenant_id="a")).json() == ["a1"]
    assert client.get(path, headers=issuer.bearer(tenant_id="b")).json() == ["b1", "cross"]


def test_another_tenant_s_row_answers_like_one_that_is_not_there(client: TestClient, issuer: Issuer) -> None:
    other = client.get("/v1/docs/2", headers=issuer.bearer(tenant_id="a"))
    missing = client.get("/v1/docs/99", headers=issuer.bearer(tenant_id="a"))
    assert (other.status_code, other.json()) == (missing.status_code, missing.json()) == (404, {"detail": "Not found"})
    assert client.get("/v1/docs/1", headers=issuer.bearer(tenant_id="a")).json() == "a1"


def test_a_row_made_for_another_tenant_is_refused_without_a_server_error(client: TestClient, issuer: Issuer) -> None:
    token = issuer.bearer(tenant_id="a")
    assert client.post("/v1/docs", json={"body": "x", "tenant_id": "b"}, headers=token).status_code == 404
    assert client.post("/v1/docs", json={"body": "x"}, headers=token).json() == "a"


def test_the_scope_is_a_guard_too(client: TestClient) -> None:
    assert client.get("/v1/docs").status_code == 401


def test_a_caller_without_tenant_is_403(client: TestClient, issuer: Issuer) -> None:
    assert client.get("/v1/docs", headers=issuer.bearer()).status_code == 403


def test_the_guard_alone_already_gives_the_tenant(controls: ModuleType, model: SimpleNamespace, issuer: Issuer) -> None:
    client = TestClient(notebook(controls, model, controls.auth.require_user))
    assert client.get("/v1/docs", headers=issuer.bearer(tenant_id="a")).json() == ["a1"]


def test_no_tenant_is_left_behind_after_the_request(client: TestClient, issuer: Issuer, tenancy: ModuleType) -> None:
    client.get("/v1/docs", headers=issuer.bearer(tenant_id="a"))
    with pytest.raises(tenancy.TenantNotSet):
        tenancy.current_tenant()


@pytest.mark.parametrize("user", [{"org_id": "a", "id": 7}, SimpleNamespace(org_id="a", id=7)])
def test_an_app_s_own_guard_can_say_who_is_calling(controls: ModuleType, model: SimpleNamespace, user: object) -> None:
    scope = controls.tenancy.scope_from(lambda: user, tenant="org_id", owner="id")
    assert TestClient(notebook(controls, model, scope)).get("/v1/docs").json() == ["a1"]


def test_a_sync_dependency_that_sets_the_tenant_would_not_be_seen(controls: ModuleType, model: SimpleNamespace) -> None:
    """The trap that the async generator avoids: a sync dependency runs in a copy of the context."""

    def sync_scope() -> None:
        controls.tenancy._tenant.set("a")

    client = TestClient(notebook(controls, model, sync_scope), raise_server_exceptions=False)
    assert client.get("/v1/docs").status_code == 500


def test_without_a_sign_in_module_the_app_s_own_guard_still_works(tmp_path: Path) -> None:
    with controls_of(tmp_path, "tenancy") as controls:
        assert not hasattr(controls.tenancy, "tenant_scope")
        with pytest.raises(controls.tenancy.TenantNotSet):
            controls.tenancy.current_tenant()
        with controls.tenancy.all_tenants("no audit module here"):
            pass
