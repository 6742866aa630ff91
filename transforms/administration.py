"""Which routes are for administrators in spirit: what they do to people, roles, settings and the app itself.

Words alone are weak, so they count on whole words of a path and a handler, together with the method, with what stands
around them in the path, and with what the handler does. How sure it is, is said; a doubtful route is a doubt, not a
finding.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from transforms import public_words
from transforms.access import Trace
from transforms.administration_words import (
    ACCOUNT_STEPS,
    FILLERS,
    FIRST,
    LOGS,
    MAKING,
    OPERATIONS,
    OWN,
    PEOPLE,
    ROLES,
    SETTINGS,
    SIGNING,
    VERBS,
)
from transforms.callers import Source
from transforms.concepts import Kind, Route, Signal
from transforms.concepts_data import Operation
from transforms.path_words import words_of
from transforms.people import role_chosen
from transforms.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.app import App

_TAKES = re.compile(
    r"\{(?:\w*(?:session|token|code|slug|username|handle|nick\w*|conversation|thread|chat)\w*)(?::\w+)?\}"
)
# By which a view gets its rows, or leaves that to its library.
_GETS_ROWS = frozenset({
    "get_queryset", "get_object", "filter_queryset", "list", "retrieve", "update", "partial_update", "destroy",
})  # fmt: skip
_ORDER = ("high", "medium", "low")


class Sureness(StrEnum):
    """How sure it is that a route is for administrators."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Spirit:
    """That a route is for administrators, how sure that is, and why."""

    sureness: Sureness
    reason: str
    shown: Trace | None = None  # what of it is for administrators alone, however open the route is
    first: bool = False  # it makes the first account of the app: nobody can have a role yet when it is called

    @property
    def is_sure(self) -> bool:
        """Enough for a finding."""
        return self.sureness is not Sureness.LOW


def spirit_of(app: "App", route: Route) -> Spirit | None:
    """The strongest reason why a route of `app.routes` is for administrators; None where nothing speaks for it."""
    seen = _Seen.of(app, route)
    found = [each for rule in _RULES for each in rule(app, seen)]
    strongest = min(found, key=lambda each: _ORDER.index(each.sureness), default=None)
    words = {word for segment in seen.plain for word in words_of(segment)} | seen.shape.handler
    if strongest is None:
        return None
    shown = next((each.shown for each in found if each.shown is not None), None)
    first = seen.writes and not words.isdisjoint(FIRST)
    return replace(strongest, first=first, shown=shown) if first or shown else strongest


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the rules look at."""

    shape: Shape
    plain: tuple[str, ...]  # the segments that are no parameters, squeezed
    last: frozenset[str]  # the words of the last of them
    keyed: bool  # the path ends with a parameter, or goes on behind one
    deep: bool  # a parameter stands before the last segment that is none
    by_capability: bool  # a parameter is something that only its owner knows, or that is public

    @classmethod
    def of(cls, app: "App", route: Route) -> "_Seen":
        shape = app.shape(route)
        plain = tuple(each for each in shape.squeezed if "{" not in each)
        named = [each for each in shape.segments if "{" not in each]
        behind = shape.segments[shape.segments.index(named[-1]) + 1 :] if named else shape.segments
        before = shape.segments[: shape.segments.index(named[-1])] if named else ()
        return cls(
            shape=shape,
            plain=plain,
            last=frozenset(words_of(named[-1])) if named else frozenset(),
            keyed=any("{" in each for each in behind),
            deep=any("{" in each for each in before),
            by_capability=any(_TAKES.fullmatch(each) for each in shape.segments),
        )

    @property
    def writes(self) -> bool:
        """Whether it is meant to change something, or does."""
        page = self.shape.route.kind is Kind.PAGE  # opened, not sent
        return self.shape.writes or not (self.shape.reads_only or page)

    @property
    def deletes(self) -> bool:
        return "DELETE" in self.shape.route.methods or not self.shape.handler.isdisjoint(
            {"delete", "remove", "destroy"}
        )


def _called_admin(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    """`/admin/...`, or a handler called after administrators."""
    in_path = {word for segment in seen.shape.segments for word in words_of(segment)}
    if _changes_own_password(app, seen):
        return
    if not public_words.ADMIN.isdisjoint(in_path):
        yield Spirit(Sureness.HIGH, "its path says that it is for administrators")
    elif not public_words.ADMIN.isdisjoint(seen.shape.handler):
        yield Spirit(Sureness.HIGH, "its handler is called after administrators")


def _of_the_only_accounts(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    """Where only administrators sign in, what is not for visitors is theirs."""
    publicity = app.publicity(seen.shape.route)
    if app.signs_in_administrators_only and not (publicity.is_public or publicity.is_unsure):
        yield Spirit(Sureness.HIGH, "only administrators sign in to this app, and it is not for visitors")


def _leads_to_admin(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    """What changes something and then shows an administrators' page is a button on that page."""
    if not seen.writes:
        return
    for target in app.onwards.get(seen.shape.route.handler, ()):
        if not public_words.ADMIN.isdisjoint(words_of(target)):
            yield Spirit(Sureness.HIGH, "afterwards it leads to an administrators' page")


