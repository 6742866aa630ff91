"""Two services of one repository that shared a key, patched: the caller shows a token, and the key opens nothing.

Both run under uvicorn, and the token comes from a real identity provider by client credentials, or from a file as a
platform would project it.
"""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from fixtures.apps import load
from tests.apart import run_pytest
from tests.e2e.served import UVICORN, served
from tests.e2e.test_flask_apps import diff_of, status, written
from tests.e2e.test_flask_apps import served as served_by_gunicorn
from tests.issuer import Issuer
from tests.provider import AUDIENCE, Provider, provider
from transforms.engine import Remedies, Status, remedies, scan
from transforms.examples.workload_identity_between_services import FLASK
from transforms.policy import Policy
from transforms.source import SourceFile

CONTROL = "workload-identity-between-services"
NAME, KEY = "fastapi_services", "the-key-that-both-knew"
PROOF = "tests/test_controls_workload_identity.py"
RESERVATION, BASKET = "/reservations/tea", "/basket/tea"
OLD = {"X-Internal-Token": KEY}


def patched(files: Mapping[str, bytes]) -> Remedies:
    given = [SourceFile(path, content) for path, content in files.items()]
    return remedies(given, scan(given, Policy()), Policy(), only={CONTROL})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = load(NAME)
    return written(tmp_path_factory.mktemp("after"), {**files, **patched(files).files})


def test_one_patch_changes_both_sides_and_nothing_else() -> None:
    files = load(NAME)
    result = patched(files)
    (patch,) = result.patches
    assert patch.status is Status.FIXED
    assert sorted(finding.subject.name.partition(":")[0] for finding in patch.findings) == [
        "reserve sends x-internal-token",
        "reserved sends x-internal-token",
        "verify_internal_token",
    ]
    assert diff_of(files, result.files) == (Path(__file__).parent / f"{NAME}.diff").read_text(encoding="utf-8")


def test_a_second_run_finds_nothing_to_do() -> None:
    files = load(NAME)
    again = patched({**files, **patched(files).files})
    assert not again.patches
    assert not again.files


def test_the_patch_says_who_needs_what_before_it_is_merged() -> None:
    (patch,) = patched(load(NAME)).patches
    said = " ".join(patch.todo)
    for word in ("storefront/orders.py", "WORKLOAD_AUDIENCE", "OIDC_ISSUER", "together", "orders/tests/test_orders.py"):
        assert word in said


def test_every_name_of_the_settings_is_in_the_example_and_no_value() -> None:
    text = patched(load(NAME)).files["storefront/.env.example"].decode()
    assert {"OIDC_ISSUER=", "WORKLOAD_AUDIENCE=", "WORKLOAD_CLIENT_ID=", "# WORKLOAD_CLIENT_SECRET="} <= set(
        text.splitlines()
    )


@pytest.mark.slow
def test_the_orders_own_tests_pass_before_and_after_and_the_proof_only_after(app: Path, tmp_path: Path) -> None:
    before = written(tmp_path, load(NAME)) / "orders"
    assert run_pytest(before).returncode == 0
    passed = run_pytest(app / "orders")
    assert passed.returncode == 0, passed.stdout[-3000:]
    (before / PROOF).write_bytes((app / "orders" / PROOF).read_bytes())
    failed = run_pytest(before, PROOF)
    assert failed.returncode == 1, failed.stdout[-2000:]
    assert "refuses_the_key_that_all_shared" in failed.stdout


@pytest.fixture(scope="module")
def issuer() -> Iterator[Provider]:
    with provider() as started:
        yield started


