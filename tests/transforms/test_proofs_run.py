"""Each rendered proof fails on a little app before the patch and passes after it, in a process of its own."""

from pathlib import Path

import pytest

from tests.transforms.little_shop import LITERAL, run_proof, shop_after, shop_before, shop_with_own_guard
from transforms.proofs import (
    AuditCase,
    RouteCase,
    SecretCase,
    TenancyCase,
    render_audit,
    render_auth,
    render_refusals,
    render_secrets,
    render_tenancy,
)

APP, CONTROLS = "shop.main:app", "controls"
DELETE = RouteCase("DELETE", "/v1/orders/{order_id}", "admin")
LINES = RouteCase("POST", "/v1/orders/{order_id}/lines")
LIST, READ = RouteCase("GET", "/v1/orders"), RouteCase("GET", "/v1/orders/{order_id}")
HEALTH = RouteCase("GET", "/health")

AUTH = render_auth(APP, CONTROLS, [DELETE, LINES, LIST], [HEALTH])
REFUSALS = render_refusals(APP, [DELETE, LINES, LIST], [HEALTH])
SECRETS = render_secrets(
    APP,
    CONTROLS,
    [
        SecretCase("STRIPE_API_KEY", "shop/config.py", "shop.config", "STRIPE_API_KEY", "shop.config:stripe_api_key"),
        SecretCase("STRIPE_API_KEY", "shop/config.py", None, "api_key", "shop.config:STRIPE_API_KEY"),
        SecretCase("STRIPE_API_KEY", "shop/config.py", None),
    ],
)
TENANCY = render_tenancy(
    APP,
    CONTROLS,
    [
        TenancyCase("shop.models:Order", "tenant_id", "tenant", "shop.models:get_db", LIST, READ),
        TenancyCase(
            "shop.models:Note",
            "user_id",
            "owner",
            "shop.models:get_db",
            item_route=RouteCase("GET", "/v1/notes/{note_id}"),
        ),
    ],
)
AUDIT = render_audit(APP, CONTROLS, [AuditCase(DELETE, "order.delete"), AuditCase(LINES, "line.create")])
PROOFS = {"auth": AUTH, "refusals": REFUSALS, "secrets": SECRETS, "tenancy": TENANCY, "audit": AUDIT}
# Routes that are meant for everybody are open before and after.
UNCHANGED = {"test_get_health_stays_open_to_everybody"}


@pytest.mark.parametrize("family", PROOFS)
def test_every_test_fails_before_the_patch_and_passes_after(family: str, tmp_path: Path) -> None:
    before = run_proof(shop_before(tmp_path / "before"), PROOFS[family])
    build = shop_with_own_guard if family == "refusals" else shop_after
    after = run_proof(build(tmp_path / "after"), PROOFS[family])
    assert {name for name, outcome in before.items() if outcome == "passed"} <= UNCHANGED
    assert set(after.values()) == {"passed"}
    assert before.keys() == after.keys()


def patched(folder: Path, file: str, old: str, new: str) -> Path:
    """The patched shop with one mistake."""
    shop = shop_after(folder)
    text = (shop / file).read_text(encoding="utf-8")
    assert old in text
    (shop / file).write_text(text.replace(old, new), encoding="utf-8")
    return shop


def failures(shop: Path, proof: str) -> set[str]:
    return {name.partition("[")[0] for name, outcome in run_proof(shop, proof).items() if outcome != "passed"}


def test_a_route_left_open_is_named(tmp_path: Path) -> None:
    shop = patched(tmp_path, "shop/orders.py", "dependencies=[Depends(require_user), Depends(tenant_scope)]", "")
    assert failures(shop, AUTH) == {
        "test_get_v1_orders_lets_a_signed_in_caller_pass",
        "test_post_v1_orders_order_id_lines_lets_a_signed_in_caller_pass",
        "test_get_v1_orders_refuses_a_forged_token",
        "test_get_v1_orders_refuses_an_anonymous_caller",
        "test_post_v1_orders_order_id_lines_refuses_a_forged_token",
        "test_post_v1_orders_order_id_lines_refuses_an_anonymous_caller",
    }


def test_a_wrong_role_is_named(tmp_path: Path) -> None:
    shop = patched(tmp_path, "shop/orders.py", 'require_role("admin")', "require_user")
    assert failures(shop, AUTH) == {"test_delete_v1_orders_order_id_refuses_a_caller_without_role_admin"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("audience=settings.audience,", 'audience="elsewhere",'),
        ("issuer=settings.issuer,", ""),
        ('options={"require"', 'options={"verify_signature": False, "require"'),
        ('options={"require"', 'options={"verify_nbf": False, "require"'),
    ],
)
def test_a_guard_that_skips_a_check_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    shop = patched(tmp_path, "controls/auth.py", old, new)
    assert "test_the_guard_refuses_a_forged_token" in failures(shop, AUTH)


def test_a_literal_that_came_back_is_noticed(tmp_path: Path) -> None:
    shop = shop_after(tmp_path)
    config = shop / "shop/config.py"
    config.write_text(config.read_text(encoding="utf-8") + f'STRIPE_API_KEY = "{LITERAL}"\n', encoding="utf-8")
    assert "test_stripe_api_key_is_asked_for_in_shop_config" in failures(shop, SECRETS)


def test_a_default_value_for_a_secret_is_noticed(tmp_path: Path) -> None:
    shop = patched(
        tmp_path,
        "shop/config.py",
        'def stripe_api_key():\n    return get_secret("STRIPE_API_KEY")',
        f'def stripe_api_key():\n    import os\n    return os.getenv("STRIPE_API_KEY", "{LITERAL}")',
    )
    assert failures(shop, SECRETS) == {"test_without_stripe_api_key_the_app_stops_and_names_it"}


def test_a_secret_that_is_read_at_import_is_noticed(tmp_path: Path) -> None:
    shop = shop_after(tmp_path)
    config = shop / "shop/config.py"
    config.write_text(config.read_text(encoding="utf-8") + "configure()\n", encoding="utf-8")
    assert "test_shop_config_is_imported_without_stripe_api_key" in failures(shop, SECRETS)


def test_an_entity_that_is_not_scoped_is_named(tmp_path: Path) -> None:
    shop = patched(tmp_path, "shop/orders.py", "scope_entities(Order)", "")
    assert failures(shop, TENANCY) == {
        "test_order_of_somebody_else_is_not_listed",
        "test_order_of_somebody_else_is_not_found",
        "test_order_of_somebody_else_is_not_changed_or_deleted",
        "test_order_is_not_readable_while_nobody_is_signed_in",
        "test_get_v1_orders_lists_only_the_caller_s_own_rows",
        "test_get_v1_orders_order_id_of_somebody_else_is_like_one_that_is_not_there",
    }


def test_a_second_line_for_one_change_is_noticed(tmp_path: Path) -> None:
    shop = patched(
        tmp_path,
        "controls/audit.py",
        "    record.written = True\n",
        "    record_event(action or 'x', outcome=outcome)\n",
    )
    assert "test_delete_v1_orders_order_id_records_one_success" in failures(shop, AUDIT)


def test_a_route_without_record_is_named(tmp_path: Path) -> None:
    shop = patched(tmp_path, "shop/orders.py", ', Depends(audited("order.delete", resource="order"))', "")
    assert failures(shop, AUDIT) == {
        "test_delete_v1_orders_order_id_records_one_success",
        "test_delete_v1_orders_order_id_records_one_refusal",
    }
