"""Programs that call the app show a token of their own, not one key that all of them share.

A key in a header says that its holder knows it, and nothing about who that is. It cannot be taken from one caller
without taking it from all, it never runs out, and it lies in the settings of every service, in logs and in histories.

**Fix.** Where a dependency or a decorator of its own compares such a key between services, `require_workload` of
`controls/auth.py` stands in its place: it lets in programs with a token that the identity provider gave to them, and no
people. Calls of the same repository that send the key get a token of their own from `controls/workload.py`, by client
credentials or from the platform (a projected token of Kubernetes, federated identity). Both sides change in one patch
or not at all. Where a handler compares by itself, or people or somebody else's service may bring the key, it is advice:
give each caller an identity, and accept both for as long as the change takes.

**Limits.** Headers that are compared with a setting or a literal. Keys that are looked up in a table belong to somebody
and are no finding. A webhook is left alone: its sender cannot get a token. A call is a finding only where it is sure to
reach a service of the organisation: a guard of the repository asks for the same setting in the same header, the policy
names the host (`services`), or host and names speak of nothing else. What goes to anybody else is never touched, and a
header that a client keeps for long is left to a person: a token would end before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Confidence,
    Control,
    Evidence,
    Family,
    Maturity,
    Route,
    SentHeader,
    Severity,
    Standard,
    Verdict,
)
from transforms.edits import Patch, Proof, exchange_tokens, send_as_workload, tests_of
from transforms.proof_verbs import proof_of_senders, proof_of_workloads

if TYPE_CHECKING:
    from transforms.app import App
    from transforms.outgoing import Exchange
    from transforms.shared_secrets import SharedKey

control = Control(
    id="workload-identity-between-services",
    family=Family.WORKLOAD_IDENTITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("OWASP-NHI-2025:NHI4"),
        Standard("OWASP-NHI-2025:NHI9"),
        Standard("CWE-522"),
        Standard("NIST-CSF-2.0:PR.AA-03"),
    ),
    since="0.2",
    order=45,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    webhook_words: tuple[str, ...] = ("webhook", "webhooks", "hook", "hooks", "ipn", "callback")  # others call these
    services: tuple[str, ...] = ()  # hosts of own services that check tokens: "orders.acme.example=urn:orders"


control.options = Options

MOST_TESTS = 3
PROVISION = "Set OIDC_ISSUER and OIDC_AUDIENCE where the app runs: until then every guarded route answers 503."
CALLERS = "Register each calling service with the identity provider, and let it send its token as a bearer header."
REVOKE = "Take the old key out of the settings of all services once the last of them sends a token."
SENDERS = (
    "Register {who} with the identity provider. Where it runs, set OIDC_ISSUER, WORKLOAD_AUDIENCE (the OIDC_AUDIENCE of"
    " the service that is called) and either WORKLOAD_CLIENT_ID with WORKLOAD_CLIENT_SECRET, or WORKLOAD_TOKEN_FILE."
)
TESTS = "{tests}: what brings the old key there is refused, and what is meant to be refused may pass as a program now."
TOGETHER = "Deploy both sides together: the old key opens nothing once the called service has the new guard."


@control.check
def callers_have_an_identity(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each comparison with a key for all."""
    for key in app.shared_keys:
        condition, names = key.secret.condition, ", ".join(route.name for route in key.routes[:3])
        evidence = [Evidence(condition.file, condition.place.line, "compares a header with one key for all callers")]
        if not key.secret.names_nobody:
            yield control.unknown(condition, f"{key.function} compares a key, and may know whose it is.", evidence)
        elif all(is_webhook(route, options) for route in key.routes):
            yield control.exempts(condition, "Its sender cannot get a token.", evidence)
        else:
            confidence = Confidence.HIGH if key.between_services else Confidence.MEDIUM
            more = f" and {len(key.routes) - 3} more" if len(key.routes) > 3 else ""
            message = f"One key opens {names}{more} to every caller: {key.function} cannot tell them apart."
            yield control.fails(condition, message, evidence, confidence=confidence)
    yield from callers_show_it(app, options)


