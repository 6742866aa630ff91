"""Routes that are meant to be open: the declared list, and how sure it is.

Words are matched on whole segments of the path, never inside one, together with the method and the words of the
handler's name. What changes state or belongs to administrators is never public by a loose word; where people would
differ the answer is UNSURE, with the reason, and a policy's `public_routes` decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from transforms import public_words as words
from transforms.accounts import lets_in
from transforms.catalogues import is_kept_by_administrators
from transforms.concepts import Function, Route, Signal
from transforms.entering import asks_for_nothing, makes_own_account
from transforms.path_words import segments_of, squeezed, words_of
from transforms.people import belies_its_word
from transforms.permitting import replaces_a_login
from transforms.shapes import BY_PATH_ALONE, Shape, is_admin_like, last_name

if TYPE_CHECKING:
    from transforms.app import App


class Openness(StrEnum):
    """Whether a route is meant for everybody."""

    PUBLIC = "public"
    UNSURE = "unsure"
    NOT_PUBLIC = "not_public"


@dataclass(frozen=True, slots=True)
class Publicity:
    """The answer for one route, and why."""

    openness: Openness
    reason: str = ""

    @property
    def is_public(self) -> bool:
        """Meant for everybody."""
        return self.openness is Openness.PUBLIC

    @property
    def is_unsure(self) -> bool:
        """Perhaps meant for everybody."""
        return self.openness is Openness.UNSURE


NOT_PUBLIC = Publicity(Openness.NOT_PUBLIC)
LETS_IN = "it compares a password, and lets its owner in"

_PERSONAL = words.PERSONAL | words.OPERATIONS
_TOUCHES = frozenset({Signal.WRITES, Signal.EXTERNAL_EFFECT, Signal.RUNS_GIVEN, Signal.USES_STATE})
_FORM = frozenset({"GET", "HEAD", "POST"})


def publicity(app: "App", route: Route) -> Publicity:
    """Whether a route of `app.routes` is meant to be open."""
    declared = declared_public(route, app.placement.public_routes)
    if declared is not None:
        return Publicity(Openness.PUBLIC, f"declared public by policy: {declared}")
    shape = app.shape(route)
    for rule in (
        _preflight,
        _document,
        _health,
        _root,
        _signs_in,
        _lets_in,
        _has_its_link,
        _sent_back,
        _metrics,
        _page,
        _chooses,
        _says_the_same,
        _says_public,
        _form,
        _asks_what_is_free,
        _site_for_visitors,
        _form_without_rows,
        _content,
        _reads_on_purpose,
    ):
        if (found := rule(app, shape)) is not None:
            return found
    return NOT_PUBLIC


def declared_public(route: Route, patterns: Iterable[str]) -> str | None:
    """The pattern (`GET /path/*` or `/path/*`) that declares a route public."""
    path = route.path if route.path is not None else route.own_path or ""
    for pattern in patterns:
        method, _, rest = pattern.rpartition(" ")
        if (not method or method.upper() in route.methods) and fnmatchcase(path, rest):
            return pattern
    return None


def _document(app: "App", shape: Shape) -> Publicity | None:
    if not shape.reads_only or not shape.segments:
        return None
    first = shape.segments[0]
    named = shape.last in words.DOCUMENTS or (
        shape.last in words.TEXTS and not shape.admin and not _has_rows(app, shape)
    )
    if ".well-known" in shape.segments[:-1] or named:
        return Publicity(Openness.PUBLIC, f"/{'/'.join(shape.segments)} is there for everybody")
    if words.STATIC_FILE.fullmatch(shape.segments[-1]):
        return Publicity(Openness.PUBLIC, "a static file")
    if first in words.STATIC and len(shape.segments) == 2 and ":path" in shape.segments[1]:
        return Publicity(Openness.PUBLIC, "static files")
    return None


def _has_rows(app: "App", shape: Shape) -> bool:
    """Whether a handler shows rows of a database: `/terms` of a school, `/docs` that people have uploaded."""
    below = set(app.reaching.below(shape.route.handler))
    if any(each.function in below for each in app.queries):
        return True
    known = filter(None, map(app.functions.get, below))
    return any(words.ROWS.search(call) for function in known for call in function.calls)


def _preflight(_app: "App", shape: Shape) -> Publicity | None:
    if shape.route.methods == ("OPTIONS",) and not shape.writes:
        return Publicity(Openness.PUBLIC, "browsers ask by OPTIONS what they may send, and bring no credential")
    return None


def _health(app: "App", shape: Shape) -> Publicity | None:
    if not shape.reads_only or shape.has_parameters or shape.writes or not shape.segments:
        return None
    called = set(words_of(shape.segments[-1]))
    if shape.last in words.HEALTH or (called & words.CHECKED and called <= words.CHECKED | words.CHECKS):
        return _as_it_does(app, shape, Publicity(Openness.PUBLIC, "health checks are called without a login"))
    if shape.squeezed == ("status",) and not shape.own_parameters:
        return Publicity(Openness.PUBLIC, "a status page without parameters")
    return None


def _root(app: "App", shape: Shape) -> Publicity | None:
    if shape.segments or not shape.reads_only or shape.route.path is None:
        return None
    if shape.writes:
        counts = not words.START.isdisjoint(shape.handler)
        return Publicity(Openness.UNSURE, "it is the start page, and changes something") if counts else None
    on_app = app.routers.get(shape.route.router)
    if words.START.isdisjoint(shape.handler) and (on_app is None or not on_app.is_app):
        if shape.route.app and shape.function is not None and _shows_pages(shape.function):
            return _page(app, shape) or Publicity(Openness.UNSURE, "it is the first page of the site")
        return None  # a list of something, whose router hangs at the root
    return Publicity(Openness.PUBLIC, "the start page")


def _signs_in(app: "App", shape: Shape) -> Publicity | None:
    if shape.route.signs_in:
        return Publicity(Openness.PUBLIC, "signing in comes before a login")
    found = _called_sign_in(shape) or _of_authorization_server(app, shape)
    if found is None and not shape.admin and makes_own_account(app, shape.route.handler):
        return Publicity(Openness.PUBLIC, "signing up comes before a login")
    if found is not None and asks_for_nothing(app, shape.route.handler):
        return Publicity(Openness.UNSURE, "it signs people in, and no check of a password or a code could be seen")
    return _as_it_does(app, shape, found)


def _as_it_does(app: "App", shape: Shape, called: Publicity | None) -> Publicity | None:
    """What its words say, unless the handler does to accounts what no such route does."""
    if called is None or not called.is_public or not app.is_own(shape.route.handler):
        return called
    signs_up = not words.SIGN_UP.isdisjoint(_words_in(shape))
    other = belies_its_word(app, shape.route.handler, signs_up=signs_up)
    return Publicity(Openness.UNSURE, f"it is called like what is open, and {other}") if other else called


def _of_authorization_server(app: "App", shape: Shape) -> Publicity | None:
    """`/authorize` of an app that says of itself that it is an OAuth server."""
    if len(shape.segments) != 1 or shape.last not in words.OF_AUTHORIZATION_SERVERS:
        return None
    if not any(words.SAYS_IT_AUTHORIZES.search(each.path or "") for each in app.routes):
        return None
    return Publicity(Openness.PUBLIC, "OAuth's own endpoints come before a login")


def _called_sign_in(shape: Shape) -> Publicity | None:
    if (
        shape.has_parameters
        or not {"GET", "POST", "HEAD", "PAGE", "WEBSOCKET"}.issuperset(shape.route.methods)
        or not shape.segments
    ):
        return None
    last, called = shape.last, set(words_of(shape.segments[-1]))
    about = called | shape.handler
    if not about.isdisjoint({"change", "update"}) and "password" in about:
        return None
    if shape.admin and not called.isdisjoint(words.SIGN_UP) and "POST" in shape.route.methods:
        return None  # it makes administrators
    stepwise = last in words.STEPS and any(each in words.SIGN_IN for each in shape.squeezed[:-1])
    by_handler = not shape.admin and squeezed(last_name(shape.route.handler)) in words.SIGN_IN
    stepwise |= (
        squeezed("".join(each for each in words_of(shape.segments[-1]) if each not in words.STEPS)) in words.SIGN_IN
    )
    by_word = not called.isdisjoint(words.SIGN_IN) and called <= words.SIGN_IN | words.ACCOUNT_WORDS | words.STEPS
    if last in words.SIGN_IN or by_word or stepwise or by_handler:
        return Publicity(Openness.PUBLIC, "signing in and out, and recovering an account, come before a login")
    if shape.admin:
        return None
    if (signing_up := _signs_up(shape)) is not None:
        return signing_up
    if "otp" in called and called <= words.OTP_STEPS:
        return Publicity(Openness.PUBLIC, "a one-time code is part of signing in")
    above = {each for segment in shape.segments[:-1] for each in (squeezed(segment), *words_of(segment))}
    here = last in words.SIGN_IN_HERE or words.TOKENS_IN_PATHS.fullmatch(shape.segments[-1]) is not None
    if not here or (shape.reads_only and shape.writes and last != "callback"):
        return None
    if not above.isdisjoint(words.ACCOUNTS) or (shape.handler <= words.ACCOUNT_WORDS and len(shape.segments) == 1):
        return Publicity(Openness.PUBLIC, "part of signing in")
    return None


def _lets_in(app: "App", shape: Shape) -> Publicity | None:
    """A login under whatever path: `POST /`."""
    about_passwords = {"change", "update"} & shape.handler and "password" in shape.handler
    if shape.route.guards or about_passwords or not lets_in(app, shape.route):
        return None
    return Publicity(Openness.PUBLIC, LETS_IN)


def _has_its_link(_app: "App", shape: Shape) -> Publicity | None:
    """`/invitations/{token}`: what is known to nobody but whom the link was sent to."""
    if shape.admin or not shape.segments or not _FORM.issuperset(shape.route.methods):
        return None
    if words.SECRETS_OF_LINKS.fullmatch(shape.segments[-1]) is None or words.LINKS.isdisjoint(_words_in(shape)):
        return None
    return Publicity(Openness.UNSURE, "whoever has the link may be meant to come here")


def _words_in(shape: Shape) -> set[str]:
    return {word for segment in shape.segments for word in words_of(segment)} | shape.handler


def _sent_back(_app: "App", shape: Shape) -> Publicity | None:
    """`GET /calendar/callback?code=...`: where a provider sends people back to."""
    called = {*words_of(shape.segments[-1] if shape.segments else ""), *shape.handler}
    if shape.reads_only and not shape.admin and "callback" in called and "code" in shape.own_parameters:
        return Publicity(Openness.UNSURE, "a provider sends browsers here, and they bring no token of this app")
    return None


def _signs_up(shape: Shape) -> Publicity | None:
    """`POST /register_customer`, and the form for it."""
    signs_up = {"register", "signup"} & shape.handler or {"sign", "up"} <= shape.handler
    if not signs_up or "POST" not in shape.route.methods:
        return None
    if shape.handler <= words.ACCOUNT_WORDS:
        return Publicity(Openness.PUBLIC, "signing up comes before a login")
    if shape.handler <= words.ACCOUNT_WORDS | words.PEOPLE and len(shape.segments) == 1:
        return Publicity(Openness.UNSURE, "people may sign up here themselves")
    return None


def _metrics(_app: "App", shape: Shape) -> Publicity | None:
    if shape.squeezed not in (("metrics",), ("prometheus",)) or not shape.reads_only or shape.function is None:
        return None
    if any("prometheus" in call for call in shape.function.calls):
        return Publicity(Openness.PUBLIC, "metrics for Prometheus to scrape")
    if not shape.own_parameters:
        return Publicity(Openness.UNSURE, "metrics are often scraped without a login, inside the network")
    return None


def _page(_app: "App", shape: Shape) -> Publicity | None:
    """A page without data: nothing but a template or a file is returned."""
    if shape.route.shows:
        openness = Openness.UNSURE if shape.admin else Openness.PUBLIC
        return Publicity(openness, shape.route.shows + (", of the administrators' side" if shape.admin else ""))
    if not shape.reads_only or shape.writes or shape.function is None or not shape.function.calls:
        return None
    if Signal.FILLS_TEMPLATE in shape.function.signals:
        return None
    if len(shape.segments) == 1 and ":path}" in shape.segments[0] and _shows_pages(shape.function):
        return Publicity(Openness.PUBLIC, "the pages of the app, whatever their address")
    if shape.has_parameters or shape.own_parameters:
        return None
    calls = [call for call in shape.function.calls if not call.startswith(words.BESIDE_A_PAGE)]
    if not calls or not all(words.PAGE_CALLS.search(call) for call in calls) or shape.function.guards:
        return None
    if shape.admin:
        return Publicity(Openness.UNSURE, "a page without data, of the administrators' side")
    return Publicity(Openness.PUBLIC, "a page without data")


def _chooses(app: "App", shape: Shape) -> Publicity | None:
    """`/set_language/{language}`: what a visitor keeps in their own session."""
    words_of_last = set(words_of(shape.last_written))
    if shape.admin or shape.writes or words.CHOICES.isdisjoint(words_of_last) or not words_of_last <= words.CHOOSING:
        return None
    filled = shape.function is not None and Signal.FILLS_TEMPLATE in shape.function.signals
    if filled or _has_rows(app, shape):
        return None
    return Publicity(Openness.PUBLIC, "the choice of a language, a theme or the like")


def _says_the_same(_app: "App", shape: Shape) -> Publicity | None:
    """`return {"message": "Welcome"}`: nothing is read, and nothing that could be kept from anybody."""
    if shape.function is None or not shape.function.constant or not shape.reads_only or shape.route.part:
        return None
    if shape.admin or shape.has_parameters or shape.function.guards or not _PERSONAL.isdisjoint(shape.squeezed):
        return None
    return Publicity(Openness.PUBLIC, "it answers only constants")


def _shows_pages(function: Function) -> bool:
    return any(words.PAGE_CALLS.search(call) for call in function.calls)


def _says_public(app: "App", shape: Shape) -> Publicity | None:
    if shape.admin:
        return None
    if shape.route.called_public and (shape.reads_only or app.has_login):
        return Publicity(Openness.UNSURE, "its code or its documentation says that it is public")
    if "public" not in shape.squeezed and "public" not in shape.handler:
        return None
    if shape.reads_only and not shape.writes and "public" in shape.squeezed:
        return Publicity(Openness.PUBLIC, "its path says that it is public, and it only reads")
    return Publicity(Openness.UNSURE, "it is called public")


def _form(_app: "App", shape: Shape) -> Publicity | None:
    if not _is_form(shape.route) or shape.has_parameters or shape.admin:
        return None
    if not words.VISITOR_FORMS.isdisjoint(shape.squeezed):
        return Publicity(Openness.UNSURE, "visitors may be meant to send this form")
    return None


def _asks_what_is_free(_app: "App", shape: Shape) -> Publicity | None:
    """Whether a name is taken yet: who signs up asks that before there is an account."""
    named = {word for segment in shape.segments[-1:] for word in words_of(segment)} | shape.handler
    if shape.admin or shape.writes or shape.has_parameters or words.NAMES_OF_ACCOUNTS.isdisjoint(named):
        return None
    if not shape.reads_only or named.isdisjoint(words.ASKS_WHAT_IS_FREE):
        return None
    return Publicity(Openness.UNSURE, "people may ask here whether a name is free before they sign up")


def _is_form(route: Route) -> bool:
    """Something to send, or a page and what is sent from it."""
    return "POST" in route.methods and _FORM.issuperset(route.methods)


def _site_for_visitors(app: "App", shape: Shape) -> Publicity | None:
    """Where only administrators sign in, everybody else is a visitor: what those read or send cannot be told."""
    if shape.admin or not app.signs_in_administrators_only:
        return None
    seen_by_visitors = (words.PERSONAL | words.OPERATIONS).isdisjoint(shape.squeezed)
    if shape.reads_only and seen_by_visitors and shape.route.path is not None:
        return Publicity(Openness.UNSURE, "only administrators sign in here, so visitors may be meant to read this")
    if _is_form(shape.route) and len(shape.segments) == 1 and shape.last in words.SITE_FORMS:
        return Publicity(Openness.UNSURE, "only administrators sign in here, so visitors may be meant to send this")
    return None


def _form_without_rows(app: "App", shape: Shape) -> Publicity | None:
    """A page with a form behind which nothing is read, changed or asked of others: a step on the way to somewhere."""
    if shape.admin or shape.function is None or shape.has_parameters or shape.function.guards:
        return None
    pages = {"GET", "POST"}.issuperset(shape.route.methods) and _shows_pages(shape.function)
    if not pages or shape.route.framework not in BY_PATH_ALONE or not _PERSONAL.isdisjoint(shape.squeezed):
        return None
    below = [app.functions.get(each) for each in app.reaching.below(shape.route.handler)]
    calls = (app.meaning(call, each.file) for each in below if each is not None for call in each.calls)
    if any(call not in app.functions and words.STEP_CALLS.match(call) is None for call in calls):
        return None
    touched = any(_TOUCHES.intersection(each.signals) for each in below if each is not None)
    return None if touched else Publicity(Openness.UNSURE, "it reads and changes no data")


def _content(app: "App", shape: Shape) -> Publicity | None:
    """Beside a login that works: what sites show to everybody."""
    if shape.admin or not shape.reads_only or shape.writes or words.CONTENT.isdisjoint(shape.squeezed):
        return None
    if not app.has_login:
        return None
    return Publicity(Openness.UNSURE, "it reads what sites show to everybody")


def _reads_on_purpose(app: "App", shape: Shape) -> Publicity | None:
    """Where what changes a resource is guarded and what reads it is not: perhaps a catalogue."""
    if shape.admin or not shape.reads_only or shape.writes:
        return None
    if not (words.PERSONAL | words.OPERATIONS).isdisjoint(shape.squeezed):
        return None
    writing = [each for each in app.routes if each.may_write and _same_resource(each, shape.route)]
    if replaces_a_login(app, shape.route):
        return None
    guarded = [each for each in writing if app.access(each).is_guarded]
    if not guarded or len(guarded) * 2 < len(writing):
        kept = is_kept_by_administrators(app, shape.route)
        return Publicity(Openness.UNSURE, "only administrators change what it shows") if kept else None
    return Publicity(Openness.UNSURE, "what changes the same resource is guarded, so reading it may be open on purpose")


def _same_resource(one: Route, other: Route) -> bool:
    segments = (segments_of(each.path or each.own_path or "") for each in (one, other))
    return one.router == other.router and len({each[:1] for each in segments}) == 1


def has_login(app: "App") -> bool:
    """Whether any route of an app keeps strangers out."""
    return any(app.access(route).is_guarded for route in app.routes)


def only_administrators_sign_in(app: "App") -> bool:
    """Whether an app has a login of administrators, and no other account."""
    logins = [route for route in app.routes if {"login", "signin", "register", "signup"} & _all_words(route)]
    if not logins or not all(is_admin_like(route) for route in logins):
        return False
    others = (route for route in app.routes if route not in logins and app.is_own(route.handler))
    # Where a guard of the app tells accounts apart, a login alone says nothing about a role.
    return not any(app.roles.guard(use).is_there for route in others for use in route.guards)


def _all_words(route: Route) -> set[str]:
    segments = segments_of(route.path or route.own_path or "")
    return {word for text in (*segments[-1:], last_name(route.handler)) for word in words_of(text)}