def _manages_roles(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    if seen.last.isdisjoint(ROLES) or not seen.last <= ROLES | PEOPLE | VERBS | FILLERS or _is_own(seen):
        return
    if seen.writes:
        yield Spirit(Sureness.HIGH, "it changes roles or permissions")
    elif not seen.deep:
        asked = app.conditions.get(seen.shape.route.handler, ())
        sure = Sureness.LOW if any(map(app.roles.is_about_roles, asked)) else Sureness.MEDIUM  # it shows some more
        yield Spirit(sure, "it shows the roles or permissions of the app")


def _manages_people(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    """Accounts of others: listed, read by their key, made, changed, taken away."""
    about = _about_people(seen)
    if about is None or _is_own(seen) or _works_on_own_rows(app, seen.shape.route):
        return
    if not seen.writes and _shows_the_caller_alone(app, seen):
        return
    if seen.by_capability or seen.shape.route.methods == ("WEBSOCKET",):  # it is opened, and changes no account
        return
    if seen.deep and not seen.last <= ACCOUNT_STEPS:
        yield Spirit(Sureness.LOW, f"it {about}, of a part of the app")
    elif app.access(seen.shape.route).is_checked and not (app.roles.exist or (seen.writes and seen.keyed)):
        yield Spirit(Sureness.LOW, f"it {about}, but the app knows no roles")
    elif not seen.writes and seen.keyed:
        yield Spirit(Sureness.MEDIUM, f"it {about}")
    elif seen.writes and not (seen.keyed or seen.deep or seen.deletes):
        doubt = _may_be_sign_up(app, seen) or _may_be_own(app, seen)
        yield Spirit(Sureness.LOW if doubt else Sureness.MEDIUM, f"it {about}{doubt}")
    else:
        yield Spirit(Sureness.HIGH, f"it {about}")


def _gives_roles(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    """A sign-up that stores the role which its caller asks for makes administrators of everybody."""
    if seen.writes and (shown := role_chosen(app, seen.shape.route.handler)) is not None:
        yield Spirit(Sureness.LOW, "it makes an account with the role that its caller has chosen", shown)


def _changes_settings(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    if seen.last.isdisjoint(SETTINGS) or not seen.last <= SETTINGS | VERBS | FILLERS | {"app", "site", "system"}:
        return
    if not seen.writes or seen.keyed or seen.deep or _is_own(seen) or _minds_caller(app, seen):
        return
    yield Spirit(Sureness.MEDIUM, "it changes the settings of the whole app")


def _runs_the_app(app: "App", seen: _Seen) -> "Iterator[Spirit]":
    """Logs, metrics, filling and emptying of databases and indexes."""
    last = seen.plain[-1] if seen.plain else ""
    if seen.deep or seen.keyed or _is_own(seen):
        return
    if last in LOGS and (seen.shape.reads_only or seen.deletes) and not _minds_caller(app, seen):
        yield Spirit(Sureness.MEDIUM, "it shows how the app is used, or by whom")
    of_page = seen.shape.route.kind is Kind.PAGE and not seen.shape.handler.isdisjoint(OPERATIONS)
    if (last in OPERATIONS or of_page or _seeds(seen)) and (seen.writes or seen.shape.route.kind is Kind.PAGE):
        sure = Sureness.LOW if _minds_caller(app, seen) else Sureness.MEDIUM
        yield Spirit(sure, "it fills, empties or runs what all users share")


_RULES = (
    _called_admin,
    _of_the_only_accounts,
    _leads_to_admin,
    _manages_roles,
    _manages_people,
    _gives_roles,
    _changes_settings,
    _runs_the_app,
)


def _about_people(seen: _Seen) -> str | None:
    """What it does to accounts, in words; None where it is about something else."""
    in_path = not seen.last.isdisjoint(PEOPLE) and seen.last <= PEOPLE | VERBS | FILLERS
    stepwise = bool(seen.plain[:-1]) and seen.plain[-2] in PEOPLE and seen.last <= ACCOUNT_STEPS and seen.deep
    handler = seen.shape.handler
    by_handler = (
        not seen.last
        and not handler.isdisjoint(PEOPLE)
        and not handler.isdisjoint(VERBS)
        and handler <= PEOPLE | VERBS | FILLERS
    )
    if not (in_path or stepwise or by_handler):
        return None
    if seen.deletes:
        return "takes accounts of others away"
    if stepwise:
        return "changes what accounts of others may do"
    if seen.writes:
        return "changes accounts of others" if seen.keyed else "makes accounts"
    return "reads the account of anybody" if seen.keyed else "lists the accounts of everybody"


def _is_own(seen: _Seen) -> bool:
    """Whether it is about the caller's own account, or about signing in."""
    words = {word for segment in seen.shape.segments for word in words_of(segment)} | seen.shape.handler
    return not words.isdisjoint(OWN) or not SIGNING.isdisjoint({*seen.last, *seen.plain})


def _changes_own_password(app: "App", seen: _Seen) -> bool:
    """`/admin/change-password` of whoever is calling: that is nobody else's, on whichever side of the site."""
    changes = "password" in seen.last and seen.last <= {"change", "update", "password", "my"}
    return (
        changes
        and not (seen.keyed or seen.deep)
        and app.access(seen.shape.route).is_checked
        and _minds_caller(app, seen)
    )


def _works_on_own_rows(app: "App", route: Route) -> bool:
    """Whether a view knows no rows but those of whoever is calling: its key finds nobody else."""
    getter = app.method((route.shown or route.handler).rpartition(".")[0], "get_queryset")
    if getter is None or Signal.OWN_ROWS not in getter.signals or "POST" in route.methods:
        return False
    function = app.functions.get(route.handler)
    called = {call.removeprefix("super().").rpartition(".")[2] for call in function.calls} if function else set()
    return route.by_library or not _GETS_ROWS.isdisjoint(called)


def _shows_the_caller_alone(app: "App", seen: _Seen) -> bool:
    """Whether all that a handler returns is who is calling."""
    function = seen.shape.function
    if function is None or not function.gives:
        return False
    return {f"{function.symbol}.{name}" for name in app.callers.principals(function.symbol)}.issuperset(function.gives)


def _may_be_sign_up(app: "App", seen: _Seen) -> str:
    """Why making an account may be how people sign up: it is open while most of what stands beside it is not."""
    route = seen.shape.route
    if app.access(route).is_checked:
        return ""
    beside = [_Seen.of(app, each) for each in app.routes if each.router == route.router]
    alike = [each for each in beside if each.shape.segments[:1] == seen.shape.segments[:1] and not _is_own(each)]
    guarded = [each for each in alike if app.access(each.shape.route).is_checked]
    return ", which may be how people sign up" if guarded and len(guarded) * 2 >= len(alike) else ""


def _may_be_own(app: "App", seen: _Seen) -> str:
    """Why an account may be the caller's: the handler looks at who that is, and makes none by its name or its code."""
    handler = seen.shape.route.handler
    if not seen.shape.handler.isdisjoint(MAKING) or not _minds_caller(app, seen):
        return ""
    people = {each.symbol for each in app.roles.people}
    below = set(app.reaching.below(handler))
    made = (each for each in app.queries if each.operation is Operation.INSERT and each.function in below)
    if any(not people.isdisjoint(each.entities) for each in made):
        return ""
    return ", and looks at who is calling: it may be about their own"


def _seeds(seen: _Seen) -> bool:
    return bool(seen.last) and not seen.last.isdisjoint({"seed", "migrate", "bootstrap"}) and len(seen.last) < 4


def _minds_caller(app: "App", seen: _Seen) -> bool:
    """Whether the handler knows who is calling: what it reads and changes may be theirs."""
    handler = seen.shape.route.handler
    named = [each for each in app.callers.principals(handler) if not each.startswith("_")]
    asked = " ".join(condition.asked for condition in app.conditions.get(handler, ()))
    of_caller = any(app.callers.source(handler, each) is Source.CALLER for each in asked.split())
    return bool(named) or of_caller or app.judge.bodies.of(handler).credential is not None
