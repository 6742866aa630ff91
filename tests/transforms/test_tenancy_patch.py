"""What keeps rows apart, as a patch: the edits, and patched apps that run and are asked by two tenants."""

from pathlib import Path

import pytest

from fixtures.apps import load
from tests.transforms.little_shop import run_proof
from tests.transforms.owned_app import files
from transforms.engine import Remedies, Status, remedies, scan
from transforms.policy import Policy
from transforms.source import SourceFile

CONTROL = "query-is-tenant-scoped"


def patched(sources: dict[str, str] | dict[str, bytes], *only: str) -> Remedies:
    given = [SourceFile(path, text.encode() if isinstance(text, str) else text) for path, text in sources.items()]
    return remedies(given, scan(given, Policy()), Policy(), only=only or (CONTROL,))


def main_of(result: Remedies) -> str:
    return result.files["shop/main.py"].decode()


def one_patch(routes: str, **more: str) -> str:
    """The patched main module; every patch passed the gates."""
    result = patched(files(routes, **more))
    assert [each.status for each in result.patches] == [Status.FIXED] * len(result.patches)
    assert not [each for each in result.after.findings if each.control == CONTROL]
    return main_of(result)


ROUTE = '\n\n@app.{method}("/orders")\ndef handler(key: int, SIGNED_IN):\n    {body}\n'


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        ("return db.query(Order).all()", "return db.query(Order).filter(Order.org_id == user.org_id).all()"),
        (
            "return db.scalars(select(Order)).all()",
            "return db.scalars(select(Order).where(Order.org_id == user.org_id)).all()",
        ),
        (
            "return db.scalar(select(func.count()).select_from(Order))",
            "return db.scalar(select(func.count()).where(Order.org_id == user.org_id).select_from(Order))",
        ),
        (
            "return db.get(Order, key)",
            "return db.scalar(select(Order).where(Order.id == key, Order.org_id == user.org_id))",
        ),
        (
            "return db.query(Order).get(key)",
            "return db.query(Order).filter(Order.id == key, Order.org_id == user.org_id).first()",
        ),
        (
            "db.execute(update(Order).values(number='7'))",
            "db.execute(update(Order).where(Order.org_id == user.org_id).values(number='7'))",
        ),
        ("db.execute(delete(Order))", "db.execute(delete(Order).where(Order.org_id == user.org_id))"),
        ("db.add(Order(org_id=key, number='7'))", "db.add(Order(org_id=user.org_id, number='7'))"),
    ],
)
def test_a_query_gets_the_smallest_filter(body: str, becomes: str) -> None:
    method = "get" if body.startswith("return") else "post"
    assert becomes in one_patch(ROUTE.format(method=method, body=body))


def test_an_unpacked_body_gets_the_last_word_from_the_caller() -> None:
    routes = (
        "\n\nclass OrderIn(BaseModel):\n    org_id: int\n"
        '\n\n@app.post("/orders")\ndef create(data: OrderIn, SIGNED_IN):\n    db.add(Order(**data.model_dump()))\n'
    )
    assert 'Order(**{**data.model_dump(), "org_id": user.org_id})' in one_patch(routes)


def test_a_look_up_imports_what_it_needs_and_the_caller_s_class_may_be_said_elsewhere() -> None:
    orders = (
        "from fastapi import APIRouter, Depends\n\nfrom shop.database import get_db\nfrom shop.models import Order\n"
        "from shop.security import get_user\n\nrouter = APIRouter()\n\n\n"
        '@router.get("/orders/{key}")\ndef read(key: int, db=Depends(get_db), caller=Depends(get_user)):\n'
        "    return db.get(Order, key)\n"
    )
    main = "\nfrom shop.orders import router\n\napp.include_router(router)\n"
    text = patched(files(main, orders=orders)).files["shop/orders.py"].decode()
    assert "from sqlalchemy import select\n" in text
    assert "Order.org_id == caller.org_id" in text


def test_a_guard_that_hands_over_nothing_is_bound_to_a_parameter() -> None:
    routes = (
        '\n\n@app.get("/me")\ndef me(user: User = Depends(get_user)):\n    return user\n'
        '\n\n@app.get("/orders", dependencies=[Depends(get_user)])\ndef orders(OPEN):\n'
        "    return db.query(Order).all()\n"
    )
    text = one_patch(routes)
    assert "current_user: User = Depends(get_user)" in text
    assert "filter(Order.org_id == current_user.org_id)" in text


