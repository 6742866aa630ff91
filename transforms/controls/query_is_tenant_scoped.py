"""Every query of rows that belong to a tenant or a person sees only those of the caller.

A list without a filter shows every customer's rows to each of them, and an id in a URL is a number that anybody can
count up: the first leaks the whole table, the second one row at a time.

**Fix.** Where the app signs people in with `controls/auth.py`, `controls/tenancy.py` narrows the class in every session
and fills the column of new rows. Where the app has its own sign-in and the caller carries the column, the query gets a
filter by it, a look-up by key both conditions: somebody else's row is like none (404). Else a person decides.

**Limits.** SQLAlchemy and SQLModel in FastAPI apps. What only seeds, migrations or workers run is not judged; what
cannot be followed, and a column that nothing in the app relies on, is shown as unknown. Raw SQL is found but not
patched. For a guard of the app's own there is no proof: what it accepts is not known to a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.api import (
    Applicability,
    Bad,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    Maturity,
    Severity,
    Standard,
    Todo,
    Verdict,
)
from transforms.edits import Patch, Proof, scope_query, scope_sessions
from transforms.proof_verbs import proof_of_tenancy

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="query-is-tenant-scoped",
    family=Family.TENANCY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(Standard("CWE-639"), Standard("OWASP-API-2023:API1"), Standard("NIST-CSF-2.0:PR.AA-05")),
    since="0.1",
    order=30,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    # names of columns that say which tenant a row belongs to
    tenant_columns: tuple[str, ...] = ("tenant_id", "org_id", "organization_id", "organisation_id", "workspace_id")
    # the same, where the app's users have the column too
    likely_tenant_columns: tuple[str, ...] = ("company_id", "account_id", "business_id", "team_id", "client_id")
    # names of columns that say which person a row belongs to
    owner_columns: tuple[str, ...] = ("user_id", "owner_id", "owner")
    # the same, where some query of the class is narrowed by them already
    likely_owner_columns: tuple[str, ...] = ("created_by", "created_by_id", "creator_id", "author_id", "assigned_to")
    # names of classes whose rows everybody may see: "Country"
    shared_entities: tuple[str, ...] = ()


control.options = Options

ISOLATED = "Tell whether rows of one of these classes are shared on purpose, and whether a job reads all tenants' rows."
TOKENS = "Tokens must carry the tenant (OIDC_TENANT_CLAIM): a caller without one gets 403."


@control.check
def queries_see_only_the_callers_rows(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each query of owned rows that a route reaches."""
    for each in tenancy_of(app, options).judgements:
        used = f"{each.scope.entity.symbol.rpartition('.')[2]}.{each.scope.column}"
        evidence = [
            Evidence(each.scope.entity.file, each.scope.entity.place.line, f"{used} says whose a row is"),
            *(Evidence(each.query.file, each.query.place.line, f"reached by {name}") for name in each.routes[:3]),
        ]
        if each.holds == "yes":
            yield control.passes(each.query, f"Scoped: {each.reason}.", evidence)
        elif each.holds == "unknown":
            yield control.unknown(each.query, f"Not told: {each.reason}.", evidence)
        else:
            sure = each.certain or (each.scope.kind == "tenant" and each.scope.sure)
            confidence = Confidence.HIGH if sure else Confidence.MEDIUM
            message = f"{each.routes[0]} reaches rows of others: {each.reason}."
            yield control.fails(each.query, message, evidence, confidence=confidence)


@control.remedy
def narrow_to_the_caller(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """A hook on all sessions where that harms nothing, for all findings that it closes, else a filter in the query."""
    tenancy = tenancy_of(app, options)
    judgement = next((each for each in tenancy.judgements if each.query == finding.concept), None)
    if judgement is None:
        return None
    name, column = judgement.scope.entity.symbol.rpartition(".")[2], judgement.scope.column
    if edits := scope_sessions(app, tenancy, judgement):
        return Patch(f"Narrow {name} to the caller's {column} in every session", edits, todo=(TOKENS, ISOLATED))
    if edits := scope_query(app, tenancy, judgement):
        return Patch(f"Narrow {finding.subject.name} to the caller's {column}", edits)
    return None


@control.proof
def others_rows_are_out_of_reach(app: "App", findings: tuple[Verdict, ...], options: Options) -> Proof | None:
    """Rows of somebody else are neither listed, found, changed nor deleted."""
    return proof_of_tenancy(app, tenancy_of(app, options), [finding.concept for finding in findings])


def tenancy_of(app: "App", options: Options) -> Any:
    """Whose rows the app's queries see, by the columns that the options name."""
    return app.tenancy(
        tenant=options.tenant_columns,
        likely_tenant=options.likely_tenant_columns,
        owner=options.owner_columns,
        likely_owner=options.likely_owner_columns,
        shared=options.shared_entities,
    )


MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))
    email: Mapped[str]
    is_admin: Mapped[bool]


