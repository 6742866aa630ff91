"""Every route that changes something leaves a record of who did it.

Without one nobody can say afterwards who deleted an order, raised a role or signed in as whom: neither the customer who
asks nor the investigator after an incident.

**Fix.** `Depends(audited("order.delete", resource="order"))` in the route's decorator, with `controls/audit.py`: one
line of JSON, and only one, for each request, with its outcome (success, denied, error) and the caller as the guard
knows it, without body, query string or secrets. Signatures and the order of routes stay as they are.

**Limits.** The patch is for FastAPI. What a handler does decides, not its method: a GET that writes counts, a POST that
only reads does not, and what a view inherits from its library is done by it too. A record is recognised by reading (a
logger or a table for it, a function that writes either); one that is not told who is calling or heeds some paths only,
and changes that anybody may make, are shown as unknown. A response that a handler *returns* with an error status counts
as a success unless the app adds the middleware `AuditTrail`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
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
    Route,
    Severity,
    Standard,
    Todo,
    Verdict,
)
from transforms.edits import Patch, Proof, record_event
from transforms.proof_verbs import proof_of_audit

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="state-change-is-audited",
    family=Family.AUDIT,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-778"),
        Standard("NIST-CSF-2.0:PR.PS-04"),
    ),
    since="0.1",
    order=40,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    sign_in: bool = True  # whether signing in and out counts as a change
    not_needed: tuple[str, ...] = ()  # "POST /path/*" or "/path/*": routes that need no record


control.options = Options

RETENTION = "Say where audit lines go and for how long: they are on stdout, and in AUDIT_FILE for AUDIT_RETENTION_DAYS."


@control.check
def changes_leave_a_record(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each route that changes something."""
    for change in app.auditing.changes:
        if not is_needed(change, options):
            continue
        record = app.auditing.record(change.route)
        evidence = [Evidence(change.route.file, change.route.place.line, f"changes state: {change.seen}")]
        if record.note:
            evidence.append(Evidence(record.path or change.route.file, record.line or 1, record.note))
        if record.recorded == "yes":
            yield control.passes(change.route, "Leaves a record.", evidence)
        elif record.recorded == "unknown":
            yield control.unknown(change.route, f"Whether it leaves a record cannot be told: {record.note}.", evidence)
        elif doubt := doubt_about(app, change):
            yield control.unknown(change.route, f"It leaves no record, but {doubt}.", evidence)
        else:
            yield unrecorded(change, evidence)


@control.remedy
def record_it(app: "App", finding: Verdict, _options: Options) -> Patch | None:
    """One line for each request, named after what the route does."""
    change = next((each for each in app.auditing.changes if each.route == finding.concept), None)
    edits = record_event(app, change.route, change.action, change.resource) if change is not None else None
    if change is None or not edits:
        return None
    return Patch(f"Record {change.action} on {change.route.name}", edits, todo=(RETENTION,))


