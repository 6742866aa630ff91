"""A little FastAPI app before and after the patches, written by hand, and a way to run a proof against it."""

from pathlib import Path

from tests.apart import run_pytest
from tests.transforms.controls_package import write_controls

MODELS = """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    product: Mapped[str]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    body: Mapped[str]


def get_db():
    with Session(create_engine("postgresql+psycopg://nobody@db.invalid/shop")) as session:
        yield session
"""
ROUTES = """
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Note, Order, get_db
{imports}
router = APIRouter(prefix="/orders"{router})
notes = APIRouter(prefix="/notes"{notes})


@router.get("")
def list_orders(db: Session = Depends(get_db)):
    return [{{"id": order.id, "product": order.product}} for order in db.scalars(select(Order))]


@router.get("/{{order_id}}")
def read_order(order_id: int, db: Session = Depends(get_db)):
    order = db.get(Order, order_id)
    if order is None:
        raise HTTPException(404)
    return {{"id": order.id}}


@router.post("/{{order_id}}/lines", status_code=201{lines})
async def add_line(order_id: int, line: dict[str, int]):
    raise RuntimeError("no handler runs in a proof")


@router.delete("/{{order_id}}"{delete})
def delete_order(order_id: int):
    raise RuntimeError("no handler runs in a proof")


@notes.get("/{{note_id}}")
def read_note(note_id: int, db: Session = Depends(get_db)):
    note = db.get(Note, note_id)
    if note is None:
        raise HTTPException(404)
    return {{"id": note.id}}
"""
MAIN = """
from fastapi import FastAPI

from .orders import notes, router

app = FastAPI()
api = FastAPI()


@app.get("/health")
def health():
    return "ok"


app.include_router(router, prefix="/v1")
app.include_router(notes, prefix="/v1")
"""
CONFIG_BEFORE = """
import stripe_like

STRIPE_API_KEY = "{literal}"
PUBLISHABLE = "shown to everybody"
stripe_like.api_key = "{literal}"
"""
CONFIG_AFTER = """
import stripe_like
from controls.secrets import get_secret

PUBLISHABLE = "shown to everybody"


def stripe_api_key():
    return get_secret("STRIPE_API_KEY")


def configure():
    stripe_like.api_key = get_secret("STRIPE_API_KEY")


def __getattr__(name):
    if name == "STRIPE_API_KEY":
        return get_secret("STRIPE_API_KEY")
    raise AttributeError(name)
"""
LITERAL = "_".join(["sk", "live", "made", "up"])


def routes(imports: str = "", router: str = "", notes: str = "", lines: str = "", delete: str = "") -> str:
    return ROUTES.format(imports=imports, router=router, notes=notes, lines=lines, delete=delete)


def shop_before(folder: Path) -> Path:
    """The app as it was generated: no guard, no scope, no trail, a key in its code."""
    return write(folder, routes(), CONFIG_BEFORE.format(literal=LITERAL))


def shop_after(folder: Path) -> Path:
    """The same app with all four patches."""
    patched = routes(
        imports="\n".join([
            "from controls.audit import audited",
            "from controls.auth import require_role, require_user",
            "from controls.tenancy import current_owner, scope_entities, tenant_scope",
            "scope_entities(Order)",
            'scope_entities(Note, column="user_id", of=current_owner)',
        ]),
        router=", dependencies=[Depends(require_user), Depends(tenant_scope)]",
        notes=", dependencies=[Depends(require_user)]",
        lines=', dependencies=[Depends(audited("line.create", resource="order"))]',
        delete=(
            ', dependencies=[Depends(require_role("admin")), Depends(audited("order.delete", resource="order"))]'
        ),
    )  # fmt: skip
    write_controls(folder, "secrets", "auth", "audit", "tenancy")
    return write(folder, patched, CONFIG_AFTER)


def shop_with_own_guard(folder: Path) -> Path:
    """The same app behind a guard of its own that knows nothing of tokens."""
    guarded = routes(
        imports="\n\ndef own_guard(word: str = ''):\n    if not word:\n        raise HTTPException(401)\n\n",
        router=", dependencies=[Depends(own_guard)]",
    )
    return write(folder, guarded, CONFIG_AFTER)


def write(folder: Path, orders: str, config: str) -> Path:
    package = folder / "shop"
    package.mkdir(parents=True)
    files = {"__init__": "", "models": MODELS, "orders": orders, "main": MAIN, "config": config}
    for name, text in files.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "stripe_like.py").write_text("api_key = None\n", encoding="utf-8")
    (folder / "tests").mkdir()
    return folder


def run_proof(folder: Path, text: str) -> dict[str, str]:
    """Run a proof in the app's own tests folder, in a process of its own: test name -> passed, failed or error."""
    proof = folder / "tests" / "test_controls_proof.py"
    proof.write_text(text, encoding="utf-8")
    done = run_pytest(folder, "-rA", "--tb=no", str(proof), PYTHONPATH="")
    outcomes = {}
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in {"PASSED", "FAILED", "ERROR"}:
            outcomes[rest.partition("::")[2].partition(" - ")[0]] = word.lower()
    assert outcomes, done.stdout + done.stderr
    return outcomes
