"""Servers of agent tools, patched and started for real: strangers get 401, and what writes asks for its scope."""

import asyncio
import difflib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastmcp import Client

from fixtures.apps import load
from tests.apart import run_pytest
from tests.issuer import Issuer
from transforms.engine import remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

pytestmark = pytest.mark.slow

PROOFS = ("tests/test_controls_scopes.py", "tests/test_controls_tools.py")
ONLY = {"tool-requires-auth", "tool-requires-scope"}


@dataclass(frozen=True)
class App:
    """One fixture app: what is served, the tools that read and write, and what the patch does to its code."""

    name: str
    served: str  # a module and the expression that is its ASGI app
    reads: tuple[str, dict[str, Any]]
    writes: tuple[str, dict[str, Any]]
    changed: tuple[str, ...]  # the added and removed lines of its own Python files


ORDERS = App(
    "mcp_orders",
    "orders.server:mcp.streamable_http_app()",
    ("read_order", {"order_id": 1}),
    ("place_order", {"item": "tea"}),
    (
        "+from orders.controls.auth import OidcVerifier, auth_settings, require_scope",
        "+    auth=auth_settings(),",
        "+    token_verifier=OidcVerifier(),",
        '+    require_scope("tools:write")',
        '+    require_scope("tools:write")',
    ),
)
PARCELS = App(
    "mcp_parcels",
    "parcels.main:app",
    ("where_is", {"parcel": "a"}),
    ("scan", {"parcel": "a", "place": "here"}),
    (
        "+from parcels.controls.auth import auth_provider",
        '-mcp = FastMCP("parcels")',
        '+mcp = FastMCP("parcels", auth=auth_provider())',
        "+from parcels.controls.auth import require_scope",
        '+        require_scope("tools:write")',
    ),
)
each_app = pytest.mark.parametrize("app", [ORDERS, PARCELS], ids=lambda app: app.name)


def patched(files: dict[str, bytes]) -> dict[str, bytes]:
    sources = [SourceFile(path, content) for path, content in files.items()]
    result = remedies(sources, scan(sources, Policy()), Policy(), only=ONLY)
    assert not result.failures
    return {**files, **result.files}


def written(files: dict[str, bytes], folder: Path) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def changed_lines(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """What is added to and removed from the Python files that were there."""
    found = []
    for path in sorted(each for each in before if each.endswith(".py")):
        old, new = (files[path].decode().splitlines() for files in (before, after))
        found += [line for line in difflib.ndiff(old, new) if line[:2] in ("+ ", "- ") and line[2:].strip()]
    return [line[0] + line[2:] for line in found]


@contextmanager
def started(app: App, folder: Path, environ: dict[str, str]) -> Iterator[str]:
    """The app's server in a process of its own, on a socket that is open before it starts; gives its endpoint's URL."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        module, _, served = app.served.partition(":")
        options = f"fd={listening.fileno()}, log_level='warning'"
        command = [sys.executable, "-c", f"import uvicorn, {module} as m; uvicorn.run(m.{served}, {options})"]
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "MCP_SERVER_URL": url, **environ}
        with subprocess.Popen(command, cwd=folder, env=environ, pass_fds=[listening.fileno()]) as process:
            try:
                httpx.get(url, timeout=60)
                yield url
            finally:
                process.terminate()


def call(url: str, token: str | None, tool: tuple[str, dict[str, Any]]) -> tuple[bool, str]:
    """Call a tool as an MCP client does: whether it failed, and what it said."""

    async def calling() -> tuple[bool, str]:
        async with Client(url, auth=token) as client:
            answer = await client.call_tool(tool[0], tool[1], raise_on_error=False)
            return answer.is_error, str(answer.content)

    return asyncio.run(calling())


@each_app
def test_the_patch_touches_only_these_lines_and_a_second_run_none(app: App) -> None:
    before = load(app.name)
    after = patched(before)
    assert sorted(changed_lines(before, after)) == sorted(app.changed)
    assert patched(after) == after
    package = app.name.removeprefix("mcp_")
    assert {path for path in after.keys() - before.keys() if path.endswith(".py")} == {
        f"{package}/controls/__init__.py",
        f"{package}/controls/auth.py",
        *PROOFS,
    }


@each_app
def test_without_the_patch_a_stranger_writes(app: App, tmp_path: Path) -> None:
    with started(app, written(load(app.name), tmp_path), {}) as url:
        failed, _ = call(url, None, app.writes)
        assert not failed


@each_app
def test_with_the_patch_tools_ask_who_is_calling_and_what_it_may(app: App, tmp_path: Path) -> None:
    with Issuer() as issuer, started(app, written(patched(load(app.name)), tmp_path), issuer.settings) as url:
        assert httpx.post(url, json={}).status_code == 401
        assert httpx.post(url, json={}, headers={"Authorization": "Bearer made-up"}).status_code == 401
        assert httpx.post(url, json={}, headers=issuer.bearer(aud="elsewhere")).status_code == 401
        assert call(url, issuer.token(), app.reads)[0] is False
        failed, said = call(url, issuer.token(scope="tools:read"), app.writes)
        assert failed
        assert "not allowed: scope tools:write is missing" in said
        assert call(url, issuer.token(scope="tools:read tools:write"), app.writes)[0] is False


@each_app
def test_without_an_issuer_nobody_gets_in_and_public_routes_stay_public(app: App, tmp_path: Path) -> None:
    with Issuer() as issuer, started(app, written(patched(load(app.name)), tmp_path), {}) as url:
        assert httpx.post(url, json={}, headers=issuer.bearer()).status_code == 401
        if app is ORDERS:
            assert httpx.get(url.replace("/mcp", "/health")).json() == {"status": "ok"}


@pytest.mark.parametrize("proof", PROOFS)
@each_app
def test_each_proof_fails_before_and_passes_after(app: App, proof: str, tmp_path: Path) -> None:
    before, after = load(app.name), patched(load(app.name))
    own = {path for path in before if path.endswith(".py")}
    unpatched = {path: before.get(path, content) if path in own else content for path, content in after.items()}
    assert run_pytest(written(after, tmp_path / "after"), proof).returncode == 0
    assert run_pytest(written(unpatched, tmp_path / "before"), proof).returncode == 1