def test_sqlmodel_and_a_caller_behind_an_alias() -> None:
    models = """
from sqlmodel import Field, SQLModel


class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    hashed_password: str


class Order(SQLModel, table=True):
    id: int = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id")


Country = Note = Org = Order
"""
    routes = """
from typing import Annotated

from sqlmodel import select

Caller = Annotated[User, Depends(get_user)]
Db = Annotated[Session, Depends(get_db)]


@app.get("/orders")
def mine(db: Db, caller: Caller):
    return db.exec(select(Order).where(Order.user_id == caller.id)).all()


@app.get("/orders/{key}")
def read(db: Db, caller: Caller, key: int):
    return db.get(Order, key)


@app.delete("/orders/{key}")
def remove(db: Db, caller: Caller, key: int):
    if (order := db.get(Order, key)) is None:
        raise HTTPException(404)
    db.delete(order)
    db.commit()
"""
    text = one_patch(routes, models=models)
    assert "return db.scalar(select(Order).where(Order.id == key, Order.user_id == caller.id))" in text
    assert "if (order := db.scalar(select(Order).where(Order.id == key, Order.user_id == caller.id))) is None:" in text


@pytest.mark.parametrize(
    "routes",
    [
        '\n\n@app.get("/orders")\ndef orders(OPEN):\n    return db.query(Order).all()\n',  # nobody is signed in
        "\nfrom shop.repository import every\n"
        + ROUTE.format(method="get", body="return every(db)"),  # not in the handler
        ROUTE.format(method="get", body="return db.execute(text('SELECT * FROM orders')).all()"),
        ROUTE.format(method="get", body="return db.get(Order, key, populate_existing=True)"),
    ],
)
def test_where_no_edit_is_sure_the_finding_stands(routes: str) -> None:
    repository = "from shop.models import Order\n\n\ndef every(db):\n    return db.query(Order).all()\n"
    result = patched(files(routes, repository=repository))
    assert [each.status for each in result.patches] == [Status.ADVICE]
    assert not result.files


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Remedies]:
    """The demo's shop with every patch, written to a folder."""
    sources = load("fastapi_shop")
    given = [SourceFile(path, content) for path, content in sources.items()]
    result = remedies(given, scan(given, Policy()), Policy())
    folder = tmp_path_factory.mktemp("shop")
    for path, content in {**sources, **result.files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder, result


def test_the_demo_s_shop_gets_one_hook_for_all_its_findings(shop: tuple[Path, Remedies]) -> None:
    _, result = shop
    (patch,) = [each for each in result.patches if each.control == CONTROL]
    assert patch.status is Status.FIXED
    assert len(patch.findings) == 5, "two more are behind the role of administrators by now, who see all rows"
    assert "scope_entities(Order)\n" in main_of(result)
    orders = result.files["shop/orders.py"].decode()
    assert "dependencies=[Depends(require_user), Depends(tenant_scope)]" in orders
    assert "db.get(Order, order_id)" in orders, "handlers stay as they are"


@pytest.mark.parametrize("family", ["tenancy", "audit"])
def test_the_proofs_of_the_demo_s_shop_pass(shop: tuple[Path, Remedies], family: str) -> None:
    folder, result = shop
    text = result.files[f"tests/test_controls_{family}.py"].decode()
    outcomes = run_proof(folder, text)
    assert len(outcomes) >= 6
    assert set(outcomes.values()) == {"passed"}


@pytest.mark.parametrize(
    ("path", "patch", "family"),
    [
        ("shop/main.py", "scope_entities(Order)\n", "tenancy"),
        ("shop/orders.py", 'Depends(audited("order.pay", resource="order"))', "audit"),
    ],
)
def test_the_proofs_fail_where_the_patch_is_missing(
    shop: tuple[Path, Remedies], tmp_path: Path, path: str, patch: str, family: str
) -> None:
    folder, result = shop
    for each in folder.rglob("*"):
        if each.is_file() and "__pycache__" not in each.parts:
            copy = tmp_path / each.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(each.read_bytes())
    unpatched = (tmp_path / path).read_text(encoding="utf-8")
    assert patch in unpatched
    (tmp_path / path).write_text(unpatched.replace(patch, ""), encoding="utf-8")
    outcomes = run_proof(tmp_path, result.files[f"tests/test_controls_{family}.py"].decode())
    assert "failed" in outcomes.values()


def test_a_second_run_finds_nothing_to_do(shop: tuple[Path, Remedies]) -> None:
    folder, result = shop
    sources = {**load("fastapi_shop"), **result.files}
    given = [SourceFile(path, content) for path, content in sources.items()]
    again = remedies(given, scan(given, Policy()), Policy())
    assert not again.files
    assert folder.is_dir()
