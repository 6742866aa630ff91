"""Every route checks who is calling, unless it is meant to be public.

A route without a check answers whoever finds its URL. In apps that were generated rather than designed this is the most
frequent hole, often beside a login that works and was forgotten on some routes.

**Fix.** The app's own guard, the one that most of its routes stand behind, goes in front of the route: on its router or
app when every route there needs it, else in the route's decorator (`dependencies=[Depends(...)]`), so that signatures
and the order of routes stay as they are. In REST framework an action or a branch of `get_permissions()` is changed
where it says who may pass. A websocket gets the token from its handshake, never from its URL. An app without any guard
gets `controls/auth.py`, which checks OpenID Connect tokens; in a Django site it stands before all views as a
middleware, and those for everybody say so. There is no patch where the app's guard cannot be imported without a circle,
and none for a webhook: its caller cannot sign in, so its signature must be checked.

**Open on purpose.** Nothing is open by a silent guess. Built in, by whole words of path and handler and by what the
handler does: health checks, metrics that Prometheus scrapes, the start page and pages without data, what says the same
fixed words to everybody, API documents, static files, signing in, signing up and recovering an account, OAuth
callbacks, and what verifies a signature of its sender. A path with `public` that only reads counts; documentation that
calls a route public, forms for visitors and catalogues only raise a doubt, shown as unknown. The policy's
`public_routes` and the option below decide; `tenon scan --all` gives the reason for each.

**Limits.** Guards are judged by reading what they do: one that believes a token whose signature nobody looked at is
none. One that cannot be read (an unknown library, a check chosen while the app runs) is shown as unknown, and so is one
that lets everybody in while the variable with its key is not set, a route of which people would differ whether it is
public, or one that answers strangers and does more for whoever is signed in; what that does for strangers is judged. A
gateway in front of the app is seen only in the template of a cloud function: a handler that asks no more than whether a
key is there passes where that template asks for the key. Whether it is the *right* check, for a role or a tenant, is
for other controls.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Confidence,
    Control,
    Evidence,
    Family,
    Maturity,
    Route,
    Router,
    Severity,
    Standard,
    Verdict,
)
from transforms.edits import (
    Patch,
    Proof,
    advice,
    asked_by,
    guard_for,
    guard_route,
    guarded_together,
    reuse_steps,
    setting_needed,
    setup_steps,
    tests_that_call,
)
from transforms.proof_verbs import proof_of_auth

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.edit_kinds import Edit

control = Control(
    id="route-requires-auth",
    family=Family.IDENTITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-306"),
        Standard("NIST-CSF-2.0:PR.AA-03"),
        Standard("OWASP-API-2023:API2"),
    ),
    since="0.1",
    order=20,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    public_paths: tuple[str, ...] = ()  # "GET /path/*" or "/path/*": open on purpose, beside the policy's public_routes
    guards: tuple[str, ...] = ()  # references accepted as guards without reading them: "company.auth.require_login"
    webhook_words: tuple[str, ...] = ("webhook", "webhooks", "ipn")  # words of paths that other services call


control.options = Options

PROVISION = "Set OIDC_ISSUER and OIDC_AUDIENCE where the app runs: until then every guarded route answers 503."
CALLERS = "Callers of these routes, tests among them, must sign in from now on."
MOST_TESTS = 5  # files that a patch names
LONG_WORD = 4  # letters: a longer word may stand at the end of another (`/paymentwebhook`)


@control.check
def routes_keep_strangers_out(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each route and method."""
    for route in app.routes:
        if is_part_of_a_finding(app, route, options):
            continue
        access, publicity = app.access(route), app.publicity(route)
        evidence = [Evidence(each.path or route.file, each.line, each.note) for each in access.traces]
        if access.is_checked:
            yield control.passes(route, "Checks who is calling.", evidence)
        elif spared := is_spared(route, options):
            yield control.exempts(route, f"Accepted: {spared}.")
        elif publicity.is_public:
            yield control.exempts(route, f"Open on purpose: {publicity.reason}.")
        elif access.unset:
            said = f"Lets everybody in while {access.unset} is not set."
            yield control.unknown(route, said, evidence, until_set=access.unset)
        elif access.shows_less:
            yield control.unknown(route, "Strangers are answered as well, and see less: that may be meant.", evidence)
        elif not access.is_open:
            yield control.unknown(route, "Something may check who is calling, but it could not be read.", evidence)
        elif publicity.is_unsure:
            yield control.unknown(route, f"Nothing checks who is calling, but {publicity.reason}.", evidence)
        elif app.is_served_nowhere(route):
            yield control.unknown(route, "Nothing checks who is calling, but nothing imports it: no app may serve it.")
        elif (apart := app.form_apart(route)) is not None:
            yield control.exempts(apart[0], "Open on purpose: a form without data.")
            yield open_to_strangers(app, apart[1], evidence)
        else:
            yield open_to_strangers(app, route, evidence)


