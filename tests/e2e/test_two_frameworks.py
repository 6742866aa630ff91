"""A web app and an MCP server in one folder: each gets a guard of its own kind, and each is asked for real."""

import importlib.util
from pathlib import Path

import httpx
import pytest

from fixtures.apps import load
from tests.apart import run_pytest
from tests.e2e.test_mcp_servers import App, call, started, written
from tests.issuer import Issuer
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

pytestmark = pytest.mark.slow

NAME = "fastapi_desk_agent"
WEB, TOOLS = "route-requires-auth", ("tool-requires-auth", "tool-requires-scope")
AGENT = App(
    NAME,
    "desk.agent:mcp.streamable_http_app()",
    ("read_ticket", {"ticket_id": 1}),
    ("close_ticket", {"ticket_id": 1}),
    (),
)
API = App(NAME, "desk.api:app", AGENT.reads, AGENT.writes, ())
PROOFS = {f"tests/test_controls_{each}.py" for each in ("identity", "tools", "scopes")}
# Who comes first has the plain name: the modules of the web app and of the server.
ORDERS = {
    "both at once": ([{WEB, *TOOLS}], "auth", "auth_mcp"),
    "the web app first": ([{WEB}, set(TOOLS)], "auth", "auth_mcp"),
    "the server first": ([set(TOOLS), {WEB, "state-change-is-audited"}], "auth_fastapi", "auth"),
}


def patched(files: dict[str, bytes], only: set[str]) -> dict[str, bytes]:
    sources = [SourceFile(path, content) for path, content in files.items()]
    report = scan(sources, Policy())
    result = remedies(sources, report, Policy(), only=only)
    assert not result.failures
    assert {each.status.value for each in result.patches} <= {"fixed"}
    return {**files, **result.files}


def in_order(order: str) -> dict[str, bytes]:
    files = load(NAME)
    for only in ORDERS[order][0]:
        files = patched(files, only)
    return files


@pytest.mark.parametrize("order", ORDERS)
def test_each_framework_has_a_module_of_its_own(order: str) -> None:
    after, (_, web, server) = in_order(order), ORDERS[order]
    assert f"from desk.controls.{web} import require_user" in after["desk/api.py"].decode()
    assert (
        f"from desk.controls.{server} import OidcVerifier, auth_settings, require_scope"
        in after["desk/agent.py"].decode()
    )
    assert b"from fastapi import" in after[f"desk/controls/{web}.py"]
    assert b"from mcp.server" in after[f"desk/controls/{server}.py"]
    assert after.keys() >= PROOFS


@pytest.mark.parametrize("order", ORDERS)
def test_a_second_run_changes_nothing(order: str) -> None:
    after = in_order(order)
    assert patched(after, set().union(*ORDERS[order][0])) == after


@pytest.mark.parametrize("order", ["both at once", "the server first"])
def test_every_proof_fails_before_and_passes_after(order: str, tmp_path: Path) -> None:
    before, after = load(NAME), in_order(order)
    code = {path for path in before if path.endswith(".py")}
    unpatched = {path: before[path] if path in code else content for path, content in after.items()}
    proofs = sorted(path for path in after if path.startswith("tests/test_controls_"))
    assert len(proofs) == (3 if order == "both at once" else 4)
    here, there = written(after, tmp_path / "after"), written(unpatched, tmp_path / "before")
    for proof in proofs:
        assert (run_pytest(here, proof).returncode, run_pytest(there, proof).returncode) == (0, 1), proof


def test_what_stands_beside_the_guard_asks_the_one_of_the_web_app(tmp_path: Path) -> None:
    folder = written(in_order("the server first"), tmp_path)
    text = (folder / "desk/controls/audit.py").read_text(encoding="utf-8")
    assert "record_denial" in text
    assert "from .audit import record_denial" in (folder / "desk/controls/auth_fastapi.py").read_text(encoding="utf-8")
    assert importlib.util.find_spec("desk") is None  # nothing of the app was imported here


@pytest.mark.parametrize("order", ["both at once", "the server first"])
def test_one_issuer_opens_both_and_strangers_open_neither(order: str, tmp_path: Path) -> None:
    folder = written(in_order(order), tmp_path)
    with Issuer() as issuer:
        with started(API, folder, issuer.settings) as url:
            tickets = url.replace("/mcp", "/tickets")
            assert httpx.get(url.replace("/mcp", "/health")).status_code == 200
            assert httpx.get(tickets).status_code == 401
            assert httpx.get(tickets, headers=issuer.bearer()).json() == []
        with started(AGENT, folder, issuer.settings) as url:
            assert httpx.post(url, json={}).status_code == 401
            assert call(url, issuer.token(), AGENT.reads)[0] is False
            assert "scope tools:write is missing" in call(url, issuer.token(), AGENT.writes)[1]
            assert call(url, issuer.token(scope="tools:write"), AGENT.writes)[0] is False