class Invoice(Base):
    __tablename__ = "invoices"
    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))
    total: Mapped[int]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


def get_db():
    with Session() as session:
        yield session
"""

SECURITY = """
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import jwt
from sqlalchemy.orm import Session

from shop.models import User, get_db

oauth2 = OAuth2PasswordBearer(tokenUrl="login")


def get_user(token: str = Depends(oauth2), db: Session = Depends(get_db)) -> User:
    user = db.get(User, jwt.decode(token)["sub"])
    if user is None:
        raise HTTPException(401)
    return user


def require_admin(user: User = Depends(get_user)) -> User:
    if not user.is_admin:
        raise HTTPException(403)
    return user
"""

IMPORTS = """
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.models import Invoice, Note, Post, User, get_db
from shop.security import get_user, require_admin

app = FastAPI()
"""

HANDLER = "db: Session = Depends(get_db), user: User = Depends(get_user)"


def shop(routes: str, **more: str) -> dict[str, str]:
    """A small app with a sign-in of its own, invoices of organisations, and notes of users."""
    files = {f"shop/{name}.py": text for name, text in more.items()}
    main = IMPORTS + routes.replace("HANDLER", HANDLER)
    return {
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/security.py": SECURITY,
        "shop/main.py": main,
        **files,
    }


control.examples = (
    Good(
        "filters by what the caller carries, in one expression or in steps",
        shop(
            """

@app.get("/invoices")
def list_invoices(HANDLER):
    return db.scalars(select(Invoice).where(Invoice.org_id == user.org_id)).all()


@app.get("/invoices/open")
def open_invoices(HANDLER):
    org = user.org_id
    query = db.query(Invoice).filter_by(org_id=org)
    query = query.order_by(Invoice.id)
    return query.all()


@app.post("/invoices")
def create_invoice(data: dict, HANDLER):
    invoice = Invoice(**data)
    invoice.org_id = user.org_id
    db.add(invoice)
    db.commit()
"""
        ),
    ),
    Good(
        "compared after the fetch, here or by a helper that refuses",
        shop(
            """

def check_owner(note, user):
    if note.user_id != user.id:
        raise HTTPException(404)


@app.get("/invoices/{invoice_id}")
def read_invoice(invoice_id: int, HANDLER):
    invoice = db.get(Invoice, invoice_id)
    if invoice is None or invoice.org_id != user.org_id:
        raise HTTPException(404)
    return invoice


@app.delete("/notes/{note_id}")
def delete_note(note_id: int, HANDLER):
    note = db.get(Note, note_id)
    check_owner(note, user)
    db.delete(note)
    db.commit()
"""
        ),
    ),
    Good(
        "the tenant reaches the query through a service",
        shop(
            """
from shop.services import InvoiceService


@app.get("/invoices")
def list_invoices(HANDLER):
    return InvoiceService(db).of_org(user.org_id)
""",
            services="""
from shop.models import Invoice


class InvoiceService:
    def __init__(self, db):
        self.db = db

    def of_org(self, org_id):
        return self.db.query(Invoice).filter(Invoice.org_id == org_id).all()
""",
        ),
    ),
    Good(
        "accounts are looked up by what they are called, and a tenant in the path may be the caller's",
        shop(
            """

@app.post("/auth/login")
def login(data: dict, db: Session = Depends(get_db)):
    return db.scalar(select(User).where(User.email == data["email"]))


@app.get("/orgs/{org_id}/invoices")
def invoices_of_an_org_that_is_checked(org_id: int, HANDLER):
    if org_id != user.org_id:
        raise HTTPException(404)
    return db.scalars(select(Invoice).where(Invoice.org_id == org_id)).all()
"""
        ),
    ),
    Good(
        "administrators and privileged branches see all notes",
        shop(
            """