def callers_show_it(app: "App", options: Options) -> Iterator[Verdict]:
    """One verdict for each call that surely sends a key for all to a service of the organisation."""
    for each in app.sendings(options.services):
        sent, keys = each.header, [key for key in each.keys if not all(is_webhook(r, options) for r in key.routes)]
        evidence = [Evidence(sent.file, sent.place.line, f"sends the header {sent.name}")]
        what = f"{sent.symbol.rpartition('.')[2]} sends one key for all callers"
        if keys:
            evidence += [Evidence(k.secret.condition.file, k.secret.condition.place.line, "asks for it") for k in keys]
            yield control.fails(sent, f"{what} to {keys[0].routes[0].name}.", evidence)
        elif each.audience is not None:
            yield control.fails(sent, f"{what} to {sent.hosts[0]}, which checks tokens.", evidence)
        elif each.inside:
            message = f"{what} to {sent.hosts[0]}: once that checks tokens, name it in this control's option services."
            yield control.fails(sent, message, evidence, confidence=Confidence.MEDIUM)


@control.remedy
def ask_for_a_token(app: "App", finding: Verdict, options: Options) -> Patch | None:
    """A token of the calling program in the place of the key, on both sides."""
    concerned = finding.concept
    if not isinstance(concerned, SentHeader):
        concerned = next((each for each in app.shared_keys if each.secret.condition == concerned), None)
    if concerned is None:
        return None
    exchange = app.exchange(concerned, options.services)
    if not exchange.keys and isinstance(concerned, SentHeader):
        return send_where_named(app, concerned, options)
    if not all(is_for_services(key, exchange, options) for key in exchange.keys):
        return None
    edits = exchange_tokens(app, exchange)
    if not edits:
        return None
    names = dict.fromkeys(key.function for key in exchange.keys)
    title = f"Ask for a token of the calling program in the place of {', '.join(names)}"
    if not exchange.senders:
        return Patch(title, edits, Applicability.REVIEW, (PROVISION, CALLERS, *tests_to_see(app, exchange), REVOKE))
    who = ", ".join(dict.fromkeys(each.file for each in exchange.senders))
    todo = (PROVISION, SENDERS.format(who=who), TOGETHER, *tests_to_see(app, exchange), REVOKE)
    return Patch(f"{title}, and send one", edits, Applicability.REVIEW, todo)


def tests_to_see(app: "App", exchange: "Exchange") -> tuple[str, ...]:
    """What to look at in the app's own tests: those that ask a patched route."""
    homes = dict.fromkeys(key.secret.condition.file for key in exchange.keys)
    tests = tuple(dict.fromkeys(path for home in homes for path in tests_of(app, home)))
    named = ", ".join(tests[:MOST_TESTS]) + (" and others" if len(tests) > MOST_TESTS else "")
    return (TESTS.format(tests=f"Look at {named}"),) if tests else ()


def is_for_services(key: "SharedKey", exchange: "Exchange", options: Options) -> bool:
    """Whether programs of the organisation bring a key, by its names or by what is seen."""
    bring = key.between_services or bool(exchange.senders)
    return bring and not any(is_webhook(route, options) for route in key.routes)


def send_where_named(app: "App", sent: SentHeader, options: Options) -> Patch | None:
    """A token for a service that the policy names: it checks tokens already."""
    audience = next((each.audience for each in app.sendings(options.services) if each.header == sent), None)
    edits = send_as_workload(app, sent, audience) if audience is not None else None
    if not edits:
        return None
    title = f"Send a token of the calling program to {sent.hosts[0]}"
    return Patch(title, edits, Applicability.REVIEW, (SENDERS.format(who=sent.file), REVOKE))


@control.proof
def the_key_opens_nothing(app: "App", findings: tuple[Verdict, ...], options: Options) -> tuple[Proof, ...]:
    """The old key is refused like a person's token, a program's token opens the routes; calls bring such a token."""
    patched = [finding.concept for finding in findings]
    keys = [key for key in app.shared_keys if key.secret.condition in patched]
    senders = dict.fromkeys((sent for key in keys for sent in app.exchange(key, options.services).senders), "")
    named = {each.header: each.audience or "" for each in app.sendings(options.services) if not each.keys}
    senders |= {each: named.get(each, "") for each in patched if isinstance(each, SentHeader)}
    found = (proof_of_workloads(app, keys), proof_of_senders(app, senders))
    return tuple(each for each in found if each is not None)


def is_webhook(route: Route, options: Options) -> bool:
    """Whether somebody else's service calls the route."""
    segments = (route.path or route.own_path or "").lower().replace("-", "/").replace("_", "/").split("/")
    return not set(options.webhook_words).isdisjoint(segments)
