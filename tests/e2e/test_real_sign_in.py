"""Patched apps in real servers, asked by callers who signed in at a real identity provider, or did not."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.served import UVICORN, patched, served
from tests.provider import Provider, provider

pytestmark = pytest.mark.slow
ORDER = {"tenant_id": "acme", "product": "tea"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Provider]:
    with provider() as started:
        yield started


@pytest.fixture(scope="module")
def shop(issuer: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("shop")
    log = tmp_path_factory.mktemp("log") / "server.txt"
    with served(patched("fastapi_shop", folder), UVICORN, "shop.main:app", issuer.settings, log) as client:
        yield client


def test_a_public_route_is_open_to_everybody(shop: httpx.Client) -> None:
    assert shop.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize("method, path", [("GET", "/orders"), ("POST", "/orders"), ("DELETE", "/orders/1")])
def test_nobody_passes_without_a_token(shop: httpx.Client, method: str, path: str) -> None:
    answer = shop.request(method, path, json=ORDER)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_person_who_signed_in_with_the_code_flow_passes(shop: httpx.Client, issuer: Provider) -> None:
    # the shop's database is not there: what answers is the handler, and no longer the guard
    assert shop.get("/orders", headers=issuer.bearer("ben")).status_code == 500


def test_a_workload_signs_in_with_client_credentials_and_has_no_tenant_whose_rows_it_could_see(
    shop: httpx.Client, issuer: Provider
) -> None:
    bearer = {"Authorization": f"Bearer {issuer.workload_token()}"}
    assert shop.get("/orders", headers=bearer).status_code == 403


def test_an_id_token_is_no_access_token(shop: httpx.Client, issuer: Provider) -> None:
    bearer = {"Authorization": f"Bearer {issuer.sign_in('ben')['id_token']}"}
    assert shop.get("/orders", headers=bearer).status_code == 401


def test_a_token_of_another_provider_is_refused(shop: httpx.Client) -> None:
    with provider() as other:
        assert shop.get("/orders", headers=other.bearer("ada")).status_code == 401
