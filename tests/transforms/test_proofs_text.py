"""The text of rendered proofs: names, harmless values, lint, and nothing that does not belong there."""

import ast
import re
import subprocess
import sys

import pytest

from tests.transforms.test_proofs_run import PROOFS
from transforms.proofs import (
    AuditCase,
    KeyedCase,
    RouteCase,
    SecretCase,
    TenancyCase,
    render_audit,
    render_auth,
    render_refusals,
    render_secrets,
    render_workloads,
)
from transforms.proofs import render_tenancy as render_tenancy_proof
from transforms.proofs.cases import CloudCase, OwnerCase, ScopeCase, SentCase, TokenCase
from transforms.proofs.clouds import render_clouds
from transforms.proofs.naming import Names, filled, route_slug
from transforms.proofs.owners import render_owners
from transforms.proofs.scopes import render_scopes
from transforms.proofs.senders import render_senders
from transforms.proofs.tokens import render_tokens
from transforms.proofs.tools import render_tools

SYNC = [
    KeyedCase(RouteCase("POST", "/sync/{number}"), "x-internal-token", "INTERNAL_TOKEN"),
    KeyedCase(RouteCase("POST", "/sync"), "authorization", holder='load("config:settings")', setting="token"),
    KeyedCase(RouteCase("GET", "/sync"), ""),
]
WORKLOADS = {
    f"workloads {framework}": render_workloads("main:app", "controls", SYNC, framework=framework)
    for framework in ("fastapi", "flask")
}
WAYS = {"fastapi": "fastapi", "flask": "flask", "flask_jwt": "flask", "flask_session": "flask", "django": "django"}
KNOWN = {
    f"known by {by}": render_refusals("main:app", [RouteCase("GET", "/a", known="told")], [], 1, framework, by)
    for by, framework in WAYS.items()
}
OPEN_TRAIL = render_audit("app:app", "controls", [AuditCase(RouteCase("POST", "/a"), "a.create", guarded=False)])
TOKENS = render_tokens("main:app", [TokenCase(RouteCase("GET", "/a/{b}"), "security:read", "token")])
OWNERS = render_owners([OwnerCase("app.py", "Orders.read", "order.user_id", "user.id")])
READ, WRITE = ScopeCase("app.py", "read"), ScopeCase("app.py", "register.write", "tools:write")
TOOLS = {
    "tools": render_tools("main:mcp", "controls", auth="auth_mcp"),
    "scopes": render_scopes("controls", [WRITE], [READ]),
}
MAKERS = {"aws": "client", "gcp": "default", "azure": "DefaultAzureCredential"}
CLOUDS = {f"clouds {each}": render_clouds([CloudCase("app.py", "", each, maker)]) for each, maker in MAKERS.items()}
SENDERS = render_senders("controls", [SentCase("app.py", "Client.sync", "x-internal-token", "urn:orders")])
TEXTS = {
    **PROOFS,
    **WORKLOADS,
    **KNOWN,
    "audit of open routes": OPEN_TRAIL,
    "tokens": TOKENS,
    "owners": OWNERS,
    **TOOLS,
}
each_proof = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def names_in(text: str) -> list[str]:
    return [
        node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"
    ]


@each_proof
def test_a_proof_is_clean_python_3_9(text: str) -> None:
    ast.parse(text, feature_version=(3, 9))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I,W,B", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "All checks passed!", done.stdout
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=120", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.stdout == text


@each_proof
def test_a_proof_says_what_it_proves_and_stands_alone(text: str) -> None:
    assert (ast.get_docstring(ast.parse(text)) or "").startswith("Proof that ")
    assert "transforms" not in text
    assert "tenon" not in text.lower()
    assert "__TODO" not in text


@each_proof
def test_a_proof_holds_nothing_that_no_test_comes_to(text: str) -> None:
    made = re.findall(r"^(?:(?:async )?def |class )(?!test_|Test)(\w+)|^([A-Z_]+) = ", text, re.MULTILINE)
    unasked = [name for name in map("".join, made) if len(re.findall(rf"\b{name}\b", text)) == 1]
    assert unasked in ([], ["signed_in_caller"]), "pytest runs that fixture without being asked"


@each_proof
def test_every_test_has_a_name_of_its_own(text: str) -> None:
    names = names_in(text)
    assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("DELETE", "/orders/{order_id}", "delete_orders_order_id"),
        ("GET", "/", "get_root"),
        ("GET", "/v1/files/{file_path:path}", "get_v1_files_file_path"),
        ("POST", "/a-b/C.json", "post_a_b_c_json"),
    ],
)
def test_a_test_is_named_after_its_route(method: str, path: str, name: str) -> None:
    assert route_slug(method, path) == name


def test_two_routes_with_one_name_get_two_tests() -> None:
    names = Names()
    assert [names("get_a"), names("get_a"), names("get_a")] == ["test_get_a", "test_get_a_2", "test_get_a_3"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/orders/{order_id}", "/orders/0"),
        ("/o/{a:int}/{b:path}", "/o/0/0"),
        ("/o/{a:float}", "/o/0.0"),
        ("/o/{a:uuid}", "/o/00000000-0000-0000-0000-000000000000"),
    ],
)
def test_path_parameters_get_values_that_name_nothing(path: str, value: str) -> None:
    assert filled(path) == value


def test_the_name_of_an_anonymous_refusal_is_the_documented_one() -> None:
    text = render_auth("shop.main:app", "shop.controls", [RouteCase("DELETE", "/orders/{order_id}")], [])
    assert "test_delete_orders_order_id_refuses_an_anonymous_caller" in names_in(text)
    assert 'CONTROLS = "shop.controls"' in text


def test_a_test_folder_further_down_finds_the_app() -> None:
    text = render_audit("app:app", "controls", [AuditCase(RouteCase("POST", "/a"), "a.create", guarded=False)], 2)
    assert "ROOT_PARENTS = 2" in text
    assert [name for name in names_in(text) if "refusal" in name] == []


def test_the_trail_of_routes_that_are_open_is_proven_without_an_issuer() -> None:
    assert "import jwt" not in OPEN_TRAIL
    assert "cryptography" not in OPEN_TRAIL
    assert names_in(OPEN_TRAIL) == ["test_post_a_records_one_success"]


def test_the_trail_of_one_guarded_route_is_proven_with_an_issuer() -> None:
    cases = [AuditCase(RouteCase("POST", f"/{name}"), f"{name}.create", guarded=name == "b") for name in "ab"]
    assert "class Issuer(" in render_audit("app:app", "controls", cases)


def test_a_secret_s_value_has_no_place_in_a_case() -> None:
    text = render_secrets("app:app", "controls", [SecretCase("STRIPE_API_KEY", "app.py", None)])
    assert "sha256" not in text
    assert "hashlib" not in text


def test_without_a_session_dependency_only_the_hook_is_tried() -> None:
    text = render_tenancy_proof("app:app", "controls", [TenancyCase("models:Order", "tenant_id")])
    assert len(names_in(text)) == 4
    assert "Issuer" not in text
