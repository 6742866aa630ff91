"""Every query of rows that belong to a tenant or a person sees only those of the caller.

A list without a filter shows every customer's rows to each of them, and an id in a URL is a number that anybody can
count up: the first leaks the whole table, the second one row at a time.

**Fix.** Where the handler knows who is calling and the caller carries the column, the query gets a filter by it, and a
look-up by key becomes a select with both conditions: somebody else's row is then like one that is not there (404).
Where the app signs people in with `controls/auth.py`, `controls/tenancy.py` narrows the class in every session instead
and fills the column of new rows. A query that neither fits is left to a person.

**Limits.** SQLAlchemy and SQLModel in FastAPI apps. What only seeds, migrations or workers run is not judged; what
cannot be followed, and a column that nothing in the app relies on, is shown as unknown. Raw SQL is found but not
patched. For a guard of the app's own there is no proof: what it accepts is not known to a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.api import (
    Applicability,
    Confidence,
    Control,
    Evidence,
    Family,
    Maturity,
    Severity,
    Standard,
    Verdict,
)
from transforms.edits import Patch, Proof, proof_of_tenancy, scope_query, scope_sessions

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="query-is-tenant-scoped",
    family=Family.TENANCY,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-639"),
        Standard("OWASP-API-2023:API1"),
        Standard("NIST-CSF-2.0:PR.AA-05"),
    ),
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
    """A filter in the query, else a hook on all sessions; findings that one hook closes ask for the same patch."""
    tenancy = tenancy_of(app, options)
    judgement = next((each for each in tenancy.judgements if each.query == finding.concept), None)
    if judgement is None:
        return None
    name, column = judgement.scope.entity.symbol.rpartition(".")[2], judgement.scope.column
    if edits := scope_query(app, tenancy, judgement):
        return Patch(f"Narrow {finding.subject.name} to the caller's {column}", edits)
    if edits := scope_sessions(app, tenancy, judgement):
        return Patch(f"Narrow {name} to the caller's {column} in every session", edits, todo=(TOKENS, ISOLATED))
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