@control.remedy
def put_a_guard_in_front(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """One guard in the widest place that fits; findings on one router ask for the same patch."""
    route: Route = finding.concept
    guard = guard_for(app, route)
    if is_webhook(route, options) or makes_the_first_account(route):
        return None
    if guard is None:
        return advised(app, route)

    def spare(other: Route) -> bool:
        return is_spared(other, options) is not None or is_webhook(other, options)

    edits = guard_route(app, route, guard, spare)
    if edits is None:
        return advised(app, route)
    together = guarded_together(app, route, guard, spare)
    return Patch(
        title=f"Require {asked_by(app, guard)} on {every_route_of(together) if together else route.name}",
        edits=edits,
        applicability=Applicability.REVIEW,
        todo=(
            *(reuse_steps(app, route, guard) if guard.own else setup_steps(app, route) or (PROVISION,)),
            CALLERS,
            *tests_hint(app, route, routes_below(app, together, route, spare), edits),
            *sign_up_hint(route),
        ),
    )


def advised(app: "App", route: Route) -> Patch | None:
    """What a person has to do, where the framework has a word to say."""
    said = advice(app, route)
    return Patch(said, (), Applicability.ADVICE) if said is not None else None


@control.proof
def strangers_are_refused(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """Anonymous and forged callers are refused on every route that got a guard; public ones stay open.

    A guard that lets everybody in without a setting would let the test in: it shows none of its routes.
    """
    routes: list[Route] = [finding.concept for finding in findings]
    found = {each: guard for each in routes if (guard := guard_for(app, each)) is not None}
    shown = [each for each in routes if each not in found or not setting_needed(app, found[each])]
    guards = Counter(found[each] for each in shown if each in found)
    return proof_of_auth(app, shown, guards.most_common(1)[0][0]) if guards else None


def open_to_strangers(app: "App", route: Route, evidence: Iterable[Evidence]) -> Verdict:
    """The finding, as severe as what a stranger can do."""
    stakes = app.stakes(route)
    if stakes.admin:
        severity, harm = Severity.CRITICAL, "do what is meant for administrators"
    elif stakes.writes:
        severity, harm = Severity.HIGH, "change data"
    elif stakes.external:
        severity, harm = Severity.HIGH, "make the app pay, mail or call other services"
    elif stakes.personal:
        severity, harm = Severity.HIGH, "read what belongs to people"
    elif route.methods == ("WEBSOCKET",):
        severity, harm = Severity.MEDIUM, "read and send what goes over it"
    else:
        severity, harm = Severity.MEDIUM, "read data"
    registered = Evidence(route.registered_in or route.file, route.entry.line, "registered without a guard")
    message = f"Anybody can call {route.name} and {harm}: nothing checks who is calling."
    return control.fails(route, message, (registered, *evidence), severity=severity)


def is_part_of_a_finding(app: "App", route: Route, options: Options) -> bool:
    """Whether a handler is open because its page is, and is not more than that: the page's finding says it."""
    if not route.page:
        return False
    page = next((each for each in app.routes if (each.handler, each.app) == (route.page, route.app)), None)
    if page is None or app.stakes(route).admin or is_spared(page, options) is not None:
        return False
    return app.access(page).is_open and app.access(route).is_open and not app.publicity(page).is_public


def is_spared(route: Route, options: Options) -> str | None:
    """Why the options let a route be, if they do."""
    path = route.path if route.path is not None else route.own_path or ""
    for pattern in options.public_paths:
        method, _, rest = pattern.rpartition(" ")
        if (not method or method.upper() in route.methods) and fnmatchcase(path, rest):
            return f"{pattern} is declared public"
    accepted = next((use for use in route.guards if {use.symbol, use.target} & set(options.guards)), None)
    return f"{accepted.symbol} is accepted as a guard" if accepted is not None else None


def every_route_of(router: Router) -> str:
    """How a patch's title names a router."""
    name = router.symbol.rpartition(".")[2]
    return f"every route of {name if name.isidentifier() else router.prefix or 'the app'} in {router.file}"


def routes_below(app: "App", router: Router | None, route: Route, spare: Callable[[Route], bool]) -> Iterator[Route]:
    """The routes that a patch guards: those of a router that are not spared, else the one; looked for when asked."""
    symbol = router.symbol if router is not None else ""
    found = [each for each in app.routes if symbol in (each.app, each.router) and not spare(each)]
    yield from found if symbol and route in found else [route]


def makes_the_first_account(route: Route) -> bool:
    """Whether nobody can be signed in yet when the route is called: then a guard would lock everybody out."""
    words = set(re.split(r"[^a-z]+", (route.path or route.own_path or "").lower()))
    return not words.isdisjoint({"init", "setup", "bootstrap", "install"})


def sign_up_hint(route: Route) -> tuple[str, ...]:
    """What to do when the route is how people sign up."""
    last = (route.path or route.own_path or "").rstrip("/").rpartition("/")[2].lower()
    if route.methods != ("POST",) or last not in ("users", "user", "accounts", "account", "members", "customers"):
        return ()
    return (f"If people sign up through {route.name}, declare it public instead.",)


def tests_hint(app: "App", route: Route, guarded: Iterable[Route], edits: "Iterable[Edit]") -> tuple[str, ...]:
    """Which tests of the app call the guarded routes as nobody, or what lets them ask as somebody."""
    shared = next((edit.path for edit in edits if edit.path.endswith("conftest.py")), None)
    if shared is not None:
        return (f"{shared} lets all tests ask as a signed-in caller: narrow it for tests that are about signing in.",)
    callers = tests_that_call(app, guarded, route.file)
    named = "; ".join(f"{path} ({_some(tests)})" for path, tests in islice(callers.tests.items(), MOST_TESTS))
    more = " and others" if len(callers.tests) > MOST_TESTS else ""
    surely = (f"Tests that call these routes have to sign in: {named}{more}.",) if named else ()
    unsure = (f"Look at {_some(callers.unsure)}: what calls these routes as nobody is refused.",)
    return (*surely, *(unsure if callers.unsure else ()))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_TESTS]) + (" and others" if len(names) > MOST_TESTS else "")


def is_webhook(route: Route, options: Options) -> bool:
    """Whether another service calls the route: it sends signatures, not tokens of users."""
    segments = (route.path or route.own_path or "").lower().split("/")
    words = [word for each in segments for word in re.split(r"[^a-z0-9]+", each)]
    ends = tuple(each for each in options.webhook_words if len(each) > LONG_WORD)
    return not set(options.webhook_words).isdisjoint(words) or any(each.endswith(ends) for each in words)