@pytest.fixture(scope="module")
def orders(app: Path, issuer: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    log = tmp_path_factory.mktemp("log") / "orders.txt"
    with served(app / "orders", UVICORN, "main:app", {**issuer.settings, "INTERNAL_TOKEN": KEY}, log) as client:
        yield client


def storefront_settings(orders: httpx.Client, issuer: Provider) -> dict[str, str]:
    return {
        "ORDERS_URL": str(orders.base_url),
        "INTERNAL_TOKEN": KEY,
        "OIDC_ISSUER": issuer.url,
        "WORKLOAD_AUDIENCE": AUDIENCE,
        "WORKLOAD_CLIENT_ID": "worker",
        "WORKLOAD_CLIENT_SECRET": issuer.secret,
    }


@pytest.mark.slow
def test_the_caller_reaches_the_orders_with_a_token_of_its_own(
    app: Path, orders: httpx.Client, issuer: Provider, tmp_path: Path
) -> None:
    settings = storefront_settings(orders, issuer)
    with served(app / "storefront", UVICORN, "main:app", settings, tmp_path / "log.txt") as shop:
        reserved = [shop.post(BASKET).json()["reserved"] for _ in range(2)]
        assert shop.get(BASKET).json() == {"sku": "tea", "reserved": reserved[-1]}
        assert reserved[1] == reserved[0] + 1


@pytest.mark.slow
def test_a_token_that_the_platform_projects_needs_no_secret(
    app: Path, orders: httpx.Client, issuer: Provider, tmp_path: Path
) -> None:
    projected = tmp_path / "token"
    projected.write_text(issuer.workload_token(), encoding="utf-8")
    settings = {
        "ORDERS_URL": str(orders.base_url),
        "WORKLOAD_AUDIENCE": AUDIENCE,
        "WORKLOAD_TOKEN_FILE": str(projected),
    }
    with served(app / "storefront", UVICORN, "main:app", settings, tmp_path / "log.txt") as shop:
        assert shop.get(BASKET).status_code == 200
        projected.write_text("no.longer.good", encoding="utf-8")
        assert shop.get(BASKET).status_code == 500


@pytest.mark.slow
@pytest.mark.parametrize(
    "missing", ["WORKLOAD_CLIENT_ID", "WORKLOAD_CLIENT_SECRET", "WORKLOAD_AUDIENCE", "OIDC_ISSUER"]
)
def test_without_an_identity_the_caller_sends_nothing(
    app: Path, orders: httpx.Client, issuer: Provider, tmp_path: Path, missing: str
) -> None:
    settings = {name: value for name, value in storefront_settings(orders, issuer).items() if name != missing}
    log = tmp_path / "log.txt"
    with served(app / "storefront", UVICORN, "main:app", settings, log) as shop:
        assert [shop.post(BASKET).status_code, shop.get("/health").status_code] == [500, 200]
    said = log.read_text(encoding="utf-8")
    assert "WorkloadTokenUnavailable" in said
    assert missing in said
    assert issuer.secret not in said


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_key_that_all_shared_opens_nothing(orders: httpx.Client, method: str) -> None:
    assert orders.request(method, RESERVATION).status_code == 401
    assert orders.request(method, RESERVATION, headers=OLD).status_code == 401
    assert orders.request(method, RESERVATION, headers={"Authorization": f"Bearer {KEY}"}).status_code == 401
    assert orders.get("/health").status_code == 200


@pytest.mark.slow
def test_a_person_and_a_program_of_somebody_else_are_refused(orders: httpx.Client, issuer: Provider) -> None:
    assert orders.get(RESERVATION, headers=issuer.bearer("ada")).status_code == 403
    with provider() as other, Issuer() as forger:
        stranger = {"Authorization": f"Bearer {other.workload_token()}"}
        assert orders.get(RESERVATION, headers=stranger).status_code == 401
        forged = forger.bearer(iss=issuer.url, aud=AUDIENCE, sub="worker", client_id="worker")
        assert orders.get(RESERVATION, headers=forged).status_code == 401


@pytest.mark.slow
def test_before_the_patch_whoever_knew_the_key_came_in(tmp_path: Path) -> None:
    before = written(tmp_path / "before", load(NAME))
    with served(before / "orders", UVICORN, "main:app", {"INTERNAL_TOKEN": KEY}, tmp_path / "log.txt") as orders:
        assert orders.get(RESERVATION).status_code == 401
        assert orders.get(RESERVATION, headers=OLD).status_code == 200


def test_no_token_and_no_key_is_written_into_the_patch(app: Path) -> None:
    found = subprocess.run(["grep", "-rl", KEY, str(app)], capture_output=True, text=True, check=False)
    assert found.stdout == ""


@pytest.mark.slow
def test_a_flask_app_behind_gunicorn_lets_programs_in_and_no_key(tmp_path: Path) -> None:
    files = {"app.py": FLASK.format(imports="", guard="internal_only").encode()}
    folder = written(tmp_path, {**files, **patched(files).files})
    with Issuer() as issuer, Issuer() as forger:
        program = issuer.bearer(sub="shop", client_id="shop")
        forged = forger.bearer(iss=issuer.url, sub="shop", client_id="shop")
        wrong_audience = issuer.bearer(sub="shop", client_id="shop", aud="another-api")
        with served_by_gunicorn(folder, "app:app", {**issuer.settings, "INTERNAL_TOKEN": KEY}) as address:
            asked = [{}, OLD, forged, wrong_audience, issuer.bearer(sub="ann"), program]
            assert [status("POST", f"{address}/sync", each) for each in asked] == [401, 401, 401, 401, 403, 200]
    with served_by_gunicorn(folder, "app:app", {"INTERNAL_TOKEN": KEY}) as address:
        assert [status("POST", f"{address}/sync", each) for each in (OLD, program)] == [503, 503]