@app.get("/admin/notes")
def all_notes(db: Session = Depends(get_db), admin: User = Depends(require_admin)):
    return db.scalars(select(Note)).all()


@app.get("/notes")
def notes(HANDLER):
    if user.is_admin:
        return db.scalars(select(Note)).all()
    return db.scalars(select(Note).where(Note.user_id == user.id)).all()
"""
        ),
    ),
    Good(
        "what only a seed script runs is nobody's request",
        shop(
            "",
            seed="""
from shop.models import Invoice


def seed(db):
    db.add(Invoice(org_id=1, total=5))
    db.commit()
    return db.query(Invoice).count()
""",
        ),
    ),
    Good(
        "a column that may only name the author is no owner",
        shop(
            """

@app.get("/posts")
def list_posts(HANDLER):
    return db.scalars(select(Post)).all()
"""
        ),
    ),
    Good(
        "declared as shared",
        shop(
            """

@app.get("/invoices")
def list_invoices(HANDLER):
    return db.scalars(select(Invoice)).all()
"""
        ),
        {"shared_entities": ("Invoice",)},
    ),
    Bad(
        "every customer's invoices, with the caller at hand",
        shop(
            """

@app.get("/invoices")
def list_invoices(HANDLER):
    return db.scalars(select(Invoice).order_by(Invoice.id)).all()


@app.get("/invoices/{invoice_id}")
def read_invoice(invoice_id: int, HANDLER):
    return db.get(Invoice, invoice_id)


@app.post("/invoices")
def create_invoice(org_id: int, HANDLER):
    db.add(Invoice(org_id=org_id, total=0))
    db.commit()


@app.delete("/invoices")
def purge(HANDLER):
    db.query(Invoice).filter(Invoice.total == 0).delete()
    db.commit()
"""
        ),
        shop(
            """

@app.get("/invoices")
def list_invoices(HANDLER):
    return db.scalars(select(Invoice).where(Invoice.org_id == user.org_id).order_by(Invoice.id)).all()


@app.get("/invoices/{invoice_id}")
def read_invoice(invoice_id: int, HANDLER):
    return db.scalar(select(Invoice).where(Invoice.id == invoice_id, Invoice.org_id == user.org_id))


@app.post("/invoices")
def create_invoice(org_id: int, HANDLER):
    db.add(Invoice(org_id=user.org_id, total=0))
    db.commit()


@app.delete("/invoices")
def purge(HANDLER):
    db.query(Invoice).filter(Invoice.org_id == user.org_id).filter(Invoice.total == 0).delete()
    db.commit()
"""
        ),
        findings=4,
    ),
    Bad(
        "one query forgotten where the others are careful",
        shop(
            """

@app.get("/notes")
def notes(HANDLER):
    return db.query(Note).filter(Note.user_id == user.id).all()


@app.get("/notes/{note_id}")
def note(note_id: int, HANDLER):
    return db.query(Note).filter(Note.id == note_id).first()
"""
        ),
        shop(
            """

@app.get("/notes")
def notes(HANDLER):
    return db.query(Note).filter(Note.user_id == user.id).all()


@app.get("/notes/{note_id}")
def note(note_id: int, HANDLER):
    return db.query(Note).filter(Note.user_id == user.id).filter(Note.id == note_id).first()
"""
        ),
    ),
    Bad(
        "the tenant is what the URL says, and raw SQL over all tenants",
        shop(
            """
from shop.repository import count, invoices_of


@app.get("/orgs/{org_id}/invoices")
def list_invoices(org_id: int, HANDLER):
    return {"all": count(db), "own": invoices_of(db, org_id)}
""",
            repository="""
from sqlalchemy import select, text

from shop.models import Invoice


def count(db):
    return db.execute(text("SELECT count(*) FROM invoices")).scalar()


def invoices_of(db, org_id):
    return db.scalars(select(Invoice).where(Invoice.org_id == org_id)).all()
""",
        ),
        findings=2,
    ),
    Todo(
        "an entity that a generic repository is given",
        shop(
            """
class Repository:
    def __init__(self, db, model):
        self.db, self.model = db, model

    def all(self):
        return self.db.scalars(select(self.model)).all()


@app.get("/invoices")
def list_invoices(HANDLER):
    return Repository(db, Invoice).all()
"""
        ),
    ),
)
