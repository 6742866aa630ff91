"""Every route for administrators asks for their role, not only for a login.

A login says who somebody is, not what they may do. Where it is all that a route asks for, every customer can list and
delete the accounts of others, change roles or settings, and read the logs. Such routes are often written last, and the
check of the role with them.

**Fix.** The app's own check of a role, the one that its routes for administrators have, goes in the route's decorator,
or on its router where all its routes are alike. An app whose users have a column for it (`is_admin`, `role`) and no
check gets one of the app's own shape, beside its guard or its class of users. A handler of Flask that asks for some of
its methods asks for the forgotten ones in its first lines, by the same column. Only where the app takes tokens of an
identity provider and keeps no roles are they read from the token, by `require_role("admin")` of `controls/auth.py`.
Else it is advice.

**Limits.** Which routes are for administrators is a judgement about paths, handlers and what they do: the confidence
says how sure it is, and a doubtful one is shown as unknown, as is a check that cannot be read, one that asks some of
those who are let in and not others (a person, but no device), or a guard that stands only before such routes. Which
role is the right one, and routes for staff, are for people to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Confidence,
    Control,
    Evidence,
    Family,
    Maturity,
    Route,
    Severity,
    Standard,
    Verdict,
)
from transforms.edits import Patch, Proof, require_role, role_guard_for
from transforms.proof_verbs import proof_of_roles

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="admin-route-requires-role",
    family=Family.AUTHORIZATION,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-862"),
        Standard("CWE-285"),
        Standard("NIST-CSF-2.0:PR.AA-05"),
        Standard("OWASP-API-2023:API5"),
    ),
    since="0.2",
    order=25,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    admin_paths: tuple[str, ...] = ()  # "POST /path/*" or "/path/*": for administrators, whatever they look like
    not_admin: tuple[str, ...] = ()  # the same for routes that look like it and are for everybody who is signed in


control.options = Options

GRANT = "Give the role admin to administrators in the identity provider; OIDC_ROLES_CLAIM says where tokens have it."
CALLERS = "Callers of these routes, tests among them, need the role from now on."
COLUMN = "Look whether all who administrate are marked as such in the data: nobody else will pass."


@control.check
def administrators_routes_ask_for_a_role(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each route and method that is for administrators."""
    for route in app.routes:
        if matches(route, options.not_admin):
            continue
        spirit = app.spirit(route)
        declared = matches(route, options.admin_paths)
        if spirit is None and not declared:
            continue
        reason = "it is declared to be for administrators" if declared or spirit is None else spirit.reason
        sure = declared or (spirit is not None and spirit.is_sure)
        high = declared or (spirit is not None and spirit.sureness == "high")
        shown = (Evidence(spirit.shown.path, spirit.shown.line, spirit.shown.note),) if spirit and spirit.shown else ()
        yield judged(app, route, reason, shown, sure=sure, confidence=Confidence.HIGH if high else Confidence.MEDIUM)


def judged(
    app: "App", route: Route, reason: str, shown: tuple[Evidence, ...], *, sure: bool, confidence: Confidence
) -> Verdict:
    """The verdict on one route that is for administrators for that reason, or by what is `shown` of it."""
    check, access, publicity = app.roles.check(route), app.access(route), app.publicity(route)
    evidence = [Evidence(each.path or route.file, each.line or route.place.line, each.note) for each in check.traces]
    meant = Evidence(route.file, route.place.line, reason)
    if check.is_there:
        return control.passes(route, "Asks for a role.", evidence)
    if publicity.is_public and shown:
        return control.unknown(route, "Anybody may call it, and it makes an account with the role they choose.", shown)
    if publicity.is_public:
        return control.exempts(route, f"Open on purpose: {publicity.reason}.")
    if app.roles.spares_own(route):
        return control.passes(route, "Only the account's owner may do it.", [meant])
    if check.partly:
        return control.unknown(route, "Some who are let in are not asked for a role.", [meant, *evidence])
    if not check.is_missing or not (access.is_checked or access.is_open):
        return control.unknown(route, "Something may ask for a role, but it could not be read.", [meant, *evidence])
    if not sure:
        return control.unknown(route, f"It may be for administrators: {reason}.", [*shown, meant])
    if publicity.is_unsure:
        return control.unknown(route, f"It may be for administrators ({reason}), but {publicity.reason}.", [meant])
    if access.is_checked and app.roles.has_guard_of_its_own(route):
        note = "A guard stands only before routes for administrators; whether it asks for a role cannot be told."
        return control.unknown(route, note, [meant])
    who = "Everybody who is signed in" if access.is_checked else "Anybody"
    message = f"{who} can call {route.name}: {reason}, and nothing asks for a role."
    registered = Evidence(route.registered_in or route.file, route.entry.line, "registered without a check of a role")
    return control.fails(route, message, [registered, meant], confidence=confidence)


@control.remedy
def ask_for_the_role(app: "App", finding: Verdict, _options: Options) -> Patch | None:
    """The app's own check where it has one; findings on one router ask for the same patch."""
    route: Route = finding.concept
    spirit = app.spirit(route)
    if spirit is not None and spirit.first:
        return None  # nobody has a role yet when it is called
    guard = role_guard_for(app, route)
    edits = require_role(app, route, guard) if guard is not None else None
    if guard is None or not edits:
        return None
    todo = (CALLERS, *((COLUMN,) if guard.makes else ()), *(() if guard.own else (GRANT,)))
    return Patch(f"Ask for the role of administrators on {route.name}", edits, Applicability.REVIEW, todo)


@control.proof
def others_are_refused(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """Anonymous callers, and those without the role, are refused on every route; public ones stay open."""
    routes: list[Route] = [finding.concept for finding in findings]
    guard = role_guard_for(app, routes[0])
    return proof_of_roles(app, routes, guard) if guard is not None else None


def matches(route: Route, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns means the route."""
    path = route.path if route.path is not None else route.own_path or ""
    for pattern in patterns:
        method, _, rest = pattern.rpartition(" ")
        if (not method or method.upper() in route.methods) and fnmatchcase(path, rest):
            return True
    return False
