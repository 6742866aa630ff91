"""The tests that patches add: typed cases in, the text of one pytest file out.

Each file fails on the app before the patch and passes after. It is self-contained (pytest, and what the patched app
itself needs), makes its own issuer and keys and needs no network. It runs no handler of the app, except public routes
and those that read rows from the test's own in-memory database.
"""

from transforms.proofs.audit import render_audit
from transforms.proofs.auth import (
    ASKING,
    ASKS_WEBSOCKETS,
    CALLERS,
    FINDS_CALLERS,
    render_auth,
    render_refusals,
    render_roles,
)
from transforms.proofs.cases import AuditCase, FieldCase, KeyedCase, ProofCase, RouteCase, SecretCase, TenancyCase
from transforms.proofs.pages import render_pages
from transforms.proofs.secrets import render_secrets
from transforms.proofs.sign_in import VISITING, render_sign_in
from transforms.proofs.signed_in import CLIENTS, signed_in_fixture
from transforms.proofs.tenancy import render_tenancy
from transforms.proofs.tools import render_tools
from transforms.proofs.workloads import render_workloads

__all__ = [
    "ASKING",
    "ASKS_WEBSOCKETS",
    "CALLERS",
    "CLIENTS",
    "FINDS_CALLERS",
    "VISITING",
    "AuditCase",
    "FieldCase",
    "KeyedCase",
    "ProofCase",
    "RouteCase",
    "SecretCase",
    "TenancyCase",
    "render_audit",
    "render_auth",
    "render_pages",
    "render_refusals",
    "render_roles",
    "render_secrets",
    "render_sign_in",
    "render_tenancy",
    "render_tools",
    "render_workloads",
    "signed_in_fixture",
]  # fmt: skip