@control.proof
def one_line_is_written(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """Each recorded route writes one line for a success and one for a refusal."""
    found: set[tuple[str, str]] = {(each.concept.handler, each.concept.name) for each in findings}
    changes = [each for each in app.auditing.changes if (each.route.handler, each.route.name) in found]
    return proof_of_audit(app, {each.route: each.action for each in changes})


def unrecorded(change: Any, evidence: list[Evidence]) -> Verdict:
    """The finding, as severe as what is done."""
    severity = Severity.HIGH if change.stake == "sensitive" else Severity.MEDIUM
    confidence = Confidence.HIGH if change.direct else Confidence.MEDIUM
    what = "signs people in or out" if change.signs_in else f"does {change.action}"
    message = f"{change.route.name} {what} and nobody can tell afterwards who it was."
    return control.fails(change.route, message, evidence, severity=severity, confidence=confidence)


def doubt_about(app: "App", change: Any) -> str | None:
    """Why a change may need no record of who made it."""
    publicity = app.publicity(change.route)
    named = change.signs_in or app.access(change.route).is_checked
    if not named and (publicity.is_public or publicity.is_unsure):
        return "anybody may make this change, so there is nobody to name"
    if change.only_seems_to_read:
        return "it is called a look-up and may only keep a default or a counter"
    return None


def is_needed(change: Any, options: Options) -> bool:
    """Whether the options want a record of a change."""
    route: Route = change.route
    if change.signs_in and not options.sign_in:
        return False
    for pattern in options.not_needed:
        method, _, rest = pattern.rpartition(" ")
        if (not method or method.upper() in route.methods) and fnmatchcase(route.path or route.own_path or "", rest):
            return False
    return True


OPEN = """
from fastapi import FastAPI

app = FastAPI()
"""

ADDED = (".env.example", ".gitignore", "controls/__init__.py", "controls/audit.py", "tests/test_controls_audit.py")

CALLS_IT_AUDIT = """
from fastapi import FastAPI

app = FastAPI()


def audit(user, action):
    pass


@app.post("/orders")
def create_order(data: dict, db, user):
    db.commit()
    audit(user, "order.create")
"""

control.examples = (
    Good(
        "routes that only read, whatever their method",
        """
from fastapi import FastAPI

app = FastAPI()


@app.get("/orders")
def list_orders(db):
    return db.query("orders").all()


@app.post("/orders/search")
def search_orders(words: dict, db):
    return db.execute("SELECT id FROM orders WHERE name LIKE ?", (words["q"],)).fetchall()


@app.post("/preview")
def preview(data: dict):
    return {"total": sum(data["amounts"])}
""",
    ),
    Good(
        "the route declares what it records",
        {
            "controls/__init__.py": "",
            "controls/audit.py": """
def audited(action, resource=None):
    async def audit_line(request):
        yield
        request.app.audit(action)

    return audit_line
""",
            "app.py": """
from fastapi import Depends, FastAPI

from controls.audit import audited

app = FastAPI()


@app.delete(
    "/orders/{order_id}",
    dependencies=[Depends(audited("order.delete", resource="order"))],
)
def delete_order(order_id: int, db):
    db.commit()
""",
        },
    ),
    Good(
        "a row of a table for it, two calls away",
        {
            "shop/models.py": """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class AuditLog(Base):
    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    action: Mapped[str]
""",
            "shop/recording.py": """
from shop.models import AuditLog


def keep(db, user, action):
    db.add(AuditLog(user_id=user.id, action=action))
""",
            "shop/services.py": """
from shop.recording import keep


def remove(db, user, order_id):
    db.delete(order_id)
    keep(db, user, "order.delete")
    db.commit()
""",
            "shop/main.py": """
from fastapi import FastAPI

from shop.services import remove

app = FastAPI()


@app.delete("/orders/{order_id}")
def delete_order(order_id: int, db, user):
    remove(db, user, order_id)
""",
        },
    ),
    Good(
        "a logger for it",
        """
import logging

from fastapi import FastAPI

app = FastAPI()
trail = logging.getLogger("shop.audit")


@app.post("/orders")
def create_order(data: dict, db, user):
    db.commit()
    trail.info("order.create by %s", user.id)
""",
    ),
    Good(
        "middleware that writes audit lines for the whole app",
        """
import logging

from fastapi import FastAPI

app = FastAPI()


@app.middleware("http")
async def record_requests(request, call_next):
    response = await call_next(request)
    logging.getLogger("audit").info("%s %s", request.state.user, request.url)
    return response


@app.post("/orders")
def create_order(data: dict, db):
    db.commit()
""",
    ),
    Good(
        "what anybody may do names nobody",
        OPEN
        + """

@app.post("/newsletter")
def subscribe(email: str, db):
    db.commit()
""",
    ),
    Good(
        "what a function of another package records cannot be told",
        """
from company.trail import audit_event
from fastapi import FastAPI

app = FastAPI()


@app.post("/orders")
def create_order(data: dict, db, user):
    db.commit()
    audit_event(user, "order.create")
""",
    ),
    Good(
        "declared as not needed",
        OPEN
        + """

@app.put("/drafts/{draft_id}")
def save_draft(draft_id: int, data: dict, db):
    db.commit()
""",
        {"not_needed": ("PUT /drafts/*",)},
    ),
    Bad(
        "a deletion that nobody can trace",
        {
            "app.py": """
from fastapi import FastAPI

app = FastAPI()


@app.delete("/orders/{order_id}")
def delete_order(order_id: int, db):
    db.delete(order_id)
    db.commit()
""",
            "test_app.py": "",
        },
        {
            "app.py": """
from fastapi import Depends, FastAPI

from controls.audit import audited

app = FastAPI()


@app.delete(
    "/orders/{order_id}",
    dependencies=[Depends(audited("order.delete", resource="order"))],
)
def delete_order(order_id: int, db):
    db.delete(order_id)
    db.commit()
""",
        },
        adds=ADDED,
    ),
    Bad(
        "signing in, and a GET that writes",
        OPEN
        + """

@app.post("/auth/login")
def login(data: dict, db):
    return token_for(data)


@app.get("/invites/{code}/accept")
def accept_invite(code: str, db):
    db.commit()
""",
        """
from fastapi import Depends, FastAPI

from controls.audit import audited

app = FastAPI()


@app.post("/auth/login", dependencies=[Depends(audited("auth.login"))])
def login(data: dict, db):
    return token_for(data)


@app.get(
    "/invites/{code}/accept",
    dependencies=[Depends(audited("invite.accept", resource="invite"))],
)
def accept_invite(code: str, db):
    db.commit()
""",
        findings=2,
        adds=ADDED,
    ),
    Bad(
        "a function that is called audit and records nothing",
        {"app.py": CALLS_IT_AUDIT},
        {
            "app.py": CALLS_IT_AUDIT.replace(
                "import FastAPI\n", "import Depends, FastAPI\n\nfrom controls.audit import audited\n"
            ).replace('"/orders"', '"/orders", dependencies=[Depends(audited("order.create", resource="order"))]')
        },
        adds=ADDED,
    ),
    Todo(
        "a change by a method of an object of unknown type",
        OPEN
        + """

@app.post("/orders")
def create_order(data: dict, orders):
    orders.place(data)
""",
    ),
)
